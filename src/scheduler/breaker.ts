// The circuit breaker of a tenant: after a request of it has been refused because the queue is full, or several have failed in a
// row, it refuses the next ones without a look at the queue, for a while. Then it lets a few through, to see.
//
//             full, or FAILURES_MAX failures                        openMillis over, or the queue half empty
//   CLOSED  ---------------------------------->  OPEN  ------------------------------------------>  HALF_OPEN
//      ^                                           ^            full, or one fails: twice as long       |
//      |                                           +---------------------------------------------------+
//      +---------------------------------------------------------- one of the probes has been decided --+
//
// A queue that is full opens it only until half of the queue is worked off: so workers have something to do all the time, and an
// overloaded server loses nothing of its capacity by it.

export enum BreakerState {
  CLOSED = 0,
  OPEN = 1,
  HALF_OPEN = 2,
}

/** How breakers of all tenants stand, and what they have done. */
export class BreakerTotals {
  open = 0;
  halfOpen = 0;
  /** Times one was opened. */
  opened = 0;
}

const OPEN_MILLIS_MIN = 100;
const OPEN_MILLIS_MAX = 5_000;
/** Failures in a row: workers that died, engines that trapped. */
const FAILURES_MAX = 5;
/** Requests on their way while it is half open. */
const PROBES_MAX = 32;

export class Breaker {
  private current = BreakerState.CLOSED;
  private openMillis = OPEN_MILLIS_MIN;
  private openUntil = 0;
  private isOverflow = false;
  private probes = 0;
  private failures = 0;

  constructor(private readonly totals: BreakerTotals) {}

  get state(): BreakerState {
    return this.current;
  }

  /**
   * Whether a request may be looked at now. @param isRoomy whether the queue is at most half full
   */
  admits(now: number, isRoomy: boolean): boolean {
    if (this.current === BreakerState.OPEN && (now >= this.openUntil || (this.isOverflow && isRoomy)))
      this.become(BreakerState.HALF_OPEN);
    if (this.current === BreakerState.HALF_OPEN) return this.probes < PROBES_MAX;
    return this.current === BreakerState.CLOSED;
  }

  /** A request goes into the queue. @returns whether it is a probe, which has to be given back to `ended` */
  begin(): boolean {
    if (this.current !== BreakerState.HALF_OPEN) return false;
    this.probes++;
    return true;
  }

  /** There was no room for a request. */
  overflowed(now: number): void {
    if (this.current !== BreakerState.OPEN) this.open(now, true);
  }

  /** A request has been decided (true), has failed (false), or is void (undefined). */
  ended(isProbe: boolean, isGood: boolean | undefined, now: number): void {
    if (isProbe && this.probes > 0) this.probes--;
    if (isGood === undefined) return;
    if (isGood) {
      this.failures = 0;
      if (isProbe && this.current === BreakerState.HALF_OPEN) {
        this.openMillis = OPEN_MILLIS_MIN;
        this.become(BreakerState.CLOSED);
      }
      return;
    }
    this.failures++;
    if (this.current === BreakerState.OPEN) return;
    if (this.failures >= FAILURES_MAX || (isProbe && this.current === BreakerState.HALF_OPEN)) this.open(now, false);
  }

  private open(now: number, isOverflow: boolean): void {
    if (this.current === BreakerState.HALF_OPEN) this.openMillis = Math.min(2 * this.openMillis, OPEN_MILLIS_MAX);
    this.openUntil = now + this.openMillis;
    this.isOverflow = isOverflow;
    this.totals.opened++;
    this.become(BreakerState.OPEN);
  }

  private become(state: BreakerState): void {
    const { totals } = this;
    const step = (of: BreakerState, by: number): void => {
      if (of === BreakerState.OPEN) totals.open += by;
      else if (of === BreakerState.HALF_OPEN) totals.halfOpen += by;
    };
    step(this.current, -1);
    step(state, 1);
    if (state === BreakerState.HALF_OPEN) this.probes = 0;
    this.current = state;
  }
}
