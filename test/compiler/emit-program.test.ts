import { describe, expect, it } from 'vitest';
import type { Ir } from '#src/compiler/ir.js';
import { Random } from '../lib/expression-model.js';
import { testSeed } from '../lib/model.js';
import {
  encoded,
  engineHits,
  engineValues,
  load,
  loadProgram,
  meantHits,
  meantValues,
  sameValues,
} from './standard-world.js';
import { StepGenerator, withHits } from './step-generator.js';

const show = (value: unknown): string => JSON.stringify(value, (_key, own: unknown) => (typeof own === 'bigint' ? `${own}n` : own));

/** 0 to count - 1 in random order. */
function shuffled(count: number, random: Random): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let index = count - 1; index > 0; index--) {
    const other = random.below(index + 1);
    [order[index], order[other]] = [order[other]!, order[index]!];
  }
  return order;
}

describe('steps', () => {
  const seed = testSeed('steps');

  it('give features the values that they mean', () => {
    for (let round = 0; round < 400; round++) {
      const generator = new StepGenerator(new Random(seed + round));
      for (let count = 0; count < 6; count++) generator.step();
      const { steps, features } = generator;
      const irs = features.map(
        (feature): Ir => ({ op: 'feature', type: feature.type, feature, nullable: feature.nullable, start: 0, end: 0 }),
      );
      load(irs, steps);
      for (const { bytes, object } of encoded) {
        const engine = engineValues(bytes);
        const meant = meantValues(irs, object, steps);
        if (!sameValues(engine, meant)) expect(show(engine), `seed ${seed + round}: ${show(steps)}`).toEqual(show(meant));
      }
    }
  });

  it.each([false, true])('hit rules, and rules read features; only the first: %s', (first) => {
    for (let round = 0; round < 400; round++) {
      const random = new Random(seed + round);
      const generator = new StepGenerator(random, !first);
      for (let count = 0; count < 6; count++) generator.step();
      const { steps, features, hitCount } = generator;
      const rules: (Ir | undefined)[] = Array.from({ length: hitCount }, () => undefined);
      rules.push(...features.map((feature) => generator.question(feature)));
      // Every step is needed, so that what ends with another status does.
      for (let more = random.below(4); more > 0; more--) rules.push(generator.condition());
      const order = shuffled(rules.length, random);
      const placed = order.map((index) => rules[index]);
      const moved = steps.map((step) => withHits(step, (hit) => order.indexOf(hit)));
      loadProgram(moved, placed, first);
      for (const { bytes, object } of encoded) {
        const meant = meantHits(moved, placed, object, first);
        expect(engineHits(bytes), `seed ${seed + round}`).toEqual(meant);
      }
    }
  });
});
