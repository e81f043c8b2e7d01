// Spans in OTLP's JSON (opentelemetry.io/docs/specs/otlp, protobuf's JSON mapping with ids in hex), as any collector takes them.

/** Texts, whole numbers, and numbers that are not. */
export type Attributes = Readonly<Record<string, string | number>>;

export interface SpanEvent {
  name: string;
  /** By performance.now(). */
  millis: number;
  attributes: Attributes;
}

/** One request of a caller that records its trace. Times are by performance.now(), milliseconds. */
export interface Span {
  traceId: string;
  spanId: string;
  parentId: string;
  name: string;
  startMillis: number;
  endMillis: number;
  attributes: Attributes;
  events: readonly SpanEvent[];
  /** Why the request failed, where that is the server's fault. */
  error: string | undefined;
}

const KIND_SERVER = 2;
const STATUS_ERROR = 2;
/** The flags of a span say that it is sampled, and that its parent is of another process. */
const FLAGS = 0x301;
const SCOPE = 'verdict';

/**
 * The body of a request to /v1/traces.
 * @param epochMillis Unix time of performance.now() = 0
 */
export function writeTraces(spans: readonly Span[], resource: Attributes, epochMillis: number): string {
  const nanos = (millis: number): string => `${BigInt(Math.round((epochMillis + millis) * 1000))}000`;
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributes(resource) },
        scopeSpans: [
          {
            scope: { name: SCOPE },
            spans: spans.map((span) => ({
              traceId: span.traceId,
              spanId: span.spanId,
              parentSpanId: span.parentId,
              flags: FLAGS,
              name: span.name,
              kind: KIND_SERVER,
              startTimeUnixNano: nanos(span.startMillis),
              endTimeUnixNano: nanos(span.endMillis),
              attributes: attributes(span.attributes),
              events: span.events.map((event) => ({
                name: event.name,
                timeUnixNano: nanos(event.millis),
                attributes: attributes(event.attributes),
              })),
              status: span.error === undefined ? {} : { code: STATUS_ERROR, message: span.error },
            })),
          },
        ],
      },
    ],
  });
}

function attributes(of: Attributes): object[] {
  return Object.entries(of).map(([key, value]) => ({ key, value: anyValue(value) }));
}

/** 64-bit integers are texts in protobuf's JSON. */
function anyValue(value: string | number): object {
  if (typeof value === 'string') return { stringValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
