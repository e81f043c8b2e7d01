// Functions of decimals. Every result has a declared scale and a named rounding, and lies in a known interval.

import { FunctionId, type Rounding } from '../../../assembly/shared/function.js';
import { I64_MAX, I64_MIN } from '../../schema/decimal.js';
import { divideRounded, powerOfTen, quotientType } from '../exact.js';
import type { Ir } from '../ir.js';
import { reportTooWide, rescale } from '../operands.js';
import { type DecimalType, decimalType, fitsWide, NUMBER } from '../types.js';
import { argument, type Call, invoke, type LibraryEntry, literal } from './entry.js';

const SCALE = { name: 'scale', type: 'scale' } as const;
const ROUNDING = { name: 'rounding', type: 'rounding' } as const;

type Decimal = Ir & { type: DecimalType };

/** a / b at a scale: both are scaled so that the quotient of their units is what is asked for. */
function divide(call: Call): Ir | undefined {
  const { faults } = call.context;
  const scale = literal<number>(call, 2);
  const rounding = literal<Rounding>(call, 3);
  const a = argument(call, 0) as Decimal;
  const b = argument(call, 1) as Decimal;
  const digits = scale + b.type.scale - a.type.scale;
  const dividend = digits > 0 ? rescale(a, a.type.scale + digits) : a;
  const divisor = digits < 0 ? rescale(b, b.type.scale - digits) : b;
  const type = quotientType(dividend.type, divisor.type, scale, rounding);
  if (type === undefined) {
    faults.error('V3505', b, 'the divisor is always zero');
    return undefined;
  }
  const wide = [dividend, divisor].find((operand) => !fitsWide(operand.type));
  if (wide !== undefined) {
    reportTooWide(wide, faults);
    return undefined;
  }
  return invoke(call, FunctionId.DECIMAL_DIVIDE, type, [dividend, divisor], { kind: 'rounding', digits: 0, rounding });
}

function round(call: Call): Ir | undefined {
  const a = argument(call, 0) as Decimal;
  const scale = literal<number>(call, 1);
  const rounding = literal<Rounding>(call, 2);
  if (scale >= a.type.scale) {
    const scaled = rescale(a, scale);
    if (fitsWide(scaled.type)) return scaled;
    reportTooWide(scaled, call.context.faults);
    return undefined;
  }
  const digits = a.type.scale - scale;
  const unit = powerOfTen(digits);
  const type = decimalType(scale, divideRounded(a.type.low, unit, rounding), divideRounded(a.type.high, unit, rounding));
  return invoke(call, FunctionId.DECIMAL_ROUND, type, [a], { kind: 'rounding', digits, rounding });
}

export const DECIMAL_FUNCTIONS: readonly LibraryEntry[] = [
  {
    name: 'divide',
    on: 'function',
    parameters: [{ name: 'a', type: 'decimal' }, { name: 'b', type: 'decimal' }, SCALE, ROUNDING],
    result: 'decimal',
    semantics:
      'The quotient, rounded once. Where b is 0 the decision gets the status `ARITHMETIC` and the outcome of `onError`: ' +
      'test `b !== 0` where that may be.',
    cost: '300 units',
    examples: [
      ['divide(amount, 3, 2, "half-even") === 40.17', true],
      ['divide(1, 8, 2, "half-up") === 0.13', true],
    ],
    lower: divide,
  },
  {
    name: 'round',
    on: 'function',
    parameters: [{ name: 'a', type: 'decimal' }, SCALE, ROUNDING],
    result: 'decimal',
    semantics: 'The decimal at another scale; exact where the scale is not smaller.',
    cost: '300 units',
    examples: [
      ['round(amount * 0.029, 2, "half-even") === 3.49', true],
      ['round(amount, 0, "up") === 121', true],
    ],
    lower: round,
  },
  {
    name: 'toNumber',
    on: 'function',
    parameters: [{ name: 'decimal', type: 'decimal' }],
    result: 'number',
    semantics: 'The number nearest to the decimal.',
    cost: '400 units',
    examples: [['toNumber(amount) * 2', 241]],
    lower: (call) => {
      const a = argument(call, 0) as Decimal;
      return invoke(call, FunctionId.DECIMAL_TO_NUMBER, NUMBER, [a], { kind: 'rounding', digits: a.type.scale, rounding: 0 });
    },
  },
  {
    name: 'toDecimal',
    on: 'function',
    parameters: [{ name: 'x', type: 'number' }, SCALE, ROUNDING],
    result: 'decimal',
    semantics:
      'The exact value of the number, rounded to the scale. Where it is no finite number or does not fit 64 bits, the decision ' +
      'gets the status `ARITHMETIC` and the outcome of `onError`.',
    cost: '400 units',
    examples: [['toDecimal(risk, 2, "half-even") === 0.75', true]],
    lower: (call) => {
      const scale = literal<number>(call, 1);
      const type = decimalType(scale, I64_MIN, I64_MAX);
      const rounding = { kind: 'rounding', digits: scale, rounding: literal<number>(call, 2) } as const;
      return invoke(call, FunctionId.DECIMAL_FROM_NUMBER, type, [argument(call, 0)], rounding);
    },
  },
];
