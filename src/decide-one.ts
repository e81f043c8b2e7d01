// One payload, decided at once on this thread: what a library user calls most. Nothing else can begin or end in between, so
// it needs no pin, no reference to its bindings and no slot of its own: it lies in room that the ring lends it, and what the
// engine has to say comes back as one number.
//
//   | header, of which the engine reads now, the id and the bindings | payload, at a multiple of 8 | the decision |

import { DECISION_OUTCOME } from '../assembly/shared/image.js';
import {
  ENTRY_STATUS_SHIFT,
  SLOT_HEADER_BYTES,
  SLOT_ID_HIGH,
  SLOT_ID_LOW,
  SLOT_LISTS,
  SLOT_NOW,
  SLOT_PARAMETERS,
} from '../assembly/shared/layout.js';
import { PAYLOAD_BYTES_MAX } from '../assembly/shared/limits.js';
import { Status } from '../assembly/shared/status.js';
import { assert } from './assert.js';
import { DecisionView } from './decision-view.js';
import { Problem } from './errors.js';
import { Counter } from './observe/counters.js';
import type { LiveImage } from './registry/live-image.js';

/** Of what runLent returns. */
export const BYTES_MASK = (1 << ENTRY_STATUS_SHIFT) - 1;

/**
 * Decides a payload inline, without an id. A payload that is no payload has a decision too, which says INVALID_PAYLOAD.
 *
 * @param now microseconds UTC
 * Throws Problem: BUSY where the tenant's ring is full, BATCH_TOO_LARGE where the worst case exceeds it, INTERNAL where the engine
 * trapped.
 */
export function decideOne(live: LiveImage, payload: Uint8Array, now: bigint): DecisionView {
  const { memory } = live.tenant;
  // Of a payload that is too large nothing is copied, so that the engine finds it invalid like any other.
  const length = payload.length > PAYLOAD_BYTES_MAX ? 0 : payload.length;
  const outputOffset = SLOT_HEADER_BYTES + ((length + 7) & ~7);
  const slot = lendRoom(live, outputOffset + live.decisionBytesMax);
  const address = slot + SLOT_HEADER_BYTES;
  if (length > 0) memory.bytes.set(payload, address);
  const output = slot + outputOffset;
  return new DecisionView(memory, live.reasons, output, runLent(live, slot, address, length, output, now) & BYTES_MASK);
}

/** Room for a request of so many bytes that is over before another begins. Throws Problem BUSY, BATCH_TOO_LARGE. */
export function lendRoom(live: LiveImage, bytes: number): number {
  assert(!live.isFreed, 'decided with an image that has been released');
  const slot = live.tenant.memory.ring.lend(bytes);
  if (slot === 0) throw noRoom(live, bytes);
  return slot;
}

/**
 * Decides a payload that lies in lent room, behind its header, into `output`. Returns the bytes of the decision | status <<
 * ENTRY_STATUS_SHIFT. Throws Problem INTERNAL where the engine trapped.
 */
export function runLent(live: LiveImage, slot: number, payload: number, payloadBytes: number, output: number, now: bigint): number {
  beginLent(live, slot, now);
  return endLent(live, output, live.tenant.inline.decideOne(slot, live.address, payload, payloadBytes, output, live.code));
}

/** Writes what the engine reads of the header. */
export function beginLent(live: LiveImage, slot: number, now: bigint): void {
  const { words, longs } = live.tenant.memory;
  const { bindings } = live;
  const at = slot >>> 2;
  words[at + (SLOT_LISTS >>> 2)] = bindings === undefined ? 0 : bindings.lists;
  words[at + (SLOT_PARAMETERS >>> 2)] = bindings === undefined ? 0 : bindings.parameters;
  longs[(slot + SLOT_NOW) >>> 3] = now;
  for (let word = SLOT_ID_HIGH >>> 2; word < (SLOT_ID_LOW + 8) >>> 2; word++) words[at + word] = 0;
}

/** Counts a decision, and returns what the engine said of it. Throws Problem INTERNAL where it trapped: then that has no bytes. */
export function endLent(live: LiveImage, output: number, packed: number): number {
  const { memory, host } = live.tenant;
  const { counters } = host;
  counters.add(Counter.REQUESTS_INLINE);
  if (packed <= 0 || (packed & BYTES_MASK) === 0) {
    counters.add(Counter.INTERNAL);
    counters.add(Counter.TRAPS);
    throw new Problem('INTERNAL', `the engine failed with status ${Status.INTERNAL}`);
  }
  live.decided(1);
  counters.add(Counter.OUTCOME_NONE + (memory.bytes[output + DECISION_OUTCOME] as number));
  const status: Status = packed >>> ENTRY_STATUS_SHIFT;
  if (status !== Status.OK) counters.addStatus(status);
  return packed;
}

function noRoom({ tenant }: LiveImage, bytes: number): Problem {
  const room = tenant.memory.ring.bytes;
  if (bytes > room)
    return new Problem('BATCH_TOO_LARGE', `the payload may need ${bytes} bytes of the tenant's ring, which has ${room}`);
  tenant.host.counters.add(Counter.BUSY);
  return new Problem('BUSY', 'the ring of requests is full');
}
