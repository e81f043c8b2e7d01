// The engine of a process that decides over the files of another: an engine like any other towards its callers. What they change it
// hands on to the owner, and their answer comes when all processes have it, this one included.

import { availableParallelism } from 'node:os';
import { type BundleFiles, copyFiles } from '../bundle/files.js';
import type { Channel } from '../channel/channel.js';
import { type Config, type EngineOptions, resolveConfig } from '../config.js';
import type { ServingEngine } from '../engine.js';
import { type EngineStats, statsOf } from '../engine-stats.js';
import { Problem } from '../errors.js';
import { Counters } from '../observe/counters.js';
import { Codes } from '../registry/codes.js';
import { FollowerRegistry } from '../registry/follower-registry.js';
import type { ListContent, ListInfo, PutResult } from '../registry/lists.js';
import type { LiveImage } from '../registry/live-image.js';
import type { ParameterEvent } from '../registry/parameter-store.js';
import type { GivenValues, ParametersInfo, PutParametersResult } from '../registry/parameters.js';
import type { PublishResult } from '../registry/registry.js';
import { Store, type StoreProblem } from '../registry/store.js';
import { namesInUse, type TenantHost } from '../registry/tenant.js';
import { makeHost, memoryOptionsOf } from '../registry/tenant-host.js';
import { whenOwnerIsGone } from './owner.js';
import type { FollowerHandlers, OwnerHandlers, SentList } from './protocol.js';

export interface FollowerEngineOptions extends EngineOptions {
  /** Of the owner. */
  dataDir: string;
}

export class FollowerEngine implements ServingEngine, FollowerHandlers {
  storeProblems: readonly StoreProblem[] = [];
  private readonly config: Config;
  private readonly host: TenantHost;
  private readonly store: Store;
  private readonly codes: Codes;
  private readonly registry: FollowerRegistry;
  private readonly isLoaded: Promise<void>;
  private owner: Channel<OwnerHandlers> | undefined;
  private closing: Promise<void> | undefined;
  private settleLoad!: { resolve(): void; reject(error: Error): void };

  constructor(options: FollowerEngineOptions) {
    const config = resolveConfig(options, availableParallelism());
    this.config = config;
    this.host = makeHost(config, new Counters(), false);
    this.store = Store.follow(options.dataDir);
    this.codes = new Codes({
      store: this.store,
      compiler: async ({ tenant, name, image }) => this.ask().call('makeCode', { tenant: tenant.name, bundle: name, image }),
    });
    this.host.codes = this.codes;
    this.registry = new FollowerRegistry({
      host: this.host,
      memory: memoryOptionsOf(config, 1),
      store: this.store,
      clock: config.clock,
    });
    this.isLoaded = new Promise((resolve, reject) => {
      this.settleLoad = { resolve, reject };
    });
    this.isLoaded.catch(() => {});
  }

  /** Loads what is stored. The channel's handlers may be asked before; they wait for it. */
  async load(owner: Channel<OwnerHandlers>): Promise<void> {
    this.owner = owner;
    try {
      this.storeProblems = await this.registry.load();
      this.settleLoad.resolve();
    } catch (error) {
      this.settleLoad.reject(error as Error);
      throw error;
    }
    await owner.call('loaded', null);
    // What was told before that answer has its turn by now.
    await this.registry.settled();
  }

  /** FollowerHandlers. */
  async refresh({ tenant }: { tenant: string }): Promise<void> {
    await this.isLoaded;
    await this.registry.refresh(tenant);
  }

  /** FollowerHandlers. */
  async quota({ tenant, quota }: Parameters<FollowerHandlers['quota']>[0]): Promise<void> {
    await this.isLoaded;
    const found = this.registry.allTenants().find(({ name }) => name === tenant);
    found?.setQuota(quota);
  }

  async publish(tenant: string, files: BundleFiles, options: { dryRun?: boolean; name?: string } = {}): Promise<PublishResult> {
    const { dryRun = false, name } = options;
    const value = { tenant, files: copyFiles(files), dryRun, ...(name === undefined ? {} : { name }) };
    return this.ask().call('publish', value).catch(whenOwnerIsGone);
  }

  async putList(tenant: string, name: string, content: ListContent, options: { type?: string } = {}): Promise<PutResult> {
    const sent = await this.send(content);
    try {
      const value = { tenant, name, content: sent, ...(options.type === undefined ? {} : { type: options.type }) };
      return await this.ask().call('putList', value).catch(whenOwnerIsGone);
    } finally {
      if ('path' in sent) await this.store.lists.discard(sent.path);
    }
  }

  async deleteList(tenant: string, name: string): Promise<void> {
    return this.ask().call('deleteList', { tenant, name }).catch(whenOwnerIsGone);
  }

  async putParameters(
    tenant: string,
    set: string,
    values: GivenValues,
    options: { merge?: boolean } = {},
  ): Promise<PutParametersResult> {
    const { merge = false } = options;
    return this.ask().call('putParameters', { tenant, set, values, merge }).catch(whenOwnerIsGone);
  }

  async rollbackParameters(tenant: string, set: string, version?: string): Promise<PutParametersResult> {
    const value = { tenant, set, ...(version === undefined ? {} : { version }) };
    return this.ask().call('rollbackParameters', value).catch(whenOwnerIsGone);
  }

  lists(tenant: string): ListInfo[] {
    return this.registry.lists(tenant);
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

  get ready(): boolean {
    return this.closing === undefined && this.owner?.isClosed === false;
  }

  nowMicros(): bigint {
    return this.config.clock.nowMicros();
  }

  stats(): EngineStats {
    return statsOf(this.host, this.registry.allTenants());
  }

  close(): Promise<void> {
    this.closing ??= this.stop();
    return this.closing;
  }

  private async stop(): Promise<void> {
    await this.registry.close();
    await this.codes.close();
    await this.host.scheduler?.close();
  }

  private ask(): Channel<OwnerHandlers> {
    if (this.owner === undefined || this.closing !== undefined) throw new Problem('STOPPING');
    return this.owner;
  }

  private async send(content: ListContent): Promise<SentList> {
    if (content instanceof Uint8Array) return { region: content };
    if (!('chunks' in content)) return { entries: [...content] };
    const { format, chunks, header } = content;
    const path = await this.store.lists.spool(later(chunks));
    return { path, format, ...(header === undefined ? {} : { header }) };
  }
}

async function* later(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
