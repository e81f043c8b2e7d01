// The table of routes, and what happens to every request before its route sees it: framing, names, counting.

import { LIST_NAME_PATTERN, NAME_PATTERN } from '../config.js';
import { Problem } from '../errors.js';
import { listBundles, MODEL_FILES, publish, showBundle, showModel } from './bundle-route.js';
import type { Context } from './context.js';
import { decideBatch, decideOne } from './decision-route.js';
import { Exchange, statusLine } from './exchange.js';
import { deleteList, putList, showList, showLists } from './list-route.js';
import {
  patchParameters,
  putParameters,
  rollbackParameters,
  showAllParameters,
  showParameters,
  showParameterVersions,
} from './parameter-route.js';
import { asProblem, PROBLEM_TYPE, renderProblem } from './problem-document.js';
import { type BodyRule, type RequestHead, readHead } from './request-head.js';
import { STREAM_PATTERN, StreamEndpoint } from './stream.js';
import { showHealth, showMetrics, showReady } from './system-route.js';
import type { HttpRequest, HttpResponse, TemplatedApp, Uws } from './uws.js';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Handler = (exchange: Exchange) => void;

const LISTS_PATTERN = '/v1/:tenant/lists';
const LIST_PATTERN = '/v1/:tenant/lists/:name';
const PARAMETERS_PATTERN = '/v1/:tenant/parameters/:name';

/** Path parameters are :tenant and :name, in this order. GET routes answer HEAD too. */
const ROUTES: readonly (readonly [method: Method, pattern: string, handler: Handler])[] = [
  ['POST', '/v1/:tenant/decisions/:name', decideOne],
  ['POST', '/v1/:tenant/decisions/:name/batch', decideBatch],
  ['GET', '/v1/:tenant/bundles', listBundles],
  ['PUT', '/v1/:tenant/bundles/:name', publish],
  ['GET', '/v1/:tenant/bundles/:name', showBundle],
  ...Object.keys(MODEL_FILES).map((file) => ['GET', `/v1/:tenant/bundles/:name/${file}`, showModel(file)] as const),
  ['GET', LISTS_PATTERN, showLists],
  ['PUT', LIST_PATTERN, putList],
  ['GET', LIST_PATTERN, showList],
  ['DELETE', LIST_PATTERN, deleteList],
  ['GET', '/v1/:tenant/parameters', showAllParameters],
  ['PUT', PARAMETERS_PATTERN, putParameters],
  ['PATCH', PARAMETERS_PATTERN, patchParameters],
  ['GET', PARAMETERS_PATTERN, showParameters],
  ['GET', '/v1/:tenant/parameters/:name/versions', showParameterVersions],
  ['POST', '/v1/:tenant/parameters/:name/rollback', rollbackParameters],
  ['GET', '/healthz', showHealth],
  ['GET', '/readyz', showReady],
  ['GET', '/metrics', showMetrics],
];

/** One name in the metrics for whatever no route takes. */
const OTHER_ROUTES = 'other';

/** Adds all routes to an app and returns its WebSocket endpoint. */
export function addRoutes(app: TemplatedApp, uws: Uws, context: Context): StreamEndpoint {
  const allowed = new Map<string, string[]>();
  for (const [method, pattern, handler] of ROUTES) {
    const accept = acceptor(
      context,
      `${method} ${pattern}`,
      pattern,
      method === 'GET' || method === 'DELETE' ? 'none' : 'required',
      handler,
    );
    if (method === 'POST') app.post(pattern, accept);
    else if (method === 'PUT') app.put(pattern, accept);
    else if (method === 'PATCH') app.patch(pattern, accept);
    else if (method === 'DELETE') app.del(pattern, accept);
    else {
      app.get(pattern, accept);
      app.head(pattern, accept);
    }
    allowed.set(pattern, [...(allowed.get(pattern) ?? []), ...(method === 'GET' ? ['GET', 'HEAD'] : [method])]);
  }
  const stream = new StreamEndpoint(context);
  stream.attach(app, uws);
  app.get(STREAM_PATTERN, acceptor(context, `GET ${STREAM_PATTERN}`, STREAM_PATTERN, 'none', refuseUpgrade));
  allowed.set(STREAM_PATTERN, ['GET']);
  for (const [pattern, methods] of allowed) {
    const refuse: Handler = (exchange) => exchange.refuse(new Problem('METHOD_NOT_ALLOWED'), [['Allow', methods.join(', ')]]);
    app.any(pattern, acceptor(context, OTHER_ROUTES, pattern, 'any', refuse));
  }
  const notFound: Handler = () => {
    throw new Problem('NOT_FOUND');
  };
  app.any('/*', acceptor(context, OTHER_ROUTES, '/*', 'any', notFound));
  return stream;
}

const refuseUpgrade: Handler = (exchange) => {
  exchange.refuse(new Problem('UPGRADE_REQUIRED'), [
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
  ]);
};

function acceptor(
  context: Context,
  route: string,
  pattern: string,
  rule: BodyRule,
  handler: Handler,
): (response: HttpResponse, request: HttpRequest) => void {
  const metrics = context.metrics.route(route);
  const isPost = route.startsWith('POST ');
  const hasQuery = route.startsWith('PUT ');
  const names = pattern === LIST_PATTERN || pattern.startsWith(PARAMETERS_PATTERN) ? LIST_NAME_PATTERN : NAME_PATTERN;
  const parameters = pattern.split('/').filter((part) => part.startsWith(':')).length;
  return (response, request) => {
    let head: RequestHead;
    try {
      head = readHead(request, rule);
    } catch (error) {
      const problem = asProblem(error);
      metrics.record(problem.status, 0);
      refuseConnection(response, problem);
      return;
    }
    const tenant = parameters > 0 ? (request.getParameter(0) as string) : '';
    const name = parameters > 1 ? (request.getParameter(1) as string) : '';
    // Strings that the library makes cost: only what the route can use is asked for.
    const isHead = rule !== 'required' && request.getMethod() === 'head';
    const query = hasQuery ? request.getQuery() : '';
    // The other methods are idempotent by themselves.
    if (!isPost) head.idempotencyKey = '';
    const exchange = new Exchange(context, response, metrics, head, tenant, name, query, isHead);
    try {
      if (parameters > 0) checkName(tenant, NAME_PATTERN);
      if (parameters > 1) checkName(name, names);
      if (rule === 'none') exchange.received();
      handler(exchange);
    } catch (error) {
      exchange.fail(error);
    }
    exchange.leave();
  };
}

/**
 * Answers and closes, in the next turn: closing from inside the handler would come after the parser has gone on, and the bytes
 * behind the refused request would be taken for another. While an answer is owed the parser takes no further request: it
 * closes the connection instead.
 */
function refuseConnection(response: HttpResponse, problem: Problem): void {
  let aborted = false;
  response.onAborted(() => {
    aborted = true;
  });
  setImmediate(() => {
    if (aborted) return;
    response.cork(() => {
      response.writeStatus(statusLine(problem.status)).writeHeader('Content-Type', PROBLEM_TYPE).end(renderProblem(problem), true);
    });
  });
}

function checkName(name: string, pattern: RegExp): void {
  if (!pattern.test(name)) throw new Problem('INVALID_NAME', `${JSON.stringify(name.slice(0, 100))} is not a name`);
}
