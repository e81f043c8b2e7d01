// GET /v1/system/stats: what the dashboard draws. Everything is a total since the start: who asks twice knows what was in between.

import type { EngineStats, TenantStats } from '../../engine.js';
import type { Context } from '../context.js';
import { largestTenants } from '../tenant-metrics.js';

/** Live bundles that are told by name. */
const BUNDLES_MAX = 200;

export interface StageStats {
  face: string;
  path: string;
  stage: string;
  /** Buckets that are not empty, and what is in them: number of the bucket, count. See src/observe/histogram.ts. */
  buckets: [bucket: number, count: number][];
}

/** The answer. */
export interface SystemStats {
  /** Of the server, by its own steady clock, milliseconds: what rates are made with. */
  uptimeMillis: number;
  stopping: boolean;
  engine: Omit<EngineStats, 'tenants'>;
  http: { connections: number; answered: Record<string, number>; aborted: number; problems: Record<string, number> };
  streams: { connections: number; messages: number; errors: Record<string, number> };
  /** Requests and messages that are here and not answered. */
  pending: number;
  stages: { unitsPerMicro: number; histograms: StageStats[] };
  tenantCount: number;
  tenants: TenantStats[];
  bundleCount: number;
  bundles: { tenant: string; name: string; version: string; costMax: number }[];
  process: { pid: number; rssBytes: number; cpuMillis: number };
}

/** What there is to tell now. */
export function systemStats({ engine, traffic, metrics }: Context): SystemStats {
  const { tenants, ...rest } = engine.stats();
  const live = engine.tenants().flatMap((tenant) => engine.bundles(tenant).map((image) => ({ tenant, image })));
  const { user, system } = process.cpuUsage();
  return {
    uptimeMillis: performance.now(),
    stopping: traffic.draining,
    engine: rest,
    http: {
      connections: traffic.httpConnections,
      ...metrics.httpTotals(),
      problems: Object.fromEntries(metrics.problems.entries()),
    },
    streams: {
      connections: traffic.streams,
      messages: metrics.streams.frames,
      errors: Object.fromEntries(metrics.streams.errors),
    },
    pending: traffic.pending,
    stages: { unitsPerMicro: metrics.stages.unitsPerMicro, histograms: stagesOf(metrics.stages) },
    tenantCount: tenants.length,
    tenants: largestTenants(tenants),
    bundleCount: live.length,
    bundles: live
      .slice(0, BUNDLES_MAX)
      .map(({ tenant, image: { name, version, costMax } }) => ({ tenant, name, version, costMax })),
    process: { pid: process.pid, rssBytes: process.memoryUsage.rss(), cpuMillis: (user + system) / 1000 },
  };
}

function stagesOf(stages: Context['metrics']['stages']): StageStats[] {
  return [...stages.each()].map(({ histogram, ...labels }) => ({ ...labels, buckets: histogram.counts() }));
}
