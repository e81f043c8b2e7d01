import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Arrivals, requestsOf, runLength } from '#src/loadtest/arrivals.js';
import { Profile, type ProfileOptions, phasesOf, warmPhases } from '#src/loadtest/profile.js';
import { testSeed } from '../lib/model.js';

describe('phases', () => {
  const cases: [ProfileOptions, [number, number, number][]][] = [
    [{ kind: 'hold', seconds: 3 }, [[3, 1, 1]]],
    [{ kind: 'ramp', seconds: 4 }, [[4, 0, 1]]],
    [
      { kind: 'ramp', seconds: 4, rampSeconds: 1 },
      [
        [1, 0, 1],
        [3, 1, 1],
      ],
    ],
    [
      { kind: 'burst', seconds: 5, burstSeconds: 1, burstEverySeconds: 3, baseShare: 0.5 },
      [
        [2, 0.5, 0.5],
        [1, 1, 1],
        [2, 0.5, 0.5],
      ],
    ],
    [
      { kind: 'burst', seconds: 5.5 },
      [
        [4, 0.1, 0.1],
        [1, 1, 1],
        [0.5, 0.1, 0.1],
      ],
    ],
  ];
  for (const [options, phases] of cases) {
    it(JSON.stringify(options), () =>
      expect(phasesOf(options)).toEqual(phases.map(([seconds, from, to]) => ({ seconds, from, to }))),
    );
  }

  const wrong: [ProfileOptions, RegExp][] = [
    [{ kind: 'hold', seconds: 0 }, /longer than 0/],
    [{ kind: 'ramp', seconds: 1, rampSeconds: 2 }, /ramp of 2 seconds does not fit into 1/],
    [{ kind: 'burst', seconds: 9, burstSeconds: 5, burstEverySeconds: 5 }, /does not fit into a period/],
    [{ kind: 'burst', seconds: 9, baseShare: 1 }, /below 1/],
    [{ kind: 'burst', seconds: 86_400, burstSeconds: 0.001, burstEverySeconds: 0.002 }, /bursts/],
  ];
  for (const [options, message] of wrong) {
    it(`not ${JSON.stringify(options)}`, () => expect(() => phasesOf(options)).toThrow(message));
  }

  it('find the time of every area: the area up to it is the one asked for', () => {
    const phase = fc.record({
      seconds: fc.integer({ min: 1, max: 50 }).map((tenths) => tenths / 10),
      from: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
      to: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
    });
    fc.assert(
      fc.property(
        fc.array(phase, { minLength: 1, maxLength: 5 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (phases, share) => {
          const profile = new Profile(phases);
          fc.pre(profile.area > 0);
          const { micros } = profile.timeOf(profile.area * share);
          let area = 0;
          const steps = 20_000;
          for (let i = 0; i < steps; i++) area += (profile.shareAt(((i + 0.5) * micros) / steps) * micros) / steps / 1e6;
          expect(Math.abs(area - profile.area * share)).toBeLessThan(1e-3 * Math.max(1, profile.area));
        },
      ),
      { seed: testSeed('load profiles'), numRuns: 40 },
    );
  });
});

/** All due times of a schedule. */
function timesOf(
  options: ProfileOptions,
  rate: number,
  kind: 'constant' | 'poisson' = 'constant',
  shares = 1,
  seed = 1,
  runLength = 1,
): number[][] {
  return Array.from({ length: shares }, (_, share) => {
    const arrivals = new Arrivals(new Profile(phasesOf(options)), { kind, rate, share, shares, runLength, seed });
    const times: number[] = [];
    for (; arrivals.next < Number.POSITIVE_INFINITY; arrivals.advance()) times.push(arrivals.next);
    return times;
  });
}

describe('arrivals', () => {
  it('at a constant rate are evenly spaced', () => {
    const [times] = timesOf({ kind: 'hold', seconds: 2 }, 10);
    expect(times!.map(Math.round)).toEqual(Array.from({ length: 20 }, (_, i) => 50_000 + i * 100_000));
  });

  it.each([
    [{ kind: 'hold', seconds: 3 } as const, 1000, 3000],
    [{ kind: 'ramp', seconds: 4 } as const, 1000, 2000],
    [{ kind: 'ramp', seconds: 4, rampSeconds: 2 } as const, 1000, 3000],
    [{ kind: 'burst', seconds: 10, burstSeconds: 1, burstEverySeconds: 5, baseShare: 0.25 } as const, 1000, 4000],
    [{ kind: 'hold', seconds: 3 } as const, 0, 0],
    [{ kind: 'hold', seconds: 3 } as const, 0.5, 2],
  ])('of %j at %d a second are %d', (options, rate, count) => expect(timesOf(options, rate)[0]).toHaveLength(count));

  it('grow denser on a ramp as the square root says', () => {
    const [times] = timesOf({ kind: 'ramp', seconds: 2 }, 100);
    for (const [i, time] of times!.entries()) expect(time / 1e6).toBeCloseTo(Math.sqrt((i + 0.5) / 25), 9);
  });

  it.each(['constant', 'poisson'] as const)('of several processes (%s) are in order, and together those of one', (kind) => {
    const parts = timesOf({ kind: 'ramp', seconds: 3 }, 500, kind, 3);
    for (const part of parts) expect(part.toSorted((a, b) => a - b)).toEqual(part);
    if (kind === 'constant') {
      const all = parts.flat().toSorted((a, b) => a - b);
      expect(all).toEqual(timesOf({ kind: 'ramp', seconds: 3 }, 500)[0]);
    }
  });

  it.each([
    [3, 1],
    [3, 4],
    [5, 7],
  ])('of %d processes are dealt out in runs of %d, which together are those of one', (shares, length) => {
    const ramp = { kind: 'ramp', seconds: 3 } as const;
    const parts = timesOf(ramp, 500, 'constant', shares, 1, length);
    const [all] = timesOf(ramp, 500);
    expect(parts.flat().toSorted((a, b) => a - b)).toEqual(all);
    const owners = all!.map((_, i) => Math.floor(i / length) % shares);
    for (const [share, part] of parts.entries()) {
      expect(part).toEqual(all!.filter((_, i) => owners[i] === share));
      for (const requests of [0, 1, length, 100, 333])
        expect(requestsOf(requests, { share, shares, runLength: length })).toBe(
          owners.slice(0, requests).filter((owner) => owner === share).length,
        );
    }
  });

  it.each([
    // a process has one a millisecond or more, and wakes up for it
    [20_000, 20, 1_000, 1],
    [500, 1, 1_000, 1],
    // or fewer: one wakes up for what is due in a millisecond
    [20_000, 56, 17_857, 20],
    [2_000, 6, 10_000, 2],
    [500, 4, 1_000, 1],
    // which must find free lanes
    [20_000, 56, 640, 10],
    [20_000, 56, 10, 1],
  ])('of %d a second from %d processes with %d lanes are sent in runs of %d', (rate, shares, lanes, length) =>
    expect(runLength(rate, shares, lanes)).toBe(length),
  );

  it('of Poisson have the mean and the spread of a Poisson process, and are the same for a seed', () => {
    const [times] = timesOf({ kind: 'hold', seconds: 100 }, 1000, 'poisson', 1, 7);
    // 100,000 are expected with a deviation of 316: seven of these are never seen
    expect(Math.abs(times!.length - 100_000)).toBeLessThan(2_300);
    const gaps = times!.slice(1).map((time, i) => time - times![i]!);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(Math.abs(Math.sqrt(variance) / mean - 1)).toBeLessThan(0.03);
    expect(timesOf({ kind: 'hold', seconds: 1 }, 1000, 'poisson', 2, 7)).toEqual(
      timesOf({ kind: 'hold', seconds: 1 }, 1000, 'poisson', 2, 7),
    );
    const [one, other] = timesOf({ kind: 'hold', seconds: 1 }, 1000, 'poisson', 2, 7);
    expect(one).not.toEqual(other);
  });
});

it('what is sent first is a share of the full level, and then nothing', () => {
  const profile = new Profile([...warmPhases({ seconds: 12, share: 0.25 }), ...phasesOf({ kind: 'hold', seconds: 5 })]);
  expect([profile.micros, profile.area]).toEqual([17e6, 0.25 * 10 + 5]);
  expect([0, 9.99, 10, 11.99, 12, 16.99, 17].map((seconds) => profile.shareAt(seconds * 1e6))).toEqual([0.25, 0.25, 0, 0, 1, 1, 0]);
  // the last request of the first part, and the first of what counts, at 100 a second
  expect([2.495, 2.505].map((area) => Math.round(profile.timeOf(area).micros))).toEqual([9.98e6, 12.005e6]);
  expect(warmPhases({ seconds: 1, share: 1 })).toEqual([
    { seconds: 0.5, from: 1, to: 1 },
    { seconds: 0.5, from: 0, to: 0 },
  ]);
});
