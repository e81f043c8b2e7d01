// The keys that tokens are verified with: a JWKS from a file or a URL. It is read again when it has become old, when a token
// names a key that is not in it (not more often than the cooldown allows), and when the server is told to. What cannot be read
// leaves the keys that there were: callers are not locked out because the issuer is away for a while.

import { createHash } from 'node:crypto';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Log } from '../config.js';
import { readText } from '../files.js';

const MAX_AGE_MILLIS = 600_000;
const COOLDOWN_MILLIS = 30_000;
const FETCH_MILLIS_MAX = 5_000;
const JWKS_BYTES_MAX = 1 << 20;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

export interface KeySetTimes {
  maxAgeMillis?: number;
  cooldownMillis?: number;
}

export class KeySet {
  private find: JWTVerifyGetKey | undefined;
  private digest = '';
  private triedAt = Number.NEGATIVE_INFINITY;
  private loading: Promise<void> | undefined;
  private readonly maxAgeMillis: number;
  private readonly cooldownMillis: number;

  /**
   * @param source path of a file, or an https URL (http on loopback)
   * @param changed called whenever other keys hold
   * Throws RangeError where the URL is not one to trust.
   */
  constructor(
    private readonly source: string,
    private readonly log: Log,
    private readonly changed: () => void,
    times: KeySetTimes = {},
  ) {
    this.maxAgeMillis = times.maxAgeMillis ?? MAX_AGE_MILLIS;
    this.cooldownMillis = times.cooldownMillis ?? COOLDOWN_MILLIS;
    if (!isUrl(source)) return;
    const { protocol, hostname } = new URL(source);
    if (protocol !== 'https:' && !LOOPBACK.test(hostname)) throw new RangeError('the JWKS must come over https, or from a file');
  }

  /** The key that a token names. Throws errors of jose where there is none. */
  readonly get: JWTVerifyGetKey = async (header, token) => {
    if (this.find === undefined) await this.load();
    else if (performance.now() - this.triedAt > this.maxAgeMillis) void this.load();
    try {
      return await this.known(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || performance.now() - this.triedAt < this.cooldownMillis) throw error;
      await this.load();
      return this.known(header, token);
    }
  };

  /** Reads the keys now. Never rejects: what went wrong is logged. */
  load(): Promise<void> {
    this.loading ??= this.read().finally(() => {
      this.loading = undefined;
    });
    return this.loading;
  }

  private known(...[header, token]: Parameters<JWTVerifyGetKey>): ReturnType<JWTVerifyGetKey> {
    if (this.find === undefined) throw new errors.JWKSNoMatchingKey('there are no keys');
    return this.find(header, token);
  }

  private async read(): Promise<void> {
    this.triedAt = performance.now();
    try {
      const text = isUrl(this.source) ? await fetchText(this.source) : readText(this.source);
      const find = createLocalJWKSet(JSON.parse(text) as JSONWebKeySet);
      const digest = createHash('sha256').update(text).digest('hex');
      const isOther = digest !== this.digest;
      this.find = find;
      this.digest = digest;
      if (isOther) this.changed();
    } catch (error) {
      this.log.error({ cause: (error as Error).message, kept: this.find !== undefined }, 'the JWKS could not be read');
    }
  }
}

function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(FETCH_MILLIS_MAX) });
  if (!response.ok) throw new Error(`it was answered with ${response.status}`);
  const bytes = await response.arrayBuffer();
  if (bytes.byteLength > JWKS_BYTES_MAX) throw new Error(`it has more than ${JWKS_BYTES_MAX} bytes`);
  return Buffer.from(bytes).toString('utf8');
}
