// Decisions of the same tests in two runs, compared: what a change of the bundle has changed.

import type { RunTest, TestDecision } from './run-tests.js';

export interface DecisionChange {
  name: string;
  file: string;
  line: number;
  /** `new` and `gone`: the test was not in the other run. `changed`: its decision, or whether it passes. */
  kind: 'changed' | 'new' | 'gone';
  passed: boolean;
  /** Given where it was in the run before. */
  passedBefore?: boolean;
  /** Parts of the decision that differ; a part that a decision lacks is null, and all are where there was no decision. */
  parts: { part: string; was: unknown; is: unknown }[];
}

/** Compares two runs; what is the same in both is left out. Tests are told apart by file and name, then by their order. */
export function diffRuns(before: readonly RunTest[], after: readonly RunTest[]): DecisionChange[] {
  const old = byKey(before);
  const changes: DecisionChange[] = [];
  for (const [key, test] of byKey(after)) {
    const was = old.get(key);
    old.delete(key);
    const { name, file, line, passed } = test.result;
    const parts = diffDecisions(was?.decision, test.decision);
    if (was === undefined) changes.push({ name, file, line, kind: 'new', passed, parts: [] });
    else if (parts.length > 0 || was.result.passed !== passed)
      changes.push({ name, file, line, kind: 'changed', passed, passedBefore: was.result.passed, parts });
  }
  for (const { result } of old.values()) {
    const { name, file, line, passed } = result;
    changes.push({ name, file, line, kind: 'gone', passed, passedBefore: passed, parts: [] });
  }
  return changes;
}

/** The parts in which two decisions differ; outputs are told apart by path. */
export function diffDecisions(was: TestDecision | undefined, is: TestDecision | undefined): DecisionChange['parts'] {
  const old = partsOf(was);
  const next = partsOf(is);
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((part) => {
    const values = { was: old.get(part) ?? null, is: next.get(part) ?? null };
    return JSON.stringify(values.was) === JSON.stringify(values.is) ? [] : [{ part, ...values }];
  });
}

function partsOf(decision: TestDecision | undefined): Map<string, unknown> {
  const parts = new Map<string, unknown>();
  for (const [part, value] of Object.entries(decision ?? {})) addPart(parts, part, value);
  return parts;
}

/** Objects by their members; everything else whole. */
function addPart(parts: Map<string, unknown>, part: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) parts.set(part, value);
  else for (const [key, member] of Object.entries(value)) addPart(parts, `${part}.${key}`, member);
}

function byKey(tests: readonly RunTest[]): Map<string, RunTest> {
  const found = new Map<string, RunTest>();
  for (const test of tests) {
    let twin = 0;
    const key = (): string => JSON.stringify([test.result.file, test.result.name, twin]);
    while (found.has(key())) twin++;
    found.set(key(), test);
  }
  return found;
}
