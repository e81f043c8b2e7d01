// Options of `verdict loadtest` for servers that want TLS, or to know who asks.

import { readFileSync } from 'node:fs';
import { Option } from 'commander';
import type { ClientTls } from '../loadtest/dial.js';
import type { SigningKey } from '../loadtest/signing.js';
import { UsageError } from './errors.js';

export interface TargetFlags {
  tls: boolean;
  ca?: string;
  cert?: string;
  key?: string;
  tokenFile?: string;
  hmacKeyFile?: string;
  hmacKeyId?: string;
  echo: boolean;
}

/** The variable of a key; not an option, which all users of a machine could read. */
const HMAC_KEY = 'VERDICT_HMAC_KEY';
const HMAC_ID = /^[\w.-]{1,64}$/;
const HMAC_BYTES_MIN = 32;
const HEADER_VALUE = /^[\x21-\x7e]+$/;

export function targetOptions(): Option[] {
  return [
    new Option('--tls', 'the targets speak TLS: https, wss').default(false),
    new Option('--ca <file>', "authorities of their certificates, PEM, in place of the system's"),
    new Option('--cert <file>', 'certificate of the client, PEM, for mutual TLS'),
    new Option('--key <file>', 'its key, PEM'),
    new Option('--token-file <file>', 'file with a bearer token that is sent with requests and handshakes'),
    new Option(
      '--hmac-key-file <file>',
      `keys as serve has them by --hmac-keys, one of which signs requests; or ${HMAC_KEY}=ID:BASE64`,
    ),
    new Option('--hmac-key-id <id>', 'which of them (default: the only one)'),
  ];
}

/** Reads the files. Throws UsageError where one cannot be read or one option wants another; what is in a file is never said. */
export function readTarget(
  options: TargetFlags,
  env: NodeJS.ProcessEnv,
): { tls: ClientTls | undefined; authorization: string; signing: SigningKey | undefined } {
  const { tls, ca, cert, key, tokenFile, echo } = options;
  for (const [option, value] of Object.entries({ '--ca': ca, '--cert': cert, '--key': key }))
    if (value !== undefined && !tls) throw new UsageError(`${option} is for --tls`);
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--cert and --key belong together');
  if (tls && echo) throw new UsageError('--echo has no TLS, so that a ratio to it would say nothing', 'leave one of them out');
  return {
    tls: tls
      ? {
          ...(ca === undefined ? {} : { ca: readOption('--ca', ca) }),
          ...(cert === undefined ? {} : { cert: readOption('--cert', cert) }),
          ...(key === undefined ? {} : { key: readOption('--key', key) }),
        }
      : undefined,
    authorization: tokenFile === undefined ? '' : bearer(tokenFile),
    signing: readSigning(options, env),
  };
}

function readSigning({ tokenFile, hmacKeyFile, hmacKeyId }: TargetFlags, env: NodeJS.ProcessEnv): SigningKey | undefined {
  if (hmacKeyFile !== undefined) {
    if (tokenFile !== undefined) throw new UsageError('--token-file and --hmac-key-file exclude each other');
    return keyOfFile(hmacKeyFile, hmacKeyId);
  }
  if (hmacKeyId !== undefined) throw new UsageError('--hmac-key-id is for --hmac-key-file');
  const given = env[HMAC_KEY];
  if (given === undefined || given === '' || tokenFile !== undefined) return undefined;
  const colon = given.indexOf(':');
  return signingKey(HMAC_KEY, given.slice(0, Math.max(0, colon)), given.slice(colon + 1));
}

function keyOfFile(file: string, wanted: string | undefined): SigningKey {
  const option = '--hmac-key-file';
  let keys: Record<string, { secret?: unknown } | null>;
  try {
    keys = JSON.parse(readOption(option, file)) as typeof keys;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${option}: ${file} is not JSON`);
  }
  const ids = typeof keys === 'object' && keys !== null ? Object.keys(keys) : [];
  const [only] = ids;
  if (wanted === undefined && ids.length > 1)
    throw new UsageError(`${option}: ${file} has ${ids.length} keys`, 'choose one with --hmac-key-id');
  const id = wanted ?? only;
  if (id === undefined || !ids.includes(id))
    throw new UsageError(`${option}: ${file} has no key${id === undefined ? '' : ` ${id}`}`);
  return signingKey(option, id, keys[id]?.secret);
}

function signingKey(from: string, id: string, secret: unknown): SigningKey {
  if (!HMAC_ID.test(id)) throw new UsageError(`${from}: there is no id of 1 to 64 letters, digits and . _ - before a colon`);
  const bytes = Buffer.from(typeof secret === 'string' ? secret : '', 'base64');
  if (bytes.length < HMAC_BYTES_MIN)
    throw new UsageError(`${from}: the secret of ${id} has less than ${HMAC_BYTES_MIN} bytes in base64`);
  // A copy of its own: it is sent to processes.
  return { id, secret: new Uint8Array(bytes) };
}

function bearer(file: string): string {
  const token = readOption('--token-file', file).trim();
  if (!HEADER_VALUE.test(token)) throw new UsageError(`--token-file: ${file} has no token of one line in it`);
  return `Bearer ${token}`;
}

function readOption(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${option}: cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? 'it is no file'}`);
  }
}
