// Text messages of the stream: a request {"id": any, "bundle": "name", "payload": {...}}, whose payload stays text, for the engine to
// read; or what a control message says, as JSON.

import type { JsonText } from '../decide-json.js';
import { Problem } from '../errors.js';
import { memberTexts } from '../schema/json-members.js';
import { parseJson } from '../schema/json-text.js';
import type { HelloMessage } from '../stream/control.js';
import { CANCEL_IDS_MAX, HELLO_BUNDLES_MAX, PROTOCOL_MAX, PROTOCOL_MIN } from '../stream/protocol.js';
import { bodyText } from './body.js';

export interface TextRequest {
  id?: unknown;
  bundle: string;
  payload: JsonText;
  /** Milliseconds from its arrival; 0: none. */
  deadlineMillis: number;
  traceparent: string | undefined;
  /** The payload is what lies between the head of the message and its last brace: where that is no JSON, more may follow it. */
  isGuess: boolean;
}

export interface TextControl {
  hello?: HelloMessage;
  /** Ids of text requests, as JSON. */
  cancel?: readonly string[];
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
const UINT_MAX = 0xffffffff;
const FORM = 'a text message is {"id": any, "bundle": "name", "payload": {...}}, with deadlineMillis and traceparent where wanted';

/** Reads the head of a message, and all of it only where that is unusual. Throws Problem as parseMessage. */
export function readMessage(message: Uint8Array): TextRequest | TextControl {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const head = HEAD.exec(bytes.toString('latin1', 0, HEAD_BYTES_MAX));
  let end = bytes.length;
  while (end > 0 && bytes[end - 1]! <= SPACE) end--;
  if (head === null || bytes[end - 1] !== CLOSE_BRACE) return parseMessage(message);
  const [{ length }, id, bundle] = head;
  // No Buffer: its slice is no copy, and what is pooled is copied.
  const payload = message.subarray(length, end - 1);
  return {
    ...(id === undefined ? {} : { id: JSON.parse(id) as unknown }),
    ...{ bundle: bundle!, payload, deadlineMillis: 0, traceparent: undefined, isGuess: true },
  };
}

export function isRequest(message: TextRequest | TextControl): message is TextRequest {
  return 'bundle' in message;
}

/**
 * Reads a whole message. Throws Problem INVALID_JSON where it is not JSON, INVALID_FRAME where it is not of the form of a request,
 * INVALID_CONTROL where it begins like a control message and is none.
 */
export function parseMessage(message: Uint8Array): TextRequest | TextControl {
  const text = bodyText(message);
  const { value, duplicates } = parseJson(text);
  const members = value as Record<string, unknown> | null;
  if (typeof members !== 'object' || members === null) throw new Problem('INVALID_FRAME', FORM);
  if (!('payload' in members) && ('hello' in members || 'cancel' in members)) return readControl(members);
  const { bundle, deadlineMillis = 0, traceparent } = members;
  if (typeof bundle !== 'string' || members.payload === undefined) throw new Problem('INVALID_FRAME', FORM);
  if (!isUint(deadlineMillis)) throw new Problem('INVALID_FRAME', 'deadlineMillis is a number of milliseconds');
  const outside = duplicates.find(({ pointer }) => !pointer.startsWith('/payload/'));
  if (outside !== undefined) throw new Problem('INVALID_FRAME', `${outside.pointer} ${outside.message}`);
  return {
    id: members.id,
    bundle,
    payload: memberTexts(text).get('payload')!,
    deadlineMillis,
    traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    isGuess: false,
  };
}

function readControl({ hello, cancel }: Record<string, unknown>): TextControl {
  const control: TextControl = {};
  if (hello !== undefined) control.hello = readHello(hello);
  if (cancel !== undefined) {
    if (!Array.isArray(cancel) || cancel.length > CANCEL_IDS_MAX)
      throw new Problem('INVALID_CONTROL', `cancel is an array of at most ${CANCEL_IDS_MAX} ids`);
    control.cancel = cancel.map((id) => JSON.stringify(id));
  }
  return control;
}

function readHello(value: unknown): HelloMessage {
  if (typeof value !== 'object' || value === null) throw new Problem('INVALID_CONTROL', 'hello is an object');
  const hello = value as Record<string, unknown>;
  const { protocolMin = PROTOCOL_MIN, protocolMax = PROTOCOL_MAX, credit = 0, bundles = [], client = '' } = hello;
  if (!isUint(protocolMin) || !isUint(protocolMax) || !isUint(credit))
    throw new Problem('INVALID_CONTROL', 'protocolMin, protocolMax and credit are whole numbers');
  if (!Array.isArray(bundles) || bundles.length > HELLO_BUNDLES_MAX || bundles.some((name) => typeof name !== 'string'))
    throw new Problem('INVALID_CONTROL', `bundles is an array of at most ${HELLO_BUNDLES_MAX} names`);
  return { protocolMin, protocolMax, credit, bundles: bundles as string[], client: String(client).slice(0, 256) };
}

function isUint(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= UINT_MAX;
}
