// A metric whose number or histogram is counted elsewhere, and what Prometheus is told of it.

import type { Histogram } from '../observe/histogram.js';

/** One line of /metrics. */
export interface Sample {
  labels: Record<string, string | number>;
  value: number;
  /** Where it is not that of the metric. */
  metricName?: string;
}

/** A metric with its samples. */
export interface Sampled {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly help: string;
  /** How samples of several become one, in words of prom-client. */
  readonly aggregator: string;
  readonly values: readonly Sample[];
}

/** Numbers that are asked for when somebody wants them. */
export interface ValueMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  /** How samples of several threads or processes become one: `max` where each of them counts the same things. */
  readonly aggregator: 'sum' | 'max';
  samples(): Sample[];
}

/** The buckets that a histogram is told in: upper bounds are 2^k units, where Histogram counts exactly; all become seconds. */
export interface BucketScale {
  readonly exponents: readonly number[];
  readonly unitsPerSecond: number;
}

export interface HistogramSample {
  labels: Record<string, string>;
  histogram: Histogram;
}

export interface HistogramMetric {
  readonly name: string;
  readonly type: 'histogram';
  readonly help: string;
  readonly scale: BucketScale;
  histograms(): HistogramSample[];
}

export type Metric = ValueMetric | HistogramMetric;

export function single(value: number): Sample[] {
  return [{ labels: {}, value }];
}

/** A sample for each entry of a record, by the label `label`. */
export function byLabel(label: string, values: Iterable<readonly [string, number]>): Sample[] {
  return [...values].map(([key, value]) => ({ labels: { [label]: key }, value }));
}

/** The metric with what it has counted by now. */
export function sampledOf(metric: Metric): Sampled {
  const { name, type, help } = metric;
  if (metric.type !== 'histogram') return { name, type, help, aggregator: metric.aggregator, values: metric.samples() };
  const values = metric.histograms().flatMap(({ labels, histogram }) => bucketSamples(name, labels, histogram, metric.scale));
  return { name, type, help, aggregator: 'sum', values };
}

/** The samples of a histogram metric. */
export function bucketSamples(
  name: string,
  labels: Record<string, string | number>,
  histogram: Histogram,
  { exponents, unitsPerSecond }: BucketScale,
): Sample[] {
  const counts = histogram.countsUpTo(exponents.map((exponent) => 2 ** exponent - 1));
  const samples: Sample[] = exponents.map((exponent, i) => ({
    labels: { ...labels, le: 2 ** exponent / unitsPerSecond },
    value: counts[i] as number,
    metricName: `${name}_bucket`,
  }));
  samples.push({ labels: { ...labels, le: '+Inf' }, value: histogram.count, metricName: `${name}_bucket` });
  samples.push({ labels, value: histogram.sum / unitsPerSecond, metricName: `${name}_sum` });
  samples.push({ labels, value: histogram.count, metricName: `${name}_count` });
  return samples;
}
