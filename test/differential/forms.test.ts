// One bundle decides alike in every form: by the VM, by generated code, with a match index and without, as an exported module and
// as one without SIMD. Bytes of decisions are compared, reasons and all.
//
//   npm run differential -- --forms 1000000

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DECISION_SCORE } from '#assembly/shared/image.js';
import { makeTempDir, runCli } from '../cli/run-cli.js';
import { EmbedBox, type Said } from '../lib/embed-box.js';
import { POLICIES, SIZES_SMALL } from '../lib/form-author.js';
import { FormEngines } from '../lib/form-engines.js';
import { differenceOf, minimiseCase, readCase, writeCase } from '../lib/form-minimise.js';
import { runForms } from '../lib/form-run.js';
import { testSeed } from '../lib/model.js';

const PAYLOADS = 50;

it('decide alike in every form', { timeout: 600_000 }, async () => {
  const { found, missing, counts, pairs } = await runForms({
    seed: testSeed('forms'),
    // Each hit policy comes in both kinds of bundles.
    pairs: 2 * POLICIES.length * PAYLOADS,
    payloadsPerBundle: PAYLOADS,
    sizes: SIZES_SMALL,
  });
  console.log(`forms: ${pairs} pairs, ${JSON.stringify(counts)}`);
  expect(found?.difference).toBe(undefined);
  expect(missing).toEqual([]);
});

/** Its modules write another score where the rule x1 hits. */
class WrongBox extends EmbedBox {
  override decide(payload: Uint8Array, now: bigint): Said {
    const said = super.decide(payload, now);
    if (Buffer.from(said.bytes).includes('X1')) said.bytes[DECISION_SCORE]! ^= 1;
    return said;
  }
}

it('a form that decides otherwise is found, made small, written down and found again', { timeout: 600_000 }, async () => {
  const [wrong, right] = [await FormEngines.open(WrongBox), await FormEngines.open()];
  const { dir, remove } = makeTempDir();
  try {
    const { found } = await runForms({ seed: 3, pairs: 2000, payloadsPerBundle: PAYLOADS, sizes: SIZES_SMALL, engines: wrong });
    expect(found?.difference).toMatchObject({ form: expect.stringMatching(/^module/), way: 'one by one' });
    const small = await minimiseCase(wrong, found!);
    expect(small.payloads).toHaveLength(1);
    expect(Object.keys(small.files).sort()).toEqual(expect.arrayContaining(['bundle.yaml', 'model.yaml', 'rules/forms.yaml']));
    expect(JSON.parse(small.files['rules/forms.yaml']!)).toMatchObject([{ id: 'x1' }]);
    expect(JSON.stringify(small.files).length).toBeLessThan(JSON.stringify(found!.bundle.files).length / 2);
    const difference = await differenceOf(wrong, small);
    expect(writeCase(dir, small, difference!)).toContain('module');
    expect(await differenceOf(wrong, readCase(dir))).toEqual(difference);
    expect(await differenceOf(right, readCase(dir))).toBe(undefined);
    const { code } = await runCli(['check', join(dir, 'bundle'), '--profile-max', 'standard']);
    expect(code).toBe(0);
  } finally {
    await wrong.close();
    await right.close();
    remove();
  }
});
