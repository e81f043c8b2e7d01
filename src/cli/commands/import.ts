// verdict import: rules of another engine become a bundle, with a list of what did not come over, and a comparison where asked for.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { parse } from 'yaml';
import { compile } from '../../compiler/compile.js';
import { NAME_PATTERN } from '../../config.js';
import { DiagnosticBag } from '../../diagnostic/diagnostic.js';
import { didYouMean } from '../../diagnostic/suggest.js';
import { createEngine } from '../../engine.js';
import { formatBundle } from '../../format/format-bundle.js';
import { IMPORT_FORMATS, importFormat, recogniseFormat } from '../../import/formats.js';
import type { Imported, ImportFormat, ImportSource } from '../../import/imported.js';
import { readJsonSource } from '../../import/json-source.js';
import { toBundleName } from '../../import/names.js';
import { drawPayloadsOf } from '../../import/payloads.js';
import { type Difference, decideWith, type Original, type Verification, verifyImport } from '../../import/verify.js';
import { makeRandom } from '../../loadtest/random.js';
import {
  countOf,
  type DiagnosticJson,
  diagnosticsJson,
  LOCK_FILE,
  lockText,
  PROFILE_MAX,
  printDiagnostics,
  readGivenFile,
} from '../bundle-dir.js';
import { defineCommand, integerOption } from '../command.js';
import { EXIT_NO, EXIT_OK, Refusal, UsageError } from '../errors.js';
import { number, type Output, plural } from '../output.js';

interface ImportCommandOptions {
  output?: string;
  from?: string;
  name?: string;
  payloads?: string;
  verify?: string | true;
  count: number;
  seed: number;
  force: boolean;
}

/** Output of `verdict import --json`. */
export interface ImportJson {
  ok: boolean;
  format: string;
  /** Where the bundle is; absent where nothing came over. */
  dir?: string;
  files: string[];
  /** Parts that are refused, and what somebody should look at; places are in the source. */
  diagnostics: DiagnosticJson[];
  /** The original answers with the payload and the outputs merged over it. */
  passesThrough: boolean;
  /** Fields that have another name than in the source, and that name. */
  renamed: Record<string, string>;
  verification?: Verification;
}

/** Differences that are printed. */
const SHOWN_MAX = 20;
const COUNT_DEFAULT = 1000;

/** `verdict import`. */
export function importCommand(): Command {
  const options = [
    new Option('-o, --output <dir>', 'directory to write the bundle to (default: its name)'),
    new Option('--from <format>', 'format of the file (default: told by its content and extension)').choices(
      IMPORT_FORMATS.map(({ id }) => id),
    ),
    new Option('--name <name>', 'name of the bundle (default: made from the name of the file)'),
    new Option('--payloads <file>', 'payloads from which the model is inferred: a JSON array, or a JSON object a line'),
    new Option(
      '--verify [file]',
      'decide payloads with the bundle and with the engine it comes from, and list every difference (default: drawn from the model)',
    ),
    new Option('--count <count>', 'payloads that --verify draws').argParser(integerOption(1, 10_000_000)).default(COUNT_DEFAULT),
    new Option('--seed <seed>', 'of the payloads that --verify draws').argParser(integerOption(0)).default(1),
    new Option('--force', 'write over files that are there').default(false),
  ];
  return defineCommand('import', '<file>', 'write a bundle from rules of another engine', options, importFile);
}

async function importFile([path]: string[], options: ImportCommandOptions, output: Output): Promise<number> {
  const bytes = readGivenFile(path as string);
  const source: ImportSource = { name: basename(path as string), text: new TextDecoder().decode(bytes) };
  const format = formatOf(source, options.from);
  const name = options.name ?? toBundleName(source.name);
  if (!NAME_PATTERN.test(name))
    throw new UsageError(`--name: ${name} is not a name`, 'names are lower-case letters, digits and -, 64 at most');
  const payloads = options.payloads === undefined ? [] : readPayloads(options.payloads);
  if (options.verify !== undefined && format.original === undefined)
    throw new UsageError(
      `--verify: there is no engine that a bundle from ${format.title} could be compared with`,
      'leave it out, and write what the model should answer into tests: verdict test',
    );
  const imported = inOneForm((await format.load())(source, { name, payloads }));
  const dir = imported.files.size === 0 ? undefined : writeFiles(options.output ?? name, imported, options.force);
  printDiagnostics(imported.diagnostics, new Map([[source.name, bytes]]), output);
  const errors = countOf(imported.diagnostics, 'error');
  if (dir === undefined) output.line(`${source.name}: nothing came over from ${format.title}`);
  else {
    output.line(
      `${output.paint(name, 'bold')}: wrote ${plural(imported.files.size, 'file')} from ${format.title} in ${resolve(dir)}`,
    );
    if (imported.passesThrough === true)
      output.line('  its outputs are what was computed: the original answers with the payload, and these merged over it');
    for (const [was, is] of imported.renamed ?? []) output.line(`  the field \`${was}\` is \`${is}\` in payloads`);
    if (errors > 0) output.line(`  ${plural(errors, 'part')} could not come over; they are named above`);
  }
  if (errors > 0 && format.infersModel === true && options.payloads === undefined)
    output.line('  samples tell the types of fields, with which more may come over: --payloads samples.jsonl');
  const verification =
    dir === undefined || options.verify === undefined ? undefined : await verify(format, source, imported, options);
  if (verification !== undefined) printVerification(verification, output);
  const ok = dir !== undefined && errors === 0 && (verification?.differenceCount ?? 0) === 0;
  output.result({
    ok,
    format: format.id,
    ...(dir === undefined ? {} : { dir: resolve(dir) }),
    files: [...imported.files.keys()],
    diagnostics: diagnosticsJson(imported.diagnostics, new Map([[source.name, bytes]])),
    passesThrough: imported.passesThrough === true,
    renamed: Object.fromEntries(imported.renamed ?? []),
    ...(verification === undefined ? {} : { verification }),
  } satisfies ImportJson);
  return ok ? EXIT_OK : EXIT_NO;
}

/** The same, its files as `verdict fmt` writes them. */
function inOneForm(imported: Imported): Imported {
  return { ...imported, files: new Map([...imported.files, ...formatBundle(imported.files).changed]) };
}

function formatOf(source: ImportSource, id: string | undefined): ImportFormat {
  const format = id === undefined ? recogniseFormat(source) : importFormat(id);
  if (format !== undefined) return format;
  const known = IMPORT_FORMATS.map((item) => `${item.id} (${item.title})`).join(', ');
  const advice =
    id === undefined
      ? undefined
      : didYouMean(
          id,
          IMPORT_FORMATS.map((item) => item.id),
        );
  if (id === undefined && /\.json$/i.test(source.name)) checkJson(source);
  throw new Refusal('V7003', `${source.name} is of no format that can be imported`, advice ?? `name it with --from: ${known}`);
}

/** @throws Refusal where a file is not the JSON that it is called */
function checkJson(source: ImportSource): void {
  const bag = new DiagnosticBag();
  readJsonSource(source, bag);
  const [fault] = bag.items;
  if (fault === undefined) return;
  const before = source.text.slice(0, fault.span.start).split('\n');
  const place = `${source.name}:${before.length}:${(before.at(-1) as string).length + 1}`;
  throw new Refusal(fault.code, `${place}: ${fault.message}`, fault.advice ?? 'export the rules again');
}

/** Payloads of a file: an array, an object a line, or a YAML list of them. */
function readPayloads(path: string): Record<string, unknown>[] {
  const text = new TextDecoder().decode(readGivenFile(path));
  let values: unknown;
  try {
    values = /^\s*\[/.test(text)
      ? JSON.parse(text)
      : /\.ya?ml$/.test(path)
        ? parse(text)
        : text
            .split('\n')
            .filter((line) => line.trim() !== '')
            .map((line) => JSON.parse(line) as unknown);
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`, 'give a JSON array of payloads, or a JSON object a line');
  }
  const list = Array.isArray(values) ? (values as unknown[]) : [];
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (list.length === 0 || !list.every(isObject))
    throw new UsageError(`${path} holds no payloads`, 'give a JSON array of objects, or a JSON object a line');
  return list as Record<string, unknown>[];
}

/** Writes the bundle and its lock. @throws Refusal where files are there already */
function writeFiles(dir: string, imported: Imported, isForced: boolean): string {
  const files = new Map(imported.files);
  const { lock } = compile(files, { profileMax: PROFILE_MAX });
  if (lock !== undefined) files.set(LOCK_FILE, new TextEncoder().encode(lockText(lock)));
  const taken = [...files.keys()].filter((path) => existsSync(join(dir, path)));
  if (taken.length > 0 && !isForced) {
    throw new Refusal(
      'EXISTS',
      `${dir} holds ${taken.slice(0, 5).join(', ')} already; nothing was written`,
      'name another directory with -o, or write over it with --force',
    );
  }
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), bytes);
  }
  return dir;
}

async function verify(
  format: ImportFormat,
  source: ImportSource,
  imported: Imported,
  options: ImportCommandOptions,
): Promise<Verification> {
  let original: Original | undefined;
  try {
    original = await format.original?.(source, imported);
  } catch (error) {
    throw new Refusal(
      'IO',
      `${format.package ?? format.title} refuses ${source.name}: ${(error as Error).message}`,
      'there is nothing to compare with: mend the source, or leave --verify out',
    );
  }
  if (original === undefined) {
    throw new Refusal(
      'IO',
      `the engine of ${format.title} is not installed, and so there is nothing to compare with`,
      `npm install ${format.package}`,
    );
  }
  const { image } = compile(imported.files, { profileMax: PROFILE_MAX });
  if (image === undefined)
    throw new Refusal('INVALID_BUNDLE', 'the bundle that was written does not compile', 'verdict check says why');
  const engine = await createEngine({ poolThreads: 0, profileMax: PROFILE_MAX });
  try {
    const rules = await engine.load(image);
    const payloads =
      options.verify === true ? drawPayloadsOf(imported, options.count, makeRandom(options.seed)) : readPayloads(options.verify!);
    return await verifyImport(imported, original, decideWith(rules), payloads);
  } finally {
    await engine.close();
  }
}

function printVerification(verification: Verification, output: Output): void {
  const { payloads, same, failing, refused, differences, differenceCount, notCompared } = verification;
  const text = (_key: string, item: unknown): unknown => (typeof item === 'bigint' ? item.toString() : item);
  const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value, text));
  for (const { output: name, reason } of notCompared)
    output.line(`  ${name} is not compared: the original cannot compute it: ${reason}`);
  for (const { payload, path, original, imported } of differences.slice(0, SHOWN_MAX) as Difference[]) {
    output.line(
      `  payload ${number(payload)}, ${path === '' ? 'the answer' : path}: the original ${shown(original)}, the bundle ${shown(imported)}`,
    );
  }
  if (differenceCount > SHOWN_MAX) output.line(`  and ${number(differenceCount - SHOWN_MAX)} more`);
  const rest = [
    failing > 0 ? `${number(failing)} on which the original fails` : '',
    refused > 0 ? `${number(refused)} that the model refuses` : '',
  ];
  output.line(
    `verified: ${number(same)} of ${plural(payloads, 'payload')} with the same answer, ${plural(differenceCount, 'difference')}${rest
      .filter((text) => text !== '')
      .map((text) => `, ${text}`)
      .join('')}`,
  );
}
