// What the host and a worker of the pool say to each other. Small: a task is cloned twice on its way.

import type { WasmMemory } from './webassembly.js';

/** Which call decides the slot. */
export enum SlotCall {
  DECIDE = 0,
  DECIDE_FRAME = 1,
  EVALUATE = 2,
}

export interface DecideTask {
  /** TenantMemory.id. */
  memoryId: number;
  slot: number;
  call: SlotCall;
  /** Sent only after a worker has answered NEEDS_MEMORY: cloning a memory costs as much as the rest of the task. */
  memory?: WasmMemory;
}

export enum TaskResult {
  DONE = 0,
  /** This worker does not know the memory: send the task again with it. */
  NEEDS_MEMORY = 1,
  /** No instance could be made (no scratch is free). */
  NO_INSTANCE = 2,
  /** The engine trapped: a bug. The slot's status is INTERNAL. */
  TRAPPED = 3,
  /** The slot was not READY: a bug of the host. */
  NOT_READY = 4,
  /** The worker died. Never sent; the pool's own. */
  DIED = 5,
}
