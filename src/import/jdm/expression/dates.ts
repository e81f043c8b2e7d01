// The date functions of ZEN, which count seconds since 1970 in UTC: on fixed texts their value, on timestamps and dates of the
// payload code that gives the same seconds. The newer `d(...)` and its methods have no like.

import { atom, call, compared, computed, dotted, Level } from '../code.js';
import { type Constant, constant, isDecimalValue, plainOf, Refusal, type Scalar, type Sym, ZenFailure } from '../symbol.js';
import { numberOf } from './decimal.js';
import type { ZenNode } from './node.js';
import { timeOfText } from './texts.js';
import type { Translation } from './translate.js';

const DAY_SECONDS = 86_400;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
/** A date; a time of UTC behind a space; or RFC 3339. */
const DATE_TEXT = /^(\d{4})-(\d{2})-(\d{2})(?: (\d{2}:\d{2}:\d{2})|T(\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:\d{2}))?$/;
const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/;

/** Seconds of a text of one of the forms that ZEN reads for certain; undefined for all others. */
export function secondsOf(text: string): number | undefined {
  const match = DATE_TEXT.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = match.slice(1, 4).map(Number) as [number, number, number];
  const midnight = new Date(Date.UTC(year, month - 1, day));
  const time = timeOfDay(match[4] ?? match[5] ?? '00:00');
  const isDay = midnight.getUTCFullYear() === year && midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day;
  if (!isDay || time === undefined) return undefined;
  const zone = match[6] ?? 'Z';
  const offset = zone === 'Z' ? 0 : timeOfDay(zone.slice(1));
  if (offset === undefined) return undefined;
  return midnight.getTime() / 1000 + time - (zone.startsWith('-') ? -offset : offset);
}

/** Seconds since midnight of `23:45` and `23:45:01`; undefined for all else. */
function timeOfDay(text: string): number | undefined {
  const match = TIME_OF_DAY.exec(text);
  if (match === null) return undefined;
  const [hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0)) as [number, number, number];
  return hour * 3600 + minute * 60 + second;
}

/** Seconds of a duration such as `1h 30m`; undefined where it is none. */
function durationOf(text: string): number | undefined {
  const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: DAY_SECONDS, w: 7 * DAY_SECONDS };
  let total = 0;
  let rest = text.trim();
  if (rest === '') return undefined;
  while (rest !== '') {
    const match = /^(\d+)\s*(?:(s|m|h|d|w)|sec(?:ond)?s?|min(?:ute)?s?|hours?|days?|weeks?)\b\s*/.exec(rest);
    if (match === null) return undefined;
    total += Number(match[1]) * units[match[2] ?? match[0].replace(/^\d+\s*/, '')[0]!]!;
    rest = rest.slice(match[0].length);
  }
  return total;
}

function dateOf(seconds: number): Date {
  return new Date(seconds * 1000);
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / (DAY_SECONDS * 1000)) + 1;
}

/** The week by ISO 8601. */
function weekOf(date: Date): number {
  const thursday = new Date(date.getTime());
  thursday.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  return Math.ceil(dayOfYear(thursday) / 7);
}

function textOf(seconds: number): string {
  return dateOf(seconds).toISOString().slice(0, 19).replace('T', ' ');
}

type Edge = (date: Date) => void;
const STARTS: Readonly<Record<string, Edge>> = {
  second: () => undefined,
  minute: (date) => date.setUTCSeconds(0),
  hour: (date) => date.setUTCMinutes(0, 0),
  day: (date) => date.setUTCHours(0, 0, 0),
  week: (date) => {
    date.setUTCHours(0, 0, 0);
    date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  },
  month: (date) => {
    date.setUTCHours(0, 0, 0);
    date.setUTCDate(1);
  },
  year: (date) => {
    date.setUTCHours(0, 0, 0);
    date.setUTCMonth(0, 1);
  },
};
const NEXTS: Readonly<Record<string, Edge>> = {
  second: (date) => date.setUTCSeconds(date.getUTCSeconds() + 1),
  minute: (date) => date.setUTCMinutes(date.getUTCMinutes() + 1),
  hour: (date) => date.setUTCHours(date.getUTCHours() + 1),
  day: (date) => date.setUTCDate(date.getUTCDate() + 1),
  week: (date) => date.setUTCDate(date.getUTCDate() + 7),
  month: (date) => date.setUTCMonth(date.getUTCMonth() + 1),
  year: (date) => date.setUTCFullYear(date.getUTCFullYear() + 1),
};
const UNITS: Readonly<Record<string, string>> = { s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week', M: 'month', y: 'year' };

/** The beginning or the last second of the unit that a time lies in. */
function edgeOf(seconds: number, unit: string, isEnd: boolean): number {
  const name = UNITS[unit] ?? unit.replace(/s$/, '');
  if (!Object.hasOwn(STARTS, name)) throw new Refusal(`there is no unit \`${unit}\``);
  const date = dateOf(seconds);
  STARTS[name]!(date);
  if (isEnd) NEXTS[name]!(date);
  return Math.floor(date.getTime() / 1000) - (isEnd ? 1 : 0);
}

/** Functions of a fixed time in seconds. */
const OF_TIME: Readonly<Record<string, (seconds: number) => number | string>> = {
  date: (seconds) => seconds,
  time: (seconds) => seconds,
  year: (seconds) => dateOf(seconds).getUTCFullYear(),
  monthOfYear: (seconds) => dateOf(seconds).getUTCMonth() + 1,
  dayOfMonth: (seconds) => dateOf(seconds).getUTCDate(),
  dayOfWeek: (seconds) => dateOf(seconds).getUTCDay() || 7,
  dayOfYear: (seconds) => dayOfYear(dateOf(seconds)),
  weekOfYear: (seconds) => weekOf(dateOf(seconds)),
  monthString: (seconds) => MONTHS[dateOf(seconds).getUTCMonth()]!,
  weekdayString: (seconds) => WEEKDAYS[dateOf(seconds).getUTCDay()]!,
  dateString: textOf,
};

/** Methods of timestamps that mean the same, in UTC. */
const METHODS: Readonly<Record<string, string>> = {
  year: 'year',
  monthOfYear: 'month',
  dayOfMonth: 'day',
  dayOfWeek: 'dayOfWeek',
  dayOfYear: 'dayOfYear',
};

/** Seconds of a fixed text. @throws ZenFailure where ZEN does not read it, Refusal where it may */
function secondsOfText(text: string, isTime: boolean): number {
  const date = secondsOf(text);
  const seconds = !isTime ? date : text.includes(':') && date !== undefined ? modulo(date, DAY_SECONDS) : timeOfDay(text);
  if (seconds !== undefined) return seconds;
  if (/\d/.test(text)) throw new Refusal('a time in another form than `2025-03-19`, `2025-03-19 10:00:00`, RFC 3339 or `10:00`');
  throw new ZenFailure('a text that is no time: ZEN fails here');
}

const modulo = (a: number, b: number): number => ((a % b) + b) % b;

/** A function of dates; undefined where it is none of them. @throws Refusal */
export function dateFunction(translation: Translation, name: string, args: readonly Sym[], node: ZenNode): Sym | undefined {
  if (name === 'd') throw new Refusal('`d` and its methods have no like');
  const isEdge = name === 'startOf' || name === 'endOf';
  if (!isEdge && name !== 'duration' && !Object.hasOwn(OF_TIME, name)) return undefined;
  const value = plainOf(args[0] ?? constant(null));
  if (name === 'duration') {
    const seconds = value.kind === 'constant' && typeof value.value === 'string' ? durationOf(value.value) : undefined;
    if (seconds === undefined) throw new Refusal('a duration that is not fixed, or of a form that ZEN does not read');
    return whole(seconds);
  }
  if (value.kind === 'scalar') {
    if (name === 'time' && value.type.kind === 'text') return timeOfText(translation, value, node);
    return ofPayload(translation, name, value);
  }
  if (value.kind !== 'constant') throw new Refusal('a time is a text or a number');
  if (value.value === 'now') return name === 'date' ? now() : ofPayload(translation, name, nowScalar());
  if (typeof value.value !== 'string' && !isDecimalValue(value.value))
    throw new ZenFailure('a time is a text or a number: ZEN fails here');
  const seconds = typeof value.value === 'string' ? secondsOfText(value.value, name === 'time') : Math.trunc(numberOf(value.value));
  if (!Number.isFinite(dateOf(seconds).getTime())) throw new Refusal('a time that is too far away');
  if (isEdge) {
    const unit = plainOf(args[1] ?? constant(null));
    if (unit.kind !== 'constant' || typeof unit.value !== 'string') throw new Refusal('a unit of time that is not fixed');
    return whole(edgeOf(seconds, unit.value, name === 'endOf'));
  }
  const result = OF_TIME[name]!(seconds);
  return typeof result === 'string' ? constant(result) : whole(result);
}

function whole(value: number): Constant {
  return constant({ units: BigInt(Math.trunc(value)), scale: 0 });
}

function nowScalar(): Scalar {
  return { kind: 'scalar', type: { kind: 'timestamp' }, code: atom('now'), nullable: false, needs: [], isPath: true };
}

/** Bounds of seconds that stand in texts of dates: the years 0 to 9999. */
const SECONDS_MAX = 253_402_300_800;

function secondsScalar(value: Scalar): Scalar {
  const isDate = value.type.kind === 'date';
  const since = isDate ? 'daysSince("1970-01-01")' : 'secondsSince("1970-01-01T00:00:00Z")';
  const seconds = call(
    'toDecimal',
    isDate ? computed('*', dotted(value.code, since), atom(String(DAY_SECONDS))) : call('Math.floor', dotted(value.code, since)),
    atom('0'),
    atom('"down"'),
  );
  return {
    kind: 'scalar',
    type: { kind: 'decimal', scale: 0, low: -SECONDS_MAX, high: SECONDS_MAX },
    code: seconds,
    nullable: false,
    needs: value.nullable ? [...value.needs, compared('!==', value.code, { text: 'null', level: Level.PRIMARY })] : value.needs,
    isPath: false,
  };
}

function now(): Scalar {
  return secondsScalar(nowScalar());
}

function ofPayload(translation: Translation, name: string, value: Scalar): Sym {
  const { kind } = value.type;
  if (kind === 'decimal' && name === 'date') return translation.number(value);
  if (kind !== 'timestamp' && kind !== 'date')
    throw new Refusal('a time that is neither a date nor a timestamp of RFC 3339 in all payloads');
  if (value.nullable && !value.isPath) throw new Refusal('a time that may be null');
  if (name === 'date') return secondsScalar(value);
  const method = METHODS[name];
  if (method === undefined) throw new Refusal(`\`${name}\` has no like`);
  return {
    kind: 'scalar',
    type: { kind: 'float' },
    code: dotted(value.code, kind === 'date' ? `${method}()` : `${method}("UTC")`),
    nullable: false,
    needs: value.nullable ? [compared('!==', value.code, { text: 'null', level: Level.PRIMARY })] : value.needs,
    isPath: false,
  };
}
