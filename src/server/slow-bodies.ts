// Bodies that come by drips: a bound on how long a caller may keep a request open that it does not send. Whoever sends less
// than BYTES_PER_SECOND_MIN falls behind, and is refused once it is `millisMax` behind: so a body of n bytes is here within
// millisMax and n / BYTES_PER_SECOND_MIN seconds. Time in which we do not read counts for nobody.
//
// A body that comes in one piece, as nearly all do, is not looked at. One of which nothing at all comes is closed by the
// library, and so is a head that comes by drips: of either we hear nothing.

import { monotonicMillis } from '../clock.js';
import type { Exchange } from './exchange.js';

/** Twice what a modem of the nineties sends. */
export const BYTES_PER_SECOND_MIN = 4096;
/** A caller is noticed at most an eighth of its time late. */
const LOOKS = 8;
const LOOK_MILLIS_MIN = 20;
const LOOK_MILLIS_MAX = 1000;

/** What is looked at of an exchange. */
export type SlowBody = Pick<Exchange, 'isHeldUp' | 'refuseSlow'>;

interface State {
  /** Since the last look. */
  bytes: number;
  behindMillis: number;
}

export class SlowBodies {
  private readonly bodies = new Map<SlowBody, State>();
  private timer: NodeJS.Timeout | undefined;
  private lookedAt = 0;

  constructor(
    private readonly millisMax: number,
    private readonly nowMillis: () => number = monotonicMillis,
  ) {}

  /** Bodies that are on their way in parts. */
  get size(): number {
    return this.bodies.size;
  }

  /** A part of a body has come that is not the last. */
  came(body: SlowBody, bytes: number): void {
    const state = this.bodies.get(body);
    if (state !== undefined) {
      state.bytes += bytes;
      return;
    }
    this.bodies.set(body, { bytes, behindMillis: 0 });
    if (this.timer !== undefined) return;
    this.lookedAt = this.nowMillis();
    const millis = Math.min(LOOK_MILLIS_MAX, Math.max(LOOK_MILLIS_MIN, this.millisMax / LOOKS));
    this.timer = setInterval(() => this.look(), millis).unref();
  }

  /** It is all here, or its caller has gone. */
  over(body: SlowBody): void {
    this.bodies.delete(body);
    if (this.bodies.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Refuses those that are too far behind. */
  look(): void {
    const now = this.nowMillis();
    const millis = now - this.lookedAt;
    this.lookedAt = now;
    for (const [body, state] of [...this.bodies]) {
      const sentMillis = (state.bytes * 1000) / BYTES_PER_SECOND_MIN;
      state.bytes = 0;
      if (body.isHeldUp) continue;
      state.behindMillis = Math.max(0, state.behindMillis + millis - sentMillis);
      if (state.behindMillis <= this.millisMax) continue;
      this.over(body);
      body.refuseSlow();
    }
  }
}
