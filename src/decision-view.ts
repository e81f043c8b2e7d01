// A decision where the engine wrote it: to copy one takes as long as to make it, and most callers need two or three things of it.
//
// It lies in the room that the tenant's ring lent to the call, and the ring counts what it gives away. A view knows the count of its
// call, and reads nothing once that has gone on: the next request of the tenant, whoever's, may have written there. Views are made
// anew for each call, so that one that was kept never shows another call's decision.
//
// 100 rules, nanoseconds over in place: outcome and score 70, and 6 reasons with their codes 75 more. Without numbers of reasons,
// each text found among those read before, 6 reasons were 300. V8 compiles 920 bytes of bytecode into a caller's loop and no more:
// the members fit in it together. So the check is written out in each, fields are set once, and what is read once lies elsewhere.
//
// The places are the template's and those of a reason (assembly/shared/image.ts): the engine's verifier has held the image to them.

import {
  DECISION_ID_HIGH,
  DECISION_ID_LOW,
  DECISION_OUTCOME,
  DECISION_REASONS,
  DECISION_SCORE,
  DECISION_STATUS,
  REASON_NUMBER,
  REASON_TABLE,
} from '../assembly/shared/image.js';
import type { Outcome } from '../assembly/shared/outcome.js';
import type { Status } from '../assembly/shared/status.js';
import type { IdWords } from './decide-options.js';
import { copyOut } from './runtime/copy-out.js';
import type { InlineInstance } from './runtime/inline-instance.js';
import type { TenantMemory } from './runtime/memory.js';
import {
  type Decision,
  type OutcomeName,
  outcomeName,
  type Reason,
  readDecisionAt,
  renderDecisionAt,
  type StatusName,
  statusName,
} from './schema/decision.js';
import type { Reasons } from './schema/reasons.js';

// Names of this module's own: V8 knows their values when it compiles, and loads one that is imported at each use.
const OUTCOME_AT = DECISION_OUTCOME;
const SCORE_AT = DECISION_SCORE;
const STATUS_AT = DECISION_STATUS;
const REASONS_AT = DECISION_REASONS;
const NUMBER_AT = REASON_NUMBER - REASON_TABLE;

/** A decision in the tenant's memory. Every member throws once another request of the tenant has begun. */
export class DecisionView {
  // `declare`: the constructor is the only one to set them, V8 would set them to undefined first.
  declare private readonly memory: TenantMemory;
  declare private readonly images: Reasons;
  declare private readonly address: number;
  declare private readonly bytes: number;
  declare private readonly given: number;

  /** Of the room that was lent last; `address` is a multiple of 8. Made by RuleSet.decideView. */
  constructor(memory: TenantMemory, reasons: Reasons, address: number, bytes: number) {
    this.memory = memory;
    this.images = reasons;
    this.address = address;
    this.bytes = bytes;
    this.given = memory.ring.given;
  }

  /** Gives the decision an id: it was made without one. */
  identify({ highLow, highHigh, lowLow, lowHigh }: IdWords): void {
    const { memory } = this;
    if (memory.ring.given !== this.given) throw gone();
    const { words } = memory;
    const high = (this.address + DECISION_ID_HIGH) >>> 2;
    const low = (this.address + DECISION_ID_LOW) >>> 2;
    words[high] = highLow;
    words[high + 1] = highHigh;
    words[low] = lowLow;
    words[low + 1] = lowHigh;
  }

  get status(): StatusName {
    const { memory } = this;
    if (memory.ring.given !== this.given) throw gone();
    return statusName(memory.bytes[this.address + STATUS_AT] as Status);
  }

  /** null where the status is not OK and the bundle's `onError` is `fail`. */
  get outcome(): OutcomeName | null {
    const { memory } = this;
    if (memory.ring.given !== this.given) throw gone();
    return outcomeName(memory.bytes[this.address + OUTCOME_AT] as Outcome);
  }

  get score(): number {
    const { memory } = this;
    if (memory.ring.given !== this.given) throw gone();
    return memory.doubles[(this.address + SCORE_AT) >>> 3] as number;
  }

  get reasonCount(): number {
    const { memory } = this;
    if (memory.ring.given !== this.given) throw gone();
    const { words } = memory;
    const at = (this.address + REASONS_AT) >>> 2;
    return words[at + ((words[at] as number) >>> 2)] as number;
  }

  /** A reason, from 0: the first has the largest score. Shared and frozen. Throws RangeError where there is no such reason. */
  reason(index: number): Readonly<Reason> {
    const { memory } = this;
    if (memory.ring.given !== this.given) throw gone();
    const { words } = memory;
    const at = (this.address + REASONS_AT) >>> 2;
    const vector = at + ((words[at] as number) >>> 2);
    if (index >>> 0 !== index || index >= (words[vector] as number)) throw new RangeError(`there is no reason ${index}`);
    const entry = vector + 1 + index;
    const reason = 4 * entry + (words[entry] as number);
    const number = (words[(reason + NUMBER_AT) >>> 2] as number) >>> 16;
    return this.images.known[number] ?? this.images.read(number, memory.memory.buffer, reason - REASON_TABLE);
  }

  /** All reasons, as `reason` gives them. */
  reasons(): Readonly<Reason>[] {
    const { memory } = this;
    if (memory.ring.given !== this.given) throw gone();
    const { words } = memory;
    const at = (this.address + REASONS_AT) >>> 2;
    const vector = at + ((words[at] as number) >>> 2);
    const end = vector + (words[vector] as number);
    const reasons: Readonly<Reason>[] = [];
    for (let entry = vector + 1; entry <= end; entry++) {
      const reason = 4 * entry + (words[entry] as number) - REASON_TABLE;
      const number = (words[(reason + REASON_NUMBER) >>> 2] as number) >>> 16;
      reasons.push(this.images.known[number] ?? this.images.read(number, memory.memory.buffer, reason));
    }
    return reasons;
  }

  /** The whole decision, as an object of its own. */
  toDecision(): Decision {
    const { memory } = this;
    const reasons = this.reasons().map(({ code, rule, score }) => ({ code, rule, score }));
    return readDecisionAt(memory.buffer, this.address, reasons);
  }

  /** Its JSON text (renderDecision) as UTF-8; the bytes are valid until a decision is rendered again. */
  toJson(): Uint8Array {
    const { memory } = this;
    if (memory.ring.given !== this.given) throw gone();
    return renderDecisionAt(memory.buffer, this.address, this.images);
  }

  /** The same text from the engine, where it writes it: in shared memory, valid until the engine decides again. */
  toLentJson(engine: InlineInstance): Uint8Array {
    if (this.memory.ring.given !== this.given) throw gone();
    return engine.renderDecision(this.address) ?? this.toJson();
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
