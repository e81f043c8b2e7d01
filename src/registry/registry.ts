// The registry: tenants and what is live for each. It is the only writer of both. Publishing is: compile (on a worker) -> copy
// into the tenant's memory and verify -> make durable -> swap the live image, which is one assignment: a request that has begun
// keeps the image it pinned, the next takes the new one, and the old one's memory is freed when its last pin is gone.

import { readDocument } from '../bundle/document.js';
import type { BundleFiles } from '../bundle/files.js';
import { LOCK_PATH } from '../bundle/read-bundle.js';
import { NAME_PATTERN, VERSION_PATTERN } from '../config.js';
import { type Diagnostic, DiagnosticBag } from '../diagnostic/diagnostic.js';
import { Problem } from '../errors.js';
import type { MemoryOptions } from '../runtime/memory.js';
import type { TaskPool } from '../runtime/task-pool.js';
import { checkLock } from '../schema/lock.js';
import type { ModelLock } from '../schema/model.js';
import type { Compiled, CompileTask } from './compile-worker.js';
import { LiveImage } from './live-image.js';
import type { Store, StoreProblem } from './store.js';
import { Tenant, type TenantHost } from './tenant.js';

export interface RegistryOptions {
  host: TenantHost;
  /** Of each tenant. */
  memory: MemoryOptions;
  profileMax: 'strict' | 'standard';
  costMax: number | undefined;
  /** Absent: what is published lives as long as the process. */
  store: Store | undefined;
  compiler: TaskPool;
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

export class Registry {
  private readonly tenants = new Map<string, Tenant>();
  /** By tenant: the end of its last publish. One at a time, so that a lock is never extended from two sides. */
  private readonly publishing = new Map<string, Promise<unknown>>();
  /** Without a store: what it would remember, by `tenant/bundle`. */
  private readonly unstored = new Map<string, { lock: ModelLock; versions: Map<string, string> }>();
  private closed = false;

  constructor(private readonly options: RegistryOptions) {}

  /** Makes everything stored live. What cannot be used is reported, and hides nothing else. */
  async load(): Promise<StoreProblem[]> {
    const { store } = this.options;
    if (store === undefined) return [];
    const { images, problems } = await store.load();
    for (const { tenant, path, file } of images) {
      try {
        this.swap(LiveImage.place(this.tenantOf(tenant), file));
      } catch (error) {
        problems.push({ path, message: (error as Error).message });
      }
    }
    return problems;
  }

  /** See Engine.publish. */
  async publish(tenant: string, files: BundleFiles, options: { dryRun?: boolean; name?: string } = {}): Promise<PublishResult> {
    if (!NAME_PATTERN.test(tenant)) throw new Problem('INVALID_NAME', `${JSON.stringify(tenant)} is no name of a tenant`);
    if (options.name !== undefined && !NAME_PATTERN.test(options.name)) {
      throw new Problem('INVALID_NAME', `${JSON.stringify(options.name)} is no name of a bundle`);
    }
    if (this.closed) throw new Problem('STOPPING');
    const turn = (this.publishing.get(tenant) ?? Promise.resolve()).then(() => this.publishNow(tenant, files, options));
    const settled = turn.catch(() => {});
    this.publishing.set(tenant, settled);
    try {
      return await turn;
    } finally {
      if (this.publishing.get(tenant) === settled) this.publishing.delete(tenant);
    }
  }

  /** An image that only its holder sees; it is freed by `retire`. Throws Problem as LiveImage.place. */
  place(tenant: string, file: Uint8Array): LiveImage {
    if (!NAME_PATTERN.test(tenant)) throw new Problem('INVALID_NAME', `${JSON.stringify(tenant)} is no name of a tenant`);
    return LiveImage.place(this.tenantOf(tenant), file);
  }

  /** The image that decides for a bundle now. */
  live(tenant: string, bundle: string): LiveImage | undefined {
    return this.tenants.get(tenant)?.live.get(bundle);
  }

  /** Live images of a tenant, by name. */
  bundles(tenant: string): LiveImage[] {
    const live = [...(this.tenants.get(tenant)?.live.values() ?? [])];
    return live.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** All tenants with a memory, by name; those without a published bundle too. */
  allTenants(): Tenant[] {
    return [...this.tenants.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Refuses further publishes and waits for those that have begun. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.publishing.values());
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
    try {
      live = LiveImage.place(tenant, file);
      const { name, version, image, costMax } = live;
      if (named !== undefined && name !== named) {
        throw new Problem('INVALID_NAME', `the bundle calls itself ${JSON.stringify(name)}, not ${JSON.stringify(named)}`);
      }
      checkStorable(name, version);
      const published = await this.hashOfVersion(tenantName, name, version);
      if (published !== undefined && published !== image) {
        throw new Problem('VERSION_EXISTS', `${name} ${version} has been published as ${published}, this is ${image}`);
      }
      const result = { created: published === undefined, name, version, image, costMax, diagnostics };
      if (options.dryRun === true) {
        live.retire();
        if (!known) this.tenants.delete(tenantName);
        return result;
      }
      const isLive = tenant.live.get(name)?.image === image;
      if (isLive && !result.created) {
        live.retire();
        return result;
      }
      await this.remember(tenantName, live, file, lock);
      this.swap(live);
      return result;
    } catch (error) {
      live?.retire();
      if (!known && tenant.live.size === 0) this.tenants.delete(tenantName);
      throw error;
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
    // Copied one by one: a view of a larger buffer would be sent with all of it.
    const copies = new Map([...files].map(([path, bytes]) => [path, new Uint8Array(bytes)]));
    try {
      return await compiler.run<CompileTask, Compiled>('compileBundle', { files: copies, profileMax, costMax, lock });
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

  private async remember(tenant: string, live: LiveImage, file: Uint8Array, lock: ModelLock): Promise<void> {
    const { store } = this.options;
    if (store !== undefined) {
      await store.publish(tenant, live.name, live.version, live.image, file, lock);
      return;
    }
    const key = `${tenant}/${live.name}`;
    const versions = this.unstored.get(key)?.versions ?? new Map<string, string>();
    versions.set(live.version, live.image);
    this.unstored.set(key, { lock, versions });
  }
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
