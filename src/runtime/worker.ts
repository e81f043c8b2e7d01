// A worker of the pool: takes a slot, decides it, and says so. It opens no file and waits for nothing, so piscina may put it to
// sleep on Atomics.wait between two tasks. pool.ts has the drawing and the ordering promise.

import { threadId, workerData } from 'node:worker_threads';
import { SLOT_STATE, SLOT_STATUS } from '../../assembly/shared/layout.js';
import { SlotState, Status } from '../../assembly/shared/status.js';
import { WORKER_INSTANCES_MAX } from '../config.js';
import { EngineInstance } from './instance.js';
import { type DecideTask, SlotCall, TaskResult } from './task.js';
import type { WasmModule } from './webassembly.js';

interface Entry {
  words: Int32Array;
  instance: EngineInstance;
}

const { module } = workerData as { module: WasmModule };

/** By memory id; a Map keeps the order of use: an entry that is used goes to its end. */
const entries = new Map<number, Entry>();

/** Decides the slot of one task. Never throws: a trap is a result. */
export function runTask(task: DecideTask): TaskResult {
  let entry = entries.get(task.memoryId);
  if (entry === undefined) {
    if (task.memory === undefined) return TaskResult.NEEDS_MEMORY;
    const words = new Int32Array(task.memory.buffer);
    try {
      entry = { words, instance: new EngineInstance(module, task.memory, words, threadId) };
    } catch {
      return TaskResult.NO_INSTANCE;
    }
    makeRoom();
  } else {
    entries.delete(task.memoryId);
  }
  entries.set(task.memoryId, entry);
  return runSlot(task, entry);
}

function runSlot(task: DecideTask, entry: Entry): TaskResult {
  const state = (task.slot + SLOT_STATE) >>> 2;
  if (Atomics.compareExchange(entry.words, state, SlotState.READY, SlotState.RUNNING) !== SlotState.READY) {
    return TaskResult.NOT_READY;
  }
  let result = TaskResult.DONE;
  try {
    const status = task.call === SlotCall.DECIDE ? entry.instance.decide(task.slot) : entry.instance.decideFrame(task.slot);
    entry.words[(task.slot + SLOT_STATUS) >>> 2] = status;
  } catch {
    // The instance may be in the middle of anything: the next task of this tenant gets a new one.
    entry.words[(task.slot + SLOT_STATUS) >>> 2] = Status.INTERNAL;
    entry.instance.dispose();
    entries.delete(task.memoryId);
    result = TaskResult.TRAPPED;
  }
  Atomics.store(entry.words, state, SlotState.DONE);
  return result;
}

function makeRoom(): void {
  if (entries.size < WORKER_INSTANCES_MAX) return;
  for (const [id, entry] of entries) {
    entries.delete(id);
    entry.instance.dispose();
    return;
  }
}
