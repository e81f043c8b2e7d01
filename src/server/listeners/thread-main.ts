// Thread entry: takes connections beside the thread that owns the tenants, which has started it (listeners.ts).
//
// A thread that ends while a socket of its event loop is open takes the whole process with it. So whatever ends this one, its apps
// are closed before: an error that nobody has caught is caught here.

import { parentPort, workerData } from 'node:worker_threads';
import { AttachedEngine } from '../../attached/engine.js';
import { Channel } from '../../channel/channel.js';
import { messagePort, type Poster } from '../../channel/ports.js';
import type { ServerStats } from '../dashboard/stats.js';
import type { FleetLink } from '../fleet/link.js';
import { sentLog } from '../fleet/sent-log.js';
import type { ServerMetrics } from '../metrics.js';
import { type Serving, startServing } from '../server.js';
import { CLOSE_NAME, type ListenerStart, type ServerListenerCalls, type ServerOwnerCalls } from './calls.js';

class ListenerThread {
  private readonly owner: Channel<ServerOwnerCalls>;
  private readonly engine: AttachedEngine;
  private serving: Serving | undefined;
  private counted: { metrics: ServerMetrics; stats: () => ServerStats } | undefined;
  private isEnding = false;

  constructor(private readonly start: ListenerStart) {
    const own: Partial<ServerListenerCalls> = {};
    // The owner's end is closed at the end of the process, or of a server that has been given up.
    this.owner = new Channel(messagePort(parentPort as Poster), own, () => this.end(0));
    this.engine = new AttachedEngine(start.attached, this.owner);
    Object.assign(own, {
      ...this.engine.calls,
      serve: (at) => this.serve(at),
      reload: async () => this.serving?.reload(),
      stop: async () => (await this.serving?.stop()) ?? true,
      metrics: (known) => this.own.metrics.snapshotOfThread(known),
      stats: () => this.own.stats(),
      end: () => this.end(0),
    } satisfies ServerListenerCalls);
  }

  fail(error: unknown): void {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    this.owner.tell('failed', { message, stack });
    this.end(1);
  }

  private get own(): { metrics: ServerMetrics; stats: () => ServerStats } {
    if (this.counted === undefined) throw new Error('nothing has been counted yet');
    return this.counted;
  }

  private async serve({ port, adminPort }: { port: number; adminPort: number | undefined }): Promise<void> {
    const log = sentLog((entry) => this.owner.tell('log', entry));
    this.serving = await startServing(this.engine, { ...this.start.config, port, adminPort, log }, this.link());
  }

  /** Closes all connections and says what was counted: this thread is about to end. */
  close(): void {
    this.serving?.close();
    if (this.counted !== undefined)
      this.owner.tell('counted', { metrics: this.counted.metrics.lastSnapshot(), stats: this.counted.stats() });
  }

  /** Closes everything, lets the loop see to it, and ends. */
  private end(code: number): void {
    if (this.isEnding) return;
    this.isEnding = true;
    this.close();
    const ended = new Int32Array(this.start.ended);
    setImmediate(() =>
      setImmediate(() => {
        Atomics.add(ended, 0, 1);
        Atomics.notify(ended, 0);
        process.exit(code);
      }),
    );
  }

  private link(): FleetLink {
    const { owner } = this;
    return {
      processes: this.start.attached.listeners,
      isPortShared: true,
      keeper: {
        begin: (tenant, key, fingerprint) => owner.call('beginAnswer', { tenant, key, fingerprint }),
        settle: (tenant, key, token, answer) => owner.tell('settleAnswer', { tenant, key, token, answer }),
        // Of the owner, which says what it keeps.
        ...{ bytes: 0, counts: { kept: 0, replayed: 0, in_use: 0, reused: 0, evicted: 0 } },
      },
      nonces: { use: (nonce) => owner.call('useNonce', nonce) },
      metrics: () => owner.call('metrics', null),
      stats: () => owner.call('stats', null),
      attach: (metrics, stats) => {
        // What the process uses, its owner says.
        this.counted = { metrics, stats: () => ({ ...stats(), process: { rssBytes: 0, cpuMillis: 0 } }) };
      },
    };
  }
}

const thread = new ListenerThread(workerData as ListenerStart);
process.on('uncaughtException', (error) => thread.fail(error));
process.on('unhandledRejection', (error) => thread.fail(error));
// Where this thread hangs, its owner has it called from within (interrupt.ts).
Object.assign(globalThis, { [CLOSE_NAME]: () => thread.close() });
