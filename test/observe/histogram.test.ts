import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HISTOGRAM_BYTES, Histogram } from '#src/observe/histogram.js';
import { testSeed } from '../lib/model.js';

describe('Histogram', () => {
  it('is empty at first, and counts what it is given', () => {
    const histogram = new Histogram();
    expect([histogram.count, histogram.sum, histogram.max, histogram.percentile(0.5)]).toEqual([0, 0, 0, 0]);
    for (const value of [3, 3, -5, 1e12]) histogram.record(value);
    expect([histogram.count, histogram.max]).toEqual([4, 0xffffffff]);
    expect(histogram.countsUpTo([0, 2, 3, 1023, 2 ** 32 - 1])).toEqual([1, 1, 3, 3, 4]);
    const other = new Histogram();
    other.addCounts([...histogram.counts(), [1e9, 7], [-1, 7]], histogram.sum, histogram.max);
    expect([other.counts(), other.count, other.sum, other.max]).toEqual([histogram.counts(), 4, histogram.sum, 0xffffffff]);
    expect(histogram.percentile(0.5)).toBe(3);
  });

  it('is shared by all over the same view', () => {
    const buffer = new SharedArrayBuffer(HISTOGRAM_BYTES);
    new Histogram(buffer).record(100);
    expect(new Histogram(buffer).count).toBe(1);
  });

  it('gives percentiles within 6.25 % of the exact ones', () => {
    const values = fc.array(fc.oneof(fc.nat(100), fc.nat(100_000), fc.nat(0xffffffff)), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (recorded, fraction) => {
        const histogram = new Histogram();
        for (const value of recorded) histogram.record(value);
        const sorted = [...recorded].sort((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(fraction * sorted.length)) - 1]!;
        const got = histogram.percentile(fraction);
        expect(got).toBeGreaterThanOrEqual(exact);
        expect(got).toBeLessThanOrEqual(exact * 1.0625);
      }),
      { numRuns: 500, seed: testSeed('histogram') },
    );
  });
});
