// A text message of the stream: {"id": any, "bundle": "name", "payload": {...}}. The payload stays text, for the engine to read.

import type { JsonText } from '../decide-json.js';
import { Problem } from '../errors.js';
import { memberTexts } from '../schema/json-members.js';
import { parseJson } from '../schema/json-text.js';
import { bodyText } from './body.js';

export interface TextRequest {
  id?: unknown;
  bundle: string;
  payload: JsonText;
  /** The payload is what lies between the head of the message and its last brace: where that is no JSON, more may follow it. */
  isGuess: boolean;
}

/**
 * How nearly all messages begin: what is behind it, up to the last brace, is a payload or the message is none
 * of them. A blank stands for any white space.
 */
const HEAD = new RegExp(
  String.raw`^ \{ (?:"id" : ("[\x20!#-[\]-~]*"|0|-?[1-9]\d{0,14}|null) , )?"bundle" : "([a-z0-9-]{1,64})" , "payload" : (?=\{)`.replaceAll(
    ' ',
    String.raw`[ \t\r\n]*`,
  ),
);
/** Bytes of a head that are looked at. */
const HEAD_BYTES_MAX = 512;
const CLOSE_BRACE = 0x7d;
const SPACE = 0x20;

/** Reads the head of a message, and all of it only where that is unusual. Throws Problem as parseRequest. */
export function readRequest(message: Uint8Array): TextRequest {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const head = HEAD.exec(bytes.toString('latin1', 0, HEAD_BYTES_MAX));
  let end = bytes.length;
  while (end > 0 && bytes[end - 1]! <= SPACE) end--;
  if (head === null || bytes[end - 1] !== CLOSE_BRACE) return parseRequest(message);
  const [{ length }, id, bundle] = head;
  const payload = bytes.subarray(length, end - 1);
  return { ...(id === undefined ? {} : { id: JSON.parse(id) as unknown }), bundle: bundle!, payload, isGuess: true };
}

/** Reads a whole message. Throws Problem INVALID_JSON where it is not JSON, INVALID_FRAME where it is not of the form. */
export function parseRequest(message: Uint8Array): TextRequest {
  const text = bodyText(message);
  const { value, duplicates } = parseJson(text);
  const request = value as { id?: unknown; bundle?: unknown; payload?: unknown } | null;
  if (typeof request !== 'object' || request === null || typeof request.bundle !== 'string' || request.payload === undefined) {
    throw new Problem('INVALID_FRAME', 'a text message is {"id": any, "bundle": "name", "payload": {...}}');
  }
  const outside = duplicates.find(({ pointer }) => !pointer.startsWith('/payload/'));
  if (outside !== undefined) throw new Problem('INVALID_FRAME', `${outside.pointer} ${outside.message}`);
  return { id: request.id, bundle: request.bundle, payload: memberTexts(text).get('payload')!, isGuess: false };
}
