// The exports of generated code: the loops of assembly/evaluate.ts around the function that decides one payload.

import { JsonFault } from '../../assembly/shared/json.js';
import {
  ENTRY_BYTES,
  ENTRY_DECISION,
  ENTRY_DECISION_BYTES,
  ENTRY_PAYLOAD,
  ENTRY_PAYLOAD_BYTES,
  ENTRY_STATUS_SHIFT,
  SLOT_COUNT,
  SLOT_CURSOR,
  SLOT_ENTRIES,
  SLOT_IMAGE,
  SLOT_INPUT,
  SLOT_OUTPUT,
  SLOT_OUTPUT_BYTES,
  SLOT_OUTPUT_USED,
  SLOT_STATUS,
  SLOT_UNTIL,
} from '../../assembly/shared/layout.js';
import { Status } from '../../assembly/shared/status.js';
import { Op, ValueType } from '../wasm/format.js';
import { FunctionBody, type Label } from './body.js';
import { engineFunction } from './engine-calls.js';

const { I32 } = ValueType;
const SLOT = 0;
const BYTES_MASK = (1 << ENTRY_STATUS_SHIFT) - 1;

/** local = a word of the slot */
function load(body: FunctionBody, local: number, field: number): void {
  body.get(SLOT);
  body.memory(Op.I32_LOAD, field);
  body.set(local);
}

/** A word of the slot = local */
function store(body: FunctionBody, field: number, local: number): void {
  body.get(SLOT);
  body.get(local);
  body.memory(Op.I32_STORE, field);
}

/** Stores a status in the slot and leaves it on the stack. */
function finish(body: FunctionBody, status: number): void {
  store(body, SLOT_STATUS, status);
  body.get(status);
}

/** Goes on with the next payload, whose number is in a local, unless the call ends before it: `endsAt` of the engine. */
function next(body: FunctionBody, cursor: number, again: Label): void {
  body.get(cursor);
  body.i32(1);
  body.op(Op.I32_ADD);
  body.set(cursor);
  store(body, SLOT_CURSOR, cursor);
  body.get(cursor);
  body.get(SLOT);
  body.memory(Op.I32_LOAD, SLOT_UNTIL);
  body.i32(1);
  body.op(Op.I32_SUB, Op.I32_LE_U);
  body.brIf(again);
}

/**
 * decide(slot), decideJson(slot).
 *
 * @param payload number of the function that decides one
 * @param readText number of the function that reads a text into the registers, where entries are texts. Of one that it does not
 * take, the engine makes the payload, in the slot's area, or the decision, where it refuses it
 */
export function decideBody(payload: number, decisionBytesMax: number, readText?: number): FunctionBody {
  const body = new FunctionBody([I32]);
  const [image, count, capacity, output] = [body.local(I32), body.local(I32), body.local(I32), body.local(I32)];
  const [cursor, used, status] = [body.local(I32), body.local(I32), body.local(I32)];
  const [entry, packed, bytes] = [body.local(I32), body.local(I32), body.local(I32)];
  load(body, image, SLOT_IMAGE);
  load(body, count, SLOT_COUNT);
  load(body, capacity, SLOT_OUTPUT_BYTES);
  load(body, output, SLOT_OUTPUT);
  load(body, cursor, SLOT_CURSOR);
  load(body, entry, SLOT_ENTRIES);
  body.get(entry);
  body.get(cursor);
  body.i32(ENTRY_BYTES);
  body.op(Op.I32_MUL, Op.I32_ADD);
  body.set(entry);
  body.get(cursor);
  body.if();
  load(body, used, SLOT_OUTPUT_USED);
  body.end();

  const done = body.block();
  const again = body.loop();
  body.get(cursor);
  body.get(count);
  body.op(Op.I32_GE_U);
  body.brIf(done);
  // used > capacity || capacity - used < decisionBytesMax
  body.i32(Status.OUTPUT_FULL);
  body.set(status);
  body.get(used);
  body.get(capacity);
  body.op(Op.I32_GT_U);
  body.get(capacity);
  body.get(used);
  body.op(Op.I32_SUB);
  body.i32(decisionBytesMax);
  body.op(Op.I32_LT_U, Op.I32_OR);
  body.brIf(done);
  body.i32(Status.OK);
  body.set(status);
  const isJson = readText !== undefined;
  if (isJson) {
    body.get(image);
    body.get(entry);
    body.memory(Op.I32_LOAD, ENTRY_PAYLOAD);
    body.get(entry);
    body.memory(Op.I32_LOAD, ENTRY_PAYLOAD_BYTES);
    body.call(readText);
    body.if();
    body.get(entry);
    body.i32(0);
    body.memory(Op.I32_STORE, ENTRY_PAYLOAD);
    body.get(entry);
    body.i32(JsonFault.NONE);
    body.memory(Op.I32_STORE, ENTRY_PAYLOAD_BYTES);
    body.get(SLOT);
    body.get(image);
    body.get(cursor);
    body.i32(0);
    body.i32(0);
    body.get(output);
    body.get(used);
    body.op(Op.I32_ADD);
    body.call(payload);
    body.set(packed);
    body.else();
    body.get(SLOT);
    body.get(cursor);
    body.call(engineFunction('openText'));
    body.tee(bytes);
    body.op(Op.I32_EQZ);
    body.if();
    body.get(SLOT);
    body.get(cursor);
    body.get(output);
    body.get(used);
    body.op(Op.I32_ADD);
    body.call(engineFunction('refuseText'));
    body.set(packed);
    body.else();
  }
  body.get(SLOT);
  body.get(image);
  body.get(cursor);
  if (isJson) {
    body.get(SLOT);
    body.memory(Op.I32_LOAD, SLOT_INPUT);
    body.get(bytes);
  } else {
    body.get(entry);
    body.memory(Op.I32_LOAD, ENTRY_PAYLOAD);
    body.get(entry);
    body.memory(Op.I32_LOAD, ENTRY_PAYLOAD_BYTES);
  }
  body.get(output);
  body.get(used);
  body.op(Op.I32_ADD);
  body.call(payload);
  body.set(packed);
  if (isJson) {
    body.end();
    body.end();
  }
  body.get(entry);
  body.get(output);
  body.get(used);
  body.op(Op.I32_ADD);
  body.memory(Op.I32_STORE, ENTRY_DECISION);
  body.get(entry);
  body.get(packed);
  body.memory(Op.I32_STORE, ENTRY_DECISION_BYTES);
  body.get(used);
  body.get(packed);
  body.i32(BYTES_MASK);
  body.op(Op.I32_AND, Op.I32_ADD);
  body.set(used);
  body.get(entry);
  body.i32(ENTRY_BYTES);
  body.op(Op.I32_ADD);
  body.set(entry);
  next(body, cursor, again);
  body.end();
  body.end();
  store(body, SLOT_OUTPUT_USED, used);
  finish(body, status);
  return body;
}

/** decideText(slot, image, text, bytes, output): one text that is read into the registers; 0 where it is not taken. */
export function decideTextBody(payload: number, readText: number): FunctionBody {
  const body = new FunctionBody([I32, I32, I32, I32, I32]);
  const [slot, image, text, bytes, output] = [0, 1, 2, 3, 4];
  body.get(image);
  body.get(text);
  body.get(bytes);
  body.call(readText);
  body.op(Op.I32_EQZ);
  body.if();
  body.i32(0);
  body.op(Op.RETURN);
  body.end();
  body.get(slot);
  body.get(image);
  body.i32(0);
  body.i32(0);
  body.i32(0);
  body.get(output);
  body.call(payload);
  return body;
}

/** decideFrame(slot): the engine opens the frame, ends each answer and opens the next, so that only one knows how they lie. */
export function decideFrameBody(payload: number): FunctionBody {
  const body = new FunctionBody([I32]);
  const [image, index, decision, at] = [body.local(I32), body.local(I32), body.local(I32), body.local(I32)];
  const open = body.local(ValueType.I64);
  load(body, image, SLOT_IMAGE);
  load(body, index, SLOT_CURSOR);
  const done = body.block();
  body.get(SLOT);
  body.call(engineFunction('beginAnswers'));
  body.tee(open);
  body.op(Op.I64_EQZ);
  body.brIf(done);
  const again = body.loop();
  // For nextAnswer, and before that for the payload.
  body.get(SLOT);
  body.get(index);
  body.get(open);
  body.op(Op.I32_WRAP_I64);
  body.tee(decision);
  body.get(SLOT);
  body.get(image);
  body.get(index);
  body.get(open);
  body.i64(32n);
  body.op(Op.I64_SHR_U, Op.I32_WRAP_I64);
  body.tee(at);
  body.get(at);
  body.i32(4);
  body.op(Op.I32_SUB);
  body.memory(Op.I32_LOAD);
  body.get(decision);
  body.call(payload);
  body.call(engineFunction('nextAnswer'));
  body.set(open);
  body.get(index);
  body.i32(1);
  body.op(Op.I32_ADD);
  body.set(index);
  body.get(open);
  body.op(Op.I64_EQZ, Op.I32_EQZ);
  body.brIf(again);
  body.end();
  body.end();
  body.get(SLOT);
  body.memory(Op.I32_LOAD, SLOT_STATUS);
  return body;
}

/** evaluate(slot): the payload of entry 0. @param outBytes of its values */
export function evaluateBody(payload: number, outBytes: number): FunctionBody {
  const body = new FunctionBody([I32]);
  const [image, entry, status] = [body.local(I32), body.local(I32), body.local(I32)];
  load(body, image, SLOT_IMAGE);
  body.get(SLOT);
  body.i32(0);
  body.memory(Op.I32_STORE, SLOT_OUTPUT_USED);
  body.get(SLOT);
  body.memory(Op.I32_LOAD, SLOT_OUTPUT_BYTES);
  body.i32(outBytes);
  body.op(Op.I32_LT_U);
  body.if();
  body.i32(Status.OUTPUT_FULL);
  body.set(status);
  body.else();
  load(body, entry, SLOT_ENTRIES);
  body.get(SLOT);
  body.get(image);
  body.i32(0);
  body.get(entry);
  body.memory(Op.I32_LOAD, ENTRY_PAYLOAD);
  body.get(entry);
  body.memory(Op.I32_LOAD, ENTRY_PAYLOAD_BYTES);
  body.get(SLOT);
  body.memory(Op.I32_LOAD, SLOT_OUTPUT);
  body.call(payload);
  body.tee(status);
  body.op(Op.I32_EQZ);
  body.if();
  body.get(SLOT);
  body.i32(outBytes);
  body.memory(Op.I32_STORE, SLOT_OUTPUT_USED);
  body.end();
  body.end();
  finish(body, status);
  return body;
}
