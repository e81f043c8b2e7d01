// A decision where the engine wrote it: to copy one takes as long as to make it, and most callers need two or three things of it.
//
// It lies in the room that the tenant's ring lent to the call, and the ring counts what it gives away. A view knows the count of its
// call, and reads nothing once that has gone on: the next request of the tenant, whoever's, may have written there. Views are made
// anew for each call, so that one that was kept never shows another call's decision.
//
// 100 rules, nanoseconds over in place, the machine busy: outcome and score 75, and 7 reasons with their codes 150 to 200; copied
// out 265. Without numbers of reasons, each text found among those read before, all 7 were 390. The check is written out in each
// member: V8 inlines so many calls into one function and no more, and these are the ones in a caller's loop.
//
// The places are the template's and those of a reason (assembly/shared/image.ts): the engine's verifier has held the image to them.

import {
  DECISION_OUTCOME,
  DECISION_REASONS,
  DECISION_SCORE,
  DECISION_STATUS,
  REASON_NUMBER,
  REASON_TABLE,
} from '../assembly/shared/image.js';
import type { Outcome } from '../assembly/shared/outcome.js';
import type { Status } from '../assembly/shared/status.js';
import { copyOut } from './runtime/copy-out.js';
import type { TenantMemory } from './runtime/memory.js';
import {
  type Decision,
  type OutcomeName,
  outcomeName,
  type Reason,
  readDecisionAt,
  type StatusName,
  statusName,
} from './schema/decision.js';
import type { Reasons } from './schema/reasons.js';

/** A decision in the tenant's memory. Every member throws once another request of the tenant has begun. */
export class DecisionView {
  private readonly memory: TenantMemory;
  private readonly images: Reasons;
  private readonly address: number;
  private readonly bytes: number;
  private readonly given: number;

  /** Of the room that was lent last; `address` is a multiple of 8. Made by RuleSet.decideView. */
  constructor(memory: TenantMemory, reasons: Reasons, address: number, bytes: number) {
    this.memory = memory;
    this.images = reasons;
    this.address = address;
    this.bytes = bytes;
    this.given = memory.ring.given;
  }

  get status(): StatusName {
    const { memory } = this;
    if (memory.ring.given !== this.given) throw gone();
    return statusName(memory.bytes[this.address + DECISION_STATUS] as Status);
  }

  /** null where the status is not OK and the bundle's `onError` is `fail`. */
  get outcome(): OutcomeName | null {
    const { memory } = this;
    if (memory.ring.given !== this.given) throw gone();
    return outcomeName(memory.bytes[this.address + DECISION_OUTCOME] as Outcome);
  }

  get score(): number {
    const { memory } = this;
    if (memory.ring.given !== this.given) throw gone();
    return memory.doubles[(this.address + DECISION_SCORE) >>> 3] as number;
  }

  get reasonCount(): number {
    const { memory } = this;
    if (memory.ring.given !== this.given) throw gone();
    const { words } = memory;
    const at = (this.address + DECISION_REASONS) >>> 2;
    return words[at + ((words[at] as number) >>> 2)] as number;
  }

  /** A reason, from 0: the first has the largest score. Shared and frozen. Throws RangeError where there is no such reason. */
  reason(index: number): Readonly<Reason> {
    const { memory } = this;
    if (memory.ring.given !== this.given) throw gone();
    const { words } = memory;
    const at = (this.address + DECISION_REASONS) >>> 2;
    const vector = at + ((words[at] as number) >>> 2);
    if (index >>> 0 !== index || index >= (words[vector] as number)) throw new RangeError(`there is no reason ${index}`);
    const entry = vector + 1 + index;
    const reason = 4 * entry + (words[entry] as number) - REASON_TABLE;
    const number = (words[(reason + REASON_NUMBER) >>> 2] as number) >>> 16;
    return this.images.known[number] ?? this.images.read(number, memory.buffer, reason);
  }

  /** All reasons, as `reason` gives them. */
  reasons(): Readonly<Reason>[] {
    const { memory } = this;
    if (memory.ring.given !== this.given) throw gone();
    const { words } = memory;
    const at = (this.address + DECISION_REASONS) >>> 2;
    const vector = at + ((words[at] as number) >>> 2);
    const end = vector + (words[vector] as number);
    const reasons: Readonly<Reason>[] = [];
    for (let entry = vector + 1; entry <= end; entry++) {
      const reason = 4 * entry + (words[entry] as number) - REASON_TABLE;
      const number = (words[(reason + REASON_NUMBER) >>> 2] as number) >>> 16;
      reasons.push(this.images.known[number] ?? this.images.read(number, memory.buffer, reason));
    }
    return reasons;
  }

  /** The whole decision, as an object of its own. */
  toDecision(): Decision {
    const { memory } = this;
    const reasons = this.reasons().map(({ code, rule, score }) => ({ code, rule, score }));
    return readDecisionAt(memory.buffer, this.address, reasons);
  }

  /** The whole decision, as bytes of their own (schemas/decision.fbs). */
  toBytes(): Uint8Array {
    const { memory } = this;
    if (memory.ring.given !== this.given) throw gone();
    return copyOut(memory.longs, this.address, this.bytes);
  }
}

function gone(): Error {
  return new Error('the decision is no longer there: another request of the tenant has begun');
}
