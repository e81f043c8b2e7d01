// Dates and times that the importer knows, and what is asked of dates.

import { code, method } from './code.js';
import { Refusal } from './refusal.js';
import { momentConstant, NUMBER, type ScalarValue } from './value.js';

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIMESTAMP = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(Z|[+-]\d\d:\d\d)$/;
/** FEEL's member of a date -> the method that gives it. */
const DATE_MEMBERS: Readonly<Record<string, string>> = { year: 'year', month: 'month', day: 'day', weekday: 'dayOfWeek' };

/** The value of a text behind `@`, or in `date("...")` and `date and time("...")`. Throws Refusal. */
export function momentOf(text: string): ScalarValue {
  const date = dateOf(text);
  if (date !== undefined) return date;
  const parts = TIMESTAMP.exec(text);
  if (parts !== null && dateOf(parts[1]!) !== undefined && !Number.isNaN(Date.parse(text))) {
    const time = parts[2]!.length === 5 ? `${parts[2]}:00` : parts[2]!;
    return momentConstant('timestamp', `${parts[1]}T${time}${parts[3]}`);
  }
  if (/^\d{4}-\d\d-\d\dT/.test(text)) {
    throw new Refusal('a date and time without an offset is not carried over', 'write the offset: `2026-01-31T12:00:00Z`');
  }
  if (/^-?P/.test(text)) throw new Refusal('durations are not carried over', 'count days or hours as numbers');
  if (/^\d\d:/.test(text)) throw new Refusal('times without a date are not carried over', 'use hours and minutes as numbers');
  throw new Refusal(`${JSON.stringify(text)} is no date`, 'write `2026-01-31`');
}

/** A date by its text; undefined where it is none of the calendar. */
export function dateOf(text: string): ScalarValue | undefined {
  const parts = DATE.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day] = parts.map(Number);
  const found = new Date(Date.UTC(2000, month! - 1, day!));
  found.setUTCFullYear(year!, month! - 1, day!);
  const exists = found.getUTCMonth() === month! - 1 && found.getUTCDate() === day!;
  return exists ? momentConstant('date', text) : undefined;
}

/** `date.year` and such; undefined for what dates do not have. */
export function dateMember(value: ScalarValue, name: string): ScalarValue | undefined {
  if (value.type.kind === 'timestamp') {
    throw new Refusal(
      `\`${name}\` of a date and time is not carried over`,
      'payloads hold moments without their offsets: ask a date',
    );
  }
  const found = Object.hasOwn(DATE_MEMBERS, name) ? DATE_MEMBERS[name] : undefined;
  if (value.type.kind !== 'date' || found === undefined) return undefined;
  if (typeof value.constant === 'string') {
    throw new Refusal(`\`${name}\` of a date that is written down`, 'write the number');
  }
  return { kind: 'scalar', type: NUMBER, code: method(code(value.code.text), found), guards: value.guards };
}
