// Runs the tests of a bundle: decides each payload, compares, and counts what was hit.

import type { BundleTest } from '../bundle/tests.js';
import { Problem } from '../errors.js';
import type { ParameterValue } from '../image/manifest.js';
import type { RuleSet } from '../ruleset.js';
import type { Decision } from '../schema/decision.js';
import { CoverageCounter, type HitCounts } from './coverage.js';
import { outputDifferences } from './output-differences.js';

/** What a test may compare of a decision. */
export type TestDecision = Pick<Decision, 'status' | 'outcome' | 'score' | 'outputs'> & {
  /** Codes, in order. */
  reasons: string[];
};

/** One difference between what a test expects and what was decided. */
export interface TestDifference {
  /** `outcome`, `score`, `reasons` or `status`; `outputs.` and the name of an output. */
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
  /** Where the payload does not fit the model and the test does not expect that, parameters do not fit, or nothing is expected. */
  problem?: string;
  /** Given where the problem is not in the payload. */
  problemIn?: 'parameters' | 'expect';
}

/** A result with the decision that it is of; absent where there is none. */
export interface RunTest {
  result: TestResult;
  decision?: TestDecision;
}

export interface TestRun {
  tests: RunTest[];
  counts: HitCounts;
}

/** Values of parameters by set and name. */
export type TestParameters = Readonly<Record<string, Record<string, ParameterValue>>>;

/**
 * Runs tests in order. The parameters of the rule set are afterwards those of the last test.
 * @param given values of parameters where a test names none for the set
 * @throws Problem OUT_OF_MEMORY
 */
export function runTests(tests: readonly BundleTest[], ruleSet: RuleSet, given: TestParameters): TestRun {
  const counter = new CoverageCounter(ruleSet.manifest);
  const run = tests.map((test) => runTest(test, ruleSet, given, counter));
  return { tests: run, counts: counter.counts };
}

function runTest(test: BundleTest, ruleSet: RuleSet, given: TestParameters, counter: CoverageCounter): RunTest {
  const { name, file, line, expect } = test;
  const place = { name, file, line };
  const failed = (problem: string, problemIn?: TestResult['problemIn'], decision?: TestDecision): RunTest => ({
    result: { ...place, passed: false, differences: [], problem, ...(problemIn === undefined ? {} : { problemIn }) },
    ...(decision === undefined ? {} : { decision }),
  });
  try {
    ruleSet.setParameters({ ...given, ...test.parameters });
  } catch (error) {
    if (!(error instanceof Problem) || error.code === 'OUT_OF_MEMORY') throw error;
    return failed(error.message, 'parameters');
  }
  const wanted = expect?.status ?? 'OK';
  let decision: TestDecision;
  try {
    const explanation = ruleSet.explain(test.payload, { now: test.now });
    counter.count(explanation);
    decision = testDecision(explanation.decision);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'INVALID_PAYLOAD') throw error;
    if (wanted === 'OK') {
      const faults = (error.errors ?? []).map(({ pointer, message }) => `${pointer === '' ? '(payload)' : pointer}: ${message}`);
      return failed(faults.join('; ') || error.message);
    }
    decision = testDecision(ruleSet.decideBatch([test.payload], { now: test.now })[0]!);
  }
  if (expect === undefined) return failed('it expects nothing', 'expect', decision);
  const differences: TestDifference[] = [];
  const expected = { ...expect, status: wanted };
  for (const part of ['status', 'outcome', 'score', 'reasons'] as const) {
    if (expected[part] === undefined || JSON.stringify(expected[part]) === JSON.stringify(decision[part])) continue;
    differences.push({ part, expected: expected[part], actual: decision[part] });
  }
  if (expect.outputs !== undefined) {
    differences.push(...outputDifferences(expect.outputs, decision.outputs, ruleSet.manifest.outputs ?? []));
  }
  return { result: { ...place, passed: differences.length === 0, differences }, decision };
}

function testDecision({ status, outcome, score, reasons, outputs }: Decision): TestDecision {
  const own = { status, outcome, score, reasons: reasons.map(({ code }) => code) };
  return outputs === undefined ? own : { ...own, outputs };
}
