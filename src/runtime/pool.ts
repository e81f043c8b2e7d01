// The pool decides expensive requests on worker threads, over the same memory as the inline path.
//
//   owner of the tenant (I/O thread)                      worker
//   ------------------------------------------------------------------------------------
//   ring.claim          state = CLAIMED
//   writes payloads and header
//   run()               state = READY (Atomics.store)
//                       task  -- message port + futex -->  compareExchange READY -> RUNNING
//                                                          decide(slot): entries, output, status
//                                                          state = DONE (Atomics.store)
//   settle              <----------- message port -------  result
//   ring.release        state = FREE
//
// Promise: between READY and its result only the worker touches the slot; before and after, only the owner. Both hand-overs are
// an atomic store followed by a message, so everything written before one is seen after it. A task ends in exactly one result.
// A worker that dies is seen by its thread's exit, when nothing of it runs any more: only then is its slot given back, and its
// scratches are. Order: tasks start in the order of run(); they may end in any order.
//
// Measured, a task that returns at once, microseconds a round trip, 64 in flight the same (one thread takes one task at a time):
// on a quiet 2-core virtual machine, Node 20.20, 43 with atomics 'sync', 48 with 'async', 82 with 'disabled'; on the same machine
// under load 28 to 34, 27 to 42, 27 to 33, which is to say the same. The worker is a pure evaluator and has no event loop to
// keep alive, so 'sync' takes nothing from it.

import { fileURLToPath } from 'node:url';
import { threadId } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { SLOT_STATE } from '../../assembly/shared/layout.js';
import { SlotState } from '../../assembly/shared/status.js';
import type { GeneratedCode } from './generated-code.js';
import type { TenantMemory } from './memory.js';
import { releaseScratchesOfDead } from './scratch.js';
import { type DecideTask, type SlotCall, TaskResult } from './task.js';
import type { WasmModule } from './webassembly.js';

export interface WorkerPoolOptions {
  /** At least 1. */
  threads: number;
  module: WasmModule;
  /** Another thread entry exporting `runTask`, for tests. */
  workerFile?: URL;
}

export class WorkerPool {
  private piscina: Piscina<DecideTask, TaskResult> | undefined;
  private readonly memories = new Map<number, TenantMemory>();
  private closed = false;
  private running = 0;
  private idle: (() => void) | undefined;
  /** Workers that died and were replaced. */
  deaths = 0;

  constructor(private readonly options: WorkerPoolOptions) {}

  /** Threads that exist now; none before the first run. */
  get threads(): number {
    return this.piscina?.threads.length ?? 0;
  }

  /** Tasks waiting for a thread. */
  get queued(): number {
    return this.piscina?.queueSize ?? 0;
  }

  /** Tasks not yet answered. */
  get inFlight(): number {
    return this.running;
  }

  /**
   * Has a worker decide a slot that this thread has filled. Never rejects: a trap, a dead worker and a closed pool are results,
   * and with all but DONE nothing in the slot may be believed. `code`: decides it instead of the VM.
   */
  async run(memory: TenantMemory, slot: number, call: SlotCall, code?: GeneratedCode): Promise<TaskResult> {
    if (this.closed) return TaskResult.DIED;
    this.running++;
    try {
      this.memories.set(memory.id, memory);
      Atomics.store(memory.words, (slot + SLOT_STATE) >>> 2, SlotState.READY);
      const task = { memoryId: memory.id, slot, call, code: code?.id ?? 0 };
      const whole = { ...task, memory: memory.memory, ...(code === undefined ? {} : { module: code.module }) };
      let result = await this.send(task);
      if (result === TaskResult.NEEDS_MEMORY) result = await this.send(whole);
      if (result === TaskResult.NO_INSTANCE) {
        this.releaseDead();
        result = await this.send(whole);
      }
      return result;
    } finally {
      this.running--;
      if (this.running === 0) this.idle?.();
    }
  }

  /** Forgets a memory whose tenant is gone. Workers drop their instance of it when they need the room. */
  forget(memory: TenantMemory): void {
    this.memories.delete(memory.id);
  }

  /** Waits for the tasks in flight, then stops the threads. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.running > 0) await new Promise<void>((resolve) => (this.idle = resolve));
    await this.piscina?.destroy();
    this.piscina = undefined;
  }

  private async send(task: DecideTask): Promise<TaskResult> {
    const piscina = this.start();
    try {
      return await piscina.run(task);
    } catch {
      this.releaseDead();
      return TaskResult.DIED;
    }
  }

  private start(): Piscina<DecideTask, TaskResult> {
    if (this.piscina !== undefined) return this.piscina;
    const piscina = new Piscina<DecideTask, TaskResult>({
      filename: fileURLToPath(this.options.workerFile ?? new URL('./worker.js', import.meta.url)),
      name: 'runTask',
      // As many as may run: piscina replaces a dead thread only below the minimum, and tasks would wait for it for ever.
      minThreads: this.options.threads,
      maxThreads: this.options.threads,
      idleTimeout: Number.POSITIVE_INFINITY,
      atomics: 'sync',
      recordTiming: false,
      workerData: { module: this.options.module },
    });
    piscina.on('workerDestroy', () => {
      if (!this.closed) this.deaths++;
    });
    // A thread that failed without a task, e.g. while it started: piscina starts no other. Begin anew at the next run; what
    // waits now is answered DIED.
    piscina.on('error', () => {
      if (this.piscina === piscina) this.piscina = undefined;
      void piscina.destroy();
    });
    this.piscina = piscina;
    return piscina;
  }

  private releaseDead(): void {
    const alive = new Set<number>([threadId]);
    for (const thread of this.piscina?.threads ?? []) alive.add(thread.threadId);
    for (const memory of this.memories.values()) releaseScratchesOfDead(memory.words, alive);
  }
}
