// When the requests of an open loop are to be sent, one after the other, made as they are asked for.

import type { Profile } from './profile.js';
import { makeRandom } from './random.js';

export type ArrivalKind = 'constant' | 'poisson';

export interface ArrivalOptions {
  readonly kind: ArrivalKind;
  /** Requests a second at the full level of the profile, of all processes together; 0: none. */
  readonly rate: number;
  /** Of `shares` processes, this is the one of number `share` (from 0). */
  readonly share: number;
  readonly shares: number;
  /** Of Poisson arrivals; each process draws a series of its own. */
  readonly seed: number;
}

/**
 * The intended send times of one process.
 *
 * Constant: request i of the run is due where rate x area reaches i + 1/2, and belongs to process i modulo the number of processes.
 * Poisson: by time change, a Poisson process of rate 1 over the area; the processes' own ones add up to that of the whole.
 */
export class Arrivals {
  readonly #random: () => number;
  /** Requests before the next one, in areas times rate. */
  #position: number;
  #phase = 0;
  #next = 0;

  constructor(
    readonly profile: Profile,
    private readonly options: ArrivalOptions,
  ) {
    this.#random = makeRandom(options.seed + options.share * 0x9e3779b1);
    this.#position = options.kind === 'constant' ? options.share + 0.5 : this.#gap();
    this.#find();
  }

  /** When the next request is due, microseconds since the beginning of the run; Infinity: there is none. */
  get next(): number {
    return this.#next;
  }

  /** The next request has been taken. */
  advance(): void {
    this.#position += this.options.kind === 'constant' ? this.options.shares : this.#gap();
    this.#find();
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
