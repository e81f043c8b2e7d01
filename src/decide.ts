// The life of one request: admit -> copy into a slot -> inline call or worker -> settle -> release. Server, command line and
// library all come through here, so they cannot differ.
//
// Slots of payloads: | header | entries | payloads, each at a multiple of 8 | room for count x decisionBytesMax |
// Slots of a frame:  | header | entries | the frame                         | room for the answer frame          |

import { ANSWER_BATCH_BYTES, ANSWER_BYTES, ENTRY_BYTES, SLOT_HEADER_BYTES } from '../assembly/shared/layout.js';
import { SLOT_COUNT_MAX } from '../assembly/shared/limits.js';
import { Status } from '../assembly/shared/status.js';
import { monotonicMillis } from './clock.js';
import { type DecideOptions, whyVoid } from './decide-options.js';
import { Path, pathOf, run } from './dispatch.js';
import { Problem } from './errors.js';
import { countRequests } from './frame.js';
import { Counter } from './observe/counters.js';
import type { LiveImage } from './registry/live-image.js';
import { admit, align8, countVoid, type Request, takenBytes } from './request.js';
import { SlotCall } from './runtime/task.js';
import { Collected, type Settle, type Settled } from './settled.js';

export type { DecideOptions } from './decide-options.js';
export type { Settle, Settled } from './settled.js';

const EMPTY = new Uint8Array(0);

/**
 * Decides payloads (each a FlatBuffers table of the image's model), in order, as one request. `settle` is called exactly once:
 * before the return (inline), or later from the event loop (pooled). A batch that does not fit the ring at once is decided in
 * parts, and settled as one.
 * Throws Problem: BUSY where the tenant's ring is full, BATCH_TOO_LARGE where one payload's worst case exceeds the ring,
 * OVERLOADED where too many wait for a worker, QUOTA_EXCEEDED, STOPPING, DEADLINE_EXCEEDED and CANCELLED where it is void already;
 * where it is void later, or loses its place in the queue, `settled.problem` says so.
 */
export function decidePayloads(live: LiveImage, payloads: readonly Uint8Array[], options: DecideOptions, settle: Settle): void {
  begin(live, payloads.length, options);
  const path = pathOf(live, payloads.length, options);
  const bytes = slotBytes(live, payloads, 0, payloads.length);
  if (bytes > live.tenant.memory.ring.bytes || payloads.length > SLOT_COUNT_MAX) {
    decideParts(live, payloads, options, path !== Path.INLINE, settle);
    return;
  }
  const request = admit(live, bytes, payloads.length, options);
  try {
    request.fill(payloads, 0, payloads.length, options);
  } catch (error) {
    request.end();
    throw error;
  }
  run(request, SlotCall.DECIDE, path, options, settle);
}

/**
 * Decides a RequestBatch frame and answers with an AnswerBatch: one copy in, none out. `settle` as for decidePayloads; `count` where
 * a FrameView has read it already.
 * Throws Problem: BUSY; BATCH_TOO_LARGE above SLOT_COUNT_MAX requests, or where the worst case of its answer exceeds the ring;
 * OVERLOADED, QUOTA_EXCEEDED, STOPPING, DEADLINE_EXCEEDED, CANCELLED.
 */
export function decideFrame(
  live: LiveImage,
  frame: Uint8Array,
  options: DecideOptions,
  settle: Settle,
  count = countRequests(frame),
): void {
  if (count < 0) {
    live.tenant.host.counters.add(Counter.INVALID_FRAME);
    settle(INVALID_FRAME);
    return;
  }
  if (count > SLOT_COUNT_MAX) throw new Problem('BATCH_TOO_LARGE', `${count} requests in a frame, at most ${SLOT_COUNT_MAX}`);
  // assembly/flatbuffers/answer.ts
  const output = ANSWER_BATCH_BYTES + align8(count * 4) + count * (ANSWER_BYTES + live.decisionBytesMax);
  const bytes = SLOT_HEADER_BYTES + count * ENTRY_BYTES + align8(frame.length) + output;
  if (bytes > live.tenant.memory.ring.bytes) {
    throw new Problem(
      'BATCH_TOO_LARGE',
      `a frame of ${count} requests and ${frame.length} bytes may need ${bytes} bytes of the tenant's ring`,
    );
  }
  begin(live, count, options);
  const request = admit(live, bytes, count, options);
  try {
    request.fillFrame(frame, count, output, options);
  } catch (error) {
    request.end();
    throw error;
  }
  run(request, SlotCall.DECIDE_FRAME, pathOf(live, count, options), options, settle);
}

/**
 * Lets a request of `count` payloads begin: charges its static cost to the tenant's quota. Throws Problem DEADLINE_EXCEEDED, CANCELLED
 * where it is void, QUOTA_EXCEEDED.
 */
export function begin(live: LiveImage, count: number, options: DecideOptions): void {
  const problem = whyVoid(options);
  if (problem !== undefined) {
    countVoid(live, problem);
    throw problem;
  }
  const { quota, host } = live.tenant;
  if (quota === undefined || options.isUnmetered === true) return;
  const millis = quota.take(live.costMax * count, monotonicMillis());
  if (millis === 0) return;
  host.counters.add(Counter.REFUSED_QUOTA);
  const { costPerSecond } = quota.quota;
  throw Problem.until('QUOTA_EXCEEDED', `the tenant may use ${costPerSecond} units of cost a second`, Math.ceil(millis / 1000));
}

/** A batch larger than a slot may be: parts of it in one slot, one after the other; decisions are copied out of each. */
function decideParts(
  live: LiveImage,
  payloads: readonly Uint8Array[],
  options: DecideOptions,
  pooled: boolean,
  settle: Settle,
): void {
  const ring = live.tenant.memory.ring;
  const parts = splitBatch(live, payloads, ring.bytes >>> 2, ring.bytes);
  // Neighbours keep some room: a part is at most a quarter of the ring, unless one payload needs more.
  const request = admit(live, Math.max(...parts.map((part) => part.bytes)), payloads.length, options);
  const collected = new Collected(pooled ? 'pooled' : 'inline', payloads.length);
  if (pooled) {
    void decidePartsPooled(request, payloads, parts, options, collected, settle);
    return;
  }
  try {
    for (const part of parts) {
      if (!collected.goesOn(options)) break;
      request.fill(payloads, part.first, part.count, options);
      request.decideInline(SlotCall.DECIDE);
      if (!collected.take(request)) break;
    }
  } finally {
    request.end();
  }
  settle(collected);
}

async function decidePartsPooled(
  request: Request,
  payloads: readonly Uint8Array[],
  parts: readonly Part[],
  options: DecideOptions,
  collected: Collected,
  settle: Settle,
): Promise<void> {
  try {
    for (const part of parts) {
      if (!collected.goesOn(options)) break;
      request.fill(payloads, part.first, part.count, options);
      await new Promise<void>((resolve) => request.decidePooled(SlotCall.DECIDE, options, resolve));
      if (!collected.take(request)) break;
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    collected.refuse(error);
  } finally {
    request.end();
  }
  settle(collected);
}

interface Part {
  first: number;
  count: number;
  bytes: number;
}

/** Parts of at most `bytesWanted` each; one payload alone may take up to `bytesMax`. */
function splitBatch(live: LiveImage, payloads: readonly Uint8Array[], bytesWanted: number, bytesMax: number): Part[] {
  const parts: Part[] = [];
  let part: Part = { first: 0, count: 0, bytes: SLOT_HEADER_BYTES };
  for (let i = 0; i < payloads.length; i++) {
    const more = slotBytes(live, payloads, i, 1) - SLOT_HEADER_BYTES;
    if (more + SLOT_HEADER_BYTES > bytesMax) {
      throw tooLarge(i, more, bytesMax);
    }
    if (part.count > 0 && (part.count === SLOT_COUNT_MAX || part.bytes + more > bytesWanted)) {
      parts.push(part);
      part = { first: i, count: 0, bytes: SLOT_HEADER_BYTES };
    }
    part.count++;
    part.bytes += more;
  }
  parts.push(part);
  return parts;
}

function tooLarge(index: number, bytes: number, bytesMax: number): Problem {
  return new Problem('BATCH_TOO_LARGE', `payload ${index} may need ${bytes} bytes of the tenant's ring, which has ${bytesMax}`);
}

/** A frame that never got a slot. */
const INVALID_FRAME: Settled = {
  status: Status.INVALID_FRAME,
  problem: undefined,
  count: 0,
  path: 'inline',
  waitedMillis: 0,
  answer: EMPTY,
  decision: () => EMPTY,
  statusOf: () => Status.INVALID_FRAME,
};

/** Bytes of a slot for payloads [first, first + count), in the worst case. */
function slotBytes(live: LiveImage, payloads: readonly Uint8Array[], first: number, count: number): number {
  let bytes = SLOT_HEADER_BYTES + count * (ENTRY_BYTES + live.decisionBytesMax);
  for (let i = first; i < first + count; i++) bytes += align8(takenBytes(payloads[i] as Uint8Array));
  return bytes;
}
