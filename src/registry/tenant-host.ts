// What all tenants of an engine share, as one thread has it: the owner of the tenants, or a listener that is attached to them.
// Several listeners share out what an engine may use: each has its own scheduler and workers, so that no request of one waits for
// the event loop of another; threads and places in queues are divided, not multiplied.

import { SCRATCH_COUNT_MAX } from '../../assembly/shared/layout.js';
import { type Config, LISTENERS_MAX, MEMORY_PAGES_MAX, SCRATCH_SPARE_COUNT } from '../config.js';
import type { Counters } from '../observe/counters.js';
import { type MemoryOptions, otherPagesOf } from '../runtime/memory.js';
import { makeScheduler } from '../scheduler/make-scheduler.js';
import type { TenantHost } from './tenant.js';

/**
 * What each of so many listeners may use. Throws RangeError where tenants' memories have no room for all of them, or the clock is
 * one that other threads do not have.
 */
export function configOfEach(config: Config, listeners: number, hasOwnClock: boolean): Config {
  if (!Number.isInteger(listeners) || listeners < 1 || listeners > LISTENERS_MAX)
    throw new RangeError(`listeners must be an integer from 1 to ${LISTENERS_MAX}, not ${listeners}`);
  if (listeners === 1) return config;
  if (hasOwnClock) throw new RangeError('listeners: a clock of your own is on one thread only');
  const { poolThreads, queueMax } = config;
  const each = { ...config, poolThreads: Math.ceil(poolThreads / listeners), queueMax: Math.ceil(queueMax / listeners) };
  const options = memoryOptionsOf(each, listeners);
  if (listeners * options.scratchCount > SCRATCH_COUNT_MAX)
    throw new RangeError(`poolThreads: ${poolThreads} are too many beside ${listeners} listeners, each with a share of them`);
  const pages = options.pagesMax + otherPagesOf(options);
  if (pages > MEMORY_PAGES_MAX)
    throw new RangeError(
      `tenantPagesMax: with the rings of ${listeners} listeners it is ${pages} pages, at most ${MEMORY_PAGES_MAX}`,
    );
  return each;
}

/** How tenants' memories are laid out, the same on every thread. */
export function memoryOptionsOf({ poolThreads, ringBytes, tenantPagesMax }: Config, listeners: number): MemoryOptions {
  // The pool's threads, the one of the event loop, and the one that verifies lists.
  return { scratchCount: poolThreads + 2 + SCRATCH_SPARE_COUNT, ringBytes, pagesMax: tenantPagesMax, parts: listeners };
}

/** The host of tenants on this thread, with a pool of its own, which starts no thread before it is needed. */
export function makeHost(config: Config, counters: Counters, isShared: boolean): TenantHost {
  const { costInlineMax, quota } = config;
  return { scheduler: makeScheduler(config, counters), costInlineMax, counters, quota, isShared };
}
