// Every model of ../shared/data whose predictions are known: read, and walked by the plainest code there is.

import { describe, expect, test } from 'vitest';
import { readEnsemble } from '#src/ensembles/read-ensemble.js';
import { predict } from '../lib/ensemble-walker.js';
import { MODELS_MISSING, modelFile, REFERENCE_MODELS, readColumns } from '../lib/model-data.js';

describe.skipIf(MODELS_MISSING !== undefined)(`trained models of others ${MODELS_MISSING ?? ''}`, () => {
  for (const model of REFERENCE_MODELS) {
    test(`${model.file}, ${model.of}`, () => {
      const read = readEnsemble(modelFile(model.file), model.iterations === undefined ? {} : { iterations: model.iterations });
      if (!('ensemble' in read)) throw new Error(read.message);
      const { ensemble } = read;
      expect(ensemble.format).toBe(model.format);
      const rows = model.rows(ensemble.features.length);
      const expected = readColumns(model.expected);
      expect(rows.length).toBe(expected.length);
      for (const [index, row] of rows.entries()) {
        const found = predict(ensemble, row)[model.of];
        expect(found.length).toBe(expected[index]!.length);
        for (const [output, value] of expected[index]!.entries()) {
          const distance = Math.abs(found[output]! - value) / Math.abs(value);
          if (!(distance <= model.tolerance)) throw new Error(`row ${index}, output ${output}: ${found[output]} for ${value}`);
        }
      }
    });
  }

  const refused: [file: string, message: RegExp][] = [
    ['leaves/testdata/sk_gradient_boosting_classifier.model', /pickle of Python/],
    ['leaves/testdata/sk_iris.model', /pickle of Python/],
    ['leaves/testdata/xgblin_agaricus.model', /linear booster \(`gblinear`\)/],
    // Blocks of trees without the head of a model.
    ['leaves/testdata/tree_2leaves.txt', /format of the file is not known/],
    ['leaves/testdata/lg_dart_breast_cancer.json', /does not say what becomes of the sums/],
  ];
  test.each(refused)('%s is refused by name', (file, message) => {
    const read = readEnsemble(modelFile(file));
    expect('ensemble' in read ? 'read' : read.message).toMatch(message);
  });

  test('a dump of LightGBM predicts what the text does, given its link', () => {
    const dump = readEnsemble(modelFile('leaves/testdata/lg_dart_breast_cancer.json'), { link: 'logistic' });
    const text = readEnsemble(modelFile('leaves/testdata/lg_dart_breast_cancer.model'));
    if (!('ensemble' in dump && 'ensemble' in text)) throw new Error('not read');
    // The dump prints values with fewer digits.
    for (const row of readColumns('leaves/testdata/breast_cancer_test.tsv')) {
      const [a] = predict(dump.ensemble, row).scores as [number];
      const [b] = predict(text.ensemble, row).scores as [number];
      expect(Math.abs(a - b)).toBeLessThan(1e-4);
    }
  });

  test('leaves of LightGBM are reached as it says', () => {
    const read = readEnsemble(modelFile('leaves/testdata/lg_breast_cancer.txt'));
    if (!('ensemble' in read)) throw new Error(read.message);
    expect(read.ensemble.trees.length).toBe(39);
  });

  test.each(['treelite/tests/examples/mushroom/mushroom.model'])('%s is read', (file) => {
    const read = readEnsemble(modelFile(file));
    expect('ensemble' in read ? [read.ensemble.format, read.ensemble.trees.length] : read.message).toEqual(['XGBoost, binary', 2]);
  });
});
