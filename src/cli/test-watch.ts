// verdict test --watch: runs the tests of a bundle directory again whenever a file in it changes, and tells which decisions differ
// from those of the run before.

import { resolve } from 'node:path';
import { readBundle } from '../bundle/read-bundle.js';
import { compile } from '../compiler/compile.js';
import { DiagnosticBag } from '../diagnostic/diagnostic.js';
import { createEngine } from '../engine.js';
import { Problem } from '../errors.js';
import { readImageFile } from '../image/file.js';
import { type DecisionChange, diffRuns } from '../testing/decision-diff.js';
import { runTests, type TestRun } from '../testing/run-tests.js';
import { countOf, diagnosticsJson, PROFILE_MAX, printDiagnostics, readBundlePath } from './bundle-dir.js';
import { EXIT_NO, EXIT_OK, UsageError } from './errors.js';
import { type GivenList, listContents } from './list-files.js';
import { type Output, plural } from './output.js';
import type { GivenParameters } from './parameter-options.js';
import { printTotals, summarise, type TestJson } from './test-report.js';
import { clearTerminal, watchDirectory } from './watch.js';

/** Changed decisions that are printed. */
const CHANGES_SHOWN_MAX = 20;

export interface TestWatchOptions {
  list: readonly GivenList[];
  parameter: GivenParameters;
  coverageMin?: number;
  filter?: string;
}

/** One line of `verdict test --watch --json`. */
export type TestWatchJson =
  | (Omit<TestJson, 'tests'> & {
      millis: number;
      /** Names of the tests that failed. */
      failures: string[];
      /** Against the last run in which the bundle compiled. */
      changes: DecisionChange[];
    })
  | { ok: false; millis: number; error: { code: string; message: string }; diagnostics?: ReturnType<typeof diagnosticsJson> };

/**
 * Tests until SIGINT or SIGTERM. With --json, each run is one line.
 * @returns the exit code of the last run
 * @throws UsageError where the path is no directory
 */
export async function watchTests(path: string, options: TestWatchOptions, output: Output): Promise<number> {
  if ((await readBundlePath(path)).dir === undefined) throw new UsageError('--watch needs a bundle directory');
  const engine = await createEngine({
    poolThreads: 0,
    profileMax: PROFILE_MAX,
    ...(options.list.length > 0 ? { tenantPagesMax: 65536 } : {}),
  });
  let before: TestRun | undefined;
  const tell = (json: TestWatchJson, print: () => void): number => {
    if (output.json) process.stdout.write(`${JSON.stringify(json)}\n`);
    else {
      clearTerminal();
      print();
      output.line(output.paint(`tested in ${json.millis} ms; watching ${resolve(path)}`, 'dim'));
    }
    return json.ok ? EXIT_OK : EXIT_NO;
  };
  const test = async (): Promise<number> => {
    const started = performance.now();
    const millis = (): number => Math.round(performance.now() - started);
    const { files } = await readBundlePath(path);
    const { image, diagnostics } = compile(files, { profileMax: PROFILE_MAX });
    if (image === undefined) {
      const error = { code: 'INVALID_BUNDLE', message: 'the bundle does not compile' };
      return tell({ ok: false, millis: millis(), error, diagnostics: diagnosticsJson(diagnostics, files) }, () => {
        printDiagnostics(
          diagnostics.filter(({ severity }) => severity === 'error'),
          files,
          output,
        );
      });
    }
    try {
      const lists = listContents(readImageFile(image).head, files, options.list);
      const ruleSet = await engine.load(image, { lists, parameters: options.parameter });
      try {
        const all = readBundle(files, new DiagnosticBag())?.tests ?? [];
        const tests = all.filter(({ name }) => name.includes(options.filter ?? ''));
        const run = runTests(tests, ruleSet, options.parameter);
        const { tests: results, ...json } = summarise(run, ruleSet.manifest, options.coverageMin ?? 0);
        const changes = before === undefined ? [] : diffRuns(before.tests, run.tests);
        const isFirst = before === undefined;
        before = run;
        const failures = results.filter(({ passed }) => !passed).map(({ name }) => name);
        return tell({ ...json, millis: millis(), failures, changes }, () => {
          printChanges(changes, isFirst, output);
          for (const name of failures) output.line(`${output.paint('failed', 'red')}  ${name}`);
          printTotals({ ...json, tests: results }, output);
          const warnings = countOf(diagnostics, 'warning');
          if (warnings > 0) output.line(output.paint(`${plural(warnings, 'warning')}, which \`verdict check\` shows`, 'yellow'));
        });
      } finally {
        ruleSet.release();
      }
    } catch (error) {
      // A list that is gone or a parameter that no longer fits is mended in the files, too.
      if (!(error instanceof Problem)) throw error;
      const { code, message } = error;
      return tell({ ok: false, millis: millis(), error: { code, message } }, () =>
        output.line(`${output.paint('error', 'red')}: ${message}`),
      );
    }
  };
  try {
    return await watchDirectory(path, test);
  } finally {
    await engine.close();
  }
}

/** Prints how decisions differ: was -> is, part by part. */
export function printChanges(changes: readonly DecisionChange[], isFirst: boolean, output: Output): void {
  if (isFirst) return;
  if (changes.length === 0) output.line('every test is decided as before');
  for (const { kind, name, file, line, passed, passedBefore, parts } of changes.slice(0, CHANGES_SHOWN_MAX)) {
    const style = kind === 'new' ? 'green' : kind === 'gone' ? 'dim' : 'yellow';
    const state =
      passedBefore === undefined || passedBefore === passed
        ? ''
        : output.paint(passed ? '   passes now' : '   fails now', passed ? 'green' : 'red');
    output.line(`${output.paint(kind.padEnd(7), style)}  ${name}${state}   ${output.paint(`${file}:${line}`, 'dim')}`);
    for (const { part, was, is } of parts)
      output.line(`         ${part}: ${output.paint(JSON.stringify(was), 'red')} -> ${output.paint(JSON.stringify(is), 'green')}`);
  }
  if (changes.length > CHANGES_SHOWN_MAX) output.line(`and ${plural(changes.length - CHANGES_SHOWN_MAX, 'more test')}`);
  output.line();
}
