// verdict parameter: parameters of a tenant on a server: what holds, what is set, what has held, and back.

import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { LIST_NAME_PATTERN, NAME_PATTERN } from '../../config.js';
import type { ParameterEvent, ParametersInfo, PutParametersResult } from '../../engine.js';
import { readImageFile } from '../../image/file.js';
import { parameterBlock } from '../../image/parameter-block.js';
import { bindParameters } from '../../registry/parameters.js';
import { defineCommand, integerOption } from '../command.js';
import { EXIT_NO, EXIT_OK, Refusal, UsageError } from '../errors.js';
import { openImage } from '../open-image.js';
import { number, type Output, plural } from '../output.js';
import { type GivenParameters, parseAssignment, parseParameter } from '../parameter-options.js';
import { callServer, type ProblemDocument, printProblem, readAnswer, SERVER_DEFAULT, serverUrl } from '../server-call.js';

interface ParameterOptions {
  server: string;
  tenant?: string;
  replace: boolean;
  timeout: number;
  output?: string;
}

/** Output of `verdict parameter --json`: what the server answered. */
export interface ParameterJson {
  ok: boolean;
  /** HTTP status. */
  status: number;
  answer: unknown;
}

/** Output of `verdict parameter build --json`. */
export interface ParameterBuildJson {
  ok: true;
  /** The written block, and its bytes. */
  file: string;
  bytes: number;
  /** Of the image that the block is for. */
  image: string;
  /** Parameters that the rules read. */
  count: number;
}

const USAGE =
  'get [SET], set SET NAME=VALUE..., unset SET NAME..., history SET, rollback SET [VERSION], or build BUNDLE SET.NAME=VALUE...';
const JSON_TYPE = 'application/json';

/** `verdict parameter`. */
export function parameterCommand(): Command {
  const options = [
    new Option('--server <url>', 'address of the server').default(SERVER_DEFAULT),
    new Option('--tenant <tenant>', 'whose parameters'),
    new Option('--replace', 'set: values that are not given go back to their defaults').default(false),
    new Option('-o, --output <file>', 'build: the file to write (default: <name>-<version>.parameters)'),
    new Option('--timeout <seconds>', 'how long to wait for an answer').argParser(integerOption(1, 36_000)).default(60),
  ];
  const description = `parameters of a tenant: ${USAGE}`;
  return defineCommand('parameter', '<action> [set] [values...]', description, options, parameter);
}

async function parameter([action, name, ...values]: string[], options: ParameterOptions, output: Output): Promise<number> {
  if (action === 'get' && name === undefined) return showAll(options, output);
  if (name === undefined) throw new UsageError(`verdict parameter takes ${USAGE}`);
  switch (action) {
    case 'get':
      none(values);
      return show(name, options, output);
    case 'set':
      if (values.length === 0 && !options.replace) throw new UsageError('give values to set: NAME=VALUE');
      return change(options.replace ? 'PUT' : 'PATCH', name, '', assignments(values), options, output);
    case 'unset':
      if (values.length === 0) throw new UsageError('give names of parameters');
      return change('PATCH', name, '', Object.fromEntries(values.map((value) => [value, null])), options, output);
    case 'history':
      none(values);
      return history(name, options, output);
    case 'rollback': {
      const [version, ...others] = values;
      none(others);
      return change('POST', name, '/rollback', version === undefined ? {} : { version }, options, output);
    }
    case 'build':
      return build(name, values, options, output);
    default:
      throw new UsageError(`verdict parameter ${action}: there is no such action`, USAGE);
  }
}

/** The block that binds an exported module to values: those that are not given have their defaults. */
async function build(path: string, values: readonly string[], options: ParameterOptions, output: Output): Promise<number> {
  const opened = await openImage(path, output);
  if (opened === undefined) return EXIT_NO;
  const { image, head } = opened;
  const given = values.reduce<GivenParameters | undefined>((before, text) => parseParameter(text, before), undefined) ?? {};
  const parameters = bindParameters(head, given);
  if (parameters.length === 0) throw new Refusal('UNSUPPORTED', 'no rule reads a parameter', 'declare it in parameters/NAME.yaml');
  const { hash } = readImageFile(image).header;
  const block = parameterBlock(hash, parameters);
  const file = options.output ?? `${head.name}-${head.version}.parameters`;
  writeFileSync(file, block);
  output.line(`${file}: ${plural(parameters.length, 'value')} for image ${hash}, ${number(block.length)} bytes`);
  output.result({ ok: true, file, bytes: block.length, image: hash, count: parameters.length } satisfies ParameterBuildJson);
  return EXIT_OK;
}

function none(values: readonly string[]): void {
  if (values.length > 0) throw new UsageError(`verdict parameter takes ${USAGE}`);
}

/** Values go as texts: the server knows their types. */
function assignments(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    values.map((text) => {
      const assignment = parseAssignment(text);
      if (assignment === undefined) throw new UsageError(`${text} is not NAME=VALUE`);
      return assignment;
    }),
  );
}

async function change(
  method: 'PUT' | 'PATCH' | 'POST',
  name: string,
  path: string,
  body: object,
  options: ParameterOptions,
  output: Output,
): Promise<number> {
  const content = { type: JSON_TYPE, body: new TextEncoder().encode(JSON.stringify(body)) };
  const response = await callServer(method, setUrl(name, path, options), content, options.timeout);
  return answered(response, output, (answer) => {
    const { version, values, created } = answer as PutParametersResult;
    output.line(`${name} of ${options.tenant} ${created ? 'is now' : 'was already'} at version ${version}`);
    printValues(Object.entries(values), output);
  });
}

async function show(name: string, options: ParameterOptions, output: Output): Promise<number> {
  return answered(await callServer('GET', setUrl(name, '', options), undefined, options.timeout), output, (answer) => {
    const { version, at, values, bundles } = answer as ParametersInfo;
    output.line(`${name}: version ${version}, ${at === undefined ? 'nothing set' : `put at ${at}`}`);
    if (bundles.length === 0) {
      output.line('no live bundle declares it');
      printValues(Object.entries(values), output);
    }
    for (const bundle of bundles) {
      output.line(`${bundle.name} ${bundle.version}`);
      output.table(
        [{ title: 'parameter' }, { title: 'value' }, { title: 'type' }, { title: 'default' }, { title: 'bounds' }],
        bundle.values.map((each) => {
          const bounds = [
            ...(each.minimum === undefined ? [] : [`>= ${each.minimum}`]),
            ...(each.maximum === undefined ? [] : [`<= ${each.maximum}`]),
            ...(each.maxLength === undefined ? [] : [`${each.maxLength} characters`]),
          ];
          return [each.name, String(each.value), each.type, String(each.default), bounds.join(', ')];
        }),
      );
    }
  });
}

async function showAll(options: ParameterOptions, output: Output): Promise<number> {
  const url = serverUrl(options.server, `/v1/${tenantOf(options)}/parameters`);
  return answered(await callServer('GET', url, undefined, options.timeout), output, (answer) => {
    const { parameters } = answer as { parameters: ParametersInfo[] };
    output.table(
      [
        { title: 'set' },
        { title: 'version' },
        { title: 'put at' },
        { title: 'set values', align: 'right' },
        { title: 'declared by' },
      ],
      parameters.map(({ name, version, at, values, bundles }) => {
        const declaredBy = bundles.map((bundle) => bundle.name).join(', ');
        return [name, version, at ?? '', String(Object.keys(values).length), declaredBy];
      }),
    );
  });
}

async function history(name: string, options: ParameterOptions, output: Output): Promise<number> {
  return answered(await callServer('GET', setUrl(name, '/versions', options), undefined, options.timeout), output, (answer) => {
    const { versions } = answer as { versions: ParameterEvent[] };
    output.table(
      [{ title: 'version' }, { title: 'put at' }],
      [...versions].reverse().map(({ version, at }) => [version, at]),
    );
  });
}

async function answered(response: Response, output: Output, print: (answer: unknown) => void): Promise<number> {
  const answer = await readAnswer(response);
  output.result({ ok: response.ok, status: response.status, answer } satisfies ParameterJson);
  if (response.ok) print(answer);
  else printProblem(answer as ProblemDocument, response.status, output);
  return response.ok ? EXIT_OK : EXIT_NO;
}

function printValues(values: readonly (readonly [string, unknown])[], output: Output): void {
  for (const [name, value] of values) output.line(`  ${name} = ${String(value)}`);
}

function tenantOf({ tenant }: ParameterOptions): string {
  if (tenant === undefined) throw new UsageError("required option '--tenant <tenant>' not specified");
  if (!NAME_PATTERN.test(tenant))
    throw new UsageError(`--tenant: ${tenant} is not a name`, 'names are lower-case letters, digits and -');
  return tenant;
}

function setUrl(name: string, path: string, options: ParameterOptions): URL {
  if (!LIST_NAME_PATTERN.test(name))
    throw new UsageError(`${name} is no name of a set of parameters`, 'names are letters, digits and _');
  return serverUrl(options.server, `/v1/${tenantOf(options)}/parameters/${name}${path}`);
}
