// One process's part of a run, with sockets and the clock: connects, waits for the start, sends what is due, waits for the last
// answers. Ends by itself, whatever the server does.

import { Arrivals } from './arrivals.js';
import { Connections } from './connections.js';
import { Intervals } from './intervals.js';
import { type FromWorker, makeClock, type WorkerOrder, type WorkerResult } from './order.js';
import { Profile } from './profile.js';
import { Session } from './session.js';
import { FreshMessages, Signer } from './signing.js';

/** Below it, a process that spins does not sleep. */
const SPIN_MICROS = 2_000;
const SLEEP_MILLIS_MAX = 1_000;
/** How often a run that waits for the last answers looks whether it is over. */
const DRAIN_STEP_MILLIS = 2;
const PROGRESS_EVERY = 50;

export class Worker {
  readonly #clock = makeClock();
  readonly #session: Session;
  readonly #connections: Connections;
  readonly #profile: Profile;
  readonly #fresh: FreshMessages | undefined;
  readonly #intervals: Intervals;
  /** Where what counts begins, microseconds since the beginning of the run. */
  readonly #countFrom: number;
  /** The beginning of the run by the machine's clock. */
  #start = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #isRunning = false;
  /** Ends what goes on: the wait for the start, then the sending. */
  #stop: (() => void) | undefined;
  #isStopped = false;

  constructor(
    private readonly order: WorkerOrder,
    private readonly tell: (message: FromWorker) => void,
  ) {
    const { share, shares, runLength, loop, warm } = order;
    this.#profile = new Profile(order.phases);
    const { signing, protocol, messages } = order;
    this.#fresh = signing !== undefined && protocol === 'http' ? new FreshMessages(messages, new Signer(signing)) : undefined;
    this.#countFrom = (warm?.seconds ?? 0) * 1e6;
    const session = {
      connections: order.connections,
      inFlight: order.inFlight,
      profile: this.#profile,
      requestsMax: order.requestsMax,
      messages: order.messages.offsets.length - 1,
      countFrom: this.#countFrom,
    };
    const arrivals =
      loop.kind === 'open'
        ? new Arrivals(this.#profile, { kind: loop.arrivals, rate: loop.rate, seed: loop.seed, share, shares, runLength })
        : undefined;
    this.#connections = new Connections(
      order,
      () => this.#now(),
      (now) => this.#pump(now),
    );
    this.#session = new Session(arrivals === undefined ? session : { ...session, arrivals }, this.#connections);
    this.#connections.attach(this.#session);
    this.#intervals = new Intervals(
      this.#session,
      this.#countFrom,
      () => this.#now(),
      (interval) => this.tell({ kind: 'interval', interval }),
    );
  }

  /** Opens the connections; then `run` may be called. */
  async connect(): Promise<void> {
    let calls = 0;
    await this.#connections.open(() => {
      if (calls++ % PROGRESS_EVERY === 0)
        this.tell({ kind: 'connecting', open: this.#session.openConnections, failed: this.#session.tally.refused });
      return !this.#isStopped;
    });
    this.tell({ kind: 'ready', tally: this.#session.tally });
  }

  /** Sends from `atMicros` on to the end of the profile, and resolves when all is over. */
  async run(atMicros: number): Promise<void> {
    this.#start = atMicros;
    await this.#sleep((atMicros - this.#clock()) / 1000);
    this.#intervals.start(this.order);
    await this.#send();
    await this.#drain();
    const now = this.#now();
    this.#session.finish(now);
    // before so many connections are closed, which takes a second
    const { user, system } = process.cpuUsage(this.#intervals.end(now));
    this.#connections.close();
    this.#fresh?.stop();
    const { tally, latency, service, lag, atLeast } = this.#session;
    const result: WorkerResult = {
      tally,
      latency: latency.encode(),
      service: service.encode(),
      lag: lag.encode(),
      atLeast: atLeast.encode(),
      cpuMillis: (user + system) / 1000,
      seconds: Math.max(0, this.#session.endedAt - this.#countFrom) / 1e6,
    };
    this.tell({ kind: 'done', result });
  }

  /** Sends no more; answers are still waited for. Before the start, the run is over at once. */
  stop(): void {
    this.#isStopped = true;
    this.#stop?.();
  }

  #now(): number {
    return this.#clock() - this.#start;
  }

  #sleep(millis: number): Promise<void> {
    if (this.#isStopped || millis <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, millis);
      this.#stop = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Resolves when nothing is to be sent any more. */
  #send(): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#isRunning = false;
        clearTimeout(this.#timer);
        clearImmediate(this.#immediate);
        this.#session.stop(this.#now());
        this.#connections.flush();
        resolve();
      };
      this.#stop = end;
      this.#isRunning = true;
      if (this.#isStopped) end();
      else this.#pump(this.#now());
    });
  }

  #pump(now: number): void {
    this.#intervals.look(now);
    if (!this.#isRunning) return;
    const limit = this.#profile.micros + this.order.drainSeconds * 1e6;
    if (this.#session.isOver(now) || now >= limit || !this.#connections.isAlive) {
      this.#stop?.();
      return;
    }
    this.#session.pump(now);
    this.#connections.flush();
    // what was due and had no connection may still be sent while the last answers are waited for
    this.#wakeAt(Math.min(this.#session.nextDue(now), now < this.#profile.micros ? this.#profile.micros : limit), now);
  }

  #wakeAt(due: number, now: number): void {
    if (this.#timerAt <= due) return;
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timerAt = due;
    const wake = (): void => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.#pump(this.#now());
    };
    if (this.order.pace === 'spin' && due - now < SPIN_MICROS) this.#immediate = setImmediate(wake);
    else this.#timer = setTimeout(wake, Math.min(SLEEP_MILLIS_MAX, Math.max(1, Math.ceil((due - now) / 1000))));
  }

  /** Resolves when all is answered, or the time for that is over. */
  #drain(): Promise<void> {
    const until = Math.min(this.#now(), this.#profile.micros) + this.order.drainSeconds * 1e6;
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#session.inFlight > 0 && this.#now() < until) return;
        clearInterval(timer);
        resolve();
      };
      const timer = setInterval(look, DRAIN_STEP_MILLIS);
      look();
    });
  }
}
