// What an expression with a fault says of itself, and what it does not.

import { expect, it } from 'vitest';
import { checkSource } from '#src/compiler/check-source.js';
import { looseSource } from '#src/compiler/source.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { model } from './standard-world.js';

function faultsOf(text: string): string[] {
  const bag = new DiagnosticBag();
  const ir = checkSource(looseSource('expression', text), model, 'standard', bag);
  expect(ir === undefined).toBe(bag.hasErrors);
  return bag.items.map(({ code }) => code);
}

it.each([
  // The accumulator is not always 0: what is added to it is not understood.
  ['items.reduce((a, i) => i.prize > 3 ? a + 1 : a, 0) > 10', ['V3202']],
  ['amount > 9 && 1 < 2 && amont > 9', ['V3201']],
  ['items.reduce((a, i) => i.price > 3 ? a + 1 : a, 0) > 10', []],
  ['amount > 9 && 1 < 2', ['V3401']],
  ['amount > 9', []],
  [';', ['V3163']],
  ['amount > 9 && 1 < 2;', ['V3003']],
])('%s gives %j', (text, codes) => {
  expect(faultsOf(text)).toEqual(codes);
});
