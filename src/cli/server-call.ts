// Calls of a server, as `publish`, `list` and `parameter` make them.

import { jsonValue } from '../schema/json-text.js';
import { Refusal, UsageError } from './errors.js';
import type { Output } from './output.js';

export const SERVER_DEFAULT = 'http://127.0.0.1:8321';

/** A problem document as the server sends it. */
export interface ProblemDocument {
  code?: string;
  title?: string;
  detail?: string;
  advice?: string;
  errors?: { message?: string }[];
  diagnostics?: { text?: string; message?: string; file?: string; line?: number }[];
}

/** The address of a resource. @throws UsageError */
export function serverUrl(server: string, path: string): URL {
  let base: URL;
  try {
    base = new URL(server.includes('://') ? server : `http://${server}`);
  } catch {
    throw new UsageError(`--server: ${server} is not an address`, 'write it like http://127.0.0.1:8321');
  }
  return new URL(`${base.pathname.replace(/\/$/, '')}${path}`, base);
}

/** Sends a request. @throws Refusal NETWORK where nobody answers */
export async function callServer(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: URL,
  content: { type: string; body: Uint8Array | Blob } | undefined,
  timeoutSeconds: number,
): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (content !== undefined) headers['content-type'] = content.type;
  if (url.username !== '') {
    // fetch refuses credentials in an address
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers.authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
    url.username = '';
    url.password = '';
  }
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    return await fetch(url, { method, headers, signal, ...(content === undefined ? {} : { body: content.body }) });
  } catch (error) {
    const cause = (error as { cause?: Error }).cause;
    const reason = cause?.message || (cause as NodeJS.ErrnoException | undefined)?.code || (error as Error).message;
    throw new Refusal('NETWORK', `${url.origin} does not answer: ${reason}`, 'is it running? `verdict serve` starts a server');
  }
}

/** The answer's JSON; its text where it is none. */
export async function readAnswer(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return jsonValue(text);
  } catch {
    return text === '' ? null : text;
  }
}

/** Prints a refusal for people. */
export function printProblem(problem: ProblemDocument | string | null, status: number, output: Output): void {
  const document = typeof problem === 'object' && problem !== null ? problem : { title: String(problem ?? '') };
  output.line(`${output.paint(`refused (${status})`, 'red')}: ${document.code ?? ''} ${document.title ?? ''}`.trimEnd());
  if (document.detail !== undefined && document.detail !== document.title) output.line(`  ${document.detail}`);
  for (const { message } of (document.errors ?? []).slice(1)) if (message !== undefined) output.line(`  ${message}`);
  for (const { text, message, file, line } of document.diagnostics ?? []) {
    output.line();
    output.line(text ?? `${file ?? ''}${line === undefined ? '' : `:${line}`}: ${message ?? ''}`);
  }
}
