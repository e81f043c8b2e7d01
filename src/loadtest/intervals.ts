// The seconds of one process's part of a run, and when it tells of them. A second is closed when it is over; it is told of a while
// later, by each process at another time: 56 that told at once kept every processor from sending for as long as that took. Seconds
// of the warm-up have numbers below 0, and are told like all others.

import type { Share } from './arrivals.js';
import type { Interval } from './order.js';
import type { Session } from './session.js';
import { addTally, emptyTally } from './tally.js';

const SECOND_MICROS = 1e6;

export class Intervals {
  #second: number;
  #endsAt: number;
  /** Closed, and not told of. */
  #closed: Interval | undefined;
  #cpu = process.cpuUsage();
  #first: NodeJS.Timeout | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly session: Session,
    /** Where what counts begins, microseconds since the beginning of the run. */
    private readonly countFrom: number,
    private readonly clock: () => number,
    private readonly tell: (interval: Interval) => void,
  ) {
    this.#second = 0 - Math.ceil(countFrom / SECOND_MICROS);
    this.#endsAt = countFrom + (this.#second + 1) * SECOND_MICROS;
  }

  /** To be called when the run begins; tells of each second until `end`. */
  start({ share, shares }: Share): void {
    this.#cpu = process.cpuUsage();
    const tellLast = (): void => {
      this.look(this.clock());
      this.#tellClosed();
    };
    const millis = SECOND_MICROS / 1000;
    this.#first = setTimeout(
      () => {
        this.#timer = setInterval(tellLast, millis);
      },
      millis * (share / shares),
    );
  }

  /** To be called whenever something happens: a second that is over is closed before anything of the next one is counted. */
  look(now: number): void {
    if (now >= this.#endsAt) this.#close(now);
  }

  /** Tells of the last second, and returns the processor time of the process when what counts began. */
  end(now: number): NodeJS.CpuUsage {
    clearTimeout(this.#first);
    clearInterval(this.#timer);
    this.#close(now);
    this.#tellClosed();
    return this.#cpu;
  }

  #close(now: number): void {
    this.#tellClosed();
    const { tally, warmTally, openConnections, inFlight } = this.session;
    const isWarm = this.#second < 0;
    const known = emptyTally();
    addTally(known, isWarm ? warmTally : tally);
    const latency = this.session.takeInterval(isWarm);
    this.#closed = { second: this.#second, tally: known, open: openConnections, inFlight, latency };
    if (isWarm && now >= this.countFrom) this.#cpu = process.cpuUsage();
    this.#second = Math.max(this.#second + 1, Math.floor((now - this.countFrom) / SECOND_MICROS));
    this.#endsAt = this.countFrom + (this.#second + 1) * SECOND_MICROS;
  }

  #tellClosed(): void {
    if (this.#closed !== undefined) this.tell(this.#closed);
    this.#closed = undefined;
  }
}
