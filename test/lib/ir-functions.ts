// The functions of the language, as JavaScript has them; decimals on bigints.

import { FunctionId, Rounding } from '#assembly/shared/function.js';
import { Status } from '#assembly/shared/status.js';
import type { CallIr } from '#src/compiler/ir.js';
import { type IrValue, Undecidable } from './ir-evaluator.js';
import { timeFunction } from './ir-times.js';
import { writtenUnits } from './written-number.js';

const I64_MAX = 2n ** 63n - 1n;

/** The result of a call. */
export function callFunction(ir: CallIr, args: readonly IrValue[]): IrValue {
  const [a, b, c] = args;
  const text = textFunctions[ir.function];
  if (text !== undefined) return text(a as string, b as never, c as never);
  const number = numberFunctions[ir.function];
  if (number !== undefined) return number(a as number, b as number);
  if (ir.function === FunctionId.TEXT_MATCHES && ir.literal?.kind === 'pattern')
    return new RegExp(ir.literal.source, 'u').test(a as string);
  return decimalFunction(ir, a as never, b as bigint) ?? timeFunction(ir, a as bigint, b as bigint);
}

const textFunctions: Partial<Record<FunctionId, (text: string, a: never, b: never) => IrValue>> = {
  [FunctionId.TEXT_LENGTH]: (text) => text.length,
  [FunctionId.TEXT_STARTS_WITH]: (text, a) => text.startsWith(a),
  [FunctionId.TEXT_ENDS_WITH]: (text, a) => text.endsWith(a),
  [FunctionId.TEXT_INCLUDES]: (text, a) => text.includes(a),
  [FunctionId.TEXT_INDEX_OF]: (text, a, b) => text.indexOf(a, b),
  [FunctionId.TEXT_SLICE]: (text, a, b) => text.slice(a, b),
  [FunctionId.TEXT_TRIM]: (text) => text.trim(),
  [FunctionId.TEXT_TRIM_START]: (text) => text.trimStart(),
  [FunctionId.TEXT_TRIM_END]: (text) => text.trimEnd(),
  [FunctionId.TEXT_LOWER]: (text) => text.toLowerCase(),
  [FunctionId.TEXT_UPPER]: (text) => text.toUpperCase(),
};

const numberFunctions: Partial<Record<FunctionId, (a: number, b: number) => number>> = {
  [FunctionId.F64_ABS]: Math.abs,
  [FunctionId.F64_CEIL]: Math.ceil,
  [FunctionId.F64_FLOOR]: Math.floor,
  [FunctionId.F64_ROUND]: Math.round,
  [FunctionId.F64_TRUNC]: Math.trunc,
  [FunctionId.F64_SIGN]: Math.sign,
  [FunctionId.F64_MIN]: (a, b) => Math.min(a, b),
  [FunctionId.F64_MAX]: (a, b) => Math.max(a, b),
  [FunctionId.F64_SQRT]: Math.sqrt,
  [FunctionId.F64_CBRT]: Math.cbrt,
  [FunctionId.F64_EXP]: Math.exp,
  [FunctionId.F64_EXPM1]: Math.expm1,
  [FunctionId.F64_LOG]: Math.log,
  [FunctionId.F64_LOG1P]: Math.log1p,
  [FunctionId.F64_LOG2]: Math.log2,
  [FunctionId.F64_LOG10]: Math.log10,
  [FunctionId.F64_POW]: (a, b) => a ** b,
};

function decimalFunction(ir: CallIr, a: bigint & number, b: bigint): IrValue | undefined {
  const { digits, rounding } = ir.literal?.kind === 'rounding' ? ir.literal : { digits: 0, rounding: Rounding.HALF_EVEN };
  const unit = 10n ** BigInt(digits);
  switch (ir.function) {
    case FunctionId.DECIMAL_ROUND:
      return rounded(a, unit, rounding);
    case FunctionId.DECIMAL_DIVIDE:
      if (b === 0n) throw new Undecidable(Status.ARITHMETIC);
      return rounded(a, b, rounding);
    case FunctionId.DECIMAL_REMAINDER:
      if (b === 0n) throw new Undecidable(Status.ARITHMETIC);
      return a % b;
    case FunctionId.DECIMAL_TO_NUMBER:
      return Number(`${a}e-${digits}`);
    case FunctionId.DECIMAL_FROM_NUMBER: {
      const result = Number.isFinite(a) ? rounded(...fractionOf(a, unit), rounding) : I64_MAX + 1n;
      if (result > I64_MAX || result < -I64_MAX - 1n) throw new Undecidable(Status.ARITHMETIC);
      return result;
    }
    case FunctionId.DECIMAL_FROM_TEXT: {
      const result = writtenUnits(String(a), digits);
      if (result === undefined) throw new Undecidable(Status.ARITHMETIC);
      return result;
    }
    default:
      return undefined;
  }
}

/** The exact value of a number times a unit, as a fraction. */
function fractionOf(value: number, unit: bigint): [bigint, bigint] {
  let whole = value;
  let divisor = 1n;
  while (!Number.isInteger(whole)) {
    whole *= 2;
    divisor *= 2n;
  }
  return [BigInt(whole) * unit, divisor];
}

/** a / b, rounded to an integer: by the distance to its two neighbours. */
function rounded(a: bigint, b: bigint, rounding: number): bigint {
  const [x, y] = b < 0n ? [-a, -b] : [a, b];
  const below = x >= 0n || x % y === 0n ? x / y : x / y - 1n;
  const over = x - below * y;
  if (over === 0n) return below;
  const towardsZero = x < 0n ? below + 1n : below;
  const away = x < 0n ? below : below + 1n;
  if (rounding === Rounding.DOWN) return towardsZero;
  if (rounding === Rounding.UP) return away;
  if (2n * over !== y) return 2n * over < y ? below : below + 1n;
  if (rounding === Rounding.HALF_UP) return away;
  return below % 2n === 0n ? below : below + 1n;
}
