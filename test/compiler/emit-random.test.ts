import { expect, test } from 'vitest';
import type { Ir } from '#src/compiler/ir.js';
import { fold, SILENT } from '#src/compiler/passes/fold.js';
import { Random } from '../lib/expression-model.js';
import { testSeed } from '../lib/model.js';
import { type Kind, StandardGenerator } from './standard-generator.js';
import { checked, encoded, engineValues, load, meantValues, sameValues } from './standard-world.js';

const KINDS: readonly Kind[] = ['boolean', 'number', 'decimal', 'text', 'time', 'day'];
const EXPRESSIONS = 4000;

test('random expressions have the values that they mean', () => {
  const seed = testSeed('random expressions');
  const counts = { values: 0, refused: 0, limits: 0, statuses: 0 };
  for (let round = 0; round < EXPRESSIONS; round++) {
    const random = new Random(seed + round);
    const generator = new StandardGenerator(random);
    const kind = random.pick(KINDS);
    const source = random.chance(30) ? generator.nullable(kind, 5) : generator.of(kind, 5);
    let ir: Ir;
    try {
      ir = checked(source);
    } catch {
      counts.refused++;
      continue;
    }
    const folded = fold(ir, SILENT);
    try {
      load([folded]);
    } catch (error) {
      if (!/V50/.test(String(error))) throw new Error(`seed ${seed + round}: ${source}: ${error}`);
      counts.limits++;
      continue;
    }
    for (const { bytes, object } of encoded) {
      let engine: readonly unknown[] | string;
      try {
        engine = engineValues(bytes);
      } catch {
        // Half of a pair is no text that can be read back.
        continue;
      }
      if (typeof engine === 'string') counts.statuses++;
      for (const tree of [ir, folded]) {
        const meant = meantValues([tree], object);
        if (!sameValues(engine, meant)) expect(engine, `seed ${seed + round}: ${source}`).toEqual(meant);
      }
      counts.values++;
    }
  }
  console.log(JSON.stringify(counts));
  expect(counts.values).toBeGreaterThan(EXPRESSIONS);
});
