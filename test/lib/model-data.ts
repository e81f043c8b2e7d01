// The trained models of ../shared/data, their inputs and what they are known to predict.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const MODELS_DIR = join(import.meta.dirname, '../../../shared/data/models');

/** Why tests that need the files are skipped; undefined where they are there. */
export const MODELS_MISSING = existsSync(MODELS_DIR) ? undefined : `${MODELS_DIR} is absent`;

export function modelFile(path: string): Uint8Array {
  return readFileSync(join(MODELS_DIR, path));
}

function linesOf(path: string): string[] {
  return readFileSync(join(MODELS_DIR, path), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
}

/** Numbers in columns. @param skip columns before the first feature */
export function readColumns(path: string, skip = 0): number[][] {
  return linesOf(path).map((line) =>
    line
      .trim()
      .split(/[\t ]+/)
      .slice(skip)
      .map(Number),
  );
}

/** `label feature:value ...`; features that a line lacks are `absent`. */
export function readPairs(path: string, count: number, absent: number): number[][] {
  return linesOf(path).map((line) => {
    const row = new Array<number>(count).fill(absent);
    for (const pair of line.trim().split(/\s+/)) {
      const [feature, value] = pair.split(':');
      if (value !== undefined && Number(feature) < count) row[Number(feature)] = Number(value);
    }
    return row;
  });
}

export interface ReferenceModel {
  file: string;
  /** Rows of one number for each feature of the file. */
  rows(features: number): number[][];
  expected: string;
  of: 'margins' | 'scores';
  /** Largest relative distance from what the file says; 0: bit-equal, once the text is read as a float. */
  tolerance: number;
  iterations?: number;
  format: string;
}

const LEAVES = 'leaves/testdata/';
const TREELITE = 'treelite/tests/examples/';
const columns =
  (path: string, skip = 0) =>
  (): number[][] =>
    readColumns(LEAVES + path, skip);
const pairs =
  (path: string, absent: number) =>
  (features: number): number[][] =>
    readPairs(path, features, absent);

/** A double that differs in its last places: exp() of another library. */
const DOUBLE = 1e-15;

/** Every model whose predictions are known and that can be read. */
export const REFERENCE_MODELS: readonly ReferenceModel[] = [
  {
    file: `${LEAVES}lg_dart_breast_cancer.model`,
    rows: columns('breast_cancer_test.tsv'),
    expected: `${LEAVES}lg_dart_breast_cancer_true_predictions.txt`,
    of: 'scores',
    tolerance: DOUBLE,
    format: 'LightGBM, text',
  },
  {
    file: `${LEAVES}lgmulticlass.model`,
    rows: columns('multiclass_test.tsv', 1),
    expected: `${LEAVES}lgmulticlass_true_raw_predictions.txt`,
    of: 'margins',
    tolerance: DOUBLE,
    format: 'LightGBM, text',
  },
  {
    file: `${LEAVES}lgmulticlass.model`,
    rows: columns('multiclass_test.tsv', 1),
    expected: `${LEAVES}lgmulticlass_true_predictions.txt`,
    of: 'scores',
    tolerance: DOUBLE,
    format: 'LightGBM, text',
  },
  {
    file: `${LEAVES}lg_kddcup99.model`,
    rows: columns('kddcup99_test.tsv'),
    expected: `${LEAVES}lg_kddcup99_true_predictions.txt`,
    of: 'margins',
    tolerance: DOUBLE,
    format: 'LightGBM, text',
  },
  {
    file: `${LEAVES}lg_rf_iris.model`,
    rows: pairs(`${LEAVES}iris_test.libsvm`, 0),
    expected: `${LEAVES}lg_rf_iris_true_predictions.txt`,
    of: 'scores',
    tolerance: DOUBLE,
    format: 'LightGBM, text',
  },
  ...['gamma_AvgClaimAmount', 'poisson_Frequency', 'tweedie_PurePremium'].map(
    (name): ReferenceModel => ({
      file: `${LEAVES}genlin_fmtp_${name}.model`,
      rows: columns(`genlin_fmtp_${name}_features.tsv`),
      expected: `${LEAVES}genlin_fmtp_${name}_true_predictions.txt`,
      of: 'scores',
      tolerance: DOUBLE,
      format: 'LightGBM, text',
    }),
  ),
  {
    file: `${LEAVES}xgagaricus.model`,
    rows: pairs(`${LEAVES}agaricus_test.libsvm`, Number.NaN),
    expected: `${LEAVES}xgagaricus_true_predictions.txt`,
    of: 'scores',
    tolerance: 0,
    format: 'XGBoost, binary',
  },
  {
    file: `${LEAVES}xg_dart_agaricus.model`,
    rows: pairs(`${LEAVES}agaricus_test.libsvm`, Number.NaN),
    expected: `${LEAVES}xg_dart_agaricus_true_predictions.txt`,
    // What is expected was made with the first 10 of 20 trees.
    iterations: 10,
    of: 'margins',
    tolerance: 0,
    format: 'XGBoost, binary',
  },
  {
    file: `${LEAVES}xgdermatology.model`,
    rows: pairs(`${LEAVES}dermatology_test.libsvm`, Number.NaN),
    expected: `${LEAVES}xgdermatology_true_predictions.txt`,
    of: 'margins',
    tolerance: 0,
    format: 'XGBoost, binary',
  },
  {
    file: `${TREELITE}toy_categorical/toy_categorical_model.txt`,
    rows: pairs(`${TREELITE}toy_categorical/toy_categorical.test`, Number.NaN),
    expected: `${TREELITE}toy_categorical/toy_categorical.test.pred`,
    of: 'scores',
    tolerance: DOUBLE,
    format: 'LightGBM, text',
  },
  {
    file: `${TREELITE}sparse_categorical/sparse_categorical_model.txt`,
    rows: pairs(`${TREELITE}sparse_categorical/sparse_categorical.test`, Number.NaN),
    expected: `${TREELITE}sparse_categorical/sparse_categorical.test.margin`,
    of: 'margins',
    tolerance: DOUBLE,
    format: 'LightGBM, text',
  },
];
