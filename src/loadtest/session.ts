// One process's part of a run, without sockets and without a clock: which request goes out when and on which connection, what came
// back, and what is recorded of it. Time comes in with every call, in microseconds since the beginning of the run.
//
// A connection has `inFlight` lanes, each for one request at a time. Connections with a free lane stand in a queue and take turns.
//
// Open loop: a request is due at its intended time, whatever the server does. Where no lane is free, it is sent as soon as one is,
// and its latency counts from the intended time all the same: a server that stalls is seen by every request that it delays.
// Closed loop: a lane that gets its answer sends the next request; latency counts from the sending, so that a stall is seen
// once a lane.

import type { Arrivals } from './arrivals.js';
import { Latencies } from './latency.js';
import type { Profile } from './profile.js';
import { addTold, RecentLatencies, type Told } from './recent.js';
import { countKind, emptyTally, type Tally } from './tally.js';

export interface SessionOptions {
  readonly connections: number;
  /** Lanes of a connection. */
  readonly inFlight: number;
  readonly profile: Profile;
  /** Given: open loop. Absent: closed loop, in which the profile's share of the lanes is busy. */
  readonly arrivals?: Arrivals;
  /** Requests at most. */
  readonly requestsMax: number;
  /** Distinct messages, sent in turn. */
  readonly messages: number;
  /** Requests that are due before it are sent, and not counted, whatever becomes of them. Default 0. */
  readonly countFrom?: number;
}

/** Takes what is sent. */
export interface Sender {
  /** A request: message number `message` with an id made of `lane` and `tag`, which its answer must bring back. */
  send(connection: number, message: number, lane: number, tag: number): void;
}

/** In the place of a lane: there is none. */
const NONE = -1;

/** A closed loop looks at a profile that changes this often. */
const STEP_MICROS = 10_000;

/** What is counted of requests and recorded of their answers. */
class Record {
  readonly tally: Tally = emptyTally();
  /** Latencies up to the last `takeInterval`, and since. */
  readonly latency = new Latencies();
  readonly interval = new RecentLatencies();
  readonly service = new Latencies();
  readonly lag = new Latencies();
}

export class Session {
  /**
   * Of requests that only warm up, and of those that count. Both are recorded, and told apart by an index alone, so that what
   * counts finds all of its code compiled: with a branch, the first 4 seconds of a run of 52 processes went to the compiler.
   */
  readonly #records = [new Record(), new Record()] as const;
  /** What was not answered and not sent, as if it had been answered at the end. */
  readonly #neverAnswered = new Latencies();

  readonly #countFrom: number;
  readonly #laneCount: number;
  readonly #busy: Uint8Array;
  readonly #tags: Uint32Array;
  /** Of the request in a busy lane. */
  readonly #intendedAt: Float64Array;
  readonly #sentAt: Float64Array;
  /** Number of the request, for connections that answer in order. */
  readonly #order: Float64Array;
  readonly #open: Uint8Array;
  /** Of each connection its first free lane, and of each free lane the next one. */
  readonly #firstFree: Int32Array;
  readonly #nextFree: Int32Array;
  /** Ring of connections; one is in it once at most: with a free lane, though it may have gone meanwhile. */
  readonly #queue: Uint32Array;
  readonly #isQueued: Uint8Array;
  #queueHead = 0;
  #queueCount = 0;
  #inFlight = 0;
  #openCount = 0;
  #nextMessage = 0;
  #requests = 0;
  /** No lane was free when `pump` had done its work, so that requests may have waited for one until it is called again. */
  #isStarved = false;
  #ended = false;
  #answeredAt = 0;
  #stoppedAt = 0;

  constructor(
    private readonly options: SessionOptions,
    private readonly sender: Sender,
  ) {
    const lanes = options.connections * options.inFlight;
    this.#countFrom = options.countFrom ?? 0;
    this.#laneCount = lanes;
    this.#busy = new Uint8Array(lanes);
    this.#tags = new Uint32Array(lanes);
    this.#intendedAt = new Float64Array(lanes);
    this.#sentAt = new Float64Array(lanes);
    this.#order = new Float64Array(lanes);
    this.#open = new Uint8Array(options.connections);
    this.#firstFree = new Int32Array(options.connections).fill(NONE);
    this.#nextFree = new Int32Array(lanes);
    this.#queue = new Uint32Array(options.connections);
    this.#isQueued = new Uint8Array(options.connections);
    for (let lane = lanes - 1; lane >= 0; lane--) this.#free(lane);
  }

  /** Of the requests that count, and of all connections. */
  get tally(): Tally {
    return this.#records[1].tally;
  }

  /** Of the requests that warmed up. */
  get warmTally(): Tally {
    return this.#records[0].tally;
  }

  /** Of answered requests: from the intended time (open loop) or the sending (closed loop). */
  get latency(): Latencies {
    this.takeInterval();
    return this.#records[1].latency;
  }

  /** Of answered requests, from the sending. */
  get service(): Latencies {
    return this.#records[1].service;
  }

  /** From the intended time to the sending, of requests that did not have to wait for a lane: what this process adds by itself. */
  get lag(): Latencies {
    return this.#records[1].lag;
  }

  /** `latency`, and with it what was not answered and not sent, as if it had been answered at the end: a lower bound. */
  get atLeast(): Latencies {
    const all = new Latencies();
    all.add(this.latency);
    all.add(this.#neverAnswered);
    return all;
  }

  /** Requests sent and not answered. */
  get inFlight(): number {
    return this.#inFlight;
  }

  get openConnections(): number {
    return this.#openCount;
  }

  /** A connection is there, and may be sent to. */
  opened(connection: number): void {
    if (this.#open[connection] === 1) return;
    this.#open[connection] = 1;
    this.#openCount++;
    this.tally.opened++;
    this.#enqueue(connection);
  }

  /** A connection could not be opened. */
  refused(kind: string): void {
    this.tally.refused++;
    countKind(this.tally.connectionFailures, kind);
  }

  /**
   * An open connection is gone, and what it owed has failed. `kind` undefined: it ended as it was told to, which is no failure unless
   * it owed something.
   */
  lost(connection: number, kind: string | undefined): void {
    if (this.#open[connection] === 0) return;
    this.#open[connection] = 0;
    this.#openCount--;
    if (kind !== undefined) {
      this.tally.lost++;
      countKind(this.tally.connectionFailures, kind);
    }
    for (let i = 0; i < this.options.inFlight; i++) {
      const lane = i * this.options.connections + connection;
      if (this.#busy[lane] === 1) {
        this.#settle(lane);
        const { tally } = this.#recordOf(this.#intendedAt[lane] as number);
        tally.failed++;
        countKind(tally.failures, kind ?? 'CLOSED');
      }
    }
  }

  /** Sends what is due. */
  pump(now: number): void {
    if (this.#ended) return;
    if (this.options.arrivals === undefined) this.#pumpClosed(now);
    else this.#pumpOpen(this.options.arrivals, now);
  }

  /**
   * The answer to a request has come. `failure`: it says that, instead of deciding. False where nothing like it was asked, which is
   * counted and hinders nothing.
   */
  answered(connection: number, lane: number, tag: number, now: number, failure?: string): boolean {
    const isAsked =
      lane < this.#laneCount &&
      lane % this.options.connections === connection &&
      this.#busy[lane] === 1 &&
      this.#tags[lane] === tag;
    if (!isAsked) {
      this.tally.unexpected++;
      return false;
    }
    this.#settle(lane);
    this.#enqueue(connection);
    const intended = this.#intendedAt[lane] as number;
    const { tally, interval, service } = this.#recordOf(intended);
    if (failure !== undefined) {
      tally.failed++;
      countKind(tally.failures, failure);
      return true;
    }
    tally.answered++;
    this.#answeredAt = now;
    interval.record(now - intended);
    service.record(now - (this.#sentAt[lane] as number));
    return true;
  }

  /** The answer to the oldest request of a connection that answers in order; as `answered`. */
  answeredOldest(connection: number, now: number, failure?: string): boolean {
    let oldest = this.#laneCount;
    for (let i = 0; i < this.options.inFlight; i++) {
      const lane = i * this.options.connections + connection;
      if (this.#busy[lane] === 0) continue;
      if (oldest === this.#laneCount || (this.#order[lane] as number) < (this.#order[oldest] as number)) oldest = lane;
    }
    return this.answered(connection, oldest, this.#tags[oldest] ?? 0, now, failure);
  }

  /** When `pump` is to be called next, if no answer comes before; Infinity: only an answer changes anything. */
  nextDue(now: number): number {
    const { arrivals, profile } = this.options;
    if (this.#ended || this.tally.sent >= this.options.requestsMax) return Number.POSITIVE_INFINITY;
    if (arrivals !== undefined) return this.#queueCount === 0 ? Number.POSITIVE_INFINITY : arrivals.next;
    return now < profile.micros && profile.phases.some(({ from, to }) => from !== 1 || to !== 1)
      ? now + STEP_MICROS
      : Number.POSITIVE_INFINITY;
  }

  /** Whether nothing will be sent any more: the time is over and what was due in it is sent, or as many are as may be. */
  isOver(now: number): boolean {
    const { profile, requestsMax, arrivals } = this.options;
    const isAllSent = arrivals === undefined || arrivals.next === Number.POSITIVE_INFINITY;
    return this.#ended || this.tally.sent >= requestsMax || (now >= profile.micros && isAllSent);
  }

  /** When the last answer came or sending ended, whichever is later; microseconds since the beginning of the run. */
  get endedAt(): number {
    return Math.max(this.#answeredAt, this.#stoppedAt);
  }

  /** Stops sending; answers are still taken. `now`: requests due later are not counted as scheduled. */
  stop(now: number): void {
    if (this.#ended) return;
    const { arrivals, requestsMax } = this.options;
    if (arrivals !== undefined) this.#pumpOpen(arrivals, now);
    this.#ended = true;
    this.#stoppedAt = now;
    while (arrivals !== undefined && arrivals.next <= now && this.tally.scheduled < requestsMax) {
      if (arrivals.next >= this.#countFrom) {
        this.tally.scheduled++;
        this.tally.unsent++;
        this.#neverAnswered.record(now - arrivals.next);
      }
      arrivals.advance();
    }
  }

  /** The end: what is in flight stays unanswered. */
  finish(now: number): void {
    this.stop(now);
    for (let lane = 0; lane < this.#laneCount; lane++) {
      if (this.#busy[lane] === 0) continue;
      this.#settle(lane);
      const intended = this.#intendedAt[lane] as number;
      this.#recordOf(intended).tally.unanswered++;
      if (intended >= this.#countFrom) this.#neverAnswered.record(now - intended);
    }
  }

  /**
   * Latencies of the answers since the last call, of requests that count or of those that warm up. Each is recorded once, and added
   * to the whole with those of its second.
   */
  takeInterval(isWarm = false): Told {
    const { interval, latency } = this.#records[isWarm ? 0 : 1];
    const told = interval.take();
    addTold(latency, told);
    return told;
  }

  /** Where a request that is due at a time is counted. */
  #recordOf(intended: number): Record {
    return this.#records[Number(intended >= this.#countFrom)] as Record;
  }

  #pumpOpen(arrivals: Arrivals, now: number): void {
    const { requestsMax } = this.options;
    while (arrivals.next <= now && this.tally.sent < requestsMax) {
      const lane = this.#dequeue();
      if (lane === NONE) break;
      const intended = arrivals.next;
      arrivals.advance();
      if (!this.#isStarved) this.#recordOf(intended).lag.record(now - intended);
      this.#send(lane, intended, now);
    }
    this.#isStarved = this.#queueCount === 0;
  }

  #pumpClosed(now: number): void {
    const { profile, requestsMax } = this.options;
    const busyMax = Math.round(profile.shareAt(now) * this.#laneCount);
    while (this.#inFlight < busyMax && this.tally.sent < requestsMax) {
      const lane = this.#dequeue();
      if (lane === NONE) return;
      this.#send(lane, now, now);
    }
  }

  #send(lane: number, intended: number, now: number): void {
    const tag = ((this.#tags[lane] as number) + 1) >>> 0;
    this.#tags[lane] = tag;
    this.#busy[lane] = 1;
    this.#intendedAt[lane] = intended;
    this.#sentAt[lane] = now;
    this.#order[lane] = this.#requests++;
    this.#inFlight++;
    const { tally } = this.#recordOf(intended);
    tally.scheduled++;
    tally.sent++;
    const message = this.#nextMessage;
    this.#nextMessage = message + 1 === this.options.messages ? 0 : message + 1;
    this.sender.send(lane % this.options.connections, message, lane, tag);
  }

  #settle(lane: number): void {
    this.#busy[lane] = 0;
    this.#inFlight--;
    this.#free(lane);
  }

  #free(lane: number): void {
    const connection = lane % this.options.connections;
    this.#nextFree[lane] = this.#firstFree[connection] as number;
    this.#firstFree[connection] = lane;
  }

  /** Lets an open connection wait for its turn. */
  #enqueue(connection: number): void {
    if (this.#open[connection] === 0 || this.#isQueued[connection] === 1) return;
    this.#isQueued[connection] = 1;
    this.#queue[(this.#queueHead + this.#queueCount) % this.options.connections] = connection;
    this.#queueCount++;
  }

  /** Takes a free lane of the connection whose turn it is, or NONE. Connections that are gone leave the queue here. */
  #dequeue(): number {
    while (this.#queueCount > 0) {
      const connection = this.#queue[this.#queueHead] as number;
      this.#queueHead = this.#queueHead + 1 === this.options.connections ? 0 : this.#queueHead + 1;
      this.#queueCount--;
      this.#isQueued[connection] = 0;
      const lane = this.#firstFree[connection] as number;
      if (this.#open[connection] === 0 || lane === NONE) continue;
      const next = this.#nextFree[lane] as number;
      this.#firstFree[connection] = next;
      if (next !== NONE) this.#enqueue(connection);
      return lane;
    }
    return NONE;
  }
}
