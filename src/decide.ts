// The life of one request: admit -> copy into a slot -> inline call or worker -> settle -> release. Server, command line and
// library all come through here, so they cannot differ.

import type { Status } from '../assembly/shared/status.js';
import type { LiveImage } from './registry/live-image.js';

export interface DecideOptions {
  /** Microseconds UTC; what the rules see as `now`. */
  now: bigint;
  /** Decision id of the first payload, the i-th has idLow + i. Absent or both 0: decisions carry no id. */
  idHigh?: bigint;
  idLow?: bigint;
  /** Forces a path; without it the static cost decides. */
  path?: 'inline' | 'pooled';
}

/** What came out of one request. Valid only inside the `settle` call it was handed to, and so is every view it returns. */
export interface Settled {
  /**
   * OK: every payload has its decision (which may itself say INVALID_PAYLOAD). INVALID_FRAME: the frame is malformed or names
   * another model. INTERNAL: the engine trapped or its thread died; nothing was decided.
   */
  readonly status: Status;
  /** Decisions there are; 0 unless status is OK. */
  readonly count: number;
  readonly path: 'inline' | 'pooled';
  /** Bytes of the i-th decision (schemas/decision.fbs), over shared memory. */
  decision(index: number): Uint8Array;
  /** Status of the i-th decision. */
  statusOf(index: number): Status;
  /** decideFrame: the AnswerBatch (schemas/batch.fbs), over shared memory. Empty for decidePayloads. */
  readonly answer: Uint8Array;
}

/** What stands at the head of a RequestBatch: enough to route it, read with every bound checked. */
export interface FrameHead {
  id: bigint;
  /** Model hash, 16 hex digits, as Model.hash. */
  model: string;
  bundle: string;
  /** Requests in it. */
  count: number;
}

/** Reads the head of a RequestBatch frame, or undefined where it is malformed. Reads nothing outside the frame. */
export function peekFrame(frame: Uint8Array): FrameHead | undefined {
  throw new Error('not yet');
}

/**
 * Decides payloads (each a FlatBuffers table of the image's model), in order, as one request. `settle` is called exactly once:
 * before the return (inline), or later from the event loop (pooled). A batch that does not fit the ring at once is decided in
 * parts, and settled as one.
 * Throws Problem: BUSY where the tenant's ring is full, BATCH_TOO_LARGE where one payload's worst case exceeds the ring.
 */
export function decidePayloads(
  live: LiveImage,
  payloads: readonly Uint8Array[],
  options: DecideOptions,
  settle: (settled: Settled) => void,
): void {
  throw new Error('not yet');
}

/**
 * Decides a RequestBatch frame and answers with an AnswerBatch: one copy in, none out. `settle` as for decidePayloads.
 * Throws Problem: BUSY; BATCH_TOO_LARGE above SLOT_COUNT_MAX requests, or where the worst case of its answer exceeds the ring.
 */
export function decideFrame(live: LiveImage, frame: Uint8Array, options: DecideOptions, settle: (settled: Settled) => void): void {
  throw new Error('not yet');
}
