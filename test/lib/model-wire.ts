// JSON values -> FlatBuffers payloads by the flatbuffers package's Builder, without the project's encoder and without looking at
// what the model allows: what a caller's generated code could send. Undefined where the types of FlatBuffers cannot say it.

import { Builder } from 'flatbuffers';
import { FieldKind } from '#assembly/shared/value-type.js';
import type { Field, Model } from '#src/schema/model.js';

class Inexpressible extends Error {}

/** The payload, or undefined where a value has no place or no form in the model's .fbs. */
export function wirePayload(model: Model, value: unknown): Uint8Array | undefined {
  const builder = new Builder(256);
  try {
    builder.finish(writeTable(builder, model, 0, value));
  } catch (error) {
    if (error instanceof Inexpressible) return undefined;
    throw error;
  }
  return builder.asUint8Array().slice();
}

function writeTable(builder: Builder, model: Model, index: number, value: unknown): number {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Inexpressible();
  const { fields } = model.tables[index]!;
  const given = new Map(Object.entries(value));
  const written = fields.flatMap((field) => {
    const own = given.get(field.name) ?? null;
    given.delete(field.name);
    return own === null ? [] : [{ field, own, offset: isInline(field) ? 0 : writeOffset(builder, model, field, own) }];
  });
  if (given.size > 0) throw new Inexpressible();
  builder.forceDefaults(true);
  builder.startObject(Math.max(0, ...fields.map(({ slot }) => slot + 1)));
  for (const { field, own, offset } of written) {
    if (!isInline(field)) {
      builder.addFieldOffset(field.slot, offset, 0);
      continue;
    }
    const { width, add } = inlineValue(field, own);
    builder.prep(width, 0);
    add(builder);
    builder.slot(field.slot);
  }
  return builder.endObject();
}

function isInline({ kind }: Field): boolean {
  return kind !== FieldKind.TEXT && kind !== FieldKind.OBJECT && kind !== FieldKind.LIST;
}

function writeOffset(builder: Builder, model: Model, field: Field, own: unknown): number {
  if (field.kind === FieldKind.OBJECT) return writeTable(builder, model, field.child!, own);
  if (field.kind === FieldKind.LIST) return writeVector(builder, model, field, own);
  if (typeof own !== 'string' || /\p{Surrogate}/u.test(own)) throw new Inexpressible();
  return builder.createString(own);
}

function writeVector(builder: Builder, model: Model, list: Field, own: unknown): number {
  if (!Array.isArray(own) || own.some((entry) => entry === null)) throw new Inexpressible();
  const { element } = list;
  const values = own as unknown[];
  if (element === undefined || !isInline(element)) {
    const offsets = values.map((entry) =>
      element === undefined ? writeTable(builder, model, list.child!, entry) : writeOffset(builder, model, element, entry),
    );
    builder.startVector(4, offsets.length, 4);
    for (const offset of offsets.reverse()) builder.addOffset(offset);
    return builder.endVector();
  }
  const inline = values.map((entry) => inlineValue(element, entry));
  const width = inline[0]?.width ?? 1;
  builder.startVector(width, inline.length, width);
  for (const { add } of inline.reverse()) add(builder);
  return builder.endVector();
}

interface Inline {
  width: number;
  add: (builder: Builder) => void;
}

function inlineValue(field: Field, own: unknown): Inline {
  const number = (): number => {
    if (typeof own !== 'number') throw new Inexpressible();
    return own;
  };
  const integer = (value: number): bigint => {
    if (!Number.isInteger(value) || Math.abs(value) >= 2 ** 63) throw new Inexpressible();
    return BigInt(value);
  };
  const text = (): string => {
    if (typeof own !== 'string') throw new Inexpressible();
    return own;
  };
  switch (field.kind) {
    case FieldKind.BOOL:
      if (typeof own !== 'boolean') throw new Inexpressible();
      return { width: 1, add: (builder) => builder.writeInt8(own ? 1 : 0) };
    case FieldKind.INT: {
      const value = number();
      if (value !== (value | 0)) throw new Inexpressible();
      return { width: 4, add: (builder) => builder.writeInt32(value) };
    }
    case FieldKind.LONG: {
      const value = integer(number());
      return { width: 8, add: (builder) => builder.writeInt64(value) };
    }
    case FieldKind.DOUBLE: {
      const value = number();
      return { width: 8, add: (builder) => builder.writeFloat64(value) };
    }
    case FieldKind.DECIMAL: {
      const value = scaled(number(), field.scale!);
      return { width: 8, add: (builder) => builder.writeInt64(value) };
    }
    case FieldKind.ENUM: {
      // A number that no member has, where the text is none.
      const value = field.members!.find(({ name }) => name === text())?.number ?? field.memberNumberMax! + 1;
      return { width: 2, add: (builder) => builder.writeInt16(value) };
    }
    case FieldKind.DATE: {
      if (!/^\d{4}-\d\d-\d\d$/.test(text())) throw new Inexpressible();
      const days = millisOf(`${text()}T00:00:00`) / 86_400_000;
      return { width: 4, add: (builder) => builder.writeInt32(days) };
    }
    default: {
      const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?)(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/.exec(text());
      if (match === null) throw new Inexpressible();
      const offset = (Number(match[3] ?? 0) * 60 + Number(match[4] ?? 0)) * (match[2] === '-' ? -1 : 1);
      const millis = millisOf(match[1]!) - offset * 60_000;
      return { width: 8, add: (builder) => builder.writeInt64(BigInt(millis) * 1000n) };
    }
  }
}

/** Milliseconds of a time in UTC; Date.parse takes 30 February for a day of March, and 24:00 for the next day. */
function millisOf(text: string): number {
  const millis = Date.parse(`${text}Z`);
  if (Number.isNaN(millis) || !new Date(millis).toISOString().startsWith(text)) throw new Inexpressible();
  return millis;
}

/** The shortest decimal spelling of the number, scaled. */
function scaled(value: number, scale: number): bigint {
  const match = /^(-?\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
  const places = (match?.[2] ?? '').length - Number(match?.[3] ?? 0);
  if (match === null || places > scale) throw new Inexpressible();
  const result = BigInt(match[1]! + (match[2] ?? '')) * 10n ** BigInt(scale - places);
  if (result < -(2n ** 63n) || result >= 2n ** 63n) throw new Inexpressible();
  return result;
}
