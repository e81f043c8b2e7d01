// When the requests of an open loop are to be sent, one after the other, made as they are asked for.

import type { Profile } from './profile.js';
import { makeRandom } from './random.js';

export type ArrivalKind = 'constant' | 'poisson';

/** Which requests of a run are a process's own. */
export interface Share {
  /** Number of the process, from 0, and of how many. */
  readonly share: number;
  readonly shares: number;
  /** Requests in a row that one process sends, before the next one sends as many; see `runLength`. */
  readonly runLength: number;
}

export interface ArrivalOptions extends Share {
  readonly kind: ArrivalKind;
  /** Requests a second at the full level of the profile, of all processes together; 0: none. */
  readonly rate: number;
  /** Of Poisson arrivals; each process draws a series of its own. */
  readonly seed: number;
}

/** Of a process's lanes, a run of requests takes one in so many at most, so that it finds them free. */
const LANES_PER_REQUEST = 64;

/**
 * How many requests in a row are one process's, where each of them sleeps to the millisecond and has `lanes` lanes: those that
 * are due in a millisecond, if that is less than one a process. A process wakes up for all of its run then, and not for each of
 * them: of 56 that had 357 requests a second each, waking up was more work than sending.
 */
export function runLength(rate: number, shares: number, lanes: number): number {
  const perMillisecond = rate / 1000;
  return perMillisecond >= shares ? 1 : Math.max(1, Math.floor(Math.min(perMillisecond, lanes / LANES_PER_REQUEST)));
}

/** How many of the first `requests` of a run are a process's own. */
export function requestsOf(requests: number, { share, shares, runLength }: Share): number {
  const turn = runLength * shares;
  const rest = Math.min(runLength, Math.max(0, (requests % turn) - share * runLength));
  return Math.floor(requests / turn) * runLength + rest;
}

/**
 * The intended send times of one process.
 *
 * Constant: request i of the run is due where rate x area reaches i + 1/2, and belongs to process i / runLength, rounded down,
 * modulo the number of processes.
 * Poisson: by time change, a Poisson process of rate 1 over the area; the processes' own ones add up to that of the whole.
 */
export class Arrivals {
  readonly #random: () => number;
  /** Requests before the next one, in areas times rate. */
  #position: number;
  /** Requests of the run that have been taken. */
  #taken = 0;
  #phase = 0;
  #next = 0;

  constructor(
    readonly profile: Profile,
    private readonly options: ArrivalOptions,
  ) {
    const { seed, share, kind, runLength } = options;
    this.#random = makeRandom(seed + share * 0x9e3779b1);
    this.#position = kind === 'constant' ? share * runLength + 0.5 : this.#gap();
    this.#find();
  }

  /** When the next request is due, microseconds since the beginning of the run; Infinity: there is none. */
  get next(): number {
    return this.#next;
  }

  /** The next request has been taken. */
  advance(): void {
    this.#position += this.options.kind === 'constant' ? this.#step() : this.#gap();
    this.#find();
  }

  /** Distance to the process's next request of a constant rate, in requests of all processes. */
  #step(): number {
    const { shares, runLength } = this.options;
    this.#taken++;
    if (this.#taken < runLength) return 1;
    this.#taken = 0;
    return (shares - 1) * runLength + 1;
  }

  /** Distance to the next request of a Poisson process, in requests of all processes. */
  #gap(): number {
    return -Math.log(1 - this.#random()) * this.options.shares;
  }

  #find(): void {
    if (this.options.rate === 0) {
      this.#next = Number.POSITIVE_INFINITY;
      return;
    }
    const { micros, phase } = this.profile.timeOf(this.#position / this.options.rate, this.#phase);
    this.#next = micros;
    this.#phase = phase;
  }
}
