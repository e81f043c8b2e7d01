// The threads that take connections beside the one that owns the tenants. Each is attached to all tenants before it listens, so
// that it has something to say to whoever comes; and when it is gone, what it had is taken back and another is started in its
// place.

import { Worker } from 'node:worker_threads';
import type { AttachedOptions } from '../../attached/engine.js';
import type { Attachment, Hub } from '../../attached/hub.js';
import { Channel } from '../../channel/channel.js';
import { messagePort } from '../../channel/ports.js';
import type { NonceBook } from '../auth/nonces.js';
import type { ServerConfig } from '../config.js';
import type { ServerStats } from '../dashboard/stats.js';
import { Gathering, type LastWords } from '../gathering/gathering.js';
import type { KeptAnswers } from '../idempotent-answers.js';
import type { ServerMetrics } from '../metrics.js';
import { CLOSE_NAME, type ListenerStart, type ServerListenerCalls, type ServerOwnerCalls } from './calls.js';
import { runInThread } from './interrupt.js';

export interface ListenersOptions {
  hub: Hub;
  /** With the limits of one thread. */
  config: ServerConfig;
  /** What each thread's engine is started with; the owner's is not among them. */
  attached: readonly AttachedOptions[];
  answers: KeptAnswers;
  nonces: NonceBook;
  /** What the owner's thread counts, from when it serves on. */
  counted: () => { metrics: ServerMetrics; stats: () => ServerStats } | undefined;
  /** Another thread entry that is a listener, for tests. */
  file?: URL | undefined;
}

interface Thread {
  readonly worker: Worker;
  readonly attachment: Attachment;
  readonly channel: Channel<ServerListenerCalls>;
  readonly gone: Promise<void>;
  /** Set when it is to end at once. */
  ending: Promise<boolean> | undefined;
}

/** Between the end of a thread and its successor, doubled with each that ends soon. */
const RESTART_MILLIS_MIN = 100;
const RESTART_MILLIS_MAX = 5_000;
/** A thread that lives so long has not ended soon. */
const SOON_MILLIS = 60_000;
/** How long a thread that is to end, or to say what it has counted, may take; after that, what it said last counts. */
const END_MILLIS_MAX = 5_000;
const FIGURES_MILLIS_MAX = 2_000;
const EXIT_MILLIS_MAX = 1_000;
/** Keys may have to be fetched. */
const RELOAD_MILLIS_MAX = 30_000;
/** How long one that has not taken a change may take to end by itself; then it is stopped in what it hangs in. */
const END_SOON_MILLIS = 1_000;
/** Beyond stopMillisMax, until a thread that says nothing is taken for one that hangs. */
const STOP_GRACE_MILLIS = 2_000;

export class Listeners {
  /** Threads that ended although nobody wanted them to. */
  deaths = 0;
  private readonly threads = new Map<number, Thread>();
  private readonly restarts = new Set<NodeJS.Timeout>();
  private readonly ended = new SharedArrayBuffer(4);
  private readonly onExit = () => this.endAtExit();
  private at: { port: number; adminPort: number | undefined } | undefined;
  private readonly lastWords = new WeakMap<Attachment, LastWords>();
  private isStopping = false;
  /** Threads that have ended soon, one after the other. */
  private endedSoon = 0;

  /** What all threads have counted, those that are gone too. */
  readonly gathering: Gathering;

  constructor(private readonly options: ListenersOptions) {
    const owner = () => {
      const counted = options.counted();
      if (counted === undefined) throw new Error('the owner has counted nothing yet');
      return counted;
    };
    this.gathering = new Gathering({
      label: 'listener',
      sources: () => [...this.threads.values()].map(({ attachment, channel }) => ({ name: String(attachment.part), channel })),
      parts: () => ({ kind: 'listener', ready: this.count + 1, of: options.attached.length + 1 }),
      own: { name: '0', metrics: (known) => owner().metrics.snapshot(known), stats: () => owner().stats() },
      millisMax: FIGURES_MILLIS_MAX,
      // Asking threads takes less than a millisecond.
      keptMillis: 0,
    });
  }

  /** Threads that are there now, without the owner's. */
  get count(): number {
    return this.threads.size;
  }

  /** Starts all of them, which then listen on the ports. Rejects where one cannot; `end` is to be called then. */
  async start(port: number, adminPort: number | undefined): Promise<void> {
    this.at = { port, adminPort };
    process.on('exit', this.onExit);
    await Promise.all(this.options.attached.map((attached) => this.startThread(attached)));
  }

  /** Has each read keys and certificates again. Rejects where one cannot use them. */
  async reload(): Promise<void> {
    await Promise.all(this.each(({ channel }) => channel.call('reload', null, RELOAD_MILLIS_MAX)));
  }

  /** Has each answer what it owes. False where one still owed something, or is gone. */
  async stop(): Promise<boolean> {
    this.isStopping = true;
    const millisMax = this.options.config.stopMillisMax + STOP_GRACE_MILLIS;
    const drained = this.each(({ channel }) => channel.call('stop', null, millisMax).catch(() => false));
    return (await Promise.all(drained)).every((each) => each);
  }

  /** Ends all threads. False where one has not ended in time. */
  async end(): Promise<boolean> {
    this.isStopping = true;
    for (const timer of this.restarts) clearTimeout(timer);
    const all = (await Promise.all(this.each((thread) => this.endOne(thread, END_MILLIS_MAX)))).every((each) => each);
    process.off('exit', this.onExit);
    return all;
  }

  /**
   * Ends a thread: lets it close its connections and end, and where it does not do so in time, closes them from within what it
   * hangs in. False where that cannot be stopped either: it is then left as it is, since ending it would end the process.
   */
  private endOne(thread: Thread, millisMax: number): Promise<boolean> {
    thread.ending ??= this.endNow(thread, millisMax);
    return thread.ending;
  }

  private async endNow({ worker, attachment: { part }, channel, gone }: Thread, millisMax: number): Promise<boolean> {
    const { log } = this.options.config;
    channel.tell('end', null);
    if (await isWithin(gone, millisMax)) return true;
    log.error({ listener: part }, 'a listener thread hangs and is stopped');
    // Its number is not one any more when it has ended meanwhile.
    const isClosed = worker.threadId >= 0 && (await runInThread(worker.threadId, `globalThis.${CLOSE_NAME}()`));
    if (isClosed) await worker.terminate();
    if (isClosed || (await isWithin(gone, 0))) {
      await gone;
      return true;
    }
    log.error({ listener: part }, 'a listener thread that hangs could not be stopped');
    return false;
  }

  /** Somebody has called process.exit: threads that have not closed their connections would abort it. */
  private endAtExit(): void {
    const word = new Int32Array(this.ended);
    const wanted = Atomics.load(word, 0) + this.threads.size;
    for (const { channel } of this.threads.values()) channel.tell('end', null);
    const until = performance.now() + EXIT_MILLIS_MAX;
    for (let seen = Atomics.load(word, 0); seen < wanted && performance.now() < until; seen = Atomics.load(word, 0))
      Atomics.wait(word, 0, seen, until - performance.now());
  }

  private each<Result>(use: (thread: Thread) => Promise<Result>): Promise<Result>[] {
    return [...this.threads.values()].map(use);
  }

  private async startThread(attached: AttachedOptions): Promise<void> {
    const { hub, config, answers, file } = this.options;
    const { log, ...sent } = config;
    const { part } = attached;
    const worker = new Worker(file ?? new URL('./thread-main.js', import.meta.url), {
      workerData: { attached, config: sent, ended: this.ended } satisfies ListenerStart,
      name: `verdict-listener-${part}`,
      // Of a program that was given as text: a thread has a file.
      execArgv: process.execArgv.filter((argument) => !argument.startsWith('--input-type')),
    });
    const startedAt = performance.now();
    const attachment = hub.attach(part);
    const channel: Channel<ServerListenerCalls> = new Channel(
      messagePort(worker),
      this.callsOf(attachment, () => channel),
      (error) => {
        if (error !== undefined) log.error({ listener: part, err: error }, 'the line to a listener has been cut');
      },
    );
    let failure: unknown;
    const gone = new Promise<void>((resolve) => {
      worker.on('error', (error) => {
        failure = error;
        log.error({ listener: part, err: error }, 'a listener thread failed');
      });
      worker.on('exit', () => {
        this.threads.delete(part);
        // Nothing of it, and of the workers that it had, runs any more.
        channel.close();
        this.gathering.leave(channel, this.lastWords.get(attachment));
        hub.detach(attachment);
        answers.release(attachment);
        this.replace(attached, performance.now() - startedAt);
        resolve();
      });
    });
    const thread: Thread = { worker, attachment, channel, gone, ending: undefined };
    this.threads.set(part, thread);
    try {
      await hub.open(attachment, channel, () => this.endOne(thread, END_SOON_MILLIS));
      await channel.call('serve', this.at as NonNullable<typeof this.at>);
    } catch (error) {
      channel.tell('end', null);
      throw failure ?? error;
    }
  }

  /** Starts a successor, unless it is time to stop. */
  private replace(attached: AttachedOptions, livedMillis: number): void {
    if (this.isStopping) return;
    this.deaths++;
    this.endedSoon = livedMillis < SOON_MILLIS ? this.endedSoon + 1 : 1;
    const millis = Math.min(RESTART_MILLIS_MIN * 2 ** (this.endedSoon - 1), RESTART_MILLIS_MAX);
    const { log } = this.options.config;
    const { part } = attached;
    log.error({ listener: part, restartMillis: millis }, 'a listener thread has ended, and its connections with it');
    const timer = setTimeout(() => {
      this.restarts.delete(timer);
      this.startThread(attached).then(
        () => log.info({ listener: part }, 'a listener thread listens again'),
        (error: unknown) => log.error({ listener: part, err: error }, 'a listener thread did not start'),
      );
    }, millis);
    this.restarts.add(timer);
  }

  private callsOf(attachment: Attachment, channel: () => Channel<ServerListenerCalls>): ServerOwnerCalls {
    const { hub, answers, nonces, config } = this.options;
    const { log } = config;
    const { part } = attachment;
    return {
      ...hub.callsOf(attachment, channel),
      log: ({ level, fields, message }) => log[level]({ listener: part, ...fields }, message),
      beginAnswer: ({ tenant, key, fingerprint }) => answers.begin(tenant, key, fingerprint, attachment),
      settleAnswer: ({ tenant, key, token, answer }) => answers.settle(tenant, key, token, answer),
      useNonce: (nonce) => nonces.use(nonce),
      metrics: () => this.gathering.metrics(),
      stats: () => this.gathering.stats(),
      counted: (last) => this.lastWords.set(attachment, last),
      failed: ({ message, stack }) => log.error({ listener: part, error: message, stack }, 'a listener thread ends for a bug'),
    };
  }
}

/** Whether it is over in that time. */
async function isWithin(over: Promise<void>, millis: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), millis);
  });
  const isOver = await Promise.race([over.then(() => true as const), late]);
  clearTimeout(timer);
  return isOver;
}
