// /metrics in the text format of Prometheus. The hot path counts in plain numbers; they become metrics when somebody asks.
// Labels are bounded: route and status; tenants only where tenant-metrics.ts bounds them; never bundles.

import { collectDefaultMetrics, Registry } from 'prom-client';
import type { EngineStats, ServingEngine } from '../engine.js';
import { Histogram } from '../observe/histogram.js';
import { CloseCode } from '../stream/protocol.js';
import type { Log } from './config.js';
import type { Traffic } from './context.js';
import { type Snapshot, SnapshotWriter } from './gathering/snapshot.js';
import type { IdempotentAnswers } from './idempotent-answers.js';
import { LogPace } from './log-pace.js';
import {
  type BucketScale,
  byLabel,
  type HistogramSample,
  type Metric,
  type Sample,
  type Sampled,
  sampledOf,
  single,
} from './metric-samples.js';
import { METRICS_TYPE, metricsText } from './metrics-text.js';
import { ProblemCounts } from './problem-counts.js';
import { SAMPLED, StageMetrics } from './stage-metrics.js';
import { openDescriptors } from './system.js';
import { addTenantMetrics } from './tenant-metrics.js';

/** Upper bounds of the latency buckets: 2^k microseconds, 32 us to 8.4 s. */
const LATENCY: BucketScale = { exponents: Array.from({ length: 19 }, (_, i) => i + 5), unitsPerSecond: 1e6 };

const OPEN_DESCRIPTORS = 'process_open_fds';
/** Metrics that all threads of a process have in common. */
const OF_PROCESS = /^process_/;

/** How often it is measured how late the event loop is. */
const LAG_EVERY_MILLIS = 10;
const LAG_EVERY_MILLIS_OF_MANY = 500;

/** What one route has answered. */
export class RouteMetrics {
  private readonly others = new Map<number, number>();
  private ok = 0;
  readonly latency = new Histogram();
  /** Requests whose caller went away before the answer, by how far they were. */
  readonly aborted = new Map<string, number>();

  /** @param isSampled its requests are timed as stages are, and not all of them */
  constructor(
    readonly route: string,
    readonly isSampled: boolean,
  ) {}

  /** Counts an answer. */
  count(status: number): void {
    if (status === 200) this.ok++;
    else this.others.set(status, (this.others.get(status) ?? 0) + 1);
  }

  /** Answers by status. */
  get responses(): ReadonlyMap<number, number> {
    return this.ok === 0 ? this.others : new Map([[200, this.ok], ...this.others]);
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

/** Servers that act as one. */
export interface ServerGroup {
  readonly servers: number;
  /** Whether each is a process; else a thread. */
  readonly areProcesses: boolean;
}

const ALONE: ServerGroup = { servers: 1, areProcesses: false };

export class ServerMetrics {
  private readonly metrics: Metric[] = [];
  /** Those of the process and the runtime, which are prom-client's. */
  private readonly runtime = new Registry();
  private readonly writer = new SnapshotWriter();
  private readonly routes: RouteMetrics[] = [];
  readonly streams = new StreamMetrics();
  readonly stages: StageMetrics;
  readonly problems = new ProblemCounts();
  /** Of lines on refused requests of administrators. */
  readonly refusals = new LogPace(REFUSALS_LOGGED_MAX);

  /** @param group of servers that act as one, of which this is one */
  constructor(engine: ServingEngine, traffic: Traffic, idempotency: IdempotentAnswers, group: ServerGroup = ALONE) {
    this.stages = new StageMetrics(group.servers);
    // Many processes on a machine should not wake up a hundred times a second each.
    const eventLoopMonitoringPrecision = group.areProcesses ? LAG_EVERY_MILLIS_OF_MANY : LAG_EVERY_MILLIS;
    collectDefaultMetrics({ register: this.runtime, eventLoopMonitoringPrecision });
    // prom-client lists the folder, which takes 2 us a connection, on the event loop.
    this.runtime.removeSingleMetric(OPEN_DESCRIPTORS);
    this.add(OPEN_DESCRIPTORS, 'gauge', 'Number of open file descriptors.', () => {
      const open = openDescriptors();
      return open === undefined ? [] : single(open);
    });
    this.addRoutes();
    this.addStreams(traffic);
    this.addEngine(engine);
    this.stages.addTo(this);
    this.problems.addTo(this);
    this.metrics.push(...answerMetrics(idempotency));
  }

  /** Metrics of a route, the same for the same name. */
  route(route: string, isSampled = false): RouteMetrics {
    const known = this.routes.find((metrics) => metrics.route === route);
    if (known !== undefined) return known;
    const metrics = new RouteMetrics(route, isSampled);
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
    return METRICS_TYPE;
  }

  async render(): Promise<string> {
    const own = this.metrics.map(sampledOf);
    return metricsText([...own, ...(await this.ofRuntime())]);
  }

  /** What is sent to whoever adds up several. @param known see SnapshotWriter */
  async snapshot(known: number): Promise<Snapshot> {
    return this.writer.write(this.metrics, await this.ofRuntime(), known);
  }

  /** The same of one that shares its process with others, without what is of the process as a whole. */
  async snapshotOfThread(known: number): Promise<Snapshot> {
    const isOfThread = ({ name }: { name: string }): boolean => !OF_PROCESS.test(name);
    return this.writer.write(this.metrics.filter(isOfThread), (await this.ofRuntime()).filter(isOfThread), known);
  }

  /** Of one that ends: at once, and without what is the runtime's. */
  lastSnapshot(): Snapshot {
    return this.writer.write(
      this.metrics.filter(({ name }) => !OF_PROCESS.test(name)),
      [],
      0,
    );
  }

  private async ofRuntime(): Promise<Sampled[]> {
    return (await this.runtime.getMetricsAsJSON()) as unknown as Sampled[];
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
    const help = `From the head of a request to its answer. Of decisions: ${SAMPLED}`;
    this.addHistogram('verdict_http_request_duration_seconds', help, LATENCY, () =>
      this.routes.map(({ route, latency }) => ({ labels: { route }, histogram: latency })),
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
    const help = `From a WebSocket message to its answer. ${SAMPLED}`;
    this.addHistogram('verdict_stream_frame_duration_seconds', help, LATENCY, () => [{ labels: {}, histogram: streams.latency }]);
    this.add('verdict_requests_pending', 'gauge', 'Requests and frames that are here and not answered yet.', () =>
      single(traffic.pending),
    );
  }

  private addEngine(engine: ServingEngine): void {
    // Asked for once by all of these, which are asked one after the other.
    let known: EngineStats | undefined;
    const stats = (): EngineStats => {
      if (known === undefined) {
        known = engine.stats();
        queueMicrotask(() => {
          known = undefined;
        });
      }
      return known;
    };
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
    addTenantMetrics(this, stats);
  }

  /**
   * Adds a metric whose numbers are counted elsewhere, and asked for when somebody wants them.
   * @param aggregator how samples of several processes become one: `max` where each of them counts the same things
   */
  add(name: string, type: 'counter' | 'gauge', help: string, samples: () => Sample[], aggregator: 'sum' | 'max' = 'sum'): void {
    this.metrics.push({ name, type, help, aggregator, samples });
  }

  addHistogram(name: string, help: string, scale: BucketScale, histograms: () => HistogramSample[]): void {
    this.metrics.push({ name, type: 'histogram', help, scale, histograms });
  }
}

/** Of the answers that are kept for second tries. */
export function answerMetrics(answers: { readonly bytes: number; readonly counts: Record<string, number> }): Metric[] {
  return [
    {
      ...{ name: 'verdict_idempotency_bytes', type: 'gauge', aggregator: 'sum' },
      help: 'Answers kept for requests with an Idempotency-Key.',
      samples: () => single(answers.bytes),
    },
    {
      ...{ name: 'verdict_idempotency_total', type: 'counter', aggregator: 'sum' },
      help: 'Requests with an Idempotency-Key, by what became of them.',
      samples: () => byLabel('result', Object.entries(answers.counts)),
    },
  ];
}
