// What `verdict test` tells of a run: results, and what the tests hit.

import type { Manifest } from '../image/manifest.js';
import { type CoveredPart, coveredParts, coveredPercent } from '../testing/coverage.js';
import type { TestResult, TestRun } from '../testing/run-tests.js';
import { type Output, percent, plural } from './output.js';

/** Parts of one kind, and how many of them some test hits. */
export interface CoveredCount {
  count: number;
  taken: number;
}

/** Output of `verdict test --json`. */
export interface TestJson {
  /** All tests passed, and the coverage is not below what was asked for. */
  ok: boolean;
  passed: number;
  failed: number;
  tests: TestResult[];
  coverage: {
    /** Rules of rules/ and reasons of ensembles. */
    rules: number;
    /** Rules that some test fires. */
    fired: number;
    /** Rules, rows and attributes that some test hits, of all: 0 to 100. */
    percent: number;
    /** Ids of rules, in the order written. */
    notFired: string[];
    /** Rows of tables. */
    rows: CoveredCount;
    /** Attributes of scorecards. */
    attributes: CoveredCount;
    /** Ids of rows and attributes that no test takes. */
    notTaken: string[];
    /** Tests by the outcome of their decision. */
    outcomes: Record<string, number>;
  };
  /** With --update: expectations that were written, and in which files. */
  updated?: { count: number; files: string[] };
}

/** Rows and attributes that are listed without --coverage. */
const LISTED_MAX = 20;

/** The result of a run. @param coverageMin percent */
export function summarise({ tests, counts }: TestRun, manifest: Manifest, coverageMin: number): TestJson {
  const results = tests.map(({ result }) => result);
  const parts = coveredParts(counts, manifest);
  const of = (kind: CoveredPart['kind']): CoveredPart[] => parts.filter((part) => part.kind === kind);
  const missed = (some: readonly CoveredPart[]): string[] => some.filter(({ count }) => count === 0).map(({ id }) => id);
  const countOf = (some: readonly CoveredPart[]): CoveredCount => ({
    count: some.length,
    taken: some.length - missed(some).length,
  });
  const rules = of('rule');
  const failed = results.filter(({ passed }) => !passed).length;
  const share = coveredPercent(parts);
  const coverage = {
    rules: rules.length,
    fired: countOf(rules).taken,
    percent: Math.round(share * 10) / 10,
    notFired: missed(rules),
    rows: countOf(of('row')),
    attributes: countOf(of('attribute')),
    notTaken: missed([...of('row'), ...of('attribute')]),
    outcomes: Object.fromEntries(counts.outcomes),
  };
  return { ok: failed === 0 && share >= coverageMin, passed: results.length - failed, failed, tests: results, coverage };
}

/** Prints the tests that failed. */
export function printFailures(tests: readonly TestResult[], output: Output): void {
  for (const test of tests.filter(({ passed }) => !passed)) {
    output.line(`${output.paint('failed', 'red')}  ${test.name}   ${output.paint(`${test.file}:${test.line}`, 'dim')}`);
    if (test.problemIn === 'parameters') output.line(`        its parameters do not fit: ${test.problem}`);
    else if (test.problemIn === 'expect') output.line(`        ${test.problem}: \`--update\` writes what is decided`);
    else if (test.problem !== undefined) output.line(`        the payload does not fit the model: ${test.problem}`);
    for (const { part, expected, actual } of test.differences) {
      output.line(`        ${output.paint(`- ${part}: ${JSON.stringify(expected)}`, 'red')}`);
      output.line(`        ${output.paint(`+ ${part}: ${JSON.stringify(actual)}`, 'green')}`);
    }
    output.line();
  }
}

/** How many tests passed, and how many rules they fire. */
export function printTotals({ passed, failed, coverage }: TestJson, output: Output): void {
  output.line(
    failed === 0
      ? output.paint(`${plural(passed, 'test')} passed`, 'green')
      : `${passed} passed, ${output.paint(`${failed} failed`, 'red')}`,
  );
  if (coverage.rules > 0)
    output.line(`${coverage.fired} of ${plural(coverage.rules, 'rule')} fired (${percent(coverage.fired, coverage.rules)})`);
  for (const [noun, { count, taken }] of [
    ['row', coverage.rows],
    ['attribute', coverage.attributes],
  ] as const) {
    if (count > 0) output.line(`${taken} of ${plural(count, noun)} taken (${percent(taken, count)})`);
  }
}

/** What no test hits. @param all every row and attribute, and the outcomes that tests reach */
export function printCoverage({ coverage }: TestJson, all: boolean, coverageMin: number | undefined, output: Output): void {
  const { notFired, notTaken } = coverage;
  if (notFired.length > 0) {
    output.line(output.paint('no test fires:', 'yellow'));
    for (const id of notFired) output.line(`  ${id}`);
  }
  if (notTaken.length > 0) {
    output.line(output.paint('no test takes:', 'yellow'));
    const listed = all ? notTaken : notTaken.slice(0, LISTED_MAX);
    for (const id of listed) output.line(`  ${id}`);
    if (listed.length < notTaken.length) output.line(`  and ${notTaken.length - listed.length} more, which \`--coverage\` lists`);
  }
  if (all) {
    const outcomes = Object.entries(coverage.outcomes).filter(([name, count]) => name !== 'none' || count > 0);
    output.line(`outcomes of tests: ${outcomes.map(([name, count]) => `${name} ${count}`).join(', ')}`);
  }
  if (coverageMin !== undefined && coverage.percent < coverageMin) {
    output.line(output.paint(`the coverage is below ${coverageMin} %`, 'red'));
  }
}
