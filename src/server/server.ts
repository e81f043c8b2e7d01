// The server: made from an engine and its options, stopped without losing an answer.

import type { Engine, ServingEngine } from '../engine.js';
import { AddressCounts } from './address-counts.js';
import { ApiDocuments } from './api/documents.js';
import { ROUTES } from './api/routes.js';
import { addRoutes, type Face } from './app.js';
import { Authenticator } from './auth/authenticator.js';
import { resolveServerConfig, type ServerConfig, type ServerOptions } from './config.js';
import { type Context, DecisionIds, Traffic } from './context.js';
import { serverStats } from './dashboard/stats.js';
import type { FleetLink } from './fleet/link.js';
import { addGuardMetrics } from './guard-metrics.js';
import { IdempotentAnswers, KeptAnswers } from './idempotent-answers.js';
import { Listener } from './listener.js';
import { ServerMetrics } from './metrics.js';
import { SlowBodies } from './slow-bodies.js';
import { StreamEndpoint } from './stream.js';
import { contentsOf, makeApp } from './tls.js';
import { SpanExporter } from './tracing/span-exporter.js';
import { addTraceMetrics, type Tracer } from './tracing/tracer.js';
import { loadUws, type TemplatedApp } from './uws.js';

export type { Log, ServerOptions } from './config.js';

/** What listens, whoever decides behind it. */
export interface Serving {
  readonly port: number;
  /** e.g. `http://127.0.0.1:8321` */
  readonly url: string;
  /** The same where there is no port for administration. */
  readonly adminUrl: string;
  /**
   * Reads the keys of callers and the certificates again. Connections that are open keep theirs. Rejects where they cannot be used:
   * those that there were hold on.
   */
  reload(): Promise<void>;
  /**
   * Stops: /readyz says no, nothing is accepted any more, every request and frame that is here is answered, WebSockets are
   * closed with 1001, then the rest of the connections, then the engine if it was made here. Resolves to false where
   * something was still owed after stopMillisMax. Idempotent.
   */
  stop(): Promise<boolean>;
  /** Closes all connections at once, whatever is owed. Idempotent. */
  close(): void;
}

export interface Server extends Serving {
  readonly engine: Engine;
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
  // Before an engine takes the data directory.
  const config = resolveServerConfig(options);
  loadUws();
  if (config.listeners > 1) {
    const { startListeners } = await import('./listeners/start.js');
    return startListeners(options, config, startServing);
  }
  // The compiler and all that publishing takes is loaded with an engine that is made here, and not by those that follow one.
  const { createEngine } = await import('../engine.js');
  const engine = options.engine ?? (await createEngine(options));
  const release = async () => {
    if (options.engine === undefined) await engine.close();
  };
  try {
    const serving = await startServing(engine, config);
    let stopping: Promise<boolean> | undefined;
    const stop = async (): Promise<boolean> => {
      const drained = await serving.stop();
      await release();
      return drained;
    };
    return {
      ...serving,
      engine,
      stop: () => {
        stopping ??= stop();
        return stopping;
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** As startServer, with an engine that stays open at stop. `fleet`: this process is one of several. */
export async function startServing(engine: ServingEngine, config: ServerConfig, fleet?: FleetLink): Promise<Serving> {
  const { uws, binary } = loadUws();
  if (fleet === undefined) {
    if (binary.kind !== 'package')
      config.log.info({ path: binary.path, kind: binary.kind }, 'uWebSockets.js is not the package as installed');
    for (const problem of engine.storeProblems) config.log.error(problem, 'a stored file is damaged and was left out');
  }

  const traffic = new Traffic();
  const answers = fleet?.keeper ?? new KeptAnswers(config.idempotencyMillisMax, config.idempotencyBytesMax);
  const idempotency = new IdempotentAnswers(answers);
  const auth = config.auth === undefined ? undefined : new Authenticator(config.auth, config.log, undefined, fleet?.nonces);
  const addresses = new AddressCounts(
    config.connectionsPerAddressMax,
    undefined,
    fleet?.isPortShared === true ? fleet.processes : 1,
  );
  const group = { servers: fleet?.processes ?? 1, areProcesses: fleet?.status !== undefined };
  const metrics = new ServerMetrics(engine, traffic, idempotency, group);
  addGuardMetrics(metrics, addresses, auth);
  fleet?.attach(metrics, () => serverStats({ engine, traffic, metrics }));
  const documents = new ApiDocuments(ROUTES);
  const tracer = startTracer(config, metrics);
  const context: Context = {
    ...{ engine, config, traffic, metrics, idempotency, documents, auth, addresses, tracer, fleet },
    slowBodies: new SlowBodies(config.bodyMillisMax),
    ids: new DecisionIds(),
  };
  const streams = new StreamEndpoint(context);
  const apps: TemplatedApp[] = [];
  const listener = new Listener(uws, context, config.host);
  const adminListener = config.adminPort === undefined ? undefined : new Listener(uws, context, config.adminHost);
  traffic.changed = () => {
    listener.adjust();
    adminListener?.adjust();
  };
  let certificates = '';
  /** Makes the apps with the certificates as they are now. False where those are the same as before. */
  const use = (): boolean => {
    const contents = config.tls === undefined ? 'none' : contentsOf(config.tls);
    if (contents === certificates) return false;
    const make = (to: Listener, face: Face): void => {
      const app = makeApp(uws, config.tls);
      apps.push(app);
      addRoutes(app, uws, context, streams, face);
      to.use(app);
    };
    make(listener, adminListener === undefined ? 'all' : 'decisions');
    if (adminListener !== undefined) make(adminListener, 'administration');
    certificates = contents;
    return true;
  };
  const closeApps = () => {
    for (const app of apps.splice(0)) app.close();
  };
  try {
    await auth?.load();
    use();
    await listener.start(config.port);
    await adminListener?.start(config.adminPort as number);
  } catch (error) {
    closeApps();
    throw error;
  }
  const urlOf = (host: string, port: number) =>
    `${config.tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const url = urlOf(config.host, listener.port);
  const adminUrl = adminListener === undefined ? url : urlOf(config.adminHost, adminListener.port);
  config.log.info({ url, adminUrl, tenants: engine.tenants().length, pid: process.pid }, 'serving');

  let stopping: Promise<boolean> | undefined;
  const stop = async (): Promise<boolean> => {
    const listeners = adminListener === undefined ? [listener] : [listener, adminListener];
    const drained = await drain(config, traffic, listeners, streams);
    closeApps();
    await tracer?.stop();
    config.log.info({ drained }, 'stopped');
    return drained;
  };
  return {
    port: listener.port,
    url,
    adminUrl,
    reload: async () => {
      await auth?.load();
      if (config.tls === undefined || stopping !== undefined) return;
      const isNew = use();
      config.log.info({ isNew }, 'certificates were read again');
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
    close: closeApps,
  };
}

function startTracer({ otlp, log }: ServerConfig, metrics: ServerMetrics): Tracer | undefined {
  if (otlp === undefined) return undefined;
  const tracer = new SpanExporter(otlp, { 'service.name': 'verdict', 'process.pid': process.pid }, log);
  addTraceMetrics(metrics, tracer);
  return tracer;
}

/** Answers what is owed. Requests that still come in on open connections are answered too, and their connections closed. */
async function drain(
  config: ServerConfig,
  traffic: Traffic,
  listeners: readonly Listener[],
  streams: StreamEndpoint,
): Promise<boolean> {
  const deadline = performance.now() + config.stopMillisMax;
  const hadConnections = traffic.httpConnections + traffic.streams > 0;
  config.log.info({ pending: traffic.pending, connections: traffic.httpConnections + traffic.streams }, 'stopping');
  traffic.draining = true;
  for (const listener of listeners) listener.stop();
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
