// Division, rounding and conversion of decimals against BigInt. Set VERDICT_SEED to run another series.

import { beforeAll, expect, test } from 'vitest';
import { Rounding } from '#assembly/shared/function.js';
import { Status } from '#assembly/shared/status.js';
import { type AssemblyModule, assemblyModule } from '../../lib/assembly-module.js';
import { Random } from '../../lib/expression-model.js';
import { testSeed } from '../../lib/model.js';
import { writtenUnits } from '../../lib/written-number.js';

interface Calls {
  decimalRound(a: number, b: number, digits: number, mode: number): Status;
  decimalDivide(a: number, b: number, c: number, mode: number): Status;
  decimalRemainder(a: number, b: number, c: number): Status;
  decimalToNumber(b: number, digits: number): number;
  decimalFromNumber(a: number, value: number, digits: number, mode: number): Status;
  decimalFromText(a: number, text: bigint, digits: number): Status;
}

let module: AssemblyModule;
let call: Calls;
beforeAll(async () => {
  module = await assemblyModule("export * from './assembly/functions/decimal';");
  call = module.call as unknown as Calls;
});

const random = new Random(testSeed('decimal'));
const MAX = 2n ** 127n - 1n;
const MIN = -(2n ** 127n);
const A = 64;
const B = 80;
const C = 96;
const MODES = [Rounding.HALF_EVEN, Rounding.HALF_UP, Rounding.DOWN, Rounding.UP];

function put(at: number, value: bigint): void {
  module.view.setBigUint64(at, BigInt.asUintN(64, value), true);
  module.view.setBigInt64(at + 8, value >> 64n, true);
}
const get = (at: number): bigint => (module.view.getBigInt64(at + 8, true) << 64n) | module.view.getBigUint64(at, true);
const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/** dividend / divisor, rounded. */
function divided(dividend: bigint, divisor: bigint, mode: Rounding): bigint {
  let quotient = abs(dividend) / abs(divisor);
  const rest = abs(dividend) % abs(divisor);
  const twice = 2n * rest - abs(divisor);
  if (mode === Rounding.HALF_EVEN && (twice > 0n || (twice === 0n && quotient % 2n === 1n))) quotient++;
  if (mode === Rounding.HALF_UP && twice >= 0n) quotient++;
  if (mode === Rounding.UP && rest > 0n) quotient++;
  return dividend < 0n !== divisor < 0n ? -quotient : quotient;
}

/** As b / 10^digits is written, so as Number reads it: rounded once, half to even. */
function toNumber(value: bigint, digits: number): number {
  const text = abs(value)
    .toString()
    .padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  return Number(`${value < 0n ? '-' : ''}${whole}.${text.slice(text.length - digits)}`);
}

/** value * 10^digits rounded; undefined where it is no number or leaves 64 bits. */
function fromNumber(value: number, digits: number, mode: Rounding): bigint | undefined {
  if (!Number.isFinite(value)) return undefined;
  let dividend = 10n ** BigInt(digits);
  let divisor = 1n;
  let rest = value;
  while (!Number.isInteger(rest)) {
    rest *= 2;
    divisor *= 2n;
  }
  dividend *= BigInt(rest);
  const result = divided(dividend, divisor, mode);
  return result === BigInt.asIntN(64, result) ? result : undefined;
}

function bits(count: number): bigint {
  let value = 0n;
  for (let have = 0; have < count; have += 32) value = (value << 32n) | BigInt(random.word());
  return BigInt.asUintN(count, value);
}

/** Every length alike, and the neighbours of powers of 2 and 10, of the ends and of 0. */
function wide(): bigint {
  const near = BigInt(random.below(5) - 2);
  const kind = random.below(10);
  let value: bigint;
  if (kind === 0) value = MAX - BigInt(random.below(3));
  else if (kind === 1) value = 2n ** BigInt(random.below(127)) + near;
  else if (kind === 2) value = 10n ** BigInt(random.below(39)) + near;
  else value = bits(1 + random.below(127));
  if (random.chance(2)) return MIN;
  return random.chance(50) ? -value : value;
}

function check(name: string, actual: [Status, bigint], expected: bigint | undefined): void {
  const [status, value] = actual;
  if (expected === undefined ? status === Status.ARITHMETIC : status === Status.OK && value === expected) return;
  expect.fail(`${name}: status ${status}, ${value}; expected ${expected}`);
}
const held = (value: bigint): bigint | undefined => (value > MAX || value < MIN ? undefined : value);

test('divide and remainder are BigInt, in every mode', () => {
  for (let round = 0; round < 250_000; round++) {
    let [b, c] = [wide(), wide()];
    // Exact halves and quotients, which random operands hardly ever give.
    if (round % 4 === 0) b = held((c * BigInt(random.below(1000))) / 2n) ?? c;
    const mode = MODES[round & 3]!;
    put(A, -1n);
    put(B, b);
    put(C, c);
    check(
      `${b} / ${c} ${Rounding[mode]}`,
      [call.decimalDivide(A, B, C, mode), get(A)],
      c === 0n ? undefined : held(divided(b, c, mode)),
    );
    check(`${b} % ${c}`, [call.decimalRemainder(A, B, C), get(A)], c === 0n ? undefined : b % c);
  }
});

test('the result may lie in an operand', () => {
  for (const to of [B, C]) {
    put(B, -(10n ** 30n));
    put(C, 7n);
    expect(call.decimalDivide(to, B, C, Rounding.HALF_EVEN)).toBe(Status.OK);
    expect(get(to)).toBe(divided(-(10n ** 30n), 7n, Rounding.HALF_EVEN));
    put(B, -(10n ** 30n));
    put(C, 7n);
    expect(call.decimalRemainder(to, B, C)).toBe(Status.OK);
    expect(get(to)).toBe(-(10n ** 30n) % 7n);
  }
});

test('round is BigInt, for every number of digits and mode', () => {
  for (let round = 0; round < 150_000; round++) {
    const digits = round % 39;
    let b = wide();
    if (round % 3 === 0) b = held((10n ** BigInt(digits) * BigInt(random.below(2001) - 1000)) / 2n) ?? b;
    const mode = random.pick(MODES);
    put(B, b);
    check(
      `${b} / 1e${digits} ${Rounding[mode]}`,
      [call.decimalRound(A, B, digits, mode), get(A)],
      divided(b, 10n ** BigInt(digits), mode),
    );
  }
});

test('digits beyond the largest count as the largest, so that nothing traps', () => {
  put(B, MAX);
  for (const digits of [39, 64, 255, 2 ** 31]) {
    expect(call.decimalRound(A, B, digits, Rounding.UP)).toBe(Status.OK);
    expect(get(A)).toBe(2n);
    expect(call.decimalToNumber(B, digits)).toBe(toNumber(MAX, 38));
    expect(call.decimalFromNumber(A, 0, digits, Rounding.UP)).toBe(Status.OK);
  }
});

test('toNumber is the nearest f64, half to even', () => {
  for (let round = 0; round < 200_000; round++) {
    const digits = round % 39;
    let b = wide();
    // Halfway between two f64, and right beside it: 54 bits that end in 1, times a power of 10 or 2.
    if (round % 5 === 0) {
      const half = (bits(53) | (1n << 52n)) * 2n + 1n;
      const scaled = random.chance(50) ? half * 10n ** BigInt(Math.min(digits, 20)) : half << BigInt(random.below(70));
      b = scaled + BigInt(random.below(3) - 1);
    }
    put(B, b);
    const number = call.decimalToNumber(B, digits);
    const expected = toNumber(b, digits);
    if (number !== expected) expect.fail(`${b} / 1e${digits}: ${number}, expected ${expected}`);
  }
});

test('fromNumber is exact before it rounds, and refuses what 64 bits do not hold', () => {
  const ends = [
    2 ** 63,
    -(2 ** 63),
    2 ** 63 - 1024,
    -(2 ** 63) - 2048,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  const small = [0, -0, 5e-324, -5e-324, 0.5, -0.5, 1.5, 2.5, -2.5, 1.005, 0.1, Number.MAX_VALUE, 2.2250738585072014e-308];
  const kinds = [
    () => random.pick([...ends, ...small]),
    () => Math.round((random.word() / 2 ** 32 - 0.5) * 1e6) / 100,
    () => (random.word() / 2 ** 32 - 0.5) * 2 ** random.below(70),
    () => random.below(100_000) / 2 ** random.below(20),
    () => (random.word() + 0.5) * 2 ** (random.below(2000) - 1000),
    () => Number(`${random.chance(50) ? '-' : ''}9223372036854775${random.below(1000)}e-${random.below(20)}`),
  ];
  for (let round = 0; round < 150_000; round++) {
    const value = kinds[round % kinds.length]!();
    const digits = random.chance(30) ? 0 : random.below(39);
    const mode = random.pick(MODES);
    const status = call.decimalFromNumber(A, value, digits, mode);
    check(`${value} * 1e${digits} ${Rounding[mode]}`, [status, get(A)], fromNumber(value, digits, mode));
  }
});

/** decimalFromText of a text at an address with other bytes behind it. */
function fromText(text: string, digits: number): bigint | undefined {
  const bytes = new TextEncoder().encode(`${text}7.5`);
  for (const [index, byte] of bytes.entries()) module.view.setUint8(C + index, byte);
  const status = call.decimalFromText(A, (BigInt(bytes.length - 3) << 32n) | BigInt(C), digits);
  return status === Status.OK ? get(A) : undefined;
}

test.each([
  ['0', 0, 0n],
  ['-0', 2, 0n],
  ['12.5', 2, 1250n],
  ['-12.50', 1, -125n],
  ['007', 0, 7n],
  ['1.000', 0, 1n],
  ['9223372036854775807', 0, 2n ** 63n - 1n],
  ['-9223372036854775808', 0, -(2n ** 63n)],
  ['-9.223372036854775808', 18, -(2n ** 63n)],
  ['0000000000000000000000000.5', 18, 5n * 10n ** 17n],
] as const)('decimalFromText %s to %i digits', (text, digits, units) => {
  expect(fromText(text, digits)).toBe(units);
});

test.each([
  ['', 0],
  ['-', 0],
  ['--1', 0],
  ['+1', 0],
  ['1.', 2],
  ['.5', 2],
  ['1.5.5', 2],
  ['-.5', 2],
  [' 1', 0],
  ['1 ', 0],
  ['1e2', 0],
  ['1_0', 0],
  ['0x1', 0],
  ['\u0661', 0],
  ['1.005', 2],
  ['9223372036854775808', 0],
  ['-9223372036854775809', 0],
  ['92233720368547758080', 0],
  ['9.3', 18],
  ['99999999999999999999999999999999999999', 0],
] as const)('decimalFromText of %j to %i digits gives ARITHMETIC', (text, digits) => {
  expect(fromText(text, digits)).toBeUndefined();
});

test('decimalFromText of what is nearly a number, and of digits at the edges of 64 bits', () => {
  for (let round = 0; round < 20_000; round++) {
    const pieces = ['', '-', '.', '0', '00', '5', '922337203685477580', '7', '8', '9', 'e', '+'];
    const text = Array.from({ length: 1 + random.below(6) }, () => random.pick(pieces)).join('');
    const digits = random.below(20);
    expect(fromText(text, digits), `${JSON.stringify(text)} ${digits}`).toBe(writtenUnits(text, digits));
  }
});
