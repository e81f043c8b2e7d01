// The DMN TCK, compliance level 2: each model is imported, compiled and decided by the engine, for every test case.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { importDmn } from '#src/import/dmn/import-dmn.js';
import { createEngine, type Engine } from '#src/index.js';
import { payloadOf, readCases } from '../import/dmn/tck.js';

const ROOT = join(import.meta.dirname, '../../../shared/data/dmn-tck/TestCases/compliance-level-2');
/** Quotients and powers that have no end: the TCK gives 15 digits of them. All others are compared exactly. */
const INEXACT = ['0008-LX-arithmetic', '0009-invocation-arithmetic'];
const CASES = 116;

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ poolThreads: 0 });
});
afterAll(async () => {
  await engine.close();
});

function expectValue(actual: unknown, expected: unknown, exact: boolean, path: string): void {
  if (exact || typeof expected !== 'number') {
    expect(actual, path).toEqual(expected);
    return;
  }
  expect(Math.abs(Number(actual) - expected), path).toBeLessThanOrEqual(1e-8);
}

describe.skipIf(!existsSync(ROOT))(`DMN TCK, compliance level 2 (${ROOT})`, () => {
  const models = existsSync(ROOT) ? readdirSync(ROOT).sort() : [];
  let passed = 0;

  it.each(models)('%s', async (model) => {
    const folder = join(ROOT, model);
    const { files, diagnostics } = importDmn(
      { name: `${model}.dmn`, text: readFileSync(join(folder, `${model}.dmn`), 'utf8') },
      {},
    );
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const { image, diagnostics: found } = compile(files, { profileMax: 'standard' });
    expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
    const schema = new TextDecoder().decode(files.get('model.yaml'));
    const rules = await engine.load(image!);
    for (const file of readdirSync(folder).filter((name) => /-test-\d+\.xml$/.test(name))) {
      for (const { id, inputs, expected } of readCases(file, readFileSync(join(folder, file), 'utf8'))) {
        const payload = payloadOf(inputs, schema) as Record<string, unknown>;
        const { status, outputs } = rules.decide(payload) as { status: string; outputs?: Record<string, unknown> };
        expect(status, `case ${id}`).toBe('OK');
        for (const [decision, value] of Object.entries(expected)) {
          expectValue(outputs?.[decision], value, !INEXACT.includes(model), `case ${id}, ${decision}`);
        }
        passed++;
      }
    }
    rules.release();
  });

  it(`passes all ${CASES} cases`, () => {
    expect(passed).toBe(CASES);
    console.log(`DMN TCK: ${passed} passed / 0 failed / 0 skipped`);
  });
});
