// Bearer tokens: JWTs (RFC 7519) that jose verifies with the keys of a JWKS. The Authorization that brought a token which was
// verified is known until that expires, so that its next request costs a look-up; so is one that was refused, for some seconds.
// Other keys make all of them unknown again.
//
// They are known by their text, not by a digest of it: a sha256 took 3.5 us a request, the look-up takes a tenth of that. A
// look-up compares texts only where their hashes are equal, which V8 seeds anew in each process, so that the time of a wrong
// guess says nothing of a token's text; and nobody comes to a token by guessing the text before its signature. What is kept is
// bounded.

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

/** Tokens that are known at a time, and their characters; the oldest goes first. */
const KNOWN_MAX = 10_000;
const KNOWN_CHARS_MAX = 1 << 24;
/** However long a token is valid: so long its key may have been withdrawn without our knowing. */
const KNOWN_MILLIS_MAX = 300_000;
const REFUSED_MILLIS = 10_000;
const TOKEN_CHARS_MAX = 4096;
const BEARER = /^bearer +([\w.~+/-]+=*)$/i;

export class BearerTokens {
  readonly counts = { known: 0, verified: 0, refused: 0 };
  /** By Authorization. */
  private readonly known = new Map<string, Known>();
  private knownChars = 0;
  private readonly verifying = new Map<string, Promise<Grant>>();

  constructor(
    private readonly keys: KeySet,
    private readonly options: Required<Omit<JwtOptions, 'jwks'>>,
  ) {}

  /**
   * The grant of an Authorization, at once where it is known; undefined where it brings no bearer token. Throws or rejects with
   * Problem UNAUTHENTICATED.
   */
  grantOf(authorization: string): Grant | Promise<Grant> | undefined {
    const known = this.known.get(authorization);
    if (known !== undefined) {
      if (known.until > Date.now()) {
        if (known.grant === undefined) throw this.refusal(known.detail);
        this.counts.known++;
        return known.grant;
      }
      this.drop(authorization);
    }
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) return undefined;
    if (token.length > TOKEN_CHARS_MAX) throw this.refusal('the token is too long');
    let verifying = this.verifying.get(token);
    if (verifying === undefined) {
      verifying = this.verify(token, authorization).finally(() => this.verifying.delete(token));
      this.verifying.set(token, verifying);
    }
    return verifying;
  }

  /** Forgets all of them: other keys hold. */
  forget(): void {
    this.known.clear();
    this.knownChars = 0;
  }

  private async verify(token: string, authorization: string): Promise<Grant> {
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
      this.remember(authorization, { until, grant, detail: '' });
      this.counts.verified++;
      return grant;
    } catch (error) {
      // What jose says names claims and algorithms, never the token.
      if (!(error instanceof errors.JOSEError)) throw error;
      this.remember(authorization, { until: Date.now() + REFUSED_MILLIS, grant: undefined, detail: error.message });
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

  private remember(authorization: string, known: Known): void {
    this.drop(authorization);
    this.known.set(authorization, known);
    this.knownChars += authorization.length;
    for (const [oldest] of this.known) {
      if (this.known.size <= KNOWN_MAX && this.knownChars <= KNOWN_CHARS_MAX) break;
      this.drop(oldest);
    }
  }

  private drop(authorization: string): void {
    if (this.known.delete(authorization)) this.knownChars -= authorization.length;
  }

  private refusal(detail: string): Problem {
    this.counts.refused++;
    return new Problem('UNAUTHENTICATED', detail);
  }
}
