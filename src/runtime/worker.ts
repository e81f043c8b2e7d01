// A worker of the pool: takes a slot, decides it, and says so. It opens no file and waits for nothing, so piscina may put it to
// sleep on Atomics.wait between two tasks. pool.ts has the drawing and the ordering promise.

import { threadId, workerData } from 'node:worker_threads';
import { SLOT_STATE, SLOT_STATUS } from '../../assembly/shared/layout.js';
import { SlotState, Status } from '../../assembly/shared/status.js';
import { WORKER_CODES_MAX, WORKER_INSTANCES_MAX } from '../config.js';
import { attachCode, type CodeExports } from './generated-code.js';
import { EngineInstance } from './instance.js';
import { type DecideTask, SlotCall, TaskResult } from './task.js';
import type { WasmModule } from './webassembly.js';

interface Entry {
  words: Int32Array;
  instance: EngineInstance;
  /** Generated code by its id, the least recently used first. It goes with the instance that it stands beside. */
  codes: Map<number, CodeExports>;
}

const { module } = workerData as { module: WasmModule };

/** By memory id; a Map keeps the order of use: an entry that is used goes to its end. */
const entries = new Map<number, Entry>();

/** Decides the slot of one task. Never throws: a trap is a result. */
export function runTask(task: DecideTask): TaskResult {
  let entry = entries.get(task.memoryId);
  if (entry === undefined) {
    if (task.memory === undefined || (task.code !== 0 && task.module === undefined)) return TaskResult.NEEDS_MEMORY;
    const words = new Int32Array(task.memory.buffer);
    try {
      entry = { words, instance: new EngineInstance(module, task.memory, words, threadId), codes: new Map() };
    } catch {
      return TaskResult.NO_INSTANCE;
    }
    makeRoom();
  } else {
    if (task.code !== 0 && task.module === undefined && !entry.codes.has(task.code)) return TaskResult.NEEDS_MEMORY;
    entries.delete(task.memoryId);
  }
  entries.set(task.memoryId, entry);
  return runSlot(task, entry);
}

/** The code of a task beside the instance that decides it. */
function codeOf({ code, module: sent }: DecideTask, { codes, instance }: Entry): CodeExports {
  let exports = codes.get(code);
  if (exports === undefined) {
    exports = attachCode(sent as WasmModule, instance);
    for (const [oldest] of codes) {
      if (codes.size < WORKER_CODES_MAX) break;
      codes.delete(oldest);
    }
  } else {
    codes.delete(code);
  }
  codes.set(code, exports);
  return exports;
}

function runSlot(task: DecideTask, entry: Entry): TaskResult {
  const state = (task.slot + SLOT_STATE) >>> 2;
  if (Atomics.compareExchange(entry.words, state, SlotState.READY, SlotState.RUNNING) !== SlotState.READY) {
    return TaskResult.NOT_READY;
  }
  let result = TaskResult.DONE;
  try {
    const status = decideSlot(task, entry);
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

function decideSlot(task: DecideTask, entry: Entry): Status {
  const decider = task.code === 0 ? entry.instance : codeOf(task, entry);
  if (task.call === SlotCall.DECIDE_JSON) return decider.decideJson(task.slot);
  return task.call === SlotCall.DECIDE ? decider.decide(task.slot) : decider.decideFrame(task.slot);
}

function makeRoom(): void {
  if (entries.size < WORKER_INSTANCES_MAX) return;
  for (const [id, entry] of entries) {
    entries.delete(id);
    entry.instance.dispose();
    return;
  }
}
