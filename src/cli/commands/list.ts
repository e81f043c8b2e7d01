// verdict list: lists of a tenant on a server, and regions built from files.

import { openAsBlob, writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { ListReader } from '../../bundle/list-content.js';
import { listTypeText, memberTypeOf, parseListType } from '../../bundle/list-type.js';
import type { ListType } from '../../bundle/lists.js';
import { LIST_NAME_PATTERN, NAME_PATTERN } from '../../config.js';
import { readListHeader, writeList } from '../../image/list.js';
import { defineCommand, integerOption } from '../command.js';
import { EXIT_NO, EXIT_OK, Refusal, UsageError } from '../errors.js';
import { listFileFormat, readFileChunks } from '../list-files.js';
import { number, type Output } from '../output.js';
import { callServer, type ProblemDocument, printProblem, readAnswer, SERVER_DEFAULT, serverUrl } from '../server-call.js';

interface ListOptions {
  server: string;
  tenant?: string;
  type?: string;
  output?: string;
  header: boolean;
  timeout: number;
}

/** A list as the server answers it. */
interface ListAnswer {
  name: string;
  version: string;
  type: string;
  count: number;
  bytes: number;
  at: string;
  created?: boolean;
  bundles?: string[];
}

/** Output of `verdict list put`, `show` and `ls` with --json: what the server answered. */
export interface ListJson {
  ok: boolean;
  /** HTTP status. */
  status: number;
  answer: unknown;
}

/** Output of `verdict list build --json`. */
export interface ListBuildJson {
  ok: true;
  file: string;
  type: string;
  version: string;
  /** Entries, each once. */
  count: number;
  bytes: number;
}

const USAGE = 'put NAME FILE, show NAME, ls, rm NAME, or build FILE';
const MEDIA = { lines: 'text/plain; charset=utf-8', csv: 'text/csv; charset=utf-8', region: 'application/octet-stream' } as const;

/** `verdict list`. */
export function listCommand(): Command {
  const options = [
    new Option('--server <url>', 'put, show, ls, rm: address of the server').default(SERVER_DEFAULT),
    new Option('--tenant <tenant>', 'put, show, ls, rm: whose lists'),
    new Option('--type <type>', 'string, number, date, timestamp or decimal(SCALE); put: where no live bundle declares the list'),
    new Option('-o, --output <file>', 'build: the file to write (default: FILE without its ending, .list)'),
    new Option('--no-header', 'put, build: the first line of a CSV is an entry'),
    new Option('--timeout <seconds>', 'how long to wait for an answer').argParser(integerOption(1, 36_000)).default(600),
  ];
  const description = `lists of a tenant: ${USAGE}`;
  return defineCommand('list', '<action> [name] [file]', description, options, list);
}

async function list([action, ...args]: string[], options: ListOptions, output: Output): Promise<number> {
  switch (action) {
    case 'put':
      return putList(argument(args, 0, 2), argument(args, 1, 2), options, output);
    case 'show':
      return callList('GET', argument(args, 0, 1), options, output);
    case 'rm':
      return callList('DELETE', argument(args, 0, 1), options, output);
    case 'ls':
      argument(['', ...args], 0, 1);
      return showLists(options, output);
    case 'build':
      return buildList(argument(args, 0, 1), options, output);
    default:
      throw new UsageError(`verdict list ${action}: there is no such action`, USAGE);
  }
}

function argument(args: readonly string[], index: number, count: number): string {
  const value = args[index];
  if (value === undefined || args.length > count) throw new UsageError(`verdict list takes ${USAGE}`);
  return value;
}

async function putList(name: string, file: string, options: ListOptions, output: Output): Promise<number> {
  const format = listFileFormat(file);
  const url = listUrl(name, options);
  if (options.type !== undefined) url.searchParams.set('type', typeTextOf(options.type));
  const type = format === 'csv' && !options.header ? `${MEDIA.csv}; header=absent` : MEDIA[format];
  // A body with a length that is read as it is sent: a list may be larger than the memory.
  const response = await callServer('PUT', url, { type, body: await openAsBlob(file) }, options.timeout);
  return answered(response, output, (answer) => {
    const { version, count, created } = answer as ListAnswer;
    const done = created === true ? 'is now' : 'was already';
    output.line(`${name} of ${options.tenant} ${done} at version ${version}, ${entries(count)}`);
  });
}

async function callList(method: 'GET' | 'DELETE', name: string, options: ListOptions, output: Output): Promise<number> {
  return answered(await callServer(method, listUrl(name, options), undefined, options.timeout), output, (answer) => {
    if (method === 'DELETE') {
      output.line(`${name} of ${options.tenant} is gone`);
      return;
    }
    const { version, type, count, bytes, at, bundles = [] } = answer as ListAnswer;
    output.line(`${name}: version ${version}, ${entries(count)} of type ${type}, ${number(bytes)} bytes, put at ${at}`);
    output.line(bundles.length === 0 ? 'no live bundle reads it' : `read by ${bundles.join(', ')}`);
  });
}

async function showLists(options: ListOptions, output: Output): Promise<number> {
  const url = serverUrl(options.server, `/v1/${tenantOf(options)}/lists`);
  return answered(await callServer('GET', url, undefined, options.timeout), output, (answer) => {
    const { lists } = answer as { lists: ListAnswer[] };
    output.table(
      [{ title: 'list' }, { title: 'version' }, { title: 'type' }, { title: 'entries', align: 'right' }, { title: 'put at' }],
      lists.map(({ name, version, type, count, at }) => [name, version, type, number(count), at]),
    );
  });
}

async function answered(response: Response, output: Output, print: (answer: unknown) => void): Promise<number> {
  const answer = await readAnswer(response);
  output.result({ ok: response.ok, status: response.status, answer } satisfies ListJson);
  if (response.ok) print(answer);
  else printProblem(answer as ProblemDocument, response.status, output);
  return response.ok ? EXIT_OK : EXIT_NO;
}

function buildList(file: string, options: ListOptions, output: Output): number {
  const type = parseListType(typeTextOf(options.type ?? 'string')) as ListType;
  const format = listFileFormat(file);
  if (format === 'region') throw new UsageError(`${file} is a region already`);
  const reader = new ListReader(type, format, { header: options.header });
  let region: Uint8Array;
  try {
    region = writeList(memberTypeOf(type), reader.read(readFileChunks(file)));
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal('INVALID_LIST', error.message);
    throw error;
  }
  if (reader.faultCount > 0) {
    const shown = reader.faults.map(({ line, message, advice }) => `${file}:${line}: ${message}; ${advice}`);
    const more = reader.faultCount - shown.length;
    throw new Refusal('INVALID_LIST', [...shown, ...(more > 0 ? [`and ${number(more)} more`] : [])].join('\n'));
  }
  const into = options.output ?? `${file.replace(/\.[^./\\]*$/, '')}.list`;
  writeFileSync(into, region);
  const { version, count } = readListHeader(region);
  output.line(`${into}: version ${version}, ${entries(count)}, ${number(region.length)} bytes`);
  output.result({ ok: true, file: into, type: listTypeText(type), version, count, bytes: region.length } satisfies ListBuildJson);
  return EXIT_OK;
}

function entries(count: number): string {
  return count === 1 ? '1 entry' : `${number(count)} entries`;
}

function typeTextOf(type: string): string {
  if (parseListType(type) !== undefined) return type;
  throw new UsageError(`--type: ${type} is no type of a list`, 'give string, number, date, timestamp or decimal(SCALE)');
}

function tenantOf({ tenant }: ListOptions): string {
  if (tenant === undefined) throw new UsageError("required option '--tenant <tenant>' not specified");
  if (!NAME_PATTERN.test(tenant))
    throw new UsageError(`--tenant: ${tenant} is not a name`, 'names are lower-case letters, digits and -');
  return tenant;
}

function listUrl(name: string, options: ListOptions): URL {
  if (!LIST_NAME_PATTERN.test(name)) throw new UsageError(`${name} is no name of a list`, 'names are letters, digits and _');
  return serverUrl(options.server, `/v1/${tenantOf(options)}/lists/${name}`);
}
