// What came out of a request, where it lies in its slot or was copied out of it.

import { Status } from '../assembly/shared/status.js';
import { assert } from './assert.js';

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

export type Settle = (settled: Settled) => void;

const EMPTY = new Uint8Array(0);

/** Decisions of all parts, copied. */
export class Collected implements Settled {
  status: Status = Status.OK;
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

  /** Copies what a part decided. False where it failed: then the batch has failed. */
  take(part: Settled): boolean {
    this.status = part.status;
    if (part.status !== Status.OK) {
      this.decisions = [];
      this.statuses = [];
      return false;
    }
    for (let i = 0; i < part.count; i++) {
      this.decisions.push(part.decision(i).slice());
      this.statuses.push(part.statusOf(i));
    }
    return true;
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
