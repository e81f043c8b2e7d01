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
  SLOT_LISTS,
  SLOT_NOW,
  SLOT_PARAMETERS,
} from '../assembly/shared/layout.js';
import { PAYLOAD_BYTES_MAX } from '../assembly/shared/limits.js';
import { Status } from '../assembly/shared/status.js';
import { InvariantError } from './assert.js';
import { DecisionView } from './decision-view.js';
import { Problem } from './errors.js';
import { Counter } from './observe/counters.js';
import type { LiveImage } from './registry/live-image.js';

/** Of what runLent returns. */
export const BYTES_MASK = (1 << ENTRY_STATUS_SHIFT) - 1;

// Names of this module's own: V8 knows their values when it compiles, and loads one that is imported at each use.
const HEADER_BYTES = SLOT_HEADER_BYTES;
const PAYLOAD_MAX = PAYLOAD_BYTES_MAX;
const STATUS_SHIFT = ENTRY_STATUS_SHIFT;
const DECISION_MASK = BYTES_MASK;
const LISTS = SLOT_LISTS >>> 2;
const PARAMETERS = SLOT_PARAMETERS >>> 2;
const NOW = SLOT_NOW;
/** Of its high half, which the low half follows: four words. */
const ID = SLOT_ID_HIGH >>> 2;
const OUTCOME = DECISION_OUTCOME;
const STATUS_OK = Status.OK;

/**
 * Decides a payload inline, without an id. A payload that is no payload has a decision too, which says INVALID_PAYLOAD.
 *
 * All of it stands here in one piece, which others say again in parts: V8 does not compile a function
 * of more than 460 bytes of bytecode into its caller, and so the 920 that it may compile into a caller's loop are left for the view.
 * 100 rules, nanoseconds over in place, all reasons read: 220 in pieces, 175 in one, and 145 where reading a reason is in the loop
 * as well (decision-view.ts).
 *
 * @param now microseconds UTC
 * Throws Problem: BUSY where the tenant's ring is full, BATCH_TOO_LARGE where the worst case exceeds it, INTERNAL where the engine
 * trapped.
 */
export function decideOne(live: LiveImage, payload: Uint8Array, now: bigint): DecisionView {
  const { tenant, bindings } = live;
  const { memory } = tenant;
  const { words } = memory;
  // Of a payload that is too large nothing is copied, so that the engine finds it invalid like any other.
  const length = payload.length > PAYLOAD_MAX ? 0 : payload.length;
  const outputOffset = HEADER_BYTES + ((length + 7) & ~7);
  const bytes = outputOffset + live.decisionBytesMax;
  if (live.isFreed) throw freed();
  const slot = memory.ring.lend(bytes);
  if (slot === 0) throw noRoom(live, bytes);
  const address = slot + HEADER_BYTES;
  if (length > 0) memory.bytes.set(payload, address);
  const output = slot + outputOffset;
  const at = slot >>> 2;
  words[at + LISTS] = bindings === undefined ? 0 : bindings.lists;
  words[at + PARAMETERS] = bindings === undefined ? 0 : bindings.parameters;
  words[at + ID] = 0;
  words[at + ID + 1] = 0;
  words[at + ID + 2] = 0;
  words[at + ID + 3] = 0;
  memory.longs[(slot + NOW) >>> 3] = now;
  const packed = tenant.inline.decideOne(slot, live.address, address, length, output, live.code);
  const written = packed & DECISION_MASK;
  if (packed <= 0 || written === 0) throw trapped(live);
  live.decided(1);
  const { counters } = tenant.host;
  counters.addOne(memory.bytes[output + OUTCOME] as number, live.costMax);
  const status: Status = packed >>> STATUS_SHIFT;
  if (status !== STATUS_OK) counters.addStatus(status);
  return new DecisionView(memory, live.reasons, output, written);
}

/** Room for a request of so many bytes that is over before another begins. Throws Problem BUSY, BATCH_TOO_LARGE. */
export function lendRoom(live: LiveImage, bytes: number): number {
  if (live.isFreed) throw freed();
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
  words[at + LISTS] = bindings === undefined ? 0 : bindings.lists;
  words[at + PARAMETERS] = bindings === undefined ? 0 : bindings.parameters;
  words[at + ID] = 0;
  words[at + ID + 1] = 0;
  words[at + ID + 2] = 0;
  words[at + ID + 3] = 0;
  longs[(slot + NOW) >>> 3] = now;
}

/** Counts a decision, and returns what the engine said of it. Throws Problem INTERNAL where it trapped: then that has no bytes. */
function endLent(live: LiveImage, output: number, packed: number): number {
  if (packed <= 0 || (packed & DECISION_MASK) === 0) throw trapped(live);
  live.decided(1);
  const { memory, host } = live.tenant;
  host.counters.addOne(memory.bytes[output + OUTCOME] as number, live.costMax);
  const status: Status = packed >>> STATUS_SHIFT;
  if (status !== STATUS_OK) host.counters.addStatus(status);
  return packed;
}

/** The engine trapped: the request is counted, and has no decision. */
export function trapped({ tenant }: LiveImage): Problem {
  const { counters } = tenant.host;
  counters.add(Counter.REQUESTS_INLINE);
  counters.add(Counter.INTERNAL);
  counters.add(Counter.TRAPS);
  return new Problem('INTERNAL', `the engine failed with status ${Status.INTERNAL}`);
}

function freed(): InvariantError {
  return new InvariantError('decided with an image that has been released');
}

function noRoom({ tenant }: LiveImage, bytes: number): Problem {
  const room = tenant.memory.ring.bytes;
  if (bytes > room)
    return new Problem('BATCH_TOO_LARGE', `the payload may need ${bytes} bytes of the tenant's ring, which has ${room}`);
  tenant.host.counters.add(Counter.BUSY);
  return new Problem('BUSY', 'the ring of requests is full');
}
