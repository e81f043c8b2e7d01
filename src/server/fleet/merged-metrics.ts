// One text of metrics from those of several processes: counts, histograms and what may be added are added up; of what may not (how
// late an event loop is, when a process began), each process has a sample of its own, with its number as the label `process`.

import { AggregatorRegistry } from 'prom-client';
import type { Sampled } from './link.js';

/** Names whose metrics say themselves how they are brought together. */
const OWN = /^verdict_/;

/** Metrics of one process; `process`: its number, from 0, or another name. */
export interface Part {
  readonly process: string;
  readonly metrics: readonly Sampled[];
}

/** The text of all of them together, in the format of Prometheus. @param label of samples that are of one of them */
export function mergeMetrics(parts: readonly Part[], label = 'process'): Promise<string> {
  const labelled = parts.map(({ process, metrics }) => metrics.map((metric) => ofProcess(metric, { [label]: process })));
  return AggregatorRegistry.aggregate(labelled as object[]).metrics();
}

function ofProcess(metric: Sampled, own: Record<string, string>): Sampled {
  if (OWN.test(metric.name) || metric.aggregator === undefined || metric.aggregator === 'sum') return metric;
  const values = metric.values.map((sample) => ({ ...sample, labels: { ...sample.labels, ...own } }));
  return { ...metric, aggregator: 'first', values } as Sampled;
}
