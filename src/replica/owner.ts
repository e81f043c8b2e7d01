// The side of the owner: carries out what any process is asked to change, and answers when every process decides with it.
//
// A follower is there from `join` to `leave`. From `loaded` on, changes wait for it. One that joins is told of every change at once,
// before it has loaded, and does them in turn behind it: so nothing falls between what it reads and what it is told.

import { type Channel, ChannelError } from '../channel/channel.js';
import type { Engine, ListContent, Quota } from '../engine.js';
import { Problem } from '../errors.js';
import { streamChunks } from '../registry/files.js';
import type { FollowerHandlers, OwnerHandlers, SentList } from './protocol.js';

/** How long a follower may take over one change: a list of a gigabyte on a busy machine takes seconds. */
export const FOLLOW_MILLIS_MAX = 60_000;

/** One process that decides. */
export interface Follower {
  readonly channel: Channel<FollowerHandlers>;
  /** It has not taken a change, and decides with something else than the others: it must end at once. */
  fail(why: Error): void;
}

export interface OwnerOptions {
  engine: Engine;
  /** What one of the followers may spend of a quota. */
  shareOf(quota: Quota): Quota;
}

export class ChangeOwner {
  private readonly joined = new Set<Follower>();
  private readonly waitedFor = new Set<Follower>();
  private readonly quotas = new Map<string, Quota | undefined>();

  constructor(private readonly options: OwnerOptions) {}

  /** Followers that have everything. */
  get liveCount(): number {
    return this.waitedFor.size;
  }

  /** Takes a follower in. Returns what its channel is to ask. */
  join(follower: Follower): OwnerHandlers {
    this.joined.add(follower);
    const { engine } = this.options;
    return {
      publish: ({ tenant, files, dryRun, name }) => {
        const publish = () => engine.publish(tenant, files, { dryRun, ...(name === undefined ? {} : { name }) });
        return dryRun ? publish() : this.change(tenant, publish);
      },
      putList: ({ tenant, name, content, type }) =>
        this.change(tenant, () => engine.putList(tenant, name, contentOf(content), type === undefined ? {} : { type })),
      deleteList: ({ tenant, name }) => this.change(tenant, () => engine.deleteList(tenant, name)),
      putParameters: ({ tenant, set, values, merge }) =>
        this.change(tenant, () => engine.putParameters(tenant, set, values, { merge })),
      rollbackParameters: ({ tenant, set, version }) => this.change(tenant, () => engine.rollbackParameters(tenant, set, version)),
      setQuota: ({ tenant, quota }) => this.setQuota(tenant, quota),
      makeCode: async ({ tenant, bundle, image }) => {
        const live = engine.live(tenant, bundle);
        if (live?.image === image) await live.tenant.host.codes?.want(live);
      },
      loaded: async () => {
        if (!this.joined.has(follower)) return;
        // What it has been told before this answer arrives before it: see Channel.
        for (const [tenant, quota] of this.quotas) void this.tellQuota(follower, tenant, quota);
        this.waitedFor.add(follower);
      },
    };
  }

  /** It is gone, or is to go: nothing waits for it any more. */
  leave(follower: Follower): void {
    this.joined.delete(follower);
    this.waitedFor.delete(follower);
  }

  /** Changes something of a tenant, and resolves when all followers have it. They are told also where a part of it has failed. */
  async change<Result>(tenant: string, change: () => Promise<Result>): Promise<Result> {
    try {
      return await change();
    } finally {
      await this.tellAll((follower) => follower.channel.call('refresh', { tenant }, FOLLOW_MILLIS_MAX));
    }
  }

  /** What a tenant may spend from now on, at all followers together. Throws Problem TENANT_NOT_FOUND. */
  async setQuota(tenant: string, quota: Quota | undefined): Promise<void> {
    this.options.engine.setQuota(tenant, quota);
    this.quotas.set(tenant, quota);
    await this.tellAll((follower) => this.tellQuota(follower, tenant, quota));
  }

  private tellQuota({ channel }: Follower, tenant: string, quota: Quota | undefined): Promise<void> {
    const share = quota === undefined ? undefined : this.options.shareOf(quota);
    return channel.call('quota', { tenant, quota: share }, FOLLOW_MILLIS_MAX);
  }

  private async tellAll(tell: (follower: Follower) => Promise<void>): Promise<void> {
    const waiting: Promise<void>[] = [];
    for (const follower of this.joined) {
      const told = tell(follower).catch((error: unknown) => {
        // Whoever is gone decides nothing; whoever is there and has not taken it must not decide any more.
        if (!(error instanceof ChannelError && error.code === 'CLOSED')) follower.fail(error as Error);
        this.leave(follower);
      });
      if (this.waitedFor.has(follower)) waiting.push(told);
    }
    await Promise.all(waiting);
  }
}

function contentOf(content: SentList): ListContent {
  if ('entries' in content) return content.entries;
  if ('region' in content) return content.region;
  const { path, format, header } = content;
  return { format, chunks: streamChunks(path), ...(header === undefined ? {} : { header }) };
}

/** What a change at a follower ends with whose owner is gone. */
export function whenOwnerIsGone(error: unknown): never {
  if (error instanceof ChannelError && error.code === 'CLOSED') throw new Problem('STOPPING');
  throw error;
}
