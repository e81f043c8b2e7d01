// The bench of forests runs small in the suite: what it grows is what it says, and every engine sums it up alike.

import { expect, it } from 'vitest';
import { FEATURE_COUNT, type ForestShape, growForest, makeRows, NULLABLE_FROM } from '#bench/forests/forest.js';
import { gccVersion } from '#bench/peers/c-program.js';
import { formatTable } from '#bench/report.js';
import { benchTrees, FORESTS } from '#bench/trees.js';
import { BLOCK_COUNT } from '#bench/workload.js';

/** Ones that gcc compiles at once, of each kind of rows. */
const SMALL: readonly ForestShape[] = [
  { name: 'one class, float32', library: 'xgboost', rounds: 5, classes: 1, depth: 3 },
  { name: 'three classes, float64', library: 'lightgbm', rounds: 3, classes: 3, leaves: 9 },
];

it('grows the trees that its forests say', () => {
  for (const shape of FORESTS) {
    const { trees } = growForest({ ...shape, rounds: 2 }, 5);
    expect(trees).toHaveLength(2 * shape.classes);
    const leaves = shape.leaves ?? 2 ** shape.depth!;
    expect(trees.map(({ value, feature }) => [value.length, feature.filter((one) => one < 0).length])).toEqual(
      trees.map(() => [2 * leaves - 1, leaves]),
    );
  }
  const rows = makeRows(200);
  const missing = new Set([...rows.keys()].filter((i) => Number.isNaN(rows[i]!)).map((i) => i % FEATURE_COUNT));
  expect([...missing].every((feature) => feature >= NULLABLE_FROM)).toBe(true);
  expect(missing.size).toBe(FEATURE_COUNT - NULLABLE_FROM);
});

it('measures forests, and all are right', async () => {
  const lines: string[] = [];
  const { forests } = await benchTrees({
    forests: SMALL,
    payloadCount: 2 * BLOCK_COUNT,
    runs: 1,
    timing: { msMin: 1, warmupMsMin: 1 },
    format: formatTable,
    log: (line) => lines.push(line),
  });
  expect(forests.flatMap(({ rows }) => rows.filter(({ wrong }) => wrong !== null))).toEqual([]);
  expect(forests.map(({ rows }) => rows.length)).toEqual(SMALL.map(() => (gccVersion() === undefined ? 3 : 5)));
  expect(forests.every(({ rows }) => rows.every(({ checked }) => checked >= BLOCK_COUNT))).toBe(true);
  expect(lines.join('\n')).toContain(SMALL[0]!.name);
});
