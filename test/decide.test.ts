import * as flatbuffers from 'flatbuffers';
import { afterEach, describe, expect, it } from 'vitest';
import { PAYLOAD_BYTES_MAX, SLOT_COUNT_MAX } from '#assembly/shared/limits.js';
import { Status } from '#assembly/shared/status.js';
import { decidePayloads, type Settled } from '#src/decide.js';
import { Counter } from '#src/observe/counters.js';
import { readDecision } from '#src/schema/decision.js';
import { AnswerBatch } from '#src/schema/generated/verdict/wire/answer-batch.js';
import { frameOf } from './lib/frame.js';
import { smallModel } from './lib/small-image.js';
import { decided, payment, type SmallTenant, type SmallTenantOptions, smallTenant } from './lib/small-tenant.js';

const open: SmallTenant[] = [];

function make(options: SmallTenantOptions = {}): SmallTenant {
  const made = smallTenant(options);
  open.push(made);
  return made;
}

afterEach(async () => {
  for (const { scheduler } of open.splice(0)) await scheduler.close();
});

const outcomes = (decisions: readonly Uint8Array[]): (string | null)[] => decisions.map((bytes) => readDecision(bytes).outcome);
const codeOf = (run: () => void): string => {
  try {
    run();
    return 'none';
  } catch (error) {
    return (error as { code?: string }).code ?? (error as Error).message;
  }
};

/** Nothing is left over of any request. */
function expectIdle({ tenant, live }: SmallTenant): void {
  expect([tenant.memory.ring.slots, tenant.memory.ring.bytesUsed, live.pinCount]).toEqual([0, 0, 0]);
}

describe('decidePayloads', () => {
  it('settles before it returns where it is inline, and later where it is pooled', async () => {
    const made = make();
    const order: string[] = [];
    decidePayloads(made.live, [payment(1)], { now: 0n }, ({ path }) => order.push(path));
    order.push('returned');
    await new Promise<void>((resolve) => {
      decidePayloads(made.live, [payment(1)], { now: 0n, path: 'pooled' }, ({ path }) => {
        order.push(path);
        resolve();
      });
      order.push('returned');
    });
    expect(order).toEqual(['inline', 'returned', 'returned', 'pooled']);
    await Promise.resolve();
    expectIdle(made);
  });

  it('takes the path by the cost of the whole request', async () => {
    const cost = make().live.costMax;
    const { live } = make({ costInlineMax: 3 * cost });
    expect(
      (
        await decided(
          live,
          [1, 2, 3].map((amount) => payment(amount)),
        )
      ).path,
    ).toBe('inline');
    expect(
      (
        await decided(
          live,
          [1, 2, 3, 4].map((amount) => payment(amount)),
        )
      ).path,
    ).toBe('pooled');
    expect(
      (
        await decided(
          live,
          [1, 2, 3, 4].map((amount) => payment(amount)),
          { path: 'inline' },
        )
      ).path,
    ).toBe('inline');
  });

  it('is busy while the ring is full, and then no more', async () => {
    const made = make({ ringBytes: 4096 });
    const { live, counters } = made;
    const settled: Promise<string | null>[] = [];
    const begin = (): void => {
      const { promise, resolve } = withResolvers<string | null>();
      decidePayloads(live, [payment(101)], { now: 0n, path: 'pooled' }, (each) => resolve(readDecision(each.decision(0)).outcome));
      settled.push(promise);
    };
    let code = 'none';
    while (code === 'none' && settled.length < 100) code = codeOf(begin);
    expect([code, counters.get(Counter.BUSY)]).toEqual(['BUSY', 1]);
    expect(settled.length).toBeGreaterThan(2);
    expect(await Promise.all(settled)).toEqual(settled.map(() => 'decline'));
    await Promise.resolve();
    expectIdle(made);
    expect(outcomes((await decided(live, [payment(1)])).decisions)).toEqual(['approve']);
  });

  it('decides a batch larger than the ring in parts, in order, on both paths', async () => {
    const made = make({ ringBytes: 8192 });
    const amounts = Array.from({ length: 500 }, (_, i) => i);
    for (const path of ['inline', 'pooled'] as const) {
      const { status, decisions, statuses } = await decided(
        made.live,
        amounts.map((amount) => payment(amount)),
        { path },
      );
      expect(status).toBe(Status.OK);
      expect(outcomes(decisions)).toEqual(amounts.map((amount) => (amount > 100 ? 'decline' : 'approve')));
      expect(new Set(statuses)).toEqual(new Set([Status.OK]));
      await Promise.resolve();
      expectIdle(made);
    }
  });

  it('decides more payloads than a slot may hold', async () => {
    const { live } = make({ ringBytes: 1 << 22 });
    const payloads = Array.from({ length: SLOT_COUNT_MAX + 1 }, () => payment(5));
    expect((await decided(live, payloads)).decisions).toHaveLength(SLOT_COUNT_MAX + 1);
    expect((await decided(live, [])).decisions).toHaveLength(0);
  });

  it('refuses a payload that can never fit, and finds one over the limit invalid', async () => {
    const made = make({ ringBytes: 4096 });
    expect(codeOf(() => decidePayloads(made.live, [payment(1, 'x'.repeat(4500))], { now: 0n }, () => {}))).toBe('BATCH_TOO_LARGE');
    const { decisions } = await decided(made.live, [payment(500), new Uint8Array(PAYLOAD_BYTES_MAX + 1), payment(500)]);
    expect(decisions.map((bytes) => readDecision(bytes).status)).toEqual(['OK', 'INVALID_PAYLOAD', 'OK']);
    expectIdle(made);
  });

  it('gives everything back where `settle` throws', () => {
    const made = make();
    const fail = (): void => {
      throw new Error('the caller failed');
    };
    expect(codeOf(() => decidePayloads(made.live, [payment(1)], { now: 0n }, fail))).toBe('the caller failed');
    expectIdle(made);
  });

  it('gives everything back where it is called wrongly', () => {
    const made = make();
    expect(codeOf(() => decidePayloads(made.live, [payment(1)], { now: 5 as unknown as bigint }, () => {}))).toMatch(/BigInt/);
    expectIdle(made);
  });

  it('may be called again from `settle`', () => {
    const made = make();
    const seen: (string | null)[] = [];
    const outcome = (settled: Settled): string | null => readDecision(settled.decision(0)).outcome;
    decidePayloads(made.live, [payment(500)], { now: 0n }, (outer) => {
      decidePayloads(made.live, [payment(5)], { now: 0n }, (inner) => seen.push(outcome(inner)));
      seen.push(outcome(outer));
    });
    expect(seen).toEqual(['approve', 'decline']);
    expectIdle(made);
  });

  it('refuses an index beyond the count', () => {
    decidePayloads(make().live, [payment(1)], { now: 0n }, (settled) => {
      expect(() => settled.decision(1)).toThrow(/no such decision/);
      expect(() => settled.statusOf(-1)).toThrow(/no such decision/);
    });
  });

  it('keeps a retired image for those that hold it', () => {
    const made = make();
    const used = made.tenant.memory.heapBytesUsed;
    decidePayloads(made.live, [payment(1)], { now: 0n }, (settled) => {
      made.live.retire();
      expect(made.tenant.memory.heapBytesUsed).toBe(used);
      expect(readDecision(settled.decision(0)).outcome).toBe('approve');
    });
    expect(made.tenant.memory.heapBytesUsed).toBe(0);
    expect(codeOf(() => decidePayloads(made.live, [payment(1)], { now: 0n }, () => {}))).toMatch(/has been released/);
    expect(made.tenant.memory.ring.slots).toBe(0);
  });
});

describe('decideFrame', () => {
  const target = { bundle: 'small', model: smallModel().hash };

  it('answers each request under its id, in one frame', async () => {
    const made = make();
    const frame = frameOf([payment(500), new Uint8Array(2), payment(5)], target);
    const { status, decisions, statuses, answer } = await decided(made.live, frame);
    expect([status, outcomes(decisions), statuses]).toEqual([Status.OK, ['decline', 'review', 'approve'], [0, 1, 0]]);
    const batch = AnswerBatch.getRootAsAnswerBatch(new flatbuffers.ByteBuffer(answer));
    expect([batch.id(), batch.answersLength()]).toEqual([7n, 3]);
    for (const [i, decision] of decisions.entries()) {
      expect(batch.answers(i)!.id()).toBe(BigInt(1000 + i));
      expect(batch.answers(i)!.decisionArray()).toEqual(decision);
    }
    expect(made.counters.get(Counter.INVALID_PAYLOAD)).toBe(1);
    expectIdle(made);
    expect((await decided(made.live, frameOf([], target))).decisions).toHaveLength(0);
  });

  it('answers a frame of another model with INVALID_FRAME, on both paths', async () => {
    const made = make();
    const frame = frameOf([payment(500)], { ...target, model: '1234' });
    for (const path of ['inline', 'pooled'] as const) {
      const { status, decisions, answer } = await decided(made.live, frame, { path });
      expect([status, decisions.length, answer.length]).toEqual([Status.INVALID_FRAME, 0, 0]);
    }
    expect(made.counters.get(Counter.INVALID_FRAME)).toBe(2);
    await Promise.resolve();
    expectIdle(made);
  });

  it('refuses more requests than a slot may hold, or than the ring has room for', async () => {
    const made = make({ ringBytes: 1 << 22 });
    const many = frameOf(
      Array.from({ length: SLOT_COUNT_MAX + 1 }, () => new Uint8Array(0)),
      target,
    );
    await expect(decided(made.live, many)).rejects.toMatchObject({ code: 'BATCH_TOO_LARGE' });
    const small = make({ ringBytes: 4096 });
    const frame = frameOf(
      Array.from({ length: 20 }, () => payment(1)),
      target,
    );
    await expect(decided(small.live, frame)).rejects.toMatchObject({ code: 'BATCH_TOO_LARGE' });
    expectIdle(made);
    expectIdle(small);
  });

  it('answers what is no frame with INVALID_FRAME', async () => {
    const made = make();
    for (const bytes of [new Uint8Array(0), new Uint8Array(100), payment(1)]) {
      const { status, decisions, answer } = await decided(made.live, bytes);
      expect([status, decisions.length, answer.length]).toEqual([Status.INVALID_FRAME, 0, 0]);
    }
    expect(made.counters.get(Counter.INVALID_FRAME)).toBe(3);
    expectIdle(made);
  });
});

it('the model of the small image is the one its payloads are written with', () => {
  expect(make().live.model.hash).toBe(smallModel().hash);
});

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
