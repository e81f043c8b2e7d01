// Bearer tokens: JWTs (RFC 7519) that jose verifies with the keys of a JWKS. A token that was verified is known by its hash until
// it expires, so that its next request costs a hash and a look-up; so is one that was refused, for some seconds. Other keys make
// all of them unknown again.

import { hash } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { Problem } from '../../errors.js';
import { type Grant, readScopes } from './grant.js';
import type { KeySet } from './key-set.js';
import type { JwtOptions } from './options.js';

interface Known {
  /** By Date.now(). */
  until: number;
  grant: Grant | undefined;
  /** Why there is no grant. */
  detail: string;
}

/** Tokens that are known at a time; the oldest goes first. */
const KNOWN_MAX = 10_000;
/** However long a token is valid: so long its key may have been withdrawn without our knowing. */
const KNOWN_MILLIS_MAX = 300_000;
const REFUSED_MILLIS = 10_000;
const TOKEN_CHARS_MAX = 4096;

export class BearerTokens {
  readonly counts = { known: 0, verified: 0, refused: 0 };
  private readonly known = new Map<string, Known>();
  private readonly verifying = new Map<string, Promise<Grant>>();

  constructor(
    private readonly keys: KeySet,
    private readonly options: Required<Omit<JwtOptions, 'jwks'>>,
  ) {}

  /** The grant of a token, at once where it is known. Throws or rejects with Problem UNAUTHENTICATED. */
  grantOf(token: string): Grant | Promise<Grant> {
    if (token.length > TOKEN_CHARS_MAX) throw this.refusal('the token is too long');
    const key = hash('sha256', token, 'base64');
    const known = this.known.get(key);
    if (known !== undefined) {
      if (known.until > Date.now()) {
        if (known.grant === undefined) throw this.refusal(known.detail);
        this.counts.known++;
        return known.grant;
      }
      this.known.delete(key);
    }
    let verifying = this.verifying.get(key);
    if (verifying === undefined) {
      verifying = this.verify(token, key).finally(() => this.verifying.delete(key));
      this.verifying.set(key, verifying);
    }
    return verifying;
  }

  /** Forgets all of them: other keys hold. */
  forget(): void {
    this.known.clear();
  }

  private async verify(token: string, key: string): Promise<Grant> {
    const { issuer, audience, algorithms, clockSkewSeconds, tenantClaim } = this.options;
    try {
      const { payload } = await jwtVerify(token, this.keys.get, {
        issuer,
        audience,
        algorithms: [...algorithms],
        clockTolerance: clockSkewSeconds,
        requiredClaims: ['exp', tenantClaim],
      });
      const grant = this.read(payload);
      const until = Math.min(((payload.exp as number) + clockSkewSeconds) * 1000, Date.now() + KNOWN_MILLIS_MAX);
      this.remember(key, { until, grant, detail: '' });
      this.counts.verified++;
      return grant;
    } catch (error) {
      // What jose says names claims and algorithms, never the token.
      if (!(error instanceof errors.JOSEError)) throw error;
      this.remember(key, { until: Date.now() + REFUSED_MILLIS, grant: undefined, detail: error.message });
      throw this.refusal(error.message);
    }
  }

  private read(payload: JWTPayload): Grant {
    const { tenantClaim } = this.options;
    const tenants = payload[tenantClaim];
    const names = typeof tenants === 'string' ? [tenants] : tenants;
    if (!Array.isArray(names) || !names.every((name): name is string => typeof name === 'string'))
      throw new errors.JWTClaimValidationFailed(`"${tenantClaim}" is neither a name nor a list of names`, payload, tenantClaim);
    const { scope, scp } = payload as { scope?: unknown; scp?: unknown };
    const scopes = typeof scope === 'string' ? scope.split(' ') : Array.isArray(scp) ? scp.map(String) : [];
    return { tenants: new Set(names), scopes: readScopes(scopes) };
  }

  private remember(key: string, known: Known): void {
    if (this.known.size >= KNOWN_MAX) this.known.delete(this.known.keys().next().value as string);
    this.known.set(key, known);
  }

  private refusal(detail: string): Problem {
    this.counts.refused++;
    return new Problem('UNAUTHENTICATED', detail);
  }
}
