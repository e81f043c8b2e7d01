// A histogram of durations over a view it is handed: buckets that grow with the value, 16 to each doubling, so that a
// percentile is read within 6.25 % at any scale, in 4 KiB, without allocation.
//
//   value (us)   0 .. 15   16 .. 31   32 .. 63   64 .. 127 ...
//   bucket       0 .. 15   16 .. 31   32 .. 47   48 .. 63  ...

const SUB_BITS = 4;
const SUB_COUNT = 1 << SUB_BITS;
/** Values up to 2^32 - 1 microseconds, more than an hour; larger ones count as the largest. */
const VALUE_MAX = 0xffffffff;
const BUCKET_COUNT = (32 - SUB_BITS + 1) * SUB_COUNT;

/** Bytes of the view: the buckets, then the count, the sum and the maximum. */
export const HISTOGRAM_BYTES = (BUCKET_COUNT + 3) * 8;

const COUNT = BUCKET_COUNT;
const SUM = BUCKET_COUNT + 1;
const MAX = BUCKET_COUNT + 2;

export class Histogram {
  private readonly values: Float64Array;

  /** @param buffer at least HISTOGRAM_BYTES from `offset`, a multiple of 8. One thread records, any may read. */
  constructor(buffer: ArrayBufferLike = new ArrayBuffer(HISTOGRAM_BYTES), offset = 0) {
    this.values = new Float64Array(buffer, offset, BUCKET_COUNT + 3);
  }

  /** Records one duration in microseconds; a negative one (the clock stepped back) counts as 0. */
  record(micros: number): void {
    const value = micros >= 0 ? Math.min(Math.floor(micros), VALUE_MAX) : 0;
    const values = this.values;
    const bucket = bucketOf(value);
    values[bucket] = (values[bucket] as number) + 1;
    values[COUNT] = (values[COUNT] as number) + 1;
    values[SUM] = (values[SUM] as number) + value;
    if (value > (values[MAX] as number)) values[MAX] = value;
  }

  /** Adds what another has recorded. */
  add(other: Histogram): void {
    const { values } = this;
    const max = Math.max(this.max, other.max);
    for (let i = 0; i < MAX; i++) values[i] = (values[i] as number) + (other.values[i] as number);
    values[MAX] = max;
  }

  get count(): number {
    return this.values[COUNT] as number;
  }

  /** Sum of all values, microseconds. */
  get sum(): number {
    return this.values[SUM] as number;
  }

  /** Largest value, microseconds. */
  get max(): number {
    return this.values[MAX] as number;
  }

  /**
   * A value that at least `fraction` (0 to 1) of the recorded ones do not exceed, at most 6.25 % above the least such; 0 where
   * nothing is recorded.
   */
  percentile(fraction: number): number {
    const rank = Math.max(1, Math.ceil(fraction * this.count));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKET_COUNT; bucket++) {
      seen += this.values[bucket] as number;
      if (seen >= rank) return Math.min(bucketEnd(bucket), this.max);
    }
    return this.max;
  }

  /** Buckets that are not empty: their number and what is in them. */
  counts(): [bucket: number, count: number][] {
    const found: [number, number][] = [];
    for (let bucket = 0; bucket < BUCKET_COUNT; bucket++) {
      const count = this.values[bucket] as number;
      if (count > 0) found.push([bucket, count]);
    }
    return found;
  }

  /** Adds what `counts` of another has told, with its sum and its maximum. Numbers that are no bucket's are left out. */
  addCounts(counts: Iterable<readonly [bucket: number, count: number]>, sum: number, max: number): void {
    const { values } = this;
    for (const [bucket, count] of counts) {
      if (!(bucket >= 0 && bucket < BUCKET_COUNT)) continue;
      values[bucket] = (values[bucket] as number) + count;
      values[COUNT] = (values[COUNT] as number) + count;
    }
    values[SUM] = (values[SUM] as number) + sum;
    if (max > (values[MAX] as number)) values[MAX] = max;
  }

  /**
   * How many recorded values were at most each of `ends`, which ascend, in one pass. Exact where an end is that of a bucket
   * (2^k - 1); else those of the buckets that end at or below it.
   */
  countsUpTo(ends: readonly number[]): number[] {
    let seen = 0;
    let bucket = 0;
    return ends.map((end) => {
      while (bucket < BUCKET_COUNT && bucketEnd(bucket) <= end) seen += this.values[bucket++] as number;
      return seen;
    });
  }
}

function bucketOf(value: number): number {
  if (value < SUB_COUNT) return value;
  const shift = 31 - Math.clz32(value) - SUB_BITS;
  return (shift + 1) * SUB_COUNT + ((value >>> shift) & (SUB_COUNT - 1));
}

/** Largest value of a bucket. */
function bucketEnd(bucket: number): number {
  if (bucket < SUB_COUNT) return bucket;
  const shift = Math.floor(bucket / SUB_COUNT) - 1;
  return (SUB_COUNT + (bucket % SUB_COUNT) + 1) * 2 ** shift - 1;
}
