// What a part of a graph computes, before anything is known of a payload: constants are known, all else is code of the language
// with what is known of its value. Translating an expression is evaluating it on these.
//
// ZEN has errors where the language has types and nulls: `null > 5` fails, and where a test fails, it does not hold. So a truth is a
// pair of conditions: `holds`, and `fails to hold`; where neither is so, ZEN has an error.

import { and, atom, type Code, choice, compared, FALSE, isFalse, isTrue, not, or, quoted, TRUE } from './code.js';
import { type Decimal, numberOf, textOf, trimmed } from './expression/decimal.js';

export type ConstantValue = null | boolean | string | Decimal;

/** Bounds are as numbers have them: near enough to see what fits 128 bits. */
export type ScalarType =
  | { readonly kind: 'bool' | 'text' | 'float' | 'timestamp' | 'date' }
  | { readonly kind: 'decimal'; readonly scale: number; readonly low: number; readonly high: number };

export interface Constant {
  readonly kind: 'constant';
  readonly value: ConstantValue;
}

export interface Truth {
  readonly holds: Code;
  readonly fails: Code;
}

export interface Scalar {
  readonly kind: 'scalar';
  readonly type: ScalarType;
  readonly code: Code;
  /** The value may be null where `needs` hold. */
  readonly nullable: boolean;
  /** ZEN fails where one of these does not hold; the code is only valid where they do. */
  readonly needs: readonly Code[];
  /** A path of names, which a test of null narrows. */
  readonly isPath: boolean;
  /** Of a boolean that is put together of others. */
  readonly truth?: Truth;
  /** All values it may have but null, where these are known. */
  readonly domain?: readonly ConstantValue[];
  /** Of a quotient: the exact parts, from which comparisons are made. The divisor may be 0: then the value is null. */
  readonly quotient?: { readonly dividend: Scalar | Constant; readonly divisor: Scalar };
  /** Narrower bounds than those that the language knows of. */
  readonly within?: { readonly low: number; readonly high: number };
  /** ZEN rounds to 28 digits on the way, or the value is a float: the last digit may differ. */
  readonly isRounded?: boolean;
}

export interface ObjectSymbol {
  readonly kind: 'object';
  readonly members: ReadonlyMap<string, Sym>;
  /** Where the object itself may be null. */
  readonly nullable?: Code;
  /** Gives a member that nobody has asked for yet: of the payload. */
  readonly ask?: (name: string) => Sym;
}

/** A list whose elements are written out, each there under a condition. */
export interface ItemsSymbol {
  readonly kind: 'items';
  readonly items: readonly { readonly when: Code; readonly value: Sym }[];
}

/** A list of the payload, of a table or what is made of one: `each` is the list, `value` is in terms of `as`. */
export interface ListSymbol {
  readonly kind: 'list';
  readonly each: Code;
  readonly as: string;
  readonly value: Sym;
  /** The list itself may be null. */
  readonly nullable: boolean;
  /** Where this does not hold, there are no elements. */
  readonly guard?: Code;
  readonly countMax: number;
  /** Of the pieces of a text: what they are made of; `each` and `value` are the list's as long as nothing is done with it. */
  readonly pieces?: { readonly text: Scalar; readonly separator: string; readonly each: Code; readonly value: Sym };
  /** A table whose rows are collected: only its columns are lists of the language. */
  readonly table?: { readonly name: string; readonly columns: ReadonlyMap<string, Sym> };
}

/** A member that is there under a condition; null where it is not. */
export interface MaybeSymbol {
  readonly kind: 'maybe';
  readonly when: Code;
  readonly value: Sym;
}

/** Nothing is there. */
export interface AbsentSymbol {
  readonly kind: 'absent';
}

/** What could not be translated, and so nothing that reads it. */
export interface RefusedSymbol {
  readonly kind: 'refused';
  readonly reason: string;
}

export type Sym = Constant | Scalar | ObjectSymbol | ItemsSymbol | ListSymbol | MaybeSymbol | AbsentSymbol | RefusedSymbol;

/** Thrown on the way through one expression, caught where its value is given a name. */
export class Refusal extends Error {
  constructor(
    readonly reason: string,
    /** Offsets in the expression, where they are known. */
    readonly start?: number,
    readonly end?: number,
  ) {
    super(reason);
  }
}

/** Thrown where ZEN itself fails whatever the payload is: a test there does not hold, a row is not taken. */
export class ZenFailure extends Refusal {}

export const ABSENT: AbsentSymbol = { kind: 'absent' };
export const NULL: Constant = { kind: 'constant', value: null };

export function constant(value: ConstantValue): Constant {
  return { kind: 'constant', value };
}

export const isDecimalValue = (value: ConstantValue): value is Decimal => typeof value === 'object' && value !== null;

/** The kind of a constant as types name it; undefined for null. */
export function kindOf(value: ConstantValue): 'bool' | 'text' | 'decimal' | undefined {
  if (value === null) return undefined;
  return typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'text' : 'decimal';
}

/** The type of a constant that is not null. */
export function typeOf(value: Exclude<ConstantValue, null>): ScalarType {
  if (!isDecimalValue(value)) return { kind: typeof value === 'string' ? 'text' : 'bool' };
  const number = numberOf(value);
  return { kind: 'decimal', scale: trimmed(value).scale, low: number, high: number };
}

/** A constant as a literal. */
export function literal(value: ConstantValue): Code {
  if (value === null) return atom('null');
  if (typeof value === 'boolean') return value ? TRUE : FALSE;
  if (typeof value === 'string') return quoted(value);
  const text = textOf(trimmed(value));
  return text.startsWith('-') ? { text, level: 9 } : atom(text);
}

/** What a reader of a member finds: null where nothing is there. */
export function plainOf(sym: Sym): Exclude<Sym, MaybeSymbol | AbsentSymbol> {
  if (sym.kind === 'absent') return NULL;
  return sym.kind === 'maybe' ? plainOf(sym.value) : sym;
}

/** The code of a scalar or constant, valid where `needsOf` hold. */
export function codeOf(sym: Scalar | Constant): Code {
  return sym.kind === 'constant' ? literal(sym.value) : sym.code;
}

export function needsOf(sym: Scalar | Constant): readonly Code[] {
  return sym.kind === 'constant' ? [] : sym.needs;
}

/** A boolean of the conditions under which it is true, and false. */
export function ofTruth({ holds, fails }: Truth): Scalar | Constant {
  if (isTrue(holds) || (isFalse(holds) && isTrue(fails))) return constant(isTrue(holds));
  const isTotal = not(holds).text === fails.text;
  return {
    kind: 'scalar',
    type: { kind: 'bool' },
    code: holds,
    nullable: false,
    needs: isTotal ? [] : [or(holds, fails)],
    isPath: false,
    truth: { holds, fails },
  };
}

/** When a value is true and when it is false, for ZEN; a value that is no boolean is neither. */
export function truthOf(sym: Sym): Truth {
  const value = plainOf(sym);
  if (value.kind === 'refused') throw new Refusal(value.reason);
  if (value.kind === 'constant') return { holds: value.value === true ? TRUE : FALSE, fails: value.value === false ? TRUE : FALSE };
  if (value.kind !== 'scalar' || value.type.kind !== 'bool') return { holds: FALSE, fails: FALSE };
  if (value.truth !== undefined) return value.truth;
  const { code, nullable, needs } = value;
  const holds = nullable ? compared('===', code, TRUE) : code;
  const fails = nullable ? compared('===', code, FALSE) : not(code);
  return { holds: and(...needs, holds), fails: and(...needs, fails) };
}

/** The scalar as one code that is null where ZEN fails or the value is null. */
export function totalCode(sym: Scalar | Constant): { code: Code; nullable: boolean } {
  if (sym.kind === 'constant') return { code: literal(sym.value), nullable: sym.value === null };
  const { needs, code, nullable, truth } = sym;
  if (truth !== undefined) {
    if (needs.length === 0) return { code: truth.holds, nullable: false };
    return { code: choice(truth.holds, TRUE, choice(truth.fails, FALSE, atom('null'))), nullable: true };
  }
  if (needs.length === 0) return { code, nullable };
  return { code: choice(and(...needs), code, atom('null')), nullable: true };
}
