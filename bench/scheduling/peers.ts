// Other ways to hand requests to worker threads, behind the scheduler's face: one queue, and two by known cost. Both run a request to
// its end once it has begun.

import type { WorkerPool } from '../../src/runtime/pool.js';
import { BreakerTotals } from '../../src/scheduler/breaker.js';
import type { Dispatcher, SchedulerStats } from '../../src/scheduler/scheduler.js';
import { Share } from '../../src/scheduler/share.js';
import { Work, type WorkOrder } from '../../src/scheduler/work.js';

export class RunToEnd implements Dispatcher {
  private readonly queues: Work[][];
  private running = 0;

  /** @param costShortMax units of static cost up to which a request goes before the others; undefined: one queue for all */
  constructor(
    readonly pool: WorkerPool,
    private readonly costShortMax?: number,
  ) {
    this.queues = costShortMax === undefined ? [[]] : [[], []];
  }

  share(): Share {
    return new Share(1, 1, new BreakerTotals());
  }

  get stats(): SchedulerStats {
    const queued = this.queues.reduce((sum, queue) => sum + queue.length, 0);
    return { queued, queueMax: Number.MAX_SAFE_INTEGER, running: this.running, breakers: new BreakerTotals() };
  }

  submit(order: WorkOrder): void {
    const work = new Work(order);
    const isLong = this.costShortMax !== undefined && work.remaining * order.costEach > this.costShortMax;
    (this.queues[isLong ? 1 : 0] as Work[]).push(work);
    this.next();
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private next(): void {
    while (this.running < this.pool.size) {
      const work = this.queues.find((queue) => queue.length > 0)?.shift();
      if (work === undefined) return;
      this.running++;
      void this.pool.run([work]).then(() => {
        this.running--;
        this.next();
        work.order.settle(work.result, undefined, work.waitedMillis);
      });
    }
  }
}
