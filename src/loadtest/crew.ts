// The processes of a run, and what they count together. The parent opens no connection: it deals out the work, gives the sign to
// begin, adds up, and lets nobody stay behind.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EAGER_FLAGS } from '../server/eager-flags.js';
import { requestsOf, runLength, type Share } from './arrivals.js';
import { Latencies } from './latency.js';
import { shareOf } from './messages.js';
import { type FromWorker, type Interval, makeClock, type ToWorker, type WorkerOrder, type WorkerResult } from './order.js';
import { addTold } from './recent.js';
import { type Second, Seconds } from './seconds.js';
import { addTally, emptyTally, type Tally } from './tally.js';

const WORKER = fileURLToPath(new URL('./worker-main.js', import.meta.url));
/** From the sign to the beginning: longer than a message takes. */
const START_MICROS = 250_000;
/** How much longer than ordered a process may take before it is ended. */
const GRACE_SECONDS = 30;

/** A run of all processes: `order` without what each process gets of its own. */
export type CrewOrder = Omit<WorkerOrder, keyof Share> & { readonly processes: number };

export interface CrewResult {
  readonly tally: Tally;
  readonly latency: Latencies;
  readonly service: Latencies;
  readonly lag: Latencies;
  readonly atLeast: Latencies;
  readonly seconds: readonly Second[];
  /** From the beginning to the last answer, or the end of sending. */
  readonly duration: number;
  readonly cpuMillis: number;
  /** Processes that ended before they had told what they found; what they last said is counted. */
  readonly processesLost: number;
}

/** What is told while a run goes on. */
export interface CrewEvents {
  connecting?(open: number, failed: number): void;
  /** All connections are open, or have failed; sending begins when it resolves. */
  ready?(tally: Tally): Promise<void> | void;
  /** What is sent from now on counts. */
  counting?(): void;
  /** A second is over; of the warm-up they have numbers below 0. */
  second?(second: Second): void;
}

interface Member {
  readonly share: number;
  readonly child: ChildProcess;
  open: number;
  failed: number;
  ready: Tally | undefined;
  /** All latencies it has told of, second by second. */
  readonly heard: Latencies;
  result: WorkerResult | undefined;
  isGone: boolean;
}

export class Crew {
  readonly #members: Member[];
  readonly #seconds: Seconds;
  /** Those of the warm-up. */
  readonly #warming: Seconds;
  readonly #clock = makeClock();
  #isStopped = false;
  #changed: () => void = () => {};

  constructor(
    private readonly order: CrewOrder,
    private readonly events: CrewEvents = {},
  ) {
    this.#seconds = new Seconds(order.processes);
    this.#warming = new Seconds(order.processes);
    this.#members = Array.from({ length: order.processes }, (_, share) => this.#start(share));
  }

  /** Runs to the end, whatever becomes of its processes. */
  async run(): Promise<CrewResult> {
    try {
      for (const { child, share } of this.#members) send(child, { kind: 'order', order: this.#orderOf(share) });
      await this.#until(({ ready }) => ready !== undefined);
      const opened = emptyTally();
      for (const { ready } of this.#members) if (ready !== undefined) addTally(opened, ready);
      await this.events.ready?.(opened);
      const atMicros = this.#clock() + (this.#isStopped || opened.opened === 0 ? 0 : START_MICROS);
      for (const { child } of this.#members) send(child, { kind: 'go', atMicros });
      if (this.#isStopped) this.stop();
      const counting = setTimeout(
        () => this.events.counting?.(),
        (atMicros - this.#clock()) / 1000 + (this.order.warm?.seconds ?? 0) * 1000,
      );
      const seconds = this.order.phases.reduce((sum, phase) => sum + phase.seconds, 0) + this.order.drainSeconds + GRACE_SECONDS;
      const limit = setTimeout(() => this.kill(), seconds * 1000);
      await this.#until(({ result }) => result !== undefined);
      clearTimeout(limit);
      clearTimeout(counting);
      return this.#sum();
    } finally {
      this.kill();
    }
  }

  /** Sends no more: the run ends as soon as the last answers are there. */
  stop(): void {
    this.#isStopped = true;
    for (const { child, isGone } of this.#members) if (!isGone) send(child, { kind: 'stop' });
  }

  /** Ends all processes at once; a run that goes on ends with what they have told. */
  kill(): void {
    for (const member of this.#members) {
      if (member.result !== undefined && member.child.connected) member.child.disconnect();
      else if (!member.isGone) member.child.kill('SIGKILL');
    }
  }

  #start(share: number): Member {
    const child = fork(WORKER, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [...EAGER_FLAGS],
    });
    const member: Member = {
      share,
      child,
      open: 0,
      failed: 0,
      ready: undefined,
      heard: new Latencies(),
      result: undefined,
      isGone: false,
    };
    child.on('message', (message) => this.#take(member, message as FromWorker));
    child.on('error', () => undefined);
    child.once('exit', () => {
      member.isGone = true;
      this.#changed();
    });
    return member;
  }

  #orderOf(share: number): WorkerOrder {
    const { processes, ...order } = this.order;
    const { loop, pace, inFlight } = order;
    const part = (whole: number): number => Math.floor(whole / processes) + (share < whole % processes ? 1 : 0);
    const own = order.sources.filter((_, i) => i % processes === share % Math.max(1, order.sources.length));
    const inRuns = loop.kind === 'open' && loop.arrivals === 'constant' && pace === 'timer';
    const lanes = Math.floor(order.connections / processes) * inFlight;
    const ownRequests: Share = { share, shares: processes, runLength: inRuns ? runLength(loop.rate, processes, lanes) : 1 };
    return {
      ...order,
      ...ownRequests,
      sources: own,
      connections: part(order.connections),
      connectionsPerSecond: order.connectionsPerSecond / processes,
      connectingMax: Math.max(1, part(order.connectingMax)),
      requestsMax: requestsOf(order.requestsMax, ownRequests),
      messages: shareOf(order.messages, share, processes),
    };
  }

  #take(member: Member, message: FromWorker): void {
    if (message.kind === 'connecting') {
      member.open = message.open;
      member.failed = message.failed;
      const sum = (key: 'open' | 'failed') => this.#members.reduce((total, one) => total + one[key], 0);
      this.events.connecting?.(sum('open'), sum('failed'));
    } else if (message.kind === 'ready') member.ready = message.tally;
    else if (message.kind === 'interval') this.#addInterval(member, message.interval);
    else member.result = message.result;
    this.#changed();
  }

  #addInterval({ share, heard }: Member, interval: Interval): void {
    const isWarm = interval.second < 0;
    if (!isWarm) addTold(heard, interval.latency);
    const seconds = isWarm ? this.#warming : this.#seconds;
    const second = seconds.add(share, interval, this.#members.filter(({ isGone }) => !isGone).length);
    if (second !== undefined) this.events.second?.(second);
  }

  /** Resolves when every process that is still there has it. */
  #until(has: (member: Member) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!this.#members.every((member) => member.isGone || has(member))) return;
        this.#changed = () => {};
        resolve();
      };
      this.#changed = look;
      look();
    });
  }

  #sum(): CrewResult {
    const tally = emptyTally();
    const [latency, service, lag, atLeast] = [new Latencies(), new Latencies(), new Latencies(), new Latencies()];
    let [duration, cpuMillis, processesLost] = [0, 0, 0];
    for (const { share, result, ready, heard } of this.#members) {
      if (result === undefined) {
        processesLost++;
        const known = this.#seconds.last(share)?.tally ?? ready;
        if (known !== undefined) addTally(tally, { ...known, unanswered: known.sent - known.answered - known.failed });
        latency.add(heard);
        atLeast.add(heard);
        continue;
      }
      addTally(tally, result.tally);
      latency.add(Latencies.decode(result.latency));
      service.add(Latencies.decode(result.service));
      lag.add(Latencies.decode(result.lag));
      atLeast.add(Latencies.decode(result.atLeast));
      duration = Math.max(duration, result.seconds);
      cpuMillis += result.cpuMillis;
    }
    return { tally, latency, service, lag, atLeast, seconds: this.#seconds.all(), duration, cpuMillis, processesLost };
  }
}

function send(child: ChildProcess, message: ToWorker): void {
  // a process that has gone is noticed by its exit
  if (child.connected) child.send(message, () => undefined);
}
