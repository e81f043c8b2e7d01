// Reads a request body: once, into one buffer of the declared length, or not at all where it came in one piece.

import { isUtf8 } from 'node:buffer';
import { Problem } from '../errors.js';
import type { Exchange } from './exchange.js';

/**
 * Reads the body of an exchange and calls `onBody` once it is whole. The bytes are only valid inside the call. Whatever
 * `onBody` throws is answered. Throws Problem BODY_TOO_LARGE at once where the declared length is above `bytesMax`.
 */
export function readBody(exchange: Exchange, bytesMax: number, onBody: (body: Uint8Array) => void): void {
  const { contentBytes } = exchange.head;
  if (contentBytes > bytesMax) {
    throw new Problem('BODY_TOO_LARGE', `the body has ${contentBytes} bytes, at most ${bytesMax} are read here`);
  }
  let whole: Uint8Array | undefined;
  let used = 0;
  exchange.onData((chunk, isLast) => {
    if (exchange.isOver) return;
    try {
      if (isLast && used === 0) {
        onBody(new Uint8Array(chunk));
        return;
      }
      whole ??= Buffer.allocUnsafeSlow(contentBytes);
      if (used + chunk.byteLength > contentBytes)
        throw new Problem('INVALID_REQUEST', 'the body is longer than its Content-Length');
      whole.set(new Uint8Array(chunk), used);
      used += chunk.byteLength;
      if (isLast) onBody(whole.subarray(0, used));
    } catch (error) {
      exchange.fail(error);
    }
  });
}

/** Text of a body. Throws Problem INVALID_JSON where it is not UTF-8. */
export function bodyText(body: Uint8Array): string {
  if (!isUtf8(body)) throw new Problem('INVALID_JSON', 'the body is not UTF-8');
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
}
