// Decimals of JSON text, exactly: JSON.parse makes a double of 9007199254740993 and of 0.1000000000000000055, and neither is what
// stands there. This puts the digits in their places, as texts, which a decimal may be as well.

import { FieldKind } from '../../assembly/shared/value-type.js';
import { SCALE_MAX } from './decimal.js';
import { closes, type JsonPlace, skipValue, take, takeKey } from './json-members.js';
import type { Field, Model, Table } from './model.js';

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?/y;
/** Digits before the point of anything that 64 bits hold, and one more. */
const WHOLE_DIGITS_MAX = 20;
/** More digits behind the point than any decimal has. */
const TOO_FINE = `0.${'0'.repeat(SCALE_MAX)}1`;

interface Cursor extends JsonPlace {
  readonly model: Model;
}

/** Whether a model has decimals. */
export function hasDecimals(model: Model): boolean {
  return model.tables.some(({ fields }) => fields.some(({ kind }) => kind === FieldKind.DECIMAL));
}

/**
 * Replaces the numbers that stand for decimals of the model.
 *
 * @param text JSON, no key twice in an object
 * @param value what JSON.parse makes of it; changed in place
 */
export function restoreDecimals(model: Model, text: string, value: unknown): void {
  const cursor = { model, text, at: 0 };
  take(cursor, SPACE);
  restoreObject(cursor, model.tables[0]!, value);
}

function restoreObject(cursor: Cursor, table: Table, value: unknown): void {
  if (cursor.text[cursor.at] !== '{') {
    skipValue(cursor);
    return;
  }
  const fields = new Map(table.fields.map((field) => [field.name, field]));
  const object = value as Record<string, unknown>;
  cursor.at++;
  while (!closes(cursor, '}')) {
    const key = takeKey(cursor);
    restoreField(cursor, fields.get(key), object, key);
  }
}

/** The value that is next: `holder[key]`, of this field. */
function restoreField(
  cursor: Cursor,
  field: Field | undefined,
  holder: Record<string | number, unknown>,
  key: string | number,
): void {
  if (field?.kind === FieldKind.OBJECT) restoreObject(cursor, cursor.model.tables[field.child!]!, holder[key]);
  else if (field?.kind === FieldKind.LIST) restoreList(cursor, field, holder[key]);
  else if (field?.kind === FieldKind.DECIMAL && typeof holder[key] === 'number') {
    const digits = digitsOf(take(cursor, NUMBER));
    if (digits !== undefined) holder[key] = digits;
  } else skipValue(cursor);
}

function restoreList(cursor: Cursor, list: Field, value: unknown): void {
  if (cursor.text[cursor.at] !== '[') {
    skipValue(cursor);
    return;
  }
  const element: Field = list.element ?? { ...list, kind: FieldKind.OBJECT };
  const items = value as Record<number, unknown>;
  cursor.at++;
  for (let index = 0; !closes(cursor, ']'); index++) restoreField(cursor, element, items, index);
}

/** A number as a text that a decimal may be; undefined where it is too large for any, as its double then is too. */
function digitsOf(number: string): string | undefined {
  NUMBER.lastIndex = 0;
  const [, sign = '', whole = '', fraction = '', power = '0'] = NUMBER.exec(number)!;
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const exponent = Number(power) - fraction.length + digits.length - significant.length;
  if (significant.length + exponent > WHOLE_DIGITS_MAX) return undefined;
  if (exponent >= 0) return sign + significant + '0'.repeat(exponent);
  if (exponent < -SCALE_MAX) return sign + TOO_FINE;
  const padded = significant.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}
