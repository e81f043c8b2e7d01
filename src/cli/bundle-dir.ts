// Bundles and images as commands name them: a directory, a .tar.gz, a JSON document, or an image file.

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGE_MAGIC_VALUE } from '../../assembly/shared/image.js';
import { readJsonBundle, readTarGz } from '../bundle/archive.js';
import type { BundleFiles } from '../bundle/files.js';
import { ARCHIVE_BYTES_MAX, FILES_MAX, UNPACKED_BYTES_MAX } from '../bundle/limits.js';
import { type CompileResult, compile } from '../compiler/compile.js';
import type { Diagnostic, Span } from '../diagnostic/diagnostic.js';
import { positionOf, renderDiagnostic } from '../diagnostic/render.js';
import type { Engine } from '../engine.js';
import { Problem } from '../errors.js';
import { readImageFile } from '../image/file.js';
import type { Manifest, ManifestHead } from '../image/manifest.js';
import type { RuleSet } from '../ruleset.js';
import { jsonValue } from '../schema/json-text.js';
import type { ModelLock } from '../schema/model.js';
import { CONFIG_FILE } from './config.js';
import { Refusal, UsageError } from './errors.js';
import { type GivenList, listContents } from './list-files.js';
import { number, type Output, plural } from './output.js';
import type { GivenParameters } from './parameter-options.js';

export const LOCK_FILE = 'model.lock.json';

/** Commands that publish nothing take a bundle with the profile it asks for: the limit is a tenant's, and there is none. */
export const PROFILE_MAX = 'standard';

export interface BundleSource {
  files: BundleFiles;
  /** The directory, where it is one: what may be written to. */
  dir: string | undefined;
}

function missing(path: string, error: unknown, advice?: string): UsageError {
  const reason =
    (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file or directory' : (error as Error).message;
  return new UsageError(`cannot read ${path}: ${reason}`, advice);
}

/** Reads a file that a command was given. @throws UsageError that names it */
export function readGivenFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw missing(path, error);
  }
}

/** Documents of a directory: YAML, JSON and, below the top, CSV and plain text. Hidden files, packages and links are left out. */
export function readDirectory(dir: string): BundleFiles {
  const files = new Map<string, Uint8Array>();
  let bytes = 0;
  const visit = (folder: string, prefix: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = prefix + entry.name;
      if (entry.name.startsWith('.') || entry.name === 'node_modules' || path === CONFIG_FILE) continue;
      if (entry.isDirectory()) visit(join(folder, entry.name), `${path}/`);
      else if (entry.isFile() && (/\.(ya?ml|json)$/.test(path) || (prefix !== '' && /\.(csv|txt)$/.test(path)))) {
        const content = readFileSync(join(folder, entry.name));
        bytes += content.length;
        if (files.size >= FILES_MAX || bytes > UNPACKED_BYTES_MAX) {
          throw new UsageError(
            `${dir} holds more than ${FILES_MAX} files or ${UNPACKED_BYTES_MAX} bytes`,
            'name the bundle directory itself',
          );
        }
        files.set(path, content);
      }
    }
  };
  visit(dir, '');
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Reads a bundle: a directory, a .tar.gz or a JSON document.
 * @throws UsageError where there is nothing to read; Problem INVALID_ARCHIVE
 */
export async function readBundlePath(path: string): Promise<BundleSource> {
  let isDirectory: boolean;
  try {
    isDirectory = statSync(path).isDirectory();
  } catch (error) {
    throw missing(path, error, 'name a bundle directory; `verdict init <dir>` writes one to start from');
  }
  if (isDirectory) return { files: readDirectory(path), dir: path };
  const bytes = readGivenFile(path);
  if (bytes.length > ARCHIVE_BYTES_MAX) throw new UsageError(`${path} has more than ${ARCHIVE_BYTES_MAX} bytes`);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return { files: await readTarGz(bytes), dir: undefined };
  if (path.endsWith('.json')) return { files: readJsonBundle(new TextDecoder().decode(bytes)), dir: undefined };
  throw new UsageError(`${path} is not a bundle`, 'name a directory, a .tar.gz or a .json file');
}

/** Whether the bytes begin like an image file. */
export function isImage(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === IMAGE_MAGIC_VALUE;
}

/** A diagnostic in JSON output. Lines and columns count from 1; columns in UTF-16 code units. */
export interface DiagnosticJson {
  code: string;
  severity: 'error' | 'warning';
  message: string;
  file: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  advice?: string;
  related?: { message: string; file: string; line: number; column: number }[];
  /** What `check --fix` would write in the place of [line, column) to [endLine, endColumn). */
  fix?: { file: string; line: number; column: number; endLine: number; endColumn: number; text: string };
  /** What a proof found: a payload that does what the message says. */
  payload?: unknown;
}

export function diagnosticsJson(diagnostics: readonly Diagnostic[], files: BundleFiles): DiagnosticJson[] {
  return diagnostics.map(({ code, severity, message, span, advice, related, fix, payload }) => ({
    code,
    severity,
    message,
    file: span.file,
    ...positionsOf(span, files),
    ...(advice === undefined ? {} : { advice }),
    ...(related === undefined
      ? {}
      : { related: related.map((place) => ({ message: place.message, file: place.span.file, ...positionOf(place.span, files) })) }),
    ...(fix === undefined ? {} : { fix: { file: fix.span.file, ...positionsOf(fix.span, files), text: fix.text } }),
    ...(payload === undefined ? {} : { payload }),
  }));
}

function positionsOf(span: Span, files: BundleFiles): { line: number; column: number; endLine: number; endColumn: number } {
  const end = positionOf({ ...span, start: span.end }, files);
  return { ...positionOf(span, files), endLine: end.line, endColumn: end.column };
}

export function countOf(diagnostics: readonly Diagnostic[], severity: Diagnostic['severity']): number {
  return diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
}

/** Prints diagnostics for people, with their counts. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], files: BundleFiles, output: Output): void {
  for (const diagnostic of diagnostics) {
    output.line(renderDiagnostic(diagnostic, files, { color: output.color }));
    output.line();
  }
  const errors = countOf(diagnostics, 'error');
  const warnings = countOf(diagnostics, 'warning');
  const rows = countsByFile(diagnostics);
  if (rows.length > 1 && diagnostics.length >= COUNTED_MIN) {
    output.table([{ title: 'file' }, { title: 'errors', align: 'right' }, { title: 'warnings', align: 'right' }], rows);
  }
  if (errors > 0) output.line(output.paint(`${plural(errors, 'error')}, ${plural(warnings, 'warning')}`, 'red'));
  else if (warnings > 0) output.line(output.paint(plural(warnings, 'warning'), 'yellow'));
  const [first] = diagnostics;
  if (first !== undefined) output.line(output.paint(`\`verdict check --explain ${first.code}\` says more`, 'dim'));
}

/** Diagnostics from which on they are counted by file. */
const COUNTED_MIN = 10;
/** Files that are listed with their counts: those with the most errors. */
const COUNTED_FILES_MAX = 20;

/** Rows of file, errors and warnings: those with the most errors first. */
export function countsByFile(diagnostics: readonly Diagnostic[]): string[][] {
  const counts = new Map<string, { errors: number; warnings: number }>();
  for (const { span, severity } of diagnostics) {
    const count = counts.get(span.file) ?? { errors: 0, warnings: 0 };
    if (severity === 'error') count.errors++;
    else count.warnings++;
    counts.set(span.file, count);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b.errors - a.errors || b.warnings - a.warnings);
  const rows = sorted.slice(0, COUNTED_FILES_MAX).map(([file, count]) => [file, number(count.errors), number(count.warnings)]);
  return sorted.length > COUNTED_FILES_MAX ? [...rows, [`${plural(sorted.length - COUNTED_FILES_MAX, 'further file')}`]] : rows;
}

/** The text of model.lock.json. */
export function lockText(lock: ModelLock): string {
  return `${JSON.stringify(lock, null, 2)}\n`;
}

export type LockState = 'current' | 'outdated' | 'missing';

/** How the bundle's lock stands to the one that compiling it gives. */
export function lockState(files: BundleFiles, lock: ModelLock): LockState {
  const bytes = files.get(LOCK_FILE);
  if (bytes === undefined) return 'missing';
  try {
    const given = jsonValue(new TextDecoder().decode(bytes)) as ModelLock;
    return canonical(given) === canonical(lock) ? 'current' : 'outdated';
  } catch {
    return 'outdated';
  }
}

/** JSON text with sorted keys: the order of entries in a lock says nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

/** A bundle that compiled, with its image. */
export interface Compiled extends BundleSource {
  result: CompileResult;
  image: Uint8Array;
  manifest: Manifest;
}

/**
 * Compiles a bundle for a command that needs its image. Errors are printed, warnings are not.
 * @returns undefined where it does not compile: the caller exits with 1
 */
export async function compilePath(path: string, output: Output): Promise<Compiled | undefined> {
  const source = await readBundlePath(path);
  const result = compile(source.files, { profileMax: PROFILE_MAX });
  const { image, manifest, diagnostics } = result;
  if (image !== undefined && manifest !== undefined) return { ...source, result, image, manifest };
  printDiagnostics(diagnostics, source.files, output);
  output.line('`verdict check` shows the same; nothing was done');
  output.result({
    ok: false,
    error: { code: 'INVALID_BUNDLE', message: 'the bundle does not compile' },
    diagnostics: diagnosticsJson(diagnostics, source.files),
  });
  return undefined;
}

/** An engine with one rule set in it. */
export interface OpenRuleSet {
  engine: Engine;
  ruleSet: RuleSet;
  /** Files of the bundle; none where an image was opened. */
  files: BundleFiles | undefined;
  close(): Promise<void>;
}

/**
 * Opens a bundle or an image for deciding in this process. `lists`: entries of lists, in place of those that the bundle brings.
 * `parameters`: values in place of defaults.
 * @returns undefined where the bundle does not compile; that has been printed
 */
export async function openRuleSet(
  path: string,
  output: Output,
  lists: readonly GivenList[] = [],
  parameters: GivenParameters = {},
): Promise<OpenRuleSet | undefined> {
  let image: Uint8Array | undefined;
  let files: BundleFiles | undefined;
  const bytes = statSync(path, { throwIfNoEntry: false })?.isFile() ? readGivenFile(path) : undefined;
  if (bytes !== undefined && isImage(bytes)) {
    image = bytes;
  } else {
    const compiled = await compilePath(path, output);
    if (compiled === undefined) return undefined;
    image = compiled.image;
    files = compiled.files;
  }
  const { createEngine } = await import('../engine.js');
  const contents = listContents(imageHead(path, image), files, lists);
  const hasLists = Object.keys(contents).length > 0;
  // No quota but the machine's: what the user gives is the user's own.
  const engine = await createEngine({ poolThreads: 0, profileMax: PROFILE_MAX, ...(hasLists ? { tenantPagesMax: 65536 } : {}) });
  try {
    const ruleSet = await engine.load(image, { lists: contents, parameters });
    const close = async (): Promise<void> => {
      ruleSet.release();
      await engine.close();
    };
    return { engine, ruleSet, files, close };
  } catch (error) {
    await engine.close();
    if (error instanceof Problem && error.code === 'LIST_MISSING')
      throw new Refusal(error.code, error.message, 'give its entries with --list NAME=FILE');
    if (error instanceof Problem && (error.code === 'INVALID_PARAMETERS' || error.code === 'PARAMETERS_NOT_FOUND'))
      throw new UsageError(`--parameter: ${error.message}`);
    if (error instanceof Error && /image/.test(error.message)) throw badImage(path, error);
    throw error;
  }
}

function imageHead(path: string, image: Uint8Array): ManifestHead {
  try {
    return readImageFile(image).head;
  } catch (error) {
    throw badImage(path, error as Error);
  }
}

function badImage(path: string, error: Error): Refusal {
  return new Refusal('INVALID_IMAGE', `${path}: ${error.message}`, 'compile it again with `verdict compile`');
}

/** Writes the lock of a bundle directory. */
export function writeLock(source: BundleSource, text: string): void {
  if (source.dir === undefined) throw new UsageError(`${LOCK_FILE} can only be written into a bundle directory`);
  writeFileSync(join(source.dir, LOCK_FILE), text);
}
