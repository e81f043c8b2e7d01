// /metrics in the text format of Prometheus. The hot path counts in plain numbers; they become metrics when somebody asks.
// Labels are bounded: route and status; tenants only where tenant-metrics.ts bounds them; never bundles.

import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import type { ServingEngine } from '../engine.js';
import { Histogram } from '../observe/histogram.js';
import { CloseCode } from '../stream/protocol.js';
import type { Log } from './config.js';
import type { Traffic } from './context.js';
import type { Sampled } from './fleet/link.js';
import type { IdempotentAnswers } from './idempotent-answers.js';
import { LogPace } from './log-pace.js';
import { bucketSamples, byLabel, type Sample, single } from './metric-samples.js';
import { ProblemCounts } from './problem-counts.js';
import { SAMPLED, StageMetrics } from './stage-metrics.js';
import { addTenantMetrics } from './tenant-metrics.js';

/** Upper bounds of the latency buckets: 2^k microseconds, 32 us to 8.4 s. */
const EXPONENTS = Array.from({ length: 19 }, (_, i) => i + 5);

/** How often it is measured how late the event loop is. */
const LAG_EVERY_MILLIS = 10;
const LAG_EVERY_MILLIS_OF_MANY = 500;

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
/** Refused requests of administrators that are logged within one second. */
const REFUSALS_LOGGED_MAX = 20;

/** What the WebSocket endpoint has done. */
export class StreamMetrics {
  opened = 0;
  /** Connections closed, by code. */
  readonly closed = new Map<string, number>();
  private readonly traces = new LogPace(TRACES_LOGGED_MAX);
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
    if (this.traces.take()) log.info(fields, 'a traced message was answered');
  }
}

export class ServerMetrics {
  private readonly registry = new Registry();
  private readonly routes: RouteMetrics[] = [];
  readonly streams = new StreamMetrics();
  readonly stages = new StageMetrics();
  readonly problems = new ProblemCounts();
  /** Of lines on refused requests of administrators. */
  readonly refusals = new LogPace(REFUSALS_LOGGED_MAX);

  /** @param isOneOfMany whether the machine has many such processes, which should not wake up a hundred times a second */
  constructor(engine: ServingEngine, traffic: Traffic, idempotency: IdempotentAnswers, isOneOfMany = false) {
    const eventLoopMonitoringPrecision = isOneOfMany ? LAG_EVERY_MILLIS_OF_MANY : LAG_EVERY_MILLIS;
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision });
    this.addRoutes();
    this.addStreams(traffic);
    this.addEngine(engine);
    this.stages.addTo(this);
    this.problems.addTo(this);
    this.add('verdict_idempotency_bytes', 'gauge', 'Answers kept for requests with an Idempotency-Key.', () =>
      single(idempotency.bytes),
    );
    this.add('verdict_idempotency_total', 'counter', 'Requests with an Idempotency-Key, by what became of them.', () =>
      byLabel('result', Object.entries(idempotency.counts)),
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

  /** Answers of all routes by status, and requests whose caller went away. */
  httpTotals(): { answered: Record<string, number>; aborted: number } {
    const answered: Record<string, number> = {};
    let aborted = 0;
    for (const route of this.routes) {
      for (const [status, count] of route.responses) answered[status] = (answered[status] ?? 0) + count;
      for (const count of route.aborted.values()) aborted += count;
    }
    return { answered, aborted };
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  render(): Promise<string> {
    return this.registry.metrics();
  }

  /** Metrics with their samples. */
  async sampled(): Promise<Sampled[]> {
    return (await this.registry.getMetricsAsJSON()) as unknown as Sampled[];
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
      this.routes.flatMap(({ route, latency }) =>
        bucketSamples('verdict_http_request_duration_seconds', { route }, latency, EXPONENTS, 1e6),
      ),
    );
  }

  private addStreams(traffic: Traffic): void {
    const { streams } = this;
    this.add('verdict_http_connections', 'gauge', 'Open HTTP connections.', () => single(traffic.httpConnections));
    this.add('verdict_stream_connections', 'gauge', 'Open WebSockets.', () => single(traffic.streams));
    this.add('verdict_stream_connections_total', 'counter', 'WebSockets opened.', () => single(streams.opened));
    this.add('verdict_stream_closed_total', 'counter', 'WebSockets closed, by code.', () => byLabel('code', streams.closed));
    this.add('verdict_stream_frames_total', 'counter', 'WebSocket messages answered.', () => single(streams.frames));
    this.add('verdict_stream_errors_total', 'counter', 'WebSocket messages answered with an error.', () =>
      byLabel('code', streams.errors),
    );
    this.add('verdict_stream_frame_duration_seconds', 'histogram', `From a WebSocket message to its answer. ${SAMPLED}`, () =>
      bucketSamples('verdict_stream_frame_duration_seconds', {}, streams.latency, EXPONENTS, 1e6),
    );
    this.add('verdict_requests_pending', 'gauge', 'Requests and frames that are here and not answered yet.', () =>
      single(traffic.pending),
    );
  }

  private addEngine(engine: ServingEngine): void {
    const stats = () => engine.stats();
    this.add('verdict_decisions_total', 'counter', 'Decisions by outcome.', () =>
      byLabel('outcome', Object.entries(stats().outcomes)),
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
        return byLabel('status', Object.entries({ ARITHMETIC: arithmetic, CONFLICT: conflict, LIST_MISSING: listMissing }));
      },
    );
    this.add('verdict_engine_requests_total', 'counter', 'Requests decided, by path.', () =>
      byLabel('path', Object.entries(stats().requests)),
    );
    this.add('verdict_cost_units_total', 'counter', 'Static cost of what was decided, by path.', () =>
      byLabel('path', Object.entries(stats().cost)),
    );
    this.add('verdict_engine_busy_total', 'counter', 'Requests refused because a ring was full.', () => single(stats().busy));
    this.add('verdict_engine_internal_total', 'counter', 'Requests that failed inside the engine.', () => single(stats().internal));
    this.add('verdict_engine_traps_total', 'counter', 'Instances replaced because they trapped.', () => single(stats().traps));
    this.add('verdict_engine_json_disagreed_total', 'counter', 'JSON texts that the engine refused and the encoder took.', () =>
      single(stats().jsonDisagreed),
    );
    this.add('verdict_pool_threads', 'gauge', 'Worker threads running.', () => single(stats().pool.threads));
    this.add('verdict_pool_running', 'gauge', 'Worker threads that have something to do.', () => single(stats().pool.running));
    this.add('verdict_pool_busy_seconds_total', 'counter', 'How long worker threads had something to do, added up.', () =>
      single(stats().pool.busyMillis / 1000),
    );
    this.add('verdict_pool_queued', 'gauge', 'Requests waiting for a worker.', () => single(stats().pool.queued));
    this.add('verdict_pool_queue_max', 'gauge', 'Requests that may wait for a worker.', () => single(stats().pool.queueMax));
    this.add('verdict_refused_total', 'counter', 'Requests refused or given up, by reason.', () =>
      byLabel('reason', Object.entries(stats().refused)),
    );
    this.add('verdict_pool_slices_total', 'counter', 'Times that a worker decided of a request.', () =>
      single(stats().pool.slices),
    );
    this.add('verdict_pool_yields_total', 'counter', 'Slices after which some of the request was left.', () =>
      single(stats().pool.yields),
    );
    this.add('verdict_breakers', 'gauge', 'Circuit breakers of tenants that are not closed, by state.', () => {
      const { open, halfOpen } = stats().pool.breakers;
      return byLabel('state', Object.entries({ open, half_open: halfOpen }));
    });
    this.add('verdict_breakers_opened_total', 'counter', 'Times that a circuit breaker was opened.', () =>
      single(stats().pool.breakers.opened),
    );
    this.add('verdict_pool_hangs_total', 'counter', 'Workers replaced because they hung.', () => single(stats().pool.hangs));
    this.add('verdict_pool_deaths_total', 'counter', 'Workers replaced because they died.', () => single(stats().pool.deaths));
    addTenantMetrics(this, engine);
  }

  /**
   * prom-client asks a metric for its samples by `get`; these hand over numbers counted elsewhere.
   * @param aggregator how samples of several processes become one: `max` where each of them counts the same things
   */
  add(
    name: string,
    type: 'counter' | 'gauge' | 'histogram',
    help: string,
    samples: () => Sample[],
    aggregator: 'sum' | 'max' = 'sum',
  ): void {
    const metric = {
      name,
      help,
      type,
      aggregator,
      reset: () => {},
      get: async () => ({ name, help, type, aggregator, values: samples() }),
    };
    this.registry.registerMetric(metric as unknown as Metric);
  }
}
