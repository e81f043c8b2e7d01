// How fast the queue is worked off: what those who are refused are told of when to come again.

/** What is settled is counted for so long before it becomes a rate. */
const WINDOW_MILLIS = 250;
/** Weight of the last window: some seconds after the work has changed, so has the rate. */
const WEIGHT = 0.5;
const SECONDS_MAX = 60;

export class Drain {
  private perSecond = 0;
  private count = 0;
  private since = Number.NEGATIVE_INFINITY;

  /** A request has been settled by a worker. @param now milliseconds of a monotonic clock */
  settled(now: number): void {
    const millis = now - this.since;
    if (millis >= WINDOW_MILLIS) {
      const rate = (this.count * 1000) / millis;
      this.perSecond = this.perSecond === 0 ? rate : this.perSecond + WEIGHT * (rate - this.perSecond);
      this.count = 0;
      this.since = now;
    }
    this.count++;
  }

  /** Whole seconds, 1 to 60, until as many requests are settled, at the pace of the last ones; 1 where none is known. */
  secondsFor(requests: number): number {
    if (this.perSecond === 0) return 1;
    return Math.min(SECONDS_MAX, Math.max(1, Math.ceil(requests / this.perSecond)));
  }
}
