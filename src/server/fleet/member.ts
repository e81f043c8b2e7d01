// One process of a fleet, seen from its parent: started, listened to, replaced when it dies.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Channel } from '../../channel/channel.js';
import { childPort } from '../../channel/ports.js';
import type { ChangeOwner, Follower } from '../../replica/owner.js';
import type { FollowerHandlers } from '../../replica/protocol.js';
import type { Log } from '../config.js';
import { EAGER_FLAGS } from '../eager-flags.js';
import type { MemberHandlers, MemberOrder, ParentHandlers, Started } from './link.js';

const MAIN = fileURLToPath(new URL('./member-main.js', import.meta.url));
/** Loading a data directory takes as long as it is large. */
const START_MILLIS_MAX = 120_000;
/** A process that has lived as long begins anew at once when it dies, others after a while that doubles. */
const STEADY_MILLIS = 30_000;
const BACK_OFF_MILLIS_MIN = 100;
const BACK_OFF_MILLIS_MAX = 10_000;
/**
 * Young objects of such a process are few, and V8 would let each keep 16 MB of them: measured with a server that loads the compiler
 * as well, the fixed part of a process falls from 58 to 38 MB.
 */
const NODE_FLAGS: string[] = ['--max-semi-space-size=2', '--v8-pool-size=1', ...EAGER_FLAGS];

export interface MemberOptions {
  readonly owner: ChangeOwner;
  readonly log: Log;
  /** What the process is to be asked and told beside changes. */
  readonly handlers: (member: Member) => ParentHandlers;
  readonly env: NodeJS.ProcessEnv;
  /** A life of the process has ended. */
  readonly gone: (member: Member, channel: MemberChannel) => void;
}

export type MemberChannel = Channel<MemberHandlers & FollowerHandlers>;

/** One life of a process. */
interface Life extends Follower {
  readonly child: ChildProcess;
  readonly channel: MemberChannel;
  readonly exited: Promise<void>;
}

export class Member {
  /** How often the process was started again. */
  restarts = 0;
  private life: Life | undefined;
  private started: Extract<Started, { ok: true }> | undefined;
  private isStopping = false;
  private delay = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private order: MemberOrder,
    private readonly options: MemberOptions,
  ) {}

  get index(): number {
    return this.order.index;
  }

  /** Undefined while there is none. */
  get pid(): number | undefined {
    return this.isReady ? this.life?.child.pid : undefined;
  }

  get isReady(): boolean {
    return this.started !== undefined;
  }

  /** Where it listens, or did last. Throws before its first start. */
  get address(): { port: number; url: string; adminUrl: string } {
    const { server } = this.order;
    if (this.last === undefined) throw new Error(`process ${this.index} has never listened on ${server.port}`);
    const { port, url, adminUrl } = this.last;
    return { port, url, adminUrl };
  }

  private last: Extract<Started, { ok: true }> | undefined;

  /** Starts the process. Rejects with what keeps it from serving; it is then gone. */
  async start(): Promise<void> {
    const life = this.fork();
    this.life = life;
    const begun = performance.now();
    let started: Started;
    try {
      started = await life.channel.call('start', this.order, START_MILLIS_MAX);
    } catch (error) {
      life.child.kill('SIGKILL');
      await life.exited;
      throw error;
    }
    if (!started.ok) {
      life.child.kill('SIGKILL');
      await life.exited;
      throw Object.assign(new Error(started.message), { code: started.code });
    }
    this.started = started;
    this.last = started;
    // The same port again, when it has died.
    this.order = { ...this.order, server: { ...this.order.server, port: started.port } };
    const { adminPort } = this.order.server;
    if (adminPort !== undefined)
      this.order = { ...this.order, server: { ...this.order.server, adminPort: Number(new URL(started.adminUrl).port) } };
    void life.exited.then(() => this.died(performance.now() - begun));
    if (this.isStopping) await this.stop(0);
  }

  /** The channel of the process that runs now. */
  get channel(): MemberChannel | undefined {
    return this.isReady ? this.life?.channel : undefined;
  }

  /** Lets it drain, and ends it where that takes longer than `millisMax`. True where everything was answered. */
  async stop(millisMax: number): Promise<boolean> {
    this.isStopping = true;
    clearTimeout(this.timer);
    const { life } = this;
    if (life === undefined) return true;
    const drained = await life.channel.call('stop', null, millisMax).catch(() => false);
    const limit = setTimeout(() => life.child.kill('SIGKILL'), drained ? EXIT_MILLIS_MAX : 0);
    // It ends when it hears no more of its parent.
    life.channel.close();
    await life.exited;
    clearTimeout(limit);
    return drained;
  }

  private fork(): Life {
    const { owner, log, handlers, env } = this.options;
    const { index } = this;
    const child = fork(MAIN, [], {
      ...{ serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env },
      // Not the flags of this process, which may name a program: those for all are in NODE_OPTIONS.
      execArgv: NODE_FLAGS,
    });
    child.on('error', (error) => log.error({ process: index, err: error }, 'a process could not be started or told'));
    const exited = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      // Where it could not be started at all there is no exit.
      child.once('error', () => {
        if (child.pid === undefined) resolve();
      });
    });
    const life: Life = {
      child,
      exited,
      channel: undefined as never,
      fail: (why) => {
        log.error({ process: index, err: why }, 'a process has not taken a change and is replaced');
        child.kill('SIGKILL');
      },
    };
    const asked = { ...owner.join(life), ...handlers(this) };
    const channel: MemberChannel = new Channel(childPort(child), asked, (error) => {
      owner.leave(life);
      this.options.gone(this, channel);
      if (error !== undefined) log.error({ process: index, err: error }, 'a process is cut off');
      // Whoever cannot be told of changes must not decide; who is stopping has decided its last.
      if (!this.isStopping) child.kill('SIGKILL');
    });
    return Object.assign(life, { channel });
  }

  private died(millis: number): void {
    const child = this.life?.child;
    this.started = undefined;
    this.life = undefined;
    if (this.isStopping) return;
    this.delay = millis >= STEADY_MILLIS ? 0 : Math.min(BACK_OFF_MILLIS_MAX, Math.max(BACK_OFF_MILLIS_MIN, this.delay * 2));
    const { exitCode, signalCode } = child ?? {};
    const { log } = this.options;
    log.error({ process: this.index, exitCode, signalCode, delayMillis: this.delay }, 'a process has died and is started again');
    this.again();
  }

  private again(): void {
    this.timer = setTimeout(() => {
      this.restarts++;
      this.start().catch((error: unknown) => {
        this.life = undefined;
        if (this.isStopping) return;
        this.delay = Math.min(BACK_OFF_MILLIS_MAX, Math.max(BACK_OFF_MILLIS_MIN, this.delay * 2));
        this.options.log.error({ process: this.index, err: error, delayMillis: this.delay }, 'a process could not be started');
        this.again();
      });
    }, this.delay);
  }
}

/** How long a process may take to end when it has said that it is done. */
const EXIT_MILLIS_MAX = 5_000;
