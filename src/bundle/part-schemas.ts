// JSON Schemas of features, outputs, tables, scorecards, lists, ensembles and parameters; see schemas.ts.

import { TEXT_CHARS_MAX } from '../../assembly/shared/limits.js';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

const NAME = '^[A-Za-z_][A-Za-z0-9_]{0,63}$';
const RULE_ID = '^[a-z0-9][a-z0-9-]{0,127}$';
const REASON = '^[A-Z][A-Z0-9_]{0,63}$';
/** Types that are one word; the others are objects of one key. */
const TYPE_WORDS = '^(number|string|boolean|date|timestamp)$';
const PARAMETER_TYPE_WORDS = '^(number|integer|string|boolean|date|timestamp)$';
const LIST_TYPE_WORDS = '^(number|string|date|timestamp)$';

const cell = { type: ['string', 'number', 'boolean', 'null'] };
const expression = { type: ['string', 'number', 'boolean'] };
const scale = { type: 'integer', minimum: 0, maximum: 18 };

/** Of features and of outputs. */
const CASES = {
  type: 'array',
  minItems: 1,
  description: 'Instead of value: the first case that holds; null where none does.',
  items: {
    type: 'object',
    required: ['value'],
    additionalProperties: false,
    properties: {
      when: { ...expression, description: 'Condition; the last case may stand without.' },
      value: { ...cell, description: 'The value: an expression.' },
    },
  },
};

export const FEATURES_SCHEMA = {
  $schema: DIALECT,
  $id: 'urn:verdict:features:1',
  title: 'features/*.yaml of a Verdict bundle',
  type: 'array',
  items: {
    type: 'object',
    required: ['name'],
    additionalProperties: false,
    properties: {
      name: { type: 'string', pattern: NAME, description: 'Name in expressions, unique in the bundle.' },
      description: { type: 'string' },
      value: { ...expression, description: 'The value: an expression over fields and other features.' },
      cases: CASES,
    },
  },
};

/** A segment of an output's name, and the whole. */
const SEGMENT = '[^.\'"`\\u0000-\\u001f\\u007f]{1,64}';
const PATH = { pattern: `^${SEGMENT}(\\.${SEGMENT})*$`, maxLength: 512 };

export const OUTPUTS_SCHEMA = {
  $schema: DIALECT,
  $id: 'urn:verdict:outputs:1',
  title: 'outputs.yaml and outputs/*.yaml of a Verdict bundle',
  type: 'array',
  items: {
    type: 'object',
    required: ['name'],
    additionalProperties: false,
    properties: {
      name: {
        type: 'string',
        ...PATH,
        description: 'Path in the outputs of a decision, such as fee.total; unique in the bundle.',
      },
      description: { type: 'string' },
      value: { ...expression, description: 'The value: an expression, or a list.' },
      cases: CASES,
      each: { type: 'string', description: 'Instead of value: a list, or a table that gives one; each element becomes an object.' },
      as: { type: 'string', pattern: NAME, description: 'Name of the element in values.' },
      values: {
        type: 'object',
        minProperties: 1,
        maxProperties: 256,
        propertyNames: PATH,
        additionalProperties: { ...cell, description: 'An expression.' },
        description: 'Members of each object, by their path in it.',
      },
    },
  },
};

export const TABLE_SCHEMA = {
  $schema: DIALECT,
  $id: 'urn:verdict:table:1',
  title: 'tables/NAME.yaml of a Verdict bundle: a decision table, or the head of tables/NAME.csv',
  type: 'object',
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    description: { type: 'string' },
    hitPolicy: {
      enum: ['unique', 'any', 'priority', 'first', 'ruleOrder', 'outputOrder', 'collect'],
      default: 'first',
      description: 'What happens where several rows match.',
    },
    aggregate: { enum: ['sum', 'min', 'max', 'count'], description: 'With hitPolicy collect: what becomes of the outputs.' },
    complete: { type: 'boolean', default: false, description: 'Inputs for which no row matches are errors.' },
    inputs: {
      type: 'array',
      minItems: 1,
      description: 'Columns that are tested.',
      items: {
        type: ['string', 'object'],
        required: ['value'],
        additionalProperties: false,
        properties: {
          value: { type: 'string', description: 'Expression whose value the cells test.' },
          label: { type: 'string', minLength: 1, description: 'Title of the column, which rows and the header of a CSV may use.' },
          description: { type: 'string' },
        },
      },
    },
    outputs: {
      type: 'array',
      minItems: 1,
      description: 'Columns that the table gives.',
      items: {
        type: ['string', 'object'],
        required: ['name'],
        additionalProperties: false,
        properties: {
          name: { type: 'string', description: 'Name in expressions: TABLE.NAME. score, outcome and reason decide.' },
          type: {
            type: ['string', 'object'],
            pattern: TYPE_WORDS,
            minProperties: 1,
            maxProperties: 1,
            additionalProperties: false,
            description: 'Type of its values; found from the cells where it is left out.',
            properties: {
              decimal: { ...scale, description: 'Digits after the point.' },
              enum: {
                type: 'array',
                minItems: 1,
                uniqueItems: true,
                items: { type: 'string', minLength: 1 },
                description: 'Members.',
              },
              field: { type: 'string', description: 'Path of a field of the model that has the type.' },
            },
          },
          values: {
            type: 'array',
            minItems: 1,
            items: cell,
            description: 'Values it may have, the most important first: for hitPolicy priority and outputOrder.',
          },
          default: { ...cell, description: 'Value where no row matches.' },
          description: { type: 'string' },
        },
      },
    },
    rows: {
      type: 'array',
      description: 'From the top; not with a CSV.',
      items: {
        type: 'object',
        additionalProperties: false,
        properties: {
          id: { type: 'string', pattern: RULE_ID, description: 'Unique in the bundle; TABLE/NUMBER where it is left out.' },
          description: { type: 'string' },
          when: {
            type: ['array', 'object'],
            items: cell,
            additionalProperties: cell,
            description: 'A test for each input, in order or by column; `-` and nothing take any value.',
          },
          then: {
            type: ['array', 'object'],
            items: cell,
            additionalProperties: cell,
            description: 'A value for each output, in order or by name.',
          },
        },
      },
    },
  },
};

export const SCORECARD_SCHEMA = {
  $schema: DIALECT,
  $id: 'urn:verdict:scorecard:1',
  title: 'scorecards/NAME.yaml of a Verdict bundle',
  type: 'object',
  required: ['characteristics'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    description: { type: 'string' },
    initialScore: { type: 'number', default: 0, description: 'What the points are added to.' },
    type: {
      type: ['string', 'object'],
      pattern: '^number$',
      minProperties: 1,
      maxProperties: 1,
      additionalProperties: false,
      default: 'number',
      description: 'Type of the score.',
      properties: { decimal: { ...scale, description: 'Digits after the point.' } },
    },
    reasons: {
      enum: ['pointsBelow', 'pointsAbove'],
      default: 'pointsBelow',
      description: 'pointsBelow: few points are adverse, reasons rank by baseline - points; pointsAbove: many are.',
    },
    contributes: { type: 'boolean', default: false, description: 'Points and reasons enter the decision of the bundle.' },
    characteristics: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['name', 'input', 'attributes'],
        additionalProperties: false,
        properties: {
          name: { type: 'string', pattern: NAME, description: 'Unique in the scorecard.' },
          description: { type: 'string' },
          input: { type: 'string', description: 'Expression whose value the attributes test.' },
          baseline: { type: 'number', description: 'Points that reasons compare with; the best of its attributes otherwise.' },
          reason: { type: 'string', pattern: REASON, description: 'Reason code of attributes that lose points.' },
          attributes: {
            type: 'array',
            minItems: 1,
            description: 'The first that holds gives its points.',
            items: {
              type: 'object',
              required: ['points'],
              additionalProperties: false,
              properties: {
                when: { ...cell, description: 'Test of the input, as a cell of a table; the last attribute may stand without.' },
                points: { type: 'number' },
                reason: { type: 'string', pattern: REASON, description: 'Instead of that of the characteristic.' },
                description: { type: 'string' },
              },
            },
          },
        },
      },
    },
  },
};

export const LIST_SCHEMA = {
  $schema: DIALECT,
  $id: 'urn:verdict:list:1',
  title: 'lists/NAME.yaml of a Verdict bundle',
  type: 'object',
  required: ['type'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    description: { type: 'string' },
    type: {
      type: ['string', 'object'],
      pattern: LIST_TYPE_WORDS,
      minProperties: 1,
      maxProperties: 1,
      additionalProperties: false,
      description: 'Type of its entries.',
      properties: { decimal: { ...scale, description: 'Digits after the point.' } },
    },
    maximum: { type: 'integer', minimum: 1, description: 'Entries it may have.' },
    content: {
      enum: ['bundle'],
      description: 'The entries are those of lists/NAME.txt or .csv, always; otherwise they are the first ones of the list.',
    },
  },
};

const ensembleInput = {
  type: ['string', 'number', 'boolean', 'object'],
  required: ['value'],
  additionalProperties: false,
  properties: {
    value: { ...expression, description: 'The value of the feature: an expression. Null is missing.' },
    categories: {
      type: ['array', 'object'],
      minItems: 1,
      uniqueItems: true,
      items: { type: 'string' },
      minProperties: 1,
      additionalProperties: { type: 'integer', minimum: 0, maximum: 16777215 },
      description:
        'Numbers of the words that the model was trained with: from 0 in this order, or as given. Other words are missing.',
    },
  },
};

export const ENSEMBLE_SCHEMA = {
  $schema: DIALECT,
  $id: 'urn:verdict:ensemble:1',
  title: 'ensembles/NAME.yaml of a Verdict bundle',
  type: 'object',
  required: ['model', 'inputs'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    description: { type: 'string' },
    model: { type: 'string', pattern: '^models/.', description: 'Path of the trained model: XGBoost, LightGBM or ONNX.' },
    inputs: {
      type: ['array', 'object'],
      items: ensembleInput,
      additionalProperties: ensembleInput,
      description: 'An expression for each feature, in the order of the file, or by name or number.',
    },
    iterations: {
      type: ['string', 'integer'],
      pattern: '^(best|all)$',
      minimum: 1,
      default: 'best',
      description: 'Iterations of boosting that count: the best where the file names it, all, or so many.',
    },
    link: {
      enum: ['identity', 'logistic', 'softmax', 'exp'],
      description: 'What is made of the sums of the trees, instead of what the objective of the file says.',
    },
    classes: {
      type: 'array',
      minItems: 2,
      uniqueItems: true,
      items: { type: 'string', minLength: 1 },
      description: 'Names of the classes, in the order of their numbers.',
    },
    reasons: {
      type: 'object',
      required: ['codes'],
      additionalProperties: false,
      description: 'Reasons of the decision: what contributed most.',
      properties: {
        count: { type: 'integer', minimum: 1, maximum: 16, default: 4, description: 'Reasons at most.' },
        by: {
          enum: ['path', 'leaf'],
          default: 'path',
          description: 'path: what each test on the way changes the mean of its tree by; leaf: all tests on the way share alike.',
        },
        scores: {
          type: 'array',
          minItems: 1,
          maxItems: 16,
          items: { type: 'number', minimum: 0, maximum: 1e9 },
          description:
            'Score that the first, second, ... reason carries: its place among the reasons of rules. It falls, and counts for nothing else. Without it, 0.',
        },
        towards: { enum: ['high', 'low'], default: 'high', description: 'Whether a high or a low sum is adverse.' },
        class: { type: ['string', 'integer'], description: 'The class that is explained, by name or number.' },
        codes: {
          type: 'object',
          minProperties: 1,
          maxProperties: 512,
          additionalProperties: { type: 'string', pattern: REASON },
          description: 'Reason code of each feature that may be a reason; features of one code are added up.',
        },
      },
    },
  },
};

const bound = { type: ['number', 'string'] };

export const PARAMETERS_SCHEMA = {
  $schema: DIALECT,
  $id: 'urn:verdict:parameters:1',
  title: 'parameters/NAME.yaml of a Verdict bundle',
  type: 'object',
  required: ['values'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    description: { type: 'string' },
    values: {
      type: 'object',
      minProperties: 1,
      maxProperties: 256,
      description: 'The parameters of the set, by the name that expressions use: parameters.NAME.VALUE.',
      patternProperties: {
        [NAME]: {
          type: 'object',
          required: ['type', 'default'],
          additionalProperties: false,
          properties: {
            type: {
              type: ['string', 'object'],
              pattern: PARAMETER_TYPE_WORDS,
              minProperties: 1,
              maxProperties: 1,
              additionalProperties: false,
              description: 'Its type.',
              properties: {
                decimal: { ...scale, description: 'Digits after the point.' },
                enum: { type: 'string', minLength: 1, description: 'Path of a field of the model: one of its members.' },
              },
            },
            description: { type: 'string' },
            default: { type: ['boolean', 'number', 'string'], description: 'Holds until another value is set.' },
            minimum: { ...bound, description: 'Least value that may be set.' },
            maximum: { ...bound, description: 'Largest value that may be set.' },
            maxLength: { type: 'integer', minimum: 0, maximum: TEXT_CHARS_MAX, description: 'Characters of a string at most.' },
          },
        },
      },
      additionalProperties: false,
    },
  },
};
