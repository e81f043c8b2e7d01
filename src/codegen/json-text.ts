// Reads a JSON text into the scratch's registers: assembly/json/registers.ts, unrolled over the fields of a model's root. It takes
// them as long as they come in the order of the model, without white space; with the first that does not, the engine reads on from
// there. It refuses nothing itself: what it does not know at a glance, the engine judges.
//
// Of 12 numbers and 4 short texts this takes about half of what making the payload and verifying it do, and the engine's way into
// registers, in any order, some four fifths. `npm run bench -- transcode` has whole decisions of such texts.
//
// A key is compared together with what has to stand in front of it and behind it: the brace or comma, the quote of a text. So the
// end of a value is checked with the next key.

import { IMAGE_JSON, NO_REGISTER } from '../../assembly/shared/image.js';
import { PLAN_FIELD_BYTES, PLAN_FIELD_KEY, PLAN_FIELD_KEY_BYTES, PLAN_FIELDS, PLAN_POWERS } from '../../assembly/shared/json.js';
import { SCRATCH_NULLS, SCRATCH_REGISTERS } from '../../assembly/shared/layout.js';
import { FIELD_HAS_MAX, FIELD_HAS_MIN, FIELD_REQUIRED, FieldKind } from '../../assembly/shared/value-type.js';
import { Op, Simd, ValueType } from '../wasm/format.js';
import { FunctionBody, type Label } from './body.js';
import { engineFunction } from './engine-calls.js';
import type { FieldPart, ImageParts } from './image-parts.js';

const { I32, I64, F64 } = ValueType;
/** Parameters. */
const IMAGE = 0;
const TEXT = 1;
const BYTES = 2;
/** Fields that are unrolled; those behind them the engine reads. */
const FIELDS_MAX = 64;
/** Digits that are read at once: they are 8 bytes. */
const DIGITS_MAX = 8;
const VECTOR_BYTES = 16;
const CODES = { quote: 0x22, backslash: 0x5c, comma: 0x2c, open: 0x7b, close: 0x7d, point: 0x2e, zero: 0x30 };

/** (image, text, bytes) -> i32: 1 where the text was taken, and its values are in the registers. */
export function readTextBody(image: ImageParts): FunctionBody {
  return new TextReader(image).emit();
}

class TextReader {
  private readonly body = new FunctionBody([I32, I32, I32]);
  /** Locals. `at`: behind what has been read; `from`: the first byte of a value. */
  private readonly state = this.body.local(I32);
  private readonly at = this.body.local(I32);
  private readonly from = this.body.local(I32);
  private readonly stops = this.body.local(I32);
  private readonly length = this.body.local(I32);
  private readonly whole = this.body.local(I32);
  /** The field that was begun last: its number, and where its key begins with what is in front of it. */
  private readonly done = this.body.local(I32);
  private readonly back = this.body.local(I32);
  private readonly digits = this.body.local(I64);
  private readonly keep = this.body.local(I64);
  private readonly number = this.body.local(F64);
  private readonly plan: number;

  constructor(private readonly image: ImageParts) {
    this.plan = image.blobOffset(image.word(IMAGE_JSON) - 1);
  }

  emit(): FunctionBody {
    const { body, image, state, at } = this;
    const { first, count } = image.table(0);
    const unrolled = Math.min(count, FIELDS_MAX);
    for (const parameter of [IMAGE, TEXT, BYTES]) body.get(parameter);
    body.call(engineFunction('beginText'));
    body.tee(state);
    body.op(Op.I32_EQZ);
    body.if();
    body.i32(0);
    body.op(Op.RETURN);
    body.end();
    body.get(TEXT);
    body.tee(at);
    body.set(this.back);

    const refused = body.block();
    const surprised = body.block();
    for (let number = 0; number < unrolled; number++) {
      this.field(first + number, number, surprised, refused);
    }
    if (unrolled === count && count > 0) this.emitEnd(surprised);
    body.end();
    // With the last field again: what is behind its value may be part of it.
    body.get(state);
    body.get(this.done);
    body.get(this.back);
    body.call(engineFunction('resumeText'));
    body.op(Op.RETURN);
    body.end();
    body.call(engineFunction('leaveText'));
    return body;
  }

  /** The closing brace, and the text's end. */
  private emitEnd(surprised: Label): void {
    const { body, at } = this;
    body.get(at);
    body.memory(Op.I32_LOAD8_U);
    body.i32(CODES.close);
    body.op(Op.I32_NE);
    body.get(at);
    body.i32(1);
    body.op(Op.I32_ADD);
    body.get(TEXT);
    body.get(BYTES);
    body.op(Op.I32_ADD, Op.I32_NE, Op.I32_OR);
    body.brIf(surprised);
    body.i32(1);
    body.op(Op.RETURN);
  }

  /** One field: its key, at `at`, or off to `surprised`; its value. */
  private field(index: number, number: number, surprised: Label, refused: Label): void {
    const { body, image, at, from } = this;
    const field = image.field(index);
    const isText = field.kind === FieldKind.TEXT;
    const key = this.keyOf(index, number === 0, isText);
    this.compare(key);
    body.brIf(surprised);
    body.i32(number);
    body.set(this.done);
    body.get(at);
    body.set(this.back);
    const valueAt = isText ? key.length - 1 : key.length;
    body.get(at);
    body.i32(valueAt);
    body.op(Op.I32_ADD);
    body.set(from);

    const read = body.block();
    const other = body.block();
    if (isText) this.text(field, other);
    else if (field.kind === FieldKind.DOUBLE || field.kind === FieldKind.INT || field.kind === FieldKind.LONG) {
      this.plainNumber(field, other);
    } else body.br(other);
    if (field.register !== NO_REGISTER && (field.flags & FIELD_REQUIRED) === 0) {
      this.pushScratch();
      body.i32(0);
      body.memory(Op.I32_STORE8, SCRATCH_NULLS + field.register);
    }
    body.br(read);
    body.end();
    body.get(this.state);
    body.i32(number);
    body.get(from);
    body.call(engineFunction('readField'));
    body.tee(at);
    body.op(Op.I32_EQZ);
    body.brIf(refused);
    body.end();
  }

  /** The key of a field with what stands around it: `{"name":`, `,"name":`, and of a text its quote. */
  private keyOf(index: number, isFirst: boolean, isText: boolean): Uint8Array {
    const { image, plan } = this;
    const place = plan + image.word(plan + PLAN_FIELDS) + index * PLAN_FIELD_BYTES;
    const offset = plan + image.word(place + PLAN_FIELD_KEY);
    const key = image.slice(offset, image.word(place + PLAN_FIELD_KEY_BYTES));
    return Uint8Array.of(isFirst ? CODES.open : CODES.comma, ...key, ...(isText ? [CODES.quote] : []));
  }

  /** Pushes 0 where these bytes, 5 at the least, are at `at`: word by word, the last of which may overlap the one before. */
  private compare(bytes: Uint8Array): void {
    const { body, at } = this;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const isLong = bytes.length >= 8;
    const step = isLong ? 8 : 4;
    for (let place = 0; place < bytes.length; place += step) {
      const offset = Math.min(place, bytes.length - step);
      body.get(at);
      body.memory(isLong ? Op.I64_LOAD : Op.I32_LOAD, offset);
      if (isLong) body.i64(view.getBigInt64(offset, true));
      else body.i32(view.getInt32(offset, true));
      body.op(isLong ? Op.I64_XOR : Op.I32_XOR);
      if (place > 0) body.op(isLong ? Op.I64_OR : Op.I32_OR);
    }
    body.op(...(isLong ? [Op.I64_EQZ] : [Op.I32_EQZ]), Op.I32_EQZ);
  }

  /** A text of up to 15 characters, all of ASCII, none of them an escape; its quote is at `from`. */
  private text({ min, max, register }: FieldPart, other: Label): void {
    const { body, at, from, length } = this;
    const vector = body.local(ValueType.V128);
    body.get(from);
    body.loadVector(1);
    body.tee(vector);
    body.splat(CODES.quote);
    body.vector(Simd.I8X16_EQ);
    body.get(vector);
    body.splat(CODES.backslash);
    body.vector(Simd.I8X16_EQ, Simd.V128_OR);
    // As signed numbers, what is not ASCII is below the control characters.
    body.get(vector);
    body.splat(0x20);
    body.vector(Simd.I8X16_LT_S, Simd.V128_OR, Simd.I8X16_BITMASK);
    body.op(Op.I32_CTZ);
    body.tee(length);
    body.i32(VECTOR_BYTES);
    body.op(Op.I32_GE_U);
    body.brIf(other);
    body.get(from);
    body.get(length);
    body.op(Op.I32_ADD);
    body.tee(at);
    body.memory(Op.I32_LOAD8_U, 1);
    body.i32(CODES.quote);
    body.op(Op.I32_NE);
    body.brIf(other);
    const least = Number(min & 0xffffffffn);
    const most = Number(max & 0xffffffffn);
    if (least > 0 || most < VECTOR_BYTES) {
      body.get(length);
      body.i32(least);
      body.op(Op.I32_LT_U);
      body.get(length);
      body.i32(most);
      body.op(Op.I32_GT_U, Op.I32_OR);
      body.brIf(other);
    }
    if (register !== NO_REGISTER) {
      this.pushScratch();
      body.get(from);
      body.i32(1);
      body.op(Op.I32_ADD, Op.I64_EXTEND_I32_U);
      body.get(length);
      body.op(Op.I64_EXTEND_I32_U);
      body.i64(32n);
      body.op(Op.I64_SHL, Op.I64_OR);
      body.memory(Op.I64_STORE, SCRATCH_REGISTERS + 8 * register);
    }
    body.get(at);
    body.i32(2);
    body.op(Op.I32_ADD);
    body.set(at);
  }

  /**
   * A number of up to 8 digits without sign and exponent: what follows it is judged with the next key. Digits are found as 16 bytes
   * at once, and added up in pairs, fours and eights of a word in which the point has been left out.
   */
  private plainNumber(field: FieldPart, other: Label): void {
    const { body, at, from, stops, length, whole, digits, keep, number } = this;
    body.get(from);
    body.loadVector(0);
    body.splat(CODES.zero);
    body.vector(Simd.I8X16_SUB);
    body.splat(9);
    body.vector(Simd.I8X16_LE_U, Simd.I8X16_BITMASK);
    body.i32(0xffff);
    body.op(Op.I32_XOR);
    body.tee(stops);
    body.op(Op.I32_CTZ);
    body.tee(whole);
    body.set(length);
    body.get(from);
    body.memory(Op.I64_LOAD);
    body.set(digits);

    const isDouble = field.kind === FieldKind.DOUBLE;
    if (isDouble) {
      body.get(from);
      body.get(whole);
      body.op(Op.I32_ADD);
      body.memory(Op.I32_LOAD8_U);
      body.i32(CODES.point);
      body.op(Op.I32_EQ);
      body.if();
      // The bytes in front of the point, and those behind it moved down by one.
      body.get(stops);
      body.get(stops);
      body.i32(1);
      body.op(Op.I32_SUB, Op.I32_AND, Op.I32_CTZ);
      body.i32(1);
      body.op(Op.I32_SUB);
      body.set(length);
      body.get(whole);
      body.get(length);
      body.op(Op.I32_GE_U);
      body.brIf(other);
      body.i64(-1n);
      body.get(whole);
      body.i32(3);
      body.op(Op.I32_SHL, Op.I64_EXTEND_I32_U, Op.I64_SHL);
      body.set(keep);
      body.get(digits);
      body.get(from);
      body.memory(Op.I64_LOAD, 1);
      body.get(digits);
      body.op(Op.I64_XOR);
      body.get(keep);
      body.op(Op.I64_AND, Op.I64_XOR);
      body.set(digits);
      body.end();
    }
    // `length` digits by now: 1 to 8 of them, the first 0 only where no other is in front of the point.
    body.get(whole);
    body.i32(1);
    body.op(Op.I32_LT_U);
    body.get(length);
    body.i32(DIGITS_MAX);
    body.op(Op.I32_GT_U, Op.I32_OR);
    body.get(from);
    body.memory(Op.I32_LOAD8_U);
    body.i32(CODES.zero);
    body.op(Op.I32_EQ);
    body.get(whole);
    body.i32(1);
    body.op(Op.I32_NE, Op.I32_AND, Op.I32_OR);
    body.brIf(other);
    body.get(digits);
    body.i32(DIGITS_MAX);
    body.get(length);
    body.op(Op.I32_SUB);
    body.i32(3);
    body.op(Op.I32_SHL, Op.I64_EXTEND_I32_U, Op.I64_SHL);
    for (const [mask, factor, shift] of STEPS) {
      body.i64(mask);
      body.op(Op.I64_AND);
      body.i64(factor);
      body.op(Op.I64_MUL);
      body.i64(shift);
      body.op(Op.I64_SHR_U);
    }
    body.op(Op.I32_WRAP_I64, Op.F64_CONVERT_I32_S);
    if (isDouble) {
      // One rounding: it is the nearest double. Of a whole number, by 1.
      body.get(IMAGE);
      body.get(length);
      body.get(whole);
      body.op(Op.I32_SUB);
      body.i32(3);
      body.op(Op.I32_SHL, Op.I32_ADD);
      body.memory(Op.F64_LOAD, this.plan + this.image.word(this.plan + PLAN_POWERS));
      body.op(Op.F64_DIV);
    }
    body.set(number);
    this.bounds(field, other);
    if (field.register !== NO_REGISTER) {
      this.pushScratch();
      body.get(number);
      body.memory(Op.F64_STORE, SCRATCH_REGISTERS + 8 * field.register);
    }
    // One byte more where there is a point.
    body.get(from);
    body.get(length);
    body.op(Op.I32_ADD);
    if (isDouble) {
      body.get(length);
      body.get(whole);
      body.op(Op.I32_NE, Op.I32_ADD);
    }
    body.set(at);
  }

  /** Leaves where a number is outside its field's bounds, which are i64 for whole numbers: of 8 digits, doubles say the same. */
  private bounds({ kind, flags, min, max }: FieldPart, other: Label): void {
    const { body, number } = this;
    const bound = (compare: Op, bits: bigint): void => {
      body.get(number);
      body.f64(bits);
      body.op(compare, Op.I32_EQZ);
      body.brIf(other);
    };
    if (kind === FieldKind.DOUBLE) {
      if ((flags & FIELD_HAS_MIN) !== 0) bound(Op.F64_GE, min);
      if ((flags & FIELD_HAS_MAX) !== 0) bound(Op.F64_LE, max);
      return;
    }
    bound(Op.F64_GE, doubleBits(Number(BigInt.asIntN(64, min))));
    bound(Op.F64_LE, doubleBits(Number(BigInt.asIntN(64, max))));
  }

  private pushScratch(): void {
    this.body.global(0);
  }
}

/** From 8 digits as bytes, the first in the lowest, to a number: mask, factor, shift. */
const STEPS = [
  [0x0f0f0f0f0f0f0f0fn, 2561n, 8n],
  [0x00ff00ff00ff00ffn, 6553601n, 16n],
  [0x0000ffff0000ffffn, 42949672960001n, 32n],
] as const;

function doubleBits(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}
