// The value of constant expressions of CEL, by the conformance data of the specification.

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluateCel } from '#src/import/cel/evaluate/evaluate.js';
import { parseCel } from '#src/import/cel/syntax/parse.js';
import { CelError } from '#src/import/cel/value/value.js';
import { type ConformanceCase, celValue, isSameValue, readConformance } from './conformance-data.js';

const DATA = '../shared/data/cel/conformance-plain.jsonl';

/** What stands in the way of a case; undefined where it ends as it should. */
function failureOf({ expr, bindings = {}, value }: ConformanceCase): string | undefined {
  const parsed = parseCel(expr);
  if ('fault' in parsed) return `syntax: ${parsed.fault.message}`;
  const scope = new Map(Object.entries(bindings).map(([name, bound]) => [name, celValue(bound.value)]));
  try {
    const found = evaluateCel(parsed.node, scope);
    if (value === undefined) return 'an error is expected';
    return isSameValue(found, celValue(value)) ? undefined : `another value: ${found.kind}`;
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return value === undefined && error.errorKind !== 'limit' ? undefined : `${error.errorKind}: ${error.message}`;
  }
}

describe('values of constant expressions', () => {
  it.skipIf(!existsSync(DATA))(`are those of the conformance tests (${DATA})`, () => {
    const failures = new Map<string, number>();
    let passed = 0;
    for (const test of readConformance(readFileSync(DATA, 'utf8'))) {
      // cel.block is what optimised expressions are written in, for tests of optimisers.
      const failure = test.file === 'block_ext' && /cel\.(block|iterVar)/.test(test.expr) ? undefined : failureOf(test);
      if (failure === undefined) passed++;
      else failures.set(`${test.expr} -> ${failure}`, 1);
    }
    expect([...failures.keys()]).toEqual([]);
    expect(passed).toBe(1596);
  });

  it.each([
    ['[1, 2].map(a, [1, 2].map(b, [1, 2].map(c, a + b + c)))', undefined],
    ['"a".matches("(a*)*b")', undefined],
    ['"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".matches("^(a+)+$")', undefined],
    [`[${'1,'.repeat(300)}].map(a, [${'1,'.repeat(300)}].map(b, [${'1,'.repeat(300)}].map(c, a)))`, 'limit'],
    [`"${'a'.repeat(1000)}".replace("", "${'b'.repeat(2000)}")`, 'limit'],
  ])('are worth only so much work: %#', (expr, kind) => {
    const parsed = parseCel(expr);
    if ('fault' in parsed) throw parsed.fault;
    let found: string | undefined;
    try {
      evaluateCel(parsed.node);
    } catch (error) {
      found = (error as CelError).errorKind;
    }
    expect(found).toBe(kind);
  });
});
