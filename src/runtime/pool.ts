// The pool decides expensive requests on worker threads, over the same memory as the inline path.
//
//   owner of the tenant (I/O thread)                      worker
//   ------------------------------------------------------------------------------------
//   ring.claim          state = CLAIMED
//   writes payloads and header
//   run()               state = READY (Atomics.store)
//                       task  -- message port + futex -->  for each of its slots:
//                                                          compareExchange READY -> RUNNING
//                                                          decide(slot): entries, output, status
//                                                          state = DONE (Atomics.store)
//   settle              <----------- message port -------  results
//   ring.release        state = FREE
//
// Promise: between READY and its result only the worker touches the slot, but for SLOT_UNTIL, by which the owner ends a call;
// before and after, only the owner. Both hand-overs are an atomic store followed by a message, so everything written before one is
// seen after it. Every slot of a task has exactly one result. A worker that dies is seen by its thread's exit, when nothing of it
// runs any more: the states tell what it had done, what it had in hand, and what it had not begun. Only then is a slot given back,
// and are its scratches. Order: tasks start in the order of run(); they may end in any order. The pool has no queue worth the name:
// who calls it (src/scheduler) hands it no more tasks than it has threads.
//
// Measured (`npm run bench -- wakeup`), a task that returns at once, microseconds a round trip one at a time, 2 processors of an AMD
// EPYC under load: with atomics 'sync' 21 on Node 20 and 19 on Node 24, 'async' 27 and 31, 'disabled' 25 and 27; a MessagePort
// without piscina 18 and 22; Atomics.wait in the worker and Atomics.waitAsync here 13 and 10. On a quiet machine whose processors
// have to be woken, with 64 in flight: 43, 48 and 82 with 'sync', 'async' and 'disabled'. The worker is a pure evaluator and has no
// event loop to keep alive, so 'sync' takes nothing from it; what a way of our own would save is a twentieth of the least work that
// comes here (costInlineMax), and groups pay it once.

import { fileURLToPath } from 'node:url';
import { threadId } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { SLOT_STATE } from '../../assembly/shared/layout.js';
import { SlotState } from '../../assembly/shared/status.js';
import { monotonicMillis } from '../clock.js';
import type { TenantMemory } from './memory.js';
import { releaseScratchesOfDead } from './scratch.js';
import { type DecideTask, type SlotPart, TaskResult } from './task.js';
import { Watchdog } from './watchdog.js';
import type { WasmModule } from './webassembly.js';

export interface WorkerPoolOptions {
  /** At least 1. */
  threads: number;
  module: WasmModule;
  /** How long a worker may stay with one payload before it is replaced. */
  stallMillis: number;
  /** Another thread entry exporting `runTask`, for tests. */
  workerFile?: URL;
}

/** Looks of the watchdog in that time. */
const STALL_LOOKS = 4;

export class WorkerPool {
  private piscina: Piscina<DecideTask, TaskResult[]> | undefined;
  private readonly memories = new Map<number, TenantMemory>();
  private readonly watchdog: Watchdog;
  private looking: NodeJS.Timeout | undefined;
  private closed = false;
  private running = 0;
  private idle: (() => void) | undefined;
  /** Workers that died and were replaced. */
  deaths = 0;
  /** Those of them that hung. */
  hangs = 0;

  constructor(private readonly options: WorkerPoolOptions) {
    this.watchdog = new Watchdog(options.stallMillis);
  }

  /** Threads there may be. */
  get size(): number {
    return this.options.threads;
  }

  /** Threads that exist now; none before the first run. */
  get threads(): number {
    return this.piscina?.threads.length ?? 0;
  }

  /** Tasks not yet answered. */
  get inFlight(): number {
    return this.running;
  }

  /**
   * Has one worker decide slots that this thread has filled, one after the other, and writes their results: NOT_BEGUN where the
   * worker died before it came to a slot. Never rejects: a trap, a dead worker and a closed pool are results.
   */
  async run(parts: readonly SlotPart[]): Promise<void> {
    for (const part of parts) part.result = TaskResult.DIED;
    if (this.closed) return;
    this.running++;
    try {
      for (const { memory, slot } of parts) {
        this.memories.set(memory.id, memory);
        Atomics.store(memory.words, (slot + SLOT_STATE) >>> 2, SlotState.READY);
      }
      await this.send(parts, false);
      const again = parts.filter(({ result }) => result === TaskResult.NEEDS_MEMORY || result === TaskResult.NO_INSTANCE);
      if (again.length === 0) return;
      if (again.some(({ result }) => result === TaskResult.NO_INSTANCE)) this.releaseDead();
      await this.send(again, true);
      const without = again.filter(({ result }) => result === TaskResult.NO_INSTANCE);
      if (without.length === 0) return;
      this.releaseDead();
      await this.send(without, true);
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
    clearInterval(this.looking);
    await this.piscina?.destroy();
    this.piscina = undefined;
  }

  private async send(parts: readonly SlotPart[], isWhole: boolean): Promise<void> {
    const task: DecideTask = {
      parts: parts.flatMap(({ memory, slot, call, code }) => [memory.id, slot, call, code?.id ?? 0]),
      ...(isWhole ? wholeOf(parts) : {}),
    };
    const piscina = this.start();
    this.watchdog.watch(parts, monotonicMillis());
    try {
      const results = await piscina.run(task);
      for (const [i, part] of parts.entries()) part.result = results[i] as TaskResult;
    } catch {
      this.releaseDead();
      for (const part of parts) part.result = afterDeath(part);
    } finally {
      this.watchdog.forget(parts);
    }
  }

  private start(): Piscina<DecideTask, TaskResult[]> {
    if (this.piscina !== undefined) return this.piscina;
    const piscina = new Piscina<DecideTask, TaskResult[]>({
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
      if (this.closed) return;
      this.deaths++;
      // One that died without a task too: others need its scratches.
      this.releaseDead();
    });
    // A thread that failed without a task, e.g. while it started: piscina starts no other. Begin anew at the next run; what
    // waits now is answered DIED.
    piscina.on('error', () => {
      if (this.piscina === piscina) this.piscina = undefined;
      void piscina.destroy();
    });
    this.looking ??= setInterval(() => this.look(), this.options.stallMillis / STALL_LOOKS).unref();
    this.piscina = piscina;
    return piscina;
  }

  /** Ends threads that hang: their tasks fail with their exit. */
  private look(): void {
    for (const id of this.watchdog.hanging(monotonicMillis())) {
      const thread = this.piscina?.threads.find(({ threadId: own }) => own === id);
      if (thread === undefined) continue;
      this.hangs++;
      void thread.terminate();
    }
  }

  private releaseDead(): void {
    const alive = new Set<number>([threadId]);
    for (const thread of this.piscina?.threads ?? []) alive.add(thread.threadId);
    for (const memory of this.memories.values()) releaseScratchesOfDead(memory.words, alive, memory.scratches);
  }
}

function wholeOf(parts: readonly SlotPart[]): Pick<DecideTask, 'memories' | 'modules'> {
  return {
    memories: new Map(parts.map(({ memory: { id, memory, scratches } }) => [id, { memory, scratches }])),
    modules: new Map(parts.flatMap(({ code }) => (code === undefined ? [] : [[code.id, code.module] as const]))),
  };
}

/** What a thread that is no more has left of a slot. */
function afterDeath({ memory, slot }: SlotPart): TaskResult {
  const state = Atomics.load(memory.words, (slot + SLOT_STATE) >>> 2);
  if (state === SlotState.READY) return TaskResult.NOT_BEGUN;
  return state === SlotState.DONE ? TaskResult.DONE : TaskResult.DIED;
}
