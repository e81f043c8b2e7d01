// The router, and what happens to every request before its route sees it: framing, names, counting.

import { LIST_NAME_PATTERN, NAME_PATTERN } from '../config.js';
import { Problem } from '../errors.js';
import { bodyRule, type Handler } from './api/route.js';
import { ROUTES } from './api/routes.js';
import type { Context } from './context.js';
import { Exchange, statusLine } from './exchange.js';
import { asProblem, PROBLEM_TYPE, renderProblem } from './problem-document.js';
import { type BodyRule, type RequestHead, readHead } from './request-head.js';
import { STREAM_PATTERN, StreamEndpoint } from './stream.js';
import type { HttpRequest, HttpResponse, TemplatedApp, Uws } from './uws.js';

/** One name in the metrics for whatever no route takes. */
const OTHER_ROUTES = 'other';

/** Adds all routes to an app and returns its WebSocket endpoint. */
export function addRoutes(app: TemplatedApp, uws: Uws, context: Context): StreamEndpoint {
  const allowed = new Map<string, string[]>();
  for (const route of ROUTES) {
    const { method, pattern, handler } = route;
    const accept = acceptor(context, `${method} ${pattern}`, pattern, bodyRule(route), handler);
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
  const names = /^\/v1\/:tenant\/(lists|parameters)\//.test(pattern) ? LIST_NAME_PATTERN : NAME_PATTERN;
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
