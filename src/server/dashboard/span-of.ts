// What happened between two looks at a server, for the dashboard. The function goes into the page as text, so it refers to nothing
// outside itself.

import type { SystemStats } from './stats.js';

export interface StageSpan {
  face: string;
  path: string;
  stage: string;
  count: number;
  /** Microseconds. */
  p50: number;
  p90: number;
  p99: number;
}

/** Rates are a second. */
export interface Span {
  seconds: number;
  decisions: number;
  outcomes: Record<string, number>;
  requests: { inline: number; pooled: number };
  /** By reason, those that are not 0. */
  refused: Record<string, number>;
  /** Processors in use: the process's, and the workers' of those. */
  cpu: number;
  poolBusy: number;
  stages: StageSpan[];
  /** Of each stage, whatever its face and path: those that were counted, 50th, 90th and 99th percentile, microseconds. */
  byStage: Record<string, { count: number; p50: number; p90: number; p99: number }>;
}

/** Undefined where `last` is of a server that was started after `first`. */
export function spanOf(first: SystemStats, last: SystemStats): Span | undefined {
  const SUB_COUNT = 16;
  const seconds = (last.uptimeMillis - first.uptimeMillis) / 1000;
  if (!(seconds > 0) || first.process.pid !== last.process.pid) return undefined;
  const rate = (after: number, before: number | undefined): number => (after - (before ?? 0)) / seconds;
  const rates = (after: object, before: object): Record<string, number> => {
    const known = before as Record<string, number>;
    return Object.fromEntries(Object.entries(after).map(([key, value]) => [key, rate(value as number, known[key])]));
  };
  // Largest value of a bucket, as src/observe/histogram.ts has it.
  const bucketEnd = (bucket: number): number => {
    if (bucket < SUB_COUNT) return bucket;
    return (SUB_COUNT + (bucket % SUB_COUNT) + 1) * 2 ** (Math.floor(bucket / SUB_COUNT) - 1) - 1;
  };
  const percentiles = (counts: ReadonlyMap<number, number>): { count: number; p50: number; p90: number; p99: number } => {
    const sorted = [...counts].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
    const count = sorted.reduce((sum, [, each]) => sum + each, 0);
    const at = (share: number): number => {
      const rank = Math.max(1, Math.ceil(share * count));
      let seen = 0;
      for (const [bucket, each] of sorted) {
        seen += each;
        if (seen >= rank) return (bucketEnd(bucket) + 1) / last.stages.unitsPerMicro;
      }
      return 0;
    };
    return { count, p50: at(0.5), p90: at(0.9), p99: at(0.99) };
  };
  const all = new Map<string, Map<number, number>>();
  const stages = last.stages.histograms.map(({ face, path, stage, buckets }, i) => {
    const before = new Map(first.stages.histograms[i]?.buckets ?? []);
    const counts = new Map(buckets.map(([bucket, count]) => [bucket, count - (before.get(bucket) ?? 0)]));
    const sum = all.get(stage) ?? new Map<number, number>();
    for (const [bucket, count] of counts) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
    all.set(stage, sum);
    return { face, path, stage, ...percentiles(counts) };
  });
  const outcomes = rates(last.engine.outcomes, first.engine.outcomes);
  const problems = rates(last.http.problems, first.http.problems);
  const errors = rates(last.streams.errors, first.streams.errors);
  const refused: Record<string, number> = {};
  for (const [code, value] of [...Object.entries(problems), ...Object.entries(errors)])
    if (value > 0) refused[code] = (refused[code] ?? 0) + value;
  return {
    seconds,
    decisions: Object.values(outcomes).reduce((sum, value) => sum + value, 0),
    outcomes,
    requests: {
      inline: rate(last.engine.requests.inline, first.engine.requests.inline),
      pooled: rate(last.engine.requests.pooled, first.engine.requests.pooled),
    },
    refused,
    cpu: rate(last.process.cpuMillis, first.process.cpuMillis) / 1000,
    poolBusy: rate(last.engine.pool.busyMillis, first.engine.pool.busyMillis) / 1000,
    stages,
    byStage: Object.fromEntries([...all].map(([stage, counts]) => [stage, percentiles(counts)])),
  };
}
