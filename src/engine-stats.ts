// What an engine has done and holds, in plain numbers.

import { Outcome } from '../assembly/shared/outcome.js';
import { Counter, type Counters } from './observe/counters.js';
import type { Tenant, TenantHost } from './registry/tenant.js';

export interface TenantStats {
  tenant: string;
  /** Published bundles. */
  bundles: number;
  /** Bytes of linear memory now, and the quota. */
  memoryBytes: number;
  memoryBytesMax: number;
  /** Bytes of images and lists. */
  heapBytesUsed: number;
  ringBytes: number;
  ringBytesUsed: number;
  /** Requests in flight. */
  slots: number;
}

export interface EngineStats {
  /** Decisions by outcome. */
  outcomes: { none: number; approve: number; review: number; decline: number };
  /** Decisions whose status is INVALID_PAYLOAD. */
  invalidPayloads: number;
  /**
   * Decisions whose status is ARITHMETIC or CONFLICT: the bundle's `onError` has given their outcome; and requests with status
   * LIST_MISSING, which are answered INTERNAL.
   */
  failed: { arithmetic: number; conflict: number; listMissing: number };
  /** Requests by path. */
  requests: { inline: number; pooled: number };
  /** Static cost of what was decided, units, by path. */
  cost: { inline: number; pooled: number };
  /** Requests refused with BUSY. */
  busy: number;
  /** Requests answered INVALID_FRAME. */
  invalidFrames: number;
  /** Requests answered INTERNAL. */
  internal: number;
  /** Instances replaced because they trapped, on all threads. */
  traps: number;
  /** JSON texts that the engine refused and the encoder took: a bug. They were decided. */
  jsonDisagreed: number;
  /** Requests that were refused, or given up while they waited, without a fault of ours. */
  refused: {
    /** OVERLOADED: more waited than may wait; a place was given to a tenant that had less; the breaker of the tenant was open. */
    full: number;
    evicted: number;
    breaker: number;
    /** QUOTA_EXCEEDED, DEADLINE_EXCEEDED, CANCELLED. */
    quota: number;
    deadline: number;
    cancelled: number;
  };
  pool: {
    /** Threads running now; 0 before the first pooled request. */
    threads: number;
    /** Threads that have something to do. */
    running: number;
    /** Requests that wait for a thread, and may wait. */
    queued: number;
    queueMax: number;
    /** Times that a thread decided of a request, and those of them after which some of it was left. */
    slices: number;
    yields: number;
    /** How long threads had something to do, added up, the hops to them and back included. */
    busyMillis: number;
    /** Workers replaced because they died, and those of them that hung. */
    deaths: number;
    hangs: number;
    /** Circuit breakers of tenants that are not closed, and how often one was opened. */
    breakers: { open: number; halfOpen: number; opened: number };
  };
  tenants: TenantStats[];
}

/** Of a TenantHost, what figures are read from. */
export interface StatsHost extends Pick<TenantHost, 'scheduler'> {
  readonly counters: Pick<Counters, 'get'>;
}

/** Figures of an engine from what its tenants share, and the tenants. */
export function statsOf({ counters, scheduler }: StatsHost, tenants: readonly Tenant[]): EngineStats {
  const waiting = scheduler?.stats;
  const outcome = (of: Outcome): number => counters.get(Counter.OUTCOME_NONE + of);
  return {
    outcomes: {
      none: outcome(Outcome.NONE),
      approve: outcome(Outcome.APPROVE),
      review: outcome(Outcome.REVIEW),
      decline: outcome(Outcome.DECLINE),
    },
    invalidPayloads: counters.get(Counter.INVALID_PAYLOAD),
    failed: {
      arithmetic: counters.get(Counter.ARITHMETIC),
      conflict: counters.get(Counter.CONFLICT),
      listMissing: counters.get(Counter.LIST_MISSING),
    },
    requests: { inline: counters.get(Counter.REQUESTS_INLINE), pooled: counters.get(Counter.REQUESTS_POOLED) },
    cost: { inline: counters.get(Counter.COST_INLINE), pooled: counters.get(Counter.COST_POOLED) },
    busy: counters.get(Counter.BUSY),
    invalidFrames: counters.get(Counter.INVALID_FRAME),
    internal: counters.get(Counter.INTERNAL),
    traps: counters.get(Counter.TRAPS),
    jsonDisagreed: counters.get(Counter.JSON_DISAGREED),
    refused: {
      full: counters.get(Counter.REFUSED_FULL),
      evicted: counters.get(Counter.EVICTED),
      breaker: counters.get(Counter.REFUSED_BREAKER),
      quota: counters.get(Counter.REFUSED_QUOTA),
      deadline: counters.get(Counter.DEADLINE_EXCEEDED),
      cancelled: counters.get(Counter.CANCELLED),
    },
    pool: {
      threads: scheduler?.pool.threads ?? 0,
      running: waiting?.running ?? 0,
      queued: waiting?.queued ?? 0,
      queueMax: waiting?.queueMax ?? 0,
      slices: counters.get(Counter.SLICES),
      yields: counters.get(Counter.YIELDS),
      busyMillis: counters.get(Counter.POOL_MICROS) / 1000,
      deaths: scheduler?.pool.deaths ?? 0,
      hangs: scheduler?.pool.hangs ?? 0,
      breakers: waiting?.breakers ?? { open: 0, halfOpen: 0, opened: 0 },
    },
    tenants: tenants.map(({ name, live, memory }) => ({
      tenant: name,
      bundles: live.size,
      memoryBytes: memory.memoryBytes,
      memoryBytesMax: memory.memoryBytesMax,
      heapBytesUsed: memory.heapBytesUsed,
      ringBytes: memory.ring.bytes,
      ringBytesUsed: memory.ring.bytesUsed,
      slots: memory.ring.slots,
    })),
  };
}
