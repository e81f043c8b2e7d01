// The model that generated expressions are over, random payloads of it, and the pools of values that matter.

import { FieldKind } from '#assembly/shared/value-type.js';
import { parseDate, parseTimestamp } from '#src/schema/time.js';
import { type FieldSpec, modelOf } from './image-model.js';
import type { WireObject } from './image-payload.js';

/** Deterministic random numbers (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in [0, 2^32). */
  word(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  below(limit: number): number {
    return this.word() % limit;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}

const MEMBERS = ['web', 'app', 'atm'].map((name, index) => ({ name, number: 2 * index + 1 }));
const COLOURS = ['red', 'green'].map((name, number) => ({ name, number }));
const enumOf = (members: typeof MEMBERS): Partial<FieldSpec> => ({
  members,
  memberNumberMax: Math.max(...members.map((m) => m.number)),
});
const CENTS = { scale: 2, minimum: -(10n ** 10n), maximum: 10n ** 10n };

const SPECS: FieldSpec[] = [
  { name: 'x', kind: FieldKind.DOUBLE, required: true },
  { name: 'y', kind: FieldKind.DOUBLE },
  { name: 'z', kind: FieldKind.DOUBLE, default: -0.5 },
  { name: 'i', kind: FieldKind.INT, required: true },
  { name: 'l', kind: FieldKind.LONG },
  { name: 'p', kind: FieldKind.BOOL, required: true },
  { name: 'q', kind: FieldKind.BOOL },
  { name: 's', kind: FieldKind.TEXT, required: true, maximum: 64 },
  { name: 't', kind: FieldKind.TEXT, maximum: 64 },
  { name: 'u', kind: FieldKind.TEXT, maximum: 64, default: 'é😀' },
  { name: 'd', kind: FieldKind.DECIMAL, required: true, ...CENTS },
  { name: 'e', kind: FieldKind.DECIMAL, ...CENTS },
  { name: 'f', kind: FieldKind.DECIMAL, scale: 5, required: true, minimum: 0n, maximum: 10n ** 12n },
  { name: 'n', kind: FieldKind.DECIMAL, scale: 0, minimum: -1000n, maximum: 1000n, default: 7n },
  { name: 'b', kind: FieldKind.DECIMAL, scale: 0, required: true },
  { name: 'at', kind: FieldKind.TIMESTAMP, required: true },
  { name: 'until', kind: FieldKind.TIMESTAMP },
  { name: 'born', kind: FieldKind.DATE, required: true },
  { name: 'due', kind: FieldKind.DATE },
  { name: 'channel', kind: FieldKind.ENUM, required: true, ...enumOf(MEMBERS) },
  { name: 'other', kind: FieldKind.ENUM, ...enumOf(MEMBERS) },
  { name: 'colour', kind: FieldKind.ENUM, ...enumOf(COLOURS), default: 1 },
  {
    name: 'o',
    kind: FieldKind.OBJECT,
    fields: [
      { name: 'x', kind: FieldKind.DOUBLE, required: true },
      { name: 's', kind: FieldKind.TEXT, maximum: 64 },
      {
        name: 'r',
        kind: FieldKind.OBJECT,
        required: true,
        fields: [
          { name: 'p', kind: FieldKind.BOOL, required: true },
          { name: 'd', kind: FieldKind.DECIMAL, ...CENTS },
        ],
      },
    ],
  },
];

export const generatorModel = modelOf(SPECS);

const NUMBERS = [
  0, -0, 1, -1, 5, 0.1, 0.3, -7.5, 100, 1e21, -1e21, 5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308,
];
NUMBERS.push(Infinity, -Infinity, NaN, 9007199254740991, 4294967296);
const PIECES = [
  '',
  'a',
  'b',
  'ab',
  'web',
  'é',
  'ÿ',
  '€',
  '\ue000',
  '\uffff',
  '\u{10000}',
  '\u{10ffff}',
  '😀',
  ' ',
  '\0',
  'a longer piece of text',
];
export const INSTANTS = [
  '1969-12-31T23:59:59.999999Z',
  '1970-01-01T00:00:00Z',
  '2026-01-31T08:30:00+01:00',
  '2026-01-31T07:30:00.000001Z',
];
export const DAYS = ['1969-12-31', '1970-01-01', '2024-02-29', '2026-01-31'];

/** The times that `now` may be. */
export const NOWS: readonly bigint[] = INSTANTS.map((text) => BigInt(parseTimestamp(text)!));

function randomDouble(random: Random): number {
  const roll = random.below(10);
  if (roll < 5) return random.pick(NUMBERS);
  if (roll < 8) return (random.below(20001) - 10000) / random.pick([1, 2, 10, 100]);
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, random.word());
  view.setUint32(4, random.word());
  return view.getFloat64(0);
}

export function randomText(random: Random): string {
  return random.chance(50) ? random.pick(PIECES) : random.pick(PIECES) + random.pick(PIECES);
}

function randomCents(random: Random): bigint {
  return random.chance(70) ? BigInt(random.below(41) - 20) * random.pick([1n, 5n, 100n]) : BigInt(random.word() - 2 ** 31);
}

const WORDS = [0n, 1n, -1n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n), 10n ** 18n];

/** A random payload in wire form; each field that may be absent is so now and then. */
export function randomPayload(random: Random): WireObject {
  const maybe = <T>(value: T): T | null => (random.chance(30) ? null : value);
  const cents = (): bigint => randomCents(random);
  const safe = (): number => random.pick([0, 1, -1, 5, 2 ** 31, 9007199254740991, -9007199254740991, random.below(100)]);
  return {
    x: randomDouble(random),
    y: maybe(randomDouble(random)),
    z: maybe(randomDouble(random)),
    i: random.pick([0, 1, -1, 5, 2147483647, -2147483648, random.below(200) - 100]),
    l: maybe(safe()),
    p: random.chance(50),
    q: maybe(random.chance(50)),
    s: randomText(random),
    t: maybe(randomText(random)),
    u: maybe(randomText(random)),
    d: cents(),
    e: maybe(cents()),
    f: BigInt(random.word()) * random.pick([0n, 1n, 100n]),
    n: maybe(BigInt(random.below(2001) - 1000)),
    b: random.pick(WORDS),
    at: random.pick(NOWS),
    until: maybe(random.pick(NOWS)),
    born: parseDate(random.pick(DAYS))!,
    due: maybe(parseDate(random.pick(DAYS))!),
    channel: random.pick(MEMBERS).number,
    other: maybe(random.pick(MEMBERS).number),
    colour: maybe(random.pick(COLOURS).number),
    o: maybe({ x: randomDouble(random), s: maybe(randomText(random)), r: { p: random.chance(50), d: maybe(cents()) } }),
  };
}
