// A server with several listeners: this thread owns the tenants and takes connections, the others take connections.

import type { AttachedOptions } from '../../attached/engine.js';
import { Hub } from '../../attached/hub.js';
import { openEngine } from '../../engine.js';
import { COUNTERS_BYTES, Counters } from '../../observe/counters.js';
import { Nonces } from '../auth/nonces.js';
import type { ServerConfig, ServerOptions } from '../config.js';
import type { ServerStats } from '../dashboard/stats.js';
import type { FleetLink } from '../fleet/link.js';
import { KeptAnswers } from '../idempotent-answers.js';
import { freePort } from '../listener.js';
import { single } from '../metric-samples.js';
import type { ServerMetrics } from '../metrics.js';
import type { Server, Serving, startServing } from '../server.js';
import { Listeners } from './listeners.js';

/**
 * As startServer, for `listeners` above 1.
 *
 * @param config of the options
 * @param serve how a thread serves
 * @param forTests another thread entry that is a listener, and how long a listener may take over a change
 */
export async function startListeners(
  options: ServerOptions,
  config: ServerConfig,
  serve: typeof startServing,
  forTests: { file?: URL; takeMillisMax?: number } = {},
): Promise<Server> {
  const { listeners: count, log } = config;
  const counters = Array.from({ length: count }, () => new SharedArrayBuffer(COUNTERS_BYTES));
  const owned = await openEngine(
    options,
    count,
    counters.map((buffer) => new Counters(buffer)),
  );
  const { engine } = owned;
  for (const problem of engine.storeProblems) log.error(problem, 'a stored file is damaged and was left out');
  const { clock: _, ...sent } = owned.config;
  const common = { config: sent, listeners: count, storeProblems: engine.storeProblems };
  const attached = counters.map((buffer, part): AttachedOptions => ({ ...common, part, counters: buffer })).slice(1);
  const answers = new KeptAnswers(config.idempotencyMillisMax, config.idempotencyBytesMax);
  const nonces = new Nonces();
  let counted: { metrics: ServerMetrics; stats: () => ServerStats } | undefined;
  const each = { ...config, connectionsMax: Math.max(1, Math.floor(config.connectionsMax / count)) };
  const hub = new Hub(owned, log, forTests.takeMillisMax);
  const listeners = new Listeners({ hub, config: each, attached, answers, nonces, counted: () => counted, file: forTests.file });
  const link: FleetLink = {
    processes: count,
    isPortShared: true,
    keeper: answers,
    nonces,
    metrics: () => listeners.gathering.metrics(),
    stats: () => listeners.gathering.stats(),
    attach: (metrics, stats) => {
      counted = { metrics, stats };
      addMetrics(metrics, listeners);
    },
  };
  let serving: Serving | undefined;
  try {
    const port = await freePort(config.host, config.port);
    const adminPort = config.adminPort === undefined ? undefined : await freePort(config.adminHost, config.adminPort);
    serving = await serve(engine, { ...each, port, adminPort }, link);
    await listeners.start(port, adminPort);
  } catch (error) {
    await listeners.end();
    serving?.close();
    await engine.close();
    throw error;
  }
  const started = serving;
  let stopping: Promise<boolean> | undefined;
  const stop = async (): Promise<boolean> => {
    const drained = await Promise.all([started.stop(), listeners.stop()]);
    const ended = await listeners.end();
    await engine.close();
    return ended && drained.every((is) => is);
  };
  return {
    ...started,
    engine,
    reload: async () => {
      await Promise.all([started.reload(), listeners.reload()]);
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

function addMetrics(metrics: ServerMetrics, listeners: Listeners): void {
  metrics.add('verdict_listeners', 'gauge', 'Threads that take connections.', () => single(listeners.count + 1));
  metrics.add('verdict_listener_deaths_total', 'counter', 'Such threads that ended and were replaced.', () =>
    single(listeners.deaths),
  );
}
