// What a caller says about a request beside its payloads.

import { monotonicMillis } from './clock.js';
import { Problem } from './errors.js';

/** The id of a decision as words, the low one of each half first. */
export interface IdWords {
  readonly highLow: number;
  readonly highHigh: number;
  readonly lowLow: number;
  readonly lowHigh: number;
}

export interface DecideOptions {
  /** Microseconds UTC; what the rules see as `now`. */
  now: bigint;
  /** Decision id of the first payload, the i-th has idLow + i. Absent or both 0: decisions carry no id. */
  idHigh?: bigint;
  idLow?: bigint;
  /** Forces a path; without it the static cost decides. `pooled` is inline all the same where the engine has no pool. */
  path?: 'inline' | 'pooled';
  /** When the request is void, by performance.now() of this process: from then on no payload of it is begun. */
  deadlineMillis?: number;
  /** Becomes true where nobody waits for the request any more: from then on no payload of it is begun. */
  cancellation?: { cancelled: boolean };
  /** Costs nothing of the tenant's quota: a call of the library, or a part of a request that has been charged. */
  isUnmetered?: boolean;
}

/** Why a request is void: CANCELLED, DEADLINE_EXCEEDED; undefined where it is not. */
export function whyVoid({ deadlineMillis, cancellation }: DecideOptions): Problem | undefined {
  if (cancellation?.cancelled === true) return new Problem('CANCELLED');
  if (deadlineMillis !== undefined && monotonicMillis() >= deadlineMillis) return new Problem('DEADLINE_EXCEEDED');
  return undefined;
}
