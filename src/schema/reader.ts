// Reads a payload by the model, with exactly the acceptance rules of the engine (assembly/flatbuffers/payload.ts) and without
// sharing a line with it, with the encoder, or with the flatbuffers package: tests hold the others against this reader.
//
// A payload is accepted when
//   - it has 8 to PAYLOAD_BYTES_MAX bytes; alignment does not matter;
//   - each table and its vtable lie inside it; a vtable has an even length of at least 4, a table a length of at least 4;
//   - each present field lies inside its table behind the first 4 bytes; vtable entries that the model does not know, or that are
//     beyond the vtable's length, are not looked at;
//   - a BOOL is 0 or 1; an ENUM is a member in use; INT, LONG, DECIMAL, TIMESTAMP, DATE and DOUBLE are within their bounds (a LONG
//     always within the safe integers; NaN breaks any bound);
//   - a text lies inside the payload with its terminating zero, is UTF-8, and has minLength to maxLength code points;
//   - a list lies inside the payload with all its elements, has minItems to maxItems of them, and each is accepted as a field of
//     its kind would be;
//   - no required field is absent.

import { PAYLOAD_BYTES_MAX } from '../../assembly/shared/limits.js';
import { FieldKind } from '../../assembly/shared/value-type.js';
import type { Field, FieldValue, Model } from './model.js';

/** A field as a rule sees it: enums by member name, the 64-bit kinds and dates as bigint. */
export type PayloadValue = boolean | number | bigint | string | null | PayloadObject | PayloadValue[];

/** Every field of the table by name; absent ones are their default or null. */
export interface PayloadObject {
  [name: string]: PayloadValue;
}

/** `path` is that of the field in the model, `pointer` the JSON Pointer of the value that was refused. */
export type ReadResult = { ok: true; value: PayloadObject } | { ok: false; path: string; pointer: string; message: string };

/** What stops a reading; never leaves this module. */
class Refusal extends Error {
  constructor(
    readonly path: string,
    message: string,
  ) {
    super(message);
  }
}

interface Reading {
  model: Model;
  view: DataView;
  /** Fields and indexes from the root to the value that is read. */
  trail: (string | number)[];
  /** Elements of lists that may still be read. */
  elements: number;
}

/** Reads a payload of the model; the first fault ends it, with its field ('' = the payload itself). */
export function readPayload(model: Model, bytes: Uint8Array): ReadResult {
  return read(model, bytes, Number.POSITIVE_INFINITY);
}

/**
 * What is wrong with a payload that the engine has refused; undefined where nothing is. Elements may share their bytes, and a
 * payload may so hold far more of them than bytes: such a one is not read to its end.
 */
export function findPayloadFault(model: Model, bytes: Uint8Array): { pointer: string; message: string } | undefined {
  const result = read(model, bytes, bytes.length);
  return result.ok ? undefined : { pointer: result.pointer, message: result.message };
}

function read(model: Model, bytes: Uint8Array, elements: number): ReadResult {
  const reading: Reading = { model, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), trail: [], elements };
  try {
    if (bytes.length < 8 || bytes.length > PAYLOAD_BYTES_MAX) throw new Refusal('', `has ${bytes.length} bytes`);
    return { ok: true, value: readTable(reading, 0, reading.view.getUint32(0, true), '') };
  } catch (error) {
    if (error instanceof Refusal) {
      const pointer = reading.trail.map((step) => `/${step}`).join('');
      return { ok: false, path: error.path, pointer, message: error.message };
    }
    throw error;
  }
}

function readTable(reading: Reading, table: number, position: number, path: string): PayloadObject {
  const { model, view, trail } = reading;
  if (position + 4 > view.byteLength) throw new Refusal(path, 'the table is outside the payload');
  const vtable = position - view.getInt32(position, true);
  if (vtable < 0 || vtable + 4 > view.byteLength) throw new Refusal(path, 'the vtable is outside the payload');
  const vtableBytes = view.getUint16(vtable, true);
  const tableBytes = view.getUint16(vtable + 2, true);
  if (vtableBytes < 4 || vtableBytes % 2 !== 0 || vtable + vtableBytes > view.byteLength) {
    throw new Refusal(path, 'the vtable has a wrong length');
  }
  if (tableBytes < 4 || position + tableBytes > view.byteLength) throw new Refusal(path, 'the table has a wrong length');

  const value: PayloadObject = {};
  for (const field of model.tables[table]!.fields) {
    trail.push(field.name);
    const entry = 4 + 2 * field.slot;
    const offset = entry < vtableBytes ? view.getUint16(vtable + entry, true) : 0;
    if (offset === 0) value[field.name] = readAbsent(field);
    else if (offset < 4 || offset + WIDTHS[field.kind]! > tableBytes)
      throw new Refusal(field.path, 'the field is outside its table');
    else value[field.name] = readField(reading, field, position + offset);
    trail.pop();
  }
  return value;
}

/** Bytes of a field in its table, by FieldKind. */
const WIDTHS: readonly number[] = [0, 1, 4, 8, 8, 8, 8, 4, 2, 4, 4, 4];

function readAbsent(field: Field): PayloadValue {
  if (field.required) throw new Refusal(field.path, 'the field is required');
  return field.default === undefined ? null : named(field, field.default);
}

/** A register value as PayloadValue: the number of an enum member becomes its name. */
function named(field: Field, value: FieldValue): PayloadValue {
  if (field.kind !== FieldKind.ENUM) return value;
  const member = field.members!.find(({ number }) => number === value);
  if (member === undefined) throw new Refusal(field.path, `${value} is no member of the enum`);
  return member.name;
}

function readField(reading: Reading, field: Field, at: number): PayloadValue {
  const { view } = reading;
  switch (field.kind) {
    case FieldKind.BOOL: {
      const byte = view.getUint8(at);
      if (byte > 1) throw new Refusal(field.path, `${byte} is no boolean`);
      return byte === 1;
    }
    case FieldKind.INT:
      return checkBounds(field, view.getInt32(at, true));
    case FieldKind.LONG: {
      const value = view.getBigInt64(at, true);
      if (!Number.isSafeInteger(Number(value))) throw new Refusal(field.path, `${value} is not a safe integer`);
      return checkBounds(field, Number(value));
    }
    case FieldKind.DOUBLE:
      return checkBounds(field, view.getFloat64(at, true));
    case FieldKind.DECIMAL:
    case FieldKind.TIMESTAMP:
      return checkBounds(field, view.getBigInt64(at, true));
    case FieldKind.DATE:
      return checkBounds(field, BigInt(view.getInt32(at, true)));
    case FieldKind.ENUM:
      return named(field, view.getUint16(at, true));
    case FieldKind.TEXT:
      return readText(view, field, follow(view, field, at));
    case FieldKind.OBJECT:
      return readTable(reading, field.child!, follow(view, field, at), field.path);
    case FieldKind.LIST:
      return readList(reading, field, follow(view, field, at));
    default:
      throw new Error(`field ${field.path} has no kind`);
  }
}

function readList(reading: Reading, field: Field, at: number): PayloadValue[] {
  const { view, trail } = reading;
  const { element } = field;
  const count = view.getUint32(at, true);
  const width = WIDTHS[element?.kind ?? FieldKind.OBJECT]!;
  if (at + 4 + count * width > view.byteLength) throw new Refusal(field.path, 'the list is outside the payload');
  if (count < Number(field.minimum ?? 0) || count > Number(field.maximum)) throw new Refusal(field.path, `has ${count} items`);
  reading.elements -= count;
  if (reading.elements < 0)
    throw new Refusal(field.path, 'some value does not fit; the elements share their bytes, and are too many');
  return Array.from({ length: count }, (_, i) => {
    const place = at + 4 + i * width;
    trail.push(i);
    const value =
      element === undefined
        ? readTable(reading, field.child!, follow(view, field, place), `${field.path}[]`)
        : readField(reading, element, place);
    trail.pop();
    return value;
  });
}

function checkBounds<T extends number | bigint>(field: Field, value: T): T {
  if (field.minimum !== undefined && !(value >= field.minimum)) throw new Refusal(field.path, `${value} is below ${field.minimum}`);
  if (field.maximum !== undefined && !(value <= field.maximum)) throw new Refusal(field.path, `${value} is above ${field.maximum}`);
  return value;
}

function follow(view: DataView, field: Field, at: number): number {
  const target = at + view.getUint32(at, true);
  if (target + 4 > view.byteLength) throw new Refusal(field.path, 'the offset leads outside the payload');
  return target;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readText(view: DataView, field: Field, at: number): string {
  const length = view.getUint32(at, true);
  const start = at + 4;
  if (start + length + 1 > view.byteLength) throw new Refusal(field.path, 'the text is outside the payload');
  if (view.getUint8(start + length) !== 0) throw new Refusal(field.path, 'the text has no terminating zero');
  let text: string;
  try {
    // A copy: TextDecoder refuses views of shared memory.
    text = decoder.decode(new Uint8Array(view.buffer, view.byteOffset + start, length).slice());
  } catch {
    throw new Refusal(field.path, 'the text is not UTF-8');
  }
  let chars = 0;
  for (const _ of text) chars++;
  if (field.minimum !== undefined && chars < field.minimum) throw new Refusal(field.path, `has ${chars} characters`);
  if (field.maximum !== undefined && chars > field.maximum) throw new Refusal(field.path, `has ${chars} characters`);
  return text;
}
