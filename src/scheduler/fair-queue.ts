// Work of all tenants that waits for a worker, at most so much. Deficit round robin by time: each tenant that has work may use a
// quantum of nanoseconds a round, and what it uses beyond that (a slice is not ended for it) it does without in the next ones. A
// tenant that has asked for little lately is served at once.

import type { Share } from './share.js';
import type { Work } from './work.js';

export class FairQueue {
  /** Tenants that have work, in the order of the round. */
  private readonly active: Share[] = [];
  private count = 0;

  /**
   * @param idleMillis after which a tenant without work has its quantum again
   */
  constructor(
    readonly max: number,
    private readonly idleMillis: number,
  ) {}

  get length(): number {
    return this.count;
  }

  get isFull(): boolean {
    return this.count >= this.max;
  }

  /** Tenants that have work. */
  get shares(): number {
    return this.active.length;
  }

  /** Adds work at the back of its tenant's queue; at the front, where it was taken off in vain. */
  push(work: Work, now: number, toFront = false): void {
    const { share } = work.order;
    if (share.queued === 0) this.enter(share, now);
    if (toFront) share.unshift(work);
    else share.push(work);
    work.queuedMillis = now;
    this.count++;
  }

  /** The tenant whose turn it is. */
  turn(): Share | undefined {
    while (this.active.length > 0) {
      const share = this.active[0] as Share;
      // Who is alone owes nobody anything.
      if (this.active.length === 1) share.deficit = Math.max(share.deficit, share.quantumNanos);
      if (share.deficit > 0) return share;
      share.deficit += share.quantumNanos;
      this.active.push(this.active.shift() as Share);
    }
    return undefined;
  }

  /** Takes off the next work of a tenant that has some. */
  shift(share: Share, now: number): Work | undefined {
    const work = share.shift();
    if (work === undefined) return undefined;
    this.left(share, 1, now);
    work.waitedMillis += now - work.queuedMillis;
    return work;
  }

  /** Takes out the newest work, not begun, of the tenant that has most, where that is more than `share` has. */
  evictFor(share: Share, now: number): Work | undefined {
    let most = share;
    for (const each of this.active) if (each.queued > most.queued) most = each;
    if (most.queued <= share.queued + 1) return undefined;
    const work = most.takeNewest();
    if (work === undefined) return undefined;
    this.left(most, 1, now);
    work.waitedMillis += now - work.queuedMillis;
    return work;
  }

  /** Takes out all work for which `fits` holds. */
  takeAll(fits: (work: Work) => boolean, now: number): Work[] {
    return [...this.active].flatMap((share) => {
      const taken = share.takeAll(fits);
      this.left(share, taken.length, now);
      for (const work of taken) work.waitedMillis += now - work.queuedMillis;
      return taken;
    });
  }

  /** Whether a tenant other than `share` waits that has not used up its quantum. */
  hasOther(share: Share): boolean {
    return this.active.some((each) => each !== share && each.deficit > 0);
  }

  private enter(share: Share, now: number): void {
    if (now - share.idleSince >= this.idleMillis) share.deficit = share.quantumNanos;
    if (share.deficit > 0) this.active.unshift(share);
    else this.active.push(share);
  }

  private left(share: Share, count: number, now: number): void {
    this.count -= count;
    if (count === 0 || share.queued > 0) return;
    this.active.splice(this.active.indexOf(share), 1);
    share.idleSince = now;
  }
}
