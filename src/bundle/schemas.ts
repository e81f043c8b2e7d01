// JSON Schemas of a bundle's documents: checked by readBundle, published for editors as schemas/*.schema.json (a test keeps the
// two equal). Each key has a description, which editors show.

import { REASONS_MAX, THRESHOLDS_MAX } from '../../assembly/shared/limits.js';
import {
  ENSEMBLE_SCHEMA,
  FEATURES_SCHEMA,
  LIST_SCHEMA,
  OUTPUTS_SCHEMA,
  PARAMETERS_SCHEMA,
  SCORECARD_SCHEMA,
  TABLE_SCHEMA,
} from './part-schemas.js';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

const outcome = {
  enum: ['approve', 'review', 'decline'],
  description: 'What is decided; decline is more severe than review, review than approve.',
};
const reason = { type: 'string', pattern: '^[A-Z][A-Z0-9_]{0,63}$', description: 'Reason code, such as NIGHT_SPEND.' };

/** MAJOR.MINOR.PATCH with optional pre-release and build, as semver.org 2.0.0 has it. */
const SEMVER =
  '^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(-((0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(\\.(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(\\+([0-9a-zA-Z-]+(\\.[0-9a-zA-Z-]+)*))?$';

const BUNDLE_SCHEMA = {
  $schema: DIALECT,
  $id: 'urn:verdict:bundle:1',
  title: 'bundle.yaml of a Verdict bundle',
  type: 'object',
  required: ['name', 'version', 'model', 'onError'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    name: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,63}$', description: 'Name in URLs and decisions.' },
    version: { type: 'string', pattern: SEMVER, maxLength: 64, description: 'Semantic version, written into every decision.' },
    description: { type: 'string' },
    model: { type: 'string', minLength: 1, maxLength: 255, description: 'Path of the JSON Schema of the payload.' },
    profile: { enum: ['strict', 'standard'], default: 'strict', description: 'Which expressions the rules may use.' },
    onError: {
      enum: ['decline', 'review', 'approve', 'fail'],
      description: 'Outcome where a payload cannot be decided; fail gives no outcome.',
    },
    decide: {
      type: 'object',
      required: ['combine', 'outcomes'],
      additionalProperties: false,
      description: 'How the rules become one outcome. A bundle with outputs may leave it out, and then has no rules.',
      properties: {
        combine: {
          enum: ['score', 'first', 'collect'],
          description: 'score: scores of all hits are added; first: the first hit decides; collect: the most severe hit decides.',
        },
        outcomes: {
          type: 'array',
          minItems: 1,
          maxItems: THRESHOLDS_MAX + 1,
          description: 'Thresholds from the highest down, and last the outcome where none is reached.',
          items: {
            type: 'object',
            required: ['outcome'],
            additionalProperties: false,
            properties: { atLeast: { type: 'number', description: 'Smallest score that gives this outcome.' }, outcome },
          },
        },
        reasonsMax: {
          type: 'integer',
          minimum: 0,
          maximum: REASONS_MAX,
          default: 8,
          description: 'Reasons a decision carries at most.',
        },
      },
    },
  },
};

const RULES_SCHEMA = {
  $schema: DIALECT,
  $id: 'urn:verdict:rules:1',
  title: 'rules/*.yaml of a Verdict bundle',
  type: 'array',
  items: {
    type: 'object',
    required: ['id', 'when', 'then'],
    additionalProperties: false,
    properties: {
      id: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,127}$', description: 'Unique in the bundle.' },
      description: { type: 'string' },
      when: { type: ['string', 'boolean'], description: 'Condition: an expression over the fields of the model.' },
      then: {
        type: 'object',
        minProperties: 1,
        additionalProperties: false,
        description: 'What a hit does.',
        properties: { score: { type: 'number', description: 'Added to the score.' }, outcome, reason },
      },
    },
  },
};

const TESTS_SCHEMA = {
  $schema: DIALECT,
  $id: 'urn:verdict:tests:1',
  title: 'tests/*.yaml of a Verdict bundle',
  type: 'array',
  items: {
    type: 'object',
    required: ['name', 'payload'],
    additionalProperties: false,
    properties: {
      name: { type: 'string', minLength: 1 },
      payload: { type: 'object', description: 'Payload, as it would be sent as JSON.' },
      now: { type: 'string', description: 'Time of the decision, RFC 3339; 2026-01-01T00:00:00Z where it is left out.' },
      parameters: {
        type: 'object',
        description: 'Values of parameters, by set and name; the others have their defaults.',
        additionalProperties: { type: 'object', additionalProperties: { type: ['boolean', 'number', 'string'] } },
      },
      expect: {
        type: 'object',
        minProperties: 1,
        additionalProperties: false,
        description:
          'Parts of the decision that must be so. A test without it fails: `verdict test --update` writes what is decided.',
        properties: {
          outcome: { enum: ['approve', 'review', 'decline', null], description: 'null: no outcome (onError: fail).' },
          score: { type: 'number' },
          reasons: { type: 'array', items: reason, description: 'All reason codes of the decision, in order.' },
          outputs: { type: 'object', minProperties: 1, description: 'Outputs that must be so, as they stand in the decision.' },
          status: { enum: ['OK', 'INVALID_PAYLOAD', 'ARITHMETIC', 'CONFLICT', 'LIST_MISSING'] },
        },
      },
    },
  },
};

const columnName = { type: 'string', minLength: 1 };

const INPUT_SCHEMA = {
  $schema: DIALECT,
  $id: 'urn:verdict:input:1',
  title: 'input.yaml of a Verdict bundle: columns of a table to fields of the model',
  type: 'object',
  required: ['format'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    format: { enum: ['csv', 'ndjson', 'json'] },
    delimiter: { type: 'string', minLength: 1, maxLength: 8, default: ',' },
    quote: { type: ['string', 'null'], minLength: 1, maxLength: 1, default: '"', description: 'null: the file has no quotes.' },
    header: {
      type: ['boolean', 'array'],
      items: columnName,
      default: true,
      description: 'true: the first line names the columns; a list: their names, and the file has no such line.',
    },
    columns: {
      type: 'object',
      description: 'Field path of the model -> where its value comes from. Without it, columns have the names of fields.',
      additionalProperties: {
        type: ['string', 'object'],
        additionalProperties: false,
        properties: {
          from: { ...columnName, description: 'Column of the table.' },
          combine: { type: 'array', minItems: 1, items: columnName, description: 'Columns whose texts are joined.' },
          separator: { type: 'string', default: ' ', description: 'Between the texts of combine.' },
          strip: { type: 'string', description: 'Characters that are removed wherever they stand.' },
          map: {
            type: 'object',
            additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
            description: 'Text of the cell -> value; other texts are taken as they are.',
          },
          date: {
            type: 'string',
            minLength: 1,
            description: 'ISO, epoch-seconds, epoch-millis, or a pattern of YYYY M MM D DD H HH mm ss SSS; times are UTC.',
          },
          part: {
            enum: ['year', 'month', 'day', 'hour', 'minute', 'second', 'weekday'],
            description: 'Takes this part of the date as a number; Monday is weekday 1.',
          },
          scale: {
            type: 'integer',
            minimum: 1,
            maximum: 18,
            description: 'The cell counts units of 10^-scale: 1999 with scale 2 is 19.99.',
          },
          empty: {
            type: ['string', 'number', 'boolean', 'null'],
            description: 'Value of an empty cell; absent where it is left out.',
          },
        },
      },
    },
  },
};

const LOCK_SCHEMA = {
  $schema: DIALECT,
  $id: 'urn:verdict:lock:1',
  title: 'model.lock.json of a Verdict bundle: field ids and enum numbers, written by Verdict',
  type: 'object',
  required: ['format', 'tables', 'enums'],
  additionalProperties: false,
  properties: {
    format: { const: 1 },
    tables: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: {
          type: 'object',
          required: ['id', 'kind'],
          additionalProperties: false,
          properties: { id: { type: 'integer', minimum: 0, maximum: 65_535 }, kind: { type: 'string' } },
        },
      },
    },
    enums: {
      type: 'object',
      additionalProperties: { type: 'object', additionalProperties: { type: 'integer', minimum: 0, maximum: 65_535 } },
    },
  },
};

/** JSON Schema of each kind of document; schemas/NAME.schema.json holds its text. */
export const DOCUMENT_SCHEMAS = {
  bundle: BUNDLE_SCHEMA,
  rules: RULES_SCHEMA,
  tests: TESTS_SCHEMA,
  input: INPUT_SCHEMA,
  lock: LOCK_SCHEMA,
  features: FEATURES_SCHEMA,
  outputs: OUTPUTS_SCHEMA,
  table: TABLE_SCHEMA,
  scorecard: SCORECARD_SCHEMA,
  ensemble: ENSEMBLE_SCHEMA,
  list: LIST_SCHEMA,
  parameters: PARAMETERS_SCHEMA,
} as const;

export type DocumentKind = keyof typeof DOCUMENT_SCHEMAS;

/** The text of schemas/NAME.schema.json. */
export function documentSchemaText(kind: DocumentKind): string {
  return `${JSON.stringify(DOCUMENT_SCHEMAS[kind], null, 2)}\n`;
}
