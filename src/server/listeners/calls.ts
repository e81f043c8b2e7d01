// What the threads of a server ask of one another, beside what their engines do (src/attached/state.ts).

import type { AttachedOptions } from '../../attached/engine.js';
import type { ListenerCalls, OwnerCalls } from '../../attached/state.js';
import type { ServerConfig } from '../config.js';
import type { Answer } from '../exchange.js';
import type { LogLevel } from '../fleet/link.js';
import type { CountingHandlers, GatheredStats, LastWords } from '../gathering/gathering.js';
import type { Begun } from '../idempotent-answers.js';

/** Global function of a thread that closes its connections. */
export const CLOSE_NAME = 'verdictCloseListener';

/** What a thread is started with. */
export interface ListenerStart {
  attached: AttachedOptions;
  /** With the limits of one thread. */
  config: Omit<ServerConfig, 'log'>;
  /** A word that counts threads which have closed their connections and end. */
  ended: SharedArrayBuffer;
}

/** What the owner does for a listener. */
export interface ServerOwnerCalls extends OwnerCalls {
  log(entry: { level: LogLevel; fields: object; message: string }): void;
  beginAnswer(request: { tenant: string; key: string; fingerprint: string }): Begun;
  settleAnswer(request: { tenant: string; key: string; token: number; answer: Answer }): void;
  useNonce(nonce: string): void;
  /** Of all threads, as text. */
  metrics(none: null): Promise<string>;
  /** The totals of all threads. */
  stats(none: null): Promise<GatheredStats>;
  /** A bug of ours: the thread closes its connections and ends. */
  failed(error: { message: string; stack: string | undefined }): void;
  /** It ends, and this is all that it has counted. */
  counted(last: LastWords): void;
}

/** What a listener does for the owner. */
export interface ServerListenerCalls extends ListenerCalls, CountingHandlers {
  /** Takes connections from then on. Rejects where the port, keys or certificates cannot be used. */
  serve(at: { port: number; adminPort: number | undefined }): Promise<void>;
  /** As Serving.reload. */
  reload(none: null): Promise<void>;
  /** As Serving.stop. */
  stop(none: null): Promise<boolean>;
  /** Closes its connections and ends. */
  end(none: null): void;
}
