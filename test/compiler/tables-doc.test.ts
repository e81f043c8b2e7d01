// docs/TABLES.md and docs/SCORECARDS.md: their examples are one bundle, and do what the pages say.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { createEngine, type Engine, type RuleSet } from '#src/index.js';
import { filesOf } from '../bundle/files.js';

/** Blocks whose info string names a file. */
function examplesOf(page: string): Record<string, string> {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  return Object.fromEntries([...text.matchAll(/^```\w+ (\S+\.\w+)\n([\s\S]*?)^```$/gm)].map((match) => [match[1]!, match[2]!]));
}

const HEAD = `name: docs
version: 1.0.0
model: model.yaml
profile: standard
onError: review
decide: { combine: score, outcomes: [{ outcome: approve }] }
`;
const files = filesOf({ 'bundle.yaml': HEAD, ...examplesOf('TABLES.md'), ...examplesOf('SCORECARDS.md') });
const compiled = compile(files, { profileMax: 'standard' });

describe('the examples', () => {
  let engine: Engine;
  let ruleSet: RuleSet;
  beforeAll(async () => {
    engine = await createEngine({ poolThreads: 0 });
    ruleSet = await engine.load(compiled.image!);
  });
  afterAll(() => engine.close());

  it('compile; the warnings are those that they show', () => {
    const found = compiled.diagnostics.map(({ code, severity, span }) => `${span.file} ${code} ${severity}`);
    expect(found).toEqual([]);
  });

  it.each([
    [{ amount: 500, age: 30, country: 'US', employment: 'employee', email: 'a@b.c' }, ['DEAR']],
    [{ amount: 6000, age: 70, country: 'US', email: 'a@b.c' }, ['OVER_LIMIT', 'DEAR', 'WORK_UNKNOWN', 'OFFERS']],
    [{ amount: 100, age: 20, country: 'GB', employment: 'none' }, ['NO_WORK', 'LOW_SCORE', 'DEAR']],
    [{ amount: 2000, age: 20, country: 'GB', employment: 'employee', email: 'x@y.test' }, ['CELLS']],
  ])('%j', (payload, reasons) => {
    const found = ruleSet.decide(payload).reasons.map(({ code }) => code);
    expect(found.filter((code) => reasons.includes(code)).sort()).toEqual([...reasons].sort());
  });
});
