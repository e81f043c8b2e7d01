import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Latencies } from '#src/loadtest/latency.js';
import { changes, parseMetrics } from '#src/loadtest/metrics.js';
import { addTold, RecentLatencies } from '#src/loadtest/recent.js';
import { isWhole, median, type RunReport, ratiosOf, runReport } from '#src/loadtest/report.js';
import { addTally, countKind, emptyTally } from '#src/loadtest/tally.js';
import { countBetween } from '../lib/latencies.js';
import { testSeed } from '../lib/model.js';

function latencies(values: readonly number[]): Latencies {
  const made = new Latencies();
  for (const value of values) made.record(value);
  return made;
}

describe('latencies', () => {
  const values = Array.from({ length: 1_000 }, (_, i) => i + 1);

  it('have the percentiles of what was recorded', () => {
    expect(latencies(values).percentiles()).toMatchObject({
      count: 1_000,
      mean: 500.5,
      p50: 500,
      p90: 900,
      p99: 990,
      p999: 999,
      max: 1_000,
    });
    expect(new Latencies().percentiles()).toEqual({ count: 0, mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, p9999: 0, max: 0 });
  });

  it('go from process to process, and add up', () => {
    const all = latencies(values.filter((value) => value % 2 === 0));
    all.add(Latencies.decode(latencies(values.filter((value) => value % 2 === 1)).encode()));
    all.add(Latencies.decode(new Latencies().encode()));
    expect(all.percentiles()).toEqual(latencies(values).percentiles());
    expect(countBetween(Latencies.decode(all.encode()), 1, 100)).toBe(100);
  });

  it('of a short while are told as what they are, to three digits and the largest exactly, and once', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(5_000), fc.double({ min: -5, max: 5e9, noNaN: true })), { maxLength: 50 }), (micros) => {
        const recent = new RecentLatencies();
        for (const round of [1, 2]) {
          for (const one of micros) recent.record(one);
          const told = new Latencies();
          addTold(told, recent.take());
          expect([round, told.percentiles(), told.buckets()]).toEqual([
            round,
            latencies(micros).percentiles(),
            latencies(micros).buckets(),
          ]);
        }
        expect(recent.take()).toHaveLength(0);
      }),
      { seed: testSeed('recent latencies'), numRuns: 300 },
    );
  });

  it('hold what is absurd', () => {
    expect(latencies([-5, 0, 0.4, 1e15]).percentiles()).toMatchObject({ count: 4, p50: 1 });
    expect(latencies([1e15]).at(100)).toBeGreaterThan(3.5e9);
  });

  it('are drawn without losing one', () => {
    for (const set of [values, [1], [7, 7, 7], [1, 1e6], [3_000_000, 5]]) {
      const buckets = latencies(set).buckets();
      expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(set.length);
      expect(buckets.map(({ toMicros }) => toMicros)).toEqual(buckets.map(({ toMicros }) => toMicros).toSorted((a, b) => a - b));
      expect(buckets.at(-1)!.toMicros).toBeGreaterThanOrEqual(Math.max(...set) * 0.999);
    }
    const distribution = latencies(values).distribution();
    expect(distribution[0]).toEqual({ share: 0, micros: 1 });
    expect(distribution.at(-1)).toEqual({ share: 1, micros: 1_000 });
    for (const { share, micros } of distribution)
      expect(Math.abs(micros - Math.max(1, Math.ceil(share * 1_000)))).toBeLessThanOrEqual(1);
  });
});

describe('tallies', () => {
  it('add up, kinds too', () => {
    const sum = emptyTally();
    addTally(sum, { ...emptyTally(), sent: 3, failures: { BUSY: 2 } });
    addTally(sum, { ...emptyTally(), sent: 4, failures: { BUSY: 1, HTTP_503: 1 } });
    expect(sum).toMatchObject({ sent: 7, failures: { BUSY: 3, HTTP_503: 1 } });
  });

  it('keep a bounded number of kinds', () => {
    const kinds: Record<string, number> = {};
    for (let i = 0; i < 1_000; i++) countKind(kinds, `E${i}`);
    countKind(kinds, 'E0');
    expect(Object.keys(kinds)).toHaveLength(65);
    expect(kinds).toMatchObject({ E0: 2, OTHER: 936 });
  });
});

describe('metrics', () => {
  it('are read, and compared', () => {
    const before = parseMetrics(
      '# HELP x\nverdict_decisions_total{outcome="a b"} 1\nverdict_h_bucket{le="1"} 5\nnode_x 3\nverdict_up 1\n',
    );
    expect([...before]).toEqual([
      ['verdict_decisions_total{outcome="a b"}', 1],
      ['verdict_up', 1],
    ]);
    const after = parseMetrics('verdict_decisions_total{outcome="a b"} 4\nverdict_up 1\nverdict_new_total 2\nverdict_bad x\n');
    expect(changes(before, after)).toEqual([
      { series: 'verdict_decisions_total{outcome="a b"}', before: 1, after: 4 },
      { series: 'verdict_new_total', before: 0, after: 2 },
    ]);
    expect(changes(undefined, after)).toEqual([]);
  });
});

describe('reports', () => {
  const run = (
    against: 'target' | 'echo',
    answered: number,
    micros: number,
    more: Partial<ReturnType<typeof emptyTally>> = {},
  ): RunReport =>
    runReport(
      {
        tally: { ...emptyTally(), scheduled: answered, sent: answered, answered, opened: 4, ...more },
        ...{ latency: latencies([micros]), service: latencies([micros]), lag: latencies([1]), atLeast: latencies([micros]) },
        seconds: [
          {
            second: 0,
            tally: { ...emptyTally(), sent: 4, answered: 3 },
            open: 4,
            inFlight: 1,
            latency: latencies([5]).percentiles(),
            heard: 1,
          },
          {
            second: 1,
            tally: { ...emptyTally(), sent: 9, answered: 9 },
            open: 4,
            inFlight: 0,
            latency: latencies([]).percentiles(),
            heard: 1,
          },
        ],
        duration: 2,
        cpuMillis: 500,
        processesLost: 0,
      },
      { against, round: 1, processes: 2, payloads: 10 },
    );

  it('have rates, and what happened second by second', () => {
    const { requestsPerSecond, decisionsPerSecond, series } = run('target', 100, 50);
    expect({ requestsPerSecond, decisionsPerSecond }).toEqual({ requestsPerSecond: 50, decisionsPerSecond: 500 });
    expect(series).toMatchObject([
      { second: 0, sent: 4, answered: 3, p50: 5 },
      { second: 1, sent: 5, answered: 6, p50: 0 },
    ]);
  });

  it('compare medians', () => {
    expect([median([]), median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([0, 2, 2.5]);
    const runs = [
      run('target', 90, 30),
      run('echo', 100, 10),
      run('target', 10, 500),
      run('echo', 100, 10),
      run('target', 80, 20),
      run('echo', 1, 1),
    ];
    expect(ratiosOf(runs)).toMatchObject({ requestsPerSecond: 0.8, p50: 3, p99: 3 });
    expect(ratiosOf(runs.filter(({ against }) => against === 'target'))).toBeUndefined();
  });

  it('are whole only where nothing is missing', () => {
    expect(isWhole(run('target', 5, 5))).toBe(true);
    for (const key of ['failed', 'unanswered', 'unsent', 'unexpected', 'refused', 'lost'] as const) {
      expect(isWhole(run('target', 5, 5, { [key]: 1 }))).toBe(false);
    }
  });
});
