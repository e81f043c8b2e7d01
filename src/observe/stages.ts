// Where the time of a request goes: a histogram for each stage of it, path and face, over one view. One thread records, any may
// read, and those of several threads or processes are one by adding them up.
//
//   head or message -- READ --> handed to the engine -- QUEUE --> EVALUATE --> settled -- WRITE --> with the kernel
//
// QUEUE is what a pooled request waits for a worker, before its first slice and between slices; an inline one has none. EVALUATE is
// the rest between the hand-over and the settling: the copy into a slot and, of a pooled request, the hop to its worker and back.

import { HISTOGRAM_BYTES, Histogram } from './histogram.js';

export enum Face {
  HTTP = 0,
  STREAM = 1,
}

export enum Path {
  INLINE = 0,
  POOLED = 1,
}

export enum Stage {
  READ = 0,
  QUEUE = 1,
  EVALUATE = 2,
  WRITE = 3,
}

const PATHS = 2;
const STAGES = 4;
const HISTOGRAMS = 2 * PATHS * STAGES;

/** Bytes of the view. */
export const STAGES_BYTES = HISTOGRAMS * HISTOGRAM_BYTES;

/** Histograms count in sixteenths of a microsecond: a stage may take less than one. */
export const UNITS_PER_MICRO = 16;
const UNITS_PER_MILLI = UNITS_PER_MICRO * 1000;

export class StageHistograms {
  private readonly histograms: readonly Histogram[];

  /** @param buffer at least STAGES_BYTES from `offset`, a multiple of 8; shared, where other threads are to read it */
  constructor(buffer: ArrayBufferLike = new ArrayBuffer(STAGES_BYTES), offset = 0) {
    this.histograms = Array.from({ length: HISTOGRAMS }, (_, i) => new Histogram(buffer, offset + i * HISTOGRAM_BYTES));
  }

  /** The histogram of a stage, in UNITS_PER_MICRO. */
  of(face: Face, path: Path, stage: Stage): Histogram {
    return this.histograms[(face * PATHS + path) * STAGES + stage] as Histogram;
  }

  record(face: Face, path: Path, stage: Stage, millis: number): void {
    this.of(face, path, stage).record(millis * UNITS_PER_MILLI);
  }

  /** Adds what others have recorded. */
  add(others: StageHistograms): void {
    for (const [i, histogram] of this.histograms.entries()) histogram.add(others.histograms[i] as Histogram);
  }
}

/** When one request passed from stage to stage. Times are those of performance.now(), milliseconds. */
export class StageTimes {
  settledMillis = Number.NaN;
  /** Of the time between the hand-over and the settling, what it waited for workers. */
  waitedMillis = 0;
  path = Path.INLINE;

  constructor(
    readonly startMillis: number,
    readonly handedMillis: number,
  ) {}

  /** The engine has settled it. */
  settled(nowMillis: number, path: 'inline' | 'pooled', waitedMillis: number): void {
    this.settledMillis = nowMillis;
    this.path = path === 'pooled' ? Path.POOLED : Path.INLINE;
    this.waitedMillis = waitedMillis;
  }

  /** Records its stages once it is over; one that the engine never settled was refused, and has none. */
  record(into: StageHistograms, face: Face, endMillis: number): void {
    const { path, settledMillis, handedMillis, waitedMillis } = this;
    if (Number.isNaN(settledMillis)) return;
    into.record(face, path, Stage.READ, handedMillis - this.startMillis);
    if (path === Path.POOLED) into.record(face, path, Stage.QUEUE, waitedMillis);
    into.record(face, path, Stage.EVALUATE, settledMillis - handedMillis - waitedMillis);
    into.record(face, path, Stage.WRITE, endMillis - settledMillis);
  }
}
