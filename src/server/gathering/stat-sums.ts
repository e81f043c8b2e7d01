// Totals of several threads or processes as one (dashboard/stats.ts has the totals of one).

import type { EngineStats, TenantStats } from '../../engine.js';
import type { ServerStats, StageStats } from '../dashboard/stats.js';
import { largestTenants } from '../tenant-metrics.js';

/** All of them together; of at least one. */
export function sumStats(parts: readonly ServerStats[]): ServerStats {
  const first = parts[0] as ServerStats;
  const { tenants: _, stages: __, tenantCount: ___, ...numbers } = first;
  const sum = parts.slice(1).reduce<typeof numbers>((total, part) => {
    const { tenants: _, stages: __, tenantCount: ___, ...more } = part;
    return addNumbers(total, more);
  }, numbers);
  return {
    ...sum,
    stages: { unitsPerMicro: first.stages.unitsPerMicro, histograms: sumStages(parts.map(({ stages }) => stages.histograms)) },
    // The same in each, but for one that has just begun.
    tenantCount: Math.max(...parts.map(({ tenantCount }) => tenantCount)),
    tenants: sumTenants(parts.flatMap(({ tenants }) => tenants)),
  };
}

/** What stays of the totals when the one that has counted them is gone: what it has done, and not what it had. */
export function totalsOf(stats: ServerStats): ServerStats {
  const { engine, http, streams, process } = stats;
  const { pool } = engine;
  const done: Omit<EngineStats, 'tenants'> = {
    ...engine,
    pool: {
      ...{ ...pool, threads: 0, running: 0, queued: 0, queueMax: 0 },
      breakers: { ...pool.breakers, open: 0, halfOpen: 0 },
    },
  };
  return {
    ...stats,
    engine: done,
    http: { ...http, connections: 0 },
    streams: { ...streams, connections: 0 },
    pending: 0,
    tenantCount: 0,
    tenants: [],
    process: { ...process, rssBytes: 0 },
  };
}

/** The numbers of `a`, with those of `b` that are not in it, added up by name, at any depth. */
function addNumbers<Of extends object>(a: Of, b: Of): Of {
  const sum = { ...a } as Record<string, unknown>;
  for (const [key, value] of Object.entries(b)) {
    const known = sum[key];
    if (typeof value === 'number') sum[key] = value + (typeof known === 'number' ? known : 0);
    else if (typeof value === 'object' && value !== null) sum[key] = addNumbers((known ?? {}) as object, value as object);
  }
  return sum as Of;
}

/** Each face, path and stage is told by all that serve, in one order. */
function sumStages(parts: readonly (readonly StageStats[])[]): StageStats[] {
  const told = parts.find((part) => part.length > 0) ?? [];
  return told.map(({ face, path, stage }, i) => {
    const counts = new Map<number, number>();
    for (const part of parts)
      for (const [bucket, count] of part[i]?.buckets ?? []) counts.set(bucket, (counts.get(bucket) ?? 0) + count);
    return { face, path, stage, buckets: [...counts].sort(([a], [b]) => a - b) };
  });
}

/** Memory is each its own; bundles are the same in all. */
function sumTenants(tenants: readonly TenantStats[]): TenantStats[] {
  const sums = new Map<string, TenantStats>();
  for (const each of tenants) {
    const known = sums.get(each.tenant);
    const bundles = Math.max(known?.bundles ?? 0, each.bundles);
    sums.set(each.tenant, known === undefined ? each : { ...addNumbers(known, each), bundles });
  }
  return largestTenants([...sums.values()]);
}
