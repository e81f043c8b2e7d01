// Scratches: each instance has one of its own, whichever thread it lives on. Owners stand in the control block, as the thread's id
// + 1; a scratch is claimed by compare-and-swap, so threads need not ask the host for one. Only its owner releases it, or the host
// once the thread is dead. Where several listeners decide in one memory, each has a share of the scratches: so none takes those of
// another, and each knows all threads that may own one of its share.

import { CONTROL_BASE, CONTROL_SCRATCH_BASE, CONTROL_SCRATCH_OWNERS, SCRATCH_BYTES } from '../../assembly/shared/layout.js';

const BASE = (CONTROL_BASE + CONTROL_SCRATCH_BASE) >>> 2;
const OWNERS = (CONTROL_BASE + CONTROL_SCRATCH_OWNERS) >>> 2;

/** Scratches [first, first + count). */
export interface ScratchShare {
  first: number;
  count: number;
}

/** Address of a scratch of a share that now belongs to the thread, or 0 where none is free. `words` views the memory from address 0. */
export function claimScratch(words: Int32Array, thread: number, { first, count }: ScratchShare): number {
  for (let i = first; i < first + count; i++) {
    if (Atomics.compareExchange(words, OWNERS + i, 0, thread + 1) === 0) {
      return ((words[BASE] as number) >>> 0) + i * SCRATCH_BYTES;
    }
  }
  return 0;
}

/** Gives a scratch back. */
export function releaseScratch(words: Int32Array, scratch: number): void {
  const i = (scratch - ((words[BASE] as number) >>> 0)) / SCRATCH_BYTES;
  Atomics.store(words, OWNERS + i, 0);
}

/** Gives back the scratches of a share that belong to other threads than `alive`: those have died. */
export function releaseScratchesOfDead(words: Int32Array, alive: ReadonlySet<number>, { first, count }: ScratchShare): void {
  for (let i = first; i < first + count; i++) {
    const owner = Atomics.load(words, OWNERS + i);
    if (owner !== 0 && !alive.has(owner - 1)) Atomics.compareExchange(words, OWNERS + i, owner, 0);
  }
}
