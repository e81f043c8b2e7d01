// Code of programs with a match index leaves the bytes that the VM leaves: rules and rows of every kind, each width of a block,
// several blocks, what is left of their conditions, and errors in it.

import { afterAll, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { createEngine, type Engine } from '#src/engine.js';
import { Random } from '../lib/expression-model.js';
import { worldNow } from '../lib/expression-world.js';
import { indexBundle, indexPayload } from '../lib/index-author.js';
import { testSeed } from '../lib/model.js';

/** Rules and rows of a bundle: of one narrow block, of each width, of several blocks. */
const SIZES = [12, 60, 120, 240, 500, 1_300];
const PAYLOADS = 40;

let engine: Engine | undefined;
afterAll(() => engine?.close());

it('programs with an index decide alike by the VM and by code', { timeout: 300_000 }, async () => {
  engine = await createEngine({ poolThreads: 0, profileMax: 'standard', costMax: Number.MAX_SAFE_INTEGER });
  const seed = testSeed('code of a match index');
  const random = new Random(seed);
  let indexed = 0;
  for (const [bundle, size] of SIZES.entries()) {
    const files = new Map(Object.entries(indexBundle(random, size)).map(([path, text]) => [path, new TextEncoder().encode(text)]));
    const { image, indexes } = compile(files, { profileMax: 'standard', costMax: Number.MAX_SAFE_INTEGER, index: 'on' });
    if (image === undefined) continue;
    if (indexes!.some((each) => each.indexed)) indexed++;
    const rules = await engine.load(image);
    await rules.warmUp();
    const { code } = rules.live;
    if (code === undefined) {
      expect(rules.live.withoutCode).toMatch(/instructions/);
      continue;
    }
    for (let each = 0; each < PAYLOADS; each++) {
      const payload = rules.live.encoder.encode(indexPayload(random)).slice();
      const now = worldNow(random);
      rules.live.code = undefined;
      const expected = rules.decideBytes(payload, { now });
      rules.live.code = code;
      const found = rules.decideBytes(payload, { now });
      if (Buffer.compare(expected, found) !== 0) {
        expect(found, `VERDICT_SEED=${seed}, bundle ${bundle}, payload ${each}`).toEqual(expected);
      }
    }
    rules.release();
  }
  expect(indexed).toBeGreaterThan(2);
});
