import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { decidePayloads } from '#src/decide.js';
import type { Problem } from '#src/errors.js';
import { type Bucket, TokenBucket } from '#src/scheduler/quota.js';
import { SharedBucket } from '#src/scheduler/shared-quota.js';
import { payment, tenantMaker } from '../lib/small-tenant.js';

const make = tenantMaker();

// Each row: what is taken when, and after how many milliseconds it may be tried again; 0 = it was taken.
it.each<[string, readonly (readonly [cost: number, at: number, wait: number])[]]>([
  [
    'what is in the bucket',
    [
      [60, 0, 0],
      [40, 0, 0],
      [1, 0, 1],
    ],
  ],
  [
    'what has come in since',
    [
      [100, 0, 0],
      [10, 5, 5],
      [10, 10, 0],
      [10, 10, 10],
    ],
  ],
  [
    'never more than the burst',
    [
      [100, 0, 0],
      [100, 9_999, 0],
      [1, 9_999, 1],
    ],
  ],
  [
    'more than the burst with a full bucket, as a debt',
    [
      [250, 0, 0],
      [1, 0, 151],
      [250, 100, 150],
      [1, 151, 0],
      [250, 152, 99],
    ],
  ],
  [
    'nothing where it refuses',
    [
      [90, 0, 0],
      [50, 0, 40],
      [50, 20, 20],
      [30, 20, 0],
    ],
  ],
])('a bucket of 100 units that fills with 1,000 a second gives %s', (_, takes) => {
  const quota = { costPerSecond: 1000, costBurst: 100 };
  const bucket = new TokenBucket(quota, 0);
  for (const [cost, at, wait] of takes) expect([cost, at, bucket.take(cost, at)]).toEqual([cost, at, wait]);
  // Two threads, whose clocks began at other times, have one bucket.
  const shared = { quota, word: new SharedArrayBuffer(8), since: 0 };
  const threads = [0, 1].map((thread) => new SharedBucket(shared, -5000 * thread));
  for (const [turn, [cost, at, wait]] of takes.entries()) {
    const thread = turn % 2;
    expect([cost, at, threads[thread]!.take(cost, at + 5000 * thread)]).toEqual([cost, at, wait]);
  }
});

it('gives threads that take at the same time what one would get', async () => {
  const shared = SharedBucket.make({ costPerSecond: 1, costBurst: 5000 }).shared;
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(workerData.module).then(({ SharedBucket }) => {
      const bucket = new SharedBucket(workerData.shared);
      let taken = 0;
      for (let i = 0; i < 20_000; i++) if (bucket.take(1, performance.now()) === 0) taken++;
      parentPort.postMessage(taken);
    });`;
  const workerData = { shared, module: import.meta.resolve('#src/scheduler/shared-quota.js') };
  const takers = [1, 2, 3].map(
    () =>
      new Promise<number>((resolve, reject) =>
        new Worker(code, { eval: true, workerData }).once('message', resolve).once('error', reject),
      ),
  );
  const taken = (await Promise.all(takers)).reduce((sum, each) => sum + each, 0);
  // What comes in while they take is a unit a second.
  expect(taken).toBeGreaterThanOrEqual(5000);
  expect(taken).toBeLessThan(5100);
});

it.each<[string, Bucket]>([
  ['of one thread', new TokenBucket({ costPerSecond: 1000, costBurst: 100 }, 0)],
  ['of several', new SharedBucket({ quota: { costPerSecond: 1000, costBurst: 100 }, word: new SharedArrayBuffer(8), since: 0 }, 0)],
])('a bucket %s takes back what was not used, up to the burst', (_, bucket) => {
  expect([bucket.take(80, 0), bucket.take(80, 0)]).toEqual([0, 60]);
  bucket.give(80);
  expect(bucket.take(80, 0)).toBe(0);
  bucket.give(1000);
  expect([bucket.take(100, 0), bucket.take(1, 0)]).toEqual([0, 1]);
});

describe('what is refused for want of room costs the tenant nothing', () => {
  it.each([
    ['BUSY', { ringBytes: 4096 }],
    ['OVERLOADED', { queueMax: 1, ringBytes: 1 << 20 }],
  ] as const)('%s', async (code, options) => {
    const { tenant, live } = make(options);
    const count = 60;
    tenant.setQuota({ costPerSecond: 1e-6, costBurst: count * live.costMax });
    const settled: Promise<unknown>[] = [];
    const codes: string[] = [];
    for (let i = 0; i < 4 * count; i++) {
      const one = new Promise((resolve) => {
        decidePayloads(live, [payment(1)], { now: 0n, path: 'pooled' }, resolve);
      });
      settled.push(one.catch((error: Problem) => codes.push(error.code)));
    }
    await Promise.all(settled);
    const decided = settled.length - codes.length;
    expect([decided > 0, codes.length > 2 * count, new Set(codes)]).toEqual([true, true, new Set([code])]);
    for (let i = decided; i < count; i++) decidePayloads(live, [payment(1)], { now: 0n, path: 'inline' }, () => {});
    expect(() => decidePayloads(live, [payment(1)], { now: 0n, path: 'inline' }, () => {})).toThrow(
      expect.objectContaining({ code: 'QUOTA_EXCEEDED' }),
    );
  });
});
