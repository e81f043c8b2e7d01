// The least and the largest of numbers, and their absolute values.

import { type Code, call, Level } from '../code.js';
import { compare as compareDecimals, type Decimal, negate as negateDecimal, trimmed } from '../expression/decimal.js';
import { codeOf, constant, needsOf, type Scalar } from '../symbol.js';
import { type DecimalType, decimal, decimalType, float, isConstant, type Num, toFloat, union } from './number.js';
import { quotient } from './quotient.js';

/** The largest or smallest of several. */
export function extreme(name: 'min' | 'max', values: readonly Num[]): Num {
  if (values.every(isConstant)) {
    const sorted = values.map(({ value }) => value as Decimal).sort(compareDecimals);
    return constant(trimmed(sorted[name === 'min' ? 0 : sorted.length - 1]!)) as Num;
  }
  if (values.length === 1) return values[0]!;
  const needs = union(...values.map(needsOf));
  const types = values.map(decimalType);
  const codes = (code: (value: Num) => Code): Code => ({
    text: `Math.${name}(${values.map((value) => code(value).text).join(', ')})`,
    level: Level.PRIMARY,
  });
  if (types.some((type) => type === undefined)) return float(codes(toFloat), needs);
  const all = types as DecimalType[];
  const pick = name === 'min' ? Math.min : Math.max;
  const type: DecimalType = {
    kind: 'decimal',
    scale: Math.max(...all.map(({ scale }) => scale)),
    low: pick(...all.map(({ low }) => low)),
    high: pick(...all.map(({ high }) => high)),
  };
  return decimal(codes(codeOf), type, needs);
}

/** The absolute value. */
export function absolute(a: Num): Num {
  if (isConstant(a)) return a.value.units < 0n ? (constant(negateDecimal(a.value)) as Num) : a;
  const type = decimalType(a);
  const code = call('Math.abs', a.code);
  if (type === undefined) {
    const parts = a.quotient;
    if (parts === undefined) return float(code, a.needs, a.isRounded === true);
    const dividend = absolute(parts.dividend as Num);
    const divisor = absolute(parts.divisor) as Scalar;
    return quotient(dividend, divisor, a.needs, a.isRounded === true, true);
  }
  if (type.low >= 0) return a;
  const most = Math.max(Math.abs(type.low), Math.abs(type.high));
  return decimal(code, { ...type, low: 0, high: most }, a.needs);
}
