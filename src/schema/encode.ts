// Payload objects -> FlatBuffers tables of the model. This is on the path of every JSON request, so the plan of a table is made
// once, and encoding is one pass over its fields into a buffer that is used again. The pass only finds out *that* a value does not
// fit; payload-errors.ts then says what is wrong, all at once.
//
// Every table is written with the same fixed places for its fields; the vtable entry of an absent field is 0:
//
//   | root offset (root only) | vtable | table: offset to vtable, fields of 8, 4, 2, 1 bytes | texts and nested tables ...
//
// Fields lie at multiples of their width, as FlatBuffers readers in other languages expect.

import { PAYLOAD_BYTES_MAX } from '../../assembly/shared/limits.js';
import { FieldKind } from '../../assembly/shared/value-type.js';
import { Problem } from '../errors.js';
import { codePoints } from './convert.js';
import { scaledFromNumber, scaledFromShortText, scaledFromText } from './decimal.js';
import { type FieldPlan, planTable, ROOT_OFFSET_BYTES, type TablePlan } from './encode-plan.js';
import { hasDecimals, restoreDecimals } from './json-decimals.js';
import { addOffsets } from './json-offsets.js';
import { parseJson } from './json-text.js';
import type { Model } from './model.js';
import { invalidPayload, isPlainObject, payloadErrors } from './payload-errors.js';
import { parseDate, parseTimestamp } from './time.js';

const BUFFER_BYTES_MIN = 4096;
/** Texts of more code units are written by TextEncoder: its call costs about as much as 64 turns of the loop. */
const LOOP_UNITS_MAX = 64;

/** Encodes payloads of one model. One instance a thread; it keeps its buffer. */
export class PayloadEncoder {
  private readonly root: TablePlan;
  private readonly utf8 = new TextEncoder();
  private readonly hasDecimals: boolean;
  private bytes = new Uint8Array(BUFFER_BYTES_MIN);
  private view = new DataView(this.bytes.buffer);
  /** First free byte of the buffer. */
  private end = 0;
  private isTooLong = false;

  constructor(private readonly model: Model) {
    this.root = planTable(model, 0, ROOT_OFFSET_BYTES);
    this.hasDecimals = hasDecimals(model);
  }

  /**
   * The FlatBuffers table of a payload object (as JSON.parse gives it; bigint is taken too where 64 bits are). The bytes are valid
   * until the next call. Throws Problem INVALID_PAYLOAD with all that does not fit.
   */
  encode(value: unknown): Uint8Array {
    this.end = 0;
    this.isTooLong = false;
    if (!isPlainObject(value) || this.writeTable(this.root, value) < 0 || !this.isWithin(this.end)) throw this.refuse(value);
    this.view.setUint32(0, this.root.tableAt, true);
    return this.bytes.subarray(0, this.end);
  }

  /**
   * As `encode`, from JSON text, decimals exactly as they stand there; throws Problem INVALID_JSON with the position where the text
   * is not JSON, and INVALID_PAYLOAD where an object has a key twice. What the engine's transcoder takes, this takes, and means the
   * same; it comes here for what it does not take, to be told all that is wrong with it, and where.
   */
  encodeText(json: string): Uint8Array {
    const { value, duplicates } = parseJson(json);
    try {
      if (duplicates.length > 0) throw invalidPayload(duplicates);
      if (this.hasDecimals) restoreDecimals(this.model, json, value);
      return this.encode(value);
    } catch (error) {
      if (error instanceof Problem && error.errors !== undefined) addOffsets(json, error.errors);
      throw error;
    }
  }

  private refuse(value: unknown): Problem {
    const errors = payloadErrors(this.model, value);
    if (errors.length === 0) {
      if (!this.isTooLong) throw new Error('the encoder refuses a payload in which no fault is found');
      // Each value fits, so it is all of them together that do not.
      errors.push({
        pointer: '',
        code: 'MAX_LENGTH',
        message: `must have at most ${PAYLOAD_BYTES_MAX} bytes as a FlatBuffers table`,
      });
    }
    return invalidPayload(errors);
  }

  /** Appends a table; returns its position, or -1 where a value does not fit. */
  private writeTable(plan: TablePlan, value: Record<string, unknown>): number {
    const start = this.startTable(plan.block);
    if (start < 0) return -1;
    let known = 0;
    const { fields } = plan;
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i]!;
      const entry = field.inherited && !Object.hasOwn(value, field.name) ? undefined : value[field.name];
      if (entry !== undefined) known++;
      if (entry === undefined || entry === null) {
        if (field.required) return -1;
        this.view.setUint16(start + field.entryAt, 0, true);
      } else if (!this.writeField(field, entry, start + field.valueAt)) return -1;
    }
    if (plan.closed && !hasKnownKeysOnly(plan, value, known)) return -1;
    return start + plan.tableAt;
  }

  /** Appends the block of a table; returns where it starts, or -1. */
  private startTable(block: Uint8Array): number {
    const start = (this.end + 7) & -8;
    if (!this.reserve(start + block.length)) return -1;
    this.bytes.fill(0, this.end, start);
    this.bytes.set(block, start);
    this.end = start + block.length;
    return start;
  }

  private writeField(field: FieldPlan, value: unknown, at: number): boolean {
    switch (field.kind) {
      case FieldKind.BOOL:
        if (typeof value !== 'boolean') return false;
        if (value) this.bytes[at] = 1;
        return true;
      case FieldKind.INT: {
        const integer = typeof value === 'bigint' ? Number(value) : value;
        if (typeof integer !== 'number' || (integer | 0) !== integer) return false;
        if (integer < field.minimum || integer > field.maximum) return false;
        this.view.setInt32(at, integer, true);
        return true;
      }
      case FieldKind.LONG: {
        const integer = typeof value === 'bigint' ? Number(value) : value;
        return typeof integer === 'number' && Number.isSafeInteger(integer) && this.writeSafe(field, integer, at);
      }
      case FieldKind.DOUBLE:
        if (typeof value !== 'number') return false;
        if (field.bounded && !(value >= field.minimum && value <= field.maximum)) return false;
        this.view.setFloat64(at, value, true);
        return true;
      case FieldKind.DECIMAL:
        return this.writeDecimal(field, value, at);
      case FieldKind.TIMESTAMP: {
        if (typeof value !== 'string') return false;
        const micros = parseTimestamp(value);
        if (typeof micros === 'number') return this.writeSafe(field, micros, at);
        return micros !== undefined && this.writeBig(field, micros, at);
      }
      case FieldKind.DATE: {
        const days = typeof value === 'string' ? parseDate(value) : undefined;
        if (days === undefined || days < field.minimum || days > field.maximum) return false;
        this.view.setInt32(at, days, true);
        return true;
      }
      case FieldKind.ENUM: {
        const number = typeof value === 'string' ? field.members!.get(value) : undefined;
        if (number === undefined) return false;
        this.view.setUint16(at, number, true);
        return true;
      }
      case FieldKind.TEXT:
        return typeof value === 'string' && this.point(at, this.writeText(field, value));
      case FieldKind.OBJECT:
        return isPlainObject(value) && this.point(at, this.writeTable(field.child!, value));
      case FieldKind.LIST:
        return Array.isArray(value) && this.point(at, this.writeList(field, value));
      default:
        return false;
    }
  }

  /** Sets the offset at `at` to what lies at `position`; false where it is -1. */
  private point(at: number, position: number): boolean {
    if (position < 0) return false;
    this.view.setUint32(at, position - at, true);
    return true;
  }

  /** Appends a vector and what its elements lead to; returns its position, or -1. */
  private writeList(field: FieldPlan, values: readonly unknown[]): number {
    const count = values.length;
    const element = field.element!;
    const position = this.startList(field, count);
    if (position < 0) return -1;
    for (let i = 0; i < count; i++) {
      if (!this.writeField(element, values[i], position + 4 + i * element.width)) return -1;
    }
    return position;
  }

  /** Appends a vector of zeros, its elements at a multiple of their width; returns its position, or -1. */
  private startList(field: FieldPlan, count: number): number {
    if (!(count >= field.minimum && count <= field.maximum)) return -1;
    const { width } = field.element!;
    const position = width === 8 ? ((this.end + 11) & -8) - 4 : (this.end + 3) & -4;
    const end = (position + 4 + count * width + 3) & -4;
    if (!this.reserve(end)) return -1;
    this.bytes.fill(0, this.end, end);
    this.view.setUint32(position, count, true);
    this.end = end;
    return this.isWithin(end) ? position : -1;
  }

  private writeDecimal(field: FieldPlan, value: unknown, at: number): boolean {
    if (typeof value === 'number') {
      const scaled = scaledFromNumber(value, field.scale);
      return typeof scaled === 'number' && this.writeSafe(field, scaled, at);
    }
    if (typeof value === 'string') {
      const short = scaledFromShortText(value, field.scale);
      if (!Number.isNaN(short)) return this.writeSafe(field, short, at);
    }
    const text = typeof value === 'bigint' ? String(value) : value;
    const scaled = typeof text === 'string' ? scaledFromText(text, field.scale) : undefined;
    return typeof scaled === 'bigint' && this.writeBig(field, scaled, at);
  }

  /** A safe integer as i64, without a bigint. */
  private writeSafe(field: FieldPlan, value: number, at: number): boolean {
    if (value < field.minimum || value > field.maximum) return false;
    this.view.setInt32(at, value | 0, true);
    this.view.setInt32(at + 4, Math.floor(value / 4_294_967_296), true);
    return true;
  }

  private writeBig(field: FieldPlan, value: bigint, at: number): boolean {
    if (field.minimumBig !== undefined && value < field.minimumBig) return false;
    if (field.maximumBig !== undefined && value > field.maximumBig) return false;
    this.view.setBigInt64(at, value, true);
    return true;
  }

  /** Appends a text with its length and terminating zero; returns its position, or -1. */
  private writeText(field: FieldPlan, text: string): number {
    const units = text.length;
    // A character has at most two code units.
    if (units > 2 * field.maximum || !this.reserve(this.end + 12 + 3 * units)) return -1;
    const position = (this.end + 3) & -4;
    const start = position + 4;
    let at = start;
    let chars = units;
    const { bytes } = this;
    if (units > LOOP_UNITS_MAX) {
      const { written } = this.utf8.encodeInto(text, bytes.subarray(start));
      at += written;
      if (written !== units) {
        // Not ASCII. TextEncoder replaces half a pair silently, so the count looks at the code units.
        chars = codePoints(text);
        if (chars < 0) return -1;
      }
    } else {
      for (let i = 0; i < units; i++) {
        const unit = text.charCodeAt(i);
        if (unit < 0x80) bytes[at++] = unit;
        else if (unit < 0x800) {
          bytes[at++] = 0xc0 | (unit >> 6);
          bytes[at++] = 0x80 | (unit & 0x3f);
        } else if (unit < 0xd800 || unit > 0xdfff) {
          bytes[at++] = 0xe0 | (unit >> 12);
          bytes[at++] = 0x80 | ((unit >> 6) & 0x3f);
          bytes[at++] = 0x80 | (unit & 0x3f);
        } else {
          const low = ++i < units && unit < 0xdc00 ? text.charCodeAt(i) : 0;
          if (low < 0xdc00 || low > 0xdfff) return -1;
          const point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
          bytes[at++] = 0xf0 | (point >> 18);
          bytes[at++] = 0x80 | ((point >> 12) & 0x3f);
          bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
          bytes[at++] = 0x80 | (point & 0x3f);
          chars--;
        }
      }
    }
    if (chars < field.minimum || chars > field.maximum) return -1;
    return this.endText(position, at);
  }

  /** Puts what surrounds the characters of a text, which end at `at`; returns its position, or -1. */
  private endText(position: number, at: number): number {
    const { bytes } = this;
    // Zeros before (alignment) and behind (terminator, padding to 4): the buffer holds what was encoded last.
    for (let i = this.end; i < position; i++) bytes[i] = 0;
    this.view.setUint32(position, at - position - 4, true);
    const end = (at + 4) & -4;
    for (let i = at; i < end; i++) bytes[i] = 0;
    this.end = end;
    return this.isWithin(end) ? position : -1;
  }

  /** Makes room for `bytes` in all; false where no payload may be that long. */
  private reserve(bytes: number): boolean {
    if (bytes <= this.bytes.length) return true;
    // A text asks for its worst case, three times what it mostly needs: there is room beyond the limit, which isWithin holds.
    if (!this.isWithin(bytes >> 2)) return false;
    const grown = new Uint8Array(Math.max(bytes, 2 * this.bytes.length));
    grown.set(this.bytes);
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
    return true;
  }

  private isWithin(bytes: number): boolean {
    if (bytes > PAYLOAD_BYTES_MAX) this.isTooLong = true;
    return !this.isTooLong;
  }
}

/** Whether an object has no own key but the `known` that were found, those without a value apart. */
function hasKnownKeysOnly(plan: TablePlan, value: Record<string, unknown>, known: number): boolean {
  let keys = 0;
  for (const _ in value) keys++;
  if (keys === known) return true;
  return Object.keys(value).every((key) => plan.names.has(key) || value[key] === undefined);
}
