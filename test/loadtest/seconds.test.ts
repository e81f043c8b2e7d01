// Seconds of a run: each process closes its own, tells of them in its own time, and they are put together.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Arrivals } from '#src/loadtest/arrivals.js';
import { Intervals } from '#src/loadtest/intervals.js';
import type { Interval } from '#src/loadtest/order.js';
import { Profile, phasesOf } from '#src/loadtest/profile.js';
import { Seconds } from '#src/loadtest/seconds.js';
import { Session } from '#src/loadtest/session.js';
import { addTally, emptyTally } from '#src/loadtest/tally.js';

function interval(second: number, sent: number, latencies: number[], failures: Record<string, number> = {}): Interval {
  const told = new Uint32Array(latencies.flatMap((micros) => [micros, 1]));
  return { second, tally: { ...emptyTally(), sent, failures }, open: 2, inFlight: 1, latency: told };
}

describe('seconds of all processes', () => {
  it('are whole when all have told of them, with what each has counted up to then', () => {
    const seconds = new Seconds(2);
    expect(seconds.add(0, interval(0, 10, [100, 100, 300]), 2)).toBeUndefined();
    expect(seconds.add(0, interval(1, 25, [500]), 2)).toBeUndefined();
    const whole = seconds.add(1, interval(0, 7, [200], { BUSY: 2 }), 2);
    expect(whole).toMatchObject({ second: 0, heard: 2, open: 4, inFlight: 2, latency: { count: 4, p50: 100, max: 300 } });
    expect(whole!.tally).toEqual({ ...emptyTally(), sent: 32, failures: { BUSY: 2 } });
    // what has been told is no part of what is told later
    seconds.add(1, interval(1, 8, [900], { BUSY: 3 }), 2);
    expect(whole!.tally.sent).toBe(32);
    expect(seconds.all().map(({ second, tally, latency }) => [second, tally.sent, tally.failures.BUSY, latency.max])).toEqual([
      [0, 32, 2, 300],
      [1, 33, 3, 900],
    ]);
    expect(seconds.last(1)!.tally.sent).toBe(8);
  });

  it('are whole without those that are gone, and stay in the report where they never are', () => {
    const seconds = new Seconds(3);
    expect(seconds.add(0, interval(0, 1, [5]), 1)).toMatchObject({ second: 0, heard: 1 });
    seconds.add(1, interval(1, 1, [6]), 3);
    expect(seconds.all().map(({ second, heard }) => [second, heard])).toEqual([
      [0, 1],
      [1, 1],
    ]);
    expect(seconds.last(2)).toBeUndefined();
  });

  it('do not grow for ever', () => {
    const seconds = new Seconds(2);
    for (let second = 0; second < 40; second++) seconds.add(0, interval(second, second, [second + 1]), 2);
    expect(seconds.add(1, interval(0, 1, [1_000]), 2)).toBeUndefined();
    expect(seconds.add(1, interval(39, 1, [1_000]), 2)).toMatchObject({ heard: 2, latency: { count: 2, max: 1_000 } });
    expect(seconds.all().map(({ second, latency }) => [second, latency.max])).toEqual(
      Array.from({ length: 40 }, (_, second) => [second, second === 39 ? 1_000 : second + 1]),
    );
  });
});

it('tallies can be taken away again', () => {
  const sum = addTally(emptyTally(), { ...emptyTally(), sent: 5, failures: { BUSY: 3 } });
  expect(addTally(sum, { ...emptyTally(), sent: 2, failures: { BUSY: 1 } }, -1)).toEqual({
    ...emptyTally(),
    sent: 3,
    failures: { BUSY: 2 },
  });
});

describe('seconds of a process', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Ten requests a second, each answered at once, from 0 on; told: [second, sent, latencies, when]. */
  function run(share: number, shares: number, countFrom: number, millis: number): [number, number, number, number][] {
    const profile = new Profile(phasesOf({ kind: 'hold', seconds: 60 }));
    const arrivals = new Arrivals(profile, { kind: 'constant', rate: 10, share: 0, shares: 1, runLength: 1, seed: 1 });
    const begun = performance.now();
    const clock = (): number => (performance.now() - begun) * 1000;
    const options = { connections: 1, inFlight: 1, profile, requestsMax: 1e9, messages: 1, countFrom };
    const session: Session = new Session(
      { ...options, arrivals },
      { send: (connection, _message, lane, tag) => void session.answered(connection, lane, tag, clock() + 50) },
    );
    session.opened(0);
    const told: [number, number, number, number][] = [];
    const intervals = new Intervals(session, countFrom, clock, ({ second, tally, latency }) => {
      const count = latency.filter((_, i) => i % 2 === 1).reduce((sum, each) => sum + each, 0);
      // timers of 0 ms take 1
      told.push([second, tally.sent, count, Math.round(clock() / 1e4) * 10]);
    });
    intervals.start({ share, shares, runLength: 1 });
    const timer = setInterval(() => {
      intervals.look(clock());
      session.pump(clock());
    }, 50);
    vi.advanceTimersByTime(millis);
    clearInterval(timer);
    intervals.end(clock());
    expect(vi.getTimerCount()).toBe(0);
    return told;
  }

  it.each([
    [0, 0],
    [1, 250],
    [3, 750],
  ])('of number %d of 4 are told of %d ms after their ends, and are what was until then', (share, after) => {
    expect(run(share, 4, 0, 3_400)).toEqual([
      [0, 10, 10, 1_000 + after],
      [1, 20, 10, 2_000 + after],
      [2, 30, 10, 3_000 + (after === 750 ? 400 : after)],
      [3, 34, 4, 3_400],
    ]);
  });

  it('are those of the warm-up below 0, and count anew from there on', () => {
    expect(run(0, 1, 2_000_000, 4_300)).toEqual([
      [-2, 10, 10, 1_000],
      [-1, 20, 10, 2_000],
      [0, 10, 10, 3_000],
      [1, 20, 10, 4_000],
      [2, 23, 3, 4_300],
    ]);
  });

  it('begin with a part of one where the warm-up ends within a second', () => {
    expect(run(0, 1, 1_500_000, 3_000).map(([second, sent, latencies]) => [second, sent, latencies])).toEqual([
      [-2, 5, 5],
      [-1, 15, 10],
      [0, 10, 10],
      [1, 15, 5],
    ]);
  });
});
