// Small functions that a module of ours carries itself, since a call to the engine costs more than they do.

import { TEXT_KEY_BYTES_MAX } from '../../assembly/shared/limits.js';
import { Op, ValueType } from '../wasm/format.js';
import { FunctionBody } from './body.js';
import { engineFunction } from './engine-calls.js';
import type { ModuleWriter } from './module-writer.js';

const { I32, I64 } = ValueType;

/** Key of every text that is longer than keys are. */
export const NO_KEY = -1n;

/** High bit of each of 8 bytes. */
const HIGH_BITS = 0x8080808080808080n;

export interface Helpers {
  /** (text i64) -> i64: its key. */
  readonly textKey: number;
  /** (address, bytes) -> i32: code points of a text of 8 bytes or more, -1 where it is not valid UTF-8. */
  readonly countLong: number;
  /** (vtable, bytes, wanted, room) -> i32: a copy of a vtable at `room`, with zeros up to `wanted` bytes. */
  readonly padVtable: number;
  /** (i64, i64) -> i64: the high half of the unsigned product. */
  readonly multiplyHigh: number;
}

/** Adds all of them to a module. */
export function addHelpers(module: ModuleWriter): Helpers {
  return {
    textKey: module.add(textKey(), [I64]),
    countLong: module.add(countLong(), [I32]),
    padVtable: module.add(padVtable(), [I32]),
    multiplyHigh: module.add(multiplyHigh(), [I64]),
  };
}

function textKey(): FunctionBody {
  const body = new FunctionBody([I64]);
  pushTextKey(body, 0);
  return body;
}

/**
 * Pushes the key of the text in a local: its last 8 bytes, those in front of it shifted out. They lie in what the text lies in:
 * only the text of a null field, at address 0, would begin below memory.
 */
export function pushTextKey(body: FunctionBody, text: number): void {
  const length = body.local(I32);
  const end = body.local(I32);
  body.get(text);
  body.i64(32n);
  body.op(Op.I64_SHR_U, Op.I32_WRAP_I64);
  body.tee(length);
  body.i32(TEXT_KEY_BYTES_MAX);
  body.op(Op.I32_GT_U);
  body.if(I64);
  body.i64(NO_KEY);
  body.else();
  body.get(text);
  body.op(Op.I32_WRAP_I64);
  body.get(length);
  body.op(Op.I32_ADD);
  body.tee(end);
  body.i32(8);
  body.op(Op.I32_LT_U);
  body.if(I64);
  body.i64(0n);
  body.else();
  body.get(end);
  body.i32(8);
  body.op(Op.I32_SUB);
  body.memory(Op.I64_LOAD);
  pushShortText(body, length);
  pushKeyLength(body, length);
  body.op(Op.I64_OR);
  body.end();
  body.end();
}

/** The length of a text in its key. */
export function pushKeyLength(body: FunctionBody, length: number): void {
  body.get(length);
  body.op(Op.I64_EXTEND_I32_U);
  body.i64(56n);
  body.op(Op.I64_SHL);
}

/** From the last 8 bytes on the stack to a text of `length` bytes, 7 at most, its first byte lowest. */
export function pushShortText(body: FunctionBody, length: number): void {
  body.i64(8n);
  body.op(Op.I64_SHR_U);
  body.i32(56);
  body.get(length);
  body.i32(3);
  body.op(Op.I32_SHL, Op.I32_SUB, Op.I64_EXTEND_I32_U, Op.I64_SHR_U);
}

/** 8 bytes a step and the last 8 once more; a text that is not all ASCII is the engine's. */
function countLong(): FunctionBody {
  const body = new FunctionBody([I32, I32]);
  const at = body.local(I32);
  const last = body.local(I32);
  const bits = body.local(I64);
  body.get(0);
  body.tee(at);
  body.get(1);
  body.op(Op.I32_ADD);
  body.i32(8);
  body.op(Op.I32_SUB);
  body.tee(last);
  body.memory(Op.I64_LOAD);
  body.set(bits);
  const loop = body.loop();
  body.get(at);
  body.memory(Op.I64_LOAD);
  body.get(bits);
  body.op(Op.I64_OR);
  body.set(bits);
  body.get(at);
  body.i32(8);
  body.op(Op.I32_ADD);
  body.tee(at);
  body.get(last);
  body.op(Op.I32_LT_U);
  body.brIf(loop);
  body.end();
  body.get(bits);
  body.i64(HIGH_BITS);
  body.op(Op.I64_AND, Op.I64_EQZ);
  body.if();
  body.get(1);
  body.op(Op.RETURN);
  body.end();
  body.get(0);
  body.get(1);
  body.call(engineFunction('countCodePoints'));
  return body;
}

function padVtable(): FunctionBody {
  const body = new FunctionBody([I32, I32, I32, I32]);
  body.get(3);
  body.i32(0);
  body.get(2);
  body.fillMemory();
  body.get(3);
  body.get(0);
  body.get(1);
  body.copyMemory();
  body.get(3);
  return body;
}

/** As multiplyHigh of assembly/ops/arithmetic.ts: four products of halves. */
function multiplyHigh(): FunctionBody {
  const body = new FunctionBody([I64, I64]);
  const middle = body.local(I64);
  const low = (local: number): void => {
    body.get(local);
    body.i64(0xffffffffn);
    body.op(Op.I64_AND);
  };
  const high = (local: number): void => {
    body.get(local);
    body.i64(32n);
    body.op(Op.I64_SHR_U);
  };
  const cross = body.local(I64);
  high(0);
  low(1);
  body.op(Op.I64_MUL);
  low(0);
  low(1);
  body.op(Op.I64_MUL);
  body.i64(32n);
  body.op(Op.I64_SHR_U, Op.I64_ADD);
  body.set(middle);
  low(0);
  high(1);
  body.op(Op.I64_MUL);
  low(middle);
  body.op(Op.I64_ADD);
  body.set(cross);
  high(0);
  high(1);
  body.op(Op.I64_MUL);
  high(middle);
  high(cross);
  body.op(Op.I64_ADD, Op.I64_ADD);
  return body;
}
