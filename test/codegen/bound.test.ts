// Code of images that are bound to parameters: it reads those that hold as a request begins, and names their versions.

import { expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { createEngine } from '#src/engine.js';
import type { GivenValues } from '#src/registry/parameters.js';
import { readDecision } from '#src/schema/decision.js';
import { PARAMETER_PAYLOAD, PARAMETER_SCORE_DEFAULT, parameterBundle } from '../lib/parameter-bundle.js';

const SETS: readonly GivenValues[] = [
  {},
  { reviewAbove: '700.00', riskMax: 0.95 },
  { isOpen: false, domain: '@y.com', channel: 'app' },
  { domain: 'com', from: '2027-01-01T00:00:00Z', reviewAbove: '600.00' },
];

it('reads parameters as the VM does, and needs no new code for other values', async () => {
  const engine = await createEngine({ poolThreads: 0, profileMax: 'standard' });
  const { image } = compile(parameterBundle(), { profileMax: 'standard' });
  const rules = await engine.load(image!);
  await rules.warmUp();
  const { code } = rules.live;
  expect([code === undefined, rules.live.withoutCode]).toEqual([false, undefined]);
  const scores: number[] = [];
  for (const limits of SETS) {
    rules.setParameters({ limits });
    expect(rules.live.code).toBe(code);
    for (const payload of [rules.live.encoder.encode(PARAMETER_PAYLOAD).slice(), Uint8Array.of(1, 2, 3)]) {
      const now = 5n;
      const byCode = rules.decideBytes(payload, { now });
      rules.live.code = undefined;
      expect(byCode).toEqual(rules.decideBytes(payload, { now }));
      rules.live.code = code;
      const { score, inputs } = readDecision(byCode);
      expect(inputs.parameters?.map(({ name }) => name)).toEqual(['limits']);
      scores.push(score);
    }
  }
  expect(scores).toEqual([PARAMETER_SCORE_DEFAULT, 0, 24, 0, 7, 0, 58, 0]);
  rules.release();
  await engine.close();
});
