// Metrics by tenant. There may be many thousand: those that have most memory are told apart, the others are one.

import type { EngineStats, TenantStats } from '../engine.js';
import { type Sample, single } from './metric-samples.js';
import type { ServerMetrics } from './metrics.js';

/** Tenants with samples of their own. */
export const TENANTS_SHOWN_MAX = 50;
/** Stands for the others; no tenant can have this name. */
export const OTHER_TENANTS = '_other';

const GAUGES = [
  ['verdict_bundles', 'bundles', 'Live bundles'],
  ['verdict_tenant_memory_bytes', 'memoryBytes', 'Linear memory'],
  ['verdict_tenant_memory_max_bytes', 'memoryBytesMax', 'What the linear memory may grow to'],
  ['verdict_tenant_heap_used_bytes', 'heapBytesUsed', 'Images and lists'],
  ['verdict_ring_used_bytes', 'ringBytesUsed', 'Ring of requests, in use'],
  ['verdict_slots', 'slots', 'Requests in the engine now'],
] as const;

/**
 * The tenants that have most memory, by that, and what all others have together, where there are others. What others have that were
 * put together before is with them.
 */
export function largestTenants(tenants: readonly TenantStats[], max = TENANTS_SHOWN_MAX): TenantStats[] {
  const named = tenants.filter(({ tenant }) => tenant !== OTHER_TENANTS);
  const sorted = named.sort((a, b) => b.memoryBytes - a.memoryBytes || (a.tenant < b.tenant ? -1 : 1));
  const shown = sorted.slice(0, max);
  const rest = [...sorted.slice(max), ...tenants.filter(({ tenant }) => tenant === OTHER_TENANTS)];
  if (rest.length === 0) return shown;
  return [...shown, rest.reduce(addTenant, { ...NOTHING, tenant: OTHER_TENANTS })];
}

const NOTHING: Omit<TenantStats, 'tenant'> = {
  bundles: 0,
  memoryBytes: 0,
  memoryBytesMax: 0,
  heapBytesUsed: 0,
  ringBytes: 0,
  ringBytesUsed: 0,
  slots: 0,
};

function addTenant(total: TenantStats, one: TenantStats): TenantStats {
  const keys = Object.keys(NOTHING) as (keyof typeof NOTHING)[];
  return { ...total, ...Object.fromEntries(keys.map((key) => [key, total[key] + one[key]])) };
}

/** Adds the metrics that have a sample for each tenant. */
export function addTenantMetrics(metrics: ServerMetrics, stats: () => EngineStats): void {
  // The same in each of several processes; memory is each its own.
  metrics.add('verdict_tenants', 'gauge', 'Tenants.', () => single(stats().tenants.length), 'max');
  for (const [name, key, what] of GAUGES) {
    const help = `${what}, by tenant: the ${TENANTS_SHOWN_MAX} with most memory, and ${OTHER_TENANTS}.`;
    const samples = (): Sample[] =>
      largestTenants(stats().tenants).map((each) => ({ labels: { tenant: each.tenant }, value: each[key] }));
    metrics.add(name, 'gauge', help, samples, key === 'bundles' ? 'max' : 'sum');
  }
}
