// Number and exact domains as ordered, discrete sets: doubles have neighbours too. A cut lies directly before a value.

import type { ExactDomain, NumberDomain } from './table-form.js';

export type Ordered = number | bigint;

const scratch = new Float64Array(1);
const scratchBits = new BigInt64Array(scratch.buffer);

/** The next double above one that is not Infinity. */
export function nextUp(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  scratch[0] = value;
  // Positive doubles are ordered as their bits, negative ones the other way round.
  scratchBits[0] = scratchBits[0]! + (value > 0 ? 1n : -1n);
  return scratch[0] + 0;
}

/** Whole numbers up to 2^53 are counted one by one; larger ones as doubles are. */
export function isWhole(domain: NumberDomain): boolean {
  return domain.integer && domain.low >= Number.MIN_SAFE_INTEGER && domain.high <= Number.MAX_SAFE_INTEGER;
}

/** The first value of a domain that is at least `value` (or above it), without its bounds; undefined: there is none. */
export function cutAt(domain: NumberDomain | ExactDomain, value: Ordered, after: boolean): Ordered | undefined {
  if (typeof value === 'bigint') return after ? value + 1n : value;
  if (domain.kind === 'number' && isWhole(domain)) return after ? Math.floor(value) + 1 : Math.ceil(value) + 0;
  if (!after) return value + 0;
  return value === Number.POSITIVE_INFINITY ? undefined : nextUp(value);
}

export function valueBefore(domain: NumberDomain | ExactDomain, value: Ordered): Ordered {
  if (typeof value === 'bigint') return value - 1n;
  return domain.kind === 'number' && isWhole(domain) ? value - 1 : 0 - nextUp(0 - value);
}

/** The first value of a domain. */
export function firstOf(domain: NumberDomain | ExactDomain): Ordered {
  return domain.kind === 'number' ? (isWhole(domain) ? Math.ceil(domain.low) : domain.low) + 0 : domain.low;
}

/** The last value of a domain. */
export function lastOf(domain: NumberDomain | ExactDomain): Ordered {
  return domain.kind === 'number' ? (isWhole(domain) ? Math.floor(domain.high) : domain.high) + 0 : domain.high;
}
