// One JSON value against one field, by the letter: the slow and complete form of what encode.ts does fast. It converts the
// defaults of a model, and names what is wrong with a value once encode.ts has found that something is.

import { FieldKind } from '../../assembly/shared/value-type.js';
import { formatDecimal, POWERS_OF_TEN, scaledFromNumber, scaledFromText } from './decimal.js';
import type { Field, FieldValue } from './model.js';
import { formatDate, formatTimestamp, parseDate, parseTimestamp } from './time.js';

/** Stable codes of PayloadError, see errors.ts. */
export type ConvertCode =
  | 'TYPE'
  | 'ENUM'
  | 'MINIMUM'
  | 'MAXIMUM'
  | 'MIN_LENGTH'
  | 'MAX_LENGTH'
  | 'MIN_ITEMS'
  | 'MAX_ITEMS'
  | 'SCALE'
  | 'FORMAT'
  | 'UTF16';

export type Converted = { ok: true; value: FieldValue } | { ok: false; code: ConvertCode; message: string };

/**
 * The register form of a JSON value (or bigint, for the 64-bit kinds) of a scalar or text field: boolean; number for INT, LONG
 * and DOUBLE; bigint for DECIMAL (scaled), TIMESTAMP and DATE; member number for ENUM; string for TEXT. Not for OBJECT and LIST.
 */
export function convertValue(field: Field, value: unknown): Converted {
  switch (field.kind) {
    case FieldKind.BOOL:
      return typeof value === 'boolean' ? { ok: true, value } : fault('TYPE', 'must be true or false');
    case FieldKind.INT:
    case FieldKind.LONG:
      return convertInteger(field, value);
    case FieldKind.DOUBLE:
      return typeof value === 'number' ? bounded(field, value) : fault('TYPE', 'must be a number');
    case FieldKind.DECIMAL:
      return convertDecimal(field, value);
    case FieldKind.TIMESTAMP: {
      if (typeof value !== 'string') return fault('TYPE', 'must be a text: an RFC 3339 timestamp');
      const micros = parseTimestamp(value);
      if (micros === undefined) {
        return fault(
          'FORMAT',
          'must be an RFC 3339 timestamp with an offset and at most 6 digits of a second, such as 2026-01-31T09:30:00Z',
        );
      }
      return bounded(field, BigInt(micros));
    }
    case FieldKind.DATE: {
      if (typeof value !== 'string') return fault('TYPE', 'must be a text: a date');
      const days = parseDate(value);
      return days === undefined ? fault('FORMAT', 'must be a date such as 2026-01-31') : bounded(field, BigInt(days));
    }
    case FieldKind.ENUM: {
      if (typeof value !== 'string') return fault('TYPE', 'must be a text: a member of the enum');
      const member = field.members!.find(({ name }) => name === value);
      return member === undefined ? fault('ENUM', `must be one of ${memberList(field)}`) : { ok: true, value: member.number };
    }
    case FieldKind.TEXT:
      return convertText(field, value);
    default:
      throw new Error(`field ${field.path} holds no single value`);
  }
}

function convertInteger(field: Field, value: unknown): Converted {
  if (typeof value === 'bigint') {
    if (value < BigInt(Number.MIN_SAFE_INTEGER)) return fault('MINIMUM', `must be at least ${boundText(field, field.minimum)}`);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) return fault('MAXIMUM', `must be at most ${boundText(field, field.maximum)}`);
    return bounded(field, Number(value));
  }
  if (typeof value !== 'number' || Number.isNaN(value)) return fault('TYPE', 'must be an integer');
  if (value < Number.MIN_SAFE_INTEGER) return fault('MINIMUM', `must be at least ${boundText(field, field.minimum)}`);
  if (value > Number.MAX_SAFE_INTEGER) return fault('MAXIMUM', `must be at most ${boundText(field, field.maximum)}`);
  return Number.isInteger(value) ? bounded(field, value + 0) : fault('TYPE', 'must be an integer');
}

function convertDecimal(field: Field, value: unknown): Converted {
  const scale = field.scale!;
  const places = scale === 0 ? 'be an integer' : `have at most ${scale} ${scale === 1 ? 'digit' : 'digits'} after the point`;
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return fault('TYPE', 'must be a decimal');
    const scaled = scaledFromNumber(value, scale);
    if (scaled === 'SCALE') return fault('SCALE', `must ${places}`);
    if (typeof scaled === 'number') return bounded(field, BigInt(scaled));
    // Too large to be exact: against the bounds it is exact enough, since they lie within 64 bits.
    const approximate = value * POWERS_OF_TEN[scale]!;
    const { minimum = -(2 ** 63), maximum = 2 ** 63 } = field;
    if (approximate < Number(minimum)) return fault('MINIMUM', `must be at least ${boundText(field, field.minimum)}`);
    if (approximate > Number(maximum)) return fault('MAXIMUM', `must be at most ${boundText(field, field.maximum)}`);
    return fault('SCALE', 'is too large to be exact as a JSON number: write it as a text');
  }
  const text = typeof value === 'bigint' ? String(value) : value;
  if (typeof text !== 'string') return fault('TYPE', 'must be a decimal: a number, or a text of digits');
  const scaled = scaledFromText(text, scale);
  if (typeof scaled === 'bigint') return bounded(field, scaled);
  if (scaled === 'SCALE') return fault('SCALE', `must ${places}`);
  if (scaled === 'FORMAT') return fault('FORMAT', 'must be a decimal such as "19.99"');
  return text.startsWith('-')
    ? fault('MINIMUM', `must be at least ${boundText(field, field.minimum)}`)
    : fault('MAXIMUM', `must be at most ${boundText(field, field.maximum)}`);
}

function convertText(field: Field, value: unknown): Converted {
  if (typeof value !== 'string') return fault('TYPE', 'must be a text');
  const chars = codePoints(value);
  if (chars < 0) return fault('UTF16', 'has half of a surrogate pair, which is no character');
  if (field.minimum !== undefined && chars < field.minimum) {
    return fault('MIN_LENGTH', `must have at least ${field.minimum} ${field.minimum === 1 ? 'character' : 'characters'}`);
  }
  if (field.maximum !== undefined && chars > field.maximum) {
    return fault('MAX_LENGTH', `must have at most ${field.maximum} ${field.maximum === 1 ? 'character' : 'characters'}`);
  }
  return { ok: true, value };
}

function bounded(field: Field, value: number | bigint): Converted {
  // Written as the engine tests it: NaN fails both where a bound is given.
  if (field.minimum !== undefined && !(value >= field.minimum)) {
    return fault('MINIMUM', `must be at least ${boundText(field, field.minimum)}`);
  }
  if (field.maximum !== undefined && !(value <= field.maximum)) {
    return fault('MAXIMUM', `must be at most ${boundText(field, field.maximum)}`);
  }
  return { ok: true, value };
}

/** What is wrong with the number of elements of a list, if anything. */
export function countFault(field: Field, count: number): { code: ConvertCode; message: string } | undefined {
  const items = (bound: number | bigint | undefined): string => `${bound} ${Number(bound) === 1 ? 'item' : 'items'}`;
  if (count < Number(field.minimum ?? 0)) return { code: 'MIN_ITEMS', message: `must have at least ${items(field.minimum)}` };
  if (count > Number(field.maximum ?? 0)) return { code: 'MAX_ITEMS', message: `must have at most ${items(field.maximum)}` };
  return undefined;
}

/** A value in register form as the author of a payload writes it. */
export function formatValue(field: Field, value: FieldValue): string {
  switch (field.kind) {
    case FieldKind.DECIMAL:
      return formatDecimal(value as bigint, field.scale!);
    case FieldKind.TIMESTAMP:
      return formatTimestamp(value as bigint);
    case FieldKind.DATE:
      return formatDate(Number(value));
    case FieldKind.ENUM:
      return field.members!.find(({ number }) => number === value)?.name ?? String(value);
    default:
      return String(value);
  }
}

/** Code points of a text, or -1 where it has half of a surrogate pair. */
export function codePoints(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++, count++) {
    const unit = text.charCodeAt(i);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    if (unit > 0xdbff) return -1;
    const next = text.charCodeAt(++i);
    if (!(next >= 0xdc00 && next <= 0xdfff)) return -1;
  }
  return count;
}

function boundText(field: Field, bound: number | bigint | undefined): string {
  if (bound !== undefined) return formatValue(field, bound);
  return field.kind === FieldKind.DECIMAL ? `what 64 bits hold at scale ${field.scale}` : 'what a number holds exactly';
}

function memberList(field: Field): string {
  const names = field.members!.map(({ name }) => JSON.stringify(name));
  return names.length <= 12 ? names.join(', ') : `${names.slice(0, 12).join(', ')}, ... (${names.length} in all)`;
}

function fault(code: ConvertCode, message: string): Converted {
  return { ok: false, code, message };
}
