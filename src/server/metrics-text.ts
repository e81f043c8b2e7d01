// Metrics in the text format of Prometheus.

import { type Metric, Registry } from 'prom-client';
import type { Sampled } from './metric-samples.js';

export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** The text of these metrics, each of another name. */
export function metricsText(metrics: readonly Sampled[]): Promise<string> {
  const registry = new Registry();
  for (const metric of metrics) {
    // prom-client asks a metric for its samples by `get`.
    registry.registerMetric({ ...metric, reset: () => {}, get: async () => metric } as unknown as Metric);
  }
  return registry.metrics();
}
