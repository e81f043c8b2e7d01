// verdict test: runs tests/*.yaml of a bundle, and says what no test hits.

import { type Command, Option } from 'commander';
import { readBundle } from '../../bundle/read-bundle.js';
import type { BundleTest } from '../../bundle/tests.js';
import { DiagnosticBag } from '../../diagnostic/diagnostic.js';
import { didYouMean } from '../../diagnostic/suggest.js';
import { runTests, type TestRun } from '../../testing/run-tests.js';
import { openRuleSet, readBundlePath } from '../bundle-dir.js';
import { defineCommand, numberOption } from '../command.js';
import { EXIT_NO, EXIT_OK, Refusal, UsageError } from '../errors.js';
import { type GivenList, listFileOption } from '../list-files.js';
import type { Output } from '../output.js';
import { type GivenParameters, parameterOption } from '../parameter-options.js';
import { printCoverage, printFailures, printTotals, summarise } from '../test-report.js';
import { printUpdated, type Updated, updateExpectations } from '../test-update.js';
import { watchTests } from '../test-watch.js';

/** Names of tests that a refusal lists. */
const NAMES_SHOWN_MAX = 5;

interface TestOptions {
  list: readonly GivenList[];
  parameter: GivenParameters;
  coverage: boolean;
  coverageMin?: number;
  filter?: string;
  watch: boolean;
  update: boolean;
}

/** `verdict test`. */
export function testCommand(): Command {
  const options = [
    new Option('--coverage', 'list every row and attribute that no test takes, and the outcomes that tests reach').default(false),
    new Option('--coverage-min <percent>', 'the answer is no where fewer rules, rows and attributes are hit').argParser(
      numberOption(0, 100),
    ),
    new Option('--filter <text>', 'only tests whose name contains the text'),
    new Option('--update', 'write what is decided into the tests that expect something else').default(false),
    new Option('--watch', 'run again whenever a file changes, and show which decisions differ, until SIGINT').default(false),
    listFileOption(),
    parameterOption(),
  ];
  return defineCommand('test', '<bundle>', "run a bundle's tests and show what none of them hits", options, runCommand);
}

async function runCommand([path]: string[], options: TestOptions, output: Output): Promise<number> {
  if (options.watch) {
    if (options.update) throw new UsageError('--watch writes nothing', 'leave out --update');
    return watchTests(path as string, options, output);
  }
  const opened = await openRuleSet(path as string, output, options.list, options.parameter);
  if (opened === undefined) return EXIT_NO;
  try {
    const { files, ruleSet } = opened;
    if (files === undefined) throw new UsageError(`${path} is an image`, 'tests lie in a bundle: name its directory');
    const all = readBundle(files, new DiagnosticBag())?.tests ?? [];
    const tests = all.filter(({ name }) => name.includes(options.filter ?? ''));
    if (tests.length === 0 && options.filter !== undefined) throw noneSelected(options.filter, all);
    let run = runTests(tests, ruleSet, options.parameter);
    let updated: Updated | undefined;
    if (options.update) {
      updated = await update(path as string, all, run, output);
      const reread = readBundle((await readBundlePath(path as string)).files, new DiagnosticBag())?.tests ?? [];
      const selected = reread.filter(({ name }) => name.includes(options.filter ?? ''));
      run = runTests(selected, ruleSet, options.parameter);
    }
    const result = { ...summarise(run, ruleSet.manifest, options.coverageMin ?? 0), ...(updated === undefined ? {} : { updated }) };
    printFailures(result.tests, output);
    if (updated !== undefined) printUpdated(updated, output);
    printTotals(result, output);
    printCoverage(result, options.coverage, options.coverageMin, output);
    output.result(result);
    return result.ok ? EXIT_OK : EXIT_NO;
  } finally {
    await opened.close();
  }
}

async function update(path: string, all: readonly BundleTest[], run: TestRun, output: Output): Promise<Updated> {
  const source = await readBundlePath(path);
  if (source.dir === undefined) throw new UsageError('--update needs a bundle directory');
  return updateExpectations(source, all, run.tests, output);
}

/** A filter that selects nothing would pass for tests that pass. */
function noneSelected(filter: string, tests: readonly BundleTest[]): Refusal {
  const names = tests.map(({ name }) => name);
  const said = JSON.stringify(filter);
  if (names.length === 0) return new Refusal('NO_TESTS', `--filter ${said}: the bundle has no tests`, 'write them in tests/*.yaml');
  const shown = names.slice(0, NAMES_SHOWN_MAX).map((name) => JSON.stringify(name));
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : '';
  return new Refusal(
    'NO_TESTS',
    `--filter ${said}: no test has a name that contains it`,
    didYouMean(filter, names) ?? `there are ${shown.join(', ')}${more}`,
  );
}
