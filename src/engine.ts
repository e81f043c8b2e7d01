// The composition root: makes the parts and stops them, in order.

import { availableParallelism } from 'node:os';
import type { BundleFiles } from './bundle/files.js';
import { type Config, type EngineOptions, resolveConfig } from './config.js';
import { type EngineStats, statsOf, type TenantStats } from './engine-stats.js';
import { Problem } from './errors.js';
import { type Counter, Counters } from './observe/counters.js';
import { Codes } from './registry/codes.js';
import type { ListBytes, ListContent, ListInfo, PutResult } from './registry/lists.js';
import type { LiveImage } from './registry/live-image.js';
import type { ParameterEvent } from './registry/parameter-store.js';
import type { GivenValues, ParameterInfo, ParametersInfo, PutParametersResult } from './registry/parameters.js';
import { type PublishResult, Registry } from './registry/registry.js';
import { Store, type StoreProblem } from './registry/store.js';
import { namesInUse, type TenantHost } from './registry/tenant.js';
import { configOfEach, makeHost, memoryOptionsOf } from './registry/tenant-host.js';
import { RuleSet } from './ruleset.js';
import { TaskPool } from './runtime/task-pool.js';
import type { Quota } from './scheduler/quota.js';

export type {
  EngineStats,
  GivenValues,
  ListBytes,
  ListContent,
  ListInfo,
  ParameterEvent,
  ParameterInfo,
  ParametersInfo,
  PublishResult,
  PutParametersResult,
  PutResult,
  Quota,
  StoreProblem,
  TenantStats,
};

/** Tenant of images that are loaded without one. */
const TENANT_DEFAULT = 'default';

export interface LoadOptions {
  tenant?: string;
  lists?: Readonly<Record<string, ListContent>>;
  /** Values of parameters, by set and name. */
  parameters?: Readonly<Record<string, GivenValues>>;
}

export interface Engine {
  /**
   * Loads an image file (as `compile` returns it) for deciding in this process. It is not published: nothing else sees it.
   * `lists`: what is in lists that the bundle declares, by name; those that are not given are the tenant's.
   * `parameters`: values of sets that it declares, likewise; values that a given set leaves out have their defaults.
   * Rejects with Problem: INVALID_IMAGE, OUT_OF_MEMORY, INVALID_NAME, INVALID_LIST, LIST_MISSING, LIST_MISMATCH, LIST_NOT_FOUND,
   * INVALID_PARAMETERS, PARAMETERS_NOT_FOUND, PARAMETERS_MISMATCH.
   */
  load(image: Uint8Array, options?: LoadOptions): Promise<RuleSet>;
  /**
   * Compiles a bundle, on a worker thread, and makes it live for the tenant. Resolves when it is live and, with a data
   * directory, durable. `dryRun` only tells what would happen. `name`: what the bundle must call itself.
   * Rejects with Problem: INVALID_NAME, INVALID_BUNDLE (with diagnostics), VERSION_EXISTS, LIST_MISSING, LIST_MISMATCH,
   * PARAMETERS_MISMATCH, PARAMETERS_DAMAGED, OUT_OF_MEMORY, STOPPING, INTERNAL.
   */
  publish(tenant: string, files: BundleFiles, options?: { dryRun?: boolean; name?: string }): Promise<PublishResult>;
  /**
   * Makes a new version of a list of the tenant current, for all images that read it at once; requests in flight finish with the
   * version they began with. Built on a worker thread; resolves when it is in use and, with a data directory, durable. `type`
   * (string, number, date, timestamp or decimal(SCALE)) is only needed where no live bundle declares the list and it is not one of
   * texts. Rejects with Problem: INVALID_NAME, INVALID_LIST (with `errors` by line), LIST_MISMATCH, OUT_OF_MEMORY, STOPPING.
   */
  putList(tenant: string, name: string, content: ListContent, options?: { type?: string }): Promise<PutResult>;
  /** Forgets a list. Rejects with Problem LIST_NOT_FOUND, LIST_IN_USE while a live bundle declares it. */
  deleteList(tenant: string, name: string): Promise<void>;
  /** Current versions of the tenant's lists, by name. */
  lists(tenant: string): ListInfo[];
  /**
   * Sets values of a set of parameters that live bundles of the tenant declare, in one step for all images that read it; requests
   * in flight finish with the values they began with. What is left out has its default, or with `merge` stays as it is; with
   * `merge`, null takes a value back to its default. Resolves when the version is in use and, with a data directory, durable.
   * Rejects with Problem: INVALID_NAME, TENANT_NOT_FOUND, PARAMETERS_NOT_FOUND, INVALID_PARAMETERS (with `errors` by name),
   * OUT_OF_MEMORY, STOPPING.
   */
  putParameters(tenant: string, set: string, values: GivenValues, options?: { merge?: boolean }): Promise<PutParametersResult>;
  /** Makes an earlier version current again: the one given, else the one that was current before. Rejects as putParameters. */
  rollbackParameters(tenant: string, set: string, version?: string): Promise<PutParametersResult>;
  /** Sets of parameters that live bundles declare or that have values, by name, with what holds now. */
  parameters(tenant: string): ParametersInfo[];
  /** Versions of a set that have been current, the last one now. */
  parameterHistory(tenant: string, set: string): Promise<ParameterEvent[]>;
  /** The image that decides for this bundle now. Take it anew for each request. */
  live(tenant: string, bundle: string): LiveImage | undefined;
  /** Live images of a tenant, by name; empty where there is no such tenant. */
  bundles(tenant: string): LiveImage[];
  /** Names of the tenants that have a live bundle or a list, sorted. */
  tenants(): string[];
  /**
   * What a tenant may spend from now on, in the place of the engine's quotaCostPerSecond; undefined: as much as it likes. Requests
   * beyond it are refused with QUOTA_EXCEEDED. Calls of rule sets cost nothing. Kept in memory only. Throws Problem
   * TENANT_NOT_FOUND.
   */
  setQuota(tenant: string, quota: Quota | undefined): void;
  /** False after close; before, everything stored is live, but what storeProblems lists. */
  readonly ready: boolean;
  /** Stored files that were damaged and skipped at start. */
  readonly storeProblems: readonly StoreProblem[];
  /** Microseconds UTC by the engine's clock. */
  nowMicros(): bigint;
  stats(): EngineStats;
  /** Waits for what is in flight, then stops the threads and gives the data directory back. Idempotent. */
  close(): Promise<void>;
}

/** What a server needs of an engine: one that follows another process cannot place images of its own. */
export type ServingEngine = Omit<Engine, 'load' | 'setQuota'>;

/**
 * Makes an engine, with everything stored in the data directory live.
 * Rejects with RangeError for an option out of range, and Error where another process owns the data directory.
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  return (await openEngine(options)).engine;
}

/** An engine, and what those need of it who let other threads decide for its tenants (src/attached). */
export interface OwnedEngine {
  engine: LocalEngine;
  /** What each listener may use. */
  config: Config;
  registry: Registry;
  host: TenantHost;
}

/**
 * As createEngine, with room for so many listeners in the memories of its tenants.
 *
 * @param counters of all listeners, this one's first
 */
export async function openEngine(
  options: EngineOptions,
  listeners = 1,
  counters: readonly Counters[] = [new Counters()],
): Promise<OwnedEngine> {
  const config = configOfEach(resolveConfig(options, availableParallelism()), listeners, options.clock !== undefined);
  const host = makeHost(config, counters[0] as Counters, listeners > 1);
  const compiler = new TaskPool(new URL('./registry/compile-worker.js', import.meta.url));
  const store = config.dataDir === undefined ? undefined : await Store.open(config.dataDir);
  const codes = new Codes({ store, compiler });
  host.codes = codes;
  const registry = new Registry({
    host,
    memory: memoryOptionsOf(config, listeners),
    profileMax: config.profileMax,
    costMax: config.costMax,
    store,
    compiler,
    clock: config.clock,
  });
  try {
    const problems = await registry.load();
    const engine = new LocalEngine(config, host, registry, codes, compiler, store, problems, counters);
    return { engine, config, registry, host };
  } catch (error) {
    await compiler.close();
    await store?.close();
    throw error;
  }
}

/** An engine that owns its tenants. */
export class LocalEngine implements Engine {
  /** Where other threads decide for a tenant: settles when they decide with what has changed. */
  changed: ((tenant: string) => Promise<void>) | undefined;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly config: Config,
    private readonly host: TenantHost,
    private readonly registry: Registry,
    private readonly codes: Codes,
    private readonly compiler: TaskPool,
    private readonly store: Store | undefined,
    readonly storeProblems: readonly StoreProblem[],
    /** Of all threads that decide for the tenants. */
    private readonly counters: readonly Counters[],
  ) {}

  async load(image: Uint8Array, options: LoadOptions = {}): Promise<RuleSet> {
    if (!this.ready) throw new Problem('STOPPING');
    const live = await this.registry.place(options.tenant ?? TENANT_DEFAULT, image, options.lists ?? {}, options.parameters ?? {});
    return new RuleSet(live, this.config.clock);
  }

  publish(tenant: string, files: BundleFiles, options: { dryRun?: boolean; name?: string } = {}): Promise<PublishResult> {
    return this.change(tenant, this.registry.publish(tenant, files, options));
  }

  putList(tenant: string, name: string, content: ListContent, options: { type?: string } = {}): Promise<PutResult> {
    return this.change(tenant, this.registry.putList(tenant, name, content, options.type));
  }

  deleteList(tenant: string, name: string): Promise<void> {
    return this.change(tenant, this.registry.deleteList(tenant, name));
  }

  lists(tenant: string): ListInfo[] {
    return this.registry.lists(tenant);
  }

  putParameters(tenant: string, set: string, values: GivenValues, options: { merge?: boolean } = {}): Promise<PutParametersResult> {
    return this.change(tenant, this.registry.putParameters(tenant, set, values, options.merge === true));
  }

  rollbackParameters(tenant: string, set: string, version?: string): Promise<PutParametersResult> {
    return this.change(tenant, this.registry.rollbackParameters(tenant, set, version));
  }

  parameters(tenant: string): ParametersInfo[] {
    return this.registry.parameters(tenant);
  }

  parameterHistory(tenant: string, set: string): Promise<ParameterEvent[]> {
    return this.registry.parameterHistory(tenant, set);
  }

  live(tenant: string, bundle: string): LiveImage | undefined {
    return this.registry.live(tenant, bundle);
  }

  bundles(tenant: string): LiveImage[] {
    return this.registry.bundles(tenant);
  }

  tenants(): string[] {
    return namesInUse(this.registry.allTenants());
  }

  setQuota(tenant: string, quota: Quota | undefined): void {
    const found = this.registry.allTenants().find(({ name }) => name === tenant);
    if (found === undefined) throw new Problem('TENANT_NOT_FOUND', `there is no tenant ${tenant}`);
    found.setQuota(quota);
    void this.changed?.(tenant).catch(() => {});
  }

  get ready(): boolean {
    return this.closing === undefined;
  }

  nowMicros(): bigint {
    return this.config.clock.nowMicros();
  }

  stats(): EngineStats {
    const { counters } = this;
    const all = { get: (counter: Counter) => counters.reduce((sum, each) => sum + each.get(counter), 0) };
    return statsOf({ ...this.host, counters: all }, this.registry.allTenants());
  }

  close(): Promise<void> {
    this.closing ??= this.stop();
    return this.closing;
  }

  /** What has changed is live on every thread before the caller hears of it; what has failed may have changed something too. */
  private async change<Result>(tenant: string, change: Promise<Result>): Promise<Result> {
    try {
      return await change;
    } finally {
      await this.changed?.(tenant);
    }
  }

  private async stop(): Promise<void> {
    await this.registry.close();
    await this.codes.close();
    await this.compiler.close();
    await this.host.scheduler?.close();
    await this.store?.close();
  }
}
