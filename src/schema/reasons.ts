// The reasons of an image as objects and as JSON, by number. Code, rule and score of a rule never change, so each is read once,
// where it or one of its neighbours is first met, and shared from then on: to find a short text among those that were read
// before takes some 40 ns.
//
// Neighbours are read together so that reading is rare. V8 compiles what is called often into the loop that calls it, the reader of
// texts too where that is called for each reason in turn; and then it has no room left for what the loop really does.

import {
  IMAGE_REASONS,
  IMAGE_RULES,
  REASON_TABLE,
  RULE_BYTES,
  RULE_REASON,
  RULE_REASON_BYTES,
} from '../../assembly/shared/image.js';
import { type Reason, readReasonAt } from './decision.js';
import type { Piece } from './json-pieces.js';
import type { OutputsPlan } from './outputs-json.js';

/** Reasons that are read together: some 50 us. */
const TOGETHER = 64;

export class Reasons {
  /** By number; empty before the first. Frozen objects. */
  known: (Readonly<Reason> | undefined)[] = [];
  /** The same as JSON, each with the comma behind it. */
  pieces: (Piece | undefined)[] = [];
  /** What all decisions of the image have from their reasons to their inputs, as JSON. */
  tail: Piece | undefined;
  /** How its outputs are written as JSON. */
  outputs: OutputsPlan | undefined;
  private isFreed = false;

  /**
   * @param image address of the image in its tenant's memory
   * @param count of its rules: all numbers are less
   */
  constructor(
    private readonly image: number,
    private readonly count: number,
  ) {}

  /**
   * Reads reason `number`, which lies at `at` in the memory, and its neighbours, which lie in the image.
   *
   * @param buffer of the tenant's memory as it is now: all of it
   */
  read(number: number, buffer: ArrayBufferLike, at: number): Readonly<Reason> {
    if (this.known.length === 0) this.known = this.empty();
    if (!this.isFreed) this.readAround(number, buffer);
    const reason = this.known[number] ?? Object.freeze(readReasonAt(buffer, at + REASON_TABLE));
    this.known[number] = reason;
    return reason;
  }

  /** Keeps reason `number` as JSON with a comma. */
  keepPiece(number: number, piece: Piece): Piece {
    if (this.pieces.length === 0) this.pieces = this.empty();
    this.pieces[number] = piece;
    return piece;
  }

  /** The image's bytes are there no longer: a reason that is not known yet is read from its decision alone. */
  free(): void {
    this.isFreed = true;
  }

  private readAround(number: number, buffer: ArrayBufferLike): void {
    const { known, image } = this;
    const view = new DataView(buffer);
    const rules = image + view.getUint32(image + IMAGE_RULES, true);
    const reasons = image + view.getUint32(image + IMAGE_REASONS, true);
    const first = number - (number % TOGETHER);
    const end = Math.min(first + TOGETHER, this.count);
    for (let rank = first; rank < end; rank++) {
      const rule = rules + rank * RULE_BYTES;
      if (known[rank] !== undefined || view.getUint32(rule + RULE_REASON_BYTES, true) === 0) continue;
      const reason = reasons + view.getUint32(rule + RULE_REASON, true);
      known[rank] = Object.freeze(readReasonAt(buffer, reason + REASON_TABLE));
    }
  }

  private empty(): undefined[] {
    return new Array<undefined>(this.count).fill(undefined);
  }
}
