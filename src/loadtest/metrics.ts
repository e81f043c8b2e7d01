// A server's own figures, from /metrics before and after a run. A server without them is no mistake.

import { type Address, hostOf } from './order.js';

/** Targets that are asked: listeners of one process would tell the same numbers many times. */
const TARGETS_MAX = 64;
const TIMEOUT_MILLIS = 3_000;
const TEXT_BYTES_MAX = 1 << 22;

/** Values by series as written: `verdict_decisions_total{outcome="approve"}`. */
export type Series = ReadonlyMap<string, number>;

/** A series that has changed. */
export interface Change {
  readonly series: string;
  readonly before: number;
  readonly after: number;
}

/** Reads the text format of Prometheus: series of Verdict, without the buckets of histograms. */
export function parseMetrics(text: string): Map<string, number> {
  const series = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = /^(verdict_[a-zA-Z0-9_]*(?:\{[^\n]*\})?)\s+(\S+)/.exec(line);
    const value = Number(match?.[2]);
    if (match === null || Number.isNaN(value) || /_bucket[{\s]/.test(line)) continue;
    series.set(match[1] as string, value);
  }
  return series;
}

/** What a process of several tells of all of them. */
const OF_ALL = /^verdict_processes\{/m;

/** The sums over all targets; undefined where the first has no metrics, or no time for them. */
export async function readMetrics(targets: readonly Address[]): Promise<Series | undefined> {
  const [first, ...others] = targets.slice(0, TARGETS_MAX);
  const text = first === undefined ? undefined : await fetchMetrics(first);
  if (text === undefined) return undefined;
  const texts = OF_ALL.test(text) ? [text] : [text, ...(await Promise.all(others.map(fetchMetrics)))];
  const sums = new Map<string, number>();
  for (const text of texts) {
    for (const [name, value] of parseMetrics(text ?? '')) sums.set(name, (sums.get(name) ?? 0) + value);
  }
  return sums;
}

async function fetchMetrics(target: Address): Promise<string | undefined> {
  try {
    const response = await fetch(`http://${hostOf(target)}/metrics`, { signal: AbortSignal.timeout(TIMEOUT_MILLIS) });
    if (!response.ok) return undefined;
    const text = await response.text();
    return text.length > TEXT_BYTES_MAX ? undefined : text;
  } catch {
    return undefined;
  }
}

/** What has changed, by name. */
export function changes(before: Series | undefined, after: Series | undefined): Change[] {
  if (before === undefined || after === undefined) return [];
  return [...after]
    .map(([series, value]) => ({ series, before: before.get(series) ?? 0, after: value }))
    .filter((change) => change.before !== change.after)
    .sort((a, b) => (a.series < b.series ? -1 : 1));
}
