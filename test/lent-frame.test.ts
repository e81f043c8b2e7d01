import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Status } from '#assembly/shared/status.js';
import { decideFrame } from '#src/decide.js';
import { FrameView, frameNameOf } from '#src/frame.js';
import { LentFrame } from '#src/lent-frame.js';
import { COUNTER_COUNT, Counter } from '#src/observe/counters.js';
import { type FrameOptions, frameOf } from './lib/frame.js';
import { testSeed } from './lib/model.js';
import { payment, type SmallTenant, type SmallTenantOptions, tenantMaker } from './lib/small-tenant.js';

const make = tenantMaker();

interface Outcome {
  status: Status;
  answer: Uint8Array;
  /** What was counted. */
  counted: number[];
}

const countersOf = ({ counters }: SmallTenant): number[] => Array.from({ length: COUNTER_COUNT }, (_, i) => counters.get(i));

/** What `run` has counted. */
function counting(made: SmallTenant, run: () => Omit<Outcome, 'counted'>): Outcome {
  const before = countersOf(made);
  const outcome = run();
  return { ...outcome, counted: countersOf(made).map((count, i) => count - (before[i] as number)) };
}

const ID = { highLow: 5, highHigh: 6, lowLow: 70, lowHigh: 8 };
const long = (low: number, high: number): bigint => BigInt(low) | (BigInt(high) << 32n);

/** What the frame comes to in lent room; undefined where it is not decided there. */
function lentOutcome(made: SmallTenant, frame: Uint8Array): Outcome | undefined {
  const { live, tenant } = made;
  const lent = new LentFrame();
  if (!lent.place(tenant.memory, frame) || !lent.names(frameNameOf(live)) || !lent.fits(live)) return undefined;
  return counting(made, () => {
    const status = lent.decide(live, ID, 12n);
    return { status, answer: status === Status.OK ? lent.answer.slice() : new Uint8Array(0) };
  });
}

/** What it comes to in a slot. */
function slotOutcome(made: SmallTenant, frame: Uint8Array): Outcome {
  return counting(made, () => {
    let outcome = { status: Status.INTERNAL, answer: new Uint8Array(0) };
    const options = {
      now: 12n,
      idHigh: long(ID.highLow, ID.highHigh),
      idLow: long(ID.lowLow, ID.lowHigh),
      path: 'inline',
    } as const;
    decideFrame(made.live, frame, options, ({ status, answer }) => {
      outcome = { status, answer: answer.slice() };
    });
    return outcome;
  });
}

const optionsOf = ({ live }: SmallTenant, more: Partial<FrameOptions> = {}): FrameOptions => ({
  ...{ bundle: live.name, model: live.model.hash },
  ...more,
});

describe('a frame in lent room', () => {
  const payloads = [payment(1), payment(500, 'a note'), new Uint8Array(12).fill(0xff), payment(101)];
  const sizes: readonly number[] = [0, 1, 2, 4, 40];

  it.each(sizes)('has the answer and the counts of one in a slot: %i payloads', (size) => {
    const made = make();
    const frame = frameOf(
      Array.from({ length: size }, (_, i) => payloads[i % payloads.length] as Uint8Array),
      optionsOf(made),
    );
    const outcome = lentOutcome(made, frame);
    expect(outcome?.status).toBe(Status.OK);
    expect(outcome).toEqual(slotOutcome(made, frame));
    expect(made.counters.get(Counter.INVALID_PAYLOAD)).toBe(2 * Math.floor((size + 1) / 4));
    expect([made.tenant.memory.ring.slots, made.live.pinCount]).toEqual([0, 0]);
  });

  const cases: readonly [string, Partial<FrameOptions>, SmallTenantOptions?][] = [
    ['another bundle', { bundle: 'smaller' }],
    ['a longer name', { bundle: 'small-and-more' }],
    ['another model', { model: '00000000000000ff' }],
    ['a deadline', { deadlineMillis: 5 }],
    ['a trace', { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` }],
    ['a ring without room for the answer', {}, { ringBytes: 1216 }],
  ];
  it.each(cases)('is left to others: %s', (_, more, options = {}) => {
    const made = make(options);
    expect(lentOutcome(made, frameOf([payment(1)], optionsOf(made, more)))).toBeUndefined();
  });

  it('is refused as in a slot, whatever its bytes say', () => {
    const made = make();
    const whole = frameOf(payloads, optionsOf(made));
    const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 4, 127, 255)) });
    const seen = new Set<Status | undefined>();
    fc.assert(
      fc.property(fc.array(change, { maxLength: 3 }), fc.option(fc.nat(whole.length)), (changes, end) => {
        const frame = whole.slice(0, end ?? whole.length);
        for (const { at, byte } of changes) if (at < frame.length) frame[at] = byte;
        const outcome = lentOutcome(made, frame);
        seen.add(outcome?.status);
        if (outcome === undefined) return;
        const view = new FrameView();
        expect([view.read(frame), view.hasTrace, view.deadlineMillis]).toEqual([true, false, 0]);
        expect(outcome).toEqual(slotOutcome(made, frame));
      }),
      { seed: testSeed('frames in lent room'), numRuns: 2000 },
    );
    expect(seen).toEqual(new Set([undefined, Status.OK, Status.INVALID_FRAME]));
  });
});
