// A worker of the pool: takes slots, decides them one after the other, and says so. It opens no file and waits for nothing, so
// piscina may put it to sleep on Atomics.wait between two tasks. pool.ts has the drawing and the ordering promise.

import { threadId, workerData } from 'node:worker_threads';
import { SLOT_MICROS, SLOT_STATE, SLOT_STATUS, SLOT_THREAD } from '../../assembly/shared/layout.js';
import { SlotState, Status } from '../../assembly/shared/status.js';
import { monotonicMillis } from '../clock.js';
import { WORKER_CODES_MAX, WORKER_INSTANCES_MAX } from '../config.js';
import { attachCode, type CodeExports } from './generated-code.js';
import { EngineInstance } from './instance.js';
import { claimScratch } from './scratch.js';
import { type DecideTask, PART_NUMBERS, SlotCall, TaskResult } from './task.js';
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

/** Decides the slots of one task; a result for each. Never throws: a trap is a result. */
export function runTask(task: DecideTask): TaskResult[] {
  const results: TaskResult[] = [];
  for (let at = 0; at < task.parts.length; at += PART_NUMBERS) {
    const [memoryId, slot, call, code] = task.parts.slice(at, at + PART_NUMBERS) as [number, number, SlotCall, number];
    const entry = entryOf(task, memoryId, code);
    results.push(typeof entry === 'number' ? entry : runSlot(entry, memoryId, slot, call, code));
  }
  return results;
}

/** The instance for a memory with the code, or why there is none. */
function entryOf({ memories, modules }: DecideTask, memoryId: number, code: number): Entry | TaskResult {
  let entry = entries.get(memoryId);
  const sent = modules?.get(code);
  if (code !== 0 && sent === undefined && entry?.codes.has(code) !== true) return TaskResult.NEEDS_MEMORY;
  if (entry === undefined) {
    const sentMemory = memories?.get(memoryId);
    if (sentMemory === undefined) return TaskResult.NEEDS_MEMORY;
    const { memory, scratches } = sentMemory;
    const words = new Int32Array(memory.buffer);
    try {
      const instance = new EngineInstance(module, memory, words, claimScratch(words, threadId, scratches));
      entry = { words, instance, codes: new Map() };
    } catch {
      return TaskResult.NO_INSTANCE;
    }
    makeRoom();
  } else {
    entries.delete(memoryId);
  }
  entries.set(memoryId, entry);
  try {
    if (code !== 0) useCode(entry, code, sent);
  } catch {
    return TaskResult.NO_INSTANCE;
  }
  return entry;
}

/** Sees to it that code stands beside an instance, and is the last to go. */
function useCode({ codes, instance }: Entry, code: number, sent: WasmModule | undefined): void {
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
}

function runSlot(entry: Entry, memoryId: number, slot: number, call: SlotCall, code: number): TaskResult {
  const { words, instance } = entry;
  const state = (slot + SLOT_STATE) >>> 2;
  words[(slot + SLOT_THREAD) >>> 2] = threadId + 1;
  if (Atomics.compareExchange(words, state, SlotState.READY, SlotState.RUNNING) !== SlotState.READY) return TaskResult.NOT_READY;
  let result = TaskResult.DONE;
  const start = monotonicMillis();
  try {
    const decider = code === 0 ? instance : (entry.codes.get(code) as CodeExports);
    if (call === SlotCall.DECIDE_JSON) words[(slot + SLOT_STATUS) >>> 2] = decider.decideJson(slot);
    else words[(slot + SLOT_STATUS) >>> 2] = call === SlotCall.DECIDE ? decider.decide(slot) : decider.decideFrame(slot);
  } catch {
    // The instance may be in the middle of anything: the next slot of this tenant gets a new one.
    words[(slot + SLOT_STATUS) >>> 2] = Status.INTERNAL;
    instance.dispose();
    entries.delete(memoryId);
    result = TaskResult.TRAPPED;
  }
  words[(slot + SLOT_MICROS) >>> 2] = (monotonicMillis() - start) * 1000;
  Atomics.store(words, state, SlotState.DONE);
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
