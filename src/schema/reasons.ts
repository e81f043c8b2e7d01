// The reasons of an image as objects, by number. Code, rule and score of a rule never change, so each is read once, where it is
// first met, and shared from then on: to find a short text among those that were read before takes some 40 ns.

import { REASON_TABLE } from '../../assembly/shared/image.js';
import { type Reason, readReasonAt } from './decision.js';

export class Reasons {
  /** By number; empty before the first. Frozen objects. */
  known: (Readonly<Reason> | undefined)[] = [];

  /** @param count all numbers are less */
  constructor(private readonly count: number) {}

  /** Reads reason `number`, which lies at `at` in the buffer. */
  read(number: number, buffer: ArrayBufferLike, at: number): Readonly<Reason> {
    if (this.known.length === 0) this.known = new Array<Reason | undefined>(this.count).fill(undefined);
    const reason = Object.freeze(readReasonAt(buffer, at + REASON_TABLE));
    this.known[number] = reason;
    return reason;
  }
}
