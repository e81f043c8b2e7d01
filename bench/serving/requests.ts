// Requests of the serving bench over HTTP, byte for byte as they go over the wire.

import type { WorkloadPayload } from '../workload.js';

/** `POST decisions` with one payload as JSON. */
export function httpRequest(path: string, payload: WorkloadPayload): Uint8Array {
  const body = JSON.stringify(payload);
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
