// Process entry: one server of a fleet. It does what its parent says, and ends when that is gone.

import { Channel } from '../../channel/channel.js';
import { parentPort } from '../../channel/ports.js';
import { FollowerEngine } from '../../replica/follower.js';
import { whenOwnerIsGone } from '../../replica/owner.js';
import type { FollowerHandlers, OwnerHandlers } from '../../replica/protocol.js';
import { resolveServerConfig } from '../config.js';
import type { ServerStats } from '../dashboard/stats.js';
import type { Snapshot } from '../gathering/snapshot.js';
import type { ServerMetrics } from '../metrics.js';
import { type Serving, startServing } from '../server.js';
import type { FleetLink, MemberHandlers, MemberOrder, ParentHandlers, Started } from './link.js';
import { sentLog } from './sent-log.js';

/** A question about the whole fleet is not waited for longer. */
const ASK_MILLIS_MAX = 5_000;

class FleetMember implements MemberHandlers {
  private readonly channel: Channel<OwnerHandlers & ParentHandlers>;
  private engine: FollowerEngine | undefined;
  private server: Serving | undefined;
  private counted: { metrics: ServerMetrics; stats: () => ServerStats } | undefined;
  private ending: Promise<boolean> | undefined;

  constructor() {
    const engine = (): FollowerEngine => {
      if (this.engine === undefined) throw new Error('nothing has been started');
      return this.engine;
    };
    const handlers: MemberHandlers & FollowerHandlers = {
      start: (order) => this.start(order),
      stop: (value) => this.stop(value),
      reload: (value) => this.reload(value),
      metrics: (known) => this.metrics(known),
      stats: (value) => this.stats(value),
      refresh: (value) => engine().refresh(value),
      quota: (value) => engine().quota(value),
    };
    // Its parent is gone, so that nobody makes changes any more and nobody would end this process; or has heard that all is over.
    this.channel = new Channel(parentPort(), handlers, () => {
      void this.stop(null).then((drained) => process.exit(drained ? 0 : 1));
    });
  }

  async start({ index, processes, isPortShared, engine: engineOptions, server: options }: MemberOrder): Promise<Started> {
    try {
      // What is not safe about the options, the parent has said.
      const config = { ...resolveServerConfig(options), log: sentLog((entry) => this.channel.tell('log', entry)) };
      const engine = new FollowerEngine(engineOptions);
      this.engine = engine;
      await engine.load(this.channel);
      process.title = `verdict ${index}`;
      const server = await startServing(engine, config, this.link(processes, isPortShared));
      this.server = server;
      const { port, url, adminUrl } = server;
      return { ok: true, port, url, adminUrl };
    } catch (error) {
      return { ok: false, code: (error as NodeJS.ErrnoException).code, message: (error as Error).message };
    }
  }

  stop(_value: null): Promise<boolean> {
    this.ending ??= this.end();
    return this.ending;
  }

  async reload(_value: null): Promise<void> {
    await this.server?.reload();
  }

  metrics(known: number): Promise<Snapshot> {
    return this.own.metrics.snapshot(known);
  }

  stats(_value: null): ServerStats {
    return this.own.stats();
  }

  private get own(): { metrics: ServerMetrics; stats: () => ServerStats } {
    if (this.counted === undefined) throw new Error('nothing has been counted yet');
    return this.counted;
  }

  private async end(): Promise<boolean> {
    const drained = (await this.server?.stop()) ?? true;
    await this.engine?.close();
    return drained;
  }

  private link(processes: number, isPortShared: boolean): FleetLink {
    const { channel } = this;
    return {
      processes,
      isPortShared,
      keeper: {
        begin: (tenant, key, fingerprint) =>
          channel.call('beginAnswer', { tenant, key, fingerprint }, ASK_MILLIS_MAX).catch(whenOwnerIsGone),
        settle: (tenant, key, token, answer) => channel.tell('settleAnswer', { tenant, key, token, answer }),
        // Of the parent, which adds them to the metrics of all.
        ...{ bytes: 0, counts: { kept: 0, replayed: 0, in_use: 0, reused: 0, evicted: 0 } },
      },
      nonces: { use: (nonce) => channel.call('useNonce', nonce, ASK_MILLIS_MAX).catch(whenOwnerIsGone) },
      status: () => channel.call('status', null, ASK_MILLIS_MAX),
      metrics: () => channel.call('metrics', null, 2 * ASK_MILLIS_MAX),
      stats: () => channel.call('stats', null, 2 * ASK_MILLIS_MAX).catch(whenOwnerIsGone),
      attach: (metrics, stats) => {
        this.counted = { metrics, stats };
      },
    };
  }
}

// A terminal signals all processes of a group: the parent says what is to be done.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
new FleetMember();
