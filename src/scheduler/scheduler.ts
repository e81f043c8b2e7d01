// Who is decided when: a bounded queue before the pool, from which workers get short work in groups and long work in slices.
//
//   submit --> queue, fair between tenants --> group of short ones, or a slice of a long one --> worker --+--> settled
//    | full: 503, breaker      ^                                                                          |
//                              +--------------- slice over, payloads left: to the back --------------------+
//
// A slice ends between two payloads, with its cursor in the tenant's memory: after its time by the pace of its image, or at once
// where somebody waits for whom it has to go (SLOT_UNTIL). Work that nobody waits for any more is answered before each slice, and
// soon after it is void. All of it runs on the thread that owns the tenants; workers know nothing of it.
//
// Requests that arrive in one turn of the event loop are handed over together at its end: a hop costs 30 to 80 us (pool.ts), so
// work of some 200 us each goes in groups, unless other workers are idle.

import { SLOT_COUNT, SLOT_CURSOR, SLOT_STATUS } from '../../assembly/shared/layout.js';
import { Status } from '../../assembly/shared/status.js';
import { monotonicMillis } from '../clock.js';
import { Problem } from '../errors.js';
import { Counter, type Counters } from '../observe/counters.js';
import type { WorkerPool } from '../runtime/pool.js';
import { TaskResult } from '../runtime/task.js';
import { BreakerTotals } from './breaker.js';
import { Drain } from './drain.js';
import { FairQueue } from './fair-queue.js';
import { Share } from './share.js';
import { Work, type WorkOrder } from './work.js';

export interface SchedulerOptions {
  readonly pool: WorkerPool;
  readonly counters: Counters;
  /** Requests that may wait for a worker. */
  readonly queueMax: number;
  /** Milliseconds that long work has a worker for at a time; 0 = one payload. */
  readonly sliceMillis: number;
}

export interface SchedulerStats {
  queued: number;
  queueMax: number;
  /** Tasks that workers have in hand. */
  running: number;
  breakers: { open: number; halfOpen: number; opened: number };
}

/** What those who submit work see of it. */
export type Dispatcher = Pick<Scheduler, 'pool' | 'share' | 'stats' | 'submit' | 'close'>;

/** Short work that one worker gets at a time: a hop is small beside it. */
const GROUP_NANOS = 1e6;
/** It gets more, up to a quantum, where that is a small part of what waits: then nobody notices that a group is answered as one. */
const GROUP_PART = 1 / 8;
/** A quantum is this part of a slice, at least so much. */
const QUANTUM_PART = 0.1;
const QUANTUM_NANOS_MIN = 1e5;
/** Between two looks for what is void or over its time. */
const TICK_MILLIS = 10;
/** Workers that may die, with nothing begun, before a work is given up. */
const ATTEMPTS_MAX = 3;

export class Scheduler {
  readonly pool: WorkerPool;
  private readonly totals = new BreakerTotals();
  private readonly queue: FairQueue;
  private readonly drain = new Drain();
  private readonly sliceNanos: number;
  private readonly quantumNanos: number;
  private readonly slices = new Set<Work>();
  private running = 0;
  private isDispatching = false;
  private ticking: NodeJS.Timeout | undefined;
  private closed = false;
  private drained: (() => void) | undefined;

  constructor(private readonly options: SchedulerOptions) {
    this.pool = options.pool;
    this.sliceNanos = options.sliceMillis * 1e6;
    this.quantumNanos = Math.max(this.sliceNanos * QUANTUM_PART, QUANTUM_NANOS_MIN);
    this.queue = new FairQueue(options.queueMax, options.sliceMillis);
  }

  /** What one tenant gets of it. */
  share(): Share {
    return new Share(this.quantumNanos, Math.min(this.quantumNanos, this.sliceNanos), this.totals);
  }

  get stats(): SchedulerStats {
    const { open, halfOpen, opened } = this.totals;
    return { queued: this.queue.length, queueMax: this.queue.max, running: this.running, breakers: { open, halfOpen, opened } };
  }

  /**
   * Takes work that is to be decided by a worker. Throws Problem OVERLOADED where the queue is full and the tenant has its share of
   * it, or its breaker is open; STOPPING after close.
   */
  submit(order: WorkOrder): void {
    if (this.closed) throw new Problem('STOPPING');
    const { counters } = this.options;
    const now = monotonicMillis();
    const { queue } = this;
    const { breaker } = order.share;
    if (!breaker.admits(now, queue.length <= queue.max / 2)) {
      counters.add(Counter.REFUSED_BREAKER);
      throw this.overloaded('the circuit breaker of the tenant is open');
    }
    if (queue.isFull) {
      const evicted = queue.evictFor(order.share, now);
      if (evicted === undefined) {
        counters.add(Counter.REFUSED_FULL);
        breaker.overflowed(now);
        throw this.overloaded(`${queue.length} requests wait for a worker`);
      }
      counters.add(Counter.EVICTED);
      evicted.order.share.breaker.overflowed(now);
      this.settle(evicted, this.overloaded('other tenants have less of the queue'));
    }
    const work = new Work(order);
    work.isProbe = breaker.begin();
    queue.push(work, now);
    this.dispatchSoon();
  }

  /** Waits for all that was submitted, then stops the threads. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.queue.length + this.running > 0) await new Promise<void>((resolve) => (this.drained = resolve));
    clearInterval(this.ticking);
    await this.pool.close();
  }

  private overloaded(detail: string): Problem {
    return Problem.until('OVERLOADED', detail, this.drain.secondsFor(this.queue.length));
  }

  private dispatchSoon(): void {
    if (this.isDispatching) return;
    this.isDispatching = true;
    setImmediate(() => {
      this.isDispatching = false;
      this.dispatch();
    });
  }

  private dispatch(): void {
    while (this.running < this.pool.size) {
      const group = this.take();
      if (group.length === 0) break;
      void this.run(group);
    }
    this.cutForOthers();
    this.tick();
  }

  /** What a worker gets next: short ones of some tenants, or a slice of one long. */
  private take(): Work[] {
    const { queue } = this;
    const now = monotonicMillis();
    const group: Work[] = [];
    let nanos = 0;
    const fairCount = queue.length / (this.pool.size - this.running);
    const isFull = (): boolean => {
      if (group.length >= fairCount || nanos >= this.quantumNanos) return true;
      return nanos >= GROUP_NANOS && group.length >= fairCount * GROUP_PART;
    };
    while (!isFull()) {
      const share = queue.turn();
      if (share === undefined || (group.length > 0 && share.nextIsLong)) break;
      const isLong = share.nextIsLong;
      const work = queue.shift(share, now) as Work;
      const problem = work.order.whyVoid();
      if (problem !== undefined) {
        this.settle(work, problem);
        continue;
      }
      work.beginSlice(isLong ? this.longSliceNanos(share, work) : this.sliceNanos, now);
      share.charge(work.sliceNanos);
      group.push(work);
      nanos += work.sliceNanos;
      if (isLong) {
        this.slices.add(work);
        break;
      }
    }
    return group;
  }

  /** A slice is as long as it may be where nobody else waits. */
  private longSliceNanos(share: Share, work: Work): number {
    if (!work.mayBeCut) return Math.min(this.quantumNanos, this.sliceNanos);
    return this.queue.hasOther(share) ? Math.min(this.sliceNanos, Math.max(share.deficit, this.quantumNanos)) : this.sliceNanos;
  }

  private async run(group: readonly Work[]): Promise<void> {
    this.running++;
    this.options.counters.add(Counter.SLICES, group.length);
    await this.pool.run(group);
    this.running--;
    const now = monotonicMillis();
    this.options.counters.add(Counter.POOL_MICROS, (now - (group[0] as Work).sliceStart) * 1000);
    // Only a worker that came to none of them counts against those that it did not come to.
    if (group.every(({ result }) => result === TaskResult.NOT_BEGUN)) for (const work of group) work.attempts++;
    const over = group.filter((work) => !this.goesOn(work, now));
    // Workers first: what is settled is rendered and sent.
    this.dispatch();
    for (const work of over) {
      this.drain.settled(now);
      this.settle(work, undefined);
    }
    if (this.queue.length + this.running === 0) this.drained?.();
  }

  /** Puts work back that is not over. */
  private goesOn(work: Work, now: number): boolean {
    const { share } = work.order;
    const isLong = this.slices.delete(work);
    if (work.result === TaskResult.NOT_BEGUN && work.attempts < ATTEMPTS_MAX) {
      share.charge(-work.sliceNanos);
      this.queue.push(work, now, true);
      return true;
    }
    if (work.result !== TaskResult.DONE) return false;
    const nanos = work.endSlice();
    share.charge(nanos - work.sliceNanos);
    share.served(nanos, !isLong);
    const { words } = work.memory;
    const [status, cursor, count] = [SLOT_STATUS, SLOT_CURSOR, SLOT_COUNT].map((field) => words[(work.slot + field) >>> 2]);
    if (status !== Status.OK || (cursor as number) >= (count as number)) return false;
    this.options.counters.add(Counter.YIELDS);
    this.queue.push(work, now);
    return true;
  }

  private settle(work: Work, problem: Problem | undefined): void {
    const { share, settle } = work.order;
    const isGood = problem === undefined ? work.result === TaskResult.DONE : undefined;
    share.breaker.ended(work.isProbe, isGood, monotonicMillis());
    try {
      settle(work.result, problem, work.waitedMillis);
    } catch (error) {
      // A bug of whoever asked: others are settled all the same, and the process hears of it.
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  /** Ends slices for which others wait: short work of the same tenant, or another tenant that has not had its share. */
  private cutForOthers(): void {
    if (this.queue.length === 0) return;
    for (const work of this.slices) {
      const { share } = work.order;
      if (work.mayBeCut && (share.hasShort || (share.deficit <= 0 && this.queue.hasOther(share)))) work.cut();
    }
  }

  /** Answers what is void in time, and ends slices that are, or that take longer than they were to while somebody waits. */
  private tick(): void {
    const isBusy = this.queue.length > 0 || this.slices.size > 0;
    if (!isBusy) {
      clearInterval(this.ticking);
      this.ticking = undefined;
      return;
    }
    this.ticking ??= setInterval(() => {
      const now = monotonicMillis();
      const reasons = new Map<Work, Problem>();
      const isVoid = (work: Work): boolean => {
        const problem = work.order.whyVoid();
        if (problem !== undefined) reasons.set(work, problem);
        return problem !== undefined;
      };
      for (const work of this.queue.takeAll(isVoid, now)) this.settle(work, reasons.get(work));
      for (const work of this.slices) {
        const isLate = this.queue.length > 0 && (now - work.sliceStart) * 1e6 > this.sliceNanos;
        if (isLate || isVoid(work)) work.cut();
      }
      if (this.queue.length + this.running === 0) this.drained?.();
      this.tick();
    }, TICK_MILLIS).unref();
  }
}
