// Dates and timestamps of texts, exactly those that src/schema/time.ts takes.

import { JsonFault } from '../shared/json';
import { fault, STATE_VALUE } from './state';

const SECONDS_PER_DAY: i64 = 86400;
const MICROS_PER_SECOND: i64 = 1000000;
const NO_DAY: i32 = i32.MIN_VALUE;
const TIMESTAMP_CHARS_MIN: u32 = 20;
const TIMESTAMP_CHARS_MAX: u32 = 32;

/** The number that two digits at `at` spell; 100 or more where they are no digits. */
function twoDigits(at: usize): u32 {
  const tens = (load<u8>(at) as u32) - 48;
  const ones = (load<u8>(at, 1) as u32) - 48;
  return tens > 9 || ones > 9 ? 100 : tens * 10 + ones;
}

/** Days since 1970-01-01 of the ten characters YYYY-MM-DD at `at`, or NO_DAY. */
function daysAt(at: usize): i32 {
  const century = twoDigits(at);
  const yearOfCentury = twoDigits(at + 2);
  const month = twoDigits(at + 5);
  const day = twoDigits(at + 8);
  if (century > 99 || yearOfCentury > 99 || month - 1 > 11 || day - 1 > 30) return NO_DAY;
  if ((load<u8>(at, 4) as u32) !== 45 || (load<u8>(at, 7) as u32) !== 45) return NO_DAY;
  const year = century * 100 + yearOfCentury;
  const isLeap = (year & 3) === 0 && (yearOfCentury !== 0 || (century & 3) === 0);
  const last: u32 = month === 2 ? 28 + u32(isLeap) : 30 + ((month + (month >> 3)) & 1);
  if (day > last) return NO_DAY;
  // Years begin in March: the day that may be missing is the last. 400 years are added so that nothing is negative.
  const y = year + 400 - u32(month <= 2);
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return ((y * 365 + y / 4 - y / 100 + y / 400 + dayOfYear) as i32) - 719468 - 146097;
}

/** Days since 1970-01-01 of a date of `chars` characters at `at`, into STATE_VALUE as i64. */
export function dateOfText(state: usize, at: usize, chars: u32): bool {
  const days = chars === 10 ? daysAt(at) : NO_DAY;
  store<i64>(state, days as i64, STATE_VALUE);
  if (days !== NO_DAY) return true;
  fault(state, JsonFault.FORMAT, at);
  return false;
}

/** Microseconds since 1970-01-01T00:00:00Z of an RFC 3339 timestamp of `chars` characters at `at`, into STATE_VALUE. */
export function timestampOfText(state: usize, at: usize, chars: u32): bool {
  if (readTimestamp(state, at, chars)) return true;
  fault(state, JsonFault.FORMAT, at);
  return false;
}

function readTimestamp(state: usize, start: usize, chars: u32): bool {
  if (chars < TIMESTAMP_CHARS_MIN || chars > TIMESTAMP_CHARS_MAX) return false;
  const end = start + chars;
  const days = daysAt(start);
  const hour = twoDigits(start + 11);
  const minute = twoDigits(start + 14);
  const second = twoDigits(start + 17);
  if (days === NO_DAY || ((load<u8>(start, 10) as u32) | 32) !== 116) return false;
  if (hour > 23 || minute > 59 || second > 59) return false;
  if ((load<u8>(start, 13) as u32) !== 58 || (load<u8>(start, 16) as u32) !== 58) return false;
  let at = start + 19;
  let micros: i64 = 0;
  if ((load<u8>(at) as u32) === 46) {
    at++;
    let weight = MICROS_PER_SECOND;
    while (at < end) {
      const digit = (load<u8>(at) as u32) - 48;
      if (digit > 9) break;
      if (weight === 1) return false;
      weight /= 10;
      micros += (digit as i64) * weight;
      at++;
    }
    if (weight === MICROS_PER_SECOND) return false;
  }
  let offsetSeconds: i64 = 0;
  const zone = load<u8>(at) as u32;
  if ((zone | 32) === 122) {
    if (at + 1 !== end) return false;
  } else {
    if ((zone !== 43 && zone !== 45) || at + 6 !== end || (load<u8>(at, 3) as u32) !== 58) return false;
    const offsetHour = twoDigits(at + 1);
    const offsetMinute = twoDigits(at + 4);
    if (offsetHour > 23 || offsetMinute > 59) return false;
    offsetSeconds = ((offsetHour * 60 + offsetMinute) as i64) * (zone === 43 ? 60 : -60);
  }
  const clock = (hour * 3600 + minute * 60 + second) as i64;
  const seconds = (days as i64) * SECONDS_PER_DAY + clock - offsetSeconds;
  store<i64>(state, seconds * MICROS_PER_SECOND + micros, STATE_VALUE);
  return true;
}
