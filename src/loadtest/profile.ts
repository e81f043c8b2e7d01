// How the load changes over a run, as shares of its full level: phases, each linear from one share to another. The area under it
// up to a time says how many requests an open loop has intended by then, and its inverse when the i-th is to be sent, so that
// every profile has exact send times, and no timer adds to them.

/** A part of a run. */
export interface Phase {
  readonly seconds: number;
  /** Shares of the full level, 0 to 1, at its beginning and its end. */
  readonly from: number;
  readonly to: number;
}

export type ProfileKind = 'hold' | 'ramp' | 'burst';

export interface ProfileOptions {
  readonly kind: ProfileKind;
  /** Of the whole run. */
  readonly seconds: number;
  /** ramp: from nothing to the full level; the rest of the run holds it. Default: the whole run. */
  readonly rampSeconds?: number;
  /** burst: how long the full level lasts. Default 1. */
  readonly burstSeconds?: number;
  /** burst: from the beginning of a burst to that of the next; a run begins with what lies between two. Default 5. */
  readonly burstEverySeconds?: number;
  /** burst: share of the full level between bursts. Default 0.1. */
  readonly baseShare?: number;
}

/** What is sent before anything counts, so that both sides have compiled what they run: a steady share of the full level. */
export interface Warm {
  /** With the silence at their end, in which the last answers come. */
  readonly seconds: number;
  /** 0 to 1. */
  readonly share: number;
}

/** At the end of what is sent before anything counts. */
export const WARM_SILENT_SECONDS = 2;

/** Phases of a run at most: a burst every millisecond of a day would be a mistake. */
const PHASES_MAX = 10_000;

/** The phases of what is sent before anything counts. */
export function warmPhases({ seconds, share }: Warm): Phase[] {
  const silent = Math.min(WARM_SILENT_SECONDS, seconds / 2);
  return [
    { seconds: seconds - silent, from: share, to: share },
    { seconds: silent, from: 0, to: 0 },
  ];
}

/** The phases of a profile; they last `seconds` together. Throws RangeError where the options do not fit together. */
export function phasesOf(options: ProfileOptions): Phase[] {
  const { kind, seconds } = options;
  if (!(seconds > 0)) throw new RangeError('a run lasts longer than 0 seconds');
  if (kind === 'hold') return [{ seconds, from: 1, to: 1 }];
  if (kind === 'ramp') {
    const ramp = options.rampSeconds ?? seconds;
    if (!(ramp > 0 && ramp <= seconds)) throw new RangeError(`a ramp of ${ramp} seconds does not fit into ${seconds}`);
    const phases = [{ seconds: ramp, from: 0, to: 1 }];
    return ramp < seconds ? [...phases, { seconds: seconds - ramp, from: 1, to: 1 }] : phases;
  }
  const { burstSeconds = 1, burstEverySeconds = 5, baseShare = 0.1 } = options;
  if (!(burstSeconds > 0 && burstSeconds < burstEverySeconds))
    throw new RangeError(`a burst of ${burstSeconds} seconds does not fit into a period of ${burstEverySeconds}`);
  if (!(baseShare >= 0 && baseShare < 1)) throw new RangeError('the share between bursts is at least 0 and below 1');
  if (seconds / burstEverySeconds > PHASES_MAX / 2) throw new RangeError(`more than ${PHASES_MAX / 2} bursts`);
  const phases: Phase[] = [];
  const calm = burstEverySeconds - burstSeconds;
  for (let left = seconds; left > 0; left -= burstEverySeconds) {
    phases.push({ seconds: Math.min(left, calm), from: baseShare, to: baseShare });
    if (left > calm) phases.push({ seconds: Math.min(left - calm, burstSeconds), from: 1, to: 1 });
  }
  return phases;
}

/** A profile as a function of time, in microseconds since the beginning of the run. */
export class Profile {
  /** End of each phase in seconds, and the area under the profile up to there, in seconds of the full level. */
  readonly #ends: number[] = [];
  readonly #areas: number[] = [];

  constructor(readonly phases: readonly Phase[]) {
    let end = 0;
    let area = 0;
    for (const { seconds, from, to } of phases) {
      end += seconds;
      area += ((from + to) / 2) * seconds;
      this.#ends.push(end);
      this.#areas.push(area);
    }
  }

  get micros(): number {
    return (this.#ends.at(-1) ?? 0) * 1e6;
  }

  /** Seconds of the full level in the whole run: with a rate, the requests that are intended. */
  get area(): number {
    return this.#areas.at(-1) ?? 0;
  }

  /** Share of the full level at a time; 0 before and after the run. */
  shareAt(micros: number): number {
    const seconds = micros / 1e6;
    if (seconds < 0) return 0;
    const index = this.#ends.findIndex((end) => seconds < end);
    const phase = this.phases[index];
    if (phase === undefined) return 0;
    const into = seconds - (this.#ends[index - 1] ?? 0);
    return phase.from + ((phase.to - phase.from) * into) / phase.seconds;
  }

  /**
   * The time, in microseconds, at which the area under the profile reaches `area` seconds of the full level; Infinity where the run
   * ends before. `hint` is a phase at or before it, so that rising areas are found without a search.
   */
  timeOf(area: number, hint = 0): { micros: number; phase: number } {
    let index = hint;
    while (index < this.phases.length && (this.#areas[index] as number) < area) index++;
    const phase = this.phases[index];
    if (phase === undefined) return { micros: Number.POSITIVE_INFINITY, phase: index };
    const start = this.#ends[index - 1] ?? 0;
    const rest = area - (this.#areas[index - 1] ?? 0);
    return { micros: (start + secondsInto(phase, rest)) * 1e6, phase: index };
  }
}

/** Seconds into a phase at which its area is `rest`: from x + slope x^2 / 2 = rest, in the form that is exact for small slopes. */
function secondsInto({ seconds, from, to }: Phase, rest: number): number {
  if (rest <= 0) return 0;
  const slope = (to - from) / seconds;
  const root = Math.sqrt(Math.max(0, from * from + 2 * slope * rest));
  return Math.min(seconds, (2 * rest) / (from + root));
}
