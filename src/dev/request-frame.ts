// Request frames as a client writes them: for the demonstration, tests and benches.

import { Builder } from 'flatbuffers';
import { Request, RequestBatch } from '../schema/generated/verdict/wire.js';

/**
 * A RequestBatch (schemas/batch.fbs) of these payloads, each a FlatBuffers table of the model; the i-th request has the id i.
 * @param model the model's hash, 16 hex digits
 */
export function writeRequestFrame(id: bigint, model: string, bundle: string, payloads: readonly Uint8Array[]): Uint8Array {
  const builder = new Builder(payloads.reduce((bytes, payload) => bytes + payload.length + 48, 256));
  const requests = payloads.map((payload, i) => {
    const bytes = Request.createPayloadVector(builder, payload);
    Request.startRequest(builder);
    Request.addId(builder, BigInt(i));
    Request.addPayload(builder, bytes);
    return Request.endRequest(builder);
  });
  const requestsOffset = RequestBatch.createRequestsVector(builder, requests);
  const bundleOffset = builder.createString(bundle);
  RequestBatch.startRequestBatch(builder);
  RequestBatch.addId(builder, id);
  RequestBatch.addModel(builder, BigInt(`0x${model}`));
  RequestBatch.addBundle(builder, bundleOffset);
  RequestBatch.addRequests(builder, requestsOffset);
  builder.finish(RequestBatch.endRequestBatch(builder));
  return builder.asUint8Array();
}
