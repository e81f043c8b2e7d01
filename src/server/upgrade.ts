// Who may open a stream: the caller as for any route, and, where a browser asks, a page of an origin that is allowed. Browsers
// cannot send Authorization with a WebSocket: a subprotocol beside the real one stands for it.

import { Problem } from '../errors.js';
import { BEARER_PROTOCOL } from '../stream/protocol.js';
import type { Context } from './context.js';
import { statusLine } from './exchange.js';
import { asProblem, PROBLEM_TYPE, renderProblem } from './problem-document.js';
import { requireCertificate } from './tls.js';
import type { HttpRequest, HttpResponse } from './uws.js';

/** Calls `upgrade` once the caller is admitted, at once or later, or refuses it. What `upgrade` needs of `request` is read before. */
export function admitUpgrade(
  context: Context,
  response: HttpResponse,
  request: HttpRequest,
  tenant: string,
  upgrade: () => void,
): void {
  try {
    if (context.config.tls?.ca !== undefined) requireCertificate(response);
    requireOrigin(context, request);
    const admitted = context.auth?.admit(
      authorizationOf(request),
      'decide',
      tenant,
      () => ({ method: 'GET', path: pathOf(request), contentType: '' }),
      true,
    );
    if (admitted instanceof Promise) later(context, response, admitted, upgrade);
    else upgrade();
  } catch (error) {
    refuseUpgrade(context, response, error);
  }
}

/** Path and query as they were sent. The library gives no text where there is no query, whatever it declares. */
export function pathOf(request: HttpRequest): string {
  const query = request.getQuery() as string | undefined;
  return query === undefined || query === '' ? request.getUrl() : `${request.getUrl()}?${query}`;
}

/** Answers instead of an upgrade, and closes. Counts it, and logs it where it is our bug. */
export function refuseUpgrade({ config, metrics }: Context, response: HttpResponse, error: unknown): void {
  if (!(error instanceof Problem)) config.log.error({ err: error, route: 'upgrade' }, 'an upgrade failed');
  const problem = asProblem(error);
  metrics.problems.count(problem.code);
  response.writeStatus(statusLine(problem.status));
  response.writeHeader('Content-Type', PROBLEM_TYPE).end(renderProblem(problem), true);
}

function later(context: Context, response: HttpResponse, admitted: Promise<unknown>, upgrade: () => void): void {
  let aborted = false;
  response.onAborted(() => {
    aborted = true;
  });
  const settle = (answer: () => void): void => {
    if (!aborted) response.cork(answer);
  };
  admitted.then(
    () => settle(upgrade),
    (error: unknown) => settle(() => refuseUpgrade(context, response, error)),
  );
}

function authorizationOf(request: HttpRequest): string {
  const header = request.getHeader('authorization');
  if (header !== '') return header;
  const protocols = request.getHeader('sec-websocket-protocol').split(',');
  const bearer = protocols.map((protocol) => protocol.trim()).find((protocol) => protocol.startsWith(BEARER_PROTOCOL));
  return bearer === undefined ? '' : `Bearer ${bearer.slice(BEARER_PROTOCOL.length)}`;
}

/** Throws Problem FORBIDDEN for a page of an origin that is not allowed. Only browsers send one. */
function requireOrigin({ config }: Context, request: HttpRequest): void {
  const origin = request.getHeader('origin');
  if (origin === '' || config.allowedOrigins.includes(origin) || config.allowedOrigins.includes('*')) return;
  const own = `${config.tls === undefined ? 'http' : 'https'}://${request.getHeader('host')}`;
  if (origin !== own) throw new Problem('FORBIDDEN', 'pages of this origin may not open streams');
}
