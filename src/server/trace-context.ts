// W3C Trace Context (www.w3.org/TR/trace-context): what a caller's `traceparent` says of the request that it is sent with.

export interface TraceContext {
  /** 32 hex digits. */
  traceId: string;
  /** Of the caller's span: 16 hex digits. */
  parentId: string;
  /** The caller records this trace. */
  sampled: boolean;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const SAMPLED = 1;

/**
 * Reads a `traceparent`. Undefined where it is malformed, as the standard has it: the request is then decided without a trace. Of a
 * later version, the parts that this one knows are read.
 */
export function readTraceparent(text: string | undefined): TraceContext | undefined {
  const match = text === undefined ? null : TRACEPARENT.exec(text);
  if (match === null) return undefined;
  const [, version, traceId, parentId, flags, more] = match as unknown as [string, string, string, string, string, string?];
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined;
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & SAMPLED) !== 0 };
}
