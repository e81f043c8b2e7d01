// Options of `verdict loadtest` for servers that want TLS, or to know who asks.

import { readFileSync } from 'node:fs';
import { Option } from 'commander';
import type { ClientTls } from '../loadtest/dial.js';
import { UsageError } from './errors.js';

export interface TargetFlags {
  tls: boolean;
  ca?: string;
  cert?: string;
  key?: string;
  tokenFile?: string;
  echo: boolean;
}

const HEADER_VALUE = /^[\x21-\x7e]+$/;

export function targetOptions(): Option[] {
  return [
    new Option('--tls', 'the targets speak TLS: https, wss').default(false),
    new Option('--ca <file>', "authorities of their certificates, PEM, in place of the system's"),
    new Option('--cert <file>', 'certificate of the client, PEM, for mutual TLS'),
    new Option('--key <file>', 'its key, PEM'),
    new Option('--token-file <file>', 'file with a bearer token that is sent with requests and handshakes'),
  ];
}

/** Reads the files. Throws UsageError where one cannot be read or one option wants another; what is in a file is never said. */
export function readTarget(options: TargetFlags): { tls: ClientTls | undefined; authorization: string } {
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
  };
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
