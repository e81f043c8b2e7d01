// Echoes that read of a request what Verdict's server has to, or answer as it might: what the library takes for that, by path.

import { readHead } from '../../src/server/request-head.js';
import type { HttpRequest, HttpResponse, TemplatedApp } from '../../src/server/uws.js';

/** What a decision's route looks at, where it asks by name. */
const NAMES = [
  ...['content-length', 'transfer-encoding', 'content-type', 'accept', 'verdict-deadline', 'idempotency-key', 'traceparent'],
] as const;
const JSON_START = new TextEncoder().encode('200 OK\r\nContent-Type: application/json').buffer;

/** Paths of the echoes. */
export const HEAD_ECHOES = {
  forEach: '/by-for-each',
  getHeader: '/by-name',
  path: '/path',
  head: '/head-and-path',
  start: '/start-as-bytes',
  turn: '/by-turn',
} as const;

/** Adds them to an app; all answer with this body. */
export function addHeadEchoes(app: TemplatedApp, body: Uint8Array): void {
  const answer = (response: HttpResponse): void => {
    response.writeHeader('Content-Type', 'application/json').end(body);
  };
  const add = (path: string, read: (request: HttpRequest) => void, send = answer): void => {
    app.post(path, (response, request) => {
      read(request);
      response.onAborted(() => {});
      response.onData((_chunk, isLast) => {
        if (isLast) send(response);
      });
    });
  };
  const byEach = (request: HttpRequest): void => {
    readHead(request, 'required');
  };
  add(HEAD_ECHOES.forEach, byEach);
  add(HEAD_ECHOES.getHeader, (request) => {
    for (const name of NAMES) request.getHeader(name);
  });
  add(HEAD_ECHOES.path, (request) => {
    request.getUrl();
  });
  add(HEAD_ECHOES.head, (request) => {
    byEach(request);
    request.getUrl();
  });
  add(
    HEAD_ECHOES.start,
    () => {},
    (response) => {
      response.writeStatus(JSON_START).end(body);
    },
  );
  // Nobody aborts in the bench: an answer that waits would have to know.
  let waiting: HttpResponse[] = [];
  const sendAll = (): void => {
    const due = waiting;
    waiting = [];
    for (const response of due) response.cork(() => answer(response));
  };
  add(
    HEAD_ECHOES.turn,
    () => {},
    (response) => {
      if (waiting.push(response) === 1) setImmediate(sendAll);
    },
  );
}
