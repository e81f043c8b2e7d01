// EngineOptions -> Config: every default, unit and limit that only the host knows, checked once.
// Limits that the engine knows too stand in assembly/shared/limits.ts.

import { SCRATCH_COUNT_MAX } from '../assembly/shared/layout.js';
import type { Clock } from './clock.js';
import { systemClock } from './clock.js';

/** Bytes of a WebAssembly page. */
export const PAGE_BYTES = 65536;
/** Pages of a WebAssembly memory at most: 4 GiB. */
export const MEMORY_PAGES_MAX = 65_536;
/** Threads beside the I/O thread; each needs a scratch in every tenant. */
export const POOL_THREADS_MAX = 64;
/** Threads with an event loop each that one process may have. */
export const LISTENERS_MAX = 16;
/** Spare scratches of a tenant: a thread that has just died may still own one while its successor starts. */
export const SCRATCH_SPARE_COUNT = 2;
/** Instances one worker keeps, the least recently used goes first. An instance is some KiB beside its scratch. */
export const WORKER_INSTANCES_MAX = 256;
/** Images whose generated code one worker keeps for an instance, the least recently used goes first. */
export const WORKER_CODES_MAX = 64;
/** Decisions of an image that was not published by this process, from which on it is worth code of its own. */
export const CODE_DECISIONS_MIN = 1024;
/** Names of tenants and bundles. */
export const NAME_PATTERN = /^[a-z0-9][a-z0-9-]{0,63}$/;
/** Names of lists: expressions use them. */
export const LIST_NAME_PATTERN = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
/** Versions of bundles: they are part of a file name. */
export const VERSION_PATTERN = /^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$/;

export interface EngineOptions {
  /** Directory of published bundles; without it the engine keeps them in memory only. One process owns it at a time. */
  dataDir?: string;
  /**
   * Worker threads for expensive requests, 0 = decide everything inline. Default: one less than the processors, 1 to 8. None
   * starts before it is needed.
   */
  poolThreads?: number;
  /**
   * Static cost, in units of about 1 ns, up to which a request is decided on the calling thread; more is begun there where it is
   * expected to be over in as many nanoseconds, and goes to a worker when they are. Default 200,000.
   */
  costInlineMax?: number;
  /** Bytes of a tenant's ring of requests, a multiple of 64. Default 16 MiB; untouched pages cost no memory. */
  ringBytes?: number;
  /** Quota of one tenant in pages of 64 KiB. Default 4,096 (256 MiB). */
  tenantPagesMax?: number;
  /** The widest profile a bundle may ask for. Default `strict`. */
  profileMax?: 'strict' | 'standard';
  /** Static worst case of one payload, in units, above which a bundle is refused. Default: the compiler's. */
  costMax?: number;
  /** Requests that may wait for a worker thread, of all tenants together; above it they are refused. Default 1,024. */
  queueMax?: number;
  /** Milliseconds that a long batch has a worker thread for before others have their turn. Default 50; 0 = one payload. */
  sliceMillis?: number;
  /** Milliseconds that a worker thread may stay with one payload before it is replaced. Default 10,000. */
  stallMillis?: number;
  /** Units of static cost that each tenant may spend a second. Default: no limit. */
  quotaCostPerSecond?: number;
  /** Units that a tenant may spend at once. Default: what it may spend in a second. */
  quotaCostBurst?: number;
  /** Where `now` comes from when a call brings none. Default: the system's clock. */
  clock?: Clock;
}

export interface Config {
  readonly dataDir: string | undefined;
  readonly poolThreads: number;
  readonly costInlineMax: number;
  readonly ringBytes: number;
  readonly tenantPagesMax: number;
  readonly profileMax: 'strict' | 'standard';
  readonly costMax: number | undefined;
  readonly queueMax: number;
  readonly sliceMillis: number;
  readonly stallMillis: number;
  readonly quota: { costPerSecond: number; costBurst: number } | undefined;
  readonly clock: Clock;
}

/**
 * Checks the options and fills in the defaults. `processors` is the number of processors of the machine.
 * Throws RangeError with the name of the option that is out of its range.
 */
export function resolveConfig(options: EngineOptions, processors: number): Config {
  const config: Config = {
    dataDir: options.dataDir,
    poolThreads: options.poolThreads ?? Math.min(8, Math.max(1, processors - 1)),
    // A hop to a worker and back costs 20 to 80 us (see runtime/pool.ts), and the I/O thread answers nobody else meanwhile:
    // 200 us is where the hop is small beside the work, and still far below what a caller notices. Measured on a busy machine of 2
    // processors (`npm run bench -- dispatch`, 100 rules, payloads a second at once over those by a worker): batches of 50 us 1.8
    // and 4.4 times, of 200 us 1.6 and 1.9, of 800 us 1.1 and 1.4; beyond it what is gained is no longer worth the wait of others.
    costInlineMax: options.costInlineMax ?? 200_000,
    ringBytes: options.ringBytes ?? 16 * 1024 * 1024,
    tenantPagesMax: options.tenantPagesMax ?? 4096,
    profileMax: options.profileMax ?? 'strict',
    costMax: options.costMax,
    queueMax: options.queueMax ?? 1024,
    sliceMillis: options.sliceMillis ?? 50,
    // A thousand times what the dearest payload may cost: a machine that stands still for a while is no hang.
    stallMillis: options.stallMillis ?? 10_000,
    quota: quotaOf(options),
    clock: options.clock ?? systemClock,
  };
  inRange('poolThreads', config.poolThreads, 0, Math.min(POOL_THREADS_MAX, SCRATCH_COUNT_MAX - 2 - SCRATCH_SPARE_COUNT));
  if (!(config.costInlineMax >= 0)) throw new RangeError('costInlineMax must be a number from 0');
  inRange('ringBytes', config.ringBytes, 4096, 1 << 30);
  if (config.ringBytes % 64 !== 0) throw new RangeError('ringBytes must be a multiple of 64');
  inRange('tenantPagesMax', config.tenantPagesMax, 1, MEMORY_PAGES_MAX);
  if (config.costMax !== undefined && !(config.costMax > 0)) throw new RangeError('costMax must be a number above 0');
  inRange('queueMax', config.queueMax, 1, 1 << 20);
  inRange('sliceMillis', config.sliceMillis, 0, 60_000);
  inRange('stallMillis', config.stallMillis, 10, 3_600_000);
  return config;
}

function quotaOf({ quotaCostPerSecond: costPerSecond, quotaCostBurst }: EngineOptions): Config['quota'] {
  if (costPerSecond === undefined) {
    if (quotaCostBurst !== undefined) throw new RangeError('quotaCostBurst needs quotaCostPerSecond');
    return undefined;
  }
  const costBurst = quotaCostBurst ?? costPerSecond;
  if (!(costPerSecond > 0 && costPerSecond < Number.POSITIVE_INFINITY)) throw new RangeError('quotaCostPerSecond must be above 0');
  if (!(costBurst > 0)) throw new RangeError('quotaCostBurst must be above 0');
  return { costPerSecond, costBurst };
}

function inRange(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} must be an integer from ${min} to ${max}, not ${value}`);
  }
}
