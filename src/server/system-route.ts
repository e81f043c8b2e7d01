// Routes about the process: is it alive, does it take requests, what has it done.

import { Problem } from '../errors.js';
import type { Exchange } from './exchange.js';

/** GET /healthz: the process runs and its event loop turns. */
export function showHealth(exchange: Exchange): void {
  exchange.json(200, { status: 'ok' });
}

/** GET /readyz: 200 while requests are welcome, 503 from the stop signal on. */
export function showReady(exchange: Exchange): void {
  const { engine, traffic } = exchange.context;
  if (traffic.draining || !engine.ready) throw new Problem('STOPPING');
  exchange.json(200, { status: 'ready', tenants: engine.tenants().length, storeProblems: engine.storeProblems });
}

/** GET /metrics: text format of Prometheus. */
export function showMetrics(exchange: Exchange): void {
  const { metrics } = exchange.context;
  metrics.render().then(
    (text) => exchange.send(200, metrics.contentType, text),
    (error: unknown) => exchange.fail(error),
  );
}
