// What a part of an expression of CEL has become.

import {
  anyOf,
  atom,
  binaryCode,
  type Code,
  callCode,
  choiceCode,
  NO,
  nullishCode,
  Rank,
  textCode,
} from '../../expression-code.js';
import type { CelSpan } from '../syntax/ast.js';
import { formatTimestamp } from '../value/format.js';
import type { CelValue } from '../value/value.js';
import { CelRefusal } from './refusal.js';
import { BOOL, type CelType, DOUBLE, type IntegerType, isSafe, nameOf, STRING, TIMESTAMP } from './types.js';

export interface Term {
  readonly type: CelType;
  /**
   * Ends the decision with the status ARITHMETIC exactly where the part has no value in CEL, which is where `fails` holds. Of an
   * object it is its path; of null it is `null`.
   */
  readonly code: Code;
  /** Never true: the part always has a value. Evaluating it never ends in a status. */
  readonly fails: Code;
  /** Its value, where it is the same for all payloads. */
  readonly constant?: CelValue;
  /** May be null, as values of CEL may; `code` is null then. */
  readonly isNullable?: true;
  /** True of numbers of a payload, which are never NaN, and of constants that are not. */
  readonly isNumber?: true;
}

export function term(type: CelType, code: Code, ...operands: readonly Term[]): Term {
  return { type, code, fails: failsOf(operands) };
}

export function failsOf(terms: readonly Term[]): Code {
  return anyOf(unique(terms.map(({ fails }) => fails)));
}

function unique(codes: readonly Code[]): Code[] {
  return codes.filter(({ text }, index) => codes.findIndex((other) => other.text === text) === index);
}

export function canFail({ fails }: Term): boolean {
  return fails.text !== 'false';
}

/** The expression that never has a value: it ends the decision with the status ARITHMETIC. */
const FAILURE = 'toDecimal(0 / 0, 0, "down")';

/** An expression of a type that never has a value. Undefined for objects and lists. */
export function failureOf(type: CelType): Code | undefined {
  const failed = atom(FAILURE);
  switch (type.kind) {
    case 'int':
    case 'uint':
      return type.form === 'decimal' ? failed : callCode('toNumber', failed);
    case 'double':
      return callCode('toNumber', failed);
    case 'bool':
      return binaryCode('===', failed, atom('0'));
    case 'string':
      return choiceCode(binaryCode('===', failed, atom('0')), textCode(''), textCode('-'));
    case 'timestamp':
      return choiceCode(binaryCode('===', failed, atom('0')), atom('now'), textCode('2000-01-01T00:00:00Z'));
    default:
      return undefined;
  }
}

/** `code` where `holds` does, else no value. */
export function guarded(type: CelType, code: Code, holds: Code): Code {
  return choiceCode(holds, code, failureOf(type)!);
}

/** A value that is not null: where it may be, it has no value in CEL's functions and operators. */
export function solid(part: Term, span: CelSpan): Term {
  if (part.isNullable !== true) return part;
  const { isNullable, ...rest } = part;
  const failure = failureOf(part.type);
  if (failure === undefined)
    throw new CelRefusal(span, `a ${nameOf(part.type)} that may be null is used`, 'test it before: `x != null && ...`');
  const isNull = binaryCode('===', part.code, atom('null'));
  return { ...rest, code: nullishCode(part.code, failure), fails: anyOf([part.fails, isNull]) };
}

/** An integer of a constant: it takes the form of what stands beside it. */
export function integerConstant(kind: 'int' | 'uint', value: bigint): Term {
  const form = isSafe(value, value) ? 'number' : 'decimal';
  const type: IntegerType = { kind, low: value, high: value, form };
  const code: Code = value < 0n ? { text: `${value}`, rank: Rank.UNARY } : atom(`${value}`);
  return { type, code, fails: NO, constant: { kind, value } };
}

/** The code of an integer in a form. */
export function integerCode(part: Term & { type: IntegerType }, form: IntegerType['form']): Code {
  // A literal is read as what stands beside it.
  if (part.constant !== undefined || part.type.form === form) return part.code;
  return form === 'decimal' ? callCode('toDecimal', part.code, '0', '"down"') : callCode('toNumber', part.code);
}

/** A constant integer that stands alone: a literal alone would be a number, which is exact up to 2^53. */
export function standaloneInteger(part: Term & { type: IntegerType }): Code {
  return part.constant !== undefined && part.type.form === 'decimal' ? callCode('round', part.code, '0', '"down"') : part.code;
}

/** A double; exact decimals of the payload become the nearest one. */
export function doubleCode(part: Term): Code {
  if (part.type.kind === 'decimal') return callCode('toNumber', part.code);
  return part.code;
}

/** A constant as a term. Undefined where no expression of the language has that value. */
export function constantTerm(value: CelValue): Term | undefined {
  const of = (type: CelType, code: Code): Term => ({ type, code, fails: NO, constant: value });
  switch (value.kind) {
    case 'bool':
      return of(BOOL, atom(String(value.value)));
    case 'int':
    case 'uint':
      return integerConstant(value.kind, value.value);
    case 'double':
      return { ...of(DOUBLE, numberCode(value.value)), ...(Number.isNaN(value.value) ? {} : { isNumber: true }) };
    case 'string':
      return of(STRING, textCode(value.value));
    case 'null':
      return of({ kind: 'null' }, atom('null'));
    case 'timestamp':
      return value.nanos % 1000n === 0n ? of(TIMESTAMP, textCode(formatTimestamp(value.nanos))) : undefined;
    default:
      return undefined;
  }
}

function numberCode(value: number): Code {
  if (Number.isNaN(value)) return { text: '0 / 0', rank: Rank.PRODUCT };
  if (!Number.isFinite(value)) return { text: value > 0 ? '1 / 0' : '-1 / 0', rank: Rank.PRODUCT };
  const text = Object.is(value, -0) ? '-0' : String(value);
  return { text, rank: text.startsWith('-') ? Rank.UNARY : Rank.ATOM };
}

/** A bool that does not depend on the values of its operands; it has none where one of them has none. */
export function decided(code: Code, ...operands: readonly Term[]): Term {
  const fails = failsOf(operands);
  const isCertain = fails.text === 'false';
  const constant = isCertain && (code.text === 'true' || code.text === 'false');
  return {
    type: BOOL,
    code: isCertain ? code : choiceCode(fails, failureOf(BOOL)!, code),
    fails,
    ...(constant ? { constant: { kind: 'bool', value: code.text === 'true' } } : {}),
  };
}
