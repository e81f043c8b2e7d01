// Decimals of the profile `standard` against BigInt: random expressions with choices, null, rounding functions and sums over lists.
// The engine's value is exact, and lies in the interval that the checker states.

import { describe, expect, it } from 'vitest';
import { Status } from '#assembly/shared/status.js';
import { checkSource } from '#src/compiler/check-source.js';
import { compileExpressions } from '#src/compiler/expressions.js';
import { looseSource } from '#src/compiler/source.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { Random } from '../lib/expression-model.js';
import { EngineBox } from '../lib/image-engine.js';
import { modelOf, testSeed } from '../lib/model.js';

const EXPRESSIONS = 1200;
const PAYLOADS = 12;

const cents = { type: 'number', multipleOf: 0.01, minimum: 0, maximum: 1000 };
const model = modelOf({
  type: 'object',
  required: ['amount', 'fee', 'big', 'flag', 'items'],
  properties: {
    amount: cents,
    fee: { type: 'number', multipleOf: 0.001, minimum: -10, maximum: 10 },
    big: { type: 'integer', format: 'int64' },
    maybe: cents,
    flag: { type: 'boolean' },
    items: {
      type: 'array',
      maxItems: 5,
      items: {
        type: 'object',
        required: ['price', 'parts'],
        properties: {
          price: cents,
          discount: cents,
          parts: { type: 'array', maxItems: 3, items: { type: 'number', multipleOf: 0.1, minimum: -5, maximum: 5 } },
        },
      },
    },
  },
});

/** value / 10^scale. */
interface Decimal {
  value: bigint;
  scale: number;
}

interface Environment {
  payload: Record<string, Decimal | null | boolean | Element[]>;
  locals: Map<string, Decimal | Element>;
}

interface Element {
  price: Decimal;
  discount: Decimal | null;
  parts: Decimal[];
}

class ZeroDivision extends Error {}

type Rounding = 'half-even' | 'half-up' | 'down' | 'up';

/** Written, and what it comes to. */
interface Made {
  text: string;
  run(environment: Environment): Decimal;
}

interface Test {
  text: string;
  run(environment: Environment): boolean;
}

const at = ({ value, scale }: Decimal, to: number): bigint => value * 10n ** BigInt(to - scale);
const aligned = (a: Decimal, b: Decimal): [bigint, bigint, number] => {
  const scale = Math.max(a.scale, b.scale);
  return [at(a, scale), at(b, scale), scale];
};
const less = (a: Decimal, b: Decimal): boolean => {
  const [x, y] = aligned(a, b);
  return x < y;
};

function quotient(a: bigint, b: bigint, rounding: Rounding): bigint {
  if (b === 0n) throw new ZeroDivision();
  const negative = a < 0n !== b < 0n;
  const [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  const whole = x / y;
  const rest = x % y;
  const up =
    rounding === 'up'
      ? rest > 0n
      : rounding === 'down'
        ? false
        : 2n * rest > y || (2n * rest === y && (rounding === 'half-up' || whole % 2n === 1n));
  const size = up ? whole + 1n : whole;
  return negative ? -size : size;
}

class Maker {
  #names = 0;

  constructor(readonly random: Random) {}

  #leaf(names: readonly string[]): Made {
    const field = (name: string): Made => ({ text: name, run: ({ payload }) => payload[name] as Decimal });
    return this.random.pick([
      () => field('amount'),
      () => field('fee'),
      () => field(this.random.pick(['amount', 'fee', 'big'])),
      () => ({
        text: '(maybe ?? 1.5)',
        run: ({ payload }: Environment) => (payload.maybe as Decimal | null) ?? { value: 15n, scale: 1 },
      }),
      () => this.#literal(),
      ...names.map((name) => (): Made => ({ text: name, run: ({ locals }) => locals.get(name) as Decimal })),
    ])();
  }

  #literal(): Made {
    const value = BigInt(this.random.below(2000)) - 1000n;
    const scale = this.random.below(4);
    const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
    const written = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
    // A literal alone is a number; beside a decimal it is exact. Rounding makes it a decimal wherever it stands.
    return { text: `round(${value < 0n ? '-' : ''}${written}, ${scale}, "down")`, run: () => ({ value, scale }) };
  }

  /** @param names locals that are decimals */
  decimal(depth: number, names: readonly string[] = []): Made {
    if (depth <= 0) return this.#leaf(names);
    const a = this.decimal(depth - 1, names);
    const b = this.decimal(depth - 1, names);
    const rounding = this.random.pick<Rounding>(['half-even', 'half-up', 'down', 'up']);
    const scale = this.random.below(5);
    return this.random.pick<() => Made>([
      () => this.#leaf(names),
      () => ({ text: `(${a.text} + ${b.text})`, run: (e) => sum(a.run(e), b.run(e)) }),
      () => ({ text: `(${a.text} - ${b.text})`, run: (e) => sum(a.run(e), negated(b.run(e))) }),
      () => ({ text: `(${a.text} * ${b.text})`, run: (e) => product(a.run(e), b.run(e)) }),
      () => ({ text: `(- ${a.text})`, run: (e) => negated(a.run(e)) }),
      () => ({
        text: `(${a.text} % ${b.text})`,
        run: (e) => {
          const [x, y, s] = aligned(a.run(e), b.run(e));
          if (y === 0n) throw new ZeroDivision();
          return { value: x % y, scale: s };
        },
      }),
      () => ({
        text: `divide(${a.text}, ${b.text}, ${scale}, "${rounding}")`,
        run: (e) => {
          const [x, y] = aligned(a.run(e), b.run(e));
          return { value: quotient(x * 10n ** BigInt(scale), y, rounding), scale };
        },
      }),
      () => ({
        text: `round(${a.text}, ${scale}, "${rounding}")`,
        run: (e) => {
          const { value, scale: from } = a.run(e);
          return { value: quotient(value * 10n ** BigInt(scale), 10n ** BigInt(from), rounding), scale };
        },
      }),
      () => {
        const test = this.test(depth - 1, names);
        return { text: `(${test.text} ? ${a.text} : ${b.text})`, run: (e) => (test.run(e) ? a.run(e) : b.run(e)) };
      },
      () => ({ text: `Math.abs(${a.text})`, run: (e) => magnitude(a.run(e)) }),
      () => ({ text: `Math.min(${a.text}, ${b.text})`, run: (e) => pick(a.run(e), b.run(e), true) }),
      () => ({ text: `Math.max(${a.text}, ${b.text})`, run: (e) => pick(a.run(e), b.run(e), false) }),
      () => this.#reduce(depth - 1, names),
    ])();
  }

  test(depth: number, names: readonly string[]): Test {
    const a = this.decimal(depth - 1, names);
    const b = this.decimal(depth - 1, names);
    return this.random.pick<() => Test>([
      () => ({ text: 'flag', run: ({ payload }) => payload.flag as boolean }),
      () => ({ text: `(${a.text} < ${b.text})`, run: (e) => less(a.run(e), b.run(e)) }),
      () => ({ text: `(${a.text} === ${b.text})`, run: (e) => !less(a.run(e), b.run(e)) && !less(b.run(e), a.run(e)) }),
      () => ({
        text: '(maybe === 2.5)',
        run: ({ payload }) => payload.maybe !== null && same(payload.maybe as Decimal, { value: 25n, scale: 1 }),
      }),
    ])();
  }

  /** A sum over the items: of their prices, discounts or parts, or a choice of what there was and what there is. */
  #reduce(depth: number, names: readonly string[]): Made {
    const sumName = `a${this.#names}`;
    const itemName = `i${this.#names}`;
    const partName = `p${this.#names++}`;
    const init = this.#leaf(names);
    const other = this.decimal(depth, names);
    type Step = { text: string; step: (sum: Decimal, element: Element, e: Environment) => Decimal };
    const { text, step } = this.random.pick<() => Step>([
      () => ({ text: `${sumName} + ${itemName}.price`, step: (total, { price }) => sum(total, price) }),
      () => ({
        text: `${sumName} - ${itemName}.price - ${other.text}`,
        step: (total, { price }, e) => sum(sum(total, negated(price)), negated(other.run(e))),
      }),
      () => ({
        text: `${itemName}.discount === null ? ${sumName} : ${sumName} + ${itemName}.discount`,
        step: (total, { discount }) => (discount === null ? total : sum(total, discount)),
      }),
      () => ({ text: `Math.max(${sumName}, ${itemName}.price)`, step: (total, { price }) => pick(total, price, false) }),
      () => ({
        text: `Math.min(${sumName} + ${itemName}.price, 100)`,
        step: (total, { price }) => pick(sum(total, price), { value: 100n, scale: 0 }, true),
      }),
      () => ({
        text: `(${sumName} + ${itemName}.price) % 7`,
        step: (total, { price }) => remainder(sum(total, price), { value: 7n, scale: 0 }),
      }),
      () => ({
        text: `${itemName}.parts.reduce((${sumName}${partName}, ${partName}) => ${sumName}${partName} + ${partName}, ${sumName})`,
        step: (total, { parts }) => parts.reduce(sum, total),
      }),
      () => ({
        text: `${itemName}.price > 500 ? ${other.text} : ${sumName}`,
        step: (total, { price }, e) => (less({ value: 500n, scale: 0 }, price) ? other.run(e) : total),
      }),
    ])();
    return {
      text: `items.reduce((${sumName}, ${itemName}) => ${text}, ${init.text})`,
      run: (e) => (e.payload.items as Element[]).reduce((total, element) => step(total, element, e), init.run(e)),
    };
  }
}

function sum(a: Decimal, b: Decimal): Decimal {
  const [x, y, scale] = aligned(a, b);
  return { value: x + y, scale };
}

function product(a: Decimal, b: Decimal): Decimal {
  return { value: a.value * b.value, scale: a.scale + b.scale };
}

function negated({ value, scale }: Decimal): Decimal {
  return { value: -value, scale };
}

function magnitude(a: Decimal): Decimal {
  return a.value < 0n ? negated(a) : a;
}

function pick(a: Decimal, b: Decimal, smaller: boolean): Decimal {
  return less(a, b) === smaller ? a : b;
}

function remainder(a: Decimal, b: Decimal): Decimal {
  const [x, y, scale] = aligned(a, b);
  return { value: x % y, scale };
}

function same(a: Decimal, b: Decimal): boolean {
  const [x, y] = aligned(a, b);
  return x === y;
}

function environmentOf(random: Random): Environment {
  const decimal = (scale: number, low: number, high: number): Decimal => {
    const span = high - low + 1;
    const value = random.pick([low, high, low + random.below(span), low + random.below(span), 0 >= low && 0 <= high ? 0 : low]);
    return { value: BigInt(value), scale };
  };
  const price = (): Decimal => decimal(2, 0, 100_000);
  const some = <T>(make: () => T): T | null => (random.chance(60) ? make() : null);
  const many = <T>(max: number, make: () => T): T[] => Array.from({ length: random.below(max + 1) }, make);
  return {
    payload: {
      amount: price(),
      fee: decimal(3, -10_000, 10_000),
      big: { value: random.pick([0n, 1n, -1n, 7n, 2n ** 63n - 1n, -(2n ** 63n)]), scale: 0 },
      maybe: random.chance(20) ? { value: 250n, scale: 2 } : some(price),
      flag: random.chance(50),
      items: many(5, () => ({ price: price(), discount: some(price), parts: many(3, () => decimal(1, -50, 50)) })),
    },
    locals: new Map(),
  };
}

/** A payload as JSON, decimals as texts. */
function jsonOf(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`;
  if ('scale' in (value as object)) {
    const { value: units, scale } = value as Decimal;
    const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
    return `"${units < 0n ? '-' : ''}${scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`}"`;
  }
  const fields = Object.entries(value as object).filter(([, field]) => field !== null);
  return `{${fields.map(([name, field]) => `"${name}":${jsonOf(field)}`).join(',')}}`;
}

/** Limits of size; all else must be accepted. */
const LIMITS = new Set(['V3307', 'V3325', 'V3505', 'V5002', 'V5003', 'V5004', 'V5005', 'V5040', 'V5042']);

describe('decimals', () => {
  it('are exact and lie in their intervals', () => {
    const seed = testSeed('decimals');
    const random = new Random(seed);
    const maker = new Maker(random);
    const encoder = new PayloadEncoder(model);
    const box = new EngineBox({ imageBytesMax: 1 << 20 });
    let pairs = 0;
    let divisions = 0;
    let limited = 0;
    for (let done = 0; done < EXPRESSIONS; ) {
      const made = maker.decimal(1 + random.below(4));
      const bag = new DiagnosticBag();
      const ir = checkSource(looseSource('decimals', made.text), model, 'standard', bag);
      const { image, diagnostics } = compileExpressions(model, [made.text], { profile: 'standard' });
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      const other = errors.find(({ code }) => !LIMITS.has(code));
      if (other !== undefined) throw new Error(`VERDICT_SEED=${seed}: ${other.code} ${other.message} in ${made.text}`);
      if (image === undefined || ir?.type.kind !== 'decimal') {
        limited++;
        continue;
      }
      done++;
      box.mustLoad(image);
      const { scale, low, high } = ir.type;
      for (let k = 0; k < PAYLOADS; k++) {
        const environment = environmentOf(random);
        const json = jsonOf(environment.payload);
        const { status, values } = box.evaluate(encoder.encodeText(json));
        const say = (what: string): Error => new Error(`VERDICT_SEED=${seed}: ${made.text}\nfor ${json}\n${what}`);
        let want: Decimal;
        try {
          want = made.run(environment);
        } catch (error) {
          if (!(error instanceof ZeroDivision)) throw error;
          if (status !== Status.ARITHMETIC) throw say(`divides by zero, and the status is ${Status[status]}`);
          divisions++;
          continue;
        }
        if (status !== Status.OK) throw say(`has the status ${Status[status]}, and is ${at(want, scale)}`);
        const got = values[0] as bigint;
        if (got !== at(want, scale)) throw say(`is ${got}, and exactly ${at(want, scale)}`);
        if (got < low || got > high) throw say(`is ${got}, outside of ${low} to ${high}`);
        pairs++;
      }
    }
    console.log(`decimals: ${pairs} values exact, ${divisions} divisions by zero, ${limited} expressions beyond a limit`);
    expect(pairs).toBeGreaterThan(8_000);
    expect(divisions).toBeGreaterThan(100);
  });
});

// What may end a decision is computed where JavaScript would compute it, whatever is known of the result.
describe('a division by zero', () => {
  const payload = new PayloadEncoder(model).encode({ amount: 0, fee: 0, big: 0n, flag: true, items: [] });
  it.each<[string, Status]>([
    ['divide(1, amount, 2, "up") > 1 && false', Status.ARITHMETIC],
    ['divide(1, amount, 2, "up") > 1 || true', Status.ARITHMETIC],
    ['false && divide(1, amount, 2, "up") > 1', Status.OK],
    ['flag || divide(1, amount, 2, "up") > 1', Status.OK],
    ['flag ? 1 : toNumber(1.5 % amount)', Status.OK],
    ['flag ? toNumber(amount % amount) : 1', Status.ARITHMETIC],
    ['divide(1, amount, 2, "up") > 1000', Status.ARITHMETIC],
    ['Math.min(divide(amount, amount, 2, "up"), 1) >= 500', Status.ARITHMETIC],
    ['amount % amount < 0 - 5000', Status.ARITHMETIC],
    ['maybe !== null && maybe % amount > 1', Status.OK],
    ['items.some(item => item.price % amount > 1)', Status.OK],
    ['amount !== 0 && divide(1, amount, 2, "up") > 1', Status.OK],
    ['toDecimal(1 / 0, 2, "up") > 1', Status.ARITHMETIC],
  ])('%s', (text, expected) => {
    const { image, diagnostics } = compileExpressions(model, [text], { profile: 'standard' });
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(new EngineBox({ imageBytesMax: 1 << 20 }).mustLoad(image!).evaluate(payload).status).toBe(expected);
  });
});
