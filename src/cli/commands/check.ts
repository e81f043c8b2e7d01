// verdict check: every problem of a bundle, the cost of every rule, the state of its lock.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { RULES_MAX } from '../../../assembly/shared/limits.js';
import { compile } from '../../compiler/compile.js';
import type { Manifest } from '../../image/manifest.js';
import type { BundleSource } from '../bundle-dir.js';
import {
  countOf,
  type DiagnosticJson,
  diagnosticsJson,
  LOCK_FILE,
  type LockState,
  lockState,
  lockText,
  printDiagnostics,
  readBundlePath,
} from '../bundle-dir.js';
import { defineCommand, integerOption } from '../command.js';
import { EXIT_NO, EXIT_OK, UsageError } from '../errors.js';
import { number, type Output, plural } from '../output.js';

interface CheckOptions {
  writeLock: boolean;
  locked: boolean;
  costMax?: number;
  rules: boolean;
}

/** Output of `verdict check --json`. */
export interface CheckJson {
  /** The bundle compiles, and its lock is what was asked for. */
  ok: boolean;
  errors: number;
  warnings: number;
  diagnostics: DiagnosticJson[];
  /** Absent where the bundle does not compile. */
  bundle?: {
    name: string;
    version: string;
    profile: string;
    model: { name: string; hash: string; fields: number };
    /** Static worst case of one payload, in units of about a nanosecond. */
    costMax: number;
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
  ];
  return defineCommand('check', '<bundle>', 'report all problems of a bundle and the cost of its rules', options, check);
}

async function check([path]: string[], options: CheckOptions, output: Output): Promise<number> {
  const source = await readBundlePath(path as string);
  const { manifest, lock, diagnostics } = compile(source.files, options.costMax === undefined ? {} : { costMax: options.costMax });
  printDiagnostics(diagnostics, source.files, output);
  const errors = countOf(diagnostics, 'error');
  const result: CheckJson = {
    ok: errors === 0,
    errors,
    warnings: countOf(diagnostics, 'warning'),
    diagnostics: diagnosticsJson(diagnostics, source.files),
  };
  if (errors === 0 && manifest !== undefined && lock !== undefined) {
    const state = lockState(source.files, lock);
    const written = options.writeLock && state !== 'current';
    if (written) writeLock(source, lockText(lock));
    result.bundle = describe(manifest);
    result.lock = { state: written ? 'current' : state, written };
    if (options.locked && result.lock.state !== 'current') result.ok = false;
    printBundle(manifest, options.rules, output);
    printLock(result.lock, options.locked, output);
  }
  output.result(result);
  return result.ok ? EXIT_OK : EXIT_NO;
}

/** Writes the lock of a bundle directory. */
export function writeLock(source: BundleSource, text: string): void {
  if (source.dir === undefined) throw new UsageError(`${LOCK_FILE} can only be written into a bundle directory`);
  writeFileSync(join(source.dir, LOCK_FILE), text);
}

function describe(manifest: Manifest): NonNullable<CheckJson['bundle']> {
  const { name, version, profile, model, costMax, rules } = manifest;
  return {
    name,
    version,
    profile,
    model: { name: model.name, hash: model.hash, fields: model.fields.length },
    costMax,
    rules: rules.map(({ id, file, line, cost, score, outcome, reason }) => ({ id, file, line, cost, score, outcome, reason })),
  };
}

function printBundle(manifest: Manifest, rules: boolean, output: Output): void {
  const { name, version, profile, model, costMax } = manifest;
  if (rules) {
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
  output.line(
    `${output.paint(`${name} ${version}`, 'bold')}: ${plural(manifest.rules.length, 'rule')} (of ${number(RULES_MAX)}), profile ${profile}, ` +
      `model ${model.name} ${model.hash} with ${plural(model.fields.length, 'field')}`,
  );
  output.line(`cost of one payload: at most ${number(costMax)} units`);
}

function printLock({ state, written }: NonNullable<CheckJson['lock']>, locked: boolean, output: Output): void {
  if (written) output.line(`${LOCK_FILE}: written; keep it in version control`);
  else if (state === 'current') output.line(`${LOCK_FILE}: up to date`);
  else {
    const text = `${LOCK_FILE}: ${state}; \`verdict check --write-lock\` writes it, so that field ids stay what they are`;
    output.line(output.paint(text, locked ? 'red' : 'yellow'));
  }
}
