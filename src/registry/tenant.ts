// A tenant: a name, its linear memory, its lists, the instance that decides inline, and what all tenants of an engine share.

import { monotonicMillis } from '../clock.js';
import type { Counters } from '../observe/counters.js';
import { InlineInstance } from '../runtime/inline-instance.js';
import { type AttachedPart, type MemoryOptions, TenantMemory } from '../runtime/memory.js';
import { type Bucket, type Quota, TokenBucket } from '../scheduler/quota.js';
import type { Dispatcher } from '../scheduler/scheduler.js';
import type { Share } from '../scheduler/share.js';
import { SharedBucket } from '../scheduler/shared-quota.js';
import type { ListRegion } from './list-region.js';
import type { ListInfo } from './lists.js';
import type { LiveImage } from './live-image.js';
import type { ParameterVersion } from './parameter-store.js';
import type { StoredImage } from './store.js';

/** What every tenant of one engine shares. */
export interface TenantHost {
  /** Absent where everything is decided inline. */
  readonly scheduler: Dispatcher | undefined;
  /** Units; above it a request goes to the pool. */
  readonly costInlineMax: number;
  readonly counters: Counters;
  /** What each tenant may spend that has no quota of its own; absent: as much as it likes. */
  readonly quota?: Quota | undefined;
  /** Whether other threads decide for the tenants too. */
  readonly isShared?: boolean;
  /** Makes code for images that decide much; absent where the VM decides everything. */
  codes?: CodeMaker;
}

/** Who makes code for images. */
export interface CodeMaker {
  /** Gets an image its code, once. Resolves when `live.code` is there, or `live.withoutCode` says why not; never rejects. */
  want(live: LiveImage): Promise<void>;
}

/** The current version of a list. */
export interface TenantList {
  readonly name: string;
  readonly region: ListRegion;
}

export class Tenant {
  readonly memory: TenantMemory;
  readonly inline: InlineInstance;
  /** Of the scheduler, where there is one. */
  readonly share: Share | undefined;
  /** What it may spend; undefined: as much as it likes. */
  quota: Bucket | undefined;
  /** Published images by bundle name. Only the registry writes it. */
  readonly live = new Map<string, LiveImage>();
  /** Lists of the tenant by name. Only the registry writes it. */
  readonly lists = new Map<string, TenantList>();
  /** Current versions of sets of parameters by name; of the others no value has been set. Only the registry writes it. */
  readonly parameters = new Map<string, ParameterVersion>();
  /** Sets whose stored values cannot be read: what reads them is not live until they are put anew. */
  readonly damagedParameters = new Set<string>();
  /** Images, published or not, that are bound to lists or parameters of the tenant. */
  readonly readers = new Set<LiveImage>();
  /** Stored bundles that were not made live, for want of a list or parameters, by name. */
  readonly waiting = new Map<string, StoredImage>();

  /**
   * @param attached the memory, where another thread has made it and owns it
   * Throws Problem OUT_OF_MEMORY where the quota is below what every tenant needs.
   */
  constructor(
    readonly name: string,
    readonly host: TenantHost,
    options: MemoryOptions,
    attached?: AttachedPart,
  ) {
    this.memory = new TenantMemory(options, attached);
    this.inline = new InlineInstance(this.memory);
    this.share = host.scheduler?.share();
    this.setQuota(host.quota);
  }

  /** What it may spend from now on; its bucket is full. */
  setQuota(quota: Quota | undefined): void {
    if (quota === undefined) this.quota = undefined;
    else this.quota = this.host.isShared === true ? SharedBucket.make(quota) : new TokenBucket(quota, monotonicMillis());
  }

  /** Current versions of its lists, by name. */
  listInfos(): ListInfo[] {
    const lists = [...this.lists.values()];
    return lists.map(({ name, region }) => ({ name, ...region.list })).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Its live images, by name. */
  bundles(): LiveImage[] {
    return [...this.live.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

/** Names of the tenants that have a live bundle or a list, in the order given. */
export function namesInUse(tenants: readonly Tenant[]): string[] {
  return tenants.flatMap(({ name, live, lists }) => (live.size + lists.size === 0 ? [] : [name]));
}
