// The scheduler with its threads: what is refused, what is void, what is cut, and what becomes of requests whose worker dies or
// hangs.

import { describe, expect, it } from 'vitest';
import { Status } from '#assembly/shared/status.js';
import { monotonicMillis } from '#src/clock.js';
import { type DecideOptions, decidePayloads } from '#src/decide.js';
import { Counter } from '#src/observe/counters.js';
import { LiveImage } from '#src/registry/live-image.js';
import { Tenant } from '#src/registry/tenant.js';
import { readDecision } from '#src/schema/decision.js';
import { smallImage } from '../lib/small-image.js';
import { payment, type SmallTenant, tenantMaker } from '../lib/small-tenant.js';

const make = tenantMaker();

/** What came of a request: outcomes, a code, or INTERNAL. */
function ask(live: LiveImage, amounts: readonly number[], options: Partial<DecideOptions> = {}): Promise<string> {
  return new Promise((resolve) => {
    try {
      const payloads = amounts.map((amount) => payment(amount));
      decidePayloads(live, payloads, { now: 0n, path: 'pooled', ...options }, (settled) => {
        const { status, problem, count } = settled;
        if (problem !== undefined) resolve(problem.code);
        else if (status !== Status.OK) resolve(Status[status]);
        else resolve(Array.from({ length: count }, (_, i) => readDecision(settled.decision(i)).outcome).join());
      });
    } catch (error) {
      resolve((error as { code: string }).code);
    }
  });
}

/** How many there are of each. */
const tally = (results: readonly string[]): Record<string, number> =>
  Object.fromEntries([...new Set(results)].sort().map((result) => [result, results.filter((each) => each === result).length]));

const many = (count: number, amount = 1): number[] => new Array<number>(count).fill(amount);

/** A second tenant on the same threads. */
function neighbour({ tenant }: SmallTenant): LiveImage {
  const other = new Tenant('other', tenant.host, { scratchCount: 4, ringBytes: 65536, pagesMax: 256 });
  return LiveImage.place(other, smallImage());
}

function expectIdle({ tenant, live, scheduler }: SmallTenant): void {
  expect([tenant.memory.ring.slots, live.pinCount, scheduler.stats.queued, scheduler.stats.running]).toEqual([0, 0, 0, 0]);
}

describe('Scheduler', () => {
  it('refuses what is more than may wait, answers everything, and takes more when there is room', async () => {
    const made = make({ queueMax: 8 });
    const results = await Promise.all(Array.from({ length: 40 }, () => ask(made.live, [1])));
    expect(tally(results)).toEqual({ approve: 8, OVERLOADED: 32 });
    expect([made.counters.get(Counter.REFUSED_FULL), made.counters.get(Counter.REFUSED_BREAKER)]).toEqual([1, 31]);
    expect(made.scheduler.stats.breakers).toEqual({ open: 1, halfOpen: 0, opened: 1 });
    expect(await ask(made.live, [500])).toBe('decline');
    expect(made.scheduler.stats.breakers).toEqual({ open: 0, halfOpen: 0, opened: 1 });
    expectIdle(made);
  });

  it('tells when to come again', () => {
    const { live } = make({ queueMax: 1 });
    void ask(live, [1]);
    const refused = (): void => decidePayloads(live, [payment(1)], { now: 0n, path: 'pooled' }, () => {});
    expect(refused).toThrow(expect.objectContaining({ code: 'OVERLOADED', status: 503, retryAfterSeconds: 1 }));
  });

  it('gives the place of a tenant that has many to one that has few', async () => {
    const made = make({ queueMax: 8 });
    const other = neighbour(made);
    const first = Array.from({ length: 8 }, () => ask(made.live, [1]));
    const second = Array.from({ length: 8 }, () => ask(other, [500]));
    expect(tally(await Promise.all(first))).toEqual({ approve: 4, OVERLOADED: 4 });
    expect(tally(await Promise.all(second))).toEqual({ decline: 4, OVERLOADED: 4 });
    expect(made.counters.get(Counter.EVICTED)).toBe(4);
    expectIdle(made);
  });

  it('answers what is void while it waits, without deciding it', async () => {
    const made = make({ threads: 1 });
    const cancellation = { cancelled: false };
    const deadlineMillis = monotonicMillis() + 20;
    const results = [ask(made.live, [1]), ask(made.live, [1], { cancellation }), ask(made.live, [1], { deadlineMillis })];
    cancellation.cancelled = true;
    while (monotonicMillis() < deadlineMillis);
    expect(await Promise.all(results)).toEqual(['approve', 'CANCELLED', 'DEADLINE_EXCEEDED']);
    expect([made.counters.get(Counter.CANCELLED), made.counters.get(Counter.DEADLINE_EXCEEDED)]).toEqual([1, 1]);
    expectIdle(made);
  });

  it('ends a batch between two payloads when it is cancelled', async () => {
    const made = make({ threads: 1, sliceMillis: 0, ringBytes: 1 << 20 });
    const cancellation = { cancelled: false };
    const batch = ask(made.live, many(4000), { cancellation });
    for (let i = 0; i < 3; i++) expect(await ask(made.live, [1])).toBe('approve');
    cancellation.cancelled = true;
    expect(await batch).toBe('CANCELLED');
    expect(made.counters.get(Counter.YIELDS)).toBeGreaterThan(0);
    expect(made.counters.get(Counter.SLICES)).toBeLessThan(4000);
    expectIdle(made);
  });

  it('lets short work pass a batch that has begun', async () => {
    const made = make({ threads: 1, sliceMillis: 0, ringBytes: 1 << 20 });
    const order: string[] = [];
    const batch = ask(made.live, many(2000)).then(() => order.push('batch'));
    for (let i = 0; i < 5; i++) order.push(await ask(made.live, [500]));
    await batch;
    expect(order).toEqual([...many(5).map(() => 'decline'), 'batch']);
  });

  it('takes all of a turn of the loop in groups', async () => {
    const made = make({ threads: 1 });
    await Promise.all(Array.from({ length: 60 }, () => ask(made.live, [1])));
    expect(made.counters.get(Counter.SLICES)).toBe(60);
    expectIdle(made);
  });

  it('answers INTERNAL for what a worker had in hand that hung, and decides the rest of its group', async () => {
    const workerFile = new URL('../runtime/fixtures/hanging-worker.mjs', import.meta.url);
    const made = make({ threads: 1, workerFile, stallMillis: 200, ringBytes: 1 << 20 });
    const results = await Promise.all(Array.from({ length: 12 }, () => ask(made.live, [1])));
    expect(tally(results)).toEqual({ INTERNAL: 4, approve: 8 });
    expect([made.pool.hangs, made.pool.deaths]).toEqual([4, 4]);
    expectIdle(made);
  });

  it('stops asking workers after failures in a row, and tries again', async () => {
    const made = make({ threads: 1, workerFile: new URL('../runtime/fixtures/unstartable-worker.mjs', import.meta.url) });
    const results: string[] = [];
    for (let i = 0; i < 8; i++) results.push(await ask(made.live, [1]));
    expect(tally(results)).toEqual({ INTERNAL: 5, OVERLOADED: 3 });
    expect(made.scheduler.stats.breakers.open).toBe(1);
    expectIdle(made);
  });

  it('charges the static cost to the quota of the tenant, on both paths, and not calls of the library', async () => {
    const made = make();
    made.tenant.setQuota({ costPerSecond: 1e-3, costBurst: 3.5 * made.live.costMax });
    expect(await ask(made.live, [1, 1], { path: 'inline' })).toBe('approve,approve');
    expect(await ask(made.live, [1])).toBe('approve');
    expect(await ask(made.live, [1])).toBe('QUOTA_EXCEEDED');
    expect(await ask(made.live, [1], { isUnmetered: true })).toBe('approve');
    expect(made.counters.get(Counter.REFUSED_QUOTA)).toBe(1);
    made.tenant.setQuota(undefined);
    expect(await ask(made.live, [1])).toBe('approve');
  });
});
