// A tenant with the small image, as the engine composes it, and promises instead of callbacks.

import { afterEach } from 'vitest';
import { type DecideOptions, decideFrame, decidePayloads } from '#src/decide.js';
import { Counters } from '#src/observe/counters.js';
import { LiveImage } from '#src/registry/live-image.js';
import { Tenant } from '#src/registry/tenant.js';
import { engineModule } from '#src/runtime/instance.js';
import { WorkerPool } from '#src/runtime/pool.js';
import { Scheduler } from '#src/scheduler/scheduler.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { smallImage, smallModel } from './small-image.js';

export interface SmallTenantOptions {
  threads?: number;
  workerFile?: URL;
  costInlineMax?: number;
  ringBytes?: number;
  pagesMax?: number;
  queueMax?: number;
  sliceMillis?: number;
  stallMillis?: number;
  image?: Uint8Array;
}

export interface SmallTenant {
  tenant: Tenant;
  live: LiveImage;
  counters: Counters;
  pool: WorkerPool;
  scheduler: Scheduler;
}

export function smallTenant(options: SmallTenantOptions = {}): SmallTenant {
  const { threads = 1, workerFile, costInlineMax = 200_000, ringBytes = 65536, pagesMax = 256 } = options;
  const { queueMax = 1024, sliceMillis = 50, stallMillis = 60_000 } = options;
  const counters = new Counters();
  const file = workerFile === undefined ? {} : { workerFile };
  const pool = new WorkerPool({ threads, module: engineModule(), stallMillis, ...file });
  const scheduler = new Scheduler({ pool, counters, queueMax, sliceMillis });
  const tenant = new Tenant('test', { scheduler, costInlineMax, counters }, { scratchCount: threads + 3, ringBytes, pagesMax });
  const live = LiveImage.place(tenant, options.image ?? smallImage());
  return { tenant, live, counters, pool, scheduler };
}

/** Makes small tenants that are closed after each test. To be called once, where a file's tests begin. */
export function tenantMaker(): (options?: SmallTenantOptions) => SmallTenant {
  const made: SmallTenant[] = [];
  afterEach(async () => {
    for (const { scheduler } of made.splice(0)) await scheduler.close();
  });
  return (options = {}) => {
    const tenant = smallTenant(options);
    made.push(tenant);
    return tenant;
  };
}

const encoder = new PayloadEncoder(smallModel());

/** Bytes of a payload of the small model. */
export function payment(amount: number, note?: string): Uint8Array {
  return encoder.encode(note === undefined ? { amount } : { amount, note }).slice();
}

/** What was settled, copied. */
export interface Copied {
  status: number;
  path: 'inline' | 'pooled';
  decisions: Uint8Array[];
  statuses: number[];
  answer: Uint8Array;
}

/** Decides payloads, or a frame, and copies what is settled. */
export function decided(
  live: LiveImage,
  input: readonly Uint8Array[] | Uint8Array,
  options: Partial<DecideOptions> = {},
): Promise<Copied> {
  return new Promise((resolve, reject) => {
    const decide = input instanceof Uint8Array ? decideFrame : decidePayloads;
    try {
      decide(live, input as Uint8Array & readonly Uint8Array[], { now: 0n, ...options }, (settled) => {
        const indices = Array.from({ length: settled.count }, (_, i) => i);
        resolve({
          status: settled.status,
          path: settled.path,
          decisions: indices.map((i) => new Uint8Array(settled.decision(i))),
          statuses: indices.map((i) => settled.statusOf(i)),
          answer: new Uint8Array(settled.answer),
        });
      });
    } catch (error) {
      reject(error as Error);
    }
  });
}
