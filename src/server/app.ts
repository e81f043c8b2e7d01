// The router, and what happens to every request before its route sees it: framing, names, counting.

import { LIST_NAME_PATTERN, NAME_PATTERN } from '../config.js';
import { Problem } from '../errors.js';
import { type Access, bodyRule, type Handler } from './api/route.js';
import { ROUTES } from './api/routes.js';
import type { Admitted } from './auth/authenticator.js';
import { NO_BODY_HASH, type SignedRequest } from './auth/signature.js';
import type { Context } from './context.js';
import { Exchange, statusLine } from './exchange.js';
import { asProblem, PROBLEM_TYPE, renderProblem } from './problem-document.js';
import { type BodyRule, type RequestHead, readHead } from './request-head.js';
import { STREAM_PATTERN, type StreamEndpoint } from './stream.js';
import { requireCertificate } from './tls.js';
import { pathOf } from './upgrade.js';
import type { HttpRequest, HttpResponse, TemplatedApp, Uws } from './uws.js';

/** One name in the metrics for whatever no route takes. */
const OTHER_ROUTES = 'other';
const ANY_PATTERN = '/*';
/** RFC 3986: what is not ASCII, or is blank, does not stand in a path. */
const PLAIN_PATH = /^[\x21-\x7e]*$/;

/** What one port answers: everything, or, where there is a port for administration, each its part. */
export type Face = 'all' | 'decisions' | 'administration';

/** Adds the routes of a face to an app. */
export function addRoutes(app: TemplatedApp, uws: Uws, context: Context, stream: StreamEndpoint, face: Face = 'all'): void {
  const allowed = new Map<string, string[]>();
  for (const route of ROUTES) {
    const { method, pattern, access } = route;
    if (face === 'decisions' && (access === 'admin' || access === 'metrics' || route.isInternal === true)) continue;
    if (face === 'administration' && access === 'decide') continue;
    const accept = acceptor(context, `${method} ${pattern}`, pattern, bodyRule(route), route.handler, access);
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
  if (face !== 'administration') {
    stream.attach(app, uws);
    app.get(STREAM_PATTERN, acceptor(context, `GET ${STREAM_PATTERN}`, STREAM_PATTERN, 'none', refuseUpgrade));
    allowed.set(STREAM_PATTERN, ['GET']);
  }
  for (const [pattern, methods] of allowed) {
    const refuse: Handler = (exchange) => exchange.refuse(new Problem('METHOD_NOT_ALLOWED'), [['Allow', methods.join(', ')]]);
    app.any(pattern, acceptor(context, OTHER_ROUTES, pattern, 'any', refuse));
  }
  const notFound: Handler = () => {
    throw new Problem('NOT_FOUND');
  };
  app.any(ANY_PATTERN, acceptor(context, OTHER_ROUTES, ANY_PATTERN, 'any', notFound));
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
  access: Access = 'open',
): (response: HttpResponse, request: HttpRequest) => void {
  const auth = access === 'open' ? undefined : context.auth;
  const metrics = context.metrics.route(route, access === 'decide');
  const certified = context.config.tls?.ca !== undefined;
  const isPost = route.startsWith('POST ');
  const hasQuery = route.startsWith('PUT ');
  const names = /^\/v1\/:tenant\/(lists|parameters)\//.test(pattern) ? LIST_NAME_PATTERN : NAME_PATTERN;
  const parameters = pattern.split('/').filter((part) => part.startsWith(':')).length;
  // Those of the last request, which the next one mostly has too; '' where the route has none.
  let tenantChecked = parameters > 0 ? undefined : '';
  let nameChecked = parameters > 1 ? undefined : '';
  let urlRead: string | undefined;
  let tenant = '';
  let name = '';
  return (response, request) => {
    let head: RequestHead;
    try {
      if (certified) requireCertificate(response);
      head = readHead(request, rule);
      // Of the other routes only names go into the path, and those are looked at.
      if (pattern === ANY_PATTERN && !PLAIN_PATH.test(request.getUrl()))
        throw new Problem('INVALID_REQUEST', 'the path has characters that must be encoded');
    } catch (error) {
      const problem = asProblem(error);
      metrics.count(problem.status);
      metrics.latency.record(0);
      context.metrics.problems.count(problem.code);
      refuseConnection(response, problem);
      return;
    }
    // Strings that the library makes cost: only what the route can use is asked for.
    if (parameters > 0) {
      const url = request.getUrl();
      if (url !== urlRead) {
        tenant = request.getParameter(0) as string;
        if (parameters > 1) name = request.getParameter(1) as string;
        urlRead = url;
      }
    }
    const isHead = rule !== 'required' && request.getMethod() === 'head';
    const query = hasQuery ? request.getQuery() : '';
    // The other methods are idempotent by themselves.
    if (!isPost) head.idempotencyKey = '';
    const exchange = new Exchange(context, response, metrics, head, tenant, name, query, isHead);
    if (access === 'admin') exchange.isAdministration = true;
    try {
      if (tenant !== tenantChecked) tenantChecked = checkName(tenant, NAME_PATTERN);
      if (name !== nameChecked) nameChecked = checkName(name, names);
      if (rule === 'none') exchange.received();
      const admitted = auth?.admit(head.authorization, access, tenant, () => signedPart(request, head), access === 'admin');
      if (admitted instanceof Promise) {
        if (rule !== 'none') exchange.hold();
        admitted.then((it) => handle(exchange, handler, rule, it)).catch((error: unknown) => exchange.fail(error));
      } else if (admitted !== undefined) handle(exchange, handler, rule, admitted);
      else handler(exchange);
    } catch (error) {
      exchange.fail(error);
    }
    exchange.leave();
  };
}

/** What a signature is of, beside its own parts. */
function signedPart(request: HttpRequest, { contentType }: RequestHead): SignedRequest {
  return {
    method: request.getMethod().toUpperCase(),
    path: pathOf(request),
    contentType,
  };
}

/** Hands a request to its route once it is known who sends it. */
function handle(exchange: Exchange, handler: Handler, rule: BodyRule, { bodyHash }: Admitted): void {
  if (exchange.isOver) return;
  if (rule === 'none' && bodyHash !== '' && bodyHash !== NO_BODY_HASH)
    throw new Problem('UNAUTHENTICATED', 'the body is not the one that was signed');
  exchange.bodyHash = bodyHash;
  handler(exchange);
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

/** Returns the name. Throws Problem INVALID_NAME. */
function checkName(name: string, pattern: RegExp): string {
  if (pattern.test(name)) return name;
  throw new Problem('INVALID_NAME', `${JSON.stringify(name.slice(0, 100))} is not a name`);
}
