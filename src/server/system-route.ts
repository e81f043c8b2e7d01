// Routes about the process: is it alive, does it take requests, what has it done.

import { Problem } from '../errors.js';
import { requireTenant } from './context.js';
import type { Exchange } from './exchange.js';

/** GET /healthz: the process runs and its event loop turns. */
export function showHealth(exchange: Exchange): void {
  exchange.json(200, { status: 'ok' });
}

/**
 * GET /readyz: 200 while requests are welcome, 503 from the stop signal on. Of a fleet it is the process that is asked which is
 * ready; how many are is told beside it.
 */
export function showReady(exchange: Exchange): void {
  const { engine, traffic, fleet } = exchange.context;
  if (traffic.draining || !engine.ready) throw new Problem('STOPPING');
  const state = { status: 'ready', tenants: engine.tenants().length, storeProblems: engine.storeProblems };
  if (fleet?.status === undefined) exchange.json(200, state);
  else {
    fleet.status().then(
      (processes) => exchange.json(200, { ...state, processes }),
      () => exchange.fail(new Problem('STOPPING')),
    );
  }
}

/** GET /metrics: text format of Prometheus; of a fleet, of all its processes together. */
export function showMetrics(exchange: Exchange): void {
  const { metrics, fleet } = exchange.context;
  (fleet?.metrics() ?? metrics.render()).then(
    (text) => exchange.send(200, metrics.contentType, text),
    (error: unknown) => exchange.fail(error),
  );
}

/** GET /openapi.json */
export function showOpenApi(exchange: Exchange): void {
  exchange.send(200, 'application/json', exchange.context.documents.openApi());
}

/** GET /v1/{tenant}/openapi.json: with the bundles that are live and their models. */
export function showTenantOpenApi(exchange: Exchange): void {
  const { tenant, context } = exchange;
  requireTenant(context.engine, tenant);
  exchange.send(200, 'application/json', context.documents.tenantOpenApi(tenant, context.engine.bundles(tenant)));
}

/** GET /docs: nothing in it may be run or loaded. */
export function showDocs(exchange: Exchange): void {
  exchange.send(200, 'text/html; charset=utf-8', exchange.context.documents.docs(), [
    ['Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"],
    ['X-Content-Type-Options', 'nosniff'],
  ]);
}
