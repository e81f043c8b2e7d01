// A bucket that several threads take from. All there is to know of it is when it will be full, if nobody takes anything until then:
// one word, replaced by compare-and-swap. What it holds is the burst less what comes in until that time.

import { monotonicMillis, processMillis } from '../clock.js';
import type { Bucket, Quota } from './quota.js';

/** A bucket as it is handed to other threads. */
export interface SharedQuota {
  quota: Quota;
  /** The bits of a float64: milliseconds since `since` at which the bucket is full. */
  word: SharedArrayBuffer;
  /** By processMillis. */
  since: number;
}

export class SharedBucket implements Bucket {
  readonly quota: Quota;
  private readonly fullAt: BigInt64Array;
  private readonly float = new Float64Array(1);
  private readonly bits = new BigInt64Array(this.float.buffer);

  /** @param shift what is added to this thread's monotonicMillis to get milliseconds since `since` */
  constructor(
    readonly shared: SharedQuota,
    private readonly shift = processMillis() - shared.since - monotonicMillis(),
  ) {
    this.quota = shared.quota;
    this.fullAt = new BigInt64Array(shared.word);
  }

  /** A bucket that is full. */
  static make(quota: Quota): SharedBucket {
    return new SharedBucket({ quota, word: new SharedArrayBuffer(8), since: processMillis() });
  }

  /** As TokenBucket.take. */
  take(cost: number, now: number): number {
    const { costPerSecond, costBurst } = this.quota;
    const perMilli = costPerSecond / 1000;
    const at = now + this.shift;
    while (true) {
      const seen = Atomics.load(this.fullAt, 0);
      this.bits[0] = seen;
      const fullAt = Math.max(this.float[0] as number, at);
      const tokens = costBurst - (fullAt - at) * perMilli;
      const missing = Math.min(cost, costBurst) - tokens;
      if (missing > 0) return Math.max(1, Math.ceil(missing / perMilli));
      this.float[0] = fullAt + cost / perMilli;
      if (Atomics.compareExchange(this.fullAt, 0, seen, this.bits[0] as bigint) === seen) return 0;
    }
  }

  /** As TokenBucket.give: a bucket that would be full earlier than now is full. */
  give(cost: number): void {
    const millis = (cost * 1000) / this.quota.costPerSecond;
    while (true) {
      const seen = Atomics.load(this.fullAt, 0);
      this.bits[0] = seen;
      this.float[0] = (this.float[0] as number) - millis;
      if (Atomics.compareExchange(this.fullAt, 0, seen, this.bits[0] as bigint) === seen) return;
    }
  }
}
