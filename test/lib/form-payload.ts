// Payloads of a model as bytes and as JSON text: good ones, values on bounds and beyond, and what is no payload at all.

import { Problem } from '#src/errors.js';
import type { PayloadEncoder } from '#src/schema/encode.js';
import type { Random } from './expression-model.js';
import type { JsonAuthor } from './json-author.js';

export interface FormPayload {
  /** FlatBuffers, or what is none. */
  bytes: Uint8Array;
  /** JSON, or what is none. */
  text: Uint8Array;
  /** Bytes and text hold the same values. */
  alike: boolean;
}

type Schema = Record<string, unknown> & {
  type?: string;
  format?: string;
  enum?: readonly string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  minimum?: number;
  maximum?: number;
  multipleOf?: number;
  maxLength?: number;
  maxItems?: number;
};

const encoder = new TextEncoder();

/** A payload of the model; some 15 of 100 have a value on a bound or beyond it, and as many are damaged. */
export function formPayload(
  random: Random,
  value: Record<string, unknown>,
  schema: Schema,
  encodes: PayloadEncoder,
  json: JsonAuthor,
): FormPayload {
  const base = random.chance(70) ? finite(value) : value;
  const given = (random.chance(15) ? onBounds(random, schema, base) : base) as Record<string, unknown>;
  let bytes: Uint8Array | undefined;
  try {
    bytes = encodes.encode(given).slice();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
  const alike = bytes !== undefined && hasJson(given);
  const plain = plainText(given);
  if (random.chance(80)) return { bytes: bytes ?? damagedBytes(random, encodes.encode(value)), text: encoder.encode(plain), alike };
  const spelled = json.spell(plainValue(given));
  return {
    bytes: bytes !== undefined && random.chance(50) ? bytes : damagedBytes(random, bytes ?? encodes.encode(value)),
    text: random.chance(40) ? encoder.encode(spelled) : json.damage(spelled),
    alike: false,
  };
}

/** JSON of a payload with each number as it is: -0 too, and 64 bits; NaN and the like are null. */
export function plainText(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (Object.is(value, -0)) return '-0';
  if (Array.isArray(value)) return `[${value.map(plainText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${plainText(member)}`).join(',')}}`;
}

/** With texts for integers of 64 bits. */
function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainValue(member)]));
}

/** The value with a number in the place of each that JSON does not have. */
function finite(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : 3;
  if (Array.isArray(value)) return value.map(finite);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, finite(member)]));
}

/** Whether JSON has all of its numbers. */
function hasJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(hasJson);
}

/** The payload with one value, at any depth, that is the least, the most, the longest, or beyond. */
function onBounds(random: Random, schema: Schema, value: unknown): unknown {
  if (schema.properties !== undefined) {
    const [name, inner] = random.pick(Object.entries(schema.properties));
    const before = value as Record<string, unknown>;
    return { ...before, [name]: random.chance(6) ? null : onBounds(random, inner, before?.[name]) };
  }
  if (schema.items !== undefined) {
    const items = Array.isArray(value) ? (value as unknown[]) : [];
    if (items.length > 0 && random.chance(60)) {
      const at = random.below(items.length);
      return items.map((item, index) => (index === at ? onBounds(random, schema.items!, item) : item));
    }
    const most = schema.maxItems ?? 4;
    const [first] = items;
    return first === undefined ? [] : Array.from({ length: most + random.pick([0, 0, 1]) }, () => first);
  }
  return random.pick(boundsOf(schema));
}

function boundsOf({ type, format, minimum, maximum, multipleOf, maxLength, enum: members }: Schema): readonly unknown[] {
  if (members !== undefined) return [...members, `${members[0]}x`, ''];
  if (format === 'int64') return ['9223372036854775807', '-9223372036854775808', '9223372036854775808', '0'];
  if (format === 'date') return ['0001-01-01', '9999-12-31', '2024-02-29', '2023-02-29', '10000-01-01'];
  if (format === 'date-time') return ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999999Z', '2026-01-01T24:00:00Z', '2026-01-01'];
  if (type === 'boolean') return [true, false];
  if (type === 'string') {
    const most = maxLength ?? 8;
    return ['', 'x'.repeat(most), '😀'.repeat(most), 'é'.repeat(most + 1), `\u0000${'ß'.repeat(most - 1)}`];
  }
  if (multipleOf !== undefined) {
    const digits = -Math.round(Math.log10(multipleOf));
    const beyond = (maximum ?? 0) + multipleOf;
    return [
      String(minimum ?? 0),
      String(maximum ?? 0),
      beyond.toFixed(digits),
      `0.${'0'.repeat(digits)}1`,
      multipleOf.toFixed(digits),
    ];
  }
  if (type === 'integer') {
    return [minimum ?? -(2 ** 31), maximum ?? 2 ** 31 - 1, (maximum ?? 2 ** 53) + 1, (minimum ?? 0) - 1, 0.5];
  }
  return [1.7976931348623157e308, -5e-324, -0, 0, 2 ** 53];
}

/** A few bytes changed, left out, or all of them. */
function damagedBytes(random: Random, whole: Uint8Array): Uint8Array {
  const bytes = whole.slice();
  const roll = random.below(10);
  if (roll === 0) return bytes.subarray(0, random.below(bytes.length + 1));
  for (let left = 1 + random.below(3); left > 0; left--) bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
  return bytes;
}
