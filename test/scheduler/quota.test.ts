import { expect, it } from 'vitest';
import { TokenBucket } from '#src/scheduler/quota.js';

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
  const bucket = new TokenBucket({ costPerSecond: 1000, costBurst: 100 }, 0);
  for (const [cost, at, wait] of takes) expect([cost, at, bucket.take(cost, at)]).toEqual([cost, at, wait]);
});
