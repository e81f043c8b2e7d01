// Counters of one engine, over a view they are handed. One thread writes (the one that owns the tenants: workers report to it),
// any may read; a counter is a float64, exact to 2^53, and an aligned store of 8 bytes does not tear.

import type { Outcome } from '../../assembly/shared/outcome.js';
import { Status } from '../../assembly/shared/status.js';

/** Place of each counter in the view. Append only: readers on other threads know the numbers. */
export enum Counter {
  /** Decisions by outcome, at OUTCOME_NONE + Outcome. */
  OUTCOME_NONE = 0,
  OUTCOME_APPROVE = 1,
  OUTCOME_REVIEW = 2,
  OUTCOME_DECLINE = 3,
  /** Decisions with status INVALID_PAYLOAD; their outcome is counted too. */
  INVALID_PAYLOAD = 4,
  /** Requests by path. */
  REQUESTS_INLINE = 5,
  REQUESTS_POOLED = 6,
  /** Requests refused because the ring was full. */
  BUSY = 7,
  /** Frames answered INVALID_FRAME. */
  INVALID_FRAME = 8,
  /** Requests answered INTERNAL. */
  INTERNAL = 9,
  /** Instances that trapped. */
  TRAPS = 10,
  /** Texts that the engine's transcoder refused and the encoder took: a bug of ours. */
  JSON_DISAGREED = 11,
  /** Decisions with status ARITHMETIC, and with CONFLICT; their outcome is counted too. */
  ARITHMETIC = 12,
  CONFLICT = 13,
  /** Requests with status LIST_MISSING, which are among INTERNAL. */
  LIST_MISSING = 14,
  /** Requests that were refused because the queue was full, because their tenant's breaker was open, beyond their tenant's quota. */
  REFUSED_FULL = 15,
  REFUSED_BREAKER = 16,
  REFUSED_QUOTA = 17,
  /** Requests that gave up their place in the queue for one of a tenant that had less of it. */
  EVICTED = 18,
  /** Requests that nobody waited for any more: their deadline was over, or they were cancelled. */
  DEADLINE_EXCEEDED = 19,
  CANCELLED = 20,
  /** Calls on workers, and those of them that ended with payloads left. */
  SLICES = 21,
  YIELDS = 22,
  /** Static cost of what was decided, units, by path. */
  COST_INLINE = 23,
  COST_POOLED = 24,
  /** Microseconds that workers had something in hand, the hops to them and back included. */
  POOL_MICROS = 25,
}

export const COUNTER_COUNT = 26;

/** Bytes of the view. */
export const COUNTERS_BYTES = COUNTER_COUNT * 8;

// V8 knows the values of this module's own names when it compiles.
const INLINE = Counter.REQUESTS_INLINE;
const COST = Counter.COST_INLINE;
const OUTCOME = Counter.OUTCOME_NONE;

export class Counters {
  private readonly values: Float64Array;

  /** @param buffer at least COUNTERS_BYTES from `offset`, a multiple of 8; shared, where other threads are to read it */
  constructor(buffer: ArrayBufferLike = new ArrayBuffer(COUNTERS_BYTES), offset = 0) {
    this.values = new Float64Array(buffer, offset, COUNTER_COUNT);
  }

  add(counter: Counter, count = 1): void {
    this.values[counter] = (this.values[counter] as number) + count;
  }

  /** Counts a request of one payload that was decided inline, its static cost and its decision's outcome. */
  addOne(outcome: Outcome, cost: number): void {
    const { values } = this;
    values[COST] = (values[COST] as number) + cost;
    values[INLINE] = (values[INLINE] as number) + 1;
    values[OUTCOME + outcome] = (values[OUTCOME + outcome] as number) + 1;
  }

  /** Counts a frame that was decided, its static cost and its decisions' outcomes. @param path Counter.REQUESTS_INLINE or _POOLED */
  addFrame(path: Counter, cost: number, none: number, approve: number, review: number, decline: number): void {
    const { values } = this;
    const costs = path === INLINE ? COST : COST + 1;
    values[costs] = (values[costs] as number) + cost;
    values[path] = (values[path] as number) + 1;
    values[OUTCOME] = (values[OUTCOME] as number) + none;
    values[OUTCOME + 1] = (values[OUTCOME + 1] as number) + approve;
    values[OUTCOME + 2] = (values[OUTCOME + 2] as number) + review;
    values[OUTCOME + 3] = (values[OUTCOME + 3] as number) + decline;
  }

  /** Counts a status that is not OK, of a decision or a request, where it has a counter of its own. */
  addStatus(status: Status): void {
    if (status === Status.INVALID_PAYLOAD) this.add(Counter.INVALID_PAYLOAD);
    else if (status === Status.ARITHMETIC) this.add(Counter.ARITHMETIC);
    else if (status === Status.CONFLICT) this.add(Counter.CONFLICT);
    else if (status === Status.LIST_MISSING) this.add(Counter.LIST_MISSING);
  }

  get(counter: Counter): number {
    return this.values[counter] as number;
  }
}
