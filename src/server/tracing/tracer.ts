// The span of a request whose caller records its trace: made when the request is over, from what was noted of it.

import { Path, type StageTimes } from '../../observe/stages.js';
import { byLabel } from '../metric-samples.js';
import type { ServerMetrics } from '../metrics.js';
import type { TraceContext } from '../trace-context.js';
import type { Attributes, Span, SpanEvent } from './otlp.js';
import type { ExportCounts } from './span-exporter.js';

/** Whoever takes spans; SpanExporter is one. */
export interface Tracer {
  readonly counts: ExportCounts;
  add(span: Span): void;
  stop(): Promise<void>;
}

/** A trace, and the span that a request is in it. */
export type Traced = TraceContext & { spanId: string };

/** What the stages of a request were, as events of its span. */
export function stageEvents(stages: StageTimes | undefined, endMillis: number): SpanEvent[] {
  if (stages === undefined) return [];
  const { handedMillis, settledMillis, waitedMillis, path } = stages;
  const handed = { name: 'read', millis: handedMillis, attributes: {} };
  if (Number.isNaN(settledMillis)) return [handed];
  const waited: Attributes = path === Path.POOLED ? { 'verdict.queue_ms': waitedMillis } : {};
  const attributes = { 'verdict.path': path === Path.POOLED ? 'pooled' : 'inline', ...waited };
  return [handed, { name: 'evaluate', millis: settledMillis, attributes }, { name: 'write', millis: endMillis, attributes: {} }];
}

/** Adds what became of spans to the metrics. */
export function addTraceMetrics(metrics: ServerMetrics, tracer: Tracer): void {
  const help = 'Spans of traced requests: exported, dropped for want of room, failed at the collector.';
  metrics.add('verdict_trace_spans_total', 'counter', help, () => byLabel('result', Object.entries(tracer.counts)));
}
