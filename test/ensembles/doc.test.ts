// docs/ENSEMBLES.md: its example does what the page says, and its tables name what there is.

import { readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { createEngine } from '#src/engine.js';
import { filesOf } from '../bundle/files.js';
import { SMALL_LIGHTGBM } from '../lib/small-models.js';

const page = readFileSync(new URL('../../docs/ENSEMBLES.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/^```\w+ (\S+\.\w+)\n([\s\S]*?)^```$/gm)].map((match): [string, string] => [
  match[1]!,
  match[2]!,
]);

const engine = createEngine({ poolThreads: 0 });
afterAll(async () => (await engine).close());

it('the example decides', async () => {
  const head =
    'name: docs\nversion: 1.0.0\nmodel: model.yaml\nprofile: standard\nonError: review\ndecide: { combine: score, outcomes: [{ outcome: approve }] }\n';
  const model = `type: object
required: [amount, hour, country]
properties:
  amount: { type: number, multipleOf: 0.01 }
  hour: { type: integer, minimum: 0, maximum: 23 }
  country: { type: string, enum: [US, GB, DE, FR] }
`;
  const files = { 'bundle.yaml': head, 'model.yaml': model, 'models/fraud.txt': SMALL_LIGHTGBM, ...Object.fromEntries(examples) };
  const { image, diagnostics } = compile(filesOf(files), { profileMax: 'standard' });
  expect(diagnostics).toEqual([]);
  const ruleSet = await (await engine).load(image!);
  const { score, reasons } = ruleSet.decide({ amount: 150, hour: 3, country: 'GB' });
  expect(score).toBe(100);
  expect(reasons.map((reason) => `${reason.code} ${reason.score}`)).toEqual([
    'LIKELY_FRAUD 100',
    'UNUSUAL_HOUR 30',
    'AMOUNT_UNUSUAL 20',
  ]);
  // FR has no number: it is missing.
  expect(ruleSet.decide({ amount: 1, hour: 3, country: 'FR' }).reasons.map(({ code }) => code)).toEqual(['COUNTRY_RISK']);
  ruleSet.release();
});
