// How callers become known, as the server is told.

export interface JwtOptions {
  /** JWKS: path of a file, or an https URL. */
  jwks: string;
  /** `iss` of every token. */
  issuer: string;
  /** One of `aud` of every token. */
  audience: string;
  /** Signatures that are taken; of asymmetric keys only. Default EdDSA, ES256. */
  algorithms?: readonly string[];
  /** Claim that names the tenant, or a list of them; `*` is all. Default `tenant`. */
  tenantClaim?: string;
  /** By how much clocks may differ. Default 60, at most 300. */
  clockSkewSeconds?: number;
}

export interface AuthOptions {
  jwt?: JwtOptions;
  /** Path of a file with the keys of signed requests. */
  hmacKeys?: string;
}

const ALGORITHMS: ReadonlySet<string> = new Set([
  'EdDSA',
  'Ed25519',
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
]);

/** Checks the options and fills in the defaults. Throws RangeError with the name of the one that is wrong. */
export function resolveJwtOptions(options: JwtOptions): Required<JwtOptions> {
  const { algorithms = ['EdDSA', 'ES256'], clockSkewSeconds = 60, tenantClaim = 'tenant' } = options;
  for (const name of ['jwks', 'issuer', 'audience'] as const) {
    if (typeof options[name] !== 'string' || options[name] === '') throw new RangeError(`jwt.${name} must be given`);
  }
  const wrong = algorithms.find((name) => !ALGORITHMS.has(name));
  if (wrong !== undefined || algorithms.length === 0)
    throw new RangeError(`jwt.algorithms must be of ${[...ALGORITHMS].join(', ')}${wrong === undefined ? '' : `, not ${wrong}`}`);
  if (!(clockSkewSeconds >= 0 && clockSkewSeconds <= 300)) throw new RangeError('jwt.clockSkewSeconds must be from 0 to 300');
  return { ...options, algorithms, clockSkewSeconds, tenantClaim };
}
