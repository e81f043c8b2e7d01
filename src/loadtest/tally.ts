// What has become of requests and connections, in numbers that add up and can be added to one another.

/**
 * Counts of a run, or of a part of it. Always: scheduled = sent + unsent, and sent = answered + failed + unanswered (+ those in
 * flight, while it runs).
 */
export interface Tally {
  /** Requests that a closed loop has sent, or an open one should have. */
  scheduled: number;
  sent: number;
  /** Answered as asked for: each payload with a decision. */
  answered: number;
  /** Answered by an error, or lost with their connection. */
  failed: number;
  /** Not answered until the end. */
  unanswered: number;
  /** Due, and not sent until the end, because no connection was free. */
  unsent: number;
  /** Failed requests by what went wrong. */
  failures: Record<string, number>;
  /** Messages that answer nothing that was asked. */
  unexpected: number;
  bytesSent: number;
  bytesReceived: number;
  /** Connections that were tried, became open, could not be opened, and ended by themselves after they were open. */
  connecting: number;
  opened: number;
  refused: number;
  lost: number;
  /** Refused and lost connections by what went wrong. */
  connectionFailures: Record<string, number>;
}

export function emptyTally(): Tally {
  return {
    scheduled: 0,
    sent: 0,
    answered: 0,
    failed: 0,
    unanswered: 0,
    unsent: 0,
    failures: {},
    unexpected: 0,
    bytesSent: 0,
    bytesReceived: 0,
    connecting: 0,
    opened: 0,
    refused: 0,
    lost: 0,
    connectionFailures: {},
  };
}

/** Adds what `more` has counted to `tally`, or takes it away again. Returns `tally`. */
export function addTally(tally: Tally, more: Tally, sign: 1 | -1 = 1): Tally {
  for (const key of Object.keys(more) as (keyof Tally)[]) {
    const value = more[key];
    if (typeof value === 'number') (tally[key] as number) += sign * value;
    else for (const [kind, count] of Object.entries(value)) countKind(tally[key] as Record<string, number>, kind, sign * count);
  }
  return tally;
}

/** Kinds of failures that are told apart; what comes after them is counted as one. */
const KINDS_MAX = 64;
const OTHER = 'OTHER';

/** Counts a failure by its kind. A server that gives every failure a name of its own fills no memory. */
export function countKind(kinds: Record<string, number>, kind: string, count = 1): void {
  const known = Object.hasOwn(kinds, kind) || Object.keys(kinds).length < KINDS_MAX ? kind : OTHER;
  kinds[known] = (kinds[known] ?? 0) + count;
}
