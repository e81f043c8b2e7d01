// Work of known length: a bundle whose decisions take as long as it is told, over payloads that are all alike.

import type { BundleFiles } from '../../src/bundle/files.js';

/** How much work a decision is: the square of the numbers in a list, for each rule. */
export interface WorkSize {
  readonly rules: number;
  readonly numbers: number;
}

/** About a millisecond: some 0.7 ns for each of 22 x 240 x 240 comparisons. */
export const MILLISECOND: WorkSize = { rules: 22, numbers: 240 };

/** A bundle of `rules` rules that each compare every number of a list with every other, and find nothing. */
export function workBundle(name: string, { rules, numbers }: WorkSize): BundleFiles {
  const documents = {
    'bundle.json': {
      name,
      version: '1.0.0',
      model: 'payload.json',
      profile: 'standard',
      onError: 'fail',
      decide: { combine: 'score', outcomes: [{ atLeast: 1, outcome: 'decline' }, { outcome: 'approve' }] },
    },
    'payload.json': {
      type: 'object',
      required: ['amount', 'xs'],
      properties: { amount: { type: 'number' }, xs: { type: 'array', maxItems: numbers, items: { type: 'number' } } },
    },
    'rules/work.json': Array.from({ length: rules }, (_, i) => ({
      id: `pairs-${i}`,
      when: `xs.some(x => xs.some(y => x * y === ${-1 - i}))`,
      then: { score: 0 },
    })).concat([{ id: 'large', when: 'amount > 100', then: { score: 1 } }]),
  };
  const encoder = new TextEncoder();
  return new Map(Object.entries(documents).map(([path, value]) => [path, encoder.encode(JSON.stringify(value))]));
}

/** A payload that takes the longest, and is declined where its number is odd. */
export function workPayload(index: number, numbers: number): { amount: number; xs: number[] } {
  return { amount: index % 2 === 0 ? 1 : 1000, xs: Array.from({ length: numbers }, (_, i) => 1 + ((index + i) % 97)) };
}
