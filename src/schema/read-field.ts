// One property of the JSON Schema -> kind, bounds and default of one field. Everything about objects is in read-model.ts.

import { ENUM_MEMBERS_MAX, LIST_COUNT_MAX, TEXT_CHARS_DEFAULT, TEXT_CHARS_MAX } from '../../assembly/shared/limits.js';
import { FieldKind } from '../../assembly/shared/value-type.js';
import type { DiagnosticCode } from '../diagnostic/codes.js';
import { convertValue } from './convert.js';
import { exactNumber, I64_MAX, I64_MIN, nextDown, nextUp, SCALE_MAX, scaleExact } from './decimal.js';
import { FORMATS, type SchemaType } from './keywords.js';
import type { Field } from './model.js';
import { jsonText } from './reading.js';

type Schema = Readonly<Record<string, unknown>>;

/** What the form of a field can hold, bounds apart. */
interface Domain {
  minimum: bigint;
  maximum: bigint;
}

const INT32: Domain = { minimum: -(2n ** 31n), maximum: 2n ** 31n - 1n };
const SAFE: Domain = { minimum: 1n - 2n ** 53n, maximum: 2n ** 53n - 1n };
const I64: Domain = { minimum: I64_MIN, maximum: I64_MAX };

/** Reports what is wrong with a keyword of the schema being read ('' = the schema as a whole). */
export type Complain = (code: DiagnosticCode, keyword: string, message: string, advice?: string | undefined) => void;

/** What the type and its keywords say of a field. */
export interface Shape {
  kind: FieldKind;
  scale?: number;
  minimum?: number | bigint;
  maximum?: number | bigint;
  /** ENUM: members in the order written. */
  memberNames?: string[];
}

/** Kind and bounds of a field that is no list. After a complaint the shape is still usable, so that the reading can go on. */
export function readShape(given: Schema, { type, nullable }: { type: SchemaType; nullable: boolean }, complain: Complain): Shape {
  const format = readFormat(given, type, complain);
  if (given.const !== undefined && nullable) {
    complain('V2005', 'const', 'null is not the value that const asks for', 'take "null" out of type');
  }
  switch (type) {
    case 'boolean':
      return { kind: FieldKind.BOOL };
    case 'integer':
      return readInteger(constAsBounds(given, complain), format, constComplain(given, complain));
    case 'number':
      return readNumber(constAsBounds(given, complain), constComplain(given, complain));
    case 'string':
      return readString(given, format, nullable, complain);
    default:
      return { kind: FieldKind.OBJECT };
  }
}

/** A number that is given is one between two equal bounds. */
function constAsBounds(schema: Schema, complain: Complain): Schema {
  if (schema.const === undefined) return schema;
  for (const keyword of ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum']) {
    if (schema[keyword] !== undefined) complain('V2002', keyword, `${keyword} has no effect beside const`, 'remove it');
  }
  const { multipleOf } = schema;
  return { ...(multipleOf === undefined ? {} : { multipleOf }), minimum: schema.const, maximum: schema.const };
}

/** What is wrong with the bounds that a const stands for is wrong with the const. */
function constComplain(schema: Schema, complain: Complain): Complain {
  if (schema.const === undefined) return complain;
  return (code, keyword, message, advice) => {
    if (keyword !== 'minimum' && keyword !== 'maximum') complain(code, keyword, message, advice);
    else if (code === 'V2005') complain(code, 'const', 'const must be a finite number', advice);
    else complain(code, 'const', 'const is no value of this type', advice);
  };
}

/** How many elements a list has, as the bounds of its field. */
export function readCounts(schema: Schema, complain: Complain): Shape {
  if (schema.uniqueItems !== undefined && schema.uniqueItems !== false) {
    complain('V2002', 'uniqueItems', 'uniqueItems is not supported: it would not be checked', 'refuse twins with a rule');
  }
  const minimum = readLength(schema, 'minItems', LIST_COUNT_MAX, complain);
  const maximum = readLength(schema, 'maxItems', LIST_COUNT_MAX, complain) ?? LIST_COUNT_MAX;
  if (schema.maxItems === undefined) {
    complain('V2014', '', 'a list needs maxItems: what it may cost has to be known', `write maxItems, at most ${LIST_COUNT_MAX}`);
  }
  if (minimum === undefined || minimum === 0) return { kind: FieldKind.LIST, maximum };
  if (minimum > maximum) complain('V2006', 'minItems', 'minItems is above maxItems: no list can meet it');
  return { kind: FieldKind.LIST, minimum, maximum };
}

function readFormat(schema: Schema, type: SchemaType, complain: Complain): string | undefined {
  if (schema.format === undefined) return undefined;
  const known = FORMATS[type] ?? [];
  if (typeof schema.format === 'string' && known.includes(schema.format)) return schema.format;
  const choice = known.length === 0 ? 'remove it' : `the formats of ${type} are ${known.join(', ')}`;
  complain('V2002', 'format', `format ${jsonText(schema.format)} is not supported on ${type}: it would not be checked`, choice);
  return undefined;
}

function readInteger(schema: Schema, format: string | undefined, complain: Complain): Shape {
  if (schema.multipleOf !== undefined && schema.multipleOf !== 1 && schema.multipleOf !== 1n) {
    complain('V2005', 'multipleOf', 'multipleOf of an integer can only be 1', 'test the remainder with a rule');
  }
  if (format === 'int64') return { kind: FieldKind.DECIMAL, scale: 0, ...bounds(readScaledBounds(schema, 0, I64, complain)) };
  if (format === 'int32') {
    const { minimum, maximum } = readScaledBounds(schema, 0, INT32, complain);
    return { kind: FieldKind.INT, minimum: Number(minimum ?? INT32.minimum), maximum: Number(maximum ?? INT32.maximum) };
  }
  const { minimum, maximum } = readScaledBounds(schema, 0, SAFE, complain);
  const isSmall = minimum !== undefined && maximum !== undefined && minimum >= INT32.minimum && maximum <= INT32.maximum;
  return {
    kind: isSmall ? FieldKind.INT : FieldKind.LONG,
    ...(minimum === undefined ? {} : { minimum: Number(minimum) }),
    ...(maximum === undefined ? {} : { maximum: Number(maximum) }),
  };
}

function readNumber(schema: Schema, complain: Complain): Shape {
  if (schema.multipleOf === undefined) return { kind: FieldKind.DOUBLE, ...bounds(readDoubleBounds(schema, complain)) };
  const scale = scaleOf(schema.multipleOf);
  if (scale === undefined) {
    complain(
      'V2005',
      'multipleOf',
      `multipleOf of a number must be 1, 0.1, 0.01 and so on down to 1e-${SCALE_MAX}`,
      'a decimal has a fixed count of digits after the point; other steps are for a rule to test',
    );
    return { kind: FieldKind.DECIMAL, scale: 2 };
  }
  return { kind: FieldKind.DECIMAL, scale, ...bounds(readScaledBounds(schema, scale, I64, complain)) };
}

/** k where value = 10^-k, 0 <= k <= 18. */
function scaleOf(value: unknown): number | undefined {
  if (value === 1 || value === 1n) return 0;
  if (typeof value !== 'number' || !(value > 0 && value < 1)) return undefined;
  for (let scale = 1; scale <= SCALE_MAX; scale++) if (value === Number(`1e-${scale}`)) return scale;
  return undefined;
}

function readString(schema: Schema, format: string | undefined, nullable: boolean, complain: Complain): Shape {
  const fixed = schema.enum !== undefined ? 'enum' : schema.const !== undefined ? 'const' : undefined;
  const special = fixed ?? format;
  if (special !== undefined) {
    for (const keyword of ['minLength', 'maxLength'] as const) {
      if (schema[keyword] !== undefined) complain('V2002', keyword, `${keyword} has no effect beside ${special}`, 'remove it');
    }
    if (fixed !== undefined && format !== undefined)
      complain('V2002', 'format', `format has no effect beside ${fixed}`, 'remove it');
    if (fixed === 'enum' && schema.const !== undefined)
      complain('V2002', 'const', 'const has no effect beside enum', 'write the one member into enum');
  }
  if (schema.enum !== undefined) return { kind: FieldKind.ENUM, memberNames: readMembers(schema.enum, 'enum', nullable, complain) };
  if (schema.const !== undefined)
    return { kind: FieldKind.ENUM, memberNames: readMembers([schema.const], 'const', false, complain) };
  if (format === 'date-time') return { kind: FieldKind.TIMESTAMP };
  if (format === 'date') return { kind: FieldKind.DATE };
  const minimum = readLength(schema, 'minLength', TEXT_CHARS_MAX, complain);
  const maximum = readLength(schema, 'maxLength', TEXT_CHARS_MAX, complain) ?? TEXT_CHARS_DEFAULT;
  if (minimum !== undefined && minimum > maximum) {
    const unset = schema.maxLength === undefined ? ` (${TEXT_CHARS_DEFAULT} where it is not given)` : '';
    complain('V2006', 'minLength', `minLength is above maxLength${unset}: no text can meet it`);
    return { kind: FieldKind.TEXT, maximum };
  }
  return { kind: FieldKind.TEXT, ...bounds({ minimum: minimum === 0 ? undefined : minimum, maximum }) };
}

/** A length that a keyword gives; undefined where it is absent or wrong. */
function readLength(schema: Schema, keyword: string, max: number, complain: Complain): number | undefined {
  const given = typeof schema[keyword] === 'bigint' ? Number(schema[keyword]) : schema[keyword];
  if (given === undefined) return undefined;
  if (typeof given !== 'number' || !Number.isInteger(given) || given < 0) {
    complain('V2005', keyword, `${keyword} must be an integer of at least 0`);
    return undefined;
  }
  if (given > max) {
    const what = max === TEXT_CHARS_MAX && keyword.endsWith('Length') ? 'text' : 'list';
    complain('V2012', keyword, `${keyword} is above ${max}, the largest that a ${what} may ask for`);
    return undefined;
  }
  return given;
}

/** The members of an enum, or the one that const names. */
function readMembers(value: unknown, keyword: 'enum' | 'const', nullable: boolean, complain: Complain): string[] {
  const names: string[] = [];
  if (!Array.isArray(value)) {
    complain('V2009', 'enum', 'enum must be a list of texts');
    return names;
  }
  for (const [i, entry] of value.entries()) {
    // JSON Schema asks for null among the members of a nullable enum; it is no member of its own here.
    if (entry === null && nullable) continue;
    const at = keyword === 'enum' ? `enum/${i}` : keyword;
    if (typeof entry !== 'string')
      complain('V2009', at, `a member of enum must be a text, not ${jsonText(entry)}`, 'write it in quotes');
    else if (names.includes(entry)) complain('V2009', at, `member ${JSON.stringify(entry)} stands twice in enum`);
    else if (entry === '__proto__') complain('V2009', at, 'a member of enum cannot be called __proto__');
    else names.push(entry);
  }
  if (names.length === 0) complain('V2009', keyword, 'enum has no member');
  if (names.length > ENUM_MEMBERS_MAX) {
    complain('V2012', 'enum', `enum has ${names.length} members; ${ENUM_MEMBERS_MAX} are allowed`);
    names.length = ENUM_MEMBERS_MAX;
  }
  return names;
}

/** A bound as JSON has it: a finite number, or a bigint of a YAML reader. */
function readBound(schema: Schema, keyword: string, complain: Complain): number | bigint | undefined {
  const value = schema[keyword];
  if (value === undefined) return undefined;
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return value;
  complain('V2005', keyword, `${keyword} must be a finite number`);
  return undefined;
}

/** Inclusive bounds times 10^scale; a bound at or beyond the end of the domain asks for nothing and is left out. */
function readScaledBounds(
  schema: Schema,
  scale: number,
  domain: Domain,
  complain: Complain,
): { minimum?: bigint | undefined; maximum?: bigint | undefined } {
  const scaled = (keyword: string, up: boolean): { scaled: bigint; exact: boolean } | undefined => {
    const bound = readBound(schema, keyword, complain);
    if (bound === undefined) return undefined;
    const result = scaleExact(exactNumber(bound), scale, up);
    const inside = result.scaled >= domain.minimum && result.scaled <= domain.maximum;
    if (inside && typeof bound === 'number' && !isExactSpelling(bound)) {
      complain('V2006', keyword, `${keyword} has more digits than a JSON number keeps`, 'write a bound of at most 15 digits');
    }
    return result;
  };
  let minimum = scaled('minimum', true)?.scaled;
  let maximum = scaled('maximum', false)?.scaled;
  const above = scaled('exclusiveMinimum', true);
  const below = scaled('exclusiveMaximum', false);
  if (above !== undefined) {
    const from = above.exact ? above.scaled + 1n : above.scaled;
    if (minimum === undefined || from > minimum) minimum = from;
  }
  if (below !== undefined) {
    const to = below.exact ? below.scaled - 1n : below.scaled;
    if (maximum === undefined || to < maximum) maximum = to;
  }
  const low = minimum === undefined || minimum < domain.minimum ? domain.minimum : minimum;
  const high = maximum === undefined || maximum > domain.maximum ? domain.maximum : maximum;
  if (low > high) {
    complain('V2006', boundKeyword(schema), 'no value lies between the bounds');
    return {};
  }
  return { minimum: low > domain.minimum ? low : undefined, maximum: high < domain.maximum ? high : undefined };
}

/** True where the double stands for one decimal of its length only: at most 15 digits, or an integer a double counts to. */
function isExactSpelling(value: number): boolean {
  if (Number.isInteger(value)) return Math.abs(value) <= Number.MAX_SAFE_INTEGER || exactNumber(value).digits % 1000n === 0n;
  const { digits } = exactNumber(value);
  return (digits < 0n ? -digits : digits) < 10n ** 16n;
}

function readDoubleBounds(schema: Schema, complain: Complain): { minimum?: number | undefined; maximum?: number | undefined } {
  const read = (keyword: string): number | undefined => {
    const bound = readBound(schema, keyword, complain);
    return bound === undefined ? undefined : Number(bound) + 0;
  };
  let minimum = read('minimum');
  let maximum = read('maximum');
  const above = read('exclusiveMinimum');
  const below = read('exclusiveMaximum');
  if (above !== undefined && (minimum === undefined || above >= minimum)) minimum = nextUp(above);
  if (below !== undefined && (maximum === undefined || below <= maximum)) maximum = nextDown(below);
  const finite = (minimum === undefined || Number.isFinite(minimum)) && (maximum === undefined || Number.isFinite(maximum));
  if (!finite || (minimum !== undefined && maximum !== undefined && minimum > maximum)) {
    complain('V2006', boundKeyword(schema), 'no value lies between the bounds');
    return {};
  }
  return { minimum, maximum };
}

function boundKeyword(schema: Schema): string {
  return ['maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum'].find((keyword) => schema[keyword] !== undefined) ?? '';
}

function bounds<T extends number | bigint>(given: {
  minimum?: T | undefined;
  maximum?: T | undefined;
}): { minimum?: T; maximum?: T } {
  return {
    ...(given.minimum === undefined ? {} : { minimum: given.minimum }),
    ...(given.maximum === undefined ? {} : { maximum: given.maximum }),
  };
}

/** Sets the default of a finished field from the schema's `default`; null there says what absence says anyway. */
export function readDefault(field: Field, value: unknown, complain: Complain): void {
  if (value === null) return;
  const converted = convertValue(field, value);
  if (!converted.ok) {
    complain('V2007', 'default', `the default ${jsonText(value)} does not fit: it ${converted.message}`);
    return;
  }
  field.default = typeof converted.value === 'number' ? converted.value + 0 : converted.value;
}
