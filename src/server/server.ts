// The server: made from an engine and its options, stopped without losing an answer.

import { createEngine, type Engine } from '../engine.js';
import { ApiDocuments } from './api/documents.js';
import { ROUTES } from './api/routes.js';
import { addRoutes } from './app.js';
import { resolveServerConfig, type ServerConfig, type ServerOptions } from './config.js';
import { type Context, DecisionIds, Traffic } from './context.js';
import { IdempotentAnswers } from './idempotent-answers.js';
import { Listener } from './listener.js';
import { ServerMetrics } from './metrics.js';
import type { StreamEndpoint } from './stream.js';
import { loadUws } from './uws.js';

export type { Log, ServerOptions } from './config.js';

export interface Server {
  readonly port: number;
  /** e.g. `http://127.0.0.1:8321` */
  readonly url: string;
  readonly engine: Engine;
  /**
   * Stops: /readyz says no, nothing is accepted any more, every request and frame that is here is answered, WebSockets are
   * closed with 1001, then the rest of the connections, then the engine if it was made here. Resolves to false where
   * something was still owed after stopMillisMax. Idempotent.
   */
  stop(): Promise<boolean>;
}

const POLL_MILLIS = 5;
/**
 * Polls without a sign of life from any client after which open connections are closed. Counted in turns of the event loop, not
 * by the clock: on a busy machine a client is heard before it is given up.
 */
const QUIET_POLLS = 50;

/**
 * Starts a server. Throws RangeError for an option out of range, and Error where uWebSockets.js cannot be loaded, the address
 * cannot be listened on (code EADDRINUSE, EACCES, EADDRNOTAVAIL), or another process owns the data directory.
 */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const config = resolveServerConfig(options);
  const { uws, binary } = loadUws();
  if (binary.kind !== 'package')
    config.log.info({ path: binary.path, kind: binary.kind }, 'uWebSockets.js is not the package as installed');
  const engine = options.engine ?? (await createEngine(options));
  const release = async () => {
    if (options.engine === undefined) await engine.close();
  };
  for (const problem of engine.storeProblems) config.log.error(problem, 'a stored file is damaged and was left out');

  const traffic = new Traffic();
  const idempotency = new IdempotentAnswers(config.idempotencyMillisMax, config.idempotencyBytesMax);
  const metrics = new ServerMetrics(engine, traffic, idempotency);
  const context: Context = {
    engine,
    config,
    traffic,
    metrics,
    ids: new DecisionIds(),
    idempotency,
    documents: new ApiDocuments(ROUTES),
  };
  const app = uws.App();
  const listener = new Listener(uws, app, traffic, config.host, config.connectionsMax);
  const streams = addRoutes(app, uws, context);
  try {
    await listener.start(config.port);
  } catch (error) {
    app.close();
    await release();
    throw error;
  }
  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${listener.port}`;
  config.log.info({ url, tenants: engine.tenants().length, pid: process.pid }, 'serving');

  let stopping: Promise<boolean> | undefined;
  const stop = async (): Promise<boolean> => {
    const drained = await drain(config, traffic, listener, streams);
    app.close();
    await release();
    config.log.info({ drained }, 'stopped');
    return drained;
  };
  return {
    port: listener.port,
    url,
    engine,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** Answers what is owed. Requests that still come in on open connections are answered too, and their connections closed. */
async function drain(config: ServerConfig, traffic: Traffic, listener: Listener, streams: StreamEndpoint): Promise<boolean> {
  const deadline = performance.now() + config.stopMillisMax;
  const hadConnections = traffic.httpConnections + traffic.streams > 0;
  config.log.info({ pending: traffic.pending, connections: traffic.httpConnections + traffic.streams }, 'stopping');
  traffic.draining = true;
  listener.stop();
  // Two turns of the event loop: what had reached the sockets before the signal is read and answered first.
  await turn();
  await turn();
  let quiet = 0;
  let activity = traffic.activity;
  while (performance.now() < deadline) {
    streams.end();
    if (traffic.pending === 0 && traffic.streams === 0 && (quiet >= QUIET_POLLS || !hadConnections)) break;
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLIS));
    quiet = traffic.activity === activity ? quiet + 1 : 0;
    activity = traffic.activity;
  }
  return traffic.pending === 0 && traffic.streams === 0;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
