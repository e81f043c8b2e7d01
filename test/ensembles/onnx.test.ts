// ONNX: the cases of its own test suite, and each of the three operators.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Ensemble } from '#src/ensembles/ensemble.js';
import { readEnsemble } from '#src/ensembles/read-ensemble.js';
import { EnsembleRunner } from '../lib/ensemble-engine.js';
import { MODELS_DIR, MODELS_MISSING } from '../lib/model-data.js';
import { onnxModel } from '../lib/onnx-author.js';

function ensembleOf(bytes: Uint8Array): Ensemble {
  const read = readEnsemble(bytes);
  if (!('ensemble' in read)) throw new Error(read.message);
  return read.ensemble;
}

interface Case {
  name: string;
  n_targets: number;
  membership_values?: (number | 'NaN')[];
  X: (number | 'NaN')[][];
  Y: number[][];
  [attribute: string]: unknown;
}

const numbers = (values: readonly (number | 'NaN')[]): number[] => values.map(Number);

describe.skipIf(MODELS_MISSING !== undefined)(`cases of ONNX ${MODELS_MISSING ?? ''}`, () => {
  const file = join(MODELS_DIR, 'onnx-tree-ensemble.json');
  const cases = MODELS_MISSING === undefined ? (JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }).cases : [];
  test.each(cases)('$name', (one) => {
    const list = (name: string): number[] => numbers(one[name] as number[]);
    const lists = [
      'tree_roots',
      'nodes_featureids',
      'nodes_truenodeids',
      'nodes_trueleafs',
      'nodes_falsenodeids',
      'nodes_falseleafs',
      'leaf_targetids',
    ];
    const bytes = onnxModel(
      'TreeEnsemble',
      {
        ...Object.fromEntries(lists.map((name) => [name, list(name)])),
        n_targets: one.n_targets,
        aggregate_function: 1,
        post_transform: 0,
        nodes_modes: { tensor: list('nodes_modes'), type: 'uint8' },
        nodes_splits: { tensor: list('nodes_splits'), type: 'float' },
        leaf_weights: { tensor: list('leaf_weights'), type: 'float' },
        ...(one.membership_values === undefined
          ? {}
          : { membership_values: { tensor: numbers(one.membership_values), type: 'float' as const } }),
      },
      one.X[0]!.length,
    );
    const runner = new EnsembleRunner(ensembleOf(bytes));
    for (const [index, row] of one.X.entries())
      expect(runner.run(numbers(row)).slice(0, one.n_targets)).toEqual(one.Y[index]!.map(Math.fround));
  });
});

/** One tree: x0 <mode> 2, of version 3. */
function stump(mode: string, rest: object = {}): Uint8Array {
  return onnxModel(
    'TreeEnsembleRegressor',
    {
      n_targets: 1,
      nodes_treeids: [0, 0, 0],
      nodes_nodeids: [0, 1, 2],
      nodes_featureids: [0, 0, 0],
      nodes_modes: [mode, 'LEAF', 'LEAF'],
      nodes_values: { floats: [2, 0, 0] },
      nodes_truenodeids: [1, 0, 0],
      nodes_falsenodeids: [2, 0, 0],
      target_treeids: [0, 0],
      target_nodeids: [1, 2],
      target_ids: [0, 0],
      target_weights: { floats: [10, 20] },
      ...rest,
    },
    1,
  );
}

const modes: [mode: string, of1: number, of2: number, of3: number, ofNaN: number][] = [
  ['BRANCH_LEQ', 10, 10, 20, 20],
  ['BRANCH_LT', 10, 20, 20, 20],
  ['BRANCH_GTE', 20, 10, 10, 20],
  ['BRANCH_GT', 20, 20, 10, 20],
  ['BRANCH_EQ', 20, 10, 20, 20],
  ['BRANCH_NEQ', 10, 20, 10, 20],
];

test.each(modes)('%s', (mode, ...expected) => {
  const rows = [1, 2, 3, Number.NaN];
  const runner = new EnsembleRunner(ensembleOf(stump(mode)));
  expect(rows.map((x) => runner.run([x])[0])).toEqual(expected);
  const tracked = new EnsembleRunner(ensembleOf(stump(mode, { nodes_missing_value_tracks_true: [1, 0, 0] })));
  expect(tracked.run([Number.NaN])[0]).toBe(10);
});

test('bases, averages, doubles', () => {
  expect(new EnsembleRunner(ensembleOf(stump('BRANCH_LEQ', { base_values: { floats: [0.5] } }))).run([1])[0]).toBe(10.5);
  expect(new EnsembleRunner(ensembleOf(stump('BRANCH_LEQ', { aggregate_function: 'AVERAGE' }))).run([1])[0]).toBe(10);
  const double = { nodes_values_as_tensor: { tensor: [2 + 2 ** -40, 0, 0], type: 'double' }, nodes_values: { floats: [] } };
  const runner = new EnsembleRunner(ensembleOf(stump('BRANCH_LT', double)));
  expect([2, 2 + 2 ** -40].map((x) => runner.run([x])[0])).toEqual([10, 20]);
});

test('a classifier of two classes has one output; of more, one each', () => {
  const common = {
    nodes_treeids: [0, 0, 0],
    nodes_nodeids: [0, 1, 2],
    nodes_featureids: [0, 0, 0],
    nodes_modes: ['BRANCH_LEQ', 'LEAF', 'LEAF'],
    nodes_values: { floats: [2, 0, 0] },
    nodes_truenodeids: [1, 0, 0],
    nodes_falsenodeids: [2, 0, 0],
  };
  const binary = onnxModel(
    'TreeEnsembleClassifier',
    {
      ...common,
      classlabels_strings: ['good', 'bad'],
      class_treeids: [0, 0],
      class_nodeids: [1, 2],
      class_ids: [1, 1],
      class_weights: { floats: [-1, 1] },
      post_transform: 'LOGISTIC',
    },
    1,
  );
  const two = ensembleOf(binary);
  expect([two.outputs, two.classes]).toEqual([1, ['good', 'bad']]);
  expect(new EnsembleRunner(two).run([3])[1]).toBe(Math.fround(1 / Math.fround(1 + Math.fround(Math.exp(-1)))));
  const many = onnxModel(
    'TreeEnsembleClassifier',
    {
      ...common,
      classlabels_int64s: [0, 1, 2],
      class_treeids: [0, 0, 0, 0],
      class_nodeids: [1, 1, 2, 2],
      class_ids: [0, 1, 1, 2],
      class_weights: { floats: [0.75, 0.25, 0.5, 0.5] },
    },
    1,
    ['ZipMap'],
  );
  const runner = new EnsembleRunner(ensembleOf(many));
  expect([runner.run([1]).slice(0, 3), runner.run([3]).slice(0, 3)]).toEqual([
    [0.75, 0.25, 0],
    [0, 0.5, 0.5],
  ]);
});

test('what is more than trees is refused by name', () => {
  const read = readEnsemble(onnxModel('TreeEnsembleRegressor', {}, 1, ['Scaler']));
  expect('message' in read ? read.message : '').toMatch(/computes `Scaler` beside the trees/);
  const none = readEnsemble(onnxModel('LinearRegressor', {}, 1));
  expect('message' in none ? none.message : '').toMatch(/no tree ensemble, but `LinearRegressor`/);
});
