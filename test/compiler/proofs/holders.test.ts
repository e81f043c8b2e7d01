// What a checker remembers of the order of rules gives what looking at all of them afresh does.

import { describe, expect, it } from 'vitest';
import { type ConditionForm, ConditionForms } from '#src/compiler/proofs/condition-form.js';
import { firstHolders, RememberedHolders } from '#src/compiler/proofs/holders.js';
import { checked, model } from '../standard-world.js';

const SEED = Number(process.env.VERDICT_SEED ?? 20_261_123);

describe('holders remembered', () => {
  it.each([1e9, 3000])(`are those found afresh, with %d comparisons; seed ${SEED}`, (comparisonsMax) => {
    let state = SEED >>> 0;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const forms = new ConditionForms(model);
    const test = (): string => [`n > ${random(9)}`, `m !== null && m < ${random(9)}`, `n < ${random(9)}`, 'flag'][random(4)]!;
    const form = (): ConditionForm => {
      const text = random(40) === 0 ? 'n > 1 || n <= 1 || n !== n' : Array.from({ length: 1 + random(3) }, test).join(' && ');
      return forms.formOf(checked(random(4) === 0 ? `${text} || ${test()}` : text));
    };
    const usual = (): ConditionForm => {
      for (;;) {
        const made = form();
        if (made.boxes.length > 0) return made;
      }
    };
    let conditions = Array.from({ length: 60 }, usual);
    const remembered = new RememberedHolders(comparisonsMax);
    let held = 0;
    for (let step = 0; step < 250; step++) {
      const { holders } = firstHolders(conditions, comparisonsMax);
      expect(remembered.holders(conditions), `step ${step}`).toEqual(holders);
      held += holders.filter((by) => by !== undefined).length;
      conditions = [...conditions];
      const at = random(conditions.length);
      const how = random(20);
      if (how < 9) conditions[at] = usual();
      else if (how < 13) conditions.splice(at, 0, usual());
      else if (how < 17 && conditions.length > 20) conditions.splice(at, 1 + random(2));
      else if (how === 17) conditions.splice(random(conditions.length), 0, ...conditions.splice(at, 1));
      else if (how === 18) conditions = Array.from({ length: 60 }, usual);
    }
    expect(held).toBeGreaterThan(1000);
  });
});
