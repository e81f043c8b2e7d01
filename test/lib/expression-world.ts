// A model with a field of every type, lists and nested objects included, and random payloads of it: what the profile `standard` is
// held to three judges over.

import type { Random } from './expression-model.js';
import { modelOf } from './model.js';

/** What a value is, as the judges see it; a field of a payload, of an element, or a parameter. */
export type Shape =
  | { kind: 'number' | 'decimal' | 'text' | 'boolean' | 'timestamp' | 'date' | 'enum' }
  | { kind: 'list'; element: Shape }
  | { kind: 'object'; fields: Readonly<Record<string, Field>> };

export interface Field {
  shape: Shape;
  schema: Record<string, unknown>;
  nullable: boolean;
  /** Value where a payload has none. */
  fallback?: unknown;
  /** A value as JSON has it. */
  make(random: Random): unknown;
}

export const COUNTRIES = ['US', 'GB', 'DE'];
export const INSTANTS = [
  '1970-01-01T00:00:00Z',
  '2000-02-29T23:59:59.999999Z',
  '2026-01-01T00:00:00Z',
  '2026-01-01T01:00:00+01:00',
  '2026-03-29T01:00:00Z',
  '2026-03-08T06:59:59.999999Z',
  '2025-11-02T05:30:00Z',
  '2026-10-25T00:30:00.5Z',
  '1986-01-01T00:15:00+05:45',
  '2037-12-31T23:59:59Z',
];
const FAR = ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999999Z', '1582-10-10T12:00:00-11:30'];
export const DAYS = [
  '1970-01-01',
  '2000-02-29',
  '2026-01-01',
  '2025-12-31',
  '2024-12-31',
  '2026-03-29',
  '2018-11-04',
  '1999-10-03',
];
export const TEXTS = [
  '',
  'a',
  'ab',
  ' a ',
  'É',
  'ß',
  '😀a',
  'a\u2028b',
  'İ',
  'A B',
  'aXbXa',
  '\u00a0',
  'Σας',
  'ΑΣ',
  'x@y.com',
  '12-34',
];
const SHORT = ['', 'a', 'b ', 'É', 'ab', '😀', 'vip'];
const NUMBERS = [0, -0, 1, -1, 2, 2.5, -2.5, 0.5, 7, 1e300, -1e300, 0.1, 0.3, 1e21, 5e-324, 2 ** 53, 4294967296, -0.5, 1.005];

function numberOf(random: Random): number {
  const roll = random.below(10);
  if (roll < 6) return random.pick(NUMBERS);
  if (roll === 6) return random.pick([Number.NaN, Infinity, -Infinity]);
  return (random.word() - 2 ** 31) / random.pick([1, 100, 1e6, 2 ** 40]);
}

/** A decimal of some digits, as text, between -max and max (both whole numbers). */
function decimalOf(random: Random, scale: number, max: number, signed: boolean): string {
  const units = 10 ** scale;
  const value = random.chance(40)
    ? random.pick([0, 1, 5, units, units / 2, 3 * units, max * units])
    : Math.floor((random.word() / 2 ** 32) * max * units);
  const digits = String(Math.min(value, max * units)).padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return signed && value > 0 && random.chance(40) ? `-${text}` : text;
}

function instantOf(random: Random): string {
  if (random.chance(50)) return random.pick(INSTANTS);
  return new Date(random.below(2 ** 31 - 1) * 1000 + random.below(1000)).toISOString();
}

function dayOf(random: Random): string {
  return random.chance(50) ? random.pick(DAYS) : new Date(random.below(24_000) * 86_400_000).toISOString().slice(0, 10);
}

const field = (shape: Shape, schema: Record<string, unknown>, make: Field['make']): Field => ({
  shape,
  schema,
  make,
  nullable: false,
});
const number = field({ kind: 'number' }, { type: 'number' }, numberOf);
const integer = (minimum: number, maximum: number): Field =>
  field({ kind: 'number' }, { type: 'integer', minimum, maximum }, (random) => minimum + random.below(maximum - minimum + 1));
const decimal = (scale: number, max: number, signed = true): Field =>
  field(
    { kind: 'decimal' },
    { type: 'number', multipleOf: Number(`1e-${scale}`), minimum: signed ? -max : 0, maximum: max },
    (random) => decimalOf(random, scale, max, signed),
  );
const big = field({ kind: 'decimal' }, { type: 'integer', format: 'int64' }, (random) =>
  random.pick(['0', '1', '-1', '9007199254740993', '-9223372036854775808', '9223372036854775807', '12']),
);
const text = (maxLength: number, texts: readonly string[] = TEXTS): Field =>
  field({ kind: 'text' }, { type: 'string', maxLength }, (random) => random.pick(texts));
const boolean = field({ kind: 'boolean' }, { type: 'boolean' }, (random) => random.chance(50));
const country = field({ kind: 'enum' }, { type: 'string', enum: COUNTRIES }, (random) => random.pick(COUNTRIES));
const instant = field({ kind: 'timestamp' }, { type: 'string', format: 'date-time' }, instantOf);
const far = field({ kind: 'timestamp' }, { type: 'string', format: 'date-time' }, (random) => random.pick([...FAR, ...INSTANTS]));
const day = field({ kind: 'date' }, { type: 'string', format: 'date' }, dayOf);
const maybe = (inner: Field): Field => ({ ...inner, nullable: true });

function object(fields: Record<string, Field>): Field {
  const entries = Object.entries(fields);
  const required = entries.filter(([, each]) => !each.nullable && each.fallback === undefined).map(([name]) => name);
  const properties = Object.fromEntries(entries.map(([name, each]) => [name, each.schema]));
  return field({ kind: 'object', fields }, { type: 'object', required, properties }, (random) => {
    const value: Record<string, unknown> = {};
    for (const [name, each] of entries) {
      const mayLack = !required.includes(name);
      if (mayLack && random.chance(40)) {
        if (random.chance(20)) value[name] = null;
        continue;
      }
      value[name] = each.make(random);
    }
    return value;
  });
}

function list(maxItems: number, element: Field): Field {
  return field({ kind: 'list', element: element.shape }, { type: 'array', maxItems, items: element.schema }, (random) =>
    Array.from({ length: random.below(maxItems + 1) }, () => element.make(random)),
  );
}

const short = text(4, SHORT);
const part = object({ weight: decimal(1, 5), name: short, note: maybe(short), rank: integer(0, 9), on: maybe(boolean) });
const item = object({
  quantity: integer(0, 100),
  price: decimal(2, 1000, false),
  discount: maybe(decimal(3, 1)),
  rate: maybe(number),
  sku: maybe(short),
  kind: country,
  at: maybe(instant),
  day,
  open: boolean,
  tags: list(3, short),
  card: maybe(object({ limit: number, issuer: maybe(short) })),
  parts: list(3, part),
});
const holder = object({ age: integer(0, 120), name: maybe(short), born: maybe(day) });
const card = object({
  limit: number,
  issuer: maybe(short),
  opened: instant,
  since: maybe(day),
  fee: decimal(2, 100),
  kind: country,
  tags: list(3, short),
  holder: maybe(holder),
});

/** The root of the model. */
export const ROOT = object({
  n: number,
  m: number,
  k: integer(-1000, 1000),
  maybeN: maybe(number),
  tries: { ...integer(0, 99), schema: { type: 'integer', minimum: 0, maximum: 99, default: 7 }, fallback: 7 },
  price: decimal(2, 1_000_000),
  fee: decimal(4, 10),
  cash: decimal(2, 1000, false),
  big,
  maybePrice: maybe(decimal(2, 1000)),
  s: text(16),
  t: text(16),
  note: maybe(text(16)),
  flag: boolean,
  other: boolean,
  maybeFlag: maybe(boolean),
  country,
  home: country,
  maybeCountry: maybe(country),
  at: instant,
  seen: instant,
  maybeAt: maybe(instant),
  far,
  day,
  due: day,
  maybeDay: maybe(day),
  card: maybe(card),
  tags: list(4, short),
  rates: list(4, number),
  prices: list(4, decimal(2, 1000)),
  times: list(3, instant),
  days: list(3, day),
  kinds: list(4, country),
  flags: list(3, boolean),
  maybeTags: maybe(list(4, short)),
  maybeRates: maybe(list(4, number)),
  items: list(4, item),
});

export const worldSchema = ROOT.schema;
export const worldModel = modelOf(ROOT.schema);

/** A random payload as a caller's object; decimals are texts, and numbers may be NaN and infinite. */
export function worldPayload(random: Random): Record<string, unknown> {
  return ROOT.make(random) as Record<string, unknown>;
}

/** `now` of a decision, in microseconds. */
export function worldNow(random: Random): bigint {
  return BigInt(Date.parse(instantOf(random))) * 1000n + BigInt(random.below(1000));
}
