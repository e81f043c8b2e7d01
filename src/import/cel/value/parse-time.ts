// Timestamps of RFC 3339 and durations as Go writes them, to the nanosecond.

import { daysFromCivil } from '../../../schema/time.js';
import { CelError, type CelValue, duration } from './value.js';

const SECOND = 1_000_000_000n;
const UNITS: Readonly<Record<string, bigint>> = {
  h: 3600n * SECOND,
  m: 60n * SECOND,
  s: SECOND,
  ms: 1_000_000n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ns: 1n,
};

/** Nanoseconds since 1970. Throws CelError for what is no timestamp. */
export function parseTimestamp(text: string): bigint {
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9})\d*)?(?:Z|([+-])(\d\d):(\d\d))$/.exec(text);
  if (found === null) throw unreadable(text, 'timestamp');
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [, , , , , , , fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] = found;
  const days = daysFromCivil(year, month, day);
  const isDay =
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysFromCivil(month === 12 ? year + 1 : year, (month % 12) + 1, 1) - daysFromCivil(year, month, 1);
  if (!isDay || hour > 23 || minute > 59 || second > 59 || Number(offsetHours) > 23 || Number(offsetMinutes) > 59)
    throw unreadable(text, 'timestamp');
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -60 : 60);
  const seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset;
  return BigInt(seconds) * SECOND + BigInt(fraction.padEnd(9, '0'));
}

/** A duration as in `1h30m`, `-1.5s`. Throws CelError for what is none. */
export function parseDuration(text: string): CelValue {
  const [, sign, parts = ''] = /^([+-]?)(.+)$/s.exec(text) ?? [];
  if (parts === '0') return duration(0n);
  const pattern = /(\d+\.?\d*|\.\d+)(h|ms|m|s|us|µs|μs|ns)/y;
  let nanos = 0n;
  while (pattern.lastIndex < parts.length) {
    const found = pattern.exec(parts);
    if (found === null) throw unreadable(text, 'duration');
    const [whole = '', fraction = ''] = found[1]!.split('.');
    const unit = UNITS[found[2]!]!;
    nanos +=
      BigInt(whole === '' ? 0 : whole) * unit + (BigInt(fraction === '' ? 0 : fraction) * unit) / 10n ** BigInt(fraction.length);
  }
  if (parts === '') throw unreadable(text, 'duration');
  return duration(sign === '-' ? -nanos : nanos);
}

function unreadable(text: string, name: string): CelError {
  return new CelError('conversion', `\`${text}\` is no ${name}`);
}
