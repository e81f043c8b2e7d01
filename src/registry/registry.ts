// The registry: tenants and what is live for each. It is the only writer of both. Publishing is: compile (on a worker) -> copy
// into the tenant's memory and verify -> make durable -> swap the live image, which is one assignment: a request that has begun
// keeps the image it pinned, the next takes the new one, and the old one's memory is freed when its last pin is gone. Lists are put
// in turn with publishes, see lists.ts.

import { relative } from 'node:path';
import { readDocument } from '../bundle/document.js';
import { type BundleFiles, copyFiles } from '../bundle/files.js';
import { LOCK_PATH } from '../bundle/read-bundle.js';
import type { Clock } from '../clock.js';
import { NAME_PATTERN, VERSION_PATTERN } from '../config.js';
import { type Diagnostic, DiagnosticBag } from '../diagnostic/diagnostic.js';
import { Problem } from '../errors.js';
import type { MemoryOptions } from '../runtime/memory.js';
import type { TaskPool } from '../runtime/task-pool.js';
import { checkLock } from '../schema/lock.js';
import type { ModelLock } from '../schema/model.js';
import { BundleLists } from './bundle-lists.js';
import type { Compiled, CompileTask } from './compile-worker.js';
import type { ListRegion } from './list-region.js';
import { checkListName, type ListContent, type ListInfo, Lists, type PendingList, type PutResult } from './lists.js';
import { checkFit, LiveImage } from './live-image.js';
import type { ParameterEvent, ParameterVersion } from './parameter-store.js';
import {
  checkSetName,
  type GivenValues,
  ownParameters,
  Parameters,
  type ParametersInfo,
  type PutParametersResult,
} from './parameters.js';
import type { OwnVersions, Store, StoredImage, StoreProblem } from './store.js';
import { Tenant, type TenantHost } from './tenant.js';
import { Turns } from './turns.js';

export interface RegistryOptions {
  host: TenantHost;
  /** Of each tenant. */
  memory: MemoryOptions;
  profileMax: 'strict' | 'standard';
  costMax: number | undefined;
  /** Absent: what is published lives as long as the process. */
  store: Store | undefined;
  compiler: TaskPool;
  clock: Clock;
}

export interface PublishResult {
  /** False where exactly this image had been published before. */
  created: boolean;
  name: string;
  version: string;
  /** 16 hex digits. */
  image: string;
  /** Static worst case of one payload, in units. */
  costMax: number;
  /** Warnings; errors are thrown. */
  diagnostics: Diagnostic[];
}

/** What keeps a stored bundle from being live until a list or parameters are put. */
const WAITING: ReadonlySet<string> = new Set(['LIST_MISSING', 'LIST_MISMATCH', 'PARAMETERS_MISMATCH', 'PARAMETERS_DAMAGED']);

/** What is remembered of a bundle without a store: ids, and by version its image and the versions of its own lists. */
interface Unstored {
  lock: ModelLock;
  versions: Map<string, string>;
  lists: Map<string, OwnVersions>;
  models: readonly string[];
}

export class Registry {
  private readonly tenants = new Map<string, Tenant>();
  private readonly turns = new Turns();
  /** Without a store: what it would remember, by `tenant/bundle`. */
  private readonly unstored = new Map<string, Unstored>();
  private readonly tenantLists: Lists;
  private readonly tenantParameters: Parameters;

  constructor(private readonly options: RegistryOptions) {
    const { store, compiler, clock } = options;
    this.tenantLists = new Lists({ store: store?.lists, compiler, clock });
    this.tenantParameters = new Parameters({ store: store?.parameters, clock });
  }

  /** Makes everything stored live. What cannot be used is reported, and hides nothing else. */
  async load(): Promise<StoreProblem[]> {
    const { store } = this.options;
    if (store === undefined) return [];
    const { images, lists, parameters, problems } = await store.load();
    for (const { tenant, name, current } of parameters) {
      if (current === undefined) this.tenantOf(tenant).damagedParameters.add(name);
      else this.tenantOf(tenant).parameters.set(name, current);
    }
    for (const { tenant, ...list } of lists) {
      try {
        await this.tenantLists.restore(this.tenantOf(tenant), list);
      } catch (error) {
        problems.push({ path: relative(store.directory, list.path), message: (error as Error).message });
      }
    }
    for (const image of images) {
      const tenant = this.tenantOf(image.tenant);
      try {
        this.swap(await this.revive(tenant, image));
      } catch (error) {
        if (error instanceof Problem && WAITING.has(error.code)) tenant.waiting.set(image.bundle, image);
        problems.push({ path: image.path, message: (error as Error).message });
      }
    }
    return problems;
  }

  /** See Engine.publish. */
  async publish(tenant: string, files: BundleFiles, options: { dryRun?: boolean; name?: string } = {}): Promise<PublishResult> {
    checkTenantName(tenant);
    if (options.name !== undefined && !NAME_PATTERN.test(options.name)) {
      throw new Problem('INVALID_NAME', `${JSON.stringify(options.name)} is no name of a bundle`);
    }
    return this.turns.take(tenant, () => this.publishNow(tenant, files, options));
  }

  /**
   * An image that only its holder sees; it is freed by `retire`. Lists and sets of parameters that it is given are its own, the
   * others are the tenant's, as they are and will be. Throws Problem as LiveImage.place and LiveImage.bind, INVALID_LIST,
   * INVALID_PARAMETERS.
   */
  async place(
    tenantName: string,
    file: Uint8Array,
    lists: Readonly<Record<string, ListContent>>,
    parameters: Readonly<Record<string, GivenValues>>,
  ): Promise<LiveImage> {
    checkTenantName(tenantName);
    const live = LiveImage.place(this.tenantOf(tenantName), file);
    try {
      const own = new Map<string, PendingList>();
      for (const [name, content] of Object.entries(lists)) {
        const declared = live.head.lists.find((list) => list.name === name);
        if (declared === undefined) throw new Problem('LIST_NOT_FOUND', `${live.name} declares no list ${name}`);
        const pending = await this.tenantLists.build(content, declared.type, false);
        checkFit(live.name, declared, this.tenantLists.versionOf(pending));
        own.set(name, pending);
      }
      const sets = ownParameters(live.name, live.head, parameters);
      // An image without them is there at once; with them, no list and no parameter changes while it is bound.
      const { head } = live;
      if (head.lists.length + head.parameters.length > 0) await this.turns.take(tenantName, () => this.bind(live, own, sets));
      return live;
    } catch (error) {
      live.retire();
      throw error;
    }
  }

  /** See Engine.putList. */
  async putList(tenantName: string, name: string, content: ListContent, said: string | undefined): Promise<PutResult> {
    checkTenantName(tenantName);
    checkListName(name);
    if (this.turns.closed) throw new Problem('STOPPING');
    const type = this.tenantLists.typeFor(this.tenants.get(tenantName), name, content, said);
    const pending = await this.tenantLists.build(content, type, true);
    try {
      return await this.turns.take(tenantName, async () => {
        const known = this.tenants.has(tenantName);
        const tenant = this.tenantOf(tenantName);
        try {
          const result = await this.tenantLists.put(tenant, name, pending);
          await this.reviveWaiting(tenant);
          return result;
        } catch (error) {
          if (!known) this.tenants.delete(tenantName);
          throw error;
        }
      });
    } finally {
      await this.tenantLists.discard(pending);
    }
  }

  /** See Engine.deleteList. */
  async deleteList(tenantName: string, name: string): Promise<void> {
    checkTenantName(tenantName);
    checkListName(name);
    return this.turns.take(tenantName, () => this.tenantLists.remove(this.tenants.get(tenantName), name));
  }

  /** See Engine.putParameters. */
  async putParameters(tenantName: string, set: string, values: GivenValues, merge: boolean): Promise<PutParametersResult> {
    return this.changeParameters(tenantName, set, (tenant) => this.tenantParameters.put(tenant, set, values, merge));
  }

  /** See Engine.rollbackParameters. */
  async rollbackParameters(tenantName: string, set: string, version: string | undefined): Promise<PutParametersResult> {
    return this.changeParameters(tenantName, set, (tenant) => this.tenantParameters.rollback(tenant, set, version));
  }

  /** Sets of parameters of a tenant, by name. */
  parameters(tenantName: string): ParametersInfo[] {
    const tenant = this.tenants.get(tenantName);
    return tenant === undefined ? [] : this.tenantParameters.list(tenant);
  }

  /** What has been current of a set, the last one now. */
  parameterHistory(tenant: string, set: string): Promise<ParameterEvent[]> {
    return this.tenantParameters.history(tenant, set);
  }

  private async changeParameters(
    tenantName: string,
    set: string,
    change: (tenant: Tenant) => Promise<PutParametersResult>,
  ): Promise<PutParametersResult> {
    checkTenantName(tenantName);
    checkSetName(set);
    return this.turns.take(tenantName, async () => {
      const tenant = this.tenants.get(tenantName);
      if (tenant === undefined) throw new Problem('TENANT_NOT_FOUND', `there is no tenant ${tenantName}`);
      const result = await change(tenant);
      await this.reviveWaiting(tenant);
      return result;
    });
  }

  /** Lists of a tenant, by name. */
  lists(tenant: string): ListInfo[] {
    return this.tenants.get(tenant)?.listInfos() ?? [];
  }

  /** The image that decides for a bundle now. */
  live(tenant: string, bundle: string): LiveImage | undefined {
    return this.tenants.get(tenant)?.live.get(bundle);
  }

  /** Live images of a tenant, by name. */
  bundles(tenant: string): LiveImage[] {
    return this.tenants.get(tenant)?.bundles() ?? [];
  }

  /** All tenants with a memory, by name; those without a published bundle too. */
  allTenants(): Tenant[] {
    return [...this.tenants.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Refuses further changes and waits for those that have begun. */
  async close(): Promise<void> {
    await this.turns.close();
  }

  private async publishNow(
    tenantName: string,
    files: BundleFiles,
    options: { dryRun?: boolean; name?: string },
  ): Promise<PublishResult> {
    const named = options.name ?? bundleName(files);
    const previous = named === undefined ? undefined : await this.lockOf(tenantName, named);
    const { image: file, lock, diagnostics } = await this.compile(files, previous);
    if (previous !== undefined && lock !== undefined) diagnostics.push(...lockFaults(previous, lock));
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
    if (file === undefined || lock === undefined || errors > 0) {
      throw new Problem('INVALID_BUNDLE', `the bundle has ${errors} ${errors === 1 ? 'error' : 'errors'}`, undefined, diagnostics);
    }
    const known = this.tenants.has(tenantName);
    const tenant = this.tenantOf(tenantName);
    let live: LiveImage | undefined;
    const lists = new BundleLists();
    try {
      live = LiveImage.place(tenant, file);
      const { name, version, image, costMax } = live;
      if (named !== undefined && name !== named) {
        throw new Problem('INVALID_NAME', `the bundle calls itself ${JSON.stringify(name)}, not ${JSON.stringify(named)}`);
      }
      checkStorable(name, version);
      await lists.build(this.tenantLists, live, files, options.dryRun !== true);
      const published = await this.hashOfVersion(tenantName, name, version);
      const ownBefore = await this.listsOfVersion(tenantName, name, version);
      const isSame = published === image && lists.areOwn(ownBefore);
      if (published !== undefined && !isSame) {
        const what = published === image ? 'with other lists' : `as ${published}, this is ${image}`;
        throw new Problem('VERSION_EXISTS', `${name} ${version} has been published ${what}`);
      }
      const result = { created: published === undefined, name, version, image, costMax, diagnostics };
      if (tenant.live.get(name)?.image === image && isSame) {
        live.retire();
        return result;
      }
      lists.check(live);
      live.checkParameters();
      if (options.dryRun === true) {
        await lists.tryPlaces(this.tenantLists, live);
        live.retire();
        if (!known) this.tenants.delete(tenantName);
        return result;
      }
      // Before the bundle: what is live must find its lists, whenever the process ends.
      for (const [list, pending] of lists.first) await this.tenantLists.put(tenant, list, pending);
      await this.bind(live, lists.own);
      const before = tenant.live.get(name);
      const models = new Set([...(await this.modelsOf(tenantName, name)), ...(before === undefined ? [] : [before.model.hash])]);
      live.earlierModels = [...models].filter((hash) => hash !== live?.model.hash);
      await this.remember(tenantName, live, file, lock, lists.own);
      this.swap(live);
      void this.options.host.codes?.want(live);
      tenant.waiting.delete(name);
      return result;
    } catch (error) {
      live?.retire();
      if (!known && tenant.live.size === 0 && tenant.lists.size === 0) this.tenants.delete(tenantName);
      throw error;
    } finally {
      await lists.discard(this.tenantLists);
    }
  }

  /** Places lists of an image's own and binds it. Throws Problem; the image holds what it has got. */
  private async bind(
    live: LiveImage,
    own: ReadonlyMap<string, PendingList>,
    sets: ReadonlyMap<string, ParameterVersion> = new Map(),
  ): Promise<void> {
    const regions = new Map<string, ListRegion>();
    try {
      for (const [name, pending] of own) {
        const list = this.tenantLists.versionOf(pending);
        regions.set(name, await this.tenantLists.place(live.tenant, list, pending.source));
      }
    } catch (error) {
      for (const region of regions.values()) region.release();
      throw error;
    }
    live.bind(regions, sets);
  }

  /** A stored image as it was when it was published. */
  private async revive(tenant: Tenant, { image, models, lists }: StoredImage): Promise<LiveImage> {
    const live = LiveImage.place(tenant, image);
    live.isStored = true;
    live.earlierModels = models.filter((hash) => hash !== live.model.hash);
    try {
      const own = new Map<string, PendingList>();
      for (const { name, header, path } of lists) {
        const type = live.head.lists.find((list) => list.name === name)?.type ?? '';
        own.set(name, { header, type, source: { path } });
      }
      await this.bind(live, own);
      return live;
    } catch (error) {
      live.retire();
      throw error;
    }
  }

  /** Bundles that were waiting for a list or parameters which are there now. */
  private async reviveWaiting(tenant: Tenant): Promise<void> {
    for (const [bundle, image] of [...tenant.waiting]) {
      try {
        this.swap(await this.revive(tenant, image));
        tenant.waiting.delete(bundle);
      } catch {
        // It waits on: another list is missing, or there is no room.
      }
    }
  }

  /** Makes an image the live one of its bundle and retires the one before. */
  private swap(live: LiveImage): void {
    const before = live.tenant.live.get(live.name);
    live.tenant.live.set(live.name, live);
    before?.retire();
  }

  private tenantOf(name: string): Tenant {
    let tenant = this.tenants.get(name);
    if (tenant === undefined) {
      tenant = new Tenant(name, this.options.host, this.options.memory);
      this.tenants.set(name, tenant);
    }
    return tenant;
  }

  private async compile(files: BundleFiles, lock: ModelLock | undefined): Promise<Compiled> {
    const { compiler, profileMax, costMax } = this.options;
    try {
      return await compiler.run<CompileTask, Compiled>('compileBundle', { files: copyFiles(files), profileMax, costMax, lock });
    } catch (error) {
      throw new Problem('INTERNAL', `the compiler failed: ${(error as Error).message}`);
    }
  }

  private async lockOf(tenant: string, bundle: string): Promise<ModelLock | undefined> {
    const { store } = this.options;
    if (!NAME_PATTERN.test(bundle)) return undefined;
    if (store === undefined) return this.unstored.get(`${tenant}/${bundle}`)?.lock;
    return store.readLock(tenant, bundle);
  }

  private async hashOfVersion(tenant: string, bundle: string, version: string): Promise<string | undefined> {
    const { store } = this.options;
    if (store === undefined) return this.unstored.get(`${tenant}/${bundle}`)?.versions.get(version);
    return store.hashOfVersion(tenant, bundle, version);
  }

  private async listsOfVersion(tenant: string, bundle: string, version: string): Promise<OwnVersions> {
    const { store } = this.options;
    if (store === undefined) return this.unstored.get(`${tenant}/${bundle}`)?.lists.get(version) ?? {};
    return store.listsOfVersion(tenant, bundle, version);
  }

  private async modelsOf(tenant: string, bundle: string): Promise<readonly string[]> {
    const { store } = this.options;
    if (store === undefined) return this.unstored.get(`${tenant}/${bundle}`)?.models ?? [];
    return store.modelsOf(tenant, bundle);
  }

  private async remember(
    tenant: string,
    live: LiveImage,
    file: Uint8Array,
    lock: ModelLock,
    own: ReadonlyMap<string, PendingList>,
  ): Promise<void> {
    const { store } = this.options;
    const models = [...live.earlierModels, live.model.hash];
    if (store !== undefined) {
      live.isStored = true;
      const lists = [...own].flatMap(([name, { header, source }]) =>
        'path' in source ? [{ name, version: header.version, aside: source.path }] : [],
      );
      await store.publish(tenant, live.name, live.version, live.image, file, lock, lists, models);
      return;
    }
    const key = `${tenant}/${live.name}`;
    const { versions, lists } = this.unstored.get(key) ?? { versions: new Map<string, string>(), lists: new Map() };
    versions.set(live.version, live.image);
    lists.set(live.version, Object.fromEntries([...own].map(([name, { header }]) => [name, header.version])));
    this.unstored.set(key, { lock, versions, lists, models });
  }
}

function checkTenantName(tenant: string): void {
  if (!NAME_PATTERN.test(tenant)) throw new Problem('INVALID_NAME', `${JSON.stringify(tenant)} is no name of a tenant`);
}

/** What a bundle calls itself, as far as that can be told before it is compiled. */
function bundleName(files: BundleFiles): string | undefined {
  const path = ['bundle.yaml', 'bundle.yml', 'bundle.json'].find((candidate) => files.has(candidate));
  const document = path === undefined ? undefined : readDocument(path, files.get(path) as Uint8Array, new DiagnosticBag());
  const name = (document?.value as { name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' ? name : undefined;
}

/** What a bundle's own lock takes back of what has been published. Without one of its own, it was compiled with ours. */
function lockFaults(published: ModelLock, lock: ModelLock): Diagnostic[] {
  return checkLock(published, lock).map((message) => ({
    code: 'V2011',
    severity: 'error',
    message,
    span: { file: LOCK_PATH, start: 0, end: 0 },
    advice: 'callers rely on the published ids: start from the lock of the published bundle, or leave the file out',
  }));
}

/** The schema of bundle.yaml is meant to allow only what a file name may hold; the store does not rely on it. */
function checkStorable(name: string, version: string): void {
  if (!NAME_PATTERN.test(name)) throw new Problem('INVALID_NAME', `${JSON.stringify(name)} is no name of a bundle`);
  if (!VERSION_PATTERN.test(version)) throw new Problem('INVALID_NAME', `${JSON.stringify(version)} is no version of a bundle`);
}
