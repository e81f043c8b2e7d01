// verdict check: every problem of a bundle, the cost of every rule, the state of its lock; mends what has one mending.

import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { RULES_MAX } from '../../../assembly/shared/limits.js';
import type { BundleFiles } from '../../bundle/files.js';
import { generateModule } from '../../codegen/generate.js';
import { type CompileResult, compile } from '../../compiler/compile.js';
import type { CostEntry } from '../../compiler/cost-report.js';
import type { IndexReport } from '../../compiler/index/plan.js';
import { IMAGE_COST_MAX } from '../../compiler/limits.js';
import type { OpenQuestions } from '../../compiler/open-questions.js';
import { applyFixes } from '../../diagnostic/fix.js';
import { toSarif } from '../../diagnostic/sarif.js';
import { readImageFile } from '../../image/file.js';
import type { Manifest } from '../../image/manifest.js';
import { outputPhrase } from '../../schema/output-shape.js';
import type { BundleSource } from '../bundle-dir.js';
import {
  countOf,
  type DiagnosticJson,
  diagnosticsJson,
  LOCK_FILE,
  type LockState,
  lockState,
  lockText,
  PROFILE_MAX,
  printDiagnostics,
  readBundlePath,
  writeLock,
} from '../bundle-dir.js';
import { explainCode, printCosts, printOpen } from '../check-report.js';
import { defineCommand, integerOption } from '../command.js';
import { EXIT_NO, EXIT_OK, UsageError } from '../errors.js';
import { printIndexes } from '../index-report.js';
import { number, type Output, plural } from '../output.js';
import { packageVersion } from '../version.js';

interface CheckOptions {
  explain?: string;
  watch: boolean;
  writeLock: boolean;
  locked: boolean;
  costMax?: number;
  rules: boolean;
  fix: boolean;
  sarif?: string;
  profileMax: 'strict' | 'standard';
}

/** Times that fixes are looked for again after some were applied: one mending may show the next. */
const FIX_ROUNDS_MAX = 8;

/** Output of `verdict check --json`. */
export interface CheckJson {
  /** The bundle compiles, and its lock is what was asked for. */
  ok: boolean;
  errors: number;
  warnings: number;
  diagnostics: DiagnosticJson[];
  /** What proofs have not settled. */
  notProven: OpenQuestions[];
  /** With --fix: what was mended, and in which files. */
  fixed?: { count: number; files: string[] };
  /** Absent where the bundle does not compile. */
  bundle?: {
    name: string;
    version: string;
    profile: string;
    model: { name: string; hash: string; fields: number };
    /** Static worst case of one payload, in units of about a nanosecond. */
    costMax: number;
    /** Units that one payload may cost. */
    costLimit: number;
    /** The payload, features, tables and scorecards, then rules, with what is dear in each. */
    costs: CostEntry[];
    /** What a match index holds of the rules and of the rows of each table, or why there is none. */
    indexes: IndexReport[];
    /** Whether code is generated for it once it is published, and of how many bytes; else why the interpreter decides. */
    code: { bytes: number } | { why: string };
    /** Of decisions, in the order written, each with its type as JSON has it; absent where there are none. */
    outputs?: { name: string; type: string }[];
    /** In the order written. */
    rules: { id: string; file: string; line: number; cost: number; score: number; outcome: string | null; reason: string | null }[];
  };
  lock?: { state: LockState; written: boolean };
}

/** `verdict check`. */
export function checkCommand(): Command {
  const options = [
    new Option('--write-lock', `write ${LOCK_FILE} where it needs it`).default(false),
    new Option('--locked', `the answer is no where ${LOCK_FILE} is missing or outdated`).default(false),
    new Option('--cost-max <units>', 'the answer is no where one payload may cost more').argParser(integerOption(1)),
    new Option('--no-rules', 'leave out the table of rules'),
    new Option('--profile-max <profile>', 'widest profile the bundle may ask for, as the tenant has it')
      .choices(['strict', 'standard'])
      .default(PROFILE_MAX),
    new Option('--fix', 'mend what has one mending, in the files of the bundle directory').default(false),
    new Option('--explain <code>', 'print the page of a diagnostic code; no bundle is needed'),
    new Option('--watch', 'check again whenever a file of the bundle directory changes').default(false),
    new Option('--sarif <file>', 'write the diagnostics as SARIF 2.1.0 for code hosts and editors; - for standard output'),
  ];
  return defineCommand('check', '[bundle]', 'report all problems of a bundle and the cost of its rules', options, check);
}

async function check([path]: string[], options: CheckOptions, output: Output): Promise<number> {
  if (options.explain !== undefined) return explainCode(options.explain, output);
  if (path === undefined) throw new UsageError("missing required argument 'bundle'", '(verdict check --help shows how)');
  if (options.watch) return (await import('../check-watch.js')).watchBundle(path, options, output);
  const given = await readBundlePath(path);
  const compileFiles = (files: BundleFiles): CompileResult =>
    compile(files, { profileMax: options.profileMax, ...(options.costMax === undefined ? {} : { costMax: options.costMax }) });
  const first = compileFiles(given.files);
  const mended = options.fix ? mend(given, first, compileFiles) : undefined;
  const source = mended?.source ?? given;
  const compiled = mended?.compiled ?? first;
  const { manifest, lock, diagnostics, notProven } = compiled;
  if (options.sarif !== '-') printDiagnostics(diagnostics, source.files, output);
  if (options.sarif !== undefined) writeSarif(options.sarif, compiled, source);
  if (options.sarif === '-') return countOf(diagnostics, 'error') === 0 ? EXIT_OK : EXIT_NO;
  const errors = countOf(diagnostics, 'error');
  const result: CheckJson = {
    ok: errors === 0,
    errors,
    warnings: countOf(diagnostics, 'warning'),
    diagnostics: diagnosticsJson(diagnostics, source.files),
    notProven,
  };
  printOpen(notProven, output);
  if (mended !== undefined) {
    const { count, changed } = mended;
    result.fixed = { count, files: changed };
    output.line(`mended ${plural(count, 'place')}${changed.length === 0 ? '' : `: ${changed.join(', ')}`}`);
  }
  if (errors === 0 && manifest !== undefined && lock !== undefined) {
    const state = lockState(source.files, lock);
    const written = options.writeLock && state !== 'current';
    if (written) writeLock(source, lockText(lock));
    const costs = compiled.costs ?? [];
    const costLimit = options.costMax ?? IMAGE_COST_MAX;
    const indexes = compiled.indexes ?? [];
    const code = codeOf(compiled.image!);
    result.bundle = { ...describe(manifest, costs, indexes, costLimit), code };
    result.lock = { state: written ? 'current' : state, written };
    if (options.locked && result.lock.state !== 'current') result.ok = false;
    printBundle(manifest, options.rules, output);
    printCosts(costs, manifest.costMax, costLimit, output);
    printIndexes(indexes, output);
    output.line(
      'bytes' in code ? `decided by code of its own, ${number(code.bytes)} bytes` : `decided by the interpreter: ${code.why}`,
    );
    printLock(result.lock, options.locked, output);
  }
  output.result(result);
  return result.ok ? EXIT_OK : EXIT_NO;
}

/** What becomes of its program when it is published. */
function codeOf(image: Uint8Array): { bytes: number } | { why: string } {
  const { module, unsupported } = generateModule(readImageFile(image).deciding);
  return module === undefined ? { why: unsupported } : { bytes: module.length };
}

interface Mended {
  source: BundleSource;
  compiled: CompileResult;
  count: number;
  /** Files that were written, by name. */
  changed: string[];
}

/** Applies fixes until none is left, and writes the files that change. */
function mend(given: BundleSource, first: CompileResult, again: (files: BundleFiles) => CompileResult): Mended {
  const { dir } = given;
  if (dir === undefined) throw new UsageError('--fix can only mend a bundle directory');
  let files = given.files;
  let compiled = first;
  let count = 0;
  const changed = new Map<string, Uint8Array>();
  for (let round = 0; round < FIX_ROUNDS_MAX; round++) {
    const fixes = applyFixes(files, compiled.diagnostics);
    if (fixes.applied.length === 0) break;
    count += fixes.applied.length;
    for (const [file, bytes] of fixes.files) changed.set(file, bytes);
    files = new Map([...files, ...fixes.files]);
    compiled = again(files);
  }
  for (const [file, bytes] of changed) {
    // Beside, then in place: whoever stops in between has the old file or the new one.
    const target = join(dir, file);
    writeFileSync(`${target}.mending`, bytes);
    renameSync(`${target}.mending`, target);
  }
  return { source: { files, dir }, compiled, count, changed: [...changed.keys()].sort() };
}

function writeSarif(target: string, { diagnostics }: CompileResult, source: BundleSource): void {
  const text = `${JSON.stringify(toSarif(diagnostics, source.files, packageVersion()), null, 2)}\n`;
  if (target === '-') process.stdout.write(text);
  else writeFileSync(target, text);
}

function describe(
  manifest: Manifest,
  costs: CostEntry[],
  indexes: IndexReport[],
  costLimit: number,
): Omit<NonNullable<CheckJson['bundle']>, 'code'> {
  const { name, version, profile, model, costMax, rules, outputs } = manifest;
  return {
    name,
    version,
    profile,
    model: { name: model.name, hash: model.hash, fields: model.fields.length },
    costMax,
    costLimit,
    costs,
    indexes,
    ...(outputs === undefined ? {} : { outputs: outputs.map((one) => ({ name: one.name, type: outputPhrase(one) })) }),
    rules: rules.map(({ id, file, line, cost, score, outcome, reason }) => ({ id, file, line, cost, score, outcome, reason })),
  };
}

function printBundle(manifest: Manifest, rules: boolean, output: Output): void {
  const { name, version, profile, model } = manifest;
  if (rules && manifest.rules.length > 0) {
    output.table(
      [
        { title: 'rule' },
        { title: 'cost', align: 'right' },
        { title: 'score', align: 'right' },
        { title: 'outcome' },
        { title: 'reason' },
        { title: 'written in' },
      ],
      manifest.rules.map((rule) => [
        rule.id,
        number(rule.cost),
        String(rule.score),
        rule.outcome ?? '-',
        rule.reason ?? '-',
        `${rule.file}:${rule.line}`,
      ]),
    );
    output.line();
  }
  if (manifest.outputs !== undefined) {
    output.table(
      [{ title: 'output' }, { title: 'type' }],
      manifest.outputs.map((one) => [one.name, outputPhrase(one)]),
    );
    output.line();
  }
  output.line(
    `${output.paint(`${name} ${version}`, 'bold')}: ${plural(manifest.rules.length, 'rule')} (of ${number(RULES_MAX)}), profile ${profile}, ` +
      `model ${model.name} ${model.hash} with ${plural(model.fields.length, 'field')}`,
  );
}

function printLock({ state, written }: NonNullable<CheckJson['lock']>, locked: boolean, output: Output): void {
  if (written) output.line(`${LOCK_FILE}: written; keep it in version control`);
  else if (state === 'current') output.line(`${LOCK_FILE}: up to date`);
  else {
    const text = `${LOCK_FILE}: ${state}; \`verdict check --write-lock\` writes it, so that field ids stay what they are`;
    output.line(output.paint(text, locked ? 'red' : 'yellow'));
  }
}
