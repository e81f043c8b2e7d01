import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emitJsonSchema } from '#src/schema/json-schema.js';
import { modelOf, objectSchema, testSeed } from '../lib/model.js';
import { payloadArbitrary, schemaArbitrary } from '../lib/model-arbitrary.js';

const model = modelOf(
  objectSchema(
    {
      amount: { type: 'number', multipleOf: 0.01, minimum: 0, exclusiveMaximum: 1000, default: 19.99, description: 'paid' },
      id: { type: 'integer', format: 'int64', maximum: 2n ** 60n },
      at: { type: 'string', format: 'date-time' },
      kind: { type: 'string', enum: ['a', 'b'], default: 'b' },
      name: { type: 'string', minLength: 1, maxLength: 9 },
      card: objectSchema(
        { hour: { type: 'integer', minimum: 0, maximum: 23 } },
        { required: ['hour'], additionalProperties: false },
      ),
    },
    { title: 'payment', required: ['name'] },
  ),
);

test('the schema', () => {
  expect(emitJsonSchema(model)).toEqual({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Payment',
    $comment: `Model hash ${model.hash}`,
    type: 'object',
    properties: {
      amount: {
        type: ['number', 'string', 'null'],
        pattern: '^-?[0-9]+(\\.[0-9]{1,2}0*)?$',
        minimum: 0,
        maximum: 999.99,
        default: '19.99',
        description: 'paid',
      },
      id: { type: ['integer', 'string', 'null'], pattern: '^-?[0-9]+(\\.0+)?$' },
      at: { type: ['string', 'null'], format: 'date-time' },
      kind: { type: ['string', 'null'], enum: ['a', 'b', null], default: 'b' },
      name: { type: 'string', minLength: 1, maxLength: 9 },
      card: {
        type: ['object', 'null'],
        properties: { hour: { type: 'integer', minimum: 0, maximum: 23 } },
        required: ['hour'],
        additionalProperties: false,
      },
    },
    required: ['name'],
  });
});

test('a validator accepts what the encoder accepts', () => {
  const ajv = new Ajv2020({ strict: false, ownProperties: true, strictNumbers: false, validateFormats: false });
  const cases = schemaArbitrary.chain((schema) => {
    const random = modelOf(schema);
    return fc.tuple(fc.constant(random), fc.array(payloadArbitrary(random), { minLength: 1, maxLength: 3 }));
  });
  fc.assert(
    fc.property(cases, ([random, samples]) => {
      const validate = ajv.compile(emitJsonSchema(random));
      for (const { json } of samples) {
        expect(validate(json) || validate.errors).toBe(true);
      }
    }),
    { seed: testSeed('json-schema'), numRuns: 60 },
  );
});
