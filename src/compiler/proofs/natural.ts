// Values that a person would choose: of an interval one with few digits near its ends, of all texts one that stands nowhere.

import type { TextDomain } from './table-form.js';

/** From here on a bound is as good as none: nobody wants to see it in an example. */
const LARGE = 1e15;
const DIGITS_MAX = 17;

/** Days from 1970-01-01 to 2000-01-01, a date that is easy to read. */
export const USUAL_DATE = 10_957n;
/** The same in microseconds. */
export const USUAL_TIMESTAMP = USUAL_DATE * 86_400_000_000n;

/** A value of [low, high], both included; few digits, and close to a bound. */
export function naturalNumber(low: number, high: number): number {
  if (low === high) return low;
  if (low > -LARGE) return upTo(low, high) ?? low;
  if (high < LARGE) {
    const mirrored = upTo(-high, -low);
    return mirrored === undefined ? high : 0 - mirrored;
  }
  return 0;
}

/** The value with the fewest digits after the point that is at least `low`. */
function upTo(low: number, high: number): number | undefined {
  if (String(low).length <= 8) return low;
  for (let digits = 0; digits <= DIGITS_MAX; digits++) {
    const factor = 10 ** digits;
    const value = Math.ceil(low * factor) / factor;
    if (Number.isFinite(value) && value >= low && value <= high) return value + 0;
  }
  return Number.isFinite(low) ? low : undefined;
}

/** As naturalNumber, of whole numbers: a multiple of `unit` where there is one. */
export function naturalExact(low: bigint, high: bigint, unit: bigint): bigint {
  const large = BigInt(LARGE) * unit;
  if (low > -large) return multipleFrom(low, high, unit);
  if (high < large) return -multipleFrom(-high, -low, unit);
  return 0n;
}

function multipleFrom(low: bigint, high: bigint, unit: bigint): bigint {
  for (let step = unit; step > 1n; step /= 10n) {
    const rest = ((low % step) + step) % step;
    const value = rest === 0n ? low : low + step - rest;
    if (value <= high) return value;
  }
  return low;
}

/** A text of the domain that is none of `named`; undefined where there is none. */
export function freshText(domain: TextDomain, named: ReadonlySet<string>): string | undefined {
  const { charsMin, charsMax } = domain;
  if (charsMin > charsMax) return undefined;
  for (const word of ['other', 'x', 'a', '']) {
    const padded = word.padEnd(charsMin, 'x');
    if (padded.length <= charsMax && !named.has(padded)) return padded;
  }
  const length = Math.max(charsMin, 1);
  if (length > charsMax) return undefined;
  // Each code point gives another text, so that one more of them than there are named texts has a fresh one among them.
  for (let count = 0, point = 0x61; count <= named.size && point <= 0x10ffff; point++) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    count++;
    const text = String.fromCodePoint(point).repeat(length);
    if (!named.has(text)) return text;
  }
  return undefined;
}
