// The requests of the serving bench, byte for byte as they go over the wire, and what is known of their answers.

import * as flatbuffers from 'flatbuffers';
import { Request } from '../../src/schema/generated/verdict/wire/request.js';
import { RequestBatch } from '../../src/schema/generated/verdict/wire/request-batch.js';
import type { WorkloadPayload } from '../workload.js';

/** Payloads of one WebSocket frame, the largest first. */
export const FRAME_COUNTS = [256, 64, 1] as const;

/** `POST decisions` with one payload as JSON. */
export function httpRequest(path: string, payload: WorkloadPayload): Uint8Array {
  const body = JSON.stringify(payload);
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** A RequestBatch whose i-th request has the id `firstId + i`. */
export function requestBatch(
  id: number,
  bundle: string,
  modelHash: string,
  payloads: readonly Uint8Array[],
  firstId: number,
): Uint8Array {
  const builder = new flatbuffers.Builder(payloads.length * 320 + 256);
  const bundleOffset = builder.createString(bundle);
  const requests = payloads.map((payload, i) => {
    const bytes = Request.createPayloadVector(builder, payload);
    return Request.createRequest(builder, BigInt(firstId + i), bytes);
  });
  const vector = RequestBatch.createRequestsVector(builder, requests);
  builder.finish(RequestBatch.createRequestBatch(builder, BigInt(id), BigInt(`0x${modelHash}`), bundleOffset, vector, 0, 0));
  return builder.asUint8Array().slice();
}

/** A binary WebSocket message as a client sends it. The mask is 0, so that the bytes stay as they are. */
export function webSocketMessage(payload: Uint8Array): Uint8Array {
  const head = payload.length < 126 ? 2 : payload.length < 65536 ? 4 : 10;
  const message = Buffer.alloc(head + 4 + payload.length);
  message[0] = 0x82;
  message[1] = 0x80 | (head === 2 ? payload.length : head === 4 ? 126 : 127);
  if (head === 4) message.writeUInt16BE(payload.length, 2);
  if (head === 10) message.writeBigUInt64BE(BigInt(payload.length), 2);
  message.set(payload, head + 4);
  return message;
}
