// GET /v1/system/stats: what the dashboard draws. Everything is a total since the start: who asks twice knows what was in between.

import type { Engine, EngineStats, TenantStats } from '../../engine.js';
import { UNITS_PER_MICRO } from '../../observe/stages.js';
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

/** What one thread or process has counted. Those of several are one by adding them up: gathering/stat-sums.ts. */
export interface ServerStats {
  engine: Omit<EngineStats, 'tenants'>;
  http: { connections: number; answered: Record<string, number>; aborted: number; problems: Record<string, number> };
  streams: { connections: number; messages: number; errors: Record<string, number> };
  /** Requests and messages that are here and not answered. */
  pending: number;
  stages: { unitsPerMicro: number; histograms: StageStats[] };
  tenantCount: number;
  tenants: TenantStats[];
  process: { rssBytes: number; cpuMillis: number };
}

/** Who serves, and how many of them there are to be. */
export interface Parts {
  kind: 'process' | 'listener';
  ready: number;
  of: number;
}

/** The answer: of all processes and threads that serve together. */
export interface SystemStats extends ServerStats {
  /** Of whoever has added up, by its own steady clock, milliseconds: what rates are made with. */
  uptimeMillis: number;
  stopping: boolean;
  /** Where there are several. */
  parts?: Parts;
  bundleCount: number;
  bundles: { tenant: string; name: string; version: string; costMax: number }[];
  /** `pid`: whose clock that is. */
  process: ServerStats['process'] & { pid: number };
}

/** What there is to tell now. Rejects with Problem STOPPING where those that count with this one are gone. */
export async function systemStats(context: Context): Promise<SystemStats> {
  const { engine, traffic, fleet } = context;
  const gathered = await fleet?.stats();
  const { process: used, ...stats } = gathered?.stats ?? serverStats(context);
  // The same in all of them.
  const live = engine.tenants().flatMap((tenant) => engine.bundles(tenant).map((image) => ({ tenant, image })));
  return {
    ...stats,
    uptimeMillis: gathered?.uptimeMillis ?? performance.now(),
    stopping: traffic.draining,
    ...(gathered === undefined ? {} : { parts: gathered.parts }),
    bundleCount: live.length,
    bundles: live
      .slice(0, BUNDLES_MAX)
      .map(({ tenant, image: { name, version, costMax } }) => ({ tenant, name, version, costMax })),
    process: { ...used, pid: gathered?.pid ?? process.pid },
  };
}

/** What this thread has counted; `process` is of all threads. */
export function serverStats({ engine, traffic, metrics }: Pick<Context, 'engine' | 'traffic' | 'metrics'>): ServerStats {
  const { tenants, ...rest } = engine.stats();
  return {
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
    process: processStats(),
  };
}

/** Of a process that serves nobody itself: the parent of a fleet. Its tenants are those of the others. */
export function statsOfParent(engine: Engine): ServerStats {
  const { tenants: _, ...rest } = engine.stats();
  return {
    engine: rest,
    http: { connections: 0, answered: {}, aborted: 0, problems: {} },
    streams: { connections: 0, messages: 0, errors: {} },
    pending: 0,
    stages: { unitsPerMicro: UNITS_PER_MICRO, histograms: [] },
    tenantCount: 0,
    tenants: [],
    process: processStats(),
  };
}

function processStats(): ServerStats['process'] {
  const { user, system } = process.cpuUsage();
  return { rssBytes: process.memoryUsage.rss(), cpuMillis: (user + system) / 1000 };
}

function stagesOf(stages: Context['metrics']['stages']): StageStats[] {
  return [...stages.each()].map(({ histogram, ...labels }) => ({ ...labels, buckets: histogram.counts() }));
}
