// A table with as many rows as one index takes, and with one more.

import { expect, it } from 'vitest';
import { INDEX_PARTS_MAX } from '#assembly/shared/match-index.js';
import { compile } from '#src/compiler/compile.js';
import { createEngine } from '#src/index.js';

const encoder = new TextEncoder();

/** A table whose row i holds where `n` is i, and gives the score i + 1. */
function tableOf(rows: number, hitPolicy: string): Map<string, Uint8Array> {
  const files = {
    'bundle.json': {
      name: 'border',
      version: '1.0.0',
      model: 'model.json',
      onError: 'fail',
      decide: { combine: 'score', outcomes: [{ outcome: 'approve' }] },
    },
    'model.json': { type: 'object', required: ['n'], properties: { n: { type: 'integer', minimum: -1, maximum: 99_999 } } },
    'tables/grid.json': {
      hitPolicy,
      inputs: ['n'],
      outputs: [{ name: 'score' }],
      rows: Array.from({ length: rows }, (_, row) => ({ when: [String(row)], then: [String(row + 1)] })),
    },
  };
  return new Map(Object.entries(files).map(([path, value]) => [path, encoder.encode(JSON.stringify(value))]));
}

it.each([
  ['first', INDEX_PARTS_MAX, 1],
  ['first', INDEX_PARTS_MAX + 1, 2],
  ['unique', INDEX_PARTS_MAX + 1, 2],
] as const)('%s, %i rows', { timeout: 60_000 }, async (hitPolicy, rows, count) => {
  const { image, indexes, diagnostics } = compile(tableOf(rows, hitPolicy), { costMax: Number.MAX_SAFE_INTEGER });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(indexes!.filter(({ indexed }) => indexed).length).toBe(count);
  const engine = await createEngine({ poolThreads: 0, costMax: Number.MAX_SAFE_INTEGER });
  const rules = await engine.load(image!, { tenant: 'border' });
  for (const n of [0, 1, 511, 512, rows - 2, rows - 1]) expect(rules.decide({ n }).score).toBe(n + 1);
  for (const n of [-1, rows, 99_999]) expect(rules.decide({ n })).toMatchObject({ status: 'OK', score: 0 });
  await engine.close();
});
