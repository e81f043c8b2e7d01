// /metrics in the text format of Prometheus. The hot path counts in plain numbers; they become metrics when somebody asks.
// Labels are bounded: route and status, never tenant or bundle.

import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import type { Engine } from '../engine.js';
import { Histogram } from '../observe/histogram.js';
import { CloseCode } from '../stream/protocol.js';
import type { Log } from './config.js';
import type { Traffic } from './context.js';
import type { IdempotentAnswers } from './idempotent-answers.js';

/** Upper bounds of the latency buckets, microseconds; each is one less than a power of two, where Histogram counts exactly. */
const BUCKETS_MICROS = Array.from({ length: 19 }, (_, i) => 2 ** (i + 5) - 1);

/** What one route has answered. */
export class RouteMetrics {
  readonly responses = new Map<number, number>();
  readonly latency = new Histogram();
  /** Requests whose caller went away before the answer, by how far they were. */
  readonly aborted = new Map<string, number>();

  constructor(readonly route: string) {}

  record(status: number, millis: number): void {
    this.responses.set(status, (this.responses.get(status) ?? 0) + 1);
    this.latency.record(millis * 1000);
  }

  countAborted(phase: string): void {
    this.aborted.set(phase, (this.aborted.get(phase) ?? 0) + 1);
  }
}

/** Close codes with a sample of their own; what a client may choose freely is `other`. */
const CLOSE_CODES: ReadonlySet<number> = new Set(Object.values(CloseCode));
/** Traces that are logged within one second: a caller that has all of its requests traced does not fill the log. */
const TRACES_LOGGED_MAX = 100;

/** What the WebSocket endpoint has done. */
export class StreamMetrics {
  opened = 0;
  /** Connections closed, by code. */
  readonly closed = new Map<string, number>();
  private traceSecond = 0;
  private tracesLogged = 0;
  frames = 0;
  /** Frames answered with an error, by code. */
  readonly errors = new Map<string, number>();
  readonly latency = new Histogram();

  countError(code: string): void {
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }

  countClose(code: number): void {
    const label = CLOSE_CODES.has(code) ? String(code) : 'other';
    this.closed.set(label, (this.closed.get(label) ?? 0) + 1);
  }

  /** Logs what became of a message that its caller traces. */
  logTrace(log: Log, fields: object): void {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.traceSecond) {
      this.traceSecond = second;
      this.tracesLogged = 0;
    }
    if (this.tracesLogged++ < TRACES_LOGGED_MAX) log.info(fields, 'a traced message was answered');
  }
}

interface Sample {
  labels: Record<string, string | number>;
  value: number;
  metricName?: string;
}

export class ServerMetrics {
  private readonly registry = new Registry();
  private readonly routes: RouteMetrics[] = [];
  readonly streams = new StreamMetrics();

  constructor(engine: Engine, traffic: Traffic, idempotency: IdempotentAnswers) {
    collectDefaultMetrics({ register: this.registry });
    this.addRoutes();
    this.addStreams(traffic);
    this.addEngine(engine);
    this.add('verdict_idempotency_bytes', 'gauge', 'Answers kept for requests with an Idempotency-Key.', () => [
      { labels: {}, value: idempotency.bytes },
    ]);
    this.add('verdict_idempotency_total', 'counter', 'Requests with an Idempotency-Key, by what became of them.', () =>
      Object.entries(idempotency.counts).map(([result, value]) => ({ labels: { result }, value })),
    );
  }

  /** Metrics of a route, the same for the same name. */
  route(route: string): RouteMetrics {
    const known = this.routes.find((metrics) => metrics.route === route);
    if (known !== undefined) return known;
    const metrics = new RouteMetrics(route);
    this.routes.push(metrics);
    return metrics;
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  render(): Promise<string> {
    return this.registry.metrics();
  }

  private addRoutes(): void {
    this.add('verdict_http_requests_total', 'counter', 'HTTP requests answered.', () =>
      this.routes.flatMap(({ route, responses }) =>
        [...responses].map(([status, value]) => ({ labels: { route, status }, value })),
      ),
    );
    this.add('verdict_http_aborted_total', 'counter', 'HTTP requests whose caller went away before the answer.', () =>
      this.routes.flatMap(({ route, aborted }) => [...aborted].map(([phase, value]) => ({ labels: { route, phase }, value }))),
    );
    this.add('verdict_http_request_duration_seconds', 'histogram', 'From the head of a request to its answer.', () =>
      this.routes.flatMap(({ route, latency }) => bucketSamples('verdict_http_request_duration_seconds', { route }, latency)),
    );
  }

  private addStreams(traffic: Traffic): void {
    const { streams } = this;
    const single = (value: number): Sample[] => [{ labels: {}, value }];
    this.add('verdict_http_connections', 'gauge', 'Open HTTP connections.', () => single(traffic.httpConnections));
    this.add('verdict_stream_connections', 'gauge', 'Open WebSockets.', () => single(traffic.streams));
    this.add('verdict_stream_connections_total', 'counter', 'WebSockets opened.', () => single(streams.opened));
    this.add('verdict_stream_closed_total', 'counter', 'WebSockets closed, by code.', () =>
      [...streams.closed].map(([code, value]) => ({ labels: { code }, value })),
    );
    this.add('verdict_stream_frames_total', 'counter', 'WebSocket messages answered.', () => single(streams.frames));
    this.add('verdict_stream_errors_total', 'counter', 'WebSocket messages answered with an error.', () =>
      [...streams.errors].map(([code, value]) => ({ labels: { code }, value })),
    );
    this.add('verdict_stream_frame_duration_seconds', 'histogram', 'From a WebSocket message to its answer.', () =>
      bucketSamples('verdict_stream_frame_duration_seconds', {}, streams.latency),
    );
    this.add('verdict_requests_pending', 'gauge', 'Requests and frames that are here and not answered yet.', () =>
      single(traffic.pending),
    );
  }

  private addEngine(engine: Engine): void {
    const stats = () => engine.stats();
    const single = (value: number): Sample[] => [{ labels: {}, value }];
    const sum = (key: 'bundles' | 'memoryBytes' | 'heapBytesUsed' | 'ringBytesUsed' | 'slots') =>
      single(stats().tenants.reduce((total, tenant) => total + tenant[key], 0));
    this.add('verdict_decisions_total', 'counter', 'Decisions by outcome.', () =>
      Object.entries(stats().outcomes).map(([outcome, value]) => ({ labels: { outcome }, value })),
    );
    this.add('verdict_invalid_payloads_total', 'counter', 'Payloads that do not fit their model.', () =>
      single(stats().invalidPayloads),
    );
    this.add(
      'verdict_failed_total',
      'counter',
      'Decisions that a fault of their bundle settled, and requests for want of a list.',
      () => {
        const { arithmetic, conflict, listMissing } = stats().failed;
        const values = { ARITHMETIC: arithmetic, CONFLICT: conflict, LIST_MISSING: listMissing };
        return Object.entries(values).map(([status, value]) => ({ labels: { status }, value }));
      },
    );
    this.add('verdict_engine_requests_total', 'counter', 'Requests decided, by path.', () =>
      Object.entries(stats().requests).map(([path, value]) => ({ labels: { path }, value })),
    );
    this.add('verdict_engine_busy_total', 'counter', 'Requests refused because a ring was full.', () => single(stats().busy));
    this.add('verdict_engine_internal_total', 'counter', 'Requests that failed inside the engine.', () => single(stats().internal));
    this.add('verdict_engine_traps_total', 'counter', 'Instances replaced because they trapped.', () => single(stats().traps));
    this.add('verdict_engine_json_disagreed_total', 'counter', 'JSON texts that the engine refused and the encoder took.', () =>
      single(stats().jsonDisagreed),
    );
    this.add('verdict_pool_threads', 'gauge', 'Worker threads running.', () => single(stats().pool.threads));
    this.add('verdict_pool_running', 'gauge', 'Worker threads that have something to do.', () => single(stats().pool.running));
    this.add('verdict_pool_queued', 'gauge', 'Requests waiting for a worker.', () => single(stats().pool.queued));
    this.add('verdict_pool_queue_max', 'gauge', 'Requests that may wait for a worker.', () => single(stats().pool.queueMax));
    this.add('verdict_refused_total', 'counter', 'Requests refused or given up, by reason.', () =>
      Object.entries(stats().refused).map(([reason, value]) => ({ labels: { reason }, value })),
    );
    this.add('verdict_pool_slices_total', 'counter', 'Times that a worker decided of a request.', () =>
      single(stats().pool.slices),
    );
    this.add('verdict_pool_yields_total', 'counter', 'Slices after which some of the request was left.', () =>
      single(stats().pool.yields),
    );
    this.add('verdict_breakers', 'gauge', 'Circuit breakers of tenants that are not closed, by state.', () => {
      const { open, halfOpen } = stats().pool.breakers;
      return Object.entries({ open, half_open: halfOpen }).map(([state, value]) => ({ labels: { state }, value }));
    });
    this.add('verdict_breakers_opened_total', 'counter', 'Times that a circuit breaker was opened.', () =>
      single(stats().pool.breakers.opened),
    );
    this.add('verdict_pool_hangs_total', 'counter', 'Workers replaced because they hung.', () => single(stats().pool.hangs));
    this.add('verdict_pool_deaths_total', 'counter', 'Workers replaced because they died.', () => single(stats().pool.deaths));
    this.add('verdict_tenants', 'gauge', 'Tenants.', () => single(stats().tenants.length));
    this.add('verdict_bundles', 'gauge', 'Live bundles.', () => sum('bundles'));
    this.add('verdict_tenant_memory_bytes', 'gauge', 'Linear memory of all tenants.', () => sum('memoryBytes'));
    this.add('verdict_tenant_heap_used_bytes', 'gauge', 'Images of all tenants.', () => sum('heapBytesUsed'));
    this.add('verdict_ring_used_bytes', 'gauge', 'Rings of all tenants, in use.', () => sum('ringBytesUsed'));
    this.add('verdict_slots', 'gauge', 'Requests in the engine now.', () => sum('slots'));
  }

  /** prom-client asks a metric for its samples by `get`; these hand over numbers counted elsewhere. */
  add(name: string, type: 'counter' | 'gauge' | 'histogram', help: string, samples: () => Sample[]): void {
    const metric = {
      name,
      help,
      type,
      aggregator: 'sum',
      reset: () => {},
      get: async () => ({ name, help, type, aggregator: 'sum', values: samples() }),
    };
    this.registry.registerMetric(metric as unknown as Metric);
  }
}

function bucketSamples(name: string, labels: Record<string, string>, histogram: Histogram): Sample[] {
  const samples: Sample[] = BUCKETS_MICROS.map((micros) => ({
    labels: { ...labels, le: (micros + 1) / 1e6 },
    value: histogram.countUpTo(micros),
    metricName: `${name}_bucket`,
  }));
  samples.push({ labels: { ...labels, le: '+Inf' }, value: histogram.count, metricName: `${name}_bucket` });
  samples.push({ labels, value: histogram.sum / 1e6, metricName: `${name}_sum` });
  samples.push({ labels, value: histogram.count, metricName: `${name}_count` });
  return samples;
}
