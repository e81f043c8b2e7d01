// Latencies in HdrHistograms of microseconds with three significant digits, and their way from process to process.

import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type JsHistogram } from 'hdr-histogram-js';

/** An hour: longer ones count as that. */
export const MICROS_MAX = 3_600_000_000;

/** Percentiles of latencies, microseconds. */
export interface Percentiles {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly p9999: number;
  readonly max: number;
}

/** A point of the distribution: `share` of the latencies are at most `micros`. */
export interface DistributionPoint {
  readonly share: number;
  readonly micros: number;
}

export class Latencies {
  readonly #histogram: JsHistogram;

  constructor(histogram?: JsHistogram) {
    // without WebAssembly every histogram is a JsHistogram
    this.#histogram =
      histogram ??
      (build({
        lowestDiscernibleValue: 1,
        highestTrackableValue: MICROS_MAX,
        numberOfSignificantValueDigits: 3,
        autoResize: false,
      }) as JsHistogram);
  }

  /** Records a latency, once or as often as given. Less than a microsecond counts as one. */
  record(micros: number, count = 1): void {
    this.#histogram.recordValueWithCount(micros < 1 ? 1 : micros > MICROS_MAX ? MICROS_MAX : Math.round(micros), count);
  }

  get count(): number {
    return this.#histogram.totalCount;
  }

  /** The latency that `percentile` (0 to 100) of the recorded ones do not exceed, microseconds; 0 where there is none. */
  at(percentile: number): number {
    return this.count === 0 ? 0 : this.#histogram.getValueAtPercentile(percentile);
  }

  percentiles(): Percentiles {
    const { count } = this;
    return {
      count,
      mean: count === 0 ? 0 : Math.round(this.#histogram.mean * 10) / 10,
      p50: this.at(50),
      p90: this.at(90),
      p99: this.at(99),
      p999: this.at(99.9),
      p9999: this.at(99.99),
      max: count === 0 ? 0 : this.#histogram.maxValue,
    };
  }

  /** The distribution, finer towards the tail: what is left is halved in four steps. */
  distribution(): DistributionPoint[] {
    const points: DistributionPoint[] = [];
    if (this.count === 0) return points;
    for (let left = 1; left * this.count >= 0.25; left /= 2 ** 0.25)
      points.push({ share: 1 - left, micros: this.at(100 * (1 - left)) });
    points.push({ share: 1, micros: this.at(100) });
    return points;
  }

  /** Counts in buckets whose upper ends double every second step, from the least to the largest recorded. */
  buckets(): { toMicros: number; count: number }[] {
    const buckets: { toMicros: number; count: number }[] = [];
    if (this.count === 0) return buckets;
    let step = 0;
    let end = 1;
    const iterator = this.#histogram.recordedValuesIterator;
    iterator.reset();
    while (iterator.hasNext()) {
      const { valueIteratedTo, countAtValueIteratedTo } = iterator.next();
      while (valueIteratedTo > end) {
        if (buckets.length > 0) buckets.push({ toMicros: Math.round(2 ** ((step + 1) / 2)), count: 0 });
        step++;
        end = 2 ** (step / 2);
      }
      const last = buckets.at(-1) ?? { toMicros: Math.round(end), count: 0 };
      if (buckets.length === 0) buckets.push(last);
      last.count += countAtValueIteratedTo;
    }
    return buckets;
  }

  add(other: Latencies): void {
    if (other.count > 0) this.#histogram.add(other.#histogram);
  }

  /** As other tools read it: HdrHistogram's V2 format, deflated, in base64. '' where nothing was recorded. */
  encode(): string {
    return this.count === 0 ? '' : encodeIntoCompressedBase64(this.#histogram);
  }

  static decode(text: string): Latencies {
    return text === '' ? new Latencies() : new Latencies(decodeFromCompressedBase64(text, 32, false, MICROS_MAX) as JsHistogram);
  }
}
