// Calls of functions on constants. Only what has one result wherever it is computed is folded: not the functions that are exact to
// a unit in the last place alone, not those that read a time zone or a pattern.

import { FunctionId, Rounding } from '../../../assembly/shared/function.js';
import { I64_MAX, I64_MIN, scaledFromText } from '../../schema/decimal.js';
import { divideRounded } from '../exact.js';
import type { CallIr, ConstantIr, ConstantValue, Ir } from '../ir.js';
import { utf8Bytes } from '../types.js';

/** Folds a call whose operands have been folded. */
export function foldCall(ir: CallIr): Ir {
  if (!ir.args.every((arg): arg is ConstantIr => arg.op === 'constant')) return ir;
  const value = resultOf(
    ir,
    ir.args.map((arg) => (arg as ConstantIr).value),
  );
  // Half of a pair of surrogates has no place among an image's texts: such a text is made at run time.
  if (value === undefined || (typeof value === 'string' && /\p{Surrogate}/u.test(value))) return ir;
  const { start, end } = ir;
  const type = typeof value === 'string' ? { kind: 'text' as const, bytesMax: utf8Bytes(value) } : ir.type;
  return { op: 'constant', type, value, start, end };
}

/** Undefined where the call is left to run time. */
function resultOf(ir: CallIr, args: readonly ConstantValue[]): ConstantValue | undefined {
  const [first] = args;
  switch (typeof first) {
    case 'string':
      if (ir.function === FunctionId.DECIMAL_FROM_TEXT) return fromText(ir, first);
      return textFunction(ir.function, first, args[1], args[2]);
    case 'number':
      if (ir.function === FunctionId.DECIMAL_FROM_NUMBER) return fromNumber(ir, first);
      return numberFunction(ir.function, first, args[1] as number);
    case 'bigint':
      return decimalFunction(ir, first, args[1] as bigint);
    default:
      return undefined;
  }
}

function textFunction(
  id: FunctionId,
  text: string,
  a: ConstantValue | undefined,
  b: ConstantValue | undefined,
): ConstantValue | undefined {
  switch (id) {
    case FunctionId.TEXT_LENGTH:
      return text.length;
    case FunctionId.TEXT_STARTS_WITH:
      return text.startsWith(String(a));
    case FunctionId.TEXT_ENDS_WITH:
      return text.endsWith(String(a));
    case FunctionId.TEXT_INCLUDES:
      return text.includes(String(a));
    case FunctionId.TEXT_INDEX_OF:
      return text.indexOf(String(a), Number(b));
    case FunctionId.TEXT_SLICE:
      return text.slice(Number(a), Number(b));
    case FunctionId.TEXT_TRIM:
      return text.trim();
    case FunctionId.TEXT_TRIM_START:
      return text.trimStart();
    case FunctionId.TEXT_TRIM_END:
      return text.trimEnd();
    case FunctionId.TEXT_LOWER:
      return hasOldLetters(text) ? text.toLowerCase() : undefined;
    case FunctionId.TEXT_UPPER:
      return hasOldLetters(text) ? text.toUpperCase() : undefined;
    default:
      return undefined;
  }
}

/** True for texts whose case mappings are the same in every version of Unicode: the compiler's may not be the engine's. */
function hasOldLetters(text: string): boolean {
  return /^[\0-\u017f]*$/.test(text);
}

function numberFunction(id: FunctionId, a: number, b: number): number | undefined {
  switch (id) {
    case FunctionId.F64_ABS:
      return Math.abs(a);
    case FunctionId.F64_CEIL:
      return Math.ceil(a);
    case FunctionId.F64_FLOOR:
      return Math.floor(a);
    case FunctionId.F64_ROUND:
      return Math.round(a);
    case FunctionId.F64_TRUNC:
      return Math.trunc(a);
    case FunctionId.F64_SIGN:
      return Math.sign(a);
    case FunctionId.F64_MIN:
      return Math.min(a, b);
    case FunctionId.F64_MAX:
      return Math.max(a, b);
    case FunctionId.F64_SQRT:
      return Math.sqrt(a);
    default:
      return undefined;
  }
}

function decimalFunction(ir: CallIr, a: bigint, b: bigint): ConstantValue | undefined {
  const { digits, rounding } = roundingOf(ir);
  switch (ir.function) {
    case FunctionId.DECIMAL_ROUND:
      return divideRounded(a, 10n ** BigInt(digits), rounding);
    case FunctionId.DECIMAL_DIVIDE:
      // A division by zero ends the program, at run time.
      return b === 0n ? undefined : divideRounded(a, b, rounding);
    case FunctionId.DECIMAL_REMAINDER:
      return b === 0n ? undefined : a % b;
    case FunctionId.DECIMAL_TO_NUMBER:
      return Number(`${a}e-${digits}`);
    case FunctionId.DATE_SINCE:
      return Number(a - b);
    default:
      return undefined;
  }
}

function roundingOf({ literal }: CallIr): { digits: number; rounding: Rounding } {
  return literal?.kind === 'rounding' ? literal : { digits: 0, rounding: Rounding.HALF_EVEN };
}

/** The exact value of a number, times 10^digits, rounded; undefined where it does not fit 64 bits. */
function fromNumber(ir: CallIr, value: number): bigint | undefined {
  if (!Number.isFinite(value)) return undefined;
  const { digits, rounding } = roundingOf(ir);
  // value = whole / 2^halvings, exactly.
  let whole = value;
  let halvings = 0n;
  while (!Number.isInteger(whole)) {
    whole *= 2;
    halvings++;
  }
  const result = divideRounded(BigInt(whole) * 10n ** BigInt(digits), 2n ** halvings, rounding);
  return result < I64_MIN || result > I64_MAX ? undefined : result;
}

/** The number that a text writes, times 10^digits; undefined where that ends the program, at run time. */
function fromText(ir: CallIr, text: string): bigint | undefined {
  const scaled = scaledFromText(text, roundingOf(ir).digits);
  return typeof scaled === 'bigint' ? scaled : undefined;
}
