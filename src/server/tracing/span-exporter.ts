// Spans on their way to a collector: a bounded queue, one request at a time, nothing that serving could wait for. What finds no
// room is dropped; a collector that fails is tried again with growing pauses, and its spans are dropped at last. All of it is
// counted.

import { monotonicMillis } from '../../clock.js';
import type { Log } from '../config.js';
import { type TraceOptions, tracesUrl } from './options.js';
import { type Attributes, type Span, writeTraces } from './otlp.js';

/** Spans that may wait. */
const QUEUE_MAX = 4096;
/** Spans of one request. */
const BATCH_MAX = 512;
const FLUSH_MILLIS = 1000;
const TIMEOUT_MILLIS = 10_000;
/** Tries of one batch, and the pause after the first; it doubles. */
const TRIES = 4;
const PAUSE_MILLIS = 500;
const PAUSE_MILLIS_MAX = 30_000;
/** How long a stop waits for the last spans. */
const STOP_MILLIS = 2000;
/** Answers after which the same spans may be sent again, by the standard. */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** A step of the wall clock that spans are not told of. */
const DRIFT_MILLIS = 10;

export interface ExportCounts {
  exported: number;
  /** There was no room for them. */
  dropped: number;
  /** The collector would not have them. */
  failed: number;
}

export class SpanExporter {
  readonly counts: ExportCounts = { exported: 0, dropped: 0, failed: 0 };
  private readonly url: URL;
  private readonly headers: Readonly<Record<string, string>>;
  private queue: Span[] = [];
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  private isFailing = false;
  private epochMillis = Date.now() - monotonicMillis();

  /** @param resource what all spans have in common */
  constructor(
    options: TraceOptions,
    private readonly resource: Attributes,
    private readonly log: Log,
  ) {
    this.url = tracesUrl(options.endpoint);
    this.headers = { ...options.headers, 'content-type': 'application/json' };
  }

  /** Takes a span, or drops it. Never waits, never throws. */
  add(span: Span): void {
    if (this.queue.length >= QUEUE_MAX) {
      this.counts.dropped++;
      return;
    }
    this.queue.push(span);
    if (this.queue.length >= BATCH_MAX) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), FLUSH_MILLIS).unref();
  }

  /** Sends what is there, for a while at most; what is left is counted as dropped. Nothing is taken any more. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => this.stopping.abort(), STOP_MILLIS);
    this.flush();
    await this.sending;
    clearTimeout(timer);
    clearTimeout(this.timer);
    this.stopping.abort();
    this.counts.dropped += this.queue.length;
    this.queue = [];
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.sending ??= this.sendAll().finally(() => {
      this.sending = undefined;
    });
  }

  private async sendAll(): Promise<void> {
    while (this.queue.length > 0 && !this.stopping.signal.aborted) {
      const batch = this.queue.splice(0, BATCH_MAX);
      const epoch = Date.now() - monotonicMillis();
      if (Math.abs(epoch - this.epochMillis) > DRIFT_MILLIS) this.epochMillis = epoch;
      const taken = await this.send(writeTraces(batch, this.resource, this.epochMillis));
      const failed = typeof taken === 'string' ? batch.length : Math.min(taken, batch.length);
      this.counts.failed += failed;
      this.counts.exported += batch.length - failed;
      this.tell(typeof taken === 'string' ? taken : undefined);
    }
  }

  /** Sends a batch, again and again where that makes sense. Returns how many spans of it were refused, or why all. */
  private async send(body: string): Promise<number | string> {
    let refusal = '';
    for (let attempt = 0; attempt < TRIES && !this.stopping.signal.aborted; attempt++) {
      let pause = PAUSE_MILLIS * 2 ** attempt;
      try {
        const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MILLIS), this.stopping.signal]);
        const response = await fetch(this.url, { method: 'POST', headers: this.headers, body, redirect: 'error', signal });
        const text = await response.text(); // read in any case: the connection is used again
        if (response.ok) return refusedSpans(text);
        refusal = `status ${response.status}`;
        if (!PASSING.has(response.status)) return refusal;
        const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
        if (seconds >= 0) pause = Math.min(seconds * 1000, PAUSE_MILLIS_MAX);
      } catch (error) {
        const { cause, message } = error as Error;
        refusal = (cause as NodeJS.ErrnoException | undefined)?.code ?? message;
      }
      if (attempt + 1 < TRIES) await this.pause(pause);
    }
    return refusal;
  }

  private pause(millis: number): Promise<void> {
    const { signal } = this.stopping;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const over = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', over);
        resolve();
      };
      const timer = setTimeout(over, millis).unref();
      signal.addEventListener('abort', over);
    });
  }

  /** Once where it begins to fail, and once where it is well again. */
  private tell(refusal: string | undefined): void {
    if ((refusal !== undefined) === this.isFailing) return;
    this.isFailing = !this.isFailing;
    const fields = { collector: this.url.href, ...this.counts };
    if (refusal === undefined) this.log.info(fields, 'the collector takes spans again');
    else this.log.warn({ ...fields, reason: refusal }, 'the collector does not take spans');
  }
}

/** What a collector says that it took in part. */
function refusedSpans(text: string): number {
  try {
    const answer = JSON.parse(text) as { partialSuccess?: { rejectedSpans?: number | string } } | null;
    return Math.max(0, Math.trunc(Number(answer?.partialSuccess?.rejectedSpans ?? 0))) || 0;
  } catch {
    return 0; // it took them, and says so in a form of its own
  }
}
