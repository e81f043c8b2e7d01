// Functions of numbers, as JavaScript's `Math` has them. Those of decimals among them are exact.

import { FunctionId } from '../../../assembly/shared/function.js';
import { greatest, least, negatedType } from '../exact.js';
import type { Ir, LocalRef } from '../ir.js';
import { join, unionOf, widened } from '../join.js';
import { isDecimal, isSimple, type Place } from '../operands.js';
import { BOOLEAN, type DecimalType, decimalType, NUMBER } from '../types.js';
import { argument, type Call, invoke, type LibraryEntry } from './entry.js';

const EXACT = 'equal to JavaScript bit for bit';
const CLOSE = 'within one unit in the last place of the exact value';

type Decimal = Ir & { type: DecimalType };

/** A function of one number. */
function unary(name: string, id: FunctionId, semantics: string, examples: LibraryEntry['examples'], heavy = false): LibraryEntry {
  return {
    name,
    on: 'Math',
    parameters: [{ name: 'x', type: 'number' }],
    result: 'number',
    semantics: `${semantics}; ${heavy ? CLOSE : EXACT}.`,
    cost: heavy ? '30 units' : '6 units',
    examples,
    lower: (call) => invoke(call, id, NUMBER, [argument(call, 0)]),
  };
}

/** Binds a value that is used twice, unless it is a plain name. */
export function bound<T extends Ir>(value: T, place: Place, body: (value: T) => Ir): Ir {
  if (isSimple(value)) return body(value);
  const { start, end } = place;
  const local: LocalRef = { name: '', type: value.type };
  const inner = body({ op: 'local', type: value.type, local, start: value.start, end: value.end } as unknown as T);
  return { op: 'let', type: inner.type, local, value, body: inner, optional: false, start, end };
}

function absolute(value: Decimal, place: Place): Ir {
  const { start, end } = place;
  const { low, high, scale, wide } = value.type;
  if (low >= 0n) return value;
  const negated = negatedType(value.type);
  if (high <= 0n) return { op: 'negate', type: negated, operand: value, start, end };
  const type = decimalType(scale, 0n, greatest([-low, high]), wide || negated.wide);
  return bound(value, place, (x) => {
    const zero: Ir = { op: 'constant', type: decimalType(scale, 0n, 0n), value: 0n, start, end };
    const test: Ir = { op: 'compare', type: BOOLEAN, relation: '<', left: x, right: zero, start, end };
    const whenTrue = widened({ op: 'negate', type: negated, operand: x, start, end } as Decimal, type);
    return { op: 'conditional', type, test, whenTrue, whenFalse: widened(x, type), start, end };
  });
}

/** The smaller or larger of two decimals of one scale. */
function choose(relation: '<=' | '>=', a: Decimal, b: Decimal, place: Place): Decimal {
  const { start, end } = place;
  const union = unionOf([a.type, b.type]);
  const pick = relation === '<=' ? least : greatest;
  const low = pick([a.type.low, b.type.low]);
  const high = pick([a.type.high, b.type.high]);
  const type = decimalType(union.scale, low, high, union.wide);
  return bound(a, place, (x) =>
    bound(b, place, (y) => ({
      op: 'conditional',
      type,
      test: { op: 'compare', type: BOOLEAN, relation, left: x, right: y, start, end },
      whenTrue: widened(x, type),
      whenFalse: widened(y, type),
      start,
      end,
    })),
  ) as Decimal;
}

function extreme(name: 'min' | 'max', id: FunctionId, semantics: string, examples: LibraryEntry['examples']): LibraryEntry {
  return {
    name,
    on: 'Math',
    parameters: [{ name: 'x', type: 'numeric', many: 16 }],
    result: 'number or decimal',
    semantics,
    cost: '6 units for each argument but the first; of decimals a comparison',
    examples,
    lower: (call: Call) => {
      const { context, place } = call;
      const values = join(
        call.args.map(({ ir }) => ir!),
        { ...place, what: `the arguments of \`Math.${name}\`` },
        context.faults,
      );
      if (values === undefined) return undefined;
      return values.reduce((a, b) =>
        isDecimal(a) && isDecimal(b) ? choose(name === 'min' ? '<=' : '>=', a, b, place) : invoke(call, id, NUMBER, [a, b]),
      );
    },
  };
}

export const MATH_FUNCTIONS: readonly LibraryEntry[] = [
  {
    name: 'abs',
    on: 'Math',
    parameters: [{ name: 'x', type: 'numeric' }],
    result: 'number or decimal',
    semantics: 'The value without its sign; exact, a decimal of a decimal.',
    cost: '6 units; of a decimal a comparison and a minus',
    examples: [
      ['Math.abs(-1.5)', 1.5],
      ['Math.abs(amount - 500) < 400', true],
    ],
    lower: (call) => {
      const x = argument(call, 0);
      return isDecimal(x) ? absolute(x, call.place) : invoke(call, FunctionId.F64_ABS, NUMBER, [x]);
    },
  },
  extreme(
    'min',
    FunctionId.F64_MIN,
    'The smallest of 1 to 16 values: all numbers (one that is not a number wins), or all decimals.',
    [
      ['Math.min(risk, 0.5)', 0.5],
      ['Math.min(amount, fee, 100) === 0.3', true],
    ],
  ),
  extreme(
    'max',
    FunctionId.F64_MAX,
    'The largest of 1 to 16 values: all numbers (one that is not a number wins), or all decimals.',
    [
      ['Math.max(risk, 0.5)', 0.75],
      ['Math.max(amount, fee) === 120.5', true],
    ],
  ),
  unary('ceil', FunctionId.F64_CEIL, 'The next integer that is not smaller', [['Math.ceil(1.2)', 2]]),
  unary('floor', FunctionId.F64_FLOOR, 'The next integer that is not larger', [['Math.floor(-1.2)', -2]]),
  unary('round', FunctionId.F64_ROUND, 'The nearest integer, of two the larger', [['Math.round(-2.5)', -2]]),
  unary('trunc', FunctionId.F64_TRUNC, 'The integer towards zero', [['Math.trunc(-1.7)', -1]]),
  unary('sign', FunctionId.F64_SIGN, '-1, 0, -0 or 1 as the value is', [['Math.sign(-3)', -1]]),
  unary('sqrt', FunctionId.F64_SQRT, 'The square root; not a number below 0', [['Math.sqrt(9)', 3]]),
  unary('cbrt', FunctionId.F64_CBRT, 'The cube root', [['Math.cbrt(27)', 3]], true),
  unary('exp', FunctionId.F64_EXP, 'e to the power of x', [['Math.exp(0)', 1]], true),
  unary('expm1', FunctionId.F64_EXPM1, '`Math.exp(x) - 1`, precise near 0', [['Math.expm1(0)', 0]], true),
  unary('log', FunctionId.F64_LOG, 'The natural logarithm', [['Math.log(1)', 0]], true),
  unary('log1p', FunctionId.F64_LOG1P, '`Math.log(1 + x)`, precise near 0', [['Math.log1p(0)', 0]], true),
  unary('log2', FunctionId.F64_LOG2, 'The logarithm to base 2', [['Math.log2(8)', 3]], true),
  unary('log10', FunctionId.F64_LOG10, 'The logarithm to base 10', [['Math.log10(1000)', 3]], true),
  {
    name: 'pow',
    on: 'Math',
    parameters: [
      { name: 'base', type: 'number' },
      { name: 'exponent', type: 'number' },
    ],
    result: 'number',
    semantics: `The base to the power of the exponent; ${CLOSE}.`,
    cost: '80 units',
    examples: [['Math.pow(2, 10)', 1024]],
    lower: (call) => invoke(call, FunctionId.F64_POW, NUMBER, [argument(call, 0), argument(call, 1)]),
  },
];
