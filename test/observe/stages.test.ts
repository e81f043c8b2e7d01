import { describe, expect, it } from 'vitest';
import { SAMPLE_ALL_PER_SECOND, SAMPLE_EVERY, Sampler } from '#src/observe/sampler.js';
import { Face, Path, STAGES_BYTES, Stage, StageHistograms, StageTimes, UNITS_PER_MICRO } from '#src/observe/stages.js';

const STAGES = [Stage.READ, Stage.QUEUE, Stage.EVALUATE, Stage.WRITE];
const counts = (of: StageHistograms, face: Face, path: Path) => STAGES.map((stage) => of.of(face, path, stage).count);
const micros = (of: StageHistograms, face: Face, path: Path) =>
  STAGES.map((stage) => of.of(face, path, stage).sum / UNITS_PER_MICRO);

describe('stages of a request', () => {
  it('add up to the whole of it, and only a pooled one waits', () => {
    const into = new StageHistograms();
    const pooled = new StageTimes(100, 102);
    pooled.settled(110, 'pooled', 5);
    pooled.record(into, Face.HTTP, 111);
    expect(micros(into, Face.HTTP, Path.POOLED)).toEqual([2000, 5000, 3000, 1000]);
    const inline = new StageTimes(100, 100.5);
    inline.settled(101, 'inline', 0);
    inline.record(into, Face.STREAM, 101.25);
    expect(micros(into, Face.STREAM, Path.INLINE)).toEqual([500, 0, 500, 250]);
    expect(counts(into, Face.STREAM, Path.INLINE)).toEqual([1, 0, 1, 1]);
    expect(counts(into, Face.HTTP, Path.INLINE)).toEqual([0, 0, 0, 0]);
  });

  it('are not told of a request that the engine never settled', () => {
    const into = new StageHistograms();
    new StageTimes(1, 2).record(into, Face.HTTP, 3);
    expect(counts(into, Face.HTTP, Path.INLINE)).toEqual([0, 0, 0, 0]);
  });

  it('of several threads are one by adding them up', () => {
    const buffers = [new SharedArrayBuffer(STAGES_BYTES), new SharedArrayBuffer(STAGES_BYTES)];
    const [first, second] = buffers.map((buffer) => new StageHistograms(buffer)) as [StageHistograms, StageHistograms];
    first.record(Face.HTTP, Path.INLINE, Stage.READ, 1);
    second.record(Face.HTTP, Path.INLINE, Stage.READ, 4);
    second.record(Face.STREAM, Path.POOLED, Stage.WRITE, 2);
    const sum = new StageHistograms();
    for (const buffer of buffers) sum.add(new StageHistograms(buffer));
    const read = sum.of(Face.HTTP, Path.INLINE, Stage.READ);
    expect([read.count, read.sum, read.max]).toEqual([2, 5000 * UNITS_PER_MICRO, 4000 * UNITS_PER_MICRO]);
    expect(read.percentile(1)).toBe(4000 * UNITS_PER_MICRO);
    expect(sum.of(Face.STREAM, Path.POOLED, Stage.WRITE).count).toBe(1);
  });
});

describe('Sampler', () => {
  let now = 0;
  const make = () => new Sampler(1, () => now);

  /** How many of `seconds` of requests, evenly spaced, are timed; from the second second on the rate is known. */
  function taken(sampler: Sampler, from: number, perSecond: number, seconds: number): number {
    let count = 0;
    for (let i = 0; i < perSecond * seconds; i++) {
      now = from + (i * 1000) / perSecond;
      if (sampler.take() !== 0) count++;
    }
    return count;
  }

  it('times all requests at low rates', () => {
    expect(taken(make(), 1, SAMPLE_ALL_PER_SECOND / 2, 3)).toBe((SAMPLE_ALL_PER_SECOND / 2) * 3);
  });

  it('times one in so many of the many of a fleet of which each process has few', () => {
    const sampler = new Sampler(1 / 50, () => now);
    const few = SAMPLE_ALL_PER_SECOND / 10;
    taken(sampler, 1, few, 2);
    expect(taken(sampler, 2001, few, SAMPLE_EVERY)).toBe(few);
    taken(sampler, 2001 + SAMPLE_EVERY * 1000, few / 10, SAMPLE_EVERY);
    expect(taken(sampler, 2001 + 2 * SAMPLE_EVERY * 1000, few / 10, 5)).toBe((few / 10) * 5);
  });

  it('times one in so many once it knows that there are many, and all again when there are few', () => {
    const sampler = make();
    const many = SAMPLE_ALL_PER_SECOND * 10;
    taken(sampler, 1, many, 2);
    expect(taken(sampler, 2001, many, 4)).toBe((many * 4) / SAMPLE_EVERY);
    taken(sampler, 6001, 100, 3);
    expect(taken(sampler, 9001, 100, 5)).toBe(500);
  });
});
