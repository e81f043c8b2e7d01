// Tests of a bundle with every kind of part: what is compared, what is hit, and how two runs differ.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBundle } from '#src/bundle/read-bundle.js';
import { compile } from '#src/compiler/compile.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { createEngine, type Engine } from '#src/engine.js';
import type { Manifest } from '#src/image/manifest.js';
import { coveredParts, coveredPercent } from '#src/testing/coverage.js';
import { diffRuns } from '#src/testing/decision-diff.js';
import { runTests, type TestRun } from '#src/testing/run-tests.js';

const FILES: Record<string, string> = {
  'bundle.yaml': `
name: parts
version: 1.0.0
model: m.schema.yaml
profile: standard
onError: review
decide: { combine: score, outcomes: [{ atLeast: 50, outcome: decline }, { outcome: approve }] }
`,
  'm.schema.yaml': `
type: object
required: [amount]
properties:
  amount: { type: integer, minimum: 0, maximum: 1000 }
  kind: { type: string, enum: [a, b, c] }
`,
  'rules/a.yaml': `
- { id: large, when: amount > 900, then: { score: 60, reason: LARGE } }
- { id: rated, when: 'rates.rate !== null && rates.rate > 2 && marks.score > 0 && tags.label.includes("x")', then: { score: 1, reason: RATED } }
`,
  'tables/rates.yaml': `
hitPolicy: priority
inputs: [amount]
outputs: [{ name: rate, type: number, values: [3, 2, 1] }]
rows:
  - { when: ['< 100'], then: [1] }
  - { when: ['< 10'], then: [3] }
  - { when: ['[100..200)'], then: [2] }
`,
  'tables/tags.yaml': `
hitPolicy: ruleOrder
inputs: [amount]
outputs: [{ name: label, type: string }]
rows:
${Array.from({ length: 60 }, (_, i) => `  - { id: tag-${i + 1}, when: ['>= ${i * 10}'], then: ["${i === 3 ? 'x' : `t${i}`}"] }`).join('\n')}
`,
  'tables/hits.yaml': `
hitPolicy: first
inputs: [kind]
outputs: [{ name: score, default: 1 }, { name: reason, default: OTHER }]
rows:
  - { when: [a], then: [2, KIND_A] }
  - { when: [b], then: [3, KIND_B] }
`,
  'scorecards/marks.yaml': `
characteristics:
  - name: size
    input: amount
    attributes: [{ when: '< 50', points: 1 }, { when: '< 500', points: 2 }, { points: 3 }]
`,
  'tests/t.yaml': `
- { name: small, payload: { amount: 5, kind: a }, expect: { outcome: approve, score: 2, reasons: [KIND_A] } }
- { name: middle, payload: { amount: 150, kind: b }, expect: { outcome: approve, score: 4 } }
- { name: large, payload: { amount: 950 }, expect: { outcome: decline, score: 61, reasons: [LARGE, OTHER] } }
- { name: unfit, payload: { amount: -1 }, expect: { status: INVALID_PAYLOAD, outcome: review } }
- { name: unfit and not said, payload: { amount: -1 }, expect: { outcome: review } }
- { name: open, payload: { amount: 0 } }
`,
};

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ poolThreads: 0 });
});
afterAll(() => engine.close());

async function run(changes: Record<string, string> = {}): Promise<TestRun & { manifest: Manifest }> {
  const files = new Map(Object.entries({ ...FILES, ...changes }).map(([path, text]) => [path, new TextEncoder().encode(text)]));
  const { image, diagnostics } = compile(files, { profileMax: 'standard' });
  if (image === undefined) throw new Error(JSON.stringify(diagnostics, null, 1));
  const ruleSet = await engine.load(image);
  try {
    return { ...runTests(readBundle(files, new DiagnosticBag())!.tests, ruleSet, {}), manifest: ruleSet.manifest };
  } finally {
    ruleSet.release();
  }
}

describe('runTests', () => {
  let first: TestRun & { manifest: Manifest };
  beforeAll(async () => {
    first = await run();
  });

  it('compares what is expected', () => {
    expect(first.tests.map(({ result }) => [result.name, result.passed])).toEqual([
      ['small', true],
      ['middle', false],
      ['large', true],
      ['unfit', true],
      ['unfit and not said', false],
      ['open', false],
    ]);
    expect(first.tests[1]).toMatchObject({
      result: { differences: [{ part: 'score', expected: 4, actual: 3 }] },
      decision: { status: 'OK', outcome: 'approve', score: 3, reasons: ['KIND_B'] },
    });
    expect(first.tests[4]!.result.problem).toMatch(/^\/amount: /);
    expect(first.tests[5]).toMatchObject({ result: { problemIn: 'expect' }, decision: { score: 1 } });
  });

  it('counts the rules that fire', () => {
    expect([...first.counts.rules]).toEqual([
      ['large', 1],
      ['rated', 0],
    ]);
    expect(first.counts.tests).toBe(4);
    expect([...first.counts.outcomes]).toEqual([
      ['approve', 3],
      ['review', 0],
      ['decline', 1],
      ['none', 0],
    ]);
    expect(Object.fromEntries(first.counts.reasons)).toEqual({ LARGE: 1, RATED: 0, KIND_A: 1, KIND_B: 1, OTHER: 2 });
  });

  it('counts the rows that are taken, by each hit policy', () => {
    const [hits, rates, tags] = ['hits', 'rates', 'tags'].map((name) => first.counts.tables.find((table) => table.name === name)!);
    expect(hits).toEqual({ name: 'hits', rows: [1, 1], default: 2 });
    // amounts 5 and 0 match two rows, of which the one with the larger output counts
    expect(rates).toEqual({ name: 'rates', rows: [0, 2, 1], default: 1 });
    expect(tags!.rows).toEqual(Array.from({ length: 60 }, (_, i) => (i === 0 ? 4 : i <= 15 ? 2 : 1)));
  });

  it('counts the attributes that are taken', () => {
    expect(first.counts.scorecards).toEqual([{ name: 'marks', characteristics: [{ name: 'size', attributes: [2, 1, 1] }] }]);
  });

  it('gives all parts one after the other', () => {
    const parts = coveredParts(first.counts, first.manifest);
    expect(parts.filter(({ count }) => count === 0)).toEqual([
      { kind: 'rule', id: 'rated', count: 0 },
      { kind: 'row', id: 'rates/1', count: 0 },
    ]);
    expect(parts).toHaveLength(2 + 2 + 3 + 60 + 3);
    expect(coveredPercent(parts)).toBeCloseTo((100 * 68) / 70);
    expect(coveredPercent([])).toBe(100);
  });

  it('tells how another run differs', async () => {
    const tests = FILES['tests/t.yaml']!.split('\n').filter((line) => !line.includes('name: open'));
    const second = await run({
      'rules/a.yaml': FILES['rules/a.yaml']!.replace('amount > 900', 'amount > 100'),
      'tests/t.yaml': `${tests.join('\n')}\n- { name: more, payload: { amount: 1 }, expect: { score: 1 } }\n`,
    });
    expect(diffRuns(first.tests, second.tests)).toEqual([
      {
        ...{ name: 'middle', file: 'tests/t.yaml', line: 3, kind: 'changed', passed: false, passedBefore: false },
        parts: [
          { part: 'outcome', was: 'approve', is: 'decline' },
          { part: 'score', was: 3, is: 63 },
          { part: 'reasons', was: ['KIND_B'], is: ['LARGE', 'KIND_B'] },
        ],
      },
      { name: 'more', file: 'tests/t.yaml', line: expect.any(Number), kind: 'new', passed: true, parts: [] },
      { name: 'open', file: 'tests/t.yaml', line: 7, kind: 'gone', passed: false, passedBefore: false, parts: [] },
    ]);
    expect(diffRuns(first.tests, first.tests)).toEqual([]);
  });
});

describe('rows of a table with thousands of rows that hit', () => {
  it('are told, one by one', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => `  - { when: ['${i % 1000}'], then: [1, R${i}] }`).join('\n');
    const table = `hitPolicy: collect\ninputs: [amount]\noutputs: [score, reason]\nrows:\n${rows}\n`;
    const { counts } = await run({ 'tables/hits.yaml': table });
    const taken = counts.tables.find(({ name }) => name === 'hits')!.rows.flatMap((count, at) => (count > 0 ? [at] : []));
    expect(taken).toEqual(
      [0, 5, 150, 950].flatMap((amount) => [0, 1, 2, 3, 4].map((k) => amount + 1000 * k)).sort((a, b) => a - b),
    );
  });
});
