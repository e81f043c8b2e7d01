// A tenant: a name, its linear memory, and what its requests share with the rest of the engine.

import type { Counters } from '../observe/counters.js';
import type { TenantMemory } from '../runtime/memory.js';
import type { WorkerPool } from '../runtime/pool.js';

/** What every tenant of one engine shares. */
export interface TenantHost {
  readonly pool: WorkerPool | undefined;
  readonly costInlineMax: number;
  readonly counters: Counters;
}

export interface Tenant {
  readonly name: string;
  readonly memory: TenantMemory;
  readonly host: TenantHost;
}
