// How a loop over payloads decides them by pairs: the tests of a payload and the next are made together where both fit, then each
// gets its decision in its own turn. So the loop knows nothing of pairs; whatever ends it in the middle of one, the second payload
// begins anew.

import { SCRATCH_REGISTERS } from '../../assembly/shared/layout.js';
import { Op, ValueType } from '../wasm/format.js';
import type { FunctionBody } from './body.js';
import type { Pairs } from './pairs.js';

/** Payloads of a pair. */
const PAIR = 2;

/** What a loop over payloads has in locals: slot, image, the number of a payload, where it lies, where its decision goes. */
export interface Loop {
  readonly slot: number;
  readonly image: number;
  readonly index: number;
  readonly payload: number;
  readonly bytes: number;
  readonly output: number;
  /** Pushes whether there is a payload behind it. */
  pushHasNext(): void;
  /** Pushes where that lies, and its bytes. */
  pushNext(): void;
}

export class PairedLoop {
  /** Local: payloads whose hit bits are there and that have no decision yet. */
  private readonly ready: number;

  /** @param payload number of the function that decides one; it does all where there are no pairs */
  constructor(
    private readonly body: FunctionBody,
    private readonly payload: number,
    private readonly pairs: Pairs | undefined,
  ) {
    this.ready = body.local(ValueType.I32);
  }

  /** Decides the payload of the loop: pushes bytes | status << ENTRY_STATUS_SHIFT of its decision. */
  emit(loop: Loop): void {
    const { body, ready, pairs } = this;
    if (pairs === undefined) {
      this.pushCall(loop, () => body.get(loop.payload));
      body.call(this.payload);
      return;
    }
    body.get(ready);
    body.op(Op.I32_EQZ);
    body.if();
    loop.pushHasNext();
    body.if();
    this.emitMatch(loop, pairs);
    body.end();
    body.end();
    body.get(ready);
    body.if(ValueType.I32);
    this.pushCall(loop, () => {
      // The first of two that are ready has the low lane.
      body.global(0);
      body.i32(pairs.hits + PAIR * 8);
      body.op(Op.I32_ADD);
      body.get(ready);
      body.i32(3);
      body.op(Op.I32_SHL, Op.I32_SUB);
    });
    body.get(ready);
    body.i32(1);
    body.op(Op.I32_SUB);
    body.set(ready);
    body.call(pairs.write);
    body.else();
    this.pushCall(loop, () => body.get(loop.payload));
    body.call(this.payload);
    body.end();
  }

  /** Makes the tests of this payload and the next, where both fit. */
  private emitMatch({ slot, image, index, payload, bytes, pushNext }: Loop, pairs: Pairs): void {
    const { body, ready } = this;
    const pushLane = (lane: number): void => {
      body.global(0);
      body.i32(SCRATCH_REGISTERS + lane * 8);
      body.op(Op.I32_ADD);
    };
    for (const lane of [0, 1]) {
      for (const local of [slot, image, index]) body.get(local);
      if (lane === 0) {
        body.get(payload);
        body.get(bytes);
      } else {
        pushNext();
      }
      pushLane(lane);
      body.call(pairs.load);
      body.op(Op.I32_EQZ);
      body.if();
    }
    pushLane(0);
    body.get(image);
    body.call(pairs.match);
    body.i32(PAIR);
    body.set(ready);
    body.end();
    body.end();
  }

  private pushCall({ slot, image, index, bytes, output }: Loop, pushPayload: () => void): void {
    const { body } = this;
    for (const local of [slot, image, index]) body.get(local);
    pushPayload();
    body.get(bytes);
    body.get(output);
  }
}
