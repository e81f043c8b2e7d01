// Signed requests of a load test (docs/SECURITY.md). What is sent is encoded before anything is timed, and a signature is good for
// a minute: so each request has room for one, and is signed again in place, a few at a time, long before that is over. A decision
// may come again with its signature; what opens a stream may not, and is signed for each connection.

import { createHash, randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../clock.js';
import { NO_BODY_HASH, SIGNATURE_SCHEME, signRequest } from '../server/auth/signature.js';
import type { Messages } from './messages.js';

/** Who signs. In no report. */
export interface SigningKey {
  readonly id: string;
  readonly secret: Uint8Array;
}

const JSON_TYPE = 'application/json';
const TIME_LENGTH = 10;
const NONCE_BYTES = 12;
const NONCE_LENGTH = 16;
const HASH_LENGTH = 64;
/** How old a signature becomes: a third of what servers take. */
const AGE_SECONDS_MAX = 20;
const STEP_MILLIS = 100;
const STEPS = (AGE_SECONDS_MAX * 1000) / STEP_MILLIS;

export class Signer {
  readonly #prefix: Buffer;

  constructor(
    private readonly key: SigningKey,
    private readonly clock: Clock = systemClock,
  ) {
    this.#prefix = Buffer.from(`\r\nAuthorization: ${SIGNATURE_SCHEME} key=${key.id}, time=`);
  }

  /** The value of Authorization for a request. Its length is the same for all. */
  authorization(method: string, path: string, body?: string): string {
    const nonce = newNonce();
    const hash = body === undefined ? NO_BODY_HASH : createHash('sha256').update(body).digest('hex');
    const time = this.#time();
    const signature = this.#sign(time, nonce, method, path, hash);
    return `${SIGNATURE_SCHEME} key=${this.key.id}, time=${time}, nonce=${nonce}, body=${hash}, signature=${signature}`;
  }

  /**
   * Signs anew, in place, a request with an Authorization of this signer.
   * @param isOnce it may not come again: it gets another nonce
   */
  sign(request: Buffer, isOnce: boolean): void {
    const timeAt = request.indexOf(this.#prefix) + this.#prefix.length;
    if (timeAt < this.#prefix.length) throw new Error('the request has no signature');
    const nonceAt = timeAt + TIME_LENGTH + ', nonce='.length;
    const hashAt = nonceAt + NONCE_LENGTH + ', body='.length;
    const signatureAt = hashAt + HASH_LENGTH + ', signature='.length;
    const [method, path] = request.toString('latin1', 0, request.indexOf(' HTTP/1.1\r\n')).split(' ') as [string, string];
    if (isOnce) request.write(newNonce(), nonceAt, 'latin1');
    const time = this.#time();
    request.write(time, timeAt, 'latin1');
    const nonce = request.toString('latin1', nonceAt, nonceAt + NONCE_LENGTH);
    const hash = request.toString('latin1', hashAt, hashAt + HASH_LENGTH);
    request.write(this.#sign(time, nonce, method, path, hash), signatureAt, 'latin1');
  }

  #time(): string {
    return String(this.clock.nowMicros() / 1_000_000n).padStart(TIME_LENGTH, '0');
  }

  #sign(time: string, nonce: string, method: string, path: string, hash: string): string {
    return signRequest(this.key.secret, time, nonce, { method, path, contentType: method === 'GET' ? '' : JSON_TYPE }, hash);
  }
}

/** Keeps the signatures of messages fresh, from its making to `stop`. 4 us each: 65,536 take 1.2 % of a processor. */
export class FreshMessages {
  readonly #requests: Buffer[];
  readonly #timer: NodeJS.Timeout;
  #next = 0;

  constructor(
    messages: Messages,
    private readonly signer: Signer,
  ) {
    const { bytes, offsets } = messages;
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#requests = Array.from({ length: offsets.length - 1 }, (_, i) => view.subarray(offsets[i], offsets[i + 1]));
    this.#signNext(this.#requests.length);
    const step = Math.ceil(this.#requests.length / STEPS);
    this.#timer = setInterval(() => this.#signNext(step), STEP_MILLIS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #signNext(count: number): void {
    for (let i = 0; i < count; i++) {
      this.signer.sign(this.#requests[this.#next] as Buffer, false);
      this.#next = (this.#next + 1) % this.#requests.length;
    }
  }
}

function newNonce(): string {
  return randomBytes(NONCE_BYTES).toString('base64url');
}
