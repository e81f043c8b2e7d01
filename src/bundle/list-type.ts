// Types of lists as texts, and texts as entries of a type.

import { RegisterType } from '../../assembly/shared/value-type.js';
import type { ListType as MemberType } from '../image/list.js';
import { SCALE_MAX, scaledFromNumber, scaledFromText } from '../schema/decimal.js';
import { parseDate, parseTimestamp } from '../schema/time.js';
import type { ListType } from './lists.js';

/** What a region holds. */
export type Member = string | number | bigint;

/** `string`, `number`, `date`, `timestamp` or `decimal(SCALE)`, as the manifest has it. */
export function listTypeText(type: ListType): string {
  return typeof type === 'string' ? type : `decimal(${type.decimal})`;
}

/** The type that `listTypeText` wrote, or undefined. */
export function parseListType(text: string): ListType | undefined {
  if (text === 'string' || text === 'number' || text === 'date' || text === 'timestamp') return text;
  const scale = Number(/^decimal\((\d{1,2})\)$/.exec(text)?.[1] ?? Number.NaN);
  return scale <= SCALE_MAX ? { decimal: scale } : undefined;
}

/** How a region holds entries of a type. */
export function memberTypeOf(type: ListType): MemberType {
  if (type === 'string') return RegisterType.TEXT;
  return type === 'number' ? RegisterType.F64 : RegisterType.I64;
}

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** Reads texts as entries of a type; undefined for a text that is none. */
export function memberReader(type: ListType): (text: string) => Member | undefined {
  if (type === 'string') return (text) => text;
  if (type === 'number') {
    return (text) => {
      const value = NUMBER.test(text.trim()) ? Number(text) : Number.NaN;
      return Number.isFinite(value) ? value : undefined;
    };
  }
  const read =
    type === 'date'
      ? parseDate
      : type === 'timestamp'
        ? parseTimestamp
        : (text: string): bigint | undefined => {
            const scaled = scaledFromText(text, type.decimal);
            return typeof scaled === 'bigint' ? scaled : undefined;
          };
  return (text) => {
    const value = read(text.trim());
    return value === undefined ? undefined : BigInt(value);
  };
}

/** What the author of an entry that is none may want to know. */
export function entryAdvice(type: ListType): string {
  switch (type) {
    case 'string':
      return 'write a text';
    case 'number':
      return 'write a number such as `12.5`';
    case 'date':
      return 'write a date such as `2026-01-31`';
    case 'timestamp':
      return 'write a timestamp such as `2026-01-31T12:00:00Z`';
    default:
      return `write a number with at most ${type.decimal} digits after the point`;
  }
}

const LONE_HALF = /[\ud800-\udfff]/u;

/** The member for a value that a program gives: a text as in a file, or a number. Undefined where it is none of the type. */
export function memberOf(type: ListType, value: unknown, readText = memberReader(type)): Member | undefined {
  if (typeof value === 'string') return LONE_HALF.test(value) ? undefined : readText(value);
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  if (typeof type !== 'object') return undefined;
  if (typeof value === 'bigint') return readText(String(value));
  const scaled = typeof value === 'number' && Number.isFinite(value) ? scaledFromNumber(value, type.decimal) : undefined;
  return typeof scaled === 'number' ? BigInt(scaled) : undefined;
}
