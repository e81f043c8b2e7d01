// Who sends a request: by a bearer token, or by a signature. Nothing of either is ever logged.

import { Problem } from '../../errors.js';
import type { Access } from '../api/route.js';
import type { Log } from '../config.js';
import { readText } from '../files.js';
import { BearerTokens } from './bearer.js';
import { type Grant, requireAccess } from './grant.js';
import { KeySet, type KeySetTimes } from './key-set.js';
import type { NonceBook } from './nonces.js';
import { type AuthOptions, resolveJwtOptions } from './options.js';
import { SIGNATURE_SCHEME, Signatures, type SignedRequest } from './signature.js';

const SIGNED = `${SIGNATURE_SCHEME} `;

/** What a request must fulfil once it is known who sends it. */
export interface Admitted {
  /** sha256 of its body in hex, '' where nothing was said of it. */
  readonly bodyHash: string;
}

const ANY_BODY: Admitted = { bodyHash: '' };

export class Authenticator {
  private readonly keys: KeySet | undefined;
  readonly tokens: BearerTokens | undefined;
  readonly signatures: Signatures | undefined;

  /** Throws RangeError for an option that is wrong. */
  constructor(
    private readonly options: AuthOptions,
    log: Log,
    times?: KeySetTimes,
    /** Of signed requests, where other threads have to know them too. */
    nonces?: NonceBook,
  ) {
    if (options.jwt !== undefined) {
      const jwt = resolveJwtOptions(options.jwt);
      this.keys = new KeySet(jwt.jwks, log, () => this.tokens?.forget(), times);
      this.tokens = new BearerTokens(this.keys, jwt);
    }
    if (options.hmacKeys !== undefined) this.signatures = new Signatures(nonces);
    if (this.tokens === undefined && this.signatures === undefined) throw new RangeError('auth needs jwt or hmacKeys');
  }

  /** Reads the keys. Rejects with RangeError where those of signed requests cannot be used; tokens may get theirs later. */
  async load(): Promise<void> {
    if (this.signatures !== undefined) this.signatures.use(readText(this.options.hmacKeys as string));
    await this.keys?.load();
  }

  /** For WWW-Authenticate. */
  get challenge(): string {
    const schemes = [
      ...(this.tokens === undefined ? [] : ['Bearer']),
      ...(this.signatures === undefined ? [] : [SIGNATURE_SCHEME]),
    ];
    return schemes.join(', ');
  }

  /**
   * Admits a request to a route, at once but where a token is seen for the first time. Throws or rejects with Problem
   * UNAUTHENTICATED, FORBIDDEN.
   *
   * @param authorization the header, '' where there is none
   * @param signed asked for only where the request is signed
   * @param isOnce where it is signed, it may not come again
   */
  admit(
    authorization: string,
    access: Access,
    tenant: string,
    signed: () => SignedRequest,
    isOnce: boolean,
  ): Admitted | Promise<Admitted> {
    if (authorization === '') throw new Problem('UNAUTHENTICATED', 'there is no Authorization');
    if (this.signatures !== undefined && authorization.startsWith(SIGNED)) {
      const { grant, bodyHash, fresh } = this.signatures.grantOf(authorization.slice(SIGNED.length), signed(), isOnce);
      const admitted = (): Admitted => {
        requireAccess(grant, access, tenant);
        return { bodyHash };
      };
      return fresh === undefined ? admitted() : fresh.then(admitted);
    }
    const grant = this.tokens?.grantOf(authorization);
    if (grant === undefined) throw new Problem('UNAUTHENTICATED', `Authorization is not ${this.challenge}`);
    const admitted = (grant: Grant): Admitted => {
      requireAccess(grant, access, tenant);
      return ANY_BODY;
    };
    return grant instanceof Promise ? grant.then(admitted) : admitted(grant);
  }
}
