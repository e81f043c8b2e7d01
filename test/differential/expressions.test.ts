// Random typed expressions over random payloads: the engine's value equals V8's. Each expression is made twice, as Verdict's text
// and as JavaScript. On numbers, booleans and texts the two are the same text; enums are their names, timestamps and dates
// BigInts, decimals exact fractions.

import { describe, expect, it } from 'vitest';
import { compileExpressions } from '#src/compiler/compile.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { EngineBox, type Value } from '../lib/image-engine.js';
import { modelOf } from '../lib/model.js';

const IMAGES = 300;
const EXPRESSIONS_PER_IMAGE = 20;
const PAYLOADS_PER_IMAGE = 20;

const members = ['US', 'GB', 'DE'];
const model = modelOf({
  type: 'object',
  required: [
    'n',
    'm',
    'i',
    'long',
    'price',
    'fee',
    'big',
    's',
    't',
    'flag',
    'other',
    'country',
    'home',
    'at',
    'seen',
    'day',
    'due',
  ],
  properties: {
    n: { type: 'number' },
    m: { type: 'number' },
    i: { type: 'integer', minimum: -1000, maximum: 1000 },
    long: { type: 'integer' },
    price: { type: 'number', multipleOf: 0.01, minimum: -1000000, maximum: 1000000 },
    fee: { type: 'number', multipleOf: 0.0001, minimum: -10, maximum: 10 },
    big: { type: 'integer', format: 'int64' },
    s: { type: 'string', maxLength: 12 },
    t: { type: 'string', maxLength: 12 },
    flag: { type: 'boolean' },
    other: { type: 'boolean' },
    country: { type: 'string', enum: members },
    home: { type: 'string', enum: members },
    at: { type: 'string', format: 'date-time' },
    seen: { type: 'string', format: 'date-time' },
    day: { type: 'string', format: 'date' },
    due: { type: 'string', format: 'date' },
    maybeN: { type: 'number' },
    maybeS: { type: 'string', maxLength: 12 },
    maybeFlag: { type: 'boolean' },
    maybeCountry: { type: 'string', enum: members },
    maybeAt: { type: 'string', format: 'date-time' },
    maybePrice: { type: 'number', multipleOf: 0.01, minimum: -1000, maximum: 1000 },
    defaulted: { type: 'number', default: 7 },
    card: {
      type: 'object',
      required: ['limit'],
      properties: { limit: { type: 'number' }, issuer: { type: 'string', maxLength: 12 } },
    },
  },
});

/** mulberry32. */
class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed;
  }
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  below(count: number): number {
    return Math.floor(this.next() * count);
  }
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

const numbers = [
  0,
  -0,
  1,
  -1,
  2,
  0.1,
  0.2,
  0.3,
  3,
  7,
  100,
  1e21,
  -1e-7,
  5e-324,
  1.7976931348623157e308,
  2 ** 53,
  -(2 ** 53) - 2,
  NaN,
  Infinity,
  -Infinity,
];
const texts = [
  '',
  'a',
  'A',
  'ab',
  'b',
  'é',
  'e\u0301',
  '😀',
  '\uffff',
  '\ue000',
  '\ud7ff',
  '\u0000',
  'a\u0000',
  'US',
  '"\\',
  '\u2028',
  'zzzzzzzzzzzz',
];
const timestamps = [
  '1970-01-01T00:00:00Z',
  '1969-12-31T23:59:59.999999Z',
  '2026-01-01T00:00:00Z',
  '2026-01-01T01:00:00+01:00',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999Z',
];
const dates = ['1970-01-01', '1969-12-31', '2000-02-29', '2026-01-01', '0001-01-01', '9999-12-31'];
const bigs = ['0', '1', '-1', '9007199254740993', '-9223372036854775808', '9223372036854775807', '4611686018427387904'];

function numberOf(random: Random): number {
  return random.below(3) === 0 ? (random.next() - 0.5) * 10 ** (random.below(40) - 20) : random.pick(numbers);
}

function scaled(random: Random, scale: number, max: number): string {
  const value = BigInt(Math.round((random.next() * 2 - 1) * max * 10 ** scale));
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

type Payload = Record<string, unknown>;

function payloadOf(random: Random): Payload {
  const maybe = (name: string, value: unknown): Payload =>
    random.below(2) === 0 ? {} : { [name]: random.below(8) === 0 ? null : value };
  return {
    n: numberOf(random),
    m: numberOf(random),
    i: random.below(2001) - 1000,
    long: random.pick([0, -1, 5, 2 ** 53 - 1, -(2 ** 53) + 1]),
    price: random.below(4) === 0 ? random.pick(['0', '-1000000', '1000000', '19.99', '-0.01']) : scaled(random, 2, 1000),
    fee: random.below(4) === 0 ? random.pick(['0', '10', '-10', '0.0001']) : scaled(random, 4, 10),
    big: random.pick(bigs),
    s: random.pick(texts),
    t: random.pick(texts),
    flag: random.below(2) === 0,
    other: random.below(2) === 0,
    country: random.pick(members),
    home: random.pick(members),
    at: random.pick(timestamps),
    seen: random.pick(timestamps),
    day: random.pick(dates),
    due: random.pick(dates),
    ...maybe('maybeN', numberOf(random)),
    ...maybe('maybeS', random.pick(texts)),
    ...maybe('maybeFlag', random.below(2) === 0),
    ...maybe('maybeCountry', random.pick(members)),
    ...maybe('maybeAt', random.pick(timestamps)),
    ...maybe('maybePrice', scaled(random, 2, 1000)),
    ...maybe('defaulted', numberOf(random)),
    ...maybe('card', { limit: numberOf(random), ...maybe('issuer', random.pick(texts)) }),
  };
}

/** An exact decimal: value / 10^scale. */
interface Fraction {
  value: bigint;
  scale: number;
}

function fraction(text: string): Fraction {
  const [whole = '', rest = ''] = text.split('.');
  return { value: BigInt(whole + rest), scale: rest.length };
}

/** What the JavaScript side of an expression calls for decimals, timestamps and dates. */
const helpers = {
  dec: fraction,
  cmp: (a: Fraction, b: Fraction): number => {
    const left = a.value * 10n ** BigInt(b.scale);
    const right = b.value * 10n ** BigInt(a.scale);
    return left < right ? -1 : left > right ? 1 : 0;
  },
  add: (a: Fraction, b: Fraction): Fraction => ({
    value: a.value * 10n ** BigInt(b.scale) + b.value * 10n ** BigInt(a.scale),
    scale: a.scale + b.scale,
  }),
  neg: (a: Fraction): Fraction => ({ value: -a.value, scale: a.scale }),
  mul: (a: Fraction, b: Fraction): Fraction => ({ value: a.value * b.value, scale: a.scale + b.scale }),
};

/** Microseconds by Date, which has milliseconds: an independent reading of RFC 3339. */
function micros(text: string): bigint {
  const [, head = '', digits = '', zone = ''] = /^([^.]*?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text)!;
  return BigInt(Date.parse(head + zone)) * 1000n + BigInt(digits.padEnd(6, '0') || '0');
}

/** The fields as the JavaScript side sees them. */
function environment(payload: Payload): Payload {
  const get = (name: string): unknown => payload[name] ?? null;
  const time = (value: unknown): unknown => (value === null ? null : micros(value as string));
  const days = (value: unknown): bigint => BigInt(Date.parse(`${value as string}T00:00:00Z`) / 86_400_000);
  const card = get('card') as Payload | null;
  return {
    ...Object.fromEntries(model.tables[0]!.fields.map(({ name }) => [name, get(name)])),
    defaulted: payload.defaulted ?? 7,
    price: fraction(payload.price as string),
    fee: fraction(payload.fee as string),
    big: fraction(payload.big as string),
    maybePrice: get('maybePrice') === null ? null : fraction(payload.maybePrice as string),
    at: time(payload.at),
    seen: time(payload.seen),
    maybeAt: time(get('maybeAt')),
    day: days(payload.day),
    due: days(payload.due),
    card: card === null ? null : { limit: card.limit, issuer: card.issuer ?? null },
  };
}

/** One expression in both spellings. */
interface Twin {
  text: string;
  js: string;
}

const same = (text: string): Twin => ({ text, js: text });

/** Makes typed expressions; fields that may be null come into `numbers` and `texts` where they have been tested. */
class Maker {
  readonly #random: Random;
  readonly #numbers: string[] = ['n', 'm', 'i', 'long', 'defaulted'];
  readonly #texts: string[] = ['s', 't'];

  constructor(random: Random) {
    this.#random = random;
  }

  any(depth: number): Twin {
    switch (this.#random.below(8)) {
      case 0:
        return this.number(depth);
      case 1:
        return this.text(depth);
      case 2:
        return this.decimal(depth);
      case 3:
        return same(this.#random.pick(['maybeN', 'maybeS', 'maybeFlag', 'null', 'flag', 'defaulted']));
      default:
        return this.boolean(depth);
    }
  }

  number(depth: number): Twin {
    const random = this.#random;
    if (depth <= 0 || random.below(4) === 0) {
      if (random.below(2) === 0) return same(random.pick(this.#numbers));
      return same(
        random.pick(['0', '1', '2', '0.1', '3', '1e21', '5e-324', '0x10', '1_000', '.5', '(0 / 0)', '(1 / 0)', '-0', '-7']),
      );
    }
    if (random.below(6) === 0) return wrap('-', this.number(depth - 1));
    return join(this.number(depth - 1), random.pick(['+', '-', '*', '/', '%']), this.number(depth - 1));
  }

  text(depth: number): Twin {
    const random = this.#random;
    if (depth <= 0 || random.below(3) > 0) {
      if (random.below(2) === 0) return same(random.pick(this.#texts));
      return same(JSON.stringify(random.pick(texts)));
    }
    return join(this.text(depth - 1), '+', this.text(depth - 1));
  }

  decimal(depth: number): Twin {
    const random = this.#random;
    if (depth <= 0 || random.below(3) === 0) {
      const name = random.pick(['price', 'fee', 'big']);
      return same(name);
    }
    const left = this.decimal(depth - 1);
    // One literal or bounded factor a product keeps within 128 bits.
    const right = random.below(2) === 0 ? this.#decimalLiteral() : same(random.pick(['price', 'fee']));
    switch (random.below(4)) {
      case 0:
        return { text: `(${left.text} + ${right.text})`, js: `add(${left.js}, ${right.js})` };
      case 1:
        return { text: `(${left.text} - ${right.text})`, js: `add(${left.js}, neg(${right.js}))` };
      case 2:
        return { text: `(${left.text} * ${right.text})`, js: `mul(${left.js}, ${right.js})` };
      default:
        return { text: `(-${left.text})`, js: `neg(${left.js})` };
    }
  }

  #decimalLiteral(): Twin {
    const text = this.#random.pick(['0', '1', '2', '0.5', '19.99', '0.001', '1000', '-3', '-0.25']);
    return { text: text.startsWith('-') ? `(${text})` : text, js: `dec("${text}")` };
  }

  boolean(depth: number): Twin {
    const random = this.#random;
    const relation = random.pick(['<', '<=', '>', '>=', '===', '!==']);
    const equality = random.pick(['===', '!==']);
    if (depth <= 0) return same(random.pick(['flag', 'other', 'true', 'false']));
    switch (random.below(17)) {
      case 0:
        return wrap('!', this.boolean(depth - 1));
      case 1:
      case 2:
        return join(this.boolean(depth - 1), '&&', this.boolean(depth - 1));
      case 3:
      case 4:
        return join(this.boolean(depth - 1), '||', this.boolean(depth - 1));
      case 5:
        return join(this.boolean(depth - 1), equality, this.boolean(depth - 1));
      case 6:
      case 7:
        return join(this.number(depth - 1), relation, this.number(depth - 1));
      case 8:
        return join(this.text(depth - 1), relation, this.text(depth - 1));
      case 9: {
        const left = this.decimal(depth - 1);
        const right = random.below(2) === 0 ? this.#decimalLiteral() : this.decimal(depth - 1);
        return { text: `(${left.text} ${relation} ${right.text})`, js: `(cmp(${left.js}, ${right.js}) ${relation} 0)` };
      }
      case 10:
        return join(
          same(random.pick(['country', 'home', 'maybeCountry'])),
          equality,
          same(random.pick(['country', 'maybeCountry', '"US"', '"DE"', 'null'])),
        );
      case 11: {
        const literal = random.pick(timestamps);
        const right = random.below(2) === 0 ? same('seen') : { text: `"${literal}"`, js: `${micros(literal)}n` };
        return join(same(random.pick(['at', 'seen'])), relation, right);
      }
      case 12: {
        const literal = random.pick(dates);
        const right = random.below(2) === 0 ? same('due') : { text: `"${literal}"`, js: `${Date.parse(literal) / 86_400_000}n` };
        return join(same(random.pick(['day', 'due'])), relation, right);
      }
      case 13: {
        const nullable = random.pick(['maybeN', 'maybeS', 'maybeFlag', 'maybeAt', 'card', 'maybePrice', 'maybeCountry']);
        return join(same(nullable), equality, same('null'));
      }
      case 14: {
        const [left, right] = random.pick([
          ['maybeN', 'n'],
          ['maybeN', 'maybeN'],
          ['maybeN', '7'],
          ['maybeS', 's'],
          ['"a"', 'maybeS'],
          ['maybeFlag', 'true'],
          ['maybeFlag', 'flag'],
          ['maybeFlag', 'maybeFlag'],
          ['maybeAt', 'at'],
        ]);
        return join(same(left!), equality, same(right!));
      }
      case 15:
        return this.#guarded('maybeN', this.#numbers, depth);
      default:
        return random.below(2) === 0 ? this.#guarded('maybeS', this.#texts, depth) : this.#guardedCard(depth);
    }
  }

  /** `x !== null && ...` or `x === null || ...`, with x in use behind it. */
  #guarded(name: string, pool: string[], depth: number): Twin {
    const isAnd = this.#random.below(2) === 0;
    pool.push(name);
    const body =
      pool === this.#numbers
        ? join(this.number(depth - 1), '<', this.number(depth - 1))
        : join(this.text(depth - 1), '<', this.text(depth - 1));
    const more = this.boolean(depth - 1);
    pool.pop();
    return join(
      join(same(name), isAnd ? '!==' : '===', same('null')),
      isAnd ? '&&' : '||',
      join(body, this.#random.pick(['&&', '||']), more),
    );
  }

  #guardedCard(depth: number): Twin {
    this.#numbers.push('card.limit');
    const body = join(this.number(depth - 1), this.#random.pick(['<', '===']), this.number(depth - 1));
    this.#numbers.pop();
    const issuer = join(same('card.issuer'), this.#random.pick(['===', '!==']), this.text(0));
    return join(same('card !== null'), '&&', join(body, this.#random.pick(['&&', '||']), issuer));
  }
}

function join(left: Twin, operator: string, right: Twin): Twin {
  return { text: `(${left.text} ${operator} ${right.text})`, js: `(${left.js} ${operator} ${right.js})` };
}

function wrap(operator: string, operand: Twin): Twin {
  // A space keeps `- -1` from becoming `--1`.
  return { text: `(${operator} ${operand.text})`, js: `(${operator} ${operand.js})` };
}

/** A value of V8 as the engine writes it, for a type of compileExpressions. */
function expected(value: unknown, type: string): Value {
  const scale = /^decimal\((\d+)\)$/.exec(type)?.[1];
  if (value === null || scale === undefined) return value as Value;
  const { value: top, scale: places } = value as Fraction;
  const shift = Number(scale) - places;
  return shift >= 0 ? top * 10n ** BigInt(shift) : top / 10n ** BigInt(-shift);
}

describe('expressions', () => {
  it('have the values that V8 gives them', () => {
    const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
    console.log(`expressions: SEED=${seed}`);
    const random = new Random(seed);
    const encoder = new PayloadEncoder(model);
    const box = new EngineBox({ imageBytesMax: 1 << 20 });
    const names = model.tables[0]!.fields.map(({ name }) => name);
    let pairs = 0;
    let skipped = 0;
    for (let image = 0; image < IMAGES; image++) {
      const maker = new Maker(random);
      const twins: Twin[] = [];
      while (twins.length < EXPRESSIONS_PER_IMAGE) {
        const twin = maker.any(1 + random.below(5));
        const faults = compileExpressions(model, [twin.text]).diagnostics.filter(({ severity }) => severity === 'error');
        if (faults.length === 0) twins.push(twin);
        else {
          // Only products of decimals may grow too wide, or joined texts too long.
          skipped++;
          const other = faults.find(({ code }) => code !== 'V3307' && code !== 'V5009');
          if (other !== undefined) throw new Error(`${other.code} ${other.message} in ${twin.text}`);
        }
      }
      const { image: bytes, types } = compileExpressions(
        model,
        twins.map(({ text }) => text),
      );
      if (bytes === undefined) continue;
      box.mustLoad(bytes);
      const functions = twins.map(({ js }) => new Function(...Object.keys(helpers), ...names, `return ${js};`));
      for (let k = 0; k < PAYLOADS_PER_IMAGE; k++) {
        const payload = payloadOf(random);
        const { status, values } = box.evaluate(encoder.encode(payload), { shift: random.below(8) });
        expect(status).toBe(0);
        const fields = environment(payload);
        const args = [...Object.values(helpers), ...names.map((name) => fields[name])];
        for (const [index, run] of functions.entries()) {
          const want = expected(run(...args), types[index]!);
          const got = values[index]!;
          pairs++;
          if (Object.is(got, want)) continue;
          throw new Error(
            `SEED=${seed}: ${twins[index]!.text}\nfor ${JSON.stringify(payload)}\nis ${String(got)}, and V8 says ${String(want)}`,
          );
        }
      }
    }
    console.log(`expressions: ${pairs} pairs equal, ${skipped} expressions beyond a limit`);
    expect(pairs).toBeGreaterThanOrEqual(100_000);
  });
});
