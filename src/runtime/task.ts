// What the host and a worker of the pool say to each other. Small: a task is cloned on its way, and numbers cost least.

import type { GeneratedCode } from './generated-code.js';
import type { TenantMemory } from './memory.js';
import type { ScratchShare } from './scratch.js';
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

/** A slot that this thread has filled and a worker is to decide. */
export interface SlotPart {
  readonly memory: TenantMemory;
  readonly slot: number;
  readonly call: SlotCall;
  /** Decides it instead of the VM. */
  readonly code: GeneratedCode | undefined;
  /** Written by the pool. With all but DONE nothing in the slot may be believed. */
  result: TaskResult;
}

/** Numbers of a task for each of its slots: TenantMemory.id, the slot, the call, GeneratedCode.id (0 = the VM). */
export const PART_NUMBERS = 4;

/** A memory, and the scratches that this worker may claim in it. */
export interface SentMemory {
  memory: WasmMemory;
  scratches: ScratchShare;
}

/** Slots that a worker decides one after the other. */
export interface DecideTask {
  parts: readonly number[];
  /** Sent only after a worker has answered NEEDS_MEMORY: cloning a memory costs as much as the rest of the task. */
  memories?: ReadonlyMap<number, SentMemory>;
  /** Sent with the memories. */
  modules?: ReadonlyMap<number, WasmModule>;
}

export enum TaskResult {
  DONE = 0,
  /** This worker does not know the memory, or not the code: send the slot again with both. */
  NEEDS_MEMORY = 1,
  /** No instance could be made (no scratch is free), or none of the code. */
  NO_INSTANCE = 2,
  /** The engine trapped: a bug. The slot's status is INTERNAL. */
  TRAPPED = 3,
  /** The slot was not READY: a bug of the host. */
  NOT_READY = 4,
  /** The worker died while it decided this slot. Never sent; the pool's own. */
  DIED = 5,
  /** The worker died before it came to this slot. Never sent; the pool's own. */
  NOT_BEGUN = 6,
}
