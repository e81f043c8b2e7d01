// Types of CEL as fields and expressions of Verdict have them.

import { FieldKind } from '../../../../assembly/shared/value-type.js';
import type { Field, Model, Table } from '../../../schema/model.js';
import { INT_MAX, INT_MIN, UINT_MAX } from '../value/value.js';

/**
 * An integer lies between two bounds. It is a plain number where both are safe integers and it came that way; else a decimal
 * without digits behind the point.
 */
export interface IntegerType {
  readonly kind: 'int' | 'uint';
  readonly low: bigint;
  readonly high: bigint;
  readonly form: 'number' | 'decimal';
  /** The largest size that the compiler takes it to have, where that is more than the bounds say. */
  readonly sizeSeen?: bigint;
}

export interface ListType {
  readonly kind: 'list';
  readonly element: CelType;
  readonly countMax: number;
}

export interface ObjectType {
  readonly kind: 'object';
  readonly members: ReadonlyMap<string, Member>;
}

export type CelType =
  | { readonly kind: 'bool' | 'double' | 'string' | 'timestamp' | 'null' }
  /** A text that is one of these. */
  | { readonly kind: 'enum'; readonly members: readonly string[] }
  /** A double that a payload has as an exact decimal: the double is the one nearest to it. */
  | { readonly kind: 'decimal'; readonly scale: number }
  /** A calendar date, which CEL has no type for. */
  | { readonly kind: 'date' }
  | IntegerType
  | ListType
  | ObjectType;

/**
 * `never` null; `absent`: the payload may leave it out; `null`: it may be null; `either`: both, which Verdict does not tell apart.
 */
export type Nullness = 'never' | 'absent' | 'null' | 'either';

export interface Member {
  readonly type: CelType;
  readonly nullness: Nullness;
}

const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER);
export const DOUBLE: CelType = { kind: 'double' };
export const BOOL: CelType = { kind: 'bool' };
export const STRING: CelType = { kind: 'string' };
export const TIMESTAMP: CelType = { kind: 'timestamp' };

/** Bounds of int and uint. */
export function rangeOf(kind: 'int' | 'uint'): { low: bigint; high: bigint } {
  return kind === 'int' ? { low: INT_MIN, high: INT_MAX } : { low: 0n, high: UINT_MAX };
}

export function isSafe(low: bigint, high: bigint): boolean {
  return low >= -SAFE_MAX && high <= SAFE_MAX;
}

export function isInteger(type: CelType): type is IntegerType {
  return type.kind === 'int' || type.kind === 'uint';
}

/** The name that CEL has for a type, for people. */
export function nameOf(type: CelType): string {
  switch (type.kind) {
    case 'enum':
      return 'string';
    case 'decimal':
      return 'double';
    case 'list':
      return `list(${nameOf(type.element)})`;
    case 'object':
      return 'map';
    default:
      return type.kind;
  }
}

/**
 * The payload's type.
 *
 * @param uints paths of fields that are declared as uint
 * @param nullness by path, of fields that may be null; what it does not say may be absent
 */
export function payloadType(model: Model, uints: ReadonlySet<string>, nullness: ReadonlyMap<string, Nullness>): ObjectType {
  const objectOf = (table: Table): ObjectType => ({
    kind: 'object',
    members: new Map(
      table.fields.map((field) => [
        field.name,
        { type: typeOf(field), nullness: field.nullable ? (nullness.get(field.path) ?? 'absent') : 'never' },
      ]),
    ),
  });
  const typeOf = (field: Field): CelType => {
    switch (field.kind) {
      case FieldKind.BOOL:
        return BOOL;
      case FieldKind.INT:
      case FieldKind.LONG:
        return integerOf(field, uints.has(field.path), 'number');
      case FieldKind.DECIMAL:
        return field.scale === 0 ? integerOf(field, uints.has(field.path), 'decimal') : { kind: 'decimal', scale: field.scale! };
      case FieldKind.DOUBLE:
        return DOUBLE;
      case FieldKind.ENUM:
        return { kind: 'enum', members: field.members!.map(({ name }) => name) };
      case FieldKind.TIMESTAMP:
        return TIMESTAMP;
      case FieldKind.DATE:
        return { kind: 'date' };
      case FieldKind.LIST:
        return { kind: 'list', element: elementOf(field), countMax: Number(field.maximum) };
      case FieldKind.OBJECT:
        return objectOf(model.tables[field.child!]!);
      default:
        return STRING;
    }
  };
  const elementOf = (field: Field): CelType =>
    field.element === undefined ? objectOf(model.tables[field.child!]!) : typeOf(field.element);
  return objectOf(model.tables[0]!);
}

function integerOf(field: Field, isUnsigned: boolean, form: IntegerType['form']): IntegerType {
  const range = form === 'number' ? { low: -SAFE_MAX, high: SAFE_MAX } : rangeOf('int');
  const low = field.minimum === undefined ? range.low : BigInt(field.minimum);
  const high = field.maximum === undefined ? range.high : BigInt(field.maximum);
  return { kind: isUnsigned ? 'uint' : 'int', low, high, form };
}
