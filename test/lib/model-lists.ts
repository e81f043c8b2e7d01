// A model with lists of everything, and lists of lists by way of objects.

import { modelOf, objectSchema } from './model.js';

/** A schema of a list. */
export const list = (items: unknown, maxItems = 4, rest: Record<string, unknown> = {}): Record<string, unknown> => ({
  type: 'array',
  items,
  maxItems,
  ...rest,
});

const SCHEMA = objectSchema(
  {
    items: list({ $ref: '#/$defs/item' }, 3, { minItems: 1, description: 'What is bought' }),
    tags: list({ type: 'string', maxLength: 5 }),
    flags: list({ type: 'boolean' }),
    hours: list({ type: 'integer', minimum: 0, maximum: 23 }),
    counts: list({ type: 'integer' }),
    ratios: list({ type: 'number', maximum: 1 }),
    prices: list({ type: 'number', multipleOf: 0.01, minimum: 0 }),
    times: list({ type: 'string', format: 'date-time' }),
    days: list({ type: 'string', format: 'date' }),
    kinds: list({ enum: ['debit', 'credit'] }, 4, { type: ['array', 'null'] }),
    last: { type: 'boolean' },
  },
  {
    title: 'order',
    required: ['items', 'kinds'],
    $defs: {
      item: objectSchema(
        {
          price: { type: 'number', multipleOf: 0.01 },
          codes: list({ type: 'string' }, 2),
          parts: list(objectSchema({ n: { type: 'integer' } })),
        },
        { required: ['price'], additionalProperties: false },
      ),
    },
  },
);
/** Its tables: the root, items[] and items[].parts[]. */
export const model = modelOf(SCHEMA);
