// What the threads of a server ask of one another, beside what their engines do (src/attached/state.ts).

import type { AttachedOptions } from '../../attached/engine.js';
import type { ListenerCalls, OwnerCalls } from '../../attached/state.js';
import type { ServerConfig } from '../config.js';
import type { Answer } from '../exchange.js';
import type { LogLevel, Sampled } from '../fleet/link.js';
import type { Begun } from '../idempotent-answers.js';

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
  /** A bug of ours: the thread closes its connections and ends. */
  failed(error: { message: string; stack: string | undefined }): void;
}

/** What a listener does for the owner. */
export interface ServerListenerCalls extends ListenerCalls {
  /** Takes connections from then on. Rejects where the port, keys or certificates cannot be used. */
  serve(at: { port: number; adminPort: number | undefined }): Promise<void>;
  /** As Serving.reload. */
  reload(none: null): Promise<void>;
  /** As Serving.stop. */
  stop(none: null): Promise<boolean>;
  /** Its metrics. */
  sampled(none: null): Promise<Sampled[]>;
  /** Closes its connections and ends. */
  end(none: null): void;
}
