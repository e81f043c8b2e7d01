// Signed requests, for callers without an issuer of tokens:
//
//   Authorization: VERDICT-HMAC-SHA256 key=ID, time=SECONDS, nonce=TEXT, body=HEX, signature=BASE64URL
//
// `body` is the sha256 of the body. The signature is the HMAC-SHA256, by the key's secret, of these lines, joined by LF:
//
//   VERDICT-HMAC-SHA256 | time | nonce | METHOD | path and query as sent | Content-Type | body
//
// A request is taken while its time is within WINDOW_SECONDS of ours. One that changes something, or opens a stream, is taken once:
// its nonce is remembered for as long. A decision changes nothing, so that within the window it may be sent again.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Problem } from '../../errors.js';
import { type Grant, readScopes, type Scope } from './grant.js';
import { type NonceBook, Nonces, WINDOW_SECONDS } from './nonces.js';

export const SIGNATURE_SCHEME = 'VERDICT-HMAC-SHA256';

const SECRET_BYTES_MIN = 32;
const PARTS = /^key=([\w.-]{1,64}), ?time=(\d{1,12}), ?nonce=([\w-]{8,64}), ?body=([0-9a-f]{64}), ?signature=([\w-]{43})$/;

/** What is signed of a request. */
export interface SignedRequest {
  method: string;
  /** With the query. */
  path: string;
  contentType: string;
}

interface Key {
  secret: Buffer;
  grant: Grant;
}

/** sha256 in hex of a body that is not there. */
export const NO_BODY_HASH = createHash('sha256').digest('hex');

/** The signature of a request. Callers in TypeScript may use it; tests hold the worked example of docs/SECURITY.md to it. */
export function signRequest(secret: Uint8Array, time: string, nonce: string, request: SignedRequest, bodyHash: string): string {
  const { method, path, contentType } = request;
  const text = [SIGNATURE_SCHEME, time, nonce, method, path, contentType, bodyHash].join('\n');
  return createHmac('sha256', secret).update(text).digest('base64url');
}

export class Signatures {
  readonly counts = { verified: 0, refused: 0 };
  private keys = new Map<string, Key>();

  /** @param nonces of requests that may not come again */
  constructor(private readonly nonces: NonceBook = new Nonces()) {}

  /** Takes the keys of a file: `{ "ID": { "tenant": name or names, "secret": base64, "scopes": [...] } }`. Throws RangeError. */
  use(text: string): void {
    this.keys = readKeys(text);
  }

  /**
   * The grant of a signed request, and the hash that its body must have. `fresh`: where that is found out elsewhere, resolves when
   * its nonce is new, and rejects as this throws.
   *
   * @param isOnce the request may not come again
   * Throws Problem UNAUTHENTICATED; BUSY where no more nonces can be remembered.
   */
  grantOf(
    given: string,
    request: SignedRequest,
    isOnce: boolean,
  ): { grant: Grant; bodyHash: string; fresh: Promise<void> | undefined } {
    const match = PARTS.exec(given);
    if (match === null) throw this.refusal('Authorization is not key, time, nonce, body and signature, in this order');
    const [, id, time, nonce, bodyHash, signature] = match as unknown as [string, string, string, string, string, string];
    const now = Math.floor(Date.now() / 1000);
    const key = this.keys.get(id);
    // An unknown key costs what a known one does.
    const wanted = signRequest(key?.secret ?? NO_SECRET, time, nonce, request, bodyHash);
    const isRight = timingSafeEqual(Buffer.from(wanted), Buffer.from(signature));
    if (key === undefined || !isRight) throw this.refusal('the signature is not that of the request');
    if (Math.abs(now - Number(time)) > WINDOW_SECONDS)
      throw this.refusal(`the time is more than ${WINDOW_SECONDS} seconds from that of the server`);
    const fresh = isOnce ? this.requireNew(`${id} ${nonce}`) : undefined;
    if (fresh === undefined) this.counts.verified++;
    return { grant: key.grant, bodyHash, fresh };
  }

  private requireNew(nonce: string): Promise<void> | undefined {
    const refused = (error: unknown): never => {
      if (error instanceof Problem && error.code === 'UNAUTHENTICATED') this.counts.refused++;
      throw error;
    };
    try {
      return this.nonces.use(nonce)?.then(() => {
        this.counts.verified++;
      }, refused);
    } catch (error) {
      return refused(error);
    }
  }

  private refusal(detail: string): Problem {
    this.counts.refused++;
    return new Problem('UNAUTHENTICATED', detail);
  }
}

const NO_SECRET = Buffer.alloc(SECRET_BYTES_MIN);

function readKeys(text: string): Map<string, Key> {
  const keys = new Map<string, Key>();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RangeError('the file of HMAC keys is not JSON');
  }
  for (const [id, given] of Object.entries(
    (value ?? {}) as Record<string, { tenant?: unknown; secret?: unknown; scopes?: unknown }>,
  )) {
    const { tenant, secret, scopes } = given ?? {};
    const tenants = typeof tenant === 'string' ? [tenant] : tenant;
    const bytes = typeof secret === 'string' ? Buffer.from(secret, 'base64') : Buffer.alloc(0);
    if (bytes.length < SECRET_BYTES_MIN)
      throw new RangeError(`the secret of HMAC key ${id} has less than ${SECRET_BYTES_MIN} bytes`);
    if (!isTexts(tenants) || !isTexts(scopes)) throw new RangeError(`HMAC key ${id} needs a tenant and scopes`);
    const known: Set<Scope> = readScopes(scopes);
    if (known.size !== scopes.length) throw new RangeError(`the scopes of HMAC key ${id} are not of decide, admin, metrics`);
    keys.set(id, { secret: bytes, grant: { tenants: new Set(tenants), scopes: known } });
  }
  return keys;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string');
}
