import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { modelFromJson, modelToJson } from '#src/schema/model-json.js';
import { modelOf, testSeed } from '../lib/model.js';
import { schemaArbitrary } from '../lib/model-arbitrary.js';

test('a model survives JSON, and its fields are those of its tables', () => {
  fc.assert(
    fc.property(schemaArbitrary, (schema) => {
      const model = modelOf(schema);
      const copy = modelFromJson(JSON.parse(JSON.stringify(modelToJson(model))));
      // Not by expect: it takes a key `constructor` for the class of an object.
      deepStrictEqual(copy, model);
      expect(copy.fields.every((field, i) => field.index === i && copy.tables[field.table]!.fields.includes(field))).toBe(true);
    }),
    { seed: testSeed('model-json'), numRuns: 300 },
  );
});
