// Texts of a payload. A short one (7 bytes at most: codes of countries, currencies, channels) is one word, which is looked at for
// what is not ASCII and is the key that the program compares.

import { PAYLOAD_BYTES_MAX, TEXT_KEY_BYTES_MAX } from '../../assembly/shared/limits.js';
import { Op, ValueType } from '../wasm/format.js';
import type { Label } from './body.js';
import { engineFunction } from './engine-calls.js';
import type { Frame } from './frame.js';
import { NO_KEY, pushKeyLength, pushShortText } from './helpers.js';
import type { FieldPart } from './image-parts.js';

/** High bit of each of 7 bytes. */
const HIGH_BITS = 0x80808080808080n;

/**
 * Checks the text whose length word is at the address on the stack.
 *
 * @param last local: the address of the payload's last 4 bytes
 */
export function emitText(frame: Frame, field: FieldPart, register: number | undefined, last: number, invalid: Label): void {
  const { body } = frame;
  const text = body.local(ValueType.I32);
  const length = body.local(ValueType.I32);
  const count = body.local(ValueType.I32);
  const word = body.local(ValueType.I64);
  body.tee(text);
  body.memory(Op.I32_LOAD);
  body.tee(length);
  // The terminator has to fit too. last >= text, and what is left behind the length word is last - text.
  body.get(last);
  body.get(text);
  body.op(Op.I32_SUB, Op.I32_GE_U);
  body.brIf(invalid);
  const bytesMax = field.max << 2n;
  if (bytesMax < BigInt(PAYLOAD_BYTES_MAX)) {
    body.get(length);
    body.i32(Number(bytesMax));
    body.op(Op.I32_GT_U);
    body.brIf(invalid);
  }
  body.get(text);
  body.get(length);
  body.op(Op.I32_ADD);
  body.memory(Op.I32_LOAD8_U, 4);
  body.brIf(invalid);

  const key = register === undefined ? undefined : frame.key(register);
  body.get(length);
  body.set(count);
  body.get(length);
  body.i32(TEXT_KEY_BYTES_MAX);
  body.op(Op.I32_LE_U);
  body.if();
  // The 8 bytes that end with the text: those in front of it are its length and the offset that led here.
  body.get(text);
  body.get(length);
  body.op(Op.I32_ADD);
  body.i32(4);
  body.op(Op.I32_SUB);
  body.memory(Op.I64_LOAD);
  pushShortText(body, length);
  body.tee(word);
  body.i64(HIGH_BITS);
  body.op(Op.I64_AND, Op.I64_EQZ, Op.I32_EQZ);
  body.if();
  pushAddress(frame, text);
  body.get(length);
  body.call(engineFunction('countCodePoints'));
  body.set(count);
  body.end();
  if (key !== undefined) {
    body.get(word);
    pushKeyLength(body, length);
    body.op(Op.I64_OR);
    body.set(key);
  }
  body.else();
  pushAddress(frame, text);
  body.get(length);
  body.call(frame.helpers.countLong);
  body.set(count);
  if (key !== undefined) {
    body.i64(NO_KEY);
    body.set(key);
  }
  body.end();

  emitBounds(frame, field, count, invalid);
  if (register === undefined) return;
  pushAddress(frame, text);
  body.op(Op.I64_EXTEND_I32_U);
  body.get(length);
  body.op(Op.I64_EXTEND_I32_U);
  body.i64(32n);
  body.op(Op.I64_SHL, Op.I64_OR);
  body.set(frame.register(register));
}

function pushAddress({ body }: Frame, text: number): void {
  body.get(text);
  body.i32(4);
  body.op(Op.I32_ADD);
}

/** Its code points: -1, which is what is no UTF-8, is very large, and a payload has at most PAYLOAD_BYTES_MAX. */
function emitBounds({ body }: Frame, { min, max }: FieldPart, count: number, invalid: Label): void {
  const least = Number(min & 0xffffffffn);
  const most = Math.min(Number(max & 0xffffffffn), PAYLOAD_BYTES_MAX);
  body.get(count);
  if (least > 0) {
    body.i32(least);
    body.op(Op.I32_SUB);
  }
  body.i32(most - least);
  body.op(Op.I32_GT_U);
  if (least > most) {
    body.i32(1); // bounds that cross let nothing through
    body.op(Op.I32_OR);
  }
  body.brIf(invalid);
}
