// How often each problem was answered over HTTP, also to requests that no route saw.

import type { ProblemCode } from '../errors.js';
import { byLabel } from './metric-samples.js';
import type { ServerMetrics } from './metrics.js';

export class ProblemCounts {
  private readonly counts = new Map<string, number>();

  count(code: ProblemCode): void {
    this.counts.set(code, (this.counts.get(code) ?? 0) + 1);
  }

  /** By code. */
  entries(): Iterable<readonly [string, number]> {
    return this.counts;
  }

  addTo(metrics: ServerMetrics): void {
    metrics.add('verdict_http_problems_total', 'counter', 'HTTP requests and upgrades that were refused or failed, by code.', () =>
      byLabel('code', this.counts),
    );
  }
}
