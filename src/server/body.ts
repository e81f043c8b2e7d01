// Reads a request body: once, into one buffer of the declared length, or not at all where it came in one piece; or chunk by
// chunk, no faster than it is used.

import { isUtf8 } from 'node:buffer';
import { createHash, hash } from 'node:crypto';
import { Problem } from '../errors.js';
import { notUtf8 } from '../schema/json-text.js';
import type { Exchange } from './exchange.js';

/**
 * Reads the body of an exchange and calls `onBody` once it is whole. The bytes are only valid inside the call. Whatever
 * `onBody` throws is answered. A request that an Idempotency-Key says is known gets the answer of the first, and no call. Throws
 * Problem BODY_TOO_LARGE at once where the declared length is above `bytesMax`.
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
        useBody(exchange, new Uint8Array(chunk), onBody);
        return;
      }
      whole ??= Buffer.allocUnsafeSlow(contentBytes);
      if (used + chunk.byteLength > contentBytes)
        throw new Problem('INVALID_REQUEST', 'the body is longer than its Content-Length');
      whole.set(new Uint8Array(chunk), used);
      used += chunk.byteLength;
      if (isLast) useBody(exchange, whole.subarray(0, used), onBody);
    } catch (error) {
      exchange.fail(error);
    }
  });
}

function useBody(exchange: Exchange, body: Uint8Array, onBody: (body: Uint8Array) => void): void {
  if (exchange.bodyHash !== '') requireHash(exchange, hash('sha256', body, 'hex'));
  const isNew = exchange.head.idempotencyKey === '' || exchange.context.idempotency.begin(exchange, body);
  if (isNew === true) onBody(body);
  else if (isNew !== false) useLater(exchange, isNew, body.slice(), onBody);
}

/** Waits for who keeps the answers of all processes. */
function useLater(exchange: Exchange, isNew: Promise<boolean>, body: Uint8Array, onBody: (body: Uint8Array) => void): void {
  const go = async (): Promise<void> => {
    if (await isNew) onBody(body);
  };
  go().catch((error: unknown) => exchange.fail(error));
}

/** Throws Problem UNAUTHENTICATED where the caller has signed another body. */
function requireHash(exchange: Exchange, found: string): void {
  if (found !== exchange.bodyHash) throw new Problem('UNAUTHENTICATED', 'the body is not the one that was signed');
}

/** Bytes that may wait to be used before the caller is held up. */
const WAITING_BYTES_MAX = 1 << 20;

/**
 * A body as it comes. While much of it waits to be used, nothing more is read from the socket. Ends with Problem INVALID_REQUEST
 * where the caller goes away, with UNAUTHENTICATED where it has signed another body. Throws Problem BODY_TOO_LARGE at once where
 * the declared length is above `bytesMax`.
 */
export function streamBody(exchange: Exchange, bytesMax: number): AsyncIterable<Uint8Array> {
  const { contentBytes } = exchange.head;
  if (contentBytes > bytesMax) {
    throw new Problem('BODY_TOO_LARGE', `the body has ${contentBytes} bytes, at most ${bytesMax} are read here`);
  }
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  const digest = exchange.bodyHash === '' ? undefined : createHash('sha256');
  let state: 'open' | 'ended' | 'aborted' | 'unwanted' = 'open';
  let wake = (): void => {};
  exchange.onData((chunk, isLast) => {
    if (exchange.isOver) state = 'unwanted'; // answered before it was read
    if (state === 'unwanted') {
      waiting = [];
      return;
    }
    const bytes = new Uint8Array(chunk.slice(0)); // the library takes its own back
    digest?.update(bytes);
    waiting.push(bytes);
    waitingBytes += chunk.byteLength;
    if (isLast) state = 'ended';
    else if (waitingBytes > WAITING_BYTES_MAX) exchange.pause();
    wake();
  });
  exchange.onAborted(() => {
    if (state === 'open') state = 'aborted';
    wake();
  });
  return {
    async *[Symbol.asyncIterator]() {
      try {
        while (true) {
          if (state === 'aborted') throw new Problem('INVALID_REQUEST', 'the body ends too early');
          const chunks = waiting;
          const isEnd = state === 'ended';
          waiting = [];
          waitingBytes = 0;
          if (!isEnd) exchange.resume();
          yield* chunks;
          if (isEnd) {
            if (digest !== undefined) requireHash(exchange, digest.digest('hex'));
            return;
          }
          if (waiting.length > 0 || state !== 'open') continue;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          wake = (): void => {};
        }
      } finally {
        // Whoever reads no further: what still comes is dropped.
        if (state === 'open') {
          state = 'unwanted';
          exchange.resume();
        }
        waiting = [];
      }
    },
  };
}

/** Text of a body. Throws Problem INVALID_JSON where it is not UTF-8. */
export function bodyText(body: Uint8Array): string {
  if (!isUtf8(body)) throw notUtf8(body);
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
}
