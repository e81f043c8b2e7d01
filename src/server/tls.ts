// TLS of the channel: uWebSockets.js reads certificate and key from files when an app is made. What it thinks of them it does not
// say, so they are looked at first.

import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { Problem } from '../errors.js';
import { readText } from './files.js';
import type { HttpResponse, TemplatedApp, Uws } from './uws.js';

export interface TlsOptions {
  /** PEM file: the certificate of the server, then those above it. */
  cert: string;
  /** PEM file. */
  key: string;
  /** PEM file of the authorities whose certificates callers must have. Absent: callers need none. */
  ca?: string;
  /** Of the key. */
  passphrase?: string;
}

/** An app, with TLS where there are certificates. Throws Error with the file that cannot be used. */
export function makeApp(uws: Uws, tls: TlsOptions | undefined): TemplatedApp {
  if (tls === undefined) return uws.App();
  requireUsable(tls);
  const { cert, key, ca, passphrase } = tls;
  return uws.SSLApp({
    cert_file_name: cert,
    key_file_name: key,
    ...(ca === undefined ? {} : { ca_file_name: ca }),
    ...(passphrase === undefined ? {} : { passphrase }),
    // Tens of thousands of connections: buffers are given back between two records.
    ssl_prefer_low_memory_usage: true,
  });
}

/**
 * What stands in the files: another text when they have changed. uWebSockets.js never gives an app's memory back, 50 to 80 KiB
 * (measured over 400 apps with 50 routes, closed and not closed alike), so one is made where there is something new.
 * Throws the system's error.
 */
export function contentsOf({ cert, key, ca }: TlsOptions): string {
  const hash = createHash('sha256');
  for (const path of [cert, key, ...(ca === undefined ? [] : [ca])]) hash.update(`${readText(path)}\0`);
  return hash.digest('hex');
}

/**
 * The library asks callers for a certificate and refuses a wrong one, but takes those that show none. Throws Problem
 * UNAUTHENTICATED for them, and where the library cannot say.
 */
export function requireCertificate(response: HttpResponse): void {
  const certificate = response.getX509Certificate?.() as ArrayBuffer | string | undefined;
  const size = typeof certificate === 'string' ? certificate.length : (certificate?.byteLength ?? 0);
  if (size === 0) throw new Problem('UNAUTHENTICATED', 'the caller has shown no certificate');
}

function requireUsable({ cert, key, ca, passphrase }: TlsOptions): void {
  const certificate = usable('certificate', cert, (text) => new X509Certificate(text));
  const options = passphrase === undefined ? {} : { passphrase };
  const privateKey = usable('key', key, (text) => createPrivateKey({ key: text, format: 'pem', ...options }));
  if (!certificate.checkPrivateKey(privateKey)) throw new Error(`the key ${key} is not that of the certificate ${cert}`);
  if (ca !== undefined) usable('authority', ca, (text) => new X509Certificate(text));
}

function usable<Result>(what: string, path: string, read: (text: string) => Result): Result {
  try {
    return read(readText(path));
  } catch (error) {
    throw new Error(`the ${what} ${path} cannot be used: ${(error as Error).message}`);
  }
}
