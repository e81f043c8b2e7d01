// What the host and a worker of the pool say to each other. Small: a task is cloned twice on its way.

import type { WasmMemory, WasmModule } from './webassembly.js';

/** Which call decides the slot. */
export enum SlotCall {
  DECIDE = 0,
  DECIDE_FRAME = 1,
  EVALUATE = 2,
  DECIDE_JSON = 3,
  /** Never pooled. */
  SPLIT_JSON = 4,
}

export interface DecideTask {
  /** TenantMemory.id. */
  memoryId: number;
  slot: number;
  call: SlotCall;
  /** GeneratedCode.id of the code that decides it; 0 = the VM. */
  code: number;
  /** Sent only after a worker has answered NEEDS_MEMORY: cloning a memory costs as much as the rest of the task. */
  memory?: WasmMemory;
  /** Sent with the memory. */
  module?: WasmModule;
}

export enum TaskResult {
  DONE = 0,
  /** This worker does not know the memory, or not the code: send the task again with both. */
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
