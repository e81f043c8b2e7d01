// What one thread or process has counted, as it is sent to the one that adds up: names as one text, which goes over only when it
// has changed, and numbers in one array. Of a histogram the buckets go that are not empty, and not the samples that become of them.
//
//   heads    [{ name, type, help, how, scale?, series: [{ labels, metricName? }, ...] }, ...]        JSON
//   values   for each series in turn: its value; of a histogram with a scale: n, sum, max, then n times (bucket, count)

import type { BucketScale, Metric, Sample, Sampled } from '../metric-samples.js';

/** How samples of several become one: added up, the largest, or each its own. */
export type How = 'sum' | 'max' | 'own';

export interface Head {
  readonly name: string;
  readonly type: Sampled['type'];
  readonly help: string;
  readonly how: How;
  /** Of a metric whose values are histograms. */
  readonly scale?: BucketScale;
  readonly series: readonly Pick<Sample, 'labels' | 'metricName'>[];
}

/** Of structured clone. */
export interface Snapshot {
  /** Of `heads`, from 1: grows when they change. */
  readonly version: number;
  /** Absent where the one that asks has those of this version. */
  readonly heads: string | undefined;
  readonly values: Float64Array;
}

/** Makes the snapshots of one thread or process. */
export class SnapshotWriter {
  private version = 0;
  private heads = '';

  /**
   * @param own metrics of ours
   * @param others of the runtime, in words of prom-client
   * @param known the version whose heads the one that asks has; 0 = none
   */
  write(own: readonly Metric[], others: readonly Sampled[], known: number): Snapshot {
    const values: number[] = [];
    const text = JSON.stringify([
      ...own.map((metric) => headOf(metric, values)),
      ...others.map((sampled) => headOfSamples(sampled, sampled.aggregator === 'sum' ? 'sum' : 'own', values)),
    ]);
    if (text !== this.heads) {
      this.heads = text;
      this.version++;
    }
    return {
      version: this.version,
      heads: known === this.version ? undefined : text,
      values: Float64Array.from(values),
    };
  }
}

function headOf(metric: Metric, values: number[]): Head {
  const { name, type, help } = metric;
  if (metric.type !== 'histogram') return headOfSamples({ name, type, help, values: metric.samples() }, metric.aggregator, values);
  const series = metric.histograms().map(({ labels, histogram }) => {
    const counts = histogram.counts();
    values.push(counts.length, histogram.sum, histogram.max);
    for (const [bucket, count] of counts) values.push(bucket, count);
    return { labels };
  });
  return { name, type, help, how: 'sum', scale: metric.scale, series };
}

function headOfSamples(sampled: Pick<Sampled, 'name' | 'type' | 'help' | 'values'>, how: How, values: number[]): Head {
  const { name, type, help } = sampled;
  const series = sampled.values.map(({ labels, metricName, value }) => {
    values.push(value);
    return metricName === undefined ? { labels } : { labels, metricName };
  });
  return { name, type, help, how, series };
}

/** What one has counted. */
export interface Counted {
  readonly heads: readonly KeyedHead[];
  readonly values: Float64Array;
}

/** A head, and what tells each of its series from the others of the metric. */
export interface KeyedHead extends Head {
  readonly keys: readonly string[];
}

/** Heads by their text: those of many processes are mostly the same. */
export class HeadBook {
  private readonly known = new Map<string, readonly KeyedHead[]>();

  constructor(private readonly max: number) {}

  read(text: string): readonly KeyedHead[] {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const heads = (JSON.parse(text) as Head[]).map(
      (head): KeyedHead => ({
        ...head,
        keys: head.series.map(({ labels, metricName }) => `${metricName ?? ''} ${JSON.stringify(labels)}`),
      }),
    );
    if (this.known.size >= this.max) this.known.clear();
    this.known.set(text, heads);
    return heads;
  }
}

/** Reads the snapshots of one thread or process, in turn. */
export class SnapshotReader {
  /** The version whose heads are here; 0 = none. */
  version = 0;
  private heads: readonly KeyedHead[] = [];

  constructor(private readonly book: HeadBook) {}

  read({ version, heads, values }: Snapshot): Counted {
    if (heads !== undefined) {
      this.heads = this.book.read(heads);
      this.version = version;
    } else if (version !== this.version) throw new Error(`the heads of snapshot ${version} are not here`);
    return { heads: this.heads, values };
  }
}
