// What the processes of a run tell one another. Structured clone carries it: bytes stay bytes.

import type { ArrivalKind, Share } from './arrivals.js';
import type { ClientTls } from './dial.js';
import type { Messages } from './messages.js';
import type { Phase, Warm } from './profile.js';
import type { Told } from './recent.js';
import type { SigningKey } from './signing.js';
import type { Tally } from './tally.js';

export type Protocol = 'ws' | 'http';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** As URLs and the Host header have it. */
export function hostOf({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** How requests follow one another. */
export type Loop =
  | { readonly kind: 'open'; readonly rate: number; readonly arrivals: ArrivalKind; readonly seed: number }
  | { readonly kind: 'closed' };

/** How a process waits for the next request that is due: `timer` sleeps, to the millisecond; `spin` keeps a processor busy. */
export type Pace = 'timer' | 'spin';

/** What a run is, whoever takes which part of it. */
export interface RunOrder {
  readonly protocol: Protocol;
  readonly targets: readonly Address[];
  /** Undefined: connections are not encrypted. */
  readonly tls: ClientTls | undefined;
  /** Who signs requests and handshakes, which have room for signatures then. */
  readonly signing?: SigningKey;
  /** Local addresses that connections take in turn; none: the system's choice. */
  readonly sources: readonly string[];
  readonly connections: number;
  readonly connectionsPerSecond: number;
  /** Connections that are being opened at a time. */
  readonly connectingMax: number;
  /** How long opening may take; what is not open by then has failed. */
  readonly connectSecondsMax: number;
  /** Opens connections again that end by themselves. */
  readonly reconnect: boolean;
  readonly messages: Messages;
  /** Requests in flight on a connection at most. */
  readonly inFlight: number;
  readonly loop: Loop;
  readonly requestsMax: number;
  /** How long answers are waited for after the last request. */
  readonly drainSeconds: number;
  readonly pace: Pace;
  /** Sent first, and not counted. */
  readonly warm?: Warm;
}

/** One process's part of a run. Its connection i has target `share + i x shares`, modulo their number. */
export interface WorkerOrder extends RunOrder, Share {
  /** What opens a WebSocket, one for each target. */
  readonly upgrades: readonly Uint8Array[];
  /** With what is sent first. */
  readonly phases: readonly Phase[];
}

export type ToWorker =
  | { readonly kind: 'order'; readonly order: WorkerOrder }
  /** Sends from this time of the machine's monotonic clock on, in microseconds. */
  | { readonly kind: 'go'; readonly atMicros: number }
  | { readonly kind: 'stop' };

/** What a process has counted so far, with the latencies of one second. */
export interface Interval {
  /** Second of the run, from 0; below 0 one of the warm-up, of which the rest says the same. */
  readonly second: number;
  readonly tally: Tally;
  readonly open: number;
  readonly inFlight: number;
  /** Latencies of the answers of this second. */
  readonly latency: Told;
}

/** What a process has found; latencies are encoded. */
export interface WorkerResult {
  readonly tally: Tally;
  readonly latency: string;
  readonly service: string;
  readonly lag: string;
  readonly atLeast: string;
  /** Processor time of the process from `go` to the end, milliseconds. */
  readonly cpuMillis: number;
  /** From the beginning of the run to the last answer, or the end of sending where that is later. */
  readonly seconds: number;
}

export type FromWorker =
  | { readonly kind: 'connecting'; readonly open: number; readonly failed: number }
  /** All connections are open or have failed. */
  | { readonly kind: 'ready'; readonly tally: Tally }
  | { readonly kind: 'interval'; readonly interval: Interval }
  | { readonly kind: 'done'; readonly result: WorkerResult };

/** The machine's monotonic clock in microseconds: the same for all processes of a machine, and cheap to read. */
export function makeClock(): () => number {
  const offset = Number(process.hrtime.bigint() / 1000n) - performance.now() * 1000;
  return () => performance.now() * 1000 + offset;
}
