// Dates in foreign tables: a pattern of YYYY M MM D DD H HH m mm s ss SSS, or one of three named forms. Times are UTC.

import { parseDate, parseTimestamp } from '../schema/time.js';

export type DatePart = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'weekday';

export interface DatePattern {
  /** As it is written in input.yaml. */
  source: string;
  /** A named form, or the regular expression of a pattern with one group for each unit. */
  form: 'ISO' | 'epoch-seconds' | 'epoch-millis' | RegExp;
}

const UNITS: Readonly<Record<string, string>> = {
  YYYY: '(?<year>\\d{4})',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  DD: '(?<day>\\d{2})',
  D: '(?<day>\\d{1,2})',
  HH: '(?<hour>\\d{2})',
  H: '(?<hour>\\d{1,2})',
  mm: '(?<minute>\\d{2})',
  m: '(?<minute>\\d{1,2})',
  ss: '(?<second>\\d{2})',
  s: '(?<second>\\d{1,2})',
  SSS: '(?<millis>\\d{3})',
};

/** Reads a pattern; undefined where it lacks year, month and day, names a unit twice, or has a letter that is no unit. */
export function parseDatePattern(source: string): DatePattern | undefined {
  if (source === 'ISO' || source === 'epoch-seconds' || source === 'epoch-millis') return { source, form: source };
  let pattern = '';
  const seen = new Set<string>();
  for (const part of source.match(/YYYY|MM?|DD?|HH?|mm?|ss?|SSS|[\s\S]/g) ?? []) {
    const unit = UNITS[part];
    if (unit === undefined) {
      if (/[A-SU-Za-z]/.test(part)) return undefined;
      pattern += part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
      continue;
    }
    const name = unit.slice(3, unit.indexOf('>'));
    if (seen.has(name)) return undefined;
    seen.add(name);
    pattern += unit;
  }
  if (!seen.has('year') || !seen.has('month') || !seen.has('day')) return undefined;
  return { source, form: new RegExp(`^${pattern}$`, 'u') };
}

/**
 * Reads a text by a pattern.
 * @param shape `timestamp`: RFC 3339 in UTC; `date`: YYYY-MM-DD; or one part as a number (Monday is weekday 1)
 * @returns undefined where the text does not fit or there is no such day
 */
export function applyDate(pattern: DatePattern, text: string, shape: 'timestamp' | 'date' | DatePart): string | number | undefined {
  const micros = toMicros(pattern, text);
  if (micros === undefined) return undefined;
  const date = new Date(Math.floor(micros / 1000));
  if (Number.isNaN(date.getTime())) return undefined;
  const year = date.getUTCFullYear();
  switch (shape) {
    case 'timestamp':
    case 'date': {
      if (year < 0 || year > 9999) return undefined;
      const iso = date.toISOString();
      if (shape === 'date') return iso.slice(0, 10);
      const rest = micros - Math.floor(micros / 1_000_000) * 1_000_000;
      return `${iso.slice(0, 19)}${rest === 0 ? '' : `.${String(rest).padStart(6, '0')}`}Z`;
    }
    case 'year':
      return year;
    case 'month':
      return date.getUTCMonth() + 1;
    case 'day':
      return date.getUTCDate();
    case 'hour':
      return date.getUTCHours();
    case 'minute':
      return date.getUTCMinutes();
    case 'second':
      return date.getUTCSeconds();
    case 'weekday':
      return date.getUTCDay() === 0 ? 7 : date.getUTCDay();
  }
}

/** Microseconds since 1970, exact for the years 1684 to 2255. */
function toMicros(pattern: DatePattern, text: string): number | undefined {
  const { form } = pattern;
  if (form === 'epoch-seconds' || form === 'epoch-millis') {
    if (!/^-?\d{1,15}$/.test(text)) return undefined;
    return Number(text) * (form === 'epoch-seconds' ? 1_000_000 : 1000);
  }
  if (form === 'ISO') {
    const day = parseDate(text);
    if (day !== undefined) return day * 86_400_000_000;
    const joined = text.replace(' ', 'T');
    const micros = parseTimestamp(/([zZ]|[+-]\d\d:\d\d)$/.test(joined) ? joined : `${joined}Z`);
    return micros === undefined ? undefined : Number(micros);
  }
  const groups = form.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const two = (name: string): string => (groups[name] ?? '0').padStart(2, '0');
  const iso = `${groups.year}-${two('month')}-${two('day')}T${two('hour')}:${two('minute')}:${two('second')}.${groups.millis ?? '000'}Z`;
  const micros = parseTimestamp(iso);
  return micros === undefined ? undefined : Number(micros);
}
