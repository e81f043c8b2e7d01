// A scheduler with its pool, from the options of an engine.

import type { Config } from '../config.js';
import type { Counters } from '../observe/counters.js';
import { engineModule } from '../runtime/instance.js';
import { WorkerPool } from '../runtime/pool.js';
import { Scheduler } from './scheduler.js';

/** Undefined where everything is decided inline. No thread starts before it is needed. */
export function makeScheduler(
  { poolThreads, stallMillis, queueMax, sliceMillis }: Config,
  counters: Counters,
): Scheduler | undefined {
  if (poolThreads === 0) return undefined;
  const pool = new WorkerPool({ threads: poolThreads, module: engineModule(), stallMillis });
  return new Scheduler({ pool, counters, queueMax, sliceMillis });
}
