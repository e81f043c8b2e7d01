// Which requests are timed: all of them while there are few, one in SAMPLE_EVERY at rates where reading the clock would show. What
// is not timed costs a decrement. A clock read takes 40 to 200 ns, a frame of one payload some 1,500.

import { monotonicMillis } from '../clock.js';

/** Of that many requests one is timed at high rates. */
export const SAMPLE_EVERY = 64;
/** Requests a second of a server, with all its processes or threads, up to which each is timed. */
export const SAMPLE_ALL_PER_SECOND = 2000;
const WINDOW_MILLIS = 1000;

export class Sampler {
  private every = 1;
  /** Requests until one is timed. */
  private left = 1;
  private windowStart = Number.NEGATIVE_INFINITY;
  private windowCount = 0;
  /** Requests a second up to which this one takes each. */
  private readonly allPerSecond: number;

  /**
   * @param share of the server's requests that come by here: one of 53 processes that have 380 requests a second each spent 2 us of
   * processor time, of 14 beyond the network's, on timing all of them
   */
  constructor(
    share = 1,
    private readonly nowMillis: () => number = monotonicMillis,
  ) {
    this.allPerSecond = SAMPLE_ALL_PER_SECOND * share;
  }

  /** A request has come. Returns the time, where it is one that is timed, else 0. */
  take(): number {
    return --this.left > 0 ? 0 : this.due();
  }

  private due(): number {
    const now = this.nowMillis();
    this.windowCount += this.every;
    const millis = now - this.windowStart;
    if (millis >= WINDOW_MILLIS) {
      this.every = (this.windowCount * 1000) / millis > this.allPerSecond ? SAMPLE_EVERY : 1;
      this.windowStart = now;
      this.windowCount = 0;
    }
    this.left = this.every;
    return now;
  }
}
