// verdict publish: sends a bundle to a server, which compiles it and makes it live.

import { type Command, Option } from 'commander';
import { writeTarGz } from '../../bundle/archive.js';
import { NAME_PATTERN } from '../../config.js';
import { compilePath } from '../bundle-dir.js';
import { defineCommand, integerOption } from '../command.js';
import { EXIT_NO, EXIT_OK, UsageError } from '../errors.js';
import { number, type Output } from '../output.js';
import { callServer, type ProblemDocument, printProblem, readAnswer, SERVER_DEFAULT, serverUrl } from '../server-call.js';

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

/** `verdict publish`. */
export function publishCommand(): Command {
  const options = [
    new Option('--server <url>', 'address of the server').default(SERVER_DEFAULT),
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
  const url = serverUrl(options.server, `/v1/${options.tenant}/bundles/${name}`);
  if (options.dryRun) url.search = 'dryRun';
  const body = await writeTarGz(compiled.files);
  const response = await callServer('PUT', url, { type: 'application/gzip', body }, options.timeout);
  const answer = await readAnswer(response);
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
