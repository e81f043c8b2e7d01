import { expect, it } from 'vitest';
import { Drain } from '#src/scheduler/drain.js';

it.each<[string, perSecond: number, seconds: number, requests: number, expected: number]>([
  ['nothing is known yet', 0, 0, 1000, 1],
  ['a queue that is short', 1000, 2, 10, 1],
  ['as long as it takes', 100, 2, 1024, 11],
  ['at most a minute', 1, 10, 1024, 60],
])('%s', (_, perSecond, seconds, requests, expected) => {
  const drain = new Drain();
  for (let i = 0; i < perSecond * seconds; i++) drain.settled((i * 1000) / perSecond);
  expect(drain.secondsFor(requests)).toBe(expected);
});

it('follows work that becomes slower', () => {
  const drain = new Drain();
  for (let now = 0; now < 2000; now += 1) drain.settled(now);
  for (let now = 2000; now < 12_000; now += 100) drain.settled(now);
  expect(drain.secondsFor(100)).toBe(10);
});
