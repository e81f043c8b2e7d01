// verdict test: runs tests/*.yaml of a bundle, and says which rules no test fires.

import { type Command, Option } from 'commander';
import { readBundle } from '../../bundle/read-bundle.js';
import type { BundleTest } from '../../bundle/tests.js';
import { DiagnosticBag } from '../../diagnostic/diagnostic.js';
import { didYouMean } from '../../diagnostic/suggest.js';
import { Problem } from '../../errors.js';
import type { RuleSet } from '../../ruleset.js';
import { openRuleSet } from '../bundle-dir.js';
import { defineCommand, numberOption } from '../command.js';
import { EXIT_NO, EXIT_OK, Refusal, UsageError } from '../errors.js';
import { type GivenList, listFileOption } from '../list-files.js';
import { type Output, percent, plural } from '../output.js';
import { type GivenParameters, parameterOption } from '../parameter-options.js';

/** Names of tests that a refusal lists. */
const NAMES_SHOWN_MAX = 5;

interface TestOptions {
  list: readonly GivenList[];
  parameter: GivenParameters;
  coverageMin?: number;
  filter?: string;
}

/** One difference between what a test expects and what was decided. */
export interface TestDifference {
  /** `outcome`, `score`, `reasons` or `status`. */
  part: string;
  expected: unknown;
  actual: unknown;
}

export interface TestResult {
  name: string;
  file: string;
  line: number;
  passed: boolean;
  differences: TestDifference[];
  /** Where the payload does not fit the model and the test does not expect that, or parameters do not fit their declaration. */
  problem?: string;
  /** Given where the problem is not in the payload. */
  problemIn?: 'parameters';
}

/** Output of `verdict test --json`. */
export interface TestJson {
  /** All tests passed, and the coverage is not below what was asked for. */
  ok: boolean;
  passed: number;
  failed: number;
  tests: TestResult[];
  coverage: {
    rules: number;
    /** Rules that some test fires. */
    fired: number;
    /** 0 to 100. */
    percent: number;
    /** Ids, in the order written. */
    notFired: string[];
  };
}

/** `verdict test`. */
export function testCommand(): Command {
  const options = [
    new Option('--coverage-min <percent>', 'the answer is no where fewer rules are fired').argParser(numberOption(0, 100)),
    new Option('--filter <text>', 'only tests whose name contains the text'),
    listFileOption(),
    parameterOption(),
  ];
  return defineCommand('test', '<bundle>', "run a bundle's tests and show which rules none of them fires", options, runTests);
}

async function runTests([path]: string[], options: TestOptions, output: Output): Promise<number> {
  const opened = await openRuleSet(path as string, output, options.list, options.parameter);
  if (opened === undefined) return EXIT_NO;
  try {
    if (opened.files === undefined) throw new UsageError(`${path} is an image`, 'tests lie in a bundle: name its directory');
    const bundle = readBundle(opened.files, new DiagnosticBag());
    const all = bundle?.tests ?? [];
    const tests = all.filter(({ name }) => name.includes(options.filter ?? ''));
    if (tests.length === 0 && options.filter !== undefined) throw noneSelected(options.filter, all);
    const fired = new Set<string>();
    const results = tests.map((test) => runTest(test, opened.ruleSet, options.parameter, fired));
    const result = summarise(results, opened.ruleSet, fired, options.coverageMin ?? 0);
    print(result, options, output);
    output.result(result);
    return result.ok ? EXIT_OK : EXIT_NO;
  } finally {
    await opened.close();
  }
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

/** Decides a test's payload and compares; the ids of the rules that hit go into `fired`. */
function runTest(test: BundleTest, ruleSet: RuleSet, given: GivenParameters, fired: Set<string>): TestResult {
  const { name, file, line, expect } = test;
  try {
    ruleSet.setParameters({ ...given, ...test.parameters });
  } catch (error) {
    if (!(error instanceof Problem) || error.code === 'OUT_OF_MEMORY') throw error;
    return { name, file, line, passed: false, differences: [], problem: error.message, problemIn: 'parameters' };
  }
  const status = expect.status ?? 'OK';
  let actual: { outcome: unknown; score: unknown; reasons: unknown; status: string };
  try {
    const { decision, rules } = ruleSet.explain(test.payload, { now: test.now });
    for (const { id, hit } of rules) if (hit) fired.add(id);
    const { outcome, score, reasons } = decision;
    actual = { outcome, score, reasons: reasons.map(({ code }) => code), status: decision.status };
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'INVALID_PAYLOAD') throw error;
    if (status === 'OK') {
      const faults = (error.errors ?? []).map(({ pointer, message }) => `${pointer === '' ? '(payload)' : pointer}: ${message}`);
      return { name, file, line, passed: false, differences: [], problem: faults.join('; ') || error.message };
    }
    const {
      outcome,
      score,
      reasons,
      status: decided,
    } = ruleSet.decideBatch([test.payload], { now: test.now })[0] ?? {
      outcome: null,
      score: 0,
      reasons: [],
      status: 'INVALID_PAYLOAD',
    };
    actual = { outcome, score, reasons: reasons.map(({ code }) => code), status: decided };
  }
  const differences: TestDifference[] = [];
  const expected = { ...expect, status };
  for (const part of ['status', 'outcome', 'score', 'reasons'] as const) {
    if (expected[part] === undefined || JSON.stringify(expected[part]) === JSON.stringify(actual[part])) continue;
    differences.push({ part, expected: expected[part], actual: actual[part] });
  }
  return { name, file, line, passed: differences.length === 0, differences };
}

function summarise(tests: TestResult[], ruleSet: RuleSet, fired: ReadonlySet<string>, coverageMin: number): TestJson {
  const ids = ruleSet.manifest.rules.map(({ id }) => id);
  const notFired = ids.filter((id) => !fired.has(id));
  const failed = tests.filter(({ passed }) => !passed).length;
  const share = ids.length === 0 ? 100 : (100 * (ids.length - notFired.length)) / ids.length;
  const coverage = { rules: ids.length, fired: ids.length - notFired.length, percent: Math.round(share * 10) / 10, notFired };
  return { ok: failed === 0 && share >= coverageMin, passed: tests.length - failed, failed, tests, coverage };
}

function print(result: TestJson, { coverageMin }: TestOptions, output: Output): void {
  const { tests, passed, failed, coverage } = result;
  for (const test of tests.filter(({ passed: ok }) => !ok)) {
    output.line(`${output.paint('failed', 'red')}  ${test.name}   ${output.paint(`${test.file}:${test.line}`, 'dim')}`);
    if (test.problemIn === 'parameters') output.line(`        its parameters do not fit: ${test.problem}`);
    else if (test.problem !== undefined) output.line(`        the payload does not fit the model: ${test.problem}`);
    for (const { part, expected, actual } of test.differences) {
      output.line(`        ${output.paint(`- ${part}: ${JSON.stringify(expected)}`, 'red')}`);
      output.line(`        ${output.paint(`+ ${part}: ${JSON.stringify(actual)}`, 'green')}`);
    }
    output.line();
  }
  output.line(
    failed === 0
      ? output.paint(`${plural(passed, 'test')} passed`, 'green')
      : `${passed} passed, ${output.paint(`${failed} failed`, 'red')}`,
  );
  output.line(`${coverage.fired} of ${plural(coverage.rules, 'rule')} fired (${percent(coverage.fired, coverage.rules)})`);
  if (coverage.notFired.length > 0) {
    output.line(output.paint('no test fires:', 'yellow'));
    for (const id of coverage.notFired) output.line(`  ${id}`);
  }
  if (coverageMin !== undefined && coverage.percent < coverageMin) {
    output.line(output.paint(`the coverage is below ${coverageMin} %`, 'red'));
  }
}
