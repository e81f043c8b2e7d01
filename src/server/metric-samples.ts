// What Prometheus is told of a number or a histogram that was counted elsewhere.

import type { Histogram } from '../observe/histogram.js';

/** One line of /metrics. */
export interface Sample {
  labels: Record<string, string | number>;
  value: number;
  /** Where it is not that of the metric. */
  metricName?: string;
}

export function single(value: number): Sample[] {
  return [{ labels: {}, value }];
}

/** A sample for each entry of a record, by the label `label`. */
export function byLabel(label: string, values: Iterable<readonly [string, number]>): Sample[] {
  return [...values].map(([key, value]) => ({ labels: { [label]: key }, value }));
}

/**
 * The samples of a histogram metric. `exponents`: the upper bounds are 2^k units, where Histogram counts exactly; all are in
 * seconds.
 */
export function bucketSamples(
  name: string,
  labels: Record<string, string>,
  histogram: Histogram,
  exponents: readonly number[],
  unitsPerSecond: number,
): Sample[] {
  const samples: Sample[] = exponents.map((exponent) => ({
    labels: { ...labels, le: 2 ** exponent / unitsPerSecond },
    value: histogram.countUpTo(2 ** exponent - 1),
    metricName: `${name}_bucket`,
  }));
  samples.push({ labels: { ...labels, le: '+Inf' }, value: histogram.count, metricName: `${name}_bucket` });
  samples.push({ labels, value: histogram.sum / unitsPerSecond, metricName: `${name}_sum` });
  samples.push({ labels, value: histogram.count, metricName: `${name}_count` });
  return samples;
}
