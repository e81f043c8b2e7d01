// Lines that callers can cause as often as they like: so many a second are written, the others are only counted.

import { monotonicMillis } from '../clock.js';

export class LogPace {
  private second = -1;
  private count = 0;

  constructor(
    private readonly perSecondMax: number,
    private readonly nowMillis: () => number = monotonicMillis,
  ) {}

  /** Whether a line may be written now. */
  take(): boolean {
    const second = Math.floor(this.nowMillis() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.count = 0;
    }
    return this.count++ < this.perSecondMax;
  }
}
