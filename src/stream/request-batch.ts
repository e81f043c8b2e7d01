// Request frames (schemas/batch.fbs) as a client writes them.

import { Builder } from 'flatbuffers';
import { Request, RequestBatch } from '../schema/generated/verdict/wire.js';

export interface BatchOptions {
  /** Id of the first request; default 0. */
  firstId?: number;
  /** Milliseconds; 0: none. */
  deadlineMillis?: number;
  traceparent?: string;
}

/**
 * A RequestBatch of these payloads, each a FlatBuffers table of the model; their requests have ids that follow one another.
 * @param model the model's hash, 16 hex digits
 */
export function writeRequestBatch(
  id: bigint,
  model: string,
  bundle: string,
  payloads: readonly Uint8Array[],
  { firstId = 0, deadlineMillis = 0, traceparent }: BatchOptions = {},
): Uint8Array {
  const builder = new Builder(payloads.reduce((bytes, payload) => bytes + payload.length + 48, 320));
  const requests = payloads.map((payload, i) =>
    Request.createRequest(builder, BigInt(firstId + i), builder.createByteVector(payload)),
  );
  const requestsAt = RequestBatch.createRequestsVector(builder, requests);
  const bundleAt = builder.createString(bundle);
  const traceAt = traceparent === undefined ? 0 : builder.createString(traceparent);
  const hash = BigInt(`0x${model}`);
  builder.finish(RequestBatch.createRequestBatch(builder, id, hash, bundleAt, requestsAt, deadlineMillis, traceAt));
  return builder.asUint8Array();
}
