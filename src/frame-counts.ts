// What the decisions of a frame add to the counters, from what the engine has counted in its slot.

import { DECISION_STATUS } from '../assembly/shared/image.js';
import {
  ANSWER_DECISION,
  ANSWER_OFFSETS,
  SLOT_COUNT,
  SLOT_FAILURES,
  SLOT_OUTCOMES,
  SLOT_OUTPUT,
} from '../assembly/shared/layout.js';
import { Status } from '../assembly/shared/status.js';
import { Counter } from './observe/counters.js';
import type { LiveImage } from './registry/live-image.js';
import type { TenantMemory } from './runtime/memory.js';

const COUNT = SLOT_COUNT >>> 2;
const OUTCOMES = SLOT_OUTCOMES >>> 2;
const FAILURES = SLOT_FAILURES >>> 2;
const OUTPUT = SLOT_OUTPUT >>> 2;
const OK = Status.OK;

/** Counts a frame that has been settled with a status. Returns its decisions. */
export function countFrame(live: LiveImage, memory: TenantMemory, slot: number, status: Status, path: Counter): number {
  const { counters } = live.tenant.host;
  if (status !== OK) {
    counters.add(path);
    countRefused(live, status);
    return 0;
  }
  const { words } = memory;
  const at = slot >>> 2;
  const count = words[at + COUNT] as number;
  live.decided(count);
  const first = at + OUTCOMES;
  counters.addFrame(
    path,
    live.costMax * count,
    words[first] as number,
    words[first + 1] as number,
    words[first + 2] as number,
    words[first + 3] as number,
  );
  if (words[at + FAILURES] !== 0) countFailures(live, memory, (words[at + OUTPUT] as number) >>> 0, count);
  return count;
}

/** Counts why a frame was not decided. */
function countRefused(live: LiveImage, status: Status): void {
  const { counters } = live.tenant.host;
  if (status === Status.INVALID_FRAME) {
    counters.add(Counter.INVALID_FRAME);
    return;
  }
  counters.add(Counter.INTERNAL);
  counters.addStatus(status);
}

/** Counts the decisions of an answer whose status is not OK. */
function countFailures(live: LiveImage, { words, bytes }: TenantMemory, output: number, count: number): void {
  const { counters } = live.tenant.host;
  for (let i = 0; i < count; i++) {
    const element = output + ANSWER_OFFSETS + i * 4;
    const decision = element + (words[element >>> 2] as number) + ANSWER_DECISION;
    const status = bytes[decision + DECISION_STATUS] as Status;
    if (status !== OK) counters.addStatus(status);
  }
}
