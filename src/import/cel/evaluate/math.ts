// cel-go's extension for numbers.

import { compareNumbers, isNumeric, type NumericValue } from '../value/compare.js';
import { bool, CelError, type CelValue, double, int, uint } from '../value/value.js';
import type { CelFunction } from './functions.js';

type Of<K extends CelValue['kind']> = Extract<CelValue, { kind: K }>;

/** The one argument, of one of these kinds. Throws CelError for others. */
function one<K extends CelValue['kind']>(name: string, args: readonly CelValue[], ...kinds: K[]): Of<K> {
  const [value] = args;
  if (value === undefined || args.length > 1 || !(kinds as string[]).includes(value.kind))
    throw new CelError('overload', `\`${name}\` takes one value: ${kinds.join(', ')}`);
  return value as Of<K>;
}

function ofDouble(name: string, change: (x: number) => number): readonly [string, CelFunction] {
  return [name, (args) => double(change(one(name, args, 'double').value))];
}

function testOfDouble(name: string, test: (x: number) => boolean): readonly [string, CelFunction] {
  return [name, (args) => bool(test(one(name, args, 'double').value))];
}

/** The largest or smallest of the arguments, or of one list; of equal ones the first. */
function extreme(name: string, sign: 1 | -1): readonly [string, CelFunction] {
  return [
    name,
    (args) => {
      const [first] = args;
      const values = args.length === 1 && first!.kind === 'list' ? first!.items : args;
      if (values.length === 0 || !values.every(isNumeric)) throw new CelError('overload', `\`${name}\` takes numbers`);
      return values.reduce(
        (best: NumericValue, value) => (compareNumbers(value as NumericValue, best) * sign > 0 ? value : best) as NumericValue,
        values[0] as NumericValue,
      );
    },
  ];
}

/** Half away from zero, as Go rounds. */
function roundHalfAway(x: number): number {
  return x < 0 ? -Math.round(-x) : Math.round(x);
}

type Whole = Of<'int' | 'uint'>;

function bits(name: string, combine: (a: bigint, b: bigint) => bigint): readonly [string, CelFunction] {
  return [
    name,
    (args) => {
      const [a, b] = args;
      if (args.length !== 2 || a!.kind !== b!.kind || (a!.kind !== 'int' && a!.kind !== 'uint'))
        throw new CelError('overload', `\`${name}\` takes two ints or two uints`);
      return { kind: a!.kind, value: combine((a as Whole).value, (b as Whole).value) };
    },
  ];
}

function shift(name: string, move: (bits: bigint, by: bigint) => bigint): readonly [string, CelFunction] {
  return [
    name,
    (args) => {
      const [value, by] = args;
      if (args.length !== 2 || by!.kind !== 'int' || (value!.kind !== 'int' && value!.kind !== 'uint'))
        throw new CelError('overload', `\`${name}\` takes an int or uint, and an int`);
      if (by!.value < 0n) throw new CelError('argument', 'a shift by less than 0');
      // A shift takes bits, not numbers: an int moves right without its sign.
      const moved = by!.value > 63n ? 0n : BigInt.asUintN(64, move(BigInt.asUintN(64, (value as Whole).value), by!.value));
      return value!.kind === 'int' ? int(BigInt.asIntN(64, moved)) : uint(moved);
    },
  ];
}

export const MATH_FUNCTIONS: Readonly<Record<string, CelFunction>> = Object.fromEntries([
  extreme('math.greatest', 1),
  extreme('math.least', -1),
  ofDouble('math.ceil', Math.ceil),
  ofDouble('math.floor', Math.floor),
  ofDouble('math.trunc', Math.trunc),
  ofDouble('math.round', roundHalfAway),
  testOfDouble('math.isNaN', Number.isNaN),
  testOfDouble('math.isInf', (x) => Math.abs(x) === Number.POSITIVE_INFINITY),
  testOfDouble('math.isFinite', Number.isFinite),
  ['math.sqrt', (args) => double(Math.sqrt(Number(one('math.sqrt', args, 'int', 'uint', 'double').value)))],
  [
    'math.abs',
    (args) => {
      const value = one('math.abs', args, 'int', 'uint', 'double');
      if (value.kind === 'double') return double(Math.abs(value.value));
      return value.kind === 'int' && value.value < 0n ? int(-value.value) : value;
    },
  ],
  [
    'math.sign',
    (args) => {
      const value = one('math.sign', args, 'int', 'uint', 'double');
      if (value.kind === 'double') return double(Math.sign(value.value));
      return { kind: value.kind, value: value.value > 0n ? 1n : value.value < 0n ? -1n : 0n };
    },
  ],
  bits('math.bitAnd', (a, b) => a & b),
  bits('math.bitOr', (a, b) => a | b),
  bits('math.bitXor', (a, b) => a ^ b),
  [
    'math.bitNot',
    (args) => {
      const value = one('math.bitNot', args, 'int', 'uint');
      return { kind: value.kind, value: value.kind === 'int' ? ~value.value : BigInt.asUintN(64, ~value.value) };
    },
  ],
  shift('math.bitShiftLeft', (value, by) => value << by),
  shift('math.bitShiftRight', (value, by) => value >> by),
] as [string, CelFunction][]);
