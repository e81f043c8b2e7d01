// verdict publish: sends a bundle to a server, which compiles it and makes it live.

import { type Command, Option } from 'commander';
import { writeTarGz } from '../../bundle/archive.js';
import type { BundleFiles } from '../../bundle/files.js';
import { NAME_PATTERN } from '../../config.js';
import { compilePath } from '../bundle-dir.js';
import { defineCommand, integerOption } from '../command.js';
import { EXIT_NO, EXIT_OK, Refusal, UsageError } from '../errors.js';
import { number, type Output } from '../output.js';

interface PublishOptions {
  server: string;
  tenant: string;
  dryRun: boolean;
  timeout: number;
}

/** Output of `verdict publish --json`: what the server answered. */
export interface PublishJson {
  ok: boolean;
  /** HTTP status. */
  status: number;
  /** The body: a PublishResult, or a problem document (RFC 9457) with `code` and perhaps `diagnostics`. */
  answer: unknown;
}

/** A problem document as the server sends it. */
interface ProblemDocument {
  code?: string;
  title?: string;
  detail?: string;
  advice?: string;
  diagnostics?: { text?: string; message?: string; file?: string; line?: number }[];
}

/** `verdict publish`. */
export function publishCommand(): Command {
  const options = [
    new Option('--server <url>', 'address of the server').default('http://127.0.0.1:8321'),
    new Option('--tenant <tenant>', 'whose bundle it is').makeOptionMandatory(),
    new Option('--dry-run', 'let the server check it, and publish nothing').default(false),
    new Option('--timeout <seconds>', 'how long to wait for the answer').argParser(integerOption(1, 3600)).default(60),
  ];
  return defineCommand('publish', '<bundle>', 'send a bundle to a server and make it live', options, publish);
}

async function publish([path]: string[], options: PublishOptions, output: Output): Promise<number> {
  if (!NAME_PATTERN.test(options.tenant))
    throw new UsageError(`--tenant: ${options.tenant} is not a name`, 'names are lower-case letters, digits and -');
  const compiled = await compilePath(path as string, output);
  if (compiled === undefined) return EXIT_NO;
  const { name, version } = compiled.manifest;
  const url = bundleUrl(options, name);
  const response = await put(url, compiled.files, options.timeout);
  const answer = await readBody(response);
  const json: PublishJson = { ok: response.ok, status: response.status, answer };
  output.result(json);
  if (!response.ok) {
    printProblem(answer as ProblemDocument, response.status, output);
    return EXIT_NO;
  }
  const { image, costMax } = (answer ?? {}) as { image?: string; costMax?: number };
  const done = options.dryRun ? 'would be published' : response.status === 201 ? 'published' : 'was live already';
  output.line(
    `${name} ${version} ${done} for ${options.tenant}: image ${image ?? '-'}, cost at most ${number(costMax ?? 0)} units`,
  );
  return EXIT_OK;
}

function bundleUrl({ server, tenant, dryRun }: PublishOptions, name: string): URL {
  let base: URL;
  try {
    base = new URL(server.includes('://') ? server : `http://${server}`);
  } catch {
    throw new UsageError(`--server: ${server} is not an address`, 'write it like http://127.0.0.1:8321');
  }
  const url = new URL(`${base.pathname.replace(/\/$/, '')}/v1/${tenant}/bundles/${name}`, base);
  if (dryRun) url.search = 'dryRun';
  return url;
}

async function put(url: URL, files: BundleFiles, timeoutSeconds: number): Promise<Response> {
  const headers: Record<string, string> = { 'content-type': 'application/gzip', accept: 'application/json' };
  if (url.username !== '') {
    // fetch refuses credentials in an address
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers.authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
    url.username = '';
    url.password = '';
  }
  const body = await writeTarGz(files);
  try {
    return await fetch(url, { method: 'PUT', headers, body, signal: AbortSignal.timeout(timeoutSeconds * 1000) });
  } catch (error) {
    const cause = (error as { cause?: Error }).cause;
    const reason = cause?.message || (cause as NodeJS.ErrnoException | undefined)?.code || (error as Error).message;
    throw new Refusal('NETWORK', `${url.origin} does not answer: ${reason}`, 'is it running? `verdict serve` starts a server');
  }
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return text === '' ? null : text;
  }
}

function printProblem(problem: ProblemDocument | string | null, status: number, output: Output): void {
  const document = typeof problem === 'object' && problem !== null ? problem : { title: String(problem ?? '') };
  output.line(`${output.paint(`refused (${status})`, 'red')}: ${document.code ?? ''} ${document.title ?? ''}`.trimEnd());
  if (document.detail !== undefined && document.detail !== document.title) output.line(`  ${document.detail}`);
  for (const { text, message, file, line } of document.diagnostics ?? []) {
    output.line();
    output.line(text ?? `${file ?? ''}${line === undefined ? '' : `:${line}`}: ${message ?? ''}`);
  }
}
