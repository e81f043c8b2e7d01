// Time zones: what a clock and a calendar show at a moment (microseconds since 1970 UTC, any i64), and when their days begin. The
// data is a blob of the image, written by src/compiler/zones/zone-blob.ts and verified here, all little-endian:
//
//   | format u32 | transitions u32 | cycle year u32 | 0 u32 | version of the data, 8 bytes |
//   | moment of each transition i64, rising | offset before the first, then from each on: seconds east of UTC, i32 | padding to 8 |
//
// Before the first transition the first offset counts. A cycle year C above 0 says: the years C to C + 27 have all 14 calendars
// (weekday of the first of January, leap or not), the transitions of each year from C on depend on its calendar alone, and none is
// within two days of a year's end. A later moment is then looked up in the year of the cycle with the same calendar.
//
// Nothing overflows: sums that leave i64 stop at its ends, and none of the blob's values gets near them.

import { FunctionId } from '../shared/function';
import {
  calendarDay,
  calendarDayOfWeek,
  calendarDayOfYear,
  calendarMonth,
  calendarYear,
  firstDayOfYear,
  floorDivide,
} from './calendar';

const ZONE_FORMAT_VALUE: u32 = 1;
const ZONE_FORMAT: usize = 0;
const ZONE_COUNT: usize = 4;
const ZONE_CYCLE_YEAR: usize = 8;
const ZONE_RESERVED: usize = 12;
const ZONE_TRANSITIONS: usize = 24;

const CYCLE_YEARS: i64 = 28;
const CYCLE_YEAR_MIN: u32 = 1970;
const CYCLE_YEAR_MAX: u32 = 2400;
const TRANSITIONS_MAX: u32 = 4096;
/** Some 34,000 years: no sum near a transition overflows. */
const TRANSITION_MAX: i64 = 1 << 60;
const OFFSET_SECONDS_MAX: i32 = 86399;

const SECOND: i64 = 1000000;
const MINUTE: i64 = 60000000;
const HOUR: i64 = 3600000000;
const DAY: i64 = 86400000000;
/** Beyond it there is no transition, and days times DAY still fits. */
const FAR_DAYS: i64 = 100000000;
/** The days of i64 lie within. */
const DAYS_MAX: i64 = 106751993;

/** Whether the blob is well-formed, so that nothing below reads outside it. Transitions are at least a day apart. */
export function verifyZone(blob: usize, bytes: u32): bool {
  if (bytes < 32 || (bytes & 7) !== 0) return false;
  const count = load<u32>(blob, ZONE_COUNT);
  if (load<u32>(blob, ZONE_FORMAT) !== ZONE_FORMAT_VALUE || load<u32>(blob, ZONE_RESERVED) !== 0) return false;
  if (count > TRANSITIONS_MAX || bytes !== (((ZONE_TRANSITIONS as u32) + count * 12 + 4 + 7) >> 3) << 3) return false;
  const cycleYear = load<u32>(blob, ZONE_CYCLE_YEAR);
  if (cycleYear !== 0 && (cycleYear < CYCLE_YEAR_MIN || cycleYear > CYCLE_YEAR_MAX)) return false;
  let last: i64 = -TRANSITION_MAX - DAY;
  const transitions = blob + ZONE_TRANSITIONS;
  for (let i: u32 = 0; i < count; i++) {
    const moment = load<i64>(transitions + ((i as usize) << 3));
    if (moment > TRANSITION_MAX || moment < last + DAY) return false;
    last = moment;
  }
  const offsets = transitions + ((count as usize) << 3);
  for (let i: u32 = 0; i <= count; i++) {
    const offset = load<i32>(offsets + ((i as usize) << 2));
    if (offset > OFFSET_SECONDS_MAX || offset < -OFFSET_SECONDS_MAX) return false;
  }
  return true;
}

/** A part of a moment in a zone, by its FunctionId (TIME_YEAR to TIME_DAY_OF_YEAR); 0 for any other. */
export function timePart(id: u32, micros: i64, zone: usize): f64 {
  const utcDay = floorDivide(micros, DAY);
  const time = micros - utcDay * DAY + offsetAt(micros, utcDay, zone);
  const carry = floorDivide(time, DAY);
  const timeOfDay = time - carry * DAY;
  const days = utcDay + carry;
  switch (id) {
    case FunctionId.TIME_YEAR:
      return calendarYear(days) as f64;
    case FunctionId.TIME_MONTH:
      return calendarMonth(days) as f64;
    case FunctionId.TIME_DAY:
      return calendarDay(days) as f64;
    case FunctionId.TIME_HOUR:
      return (timeOfDay / HOUR) as f64;
    case FunctionId.TIME_MINUTE:
      return ((timeOfDay % HOUR) / MINUTE) as f64;
    case FunctionId.TIME_SECOND:
      return ((timeOfDay % MINUTE) / SECOND) as f64;
    case FunctionId.TIME_DAY_OF_WEEK:
      return calendarDayOfWeek(days) as f64;
    case FunctionId.TIME_DAY_OF_YEAR:
      return calendarDayOfYear(days) as f64;
    default:
      return 0;
  }
}

/** The date of a moment in a zone: days since 1970-01-01. */
export function timeDate(micros: i64, zone: usize): i64 {
  const utcDay = floorDivide(micros, DAY);
  return utcDay + floorDivide(micros - utcDay * DAY + offsetAt(micros, utcDay, zone), DAY);
}

/** The first moment of the day that a moment lies in. */
export function timeStartOfDay(micros: i64, zone: usize): i64 {
  return dateStart(timeDate(micros, zone), zone);
}

/**
 * The last microsecond before the next day begins. Where clocks went back over midnight, the next day has begun before this one's
 * repeated end: for a moment in that end, this one is before it.
 */
export function timeEndOfDay(micros: i64, zone: usize): i64 {
  const next = dateStart(timeDate(micros, zone) + 1, zone);
  return next === i64.MAX_VALUE || next === i64.MIN_VALUE ? next : next - 1;
}

/**
 * The first moment of a date: midnight; where clocks showed it twice, the first; where they leapt over it (or over the whole day),
 * the moment of the leap. Stops at the ends of i64.
 */
export function dateStart(days: i64, zone: usize): i64 {
  if (days > DAYS_MAX) return i64.MAX_VALUE;
  if (days < -DAYS_MAX) return i64.MIN_VALUE;
  let away = cycleDays(days, zone);
  if (away === 0) {
    if (days > FAR_DAYS) away = days - FAR_DAYS;
    else if (days < -FAR_DAYS) away = days + FAR_DAYS;
  }
  // What the clock shows, as if it were UTC. The moment is less than a day from it.
  const midnight = (days - away) * DAY;
  const count = load<u32>(zone, ZONE_COUNT);
  const transitions = zone + ZONE_TRANSITIONS;
  let at = segmentAt(midnight - DAY, zone);
  let moment = midnight - offsetOf(at, zone);
  while (at < count) {
    const end = load<i64>(transitions + ((at as usize) << 3));
    if (moment < end) break;
    // This offset never shows midnight before it ends. The next one does, or has it behind it: then it was leapt over.
    at++;
    moment = midnight - offsetOf(at, zone);
    if (moment <= end) {
      moment = end;
      break;
    }
  }
  const whole = away * DAY;
  const sum = moment + whole;
  if ((moment ^ sum) & (whole ^ sum) & i64.MIN_VALUE) return whole < 0 ? i64.MIN_VALUE : i64.MAX_VALUE;
  return sum;
}

/** The offset at a moment, in microseconds east of UTC. */
function offsetAt(micros: i64, utcDay: i64, zone: usize): i64 {
  return offsetOf(segmentAt(micros - cycleDays(utcDay, zone) * DAY, zone), zone);
}

/** Offset of a segment, in microseconds. Segment 0 is before the first transition, segment n from the nth on. */
function offsetOf(segment: u32, zone: usize): i64 {
  const offsets = zone + ZONE_TRANSITIONS + ((load<u32>(zone, ZONE_COUNT) as usize) << 3);
  return (load<i32>(offsets + ((segment as usize) << 2)) as i64) * SECOND;
}

/** How many transitions are at or before a moment. */
function segmentAt(micros: i64, zone: usize): u32 {
  const transitions = zone + ZONE_TRANSITIONS;
  let low: u32 = 0;
  let high = load<u32>(zone, ZONE_COUNT);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<i64>(transitions + ((middle as usize) << 3)) <= micros) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many days a day after the cycle lies after the same day of the cycle's year with the same calendar; 0 up to its end. */
function cycleDays(days: i64, zone: usize): i64 {
  const cycleYear = load<u32>(zone, ZONE_CYCLE_YEAR) as i64;
  if (cycleYear === 0 || days < firstDayOfYear(cycleYear + CYCLE_YEARS)) return 0;
  const year = calendarYear(days);
  const first = firstDayOfYear(year);
  const length = firstDayOfYear(year + 1) - first;
  // The calendar repeats every 400 years. A blob without a fitting year, which no compiler writes, takes the last one.
  let candidate = firstDayOfYear(cycleYear);
  for (let i: i64 = 0; i < CYCLE_YEARS; i++) {
    const next = firstDayOfYear(cycleYear + i + 1);
    if (next - candidate === length && (first - candidate) % 7 === 0) break;
    candidate = next;
  }
  return first - candidate;
}
