// What is live in a process that decides and publishes nothing: as the store says, which another process writes. `refresh` brings a
// tenant in line with its files. It asks what is there now and not what has changed, so that it may be called too often, or once
// for several changes, and what is taken is always a state that the owner has been in or passed.
//
// New regions and images are placed and verified first, aside; then everything is swapped in one turn of the event loop: lists and
// parameters for the images that stay, then the images that come. A request that has begun keeps what it began with.
//
// What fails here has succeeded at the owner, with the same limits: whoever cannot follow must be replaced, and `refresh` throws.
// At the start it is otherwise: what the owner could not use either is left out, and reported by both.

import type { Clock } from '../clock.js';
import { Problem } from '../errors.js';
import type { MemoryOptions } from '../runtime/memory.js';
import { ListPlacer } from './list-placer.js';
import type { ListRegion } from './list-region.js';
import type { ListInfo } from './lists.js';
import { Lists } from './lists.js';
import { LiveImage } from './live-image.js';
import type { ParameterEvent } from './parameter-store.js';
import { Parameters, type ParametersInfo } from './parameters.js';
import type { Store, StoredImage, StoredTenant, StoreProblem } from './store.js';
import { Tenant, type TenantHost } from './tenant.js';
import { Turns } from './turns.js';

export interface FollowerOptions {
  host: TenantHost;
  /** Of each tenant. */
  memory: MemoryOptions;
  /** Of another process (Store.follow). */
  store: Store;
  clock: Clock;
}

/** Reading what is replaced meanwhile fails, and succeeds when it is asked again. */
const TRIES_MAX = 5;
const TRY_AGAIN_MILLIS = 20;

/** An image that is to be live, with the regions of its own lists. */
interface Coming {
  live: LiveImage;
  own: Map<string, ListRegion>;
}

/** Everything that a tenant is to have in the place of what it has. */
interface Change {
  regions: Map<string, ListRegion>;
  images: Coming[];
  stored: StoredTenant;
  /** Nothing there was damaged: what is not there is gone. */
  isWhole: boolean;
}

export class FollowerRegistry {
  private readonly tenants = new Map<string, Tenant>();
  private readonly turns = new Turns();
  private readonly placer = new ListPlacer();
  private readonly tenantLists: Lists;
  private readonly tenantParameters: Parameters;
  /** What could not be used at the start, as the owner found it: it is not tried again until it is replaced. */
  private readonly unusable = new Set<string>();

  constructor(private readonly options: FollowerOptions) {
    const { store, clock } = options;
    this.tenantLists = new Lists({ store: store.lists, compiler: this.placer, clock });
    this.tenantParameters = new Parameters({ store: store.parameters, clock });
  }

  /** Makes everything stored live. What cannot be used is reported, and hides nothing else. */
  async load(): Promise<StoreProblem[]> {
    const problems: StoreProblem[] = [];
    for (const tenant of await this.options.store.tenantNames(problems)) {
      await this.turns.take(tenant, () => this.follow(tenant, problems, true));
    }
    return problems;
  }

  /** Brings a tenant in line with the store. Throws what keeps it from that: this process must not decide any more. */
  async refresh(tenant: string): Promise<void> {
    await this.turns.take(tenant, () => this.follow(tenant, [], false));
  }

  /** Waits for refreshes that have been asked for. */
  settled(): Promise<void> {
    return this.turns.settled();
  }

  /** The image that decides for a bundle now. */
  live(tenant: string, bundle: string): LiveImage | undefined {
    return this.tenants.get(tenant)?.live.get(bundle);
  }

  bundles(tenant: string): LiveImage[] {
    return this.tenants.get(tenant)?.bundles() ?? [];
  }

  lists(tenant: string): ListInfo[] {
    return this.tenants.get(tenant)?.listInfos() ?? [];
  }

  parameters(tenantName: string): ParametersInfo[] {
    const tenant = this.tenants.get(tenantName);
    return tenant === undefined ? [] : this.tenantParameters.list(tenant);
  }

  parameterHistory(tenant: string, set: string): Promise<ParameterEvent[]> {
    return this.tenantParameters.history(tenant, set);
  }

  /** All tenants with a memory, by name. */
  allTenants(): Tenant[] {
    return [...this.tenants.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async close(): Promise<void> {
    await this.turns.close();
    await this.placer.close();
  }

  private async follow(name: string, problems: StoreProblem[], isStart: boolean): Promise<void> {
    const { tenant, change } = await this.read(name, problems, isStart);
    // Never again where it fails: a part of it would be taken for all.
    if (change !== undefined) this.swap(tenant, change);
  }

  /** Reads what is stored, and places what is new of it. No change: there is nothing. */
  private async read(
    name: string,
    problems: StoreProblem[],
    isStart: boolean,
  ): Promise<{ tenant: Tenant; change: Change } | { tenant?: never; change?: never }> {
    for (let tries = 1; ; tries++) {
      const found: StoreProblem[] = [];
      const isLast = tries === TRIES_MAX;
      try {
        const stored = await this.options.store.readTenant(name, found);
        const { lists, parameters, bundles } = stored;
        if (lists.length + parameters.length + bundles.length === 0 && !this.tenants.has(name)) return {};
        const tenant = this.tenantOf(name);
        const change: Change = { regions: new Map(), images: [], stored, isWhole: found.length === 0 };
        try {
          await this.gather(tenant, change, isStart && isLast ? found : undefined);
        } catch (error) {
          abandon(change);
          throw error;
        }
        problems.push(...found);
        return { tenant, change };
      } catch (error) {
        if (isLast) throw error;
        await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MILLIS));
      }
    }
  }

  /** Places what is new. With `problems`, what cannot be placed is left out for good; without, it ends the try. */
  private async gather(tenant: Tenant, change: Change, problems: StoreProblem[] | undefined): Promise<void> {
    const { stored, regions, images } = change;
    const attempt = async (what: string, path: string, place: () => Promise<void>): Promise<void> => {
      if (this.unusable.has(what)) return;
      try {
        await place();
      } catch (error) {
        if (problems === undefined) throw error;
        this.unusable.add(what);
        problems.push({ path, message: (error as Error).message });
      }
    };
    for (const { name, path, ...list } of stored.lists) {
      const current = tenant.lists.get(name)?.region.list;
      if (current?.version === list.version && current.type === list.type) continue;
      await attempt(`${tenant.name}/lists/${name}/${list.version}`, path, async () => {
        regions.set(name, await this.tenantLists.place(tenant, list, { path }));
      });
    }
    for (const { bundle, version, hash } of stored.bundles) {
      const current = tenant.live.get(bundle);
      if (current?.version === version && current.image === hash) continue;
      await attempt(`${tenant.name}/bundles/${bundle}/${version}-${hash}`, bundle, async () => {
        const image = await this.options.store.readBundle(tenant.name, bundle);
        if (image !== undefined) images.push(await this.place(tenant, image));
      });
    }
  }

  private async place(tenant: Tenant, { image, models, lists }: StoredImage): Promise<Coming> {
    const live = LiveImage.place(tenant, image);
    live.isStored = true;
    live.earlierModels = models.filter((hash) => hash !== live.model.hash);
    const own = new Map<string, ListRegion>();
    try {
      for (const { name, header, path } of lists) {
        const type = live.head.lists.find((list) => list.name === name)?.type ?? '';
        const list = this.tenantLists.versionOf({ header, type, source: { path } });
        own.set(name, await this.tenantLists.place(tenant, list, { path }));
      }
      return { live, own };
    } catch (error) {
      abandon({ regions: own, images: [{ live, own: new Map() }] });
      throw error;
    }
  }

  /** In one turn of the event loop. What is thrown leaves the tenant in parts: the process must end. */
  private swap(tenant: Tenant, { regions, images, stored, isWhole }: Change): void {
    const old: ListRegion[] = [];
    const changed = new Set<string>();
    const there = new Set(stored.lists.map(({ name }) => name));
    for (const [name, { region }] of [...tenant.lists]) {
      const isGone = isWhole && !there.has(name);
      if (!isGone && !regions.has(name)) continue;
      old.push(region);
      tenant.lists.delete(name);
      changed.add(name);
    }
    for (const [name, region] of regions) {
      tenant.lists.set(name, { name, region });
      changed.add(name);
    }
    const changedSets = new Set<string>();
    for (const { name, current } of stored.parameters) {
      if (current === undefined) {
        // Damaged: what holds here was whole when it was read.
        if (!tenant.parameters.has(name)) tenant.damagedParameters.add(name);
        continue;
      }
      const before = tenant.parameters.get(name);
      if (before?.version !== current.version || tenant.damagedParameters.has(name)) changedSets.add(name);
      tenant.parameters.set(name, current);
      tenant.damagedParameters.delete(name);
    }
    const going = new Set(images.map(({ live }) => tenant.live.get(live.name)));
    for (const reader of [...tenant.readers]) {
      const isTouched =
        [...changed].some((name) => reader.tenantList(name) !== undefined) ||
        [...changedSets].some((name) => reader.tenantSet(name) !== undefined);
      if (isTouched && !going.has(reader)) reader.rebind(reader.prepare());
    }
    for (const coming of images) this.makeLive(tenant, coming);
    for (const region of old) region.release();
  }

  private makeLive(tenant: Tenant, { live, own }: Coming): void {
    try {
      live.bind(own);
    } catch (error) {
      live.retire();
      // As at the owner: it waits for a list or for values, and the bundle has no live image until they are put.
      if (error instanceof Problem && error.code !== 'OUT_OF_MEMORY') return;
      throw error;
    }
    const before = tenant.live.get(live.name);
    tenant.live.set(live.name, live);
    before?.retire();
    void this.options.host.codes?.want(live);
  }

  private tenantOf(name: string): Tenant {
    let tenant = this.tenants.get(name);
    if (tenant === undefined) {
      tenant = new Tenant(name, this.options.host, this.options.memory);
      this.tenants.set(name, tenant);
    }
    return tenant;
  }
}

/** Gives back what was placed and will not be used. */
function abandon({ regions, images }: Pick<Change, 'regions' | 'images'>): void {
  for (const region of regions.values()) region.release();
  for (const { live, own } of images) {
    live.retire();
    for (const region of own.values()) region.release();
  }
}
