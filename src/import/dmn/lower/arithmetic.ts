// Arithmetic. Constants are computed here, in FEEL's own decimals; decimals stay exact as long as 128 bits hold them; all else is
// computed in 64-bit floats.

import type { Arithmetic, Place } from '../feel/ast.js';
import * as decimal from '../feel/decimal.js';
import { at, binary, type Code, call, code, Level } from './code.js';
import type { Lowering } from './lower.js';
import { Refusal } from './refusal.js';
import {
  type BoolValue,
  constantDecimal,
  NULL,
  NUMBER,
  type NullValue,
  numberConstant,
  type ScalarType,
  type ScalarValue,
  type SimpleValue,
  TEXT,
  textConstant,
} from './value.js';

type Plain = ScalarValue | BoolValue | NullValue;

/** Binary digits that an exact result may have. */
const BITS_MAX = 120;

const FOLD = { '+': decimal.add, '-': decimal.subtract, '*': decimal.multiply, '/': decimal.divide, '**': decimal.power } as const;

/** `left operator right`. */
export function arithmetic(operator: Arithmetic, left: Plain, right: Plain, lowering: Lowering, place: Place): SimpleValue {
  if (left.kind === 'null' || right.kind === 'null') return NULL;
  if (left.kind === 'bool' || right.kind === 'bool') return differing('a boolean', operator);
  if (isText(left) && isText(right)) {
    if (operator !== '+') return differing('a text', operator);
    return joined(left, right, lowering);
  }
  if (!isNumeric(left) || !isNumeric(right)) return differing(`a ${(isNumeric(left) ? right : left).type.kind}`, operator);
  const [a, b] = [constantOf(left), constantOf(right)];
  if (a !== undefined && b !== undefined) {
    const folded = FOLD[operator](a, b);
    if (folded !== undefined) return numberConstant(folded);
    if (operator !== '**') return NULL;
  }
  const guards = [...left.guards, ...right.guards];
  if (operator === '+' || operator === '-' || operator === '*') {
    const exact = exactType(operator, left, right);
    const level = operator === '*' ? Level.PRODUCT : Level.SUM;
    if (exact !== undefined) return { kind: 'scalar', type: exact, code: binary(left.code, operator, right.code, level), guards };
    return { kind: 'scalar', type: NUMBER, code: binary(asNumber(left), operator, asNumber(right), level), guards };
  }
  if (operator === '/') {
    // FEEL: what is divided by zero is null
    const divisor = b === undefined ? (lowering.settled(right, `${lowering.hint} divisor`) as ScalarValue) : right;
    const below = asNumber(divisor);
    const known = b === undefined ? [...divisor.guards, code(`${at(Level.RELATION, below)} !== 0`, Level.EQUALITY)] : [];
    return {
      kind: 'scalar',
      type: NUMBER,
      code: binary(asNumber(left), '/', below, Level.PRODUCT),
      guards: [...left.guards, ...known],
    };
  }
  return powerOf(left, right, guards, lowering, place);
}

/** `-value`. */
export function negated(value: Plain): SimpleValue {
  if (value.kind === 'null') return NULL;
  if (value.kind === 'bool') return differing('a boolean', '-');
  if (value.type.kind !== 'number' && value.type.kind !== 'decimal') return differing(`a ${value.type.kind}`, '-');
  const constant = constantOf(value);
  if (constant !== undefined) return numberConstant(decimal.negate(constant));
  return { kind: 'scalar', type: value.type, code: code(`-${at(Level.PRIMARY, value.code)}`, Level.SIGN), guards: value.guards };
}

/** A number as a 64-bit float. */
export function asNumber(value: ScalarValue): Code {
  return value.type.kind === 'decimal' ? call('toNumber', value.code) : value.code;
}

export function isNumeric(value: SimpleValue): value is ScalarValue {
  return value.kind === 'scalar' && (value.type.kind === 'number' || value.type.kind === 'decimal');
}

/** The number that a value is known to be. */
export function constantOf(value: SimpleValue): decimal.Decimal | undefined {
  return value.kind === 'scalar' && typeof value.constant === 'object' ? value.constant : undefined;
}

/** The type of an exact result: both sides are decimals or literals, and 128 bits hold it. */
function exactType(operator: '+' | '-' | '*', left: ScalarValue, right: ScalarValue): ScalarType | undefined {
  const [a, b] = [left, right].map(decimalType);
  if (a === undefined || b === undefined || (left.type.kind !== 'decimal' && right.type.kind !== 'decimal')) return undefined;
  const scale = operator === '*' ? a.scale + b.scale : Math.max(a.scale, b.scale);
  const aligned = (type: { scale: number; bits: number }): number => type.bits + Math.ceil((scale - type.scale) * 3.33);
  const bits = operator === '*' ? a.bits + b.bits : Math.max(aligned(a), aligned(b)) + 1;
  return bits <= BITS_MAX && scale <= 18 ? { kind: 'decimal', scale, bits } : undefined;
}

function decimalType(value: ScalarValue): { scale: number; bits: number } | undefined {
  const constant = constantOf(value);
  const type = constant === undefined ? value.type : constantDecimal(constant);
  return type.kind === 'decimal' ? type : undefined;
}

function powerOf(left: ScalarValue, right: ScalarValue, guards: readonly Code[], lowering: Lowering, place: Place): SimpleValue {
  const exponent = constantOf(right);
  const whole = exponent === undefined ? undefined : decimal.toInteger(exponent);
  const value: ScalarValue = { kind: 'scalar', type: NUMBER, code: call('Math.pow', asNumber(left), asNumber(right)), guards };
  if (whole !== undefined && whole >= 0n) return value;
  const base = constantOf(left);
  if (base !== undefined && base.coefficient > 0n) return value;
  lowering.surroundings.warn(
    place,
    'a power of 0, or of less than 0, may be infinite or not a number where FEEL gives null',
    'such values are written as null in outputs, but comparisons with them are not null',
  );
  return value;
}

function isText(value: ScalarValue): boolean {
  return value.type.kind === 'text' || value.type.kind === 'enum';
}

/** Two texts as one. */
function joined(left: ScalarValue, right: ScalarValue, lowering: Lowering): SimpleValue {
  const [a, b] = [left, right].map((value) => asText(value, lowering));
  if (typeof a!.constant === 'string' && typeof b!.constant === 'string') return textConstant(a!.constant + b!.constant);
  return { kind: 'scalar', type: TEXT, code: binary(a!.code, '+', b!.code, Level.SUM), guards: [...a!.guards, ...b!.guards] };
}

/** A text that functions of texts take: enums have none. */
export function asText(value: ScalarValue, lowering: Lowering): ScalarValue {
  return value.type.kind === 'enum' ? (lowering.surroundings.textOf(lowering.named(value)) as ScalarValue) : value;
}

function differing(what: string, operator: string): never {
  throw new Refusal(`\`${operator}\` beside ${what} is always null`, 'give both sides numbers, or both texts for `+`');
}
