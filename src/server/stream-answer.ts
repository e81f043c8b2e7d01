// A message of the stream on its way to its answer.

import { monotonicMillis } from '../clock.js';
import type { DecideOptions, Settled } from '../decide.js';
import { PROBLEMS, Problem, type ProblemCode } from '../errors.js';
import { longOf } from '../frame.js';
import { Face, StageTimes } from '../observe/stages.js';
import type { LiveImage } from '../registry/live-image.js';
import { renderDecision } from '../schema/decision.js';
import { writeErrorAnswer } from './answer-frame.js';
import type { Context } from './context.js';
import { requireSettled } from './decision-route.js';
import type { ServerMetrics } from './metrics.js';
import { problemDocument } from './problem-document.js';
import type { Connection } from './stream-connection.js';
import { readTraceparent } from './trace-context.js';
import { stageEvents, type Traced } from './tracing/tracer.js';

export const STREAM_PATTERN = '/v1/:tenant/stream';
/** Name of the span of a message. */
const MESSAGE_SPAN = `MESSAGE ${STREAM_PATTERN}`;

/** A frame that was answered at once and is timed. */
export function observe(metrics: ServerMetrics, startedAt: number, times: StageTimes): void {
  const now = monotonicMillis();
  record(metrics, now - startedAt, times, now);
}

function record(metrics: ServerMetrics, millis: number, times: StageTimes | undefined, now: number): void {
  metrics.streams.latency.record(millis * 1000);
  times?.record(metrics.stages.histograms, Face.STREAM, now);
}

/** A message on its way to its answer: inside the handler the library corks by itself, later we do. It counts while it is here. */
export abstract class Answer {
  /** When it came, by performance.now(); 0 where nobody wants to know: asking for each would be a twentieth of a small frame. */
  private startedAt = 0;
  private isTimed = false;
  /** What the engine asks before each payload. */
  cancelled = false;
  trace: Traced | undefined;
  /** Where it is timed by stage, from its hand-over on. */
  protected stages: StageTimes | undefined;
  /** Requests of it. */
  units = 0;
  protected connection!: Connection;
  private inHandler = true;
  private answered = false;

  protected start(connection: Connection, units: number, startedAt: number): void {
    this.connection = connection;
    this.units = units;
    this.startedAt = startedAt;
    this.isTimed = this.startedAt !== 0;
    this.cancelled = false;
    this.trace = undefined;
    this.stages = undefined;
    this.inHandler = true;
    this.answered = false;
    connection.pending += units;
    connection.context.traffic.pending++;
  }

  /** When it came. Asked for the first time when it has just come. */
  arrival(): number {
    if (this.startedAt === 0) this.startedAt = monotonicMillis();
    return this.startedAt;
  }

  /** Its caller sends a `traceparent`. */
  follow(traceparent: string | undefined): void {
    const trace = readTraceparent(traceparent);
    if (trace === undefined) return;
    this.trace = { ...trace, spanId: this.connection.context.ids.spanId() };
    if (trace.sampled) this.arrival();
  }

  /** The engine gets it now. */
  handed(): void {
    if (this.startedAt !== 0) this.stages = new StageTimes(this.startedAt, monotonicMillis());
  }

  /** The engine has settled it, and the answer is made now. */
  settled(settled: Settled): void {
    this.stages?.settled(monotonicMillis(), settled.path, settled.waitedMillis);
  }

  protected abstract get key(): bigint | string;
  protected abstract failure(problem: Problem): string | Uint8Array;

  /** Whether it has been answered. */
  get isOver(): boolean {
    return this.answered;
  }

  /** Nobody waits for it any more: it is answered at once, and not decided where it is not yet. */
  cancel(): void {
    this.cancelled = true;
    this.fail(new Problem('CANCELLED'));
  }

  fail(error: unknown): void {
    if (this.answered) return;
    const problem = this.connection.report(error, this.trace);
    this.give(this.failure(problem), problem.code);
  }

  /** The handler returns; what is answered from now on is pooled. */
  leave(): void {
    this.inHandler = false;
    if (!this.answered) this.connection.keep(this.key, this);
  }

  /** Sends the answer, once. Bytes are taken before the return. */
  protected give(message: string | Uint8Array, code?: ProblemCode): void {
    if (this.answered) return;
    this.answered = true;
    const { connection } = this;
    const { traffic, metrics } = connection.context;
    traffic.pending--;
    traffic.activity++;
    metrics.streams.frames++;
    if (!this.inHandler) connection.forget(this.key, this);
    connection.send(message, typeof message !== 'string', this.inHandler);
    connection.answered(this.units, this.units, code);
    if (this.startedAt !== 0) this.observe(code);
  }

  /** Says how long it took, where somebody wants to know. */
  private observe(code: ProblemCode | undefined): void {
    const { connection, trace, units, startedAt } = this;
    const { metrics, config, tracer } = connection.context;
    const now = monotonicMillis();
    const millis = now - startedAt;
    if (this.isTimed) record(metrics, millis, this.stages, now);
    if (trace?.sampled !== true) return;
    metrics.streams.logTrace(config.log, { ...trace, tenant: connection.tenant, requests: units, millis, code });
    tracer?.add({
      ...{ traceId: trace.traceId, spanId: trace.spanId, parentId: trace.parentId, name: MESSAGE_SPAN },
      ...{ startMillis: startedAt, endMillis: now },
      attributes: {
        ...{ 'verdict.tenant': connection.tenant, 'verdict.requests': units },
        ...(code === undefined ? {} : { 'verdict.code': code }),
      },
      events: stageEvents(this.stages, now),
      error: code !== undefined && PROBLEMS[code].status >= 500 ? code : undefined,
    });
  }
}

/** It is also what the engine is told of the request: an object less for each frame, and one shape for all of them. */
export class FrameAnswer extends Answer implements DecideOptions {
  now = 0n;
  idHigh = 0n;
  idLow = 0n;
  readonly cancellation = this;
  /** Of the frame, the id that its caller gave it. */
  private frameLow = 0;
  private frameHigh = 0;

  begin(connection: Connection, units: number, startedAt: number, frameLow: number, frameHigh: number): void {
    this.start(connection, units, startedAt);
    this.frameLow = frameLow;
    this.frameHigh = frameHigh;
  }

  /** It is over, and waits for another frame: it keeps no connection alive. */
  rest(): void {
    this.connection = undefined as unknown as Connection;
    this.trace = undefined;
    this.stages = undefined;
  }

  /** Takes time and ids for `count` decisions. */
  ask({ engine, ids }: Context, live: LiveImage, count: number): void {
    this.now = live.usesNow ? engine.nowMicros() : 0n;
    this.idHigh = ids.high;
    this.idLow = ids.take(count);
    this.handed();
  }

  /** The same, with a deadline from its arrival. */
  within(deadlineMillis: number): DecideOptions {
    const { now, idHigh, idLow } = this;
    return { now, idHigh, idLow, cancellation: this, deadlineMillis: this.arrival() + deadlineMillis };
  }

  protected get key(): bigint {
    return longOf(this.frameLow, this.frameHigh);
  }

  protected failure(problem: Problem): Uint8Array {
    return writeErrorAnswer(this.key, problem.code, problem.message);
  }

  readonly settle = (settled: Settled): void => {
    this.settled(settled);
    try {
      requireSettled(settled);
      this.give(settled.answer);
    } catch (error) {
      this.fail(error);
    }
  };
}

export class TextAnswer extends Answer {
  constructor(
    connection: Connection,
    public id: unknown,
  ) {
    super();
    this.start(connection, 1, connection.context.metrics.stages.stream.take());
  }

  protected get key(): string {
    return JSON.stringify(this.id ?? null);
  }

  protected failure(problem: Problem): string {
    return JSON.stringify({ id: this.id ?? null, error: problemDocument(problem) });
  }

  decision(bytes: Uint8Array): void {
    this.give(`{"id":${JSON.stringify(this.id ?? null)},"decision":${renderDecision(bytes)}}`);
  }
}
