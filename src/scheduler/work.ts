// A request that waits for a worker, or is with one: its slot, and what the scheduler has to know of it.

import { SLOT_COUNT, SLOT_CURSOR, SLOT_MICROS, SLOT_UNTIL } from '../../assembly/shared/layout.js';
import type { Problem } from '../errors.js';
import type { GeneratedCode } from '../runtime/generated-code.js';
import type { TenantMemory } from '../runtime/memory.js';
import { type SlotCall, type SlotPart, TaskResult } from '../runtime/task.js';
import type { Pace } from './pace.js';
import type { Share } from './share.js';

export interface WorkOrder {
  readonly share: Share;
  readonly memory: TenantMemory;
  /** Filled, and its cursor at its first payload. */
  readonly slot: number;
  readonly call: SlotCall;
  readonly code: GeneratedCode | undefined;
  /** Static cost of one payload, units. */
  readonly costEach: number;
  /** Of its image. */
  readonly pace: Pace;
  /** Why nobody waits for it any more; undefined while somebody does. Asked before each of its slices. */
  readonly whyVoid: () => Problem | undefined;
  /**
   * Called once, on the thread that submitted it. `problem`: it was not decided, or not to its end; then, and with every result but
   * DONE, nothing in the slot may be believed. `waitedMillis`: how long it waited for workers.
   */
  readonly settle: (result: TaskResult, problem: Problem | undefined, waitedMillis: number) => void;
}

export class Work implements SlotPart {
  result = TaskResult.NOT_BEGUN;
  readonly memory: TenantMemory;
  readonly slot: number;
  readonly call: SlotCall;
  readonly code: GeneratedCode | undefined;
  /** Whether some of it has been decided: it is not given up for others any more. */
  isBegun = false;
  /** Whether its tenant's breaker wants to hear of it. */
  isProbe = false;
  /** Workers that died and had come to nothing that they were given with it. */
  attempts = 0;
  /** Of its slice: whether others may end it early, its first payload, what it is expected to take, when it began. */
  mayBeCut = false;
  from = 0;
  sliceNanos = 0;
  sliceStart = 0;
  /** When it began to wait, and for how long it has waited in all before that. */
  queuedMillis = 0;
  waitedMillis = 0;

  constructor(readonly order: WorkOrder) {
    this.memory = order.memory;
    this.slot = order.slot;
    this.call = order.call;
    this.code = order.code;
  }

  /** Payloads that are not decided yet. */
  get remaining(): number {
    return this.word(SLOT_COUNT) - this.word(SLOT_CURSOR);
  }

  /** Nanoseconds that a payload is expected to take. */
  get nanosEach(): number {
    return this.order.costEach * this.order.pace.nanosPerUnit;
  }

  /** Bounds its next slice by time, one payload at least. */
  beginSlice(nanos: number, now: number): void {
    const { remaining, nanosEach } = this;
    const count = Math.max(1, Math.floor(nanos / nanosEach));
    this.from = this.word(SLOT_CURSOR);
    this.sliceNanos = Math.min(count, remaining) * nanosEach;
    this.sliceStart = now;
    this.isBegun = true;
    Atomics.store(this.memory.words, (this.slot + SLOT_UNTIL) >>> 2, count < remaining ? this.from + count : 0);
  }

  /** Ends its slice at the next payload. It may be over already. */
  cut(): void {
    this.mayBeCut = false;
    Atomics.store(this.memory.words, (this.slot + SLOT_UNTIL) >>> 2, 1);
  }

  /** Learns from a slice that a worker has ended. @returns nanoseconds it took */
  endSlice(): number {
    const micros = this.word(SLOT_MICROS);
    this.order.pace.record((this.word(SLOT_CURSOR) - this.from) * this.order.costEach, micros);
    return micros * 1000;
  }

  private word(field: number): number {
    return (this.memory.words[(this.slot + field) >>> 2] as number) >>> 0;
  }
}
