// What one tenant has in the queue. Short work goes first, since it is known before it runs how long it is: a batch that takes 200
// ms does not notice the millisecond, but a payload behind the batch would notice the 200. Long work is not forgotten for it: while
// short work is served it is owed a tenth of the time, and gets that as slices which nobody ends early.

import { Breaker, type BreakerTotals } from './breaker.js';
import { Deque } from './deque.js';
import type { Work } from './work.js';

/** Of the time that short work takes while long work waits. */
const OWED = 0.1;

export class Share {
  readonly breaker: Breaker;
  /** Nanoseconds it may still use in this round. */
  deficit = 0;
  /** When it last had nothing to do. */
  idleSince = Number.NEGATIVE_INFINITY;
  private readonly short = new Deque<Work>();
  private readonly long = new Deque<Work>();
  /** Nanoseconds that long work has got too little; negative: too much. */
  private owed = 0;

  /** @param quantumNanos what it may use in a round, and what work that is short takes at most */
  constructor(
    readonly quantumNanos: number,
    readonly shortNanosMax: number,
    totals: BreakerTotals,
  ) {
    this.breaker = new Breaker(totals);
  }

  get queued(): number {
    return this.short.length + this.long.length;
  }

  isShort(work: Work): boolean {
    return work.remaining * work.nanosEach <= this.shortNanosMax;
  }

  /** To the back of its queue. */
  push(work: Work): void {
    (this.isShort(work) ? this.short : this.long).push(work);
  }

  /** To the front: it was taken off there, and came to nothing. */
  unshift(work: Work): void {
    (this.isShort(work) ? this.short : this.long).unshift(work);
  }

  /** Whether the next is long. */
  get nextIsLong(): boolean {
    return this.short.length === 0 || (this.long.length > 0 && this.owed >= this.quantumNanos);
  }

  /** Takes the next off. */
  shift(): Work | undefined {
    if (!this.nextIsLong) return this.short.shift();
    const work = this.long.shift();
    if (work !== undefined) work.mayBeCut = this.owed < this.quantumNanos;
    return work;
  }

  /** Takes what a slice is expected to need from this round; afterwards, what it needed more. */
  charge(nanos: number): void {
    this.deficit -= nanos;
  }

  /** A slice has taken so long. Told once, when that is known: what is owed has a bound, so that it cannot be corrected later. */
  served(nanos: number, isShort: boolean): void {
    if (isShort) this.owed = this.long.length === 0 ? 0 : this.owed + OWED * nanos;
    else this.owed = Math.max(this.owed - nanos, -this.quantumNanos);
  }

  /** Whether short work waits. */
  get hasShort(): boolean {
    return this.short.length > 0;
  }

  /** Takes out the newest work that is not begun. */
  takeNewest(): Work | undefined {
    const lanes = this.short.length >= this.long.length ? [this.short, this.long] : [this.long, this.short];
    for (const lane of lanes) {
      const work = lane.takeLast(({ isBegun }) => !isBegun);
      if (work !== undefined) return work;
    }
    return undefined;
  }

  /** Takes out all work for which `fits` holds. */
  takeAll(fits: (work: Work) => boolean): Work[] {
    return [...this.short.takeAll(fits), ...this.long.takeAll(fits)];
  }
}
