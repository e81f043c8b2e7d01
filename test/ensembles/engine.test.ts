// The engine predicts what the plain walker does, bit for bit but for exp().

import { describe, expect, test } from 'vitest';
import { readEnsemble } from '#src/ensembles/read-ensemble.js';
import { EnsembleRunner } from '../lib/ensemble-engine.js';
import { predict } from '../lib/ensemble-walker.js';
import { MODELS_MISSING, modelFile, REFERENCE_MODELS, readColumns } from '../lib/model-data.js';

describe.skipIf(MODELS_MISSING !== undefined)(`trained models of others ${MODELS_MISSING ?? ''}`, () => {
  for (const model of REFERENCE_MODELS) {
    test(`${model.file}, ${model.of}`, () => {
      const read = readEnsemble(modelFile(model.file), model.iterations === undefined ? {} : { iterations: model.iterations });
      if (!('ensemble' in read)) throw new Error(read.message);
      const { ensemble } = read;
      const runner = new EnsembleRunner(ensemble);
      const expected = readColumns(model.expected);
      for (const [index, row] of model.rows(ensemble.features.length).slice(0, 300).entries()) {
        const results = runner.run(row);
        const { margins } = predict(ensemble, row);
        expect(results.slice(0, ensemble.outputs)).toEqual(margins.map((margin) => margin + 0));
        const found = model.of === 'margins' ? results : results.slice(ensemble.outputs);
        for (const [output, value] of expected[index]!.entries())
          if (!(Math.abs(found[output]! - value) <= model.tolerance * Math.abs(value)))
            throw new Error(`row ${index}, output ${output}: ${found[output]} for ${value}`);
      }
    });
  }
});
