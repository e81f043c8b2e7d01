// Values of parameters: from JSON, YAML or a text to the one form in which they are stored and compared, and to what a register
// holds.

import { RegisterType } from '../../assembly/shared/value-type.js';
import type { ManifestParameter, ParameterValue } from '../image/manifest.js';
import { formatDecimal, I64_MAX, I64_MIN, SCALE_MAX, scaledFromNumber, scaledFromText } from '../schema/decimal.js';
import { formatDate, formatTimestamp, parseDate, parseTimestamp } from '../schema/time.js';

export type ParameterType =
  | 'boolean'
  | 'number'
  | 'integer'
  | 'string'
  | 'date'
  | 'timestamp'
  | { decimal: number }
  /** Members of a field of the model, by its path. */
  | { enum: string };

/** What a value has to fit. */
export type DeclaredParameter = Pick<ManifestParameter, 'type' | 'minimum' | 'maximum' | 'maxLength'>;

/** Numbers of the members of the enum, by name. */
export type Members = ReadonlyMap<string, number>;

/** As a register holds it: a number; an integer of 64 bits (decimal, timestamp, date, member); a boolean; a text. */
export type ParameterContent = number | bigint | boolean | string;

/** Why a value does not fit, and what to write instead. */
export interface ParameterFault {
  code: 'TYPE' | 'MINIMUM' | 'MAXIMUM' | 'MAX_LENGTH' | 'ENUM';
  message: string;
  advice: string;
}

export type ParameterReading = { value: ParameterValue; content: ParameterContent } | { fault: ParameterFault };

const WORDS = ['boolean', 'number', 'integer', 'string', 'date', 'timestamp'] as const;
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const LONE_HALF = /[\ud800-\udfff]/u;
/** Largest number of a member of an enum. */
const MEMBER_MAX = 65535n;
const SHOWN_CHARS_MAX = 40;

/** `number`, `decimal(2)`, `enum(card.brand)`: as the manifest has it. */
export function parameterTypeText(type: ParameterType): string {
  if (typeof type === 'string') return type;
  return 'decimal' in type ? `decimal(${type.decimal})` : `enum(${type.enum})`;
}

/** The type that `parameterTypeText` wrote, or undefined. */
export function parseParameterType(text: string): ParameterType | undefined {
  const word = WORDS.find((each) => each === text);
  if (word !== undefined) return word;
  const path = /^enum\((.+)\)$/.exec(text)?.[1];
  if (path !== undefined) return { enum: path };
  const scale = Number(/^decimal\((\d{1,2})\)$/.exec(text)?.[1] ?? Number.NaN);
  return scale <= SCALE_MAX ? { decimal: scale } : undefined;
}

/** The type of the register that holds a value. */
export function parameterRegister(type: ParameterType): RegisterType {
  switch (type) {
    case 'boolean':
      return RegisterType.BOOL;
    case 'number':
    case 'integer':
      return RegisterType.F64;
    case 'string':
      return RegisterType.TEXT;
    default:
      return RegisterType.I64;
  }
}

/** Whether values of a type have a least and a largest one. */
export function isBounded(type: ParameterType): boolean {
  return type !== 'boolean' && type !== 'string' && !(typeof type === 'object' && 'enum' in type);
}

/**
 * Reads a value: a boolean, a number, or a text as a file would have it (`19.90`, `2026-01-31`, `true`).
 * @param members of the enum; without, every name is a member
 */
export function readParameter(declared: DeclaredParameter, given: unknown, members?: Members): ParameterReading {
  const type = typeOf(declared);
  const content = contentOf(type, given, members);
  if (content === undefined) {
    const code = typeof type === 'object' && 'enum' in type && typeof given === 'string' ? 'ENUM' : 'TYPE';
    return { fault: { code, message: `${shown(given)} is no ${declared.type}`, advice: adviceFor(type, members) } };
  }
  const fault = boundFault(declared, type, content, given, members);
  return fault === undefined ? { value: formOf(type, content, given), content } : { fault };
}

/** The least and the largest content that a declaration without faults allows; of F64 and I64. */
export function boundsOf(declared: DeclaredParameter): { low: number | bigint; high: number | bigint } {
  const type = typeOf(declared);
  const least = declared.minimum === undefined ? undefined : (contentOf(type, declared.minimum) as number | bigint | undefined);
  const most = declared.maximum === undefined ? undefined : (contentOf(type, declared.maximum) as number | bigint | undefined);
  if (typeof type === 'object' && 'enum' in type) return { low: 0n, high: MEMBER_MAX };
  if (parameterRegister(type) === RegisterType.I64) return { low: least ?? I64_MIN, high: most ?? I64_MAX };
  const safe = type === 'integer' ? Number.MAX_SAFE_INTEGER : Number.POSITIVE_INFINITY;
  return { low: least ?? -safe, high: most ?? safe };
}

function typeOf({ type }: DeclaredParameter): ParameterType {
  const parsed = parseParameterType(type);
  if (parsed === undefined) throw new Error(`not a type of a parameter: ${type}`);
  return parsed;
}

function contentOf(type: ParameterType, given: unknown, members?: Members): ParameterContent | undefined {
  switch (type) {
    case 'boolean':
      return typeof given === 'boolean' ? given : given === 'true' ? true : given === 'false' ? false : undefined;
    case 'number':
      return numberOf(given);
    case 'integer': {
      const value = numberOf(given);
      return Number.isSafeInteger(value) ? value : undefined;
    }
    case 'string':
      return typeof given === 'string' && !LONE_HALF.test(given) ? given : undefined;
    case 'date':
      return typeof given === 'string' ? integerOf(parseDate(given.trim())) : undefined;
    case 'timestamp':
      return typeof given === 'string' ? integerOf(parseTimestamp(given.trim())) : undefined;
    default:
      return 'decimal' in type ? decimalOf(given, type.decimal) : memberOf(given, members);
  }
}

function numberOf(given: unknown): number | undefined {
  const value = typeof given === 'string' && NUMBER.test(given.trim()) ? Number(given) : given;
  // One zero: a version is known by its content.
  return typeof value === 'number' && Number.isFinite(value) ? value + 0 : undefined;
}

function integerOf(value: number | bigint | undefined): bigint | undefined {
  return value === undefined ? undefined : BigInt(value);
}

function decimalOf(given: unknown, scale: number): bigint | undefined {
  if (typeof given === 'string') {
    const scaled = scaledFromText(given.trim(), scale);
    return typeof scaled === 'bigint' ? scaled : undefined;
  }
  if (typeof given === 'bigint') return decimalOf(String(given), scale);
  const scaled = typeof given === 'number' && Number.isFinite(given) ? scaledFromNumber(given, scale) : undefined;
  return typeof scaled === 'number' ? BigInt(scaled) : undefined;
}

function memberOf(given: unknown, members: Members | undefined): bigint | undefined {
  if (typeof given !== 'string') return undefined;
  if (members === undefined) return 0n;
  const number = members.get(given);
  return number === undefined ? undefined : BigInt(number);
}

function formOf(type: ParameterType, content: ParameterContent, given: unknown): ParameterValue {
  if (typeof content !== 'bigint') return content;
  if (type === 'date') return formatDate(Number(content));
  if (type === 'timestamp') return formatTimestamp(content);
  return typeof type === 'object' && 'decimal' in type ? formatDecimal(content, type.decimal) : (given as string);
}

function boundFault(
  declared: DeclaredParameter,
  type: ParameterType,
  content: ParameterContent,
  given: unknown,
  members: Members | undefined,
): ParameterFault | undefined {
  const { minimum, maximum, maxLength } = declared;
  if (typeof content === 'string') {
    const length = maxLength === undefined ? 0 : [...content].length;
    if (maxLength === undefined || length <= maxLength) return undefined;
    return { code: 'MAX_LENGTH', message: `the text has ${length} characters`, advice: `write at most ${maxLength}` };
  }
  const least = minimum === undefined ? undefined : contentOf(type, minimum, members);
  const most = maximum === undefined ? undefined : contentOf(type, maximum, members);
  if (least !== undefined && content < least) {
    const message = `${shown(given)} is less than the minimum ${minimum}`;
    return { code: 'MINIMUM', message, advice: `write ${minimum} or more` };
  }
  if (most !== undefined && content > most) {
    const message = `${shown(given)} is more than the maximum ${maximum}`;
    return { code: 'MAXIMUM', message, advice: `write ${maximum} or less` };
  }
  return undefined;
}

function adviceFor(type: ParameterType, members: Members | undefined): string {
  switch (type) {
    case 'boolean':
      return 'write `true` or `false`';
    case 'number':
      return 'write a number such as `12.5`';
    case 'integer':
      return 'write a whole number such as `12`, of at most 2^53';
    case 'string':
      return 'write a text';
    case 'date':
      return 'write a date such as `2026-01-31`';
    case 'timestamp':
      return 'write a timestamp such as `2026-01-31T12:00:00Z`';
    default: {
      if ('decimal' in type)
        return `write a number with at most ${type.decimal} digits after the point, as a text where it has more than 15 digits`;
      const names = [...(members?.keys() ?? [])].slice(0, 12);
      return names.length === 0 ? 'write the name of a member' : `write one of ${names.map((name) => `\`${name}\``).join(', ')}`;
    }
  }
}

function shown(given: unknown): string {
  const text = typeof given === 'string' ? given : (JSON.stringify(given) ?? String(given));
  return `\`${text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}…` : text}\``;
}
