// Frames of verdict.v1 (schemas/batch.fbs) as the tester writes and reads them. The id of a frame is the lane that it is sent on,
// from 1, in its low half, and the lane's tag in the high one: an answer to something else is told from the answer.

import { fieldOf, rootOf, u32, vectorOf } from '../schema/flat-bytes.js';
import { isControl } from '../stream/control.js';
import { writeRequestBatch } from '../stream/request-batch.js';

/** Places in the vtables of RequestBatch and AnswerBatch. */
const ENTRY_ID = 4;
const ENTRY_ANSWERS = 6;
const ENTRY_ERROR = 8;

/**
 * A RequestBatch of these payloads, each a FlatBuffers table of the model; the i-th request has the id i + 1.
 * @param model the model's hash, 16 hex digits
 */
export function writeRequestFrame(model: string, bundle: string, payloads: readonly Uint8Array[]): Uint8Array {
  // an id of 0 would be left out, and could not be put in later
  return writeRequestBatch(1n, model, bundle, payloads, { firstId: 1 });
}

/** Position of the id of a RequestBatch or an AnswerBatch, or -1. */
export function idAt(frame: Uint8Array): number {
  const root = rootOf(frame);
  return root < 0 ? -1 : fieldOf(frame, root, ENTRY_ID, 8);
}

/** Puts an id in its place. */
export function putId(bytes: Uint8Array, at: number, lane: number, tag: number): void {
  putU32(bytes, at, lane + 1);
  putU32(bytes, at + 4, tag);
}

function putU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/** What an answer frame says. */
export interface Answer {
  kind: 'answers' | 'error' | 'control' | 'malformed';
  lane: number;
  tag: number;
  /** Decisions in it. */
  count: number;
  /** Code of an error. */
  error: string;
}

const ERROR_CHARS_MAX = 64;

/** Reads an answer frame into `answer`. Reads nothing outside the frame, and nothing of the decisions. */
export function readAnswer(frame: Uint8Array, answer: Answer): void {
  answer.kind = 'malformed';
  answer.lane = 0xffffffff;
  answer.tag = 0;
  answer.count = 0;
  const root = rootOf(frame);
  if (root < 0) return;
  // about the stream, and no answer to anything
  if (isControl(frame)) {
    answer.kind = 'control';
    return;
  }
  const id = fieldOf(frame, root, ENTRY_ID, 8);
  if (id >= 0) {
    answer.lane = (u32(frame, id) - 1) >>> 0;
    answer.tag = u32(frame, id + 4);
  }
  const errorField = fieldOf(frame, root, ENTRY_ERROR, 4);
  if (errorField >= 0) {
    const error = vectorOf(frame, errorField, 1);
    if (error < 0) return;
    const bytes = Math.min(u32(frame, error), ERROR_CHARS_MAX);
    answer.error = Buffer.from(frame.buffer, frame.byteOffset + error + 4, bytes).toString('latin1');
    answer.kind = 'error';
    return;
  }
  const answers = vectorOf(frame, fieldOf(frame, root, ENTRY_ANSWERS, 4), 4);
  if (answers < 0) return;
  answer.count = u32(frame, answers);
  answer.kind = 'answers';
}
