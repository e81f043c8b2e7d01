// What a process of a fleet has of the others, and how they speak of it: over the channel to their parent. A thread of a server
// with several listeners has the same of the other threads (src/server/listeners).

import type { FollowerEngineOptions } from '../../replica/follower.js';
import type { NonceBook } from '../auth/nonces.js';
import type { ServerOptions } from '../config.js';
import type { ServerStats } from '../dashboard/stats.js';
import type { Answer } from '../exchange.js';
import type { CountingHandlers, GatheredStats } from '../gathering/gathering.js';
import type { AnswerKeeper, Begun } from '../idempotent-answers.js';
import type { ServerMetrics } from '../metrics.js';

/** How many processes there are to be, and are. */
export interface FleetStatus {
  processes: number;
  ready: number;
}

/** What a server is given that is one of several. */
export interface FleetLink {
  /** Processes of the fleet, or threads. */
  readonly processes: number;
  /** Whether all listen on one port, so that a caller has no choice among them. */
  readonly isPortShared: boolean;
  /** Answers kept for all of them. */
  readonly keeper: AnswerKeeper;
  /** Nonces of signed requests that may come once. Absent: each has its own. */
  readonly nonces?: NonceBook;
  /** Absent for threads. */
  status?(): Promise<FleetStatus>;
  /** The metrics of all, as text. */
  metrics(): Promise<string>;
  /** The totals of all. */
  stats(): Promise<GatheredStats>;
  /** Called once: what this one counts itself. */
  attach(metrics: ServerMetrics, stats: () => ServerStats): void;
}

/** What a process is started with. */
export interface MemberOrder {
  /** From 0. */
  readonly index: number;
  readonly processes: number;
  readonly isPortShared: boolean;
  readonly engine: FollowerEngineOptions;
  readonly server: Omit<ServerOptions, keyof FollowerEngineOptions | 'engine' | 'log' | 'clock'>;
}

/** How the start of a process has ended. */
export type Started =
  | { readonly ok: true; readonly port: number; readonly url: string; readonly adminUrl: string }
  | { readonly ok: false; readonly code: string | undefined; readonly message: string };

/** Asked of a process. */
export interface MemberHandlers extends CountingHandlers {
  start(value: MemberOrder): Promise<Started>;
  /** Drains; true where everything was answered. The process ends when its channel is closed. */
  stop(value: null): Promise<boolean>;
  /** Reads keys and certificates again. */
  reload(value: null): Promise<void>;
}

export type LogLevel = 'info' | 'warn' | 'error';

/** Asked of the parent, beside the changes. */
export interface ParentHandlers {
  status(value: null): FleetStatus;
  metrics(value: null): Promise<string>;
  stats(value: null): Promise<GatheredStats>;
  log(value: { level: LogLevel; fields: object; message: string }): void;
  beginAnswer(value: { tenant: string; key: string; fingerprint: string }): Promise<Begun>;
  settleAnswer(value: { tenant: string; key: string; token: number; answer: Answer }): void;
  useNonce(value: string): void;
}
