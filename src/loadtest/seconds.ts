// The seconds of a run as all its processes tell of them, each in its own time.

import { Latencies, type Percentiles } from './latency.js';
import type { Interval } from './order.js';
import { addTold } from './recent.js';
import { addTally, emptyTally, type Tally } from './tally.js';

/** One second of a run, of all processes. */
export interface Second {
  readonly second: number;
  /** Counted since the beginning. */
  readonly tally: Tally;
  readonly open: number;
  readonly inFlight: number;
  /** Of the answers of this second. */
  readonly latency: Percentiles;
  /** How many processes have told of it. */
  readonly heard: number;
}

/** Seconds of a run that may still grow: the latencies of a day would fill the memory. */
const SECONDS_OPEN = 30;

/** A second that may still grow, and its latencies, of which percentiles are made once. */
interface Growing extends Omit<Second, 'latency'> {
  tally: Tally;
  open: number;
  inFlight: number;
  heard: number;
  readonly latencies: Latencies;
}

export class Seconds {
  readonly #growing = new Map<number, Growing>();
  readonly #over: Second[] = [];
  /** What each process has told last, and their sums. */
  readonly #last: (Interval | undefined)[];
  readonly #sum = { tally: emptyTally(), open: 0, inFlight: 0 };

  constructor(processes: number) {
    this.#last = new Array(processes).fill(undefined);
  }

  /** What a process has told last. */
  last(process: number): Interval | undefined {
    return this.#last[process];
  }

  /** Takes what a process tells. Returns its second where now `processes` have told of it. */
  add(process: number, interval: Interval, processes: number): Second | undefined {
    this.#count(this.#last[process], -1);
    this.#count(interval, 1);
    this.#last[process] = interval;
    const growing = this.#of(interval.second);
    if (growing === undefined) return undefined;
    addTold(growing.latencies, interval.latency);
    growing.heard++;
    // what each process has counted up to now, whichever second it is in
    growing.tally = addTally(emptyTally(), this.#sum.tally);
    growing.open = this.#sum.open;
    growing.inFlight = this.#sum.inFlight;
    return growing.heard >= processes ? finished(growing) : undefined;
  }

  /** All seconds, in their order. */
  all(): Second[] {
    return [...this.#over, ...[...this.#growing.values()].map(finished)].sort((a, b) => a.second - b.second);
  }

  #count(interval: Interval | undefined, sign: 1 | -1): void {
    if (interval === undefined) return;
    addTally(this.#sum.tally, interval.tally, sign);
    this.#sum.open += sign * interval.open;
    this.#sum.inFlight += sign * interval.inFlight;
  }

  /** Undefined: it is too long ago. */
  #of(second: number): Growing | undefined {
    const known = this.#growing.get(second);
    if (known !== undefined) return known;
    // in the order in which they began: the first is the oldest
    const [oldest] = this.#growing.values();
    if (oldest !== undefined && second < oldest.second) return undefined;
    if (oldest !== undefined && this.#growing.size === SECONDS_OPEN) {
      this.#growing.delete(oldest.second);
      this.#over.push(finished(oldest));
    }
    const growing: Growing = { second, tally: emptyTally(), open: 0, inFlight: 0, heard: 0, latencies: new Latencies() };
    this.#growing.set(second, growing);
    return growing;
  }
}

function finished({ latencies, ...second }: Growing): Second {
  return { ...second, latency: latencies.percentiles() };
}
