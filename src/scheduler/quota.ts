// What a tenant may spend: a bucket that fills with units of static cost, and that each request takes its cost from before it runs.
// Static cost is known before, so the same request always costs the same; one that is refused after all gets it back.
//
// Where several threads decide for a tenant, they take from one bucket (shared-quota.ts); one thread alone needs no atomics.

export interface Quota {
  /** Units a second. */
  costPerSecond: number;
  /** Units that may be spent at once after a while without requests. */
  costBurst: number;
}

/** What `take` promises stands at TokenBucket. */
export interface Bucket {
  readonly quota: Quota;
  take(cost: number, now: number): number;
  give(cost: number): void;
}

export class TokenBucket implements Bucket {
  private tokens: number;
  private filledAt: number;

  constructor(
    readonly quota: Quota,
    now: number,
  ) {
    this.tokens = quota.costBurst;
    this.filledAt = now;
  }

  /**
   * By monotonicMillis, takes the cost of a request, and returns 0; or takes nothing, and returns after how many milliseconds there
   * is enough. A request that costs more than the burst needs a full bucket, and leaves a debt.
   */
  take(cost: number, now: number): number {
    const { costPerSecond, costBurst } = this.quota;
    this.tokens = Math.min(costBurst, this.tokens + ((now - this.filledAt) * costPerSecond) / 1000);
    this.filledAt = now;
    const missing = Math.min(cost, costBurst) - this.tokens;
    if (missing > 0) return Math.max(1, Math.ceil((missing * 1000) / costPerSecond));
    this.tokens -= cost;
    return 0;
  }

  /** Gives back what a request has taken that is not decided. */
  give(cost: number): void {
    this.tokens = Math.min(this.quota.costBurst, this.tokens + cost);
  }
}
