// One HTTP request and its answer. An exchange is counted from its head until its answer is with the kernel, so that stop() knows
// what is still owed. After an abort, or once answered, answering again does nothing: routes need not check.

import { Problem } from '../errors.js';
import { DISCARD_FACTOR, FLUSH_BYTES } from './config.js';
import type { Context } from './context.js';
import type { RouteMetrics } from './metrics.js';
import { asProblem, PROBLEM_TYPE, renderProblem } from './problem-document.js';
import type { RequestHead } from './request-head.js';
import type { HttpResponse } from './uws.js';

const REASONS: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  409: 'Conflict',
  411: 'Length Required',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  426: 'Upgrade Required',
  499: 'Client Closed Request',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  507: 'Insufficient Storage',
};

/** Status and reason phrase, as in the first line of an answer. */
export function statusLine(status: number): string {
  return `${status} ${REASONS[status] ?? ''}`;
}

/** Seconds after which a caller that was told BUSY may try again. */
const RETRY_AFTER_SECONDS = '1';

export type Headers = readonly (readonly [name: string, value: string])[];

enum Phase {
  /** The head is here; the body may be on its way. */
  RECEIVING = 0,
  /** All bytes are here, the answer is owed. */
  PENDING = 1,
  /** The answer is given, and not yet all with the kernel. */
  FLUSHING = 2,
  DONE = 3,
}

export class Exchange {
  private phase = Phase.RECEIVING;
  private isPaused = false;
  private aborted: () => void = () => {};
  /** Inside a callback of the library, which corks the socket by itself. */
  private isCorked = true;
  private readonly startedAt = performance.now();

  constructor(
    readonly context: Context,
    private readonly response: HttpResponse,
    private readonly metrics: RouteMetrics,
    readonly head: RequestHead,
    /** From the path; '' where the route has none. */
    readonly tenant: string,
    /** Of the bundle or list. */
    readonly name: string,
    /** The raw query, without `?`. */
    readonly query: string,
    private readonly isHead: boolean,
  ) {
    context.traffic.receiving++;
    response.onAborted(() => this.abort());
  }

  /** Whether nobody waits for an answer any more. */
  get isOver(): boolean {
    return this.phase >= Phase.FLUSHING;
  }

  /** Reads the body by chunks; a chunk is only valid inside the call. */
  onData(handler: (chunk: ArrayBuffer, isLast: boolean) => void): void {
    this.response.onData((chunk, isLast) => {
      this.context.traffic.activity++;
      if (isLast) this.received();
      this.isCorked = true;
      handler(chunk, isLast);
      this.isCorked = false;
    });
  }

  /** Calls back where the caller goes away before it is answered. */
  onAborted(handler: () => void): void {
    this.aborted = handler;
  }

  /** Reads nothing more from the socket until `resume`. */
  pause(): void {
    if (this.isPaused || this.phase !== Phase.RECEIVING) return;
    this.isPaused = true;
    this.response.pause();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    if (this.phase !== Phase.DONE) this.response.resume();
  }

  /** All bytes of the request are here. */
  received(): void {
    if (this.phase !== Phase.RECEIVING) return;
    const { traffic } = this.context;
    this.phase = Phase.PENDING;
    traffic.receiving--;
    traffic.pending++;
  }

  /** Answers with a body of text or bytes; bytes are taken before the return, so they may be a view that lives no longer. */
  send(status: number, contentType: string, body: string | Uint8Array, headers: Headers = [], close = false): void {
    if (this.isOver) return;
    this.resume();
    this.received();
    this.phase = Phase.FLUSHING;
    const last = close || this.context.traffic.draining;
    if (this.isCorked) this.write(status, contentType, body, headers, last);
    else this.response.cork(() => this.write(status, contentType, body, headers, last));
  }

  /** The route's handler has returned. */
  leave(): void {
    this.isCorked = false;
  }

  json(status: number, value: unknown, headers?: Headers): void {
    this.send(status, 'application/json', JSON.stringify(value), headers);
  }

  /**
   * Answers with a problem document. `close` ends the connection too, where the rest of its bytes cannot be trusted; so does a
   * body that is still on its way and too large to be dropped as it comes.
   */
  refuse(problem: Problem, headers: Headers = [], close = false): void {
    const isOversized =
      this.phase === Phase.RECEIVING && this.head.contentBytes > DISCARD_FACTOR * this.context.config.bodyBytesMax;
    const retry: Headers = problem.code === 'BUSY' ? [['Retry-After', RETRY_AFTER_SECONDS]] : [];
    this.send(problem.status, PROBLEM_TYPE, renderProblem(problem), [...headers, ...retry], close || isOversized);
  }

  /** Answers whatever was thrown: a Problem as it is, anything else as INTERNAL, with its text in the log only. */
  fail(error: unknown): void {
    if (!(error instanceof Problem)) {
      this.context.config.log.error(
        { err: error, route: this.metrics.route, tenant: this.tenant, bundle: this.name },
        'a request failed',
      );
    }
    this.refuse(asProblem(error));
  }

  private write(status: number, contentType: string, body: string | Uint8Array, headers: Headers, last: boolean): void {
    const { response } = this;
    if (status !== 200) response.writeStatus(statusLine(status));
    response.writeHeader('Content-Type', contentType);
    for (const [name, value] of headers) response.writeHeader(name, value);
    if (this.isHead) response.endWithoutBody(typeof body === 'string' ? Buffer.byteLength(body) : body.length, last);
    else if (body.length <= FLUSH_BYTES || last) response.end(body, last);
    else {
      this.flush(status, typeof body === 'string' ? Buffer.from(body) : body);
      return;
    }
    this.finish(status);
  }

  /** Writes as much as the kernel takes, and the rest when it takes more. */
  private flush(status: number, body: Uint8Array): void {
    const { response } = this;
    const base = response.getWriteOffset();
    const [, done] = response.tryEnd(body, body.length);
    if (done) {
      this.finish(status);
      return;
    }
    const rest = body.slice();
    response.onWritable((offset) => {
      const [ok, ended] = response.tryEnd(rest.subarray(offset - base), rest.length);
      if (ended) this.finish(status);
      return ok;
    });
  }

  private finish(status: number): void {
    if (this.phase === Phase.DONE) return;
    this.phase = Phase.DONE;
    const { traffic } = this.context;
    traffic.pending--;
    traffic.activity++;
    this.metrics.record(status, performance.now() - this.startedAt);
  }

  private abort(): void {
    if (this.phase === Phase.DONE) return;
    if (this.phase === Phase.RECEIVING) this.context.traffic.receiving--;
    else this.context.traffic.pending--;
    this.phase = Phase.DONE;
    this.metrics.aborted++;
    this.aborted();
  }
}
