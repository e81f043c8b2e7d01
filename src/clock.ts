/** The only reader of time. Injected, so that tests and replays bring their own. */
export interface Clock {
  /** Microseconds since 1970-01-01T00:00:00Z. */
  nowMicros(): bigint;
}

/** Milliseconds by the clock that deadlines are told in: performance.now() of this process. It never steps back. */
export function monotonicMillis(): number {
  return performance.now();
}

/** Milliseconds by a clock that all threads of the process have in common; that of monotonicMillis begins with each thread. */
export function processMillis(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export const systemClock: Clock = {
  nowMicros: () => BigInt(Date.now()) * 1000n,
};
