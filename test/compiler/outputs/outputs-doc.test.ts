// docs/OUTPUTS.md: its examples are one bundle, and do what the page says.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBundle } from '#src/bundle/read-bundle.js';
import { compile } from '#src/compiler/compile.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { createEngine, type Engine, type RuleSet } from '#src/index.js';
import { runTests } from '#src/testing/run-tests.js';
import { filesOf } from '../../bundle/files.js';

const page = readFileSync(new URL('../../../docs/OUTPUTS.md', import.meta.url), 'utf8');
/** Blocks whose info string names a file. */
const blocks = Object.fromEntries(
  [...page.matchAll(/^```\w+ (\S+\.\w+)\n([\s\S]*?)^```$/gm)].map((match) => [match[1]!, match[2]!]),
);
const { 'order.json': order = '', 'outputs.json': outputs = '', ...documents } = blocks;
const files = filesOf(documents);

describe('docs/OUTPUTS.md', () => {
  let engine: Engine;
  let ruleSet: RuleSet;
  beforeAll(async () => {
    engine = await createEngine({ poolThreads: 0 });
    const { image, diagnostics } = compile(files, { profileMax: 'standard' });
    expect(diagnostics).toEqual([]);
    ruleSet = await engine.load(image!);
  });
  afterAll(() => engine.close());

  it('has a bundle that decides as it says', () => {
    const decision = ruleSet.decide(order);
    expect(decision.outputs).toEqual(JSON.parse(outputs));
    expect(JSON.stringify(decision.outputs)).toBe(JSON.stringify(JSON.parse(outputs)));
    expect(decision).toMatchObject({ status: 'OK', outcome: null, score: 0, reasons: [] });
  });

  it('has tests that pass', () => {
    const { tests } = readBundle(files, new DiagnosticBag())!;
    expect(tests).toHaveLength(1);
    expect(runTests(tests, ruleSet, {}).tests.map(({ result }) => result.differences)).toEqual([[]]);
  });
});
