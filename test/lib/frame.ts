// Request frames (schemas/batch.fbs), written with the flatbuffers package.

import * as flatbuffers from 'flatbuffers';

export interface FrameOptions {
  bundle: string;
  /** 16 hex digits. */
  model: string;
  id?: bigint;
  deadlineMillis?: number;
  traceparent?: string;
}

/** A RequestBatch of these payloads; the i-th has id 1000 + i. */
export function frameOf(payloads: readonly Uint8Array[], options: FrameOptions): Uint8Array {
  const { bundle, model, id = 7n, deadlineMillis = 0, traceparent } = options;
  const builder = new flatbuffers.Builder(1024);
  const requests = payloads.map((payload, i) => {
    const bytes = builder.createByteVector(payload);
    builder.startObject(2);
    builder.addFieldInt64(0, BigInt(1000 + i), 0n);
    builder.addFieldOffset(1, bytes, 0);
    return builder.endObject();
  });
  builder.startVector(4, requests.length, 4);
  for (const request of requests.toReversed()) builder.addOffset(request);
  const vector = builder.endVector();
  const name = builder.createString(bundle);
  const trace = traceparent === undefined ? 0 : builder.createString(traceparent);
  builder.startObject(6);
  builder.addFieldInt64(0, BigInt.asIntN(64, id), 0n);
  builder.addFieldInt64(1, BigInt.asIntN(64, BigInt(`0x${model}`)), 0n);
  builder.addFieldOffset(2, name, 0);
  builder.addFieldOffset(3, vector, 0);
  builder.addFieldInt32(4, deadlineMillis, 0);
  builder.addFieldOffset(5, trace, 0);
  builder.finish(builder.endObject());
  return builder.asUint8Array().slice();
}
