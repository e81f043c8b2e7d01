// An engine on a thread that does not own the tenants. It decides in their memories, with instances, a ring and workers of its own;
// reads come from its copy of what is live; changes are made by the owner, and are live here when they are answered.

import { type BundleFiles, copyFiles } from '../bundle/files.js';
import type { Channel } from '../channel/channel.js';
import { systemClock } from '../clock.js';
import type { Config } from '../config.js';
import type {
  EngineStats,
  GivenValues,
  ListBytes,
  ListContent,
  ListInfo,
  ParameterEvent,
  ParametersInfo,
  PublishResult,
  PutParametersResult,
  PutResult,
  ServingEngine,
  StoreProblem,
} from '../engine.js';
import { statsOf } from '../engine-stats.js';
import { Problem } from '../errors.js';
import { Counters } from '../observe/counters.js';
import { Bindings } from '../registry/bindings.js';
import { LiveImage } from '../registry/live-image.js';
import { Tenant, type TenantHost } from '../registry/tenant.js';
import { makeHost, memoryOptionsOf } from '../registry/tenant-host.js';
import { GeneratedCode } from '../runtime/generated-code.js';
import type { MemoryOptions } from '../runtime/memory.js';
import { SharedBucket } from '../scheduler/shared-quota.js';
import type { ImageState, ListenerCalls, OwnerCalls, TenantState } from './state.js';

/** What a listener is started with. */
export interface AttachedOptions {
  /** Without its clock, which cannot be sent. */
  config: Omit<Config, 'clock'>;
  /** Of the tenants' memories: from 1. */
  part: number;
  listeners: number;
  /** COUNTERS_BYTES. */
  counters: SharedArrayBuffer;
  storeProblems: readonly StoreProblem[];
}

interface Known {
  readonly tenant: Tenant;
  lists: ListInfo[];
  parameters: ParametersInfo[];
}

export class AttachedEngine implements ServingEngine {
  readonly storeProblems: readonly StoreProblem[];
  private readonly host: TenantHost;
  private readonly memoryOptions: MemoryOptions;
  private readonly known = new Map<string, Known>();
  private readonly images = new Map<number, LiveImage>();
  private readonly ids = new WeakMap<LiveImage, number>();
  /** Contents of lists on their way to the owner. */
  private readonly streams = new Map<number, AsyncIterator<Uint8Array> | Iterator<Uint8Array>>();
  private nextStream = 1;
  private returns: number[] = [];
  private closing: Promise<void> | undefined;

  constructor(
    private readonly options: AttachedOptions,
    private readonly owner: Pick<Channel<OwnerCalls>, 'call' | 'tell'>,
  ) {
    const config: Config = { ...options.config, clock: systemClock };
    this.storeProblems = options.storeProblems;
    // Quotas come with the tenants, so that all threads have one.
    this.host = makeHost({ ...config, quota: undefined }, new Counters(options.counters), true);
    this.host.codes = { want: async (live) => this.wantCode(live) };
    this.memoryOptions = memoryOptionsOf(config, options.listeners);
  }

  /** What the owner may have done here. */
  get calls(): ListenerCalls {
    return {
      take: (states) => {
        for (const state of states) this.take(state);
      },
      more: (stream) => this.more(stream),
    };
  }

  async publish(tenant: string, files: BundleFiles, options: { dryRun?: boolean; name?: string } = {}): Promise<PublishResult> {
    return this.owner.call('publish', { tenant, files: copyFiles(files), options });
  }

  async putList(tenant: string, name: string, content: ListContent, options: { type?: string } = {}): Promise<PutResult> {
    const { chunks, ...rest } = bytesOf(content);
    const stream = this.nextStream++;
    this.streams.set(stream, iteratorOf(chunks));
    try {
      return await this.owner.call('putList', { tenant, name, content: rest, options, stream });
    } finally {
      const pieces = this.streams.get(stream);
      this.streams.delete(stream);
      // Whoever has not read it to its end says so to whoever sends it.
      await pieces?.return?.();
    }
  }

  async deleteList(tenant: string, name: string): Promise<void> {
    return this.owner.call('deleteList', { tenant, name });
  }

  lists(tenant: string): ListInfo[] {
    return this.known.get(tenant)?.lists ?? [];
  }

  async putParameters(
    tenant: string,
    set: string,
    values: GivenValues,
    options: { merge?: boolean } = {},
  ): Promise<PutParametersResult> {
    return this.owner.call('putParameters', { tenant, set, values, options });
  }

  async rollbackParameters(tenant: string, set: string, version?: string): Promise<PutParametersResult> {
    return this.owner.call('rollbackParameters', { tenant, set, version });
  }

  parameters(tenant: string): ParametersInfo[] {
    return this.known.get(tenant)?.parameters ?? [];
  }

  async parameterHistory(tenant: string, set: string): Promise<ParameterEvent[]> {
    return this.owner.call('parameterHistory', { tenant, set });
  }

  live(tenant: string, bundle: string): LiveImage | undefined {
    return this.known.get(tenant)?.tenant.live.get(bundle);
  }

  bundles(tenant: string): LiveImage[] {
    return this.known.get(tenant)?.tenant.bundles() ?? [];
  }

  tenants(): string[] {
    const names = [...this.known.values()].flatMap(({ tenant, lists }) =>
      tenant.live.size + lists.length === 0 ? [] : [tenant.name],
    );
    return names.sort();
  }

  get ready(): boolean {
    return this.closing === undefined;
  }

  nowMicros(): bigint {
    return systemClock.nowMicros();
  }

  /** What this thread has of its own: its pool, rings and slots. Its counters, and what all threads have, are the owner's to tell. */
  stats(): EngineStats {
    const { scheduler } = this.host;
    const tenants = [...this.known.values()].map(({ tenant }) => tenant);
    const stats = statsOf({ scheduler, counters: { get: () => 0 } }, tenants);
    const common = { bundles: 0, memoryBytes: 0, memoryBytesMax: 0, heapBytesUsed: 0 };
    return { ...stats, tenants: stats.tenants.map((each) => ({ ...each, ...common })) };
  }

  close(): Promise<void> {
    this.closing ??= this.host.scheduler?.close() ?? Promise.resolve();
    return this.closing;
  }

  /** Decides with a state from the next request on. */
  private take({ name, memory, quota, live, lists, parameters }: TenantState): void {
    const known = this.known.get(name) ?? this.meet(name, memory);
    const { tenant } = known;
    if (quota === undefined) tenant.quota = undefined;
    // Each has a time of its own at which it was made.
    else if (!(tenant.quota instanceof SharedBucket && tenant.quota.shared.since === quota.since))
      tenant.quota = new SharedBucket(quota);
    const images = live.map((state) => this.takeImage(tenant, state));
    const before = [...tenant.live.values()];
    tenant.live.clear();
    for (const image of images) tenant.live.set(image.name, image);
    known.lists = lists;
    known.parameters = parameters;
    const now = new Set(images);
    for (const image of before) if (!now.has(image)) this.retire(image);
  }

  private meet(name: string, memory: TenantState['memory']): Known {
    if (memory === undefined) throw new Error(`nothing is known of tenant ${name}`);
    const tenant = new Tenant(name, this.host, this.memoryOptions, { memory, part: this.options.part });
    const known = { tenant, lists: [], parameters: [] };
    this.known.set(name, known);
    return known;
  }

  private takeImage(tenant: Tenant, state: ImageState): LiveImage {
    const { id, parts, bindings, code } = state;
    let image = this.images.get(id);
    if (image === undefined) {
      if (parts === undefined) throw new Error(`nothing is known of image ${id}`);
      image = LiveImage.attach(tenant, parts, { free: () => this.giveBack(id) });
      this.images.set(id, image);
      this.ids.set(image, id);
    }
    image.earlierModels = state.earlierModels;
    image.isStored = state.isStored;
    image.withoutCode = state.withoutCode;
    if (bindings !== undefined) image.rebind(Bindings.attach({ free: () => this.giveBack(bindings.id) }, bindings));
    if (code !== undefined) image.code = new GeneratedCode(code);
    return image;
  }

  private retire(image: LiveImage): void {
    this.images.delete(this.ids.get(image) as number);
    image.retire();
  }

  /** Says at the end of this turn what nobody here has any more. */
  private giveBack(id: number): void {
    this.returns.push(id);
    if (this.returns.length > 1) return;
    queueMicrotask(() => {
      const ids = this.returns;
      this.returns = [];
      this.owner.tell('returned', ids);
    });
  }

  private wantCode(live: LiveImage): void {
    const id = this.ids.get(live);
    if (id !== undefined && !live.isRetired) this.owner.tell('wantCode', id);
  }

  private async more(stream: number): Promise<Uint8Array | undefined> {
    const pieces = this.streams.get(stream);
    if (pieces === undefined) throw new Problem('CANCELLED', 'nobody sends the list any more');
    const { done, value } = await pieces.next();
    // A copy: the chunk is good until the next, and may be a view of more.
    return done === true ? undefined : new Uint8Array(value);
  }
}

/** Contents that are no bytes come from programs, and those call the engine that owns the tenants. */
function bytesOf(content: ListContent): ListBytes {
  if (content instanceof Uint8Array) return { format: 'region', chunks: [content] };
  if (typeof content === 'object' && 'chunks' in content) return content;
  throw new TypeError('a listener forwards the bytes of a list, not its entries');
}

function iteratorOf(chunks: ListBytes['chunks']): AsyncIterator<Uint8Array> | Iterator<Uint8Array> {
  return Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
}
