// JSON Schemas of what the server takes and answers, as /openapi.json has them.

import { PROBLEMS } from '../../errors.js';

const HASH = { type: 'string', pattern: '^[0-9a-f]{16}$' };
const NAMED_VERSION = {
  type: 'object',
  required: ['name', 'version'],
  properties: { name: { type: 'string' }, version: HASH },
};
const OBJECTS = { type: 'array', items: { type: 'object' } };

const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });

const DECISION_PROPERTIES = {
  decisionId: { type: 'string', pattern: '^[0-9a-f]{32}$' },
  status: { type: 'string', description: 'OK, or why there is no decision by the rules.' },
  outcome: { type: ['string', 'null'], enum: ['approve', 'review', 'decline', null] },
  score: { type: ['number', 'null'] },
  reasons: { type: 'array', items: ref('Reason'), description: 'Largest score first.' },
  outputs: { type: 'object', description: 'What the bundle declares as outputs; absent where it declares none.' },
  bundle: { type: 'string' },
  version: { type: 'string' },
  image: HASH,
  inputs: {
    type: 'object',
    required: ['now', 'lists'],
    properties: {
      now: { type: ['string', 'null'], format: 'date-time' },
      lists: { type: 'array', items: NAMED_VERSION },
      parameters: { type: 'array', items: NAMED_VERSION },
    },
  },
  errors: { type: 'array', items: ref('FieldError'), description: 'Of a payload in a batch that does not fit.' },
};

const BUNDLE_PROPERTIES = {
  name: { type: 'string' },
  version: { type: 'string' },
  image: HASH,
  model: HASH,
  profile: { type: 'string', enum: ['strict', 'standard'] },
  rules: { type: 'integer' },
  costMax: { type: 'number', description: 'Worst case of one payload, units of about a nanosecond.' },
};

/** By the names that routes use. */
export const API_SCHEMAS: Readonly<Record<string, object>> = {
  Payload: { type: 'object', description: "An object of the bundle's model: GET .../model.schema.json." },
  Payloads: { type: 'array', items: ref('Payload'), maxItems: 4096 },
  Bytes: { type: 'string', format: 'binary' },
  Lines: { type: 'string', description: 'A JSON text a line.' },
  Text: { type: 'string' },
  Reason: {
    type: 'object',
    required: ['code', 'rule', 'score'],
    properties: { code: { type: 'string' }, rule: { type: 'string' }, score: { type: ['number', 'null'] } },
  },
  FieldError: {
    type: 'object',
    required: ['pointer', 'code', 'message'],
    properties: {
      pointer: { type: 'string', description: 'JSON Pointer (RFC 6901).' },
      code: { type: 'string' },
      message: { type: 'string' },
      offset: { type: 'integer', description: 'Bytes before it in the text of the payload.' },
    },
  },
  Decision: {
    type: 'object',
    required: ['status', 'outcome', 'score', 'reasons', 'bundle', 'version', 'image', 'inputs'],
    properties: DECISION_PROPERTIES,
  },
  Decisions: { type: 'array', items: ref('Decision') },
  BundleFiles: {
    type: 'object',
    required: ['files'],
    properties: {
      files: {
        type: 'object',
        description: 'By path: text, a JSON value, or {"$base64": "..."}.',
        additionalProperties: true,
      },
    },
  },
  Published: {
    type: 'object',
    required: ['name', 'version', 'image', 'costMax', 'created', 'dryRun', 'diagnostics'],
    properties: {
      name: { type: 'string' },
      version: { type: 'string' },
      image: HASH,
      costMax: { type: 'number' },
      created: { type: 'boolean', description: 'False where it was live before.' },
      dryRun: { type: 'boolean' },
      diagnostics: OBJECTS,
    },
  },
  Bundle: {
    type: 'object',
    required: Object.keys(BUNDLE_PROPERTIES),
    properties: { ...BUNDLE_PROPERTIES, rules: { type: ['integer', 'array'], description: 'Their number, or the rules.' } },
  },
  Bundles: { type: 'object', required: ['bundles'], properties: { bundles: { type: 'array', items: ref('Bundle') } } },
  List: {
    type: 'object',
    required: ['name', 'version', 'type', 'count'],
    properties: {
      name: { type: 'string' },
      version: HASH,
      type: { type: 'string' },
      count: { type: 'integer' },
      created: { type: 'boolean' },
      bundles: { type: 'array', items: { type: 'string' }, description: 'Live bundles that read it.' },
    },
  },
  Lists: { type: 'object', required: ['lists'], properties: { lists: { type: 'array', items: ref('List') } } },
  Deleted: {
    type: 'object',
    required: ['name', 'deleted'],
    properties: { name: { type: 'string' }, deleted: { const: true } },
  },
  Values: { type: 'object', description: 'Values of parameters by name.', additionalProperties: true },
  Rollback: { type: 'object', properties: { version: HASH }, additionalProperties: false },
  ParametersPut: {
    type: 'object',
    required: ['name', 'version', 'at', 'values', 'created'],
    properties: {
      name: { type: 'string' },
      version: HASH,
      at: { type: 'string', format: 'date-time' },
      values: ref('Values'),
      created: { type: 'boolean' },
    },
  },
  Parameters: { type: 'object', required: ['name'], properties: { name: { type: 'string' } }, additionalProperties: true },
  AllParameters: {
    type: 'object',
    required: ['parameters'],
    properties: { parameters: { type: 'array', items: ref('Parameters') } },
  },
  ParameterVersions: {
    type: 'object',
    required: ['name', 'versions'],
    properties: { name: { type: 'string' }, versions: OBJECTS },
  },
  Health: { type: 'object', required: ['status'], properties: { status: { const: 'ok' } } },
  Ready: {
    type: 'object',
    required: ['status', 'tenants', 'storeProblems'],
    properties: { status: { const: 'ready' }, tenants: { type: 'integer' }, storeProblems: OBJECTS },
  },
  SystemStats: {
    type: 'object',
    description: 'Totals since the start. More fields may appear.',
    required: ['uptimeMillis', 'stopping', 'engine', 'http', 'streams', 'pending', 'stages', 'tenants', 'bundles', 'process'],
    properties: {
      uptimeMillis: { type: 'number' },
      stopping: { type: 'boolean' },
      parts: { type: 'object', required: ['kind', 'ready', 'of'] },
      engine: { type: 'object' },
      http: { type: 'object' },
      streams: { type: 'object' },
      pending: { type: 'integer' },
      stages: {
        type: 'object',
        required: ['unitsPerMicro', 'histograms'],
        properties: { unitsPerMicro: { type: 'integer' }, histograms: OBJECTS },
      },
      tenantCount: { type: 'integer' },
      tenants: OBJECTS,
      bundleCount: { type: 'integer' },
      bundles: OBJECTS,
      process: { type: 'object' },
    },
  },
  OpenApi: { type: 'object', required: ['openapi', 'info', 'paths'] },
  Problem: {
    type: 'object',
    description: 'RFC 9457. The code is stable.',
    required: ['type', 'title', 'status', 'detail', 'code'],
    properties: {
      type: { type: 'string', format: 'uri' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      code: { type: 'string', enum: Object.keys(PROBLEMS) },
      errors: { type: 'array', items: ref('FieldError') },
      diagnostics: OBJECTS,
    },
  },
};
