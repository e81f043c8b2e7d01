// The types of the language. Nullability is no part of a type: only a field can be null, and the checker knows where.

import { FieldKind } from '../../assembly/shared/value-type.js';
import { I64_MAX, I64_MIN } from '../schema/decimal.js';
import type { EnumMember, Field } from '../schema/model.js';

export const I128_MIN = -(2n ** 127n);
export const I128_MAX = 2n ** 127n - 1n;

export interface DecimalType {
  kind: 'decimal';
  scale: number;
  /** Every value lies between these, inclusive, scaled by 10^scale. */
  low: bigint;
  high: bigint;
  /** Held in a pair of registers. An operation on a wide operand is wide. */
  wide: boolean;
}

export interface TextType {
  kind: 'text';
  /** Largest length in UTF-8. */
  bytesMax: number;
}

export interface EnumType {
  kind: 'enum';
  field: Field;
  members: readonly EnumMember[];
}

export interface ObjectType {
  kind: 'object';
  /** Index in Model.tables. */
  table: number;
}

export interface ListType {
  kind: 'list';
  /** Never null. */
  element: Type;
  countMax: number;
}

export type Type =
  | { kind: 'boolean' | 'number' | 'timestamp' | 'date' | 'null' }
  /** The type of what has been reported already; it fits everywhere, so that one mistake is one diagnostic. */
  | { kind: 'error' }
  | DecimalType
  | TextType
  | EnumType
  | ObjectType
  | ListType;

export const BOOLEAN: Type = { kind: 'boolean' };
export const NUMBER: Type = { kind: 'number' };
export const TIMESTAMP: Type = { kind: 'timestamp' };
export const DATE: Type = { kind: 'date' };
export const NULL: Type = { kind: 'null' };
export const ERROR: Type = { kind: 'error' };

/** Bytes of one code point in UTF-8 at most. */
const UTF8_BYTES_MAX = 4;

/** A decimal type; wide where 64 bits do not hold it or an operand was wide. */
export function decimalType(scale: number, low: bigint, high: bigint, wide = false): DecimalType {
  return { kind: 'decimal', scale, low, high, wide: wide || low < I64_MIN || high > I64_MAX };
}

/** True where every value fits the 128 bits in which decimals are computed. */
export function fitsWide(type: DecimalType): boolean {
  return type.low >= I128_MIN && type.high <= I128_MAX;
}

/** True where the two enums give every member the same number, so that comparing numbers compares members. */
export function sameEnum(a: EnumType, b: EnumType): boolean {
  const text = (type: EnumType): string => JSON.stringify(type.members.map(({ name, number }) => [name, number]).sort());
  return a.field === b.field || text(a) === text(b);
}

/** The type as an author reads it: `number`, `decimal(2)`, `string`, `enum(card.brand)`. */
export function typeName(type: Type): string {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.scale})`;
    case 'text':
      return 'string';
    case 'enum':
      return `enum(${type.field.path})`;
    case 'list':
      return `${typeName(type.element)}[]`;
    default:
      return type.kind;
  }
}

/** The type in a sentence: "a number", "an enum". */
export function typePhrase(type: Type): string {
  switch (type.kind) {
    case 'null':
      return 'null';
    case 'text':
      return 'a text';
    case 'enum':
    case 'object':
      return `an ${type.kind}`;
    case 'decimal':
      return type.scale === 0 ? 'a 64-bit integer' : `a decimal with ${type.scale} digits after the point`;
    default:
      return `a ${type.kind}`;
  }
}

/** Bytes of a well-formed text in UTF-8. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0)!;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** The type of a field's value where it is not null. */
export function typeOfField(field: Field): Type {
  switch (field.kind) {
    case FieldKind.BOOL:
      return BOOLEAN;
    case FieldKind.INT:
    case FieldKind.LONG:
    case FieldKind.DOUBLE:
      return NUMBER;
    case FieldKind.DECIMAL:
      return decimalType(field.scale ?? 0, BigInt(field.minimum ?? I64_MIN), BigInt(field.maximum ?? I64_MAX));
    case FieldKind.TIMESTAMP:
      return TIMESTAMP;
    case FieldKind.DATE:
      return DATE;
    case FieldKind.ENUM:
      return { kind: 'enum', field, members: field.members ?? [] };
    case FieldKind.TEXT:
      return { kind: 'text', bytesMax: Number(field.maximum ?? 0) * UTF8_BYTES_MAX };
    case FieldKind.OBJECT:
      return { kind: 'object', table: field.child! };
    case FieldKind.LIST:
      return { kind: 'list', element: typeOfElement(field), countMax: Number(field.maximum ?? 0) };
    default:
      return ERROR;
  }
}

/** The type of a list's elements. */
export function typeOfElement(list: Field): Type {
  return list.element === undefined ? { kind: 'object', table: list.child! } : typeOfField(list.element);
}
