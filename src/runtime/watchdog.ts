// Sees workers that go on for too long without coming to another payload. A payload has a static worst-case cost, and every loop of
// the engine is bounded by it: so a worker that hangs is a bug of ours, or of what runs us.

import { SLOT_CURSOR, SLOT_STATE, SLOT_THREAD } from '../../assembly/shared/layout.js';
import { SlotState } from '../../assembly/shared/status.js';
import type { SlotPart } from './task.js';

/** Slots that one worker decides one after the other. */
interface Watched {
  /** Where it was last seen: a part, and the cursor of its slot. */
  part: SlotPart | undefined;
  cursor: number;
  since: number;
}

export class Watchdog {
  private readonly watched = new Map<readonly SlotPart[], Watched>();

  /** @param stallMillis how long a worker may stay with one payload */
  constructor(private readonly stallMillis: number) {}

  watch(parts: readonly SlotPart[], now: number): void {
    this.watched.set(parts, { part: undefined, cursor: 0, since: now });
  }

  forget(parts: readonly SlotPart[]): void {
    this.watched.delete(parts);
  }

  /** Ids of threads that hang. What waits for a thread does not hang. */
  hanging(now: number): number[] {
    const threads: number[] = [];
    for (const [parts, watched] of this.watched) {
      const part = parts.find(({ memory, slot }) => Atomics.load(memory.words, (slot + SLOT_STATE) >>> 2) === SlotState.RUNNING);
      const cursor = part === undefined ? 0 : Atomics.load(part.memory.words, (part.slot + SLOT_CURSOR) >>> 2);
      if (part === undefined || part !== watched.part || cursor !== watched.cursor) {
        watched.part = part;
        watched.cursor = cursor;
        watched.since = now;
      } else if (now - watched.since >= this.stallMillis) {
        threads.push((part.memory.words[(part.slot + SLOT_THREAD) >>> 2] as number) - 1);
        watched.since = now;
      }
    }
    return threads;
  }
}
