// The order in which work is taken, without threads: a model of one worker that takes as long as is expected.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SLOT_COUNT, SLOT_CURSOR } from '#assembly/shared/layout.js';
import type { TenantMemory } from '#src/runtime/memory.js';
import { SlotCall } from '#src/runtime/task.js';
import { BreakerTotals } from '#src/scheduler/breaker.js';
import { FairQueue } from '#src/scheduler/fair-queue.js';
import { Pace } from '#src/scheduler/pace.js';
import { Share } from '#src/scheduler/share.js';
import { Work } from '#src/scheduler/work.js';
import { testSeed } from '../lib/model.js';

const MILLI = 1e6;
const QUANTUM = 5 * MILLI;

const share = (): Share => new Share(QUANTUM, QUANTUM, new BreakerTotals());

/** Work of one payload for each millisecond, in a memory of its own. */
function work(of: Share, millis: number): Work {
  const words = new Int32Array(64);
  words[SLOT_COUNT >>> 2] = millis;
  const memory = { words } as unknown as TenantMemory;
  const order = { share: of, memory, slot: 0, call: SlotCall.DECIDE, code: undefined, costEach: MILLI, pace: new Pace() };
  return new Work({ ...order, whyVoid: () => undefined, settle: () => {} });
}

/** Takes the next off, and has it decided for at most `sliceMillis`. @returns what was taken */
function serve(queue: FairQueue, sliceMillis: number): Work | undefined {
  const turn = queue.turn();
  if (turn === undefined) return undefined;
  const isLong = turn.nextIsLong;
  const taken = queue.shift(turn, 0)!;
  taken.beginSlice(sliceMillis * MILLI, 0);
  const { words } = taken.memory;
  words[SLOT_CURSOR >>> 2] = (words[SLOT_CURSOR >>> 2] as number) + taken.sliceNanos / MILLI;
  turn.charge(taken.sliceNanos);
  turn.served(taken.sliceNanos, !isLong);
  if (taken.remaining > 0) queue.push(taken, 0);
  return taken;
}

describe('FairQueue', () => {
  it('serves one tenant in order', () => {
    const queue = new FairQueue(100, 50);
    const one = share();
    const works = [1, 2, 3, 4].map((millis) => work(one, millis));
    for (const each of works) queue.push(each, 0);
    expect(works.map(() => serve(queue, 50))).toEqual(works);
    expect([queue.length, queue.turn()]).toEqual([0, undefined]);
  });

  it('serves short work before long, which goes to the back after each slice', () => {
    const queue = new FairQueue(100, 50);
    const one = share();
    const [first, second, short] = [work(one, 100), work(one, 100), work(one, 1)];
    for (const each of [first, second]) queue.push(each, 0);
    expect([serve(queue, 50), serve(queue, 50)]).toEqual([first, second]);
    queue.push(short, 0);
    expect([serve(queue, 50), serve(queue, 50), serve(queue, 50), serve(queue, 50)]).toEqual([short, first, second, undefined]);
  });

  it('owes long work a tenth of the time where short work never ends', () => {
    const queue = new FairQueue(1e6, 50);
    const one = share();
    const long = work(one, 1000);
    queue.push(long, 0);
    for (let i = 0; i < 1000; i++) queue.push(work(one, 1), 0);
    for (let i = 0; i < 1000; i++) serve(queue, 5);
    expect(1000 - long.remaining).toBeGreaterThanOrEqual(80);
    expect(1000 - long.remaining).toBeLessThanOrEqual(120);
  });

  it('owes long work nothing for slices that others have ended early', () => {
    const one = share();
    for (let round = 0; round < 100; round++) {
      for (const each of [work(one, 100), work(one, 1)]) one.push(each);
      expect(one.nextIsLong).toBe(false);
      one.shift();
      one.charge(MILLI);
      one.served(MILLI, true);
      expect(one.shift()).toMatchObject({ mayBeCut: true });
      // expected to take 50 ms, ended after 3
      one.charge(50 * MILLI);
      one.charge(-47 * MILLI);
      one.served(3 * MILLI, false);
    }
  });

  it('serves a tenant that has asked for little at once', () => {
    const queue = new FairQueue(1e6, 50);
    const [busy, quiet] = [share(), share()];
    for (let i = 0; i < 1000; i++) queue.push(work(busy, 1), 0);
    for (let i = 0; i < 100; i++) serve(queue, 50);
    const small = work(quiet, 1);
    queue.push(small, 100);
    expect(serve(queue, 50)).toBe(small);
  });

  it('shares the time evenly between tenants that always have work, whatever its length', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(lengths, { minLength: 2, maxLength: 5 }), (tenants) => {
        const queue = new FairQueue(1e6, 50);
        const shares = tenants.map(share);
        const spent = tenants.map(() => 0);
        const add = (index: number): void => {
          const each = tenants[index]!;
          while (shares[index]!.queued < 3) queue.push(work(shares[index]!, each[spent[index]! % each.length]!), 0);
        };
        for (let round = 0; round < 2000; round++) {
          for (let index = 0; index < tenants.length; index++) add(index);
          const taken = serve(queue, 50)!;
          const index = shares.indexOf(taken.order.share);
          spent[index]! += taken.sliceNanos / MILLI;
        }
        // What one may be ahead: a slice and a quantum.
        expect(Math.max(...spent) - Math.min(...spent)).toBeLessThanOrEqual(2 * 50 + 2 * 5);
      }),
      { numRuns: 30, seed: testSeed('fair-queue') },
    );
  });

  it('takes the newest place of who has most for who has less, and none of what is begun', () => {
    const queue = new FairQueue(4, 50);
    const [many, few] = [share(), share()];
    const works = [work(many, 100), work(many, 1), work(many, 1), work(many, 1)];
    for (const each of works) queue.push(each, 0);
    expect(queue.isFull).toBe(true);
    expect(queue.evictFor(many, 0)).toBe(undefined);
    expect(queue.evictFor(few, 0)).toBe(works[3]);
    for (const each of works) each.isBegun = true;
    expect(queue.evictFor(few, 0)).toBe(undefined);
    expect(queue.length).toBe(3);
  });

  it('takes out all that is void, in order', () => {
    const queue = new FairQueue(100, 50);
    const [one, other] = [share(), share()];
    const works = [work(one, 1), work(one, 100), work(other, 1), work(one, 2), work(other, 3)];
    for (const each of works) queue.push(each, 0);
    expect(new Set(queue.takeAll((each) => each.order.share === one, 0))).toEqual(new Set([works[0], works[1], works[3]]));
    expect([queue.length, queue.shares, serve(queue, 50), serve(queue, 50)]).toEqual([2, 1, works[2], works[4]]);
  });
});
