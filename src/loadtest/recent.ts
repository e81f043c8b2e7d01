// Latencies of a short while, such as a second. Of the buckets of a histogram few are touched in it, and only these are cleared and
// told: to walk all 24,000 took a millisecond and more in each process every second, as long as 20 requests.

import { type Latencies, MICROS_MAX } from './latency.js';

/** As HdrHistogram has it for three digits: below this each microsecond has a bucket, above each power of two has half as many. */
const EXACT_BELOW = 2_048;
const HALF = EXACT_BELOW / 2;
const HALF_BITS = Math.log2(HALF);
/** Shift of values that just fit into 11 bits; see `shiftOf`. */
const CLZ_EXACT = Math.clz32(EXACT_BELOW - 1);

/** What was recorded: latencies in microseconds, each with how many there were of it, one after the other. */
export type Told = Uint32Array;

export class RecentLatencies {
  readonly #counts = new Uint32Array(indexOf(MICROS_MAX) + 1);
  /** Indexes whose count is not 0. */
  readonly #touched: number[] = [];
  #max = 0;

  /** Records one latency, as `Latencies` does. */
  record(micros: number): void {
    const value = micros < 1 ? 1 : micros > MICROS_MAX ? MICROS_MAX : Math.round(micros);
    const index = indexOf(value);
    if (this.#counts[index] === 0) this.#touched.push(index);
    (this.#counts[index] as number)++;
    if (value > this.#max) this.#max = value;
  }

  /** What was recorded since the last call. The largest latency is exact, others are those of their buckets. */
  take(): Told {
    const told = new Uint32Array(2 * this.#touched.length);
    let at = 0;
    for (const index of this.#touched) {
      told[at++] = Math.min(this.#max, largestOf(index));
      told[at++] = this.#counts[index] as number;
      this.#counts[index] = 0;
    }
    this.#touched.length = 0;
    this.#max = 0;
    return told;
  }
}

/** Adds what was told to `latencies`. */
export function addTold(latencies: Latencies, told: Told): void {
  for (let at = 0; at < told.length; at += 2) latencies.record(told[at] as number, told[at + 1] as number);
}

/** Bits that a bucket leaves out. */
function shiftOf(value: number): number {
  return Math.max(0, CLZ_EXACT - Math.clz32(value));
}

function indexOf(value: number): number {
  const shift = shiftOf(value);
  return (shift << HALF_BITS) + (value >>> shift);
}

/** The largest value of a bucket. */
function largestOf(index: number): number {
  const shift = Math.max(0, (index >> HALF_BITS) - 1);
  return (index - (shift << HALF_BITS) + 1) * 2 ** shift - 1;
}
