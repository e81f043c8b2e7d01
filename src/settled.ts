// What came out of a request, where it lies in its slot or was copied out of it.

import { Status } from '../assembly/shared/status.js';
import { assert } from './assert.js';
import { type DecideOptions, whyVoid } from './decide-options.js';
import type { Problem } from './errors.js';

/** What came out of one request. Valid only inside the `settle` call it was handed to, and so is every view it returns. */
export interface Settled {
  /**
   * OK: every payload has its decision (which may itself say INVALID_PAYLOAD). INVALID_FRAME: the frame is malformed or names
   * another model. INTERNAL: the engine trapped or its thread died, or `problem` says why; nothing was decided.
   */
  readonly status: Status;
  /** Why it was not decided, or no further, without a fault of ours: DEADLINE_EXCEEDED, CANCELLED, OVERLOADED, STOPPING. */
  readonly problem: Problem | undefined;
  /** Decisions there are; 0 unless status is OK. */
  readonly count: number;
  readonly path: 'inline' | 'pooled';
  /** How long it waited for workers; 0 of an inline one. */
  readonly waitedMillis: number;
  /** Bytes of the i-th decision (schemas/decision.fbs), over shared memory. */
  decision(index: number): Uint8Array;
  /** Status of the i-th decision. */
  statusOf(index: number): Status;
  /** decideFrame: the AnswerBatch (schemas/batch.fbs), over shared memory. Empty for decidePayloads. */
  readonly answer: Uint8Array;
}

export type Settle = (settled: Settled) => void;

const EMPTY = new Uint8Array(0);

/** Decisions of all parts, copied. */
export class Collected implements Settled {
  status: Status = Status.OK;
  problem: Problem | undefined;
  waitedMillis = 0;
  readonly answer = EMPTY;
  private decisions: Uint8Array[] = [];
  private statuses: Status[] = [];

  constructor(
    readonly path: 'inline' | 'pooled',
    readonly expected: number,
  ) {}

  get count(): number {
    return this.decisions.length;
  }

  /** False where the request is void by now: then it has failed. */
  goesOn(options: DecideOptions): boolean {
    const problem = whyVoid(options);
    if (problem !== undefined) this.refuse(problem);
    return problem === undefined;
  }

  /** The rest is not decided. */
  refuse(problem: Problem): void {
    this.problem = problem;
    this.fail(Status.INTERNAL);
  }

  /** Copies what a part decided. False where it failed: then the batch has failed. */
  take(part: Settled): boolean {
    this.status = part.status;
    this.waitedMillis += part.waitedMillis;
    if (part.status !== Status.OK) {
      this.problem = part.problem;
      this.fail(part.status);
      return false;
    }
    for (let i = 0; i < part.count; i++) {
      this.decisions.push(part.decision(i).slice());
      this.statuses.push(part.statusOf(i));
    }
    return true;
  }

  private fail(status: Status): void {
    this.status = status;
    this.decisions = [];
    this.statuses = [];
  }

  decision(index: number): Uint8Array {
    const decision = this.decisions[index];
    assert(decision !== undefined, 'there is no such decision');
    return decision;
  }

  statusOf(index: number): Status {
    const status = this.statuses[index];
    assert(status !== undefined, 'there is no such decision');
    return status;
  }
}
