// The table of routes. The router is made from it, and so are /openapi.json and /docs: what is not here is answered by nobody.

import type { ProblemCode } from '../../errors.js';
import { listBundles, MODEL_FILES, publish, showBundle, showModel } from '../bundle-route.js';
import { showDashboard, showStats } from '../dashboard/routes.js';
import { decideBatch, decideOne } from '../decision-route.js';
import { deleteList, putList, showList, showLists } from '../list-route.js';
import { FLATBUFFERS_TYPE, JSON_TYPE, NDJSON_TYPE } from '../media-type.js';
import {
  patchParameters,
  putParameters,
  rollbackParameters,
  showAllParameters,
  showParameters,
  showParameterVersions,
} from '../parameter-route.js';
import { showDocs, showHealth, showMetrics, showOpenApi, showReady, showTenantOpenApi } from '../system-route.js';
import * as examples from './examples.js';
import type { Contents, Handler, Route, RouteAnswer } from './route.js';

const LIST_PATTERN = '/v1/:tenant/lists/:name';
const PARAMETERS_PATTERN = '/v1/:tenant/parameters/:name';

const json = (schema: string, example?: unknown): Contents => ({
  [JSON_TYPE]: example === undefined ? { schema } : { schema, example },
});
const answer = (description: string, content: Contents): RouteAnswer => ({ description, content });

const PUT_PROBLEMS: readonly ProblemCode[] = ['UNSUPPORTED_MEDIA_TYPE', 'BODY_TOO_LARGE', 'LENGTH_REQUIRED', 'OUT_OF_MEMORY'];
const DECIDE_PROBLEMS: readonly ProblemCode[] = [
  ...(['INVALID_JSON', 'INVALID_PAYLOAD', 'MODEL_MISSING', 'MODEL_MISMATCH', 'INVALID_HEADER', 'BUNDLE_NOT_FOUND'] as const),
  ...(['IDEMPOTENCY_KEY_IN_USE', 'IDEMPOTENCY_KEY_REUSED', 'NOT_ACCEPTABLE', 'UNSUPPORTED_MEDIA_TYPE'] as const),
  ...(['BODY_TOO_LARGE', 'LENGTH_REQUIRED', 'BUSY', 'DEADLINE_EXCEEDED'] as const),
];
const PARAMETER_PROBLEMS: readonly ProblemCode[] = ['INVALID_PARAMETERS', 'PARAMETERS_NOT_FOUND', 'INVALID_JSON', ...PUT_PROBLEMS];

const DECISIONS: readonly Route[] = [
  {
    method: 'POST',
    pattern: '/v1/:tenant/decisions/:name',
    handler: decideOne,
    access: 'decide',
    id: 'decide',
    summary: 'Decide one payload',
    description: 'The answer is in the form that Accept likes best, else in that of the request.',
    headers: ['Verdict-Model', 'Verdict-Deadline', 'Idempotency-Key'],
    request: {
      [JSON_TYPE]: { schema: 'Payload', example: examples.LARGE_ABROAD },
      [FLATBUFFERS_TYPE]: { schema: 'Bytes' },
    },
    answers: {
      200: answer('The decision.', {
        [JSON_TYPE]: { schema: 'Decision', example: examples.DECIDED_LARGE },
        [FLATBUFFERS_TYPE]: { schema: 'Bytes' },
      }),
    },
    problems: DECIDE_PROBLEMS,
    exampleName: examples.EXAMPLE_BUNDLE,
  },
  {
    method: 'POST',
    pattern: '/v1/:tenant/decisions/:name/batch',
    handler: decideBatch,
    access: 'decide',
    id: 'decideBatch',
    summary: 'Decide up to 4,096 payloads',
    description: 'Decisions come in order. A payload that does not fit has one of its own, with its errors, and hinders no other.',
    headers: ['Verdict-Deadline', 'Idempotency-Key'],
    request: {
      [JSON_TYPE]: { schema: 'Payloads', example: [examples.LARGE_ABROAD, examples.SMALL] },
      [NDJSON_TYPE]: {
        schema: 'Lines',
        example: `${JSON.stringify(examples.LARGE_ABROAD)}\n${JSON.stringify(examples.SMALL)}\n`,
      },
      [FLATBUFFERS_TYPE]: { schema: 'Bytes' },
    },
    answers: {
      200: answer('The decisions.', {
        [JSON_TYPE]: { schema: 'Decisions', example: [examples.DECIDED_LARGE, examples.DECIDED_SMALL] },
        [NDJSON_TYPE]: { schema: 'Lines' },
        [FLATBUFFERS_TYPE]: { schema: 'Bytes' },
      }),
    },
    problems: [...DECIDE_PROBLEMS, 'INVALID_FRAME', 'BATCH_TOO_LARGE'],
    exampleName: examples.EXAMPLE_BUNDLE,
  },
];

const MODEL_IDS: Readonly<Record<string, string>> = {
  'model.fbs': 'getModelFbs',
  'model.ts': 'getModelTs',
  'model.schema.json': 'getModelSchema',
  'outputs.fbs': 'getOutputsFbs',
  'outputs.ts': 'getOutputsTs',
  'outputs.schema.json': 'getOutputsSchema',
};

const model = (file: string): Route => ({
  method: 'GET',
  pattern: `/v1/:tenant/bundles/:name/${file}`,
  handler: showModel(file),
  access: 'tenant',
  id: MODEL_IDS[file]!,
  summary: file.startsWith('model') ? `What callers write payloads with: ${file}` : `What callers read outputs with: ${file}`,
  answers: {
    200: answer('The header Verdict-Model names the hash of the model.', { [MODEL_FILES[file]!.type]: { schema: 'Text' } }),
  },
  problems: ['BUNDLE_NOT_FOUND'],
  exampleName: examples.EXAMPLE_BUNDLE,
});

const BUNDLES: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/v1/:tenant/bundles',
    handler: listBundles,
    access: 'tenant',
    id: 'listBundles',
    summary: 'Live bundles of the tenant',
    answers: { 200: answer('By name.', json('Bundles')) },
    problems: [],
  },
  {
    method: 'PUT',
    pattern: '/v1/:tenant/bundles/:name',
    handler: publish,
    access: 'admin',
    id: 'publish',
    summary: 'Publish a bundle',
    description: 'Answered once it is durable and live. The first one makes the tenant.',
    query: [{ name: 'dryRun', description: 'Check it only.', schema: { type: 'boolean' } }],
    request: {
      [JSON_TYPE]: { schema: 'BundleFiles', example: { files: examples.EXAMPLE_FILES } },
      'application/gzip': { schema: 'Bytes' },
    },
    answers: {
      201: answer('It is live.', json('Published')),
      200: answer('It was live before, or it was a dry run.', json('Published')),
    },
    problems: ['INVALID_BUNDLE', 'INVALID_ARCHIVE', 'INVALID_JSON', 'VERSION_EXISTS', 'LIST_MISSING', ...PUT_PROBLEMS],
    exampleName: examples.EXAMPLE_BUNDLE,
  },
  {
    method: 'GET',
    pattern: '/v1/:tenant/bundles/:name',
    handler: showBundle,
    access: 'tenant',
    id: 'getBundle',
    summary: 'A live bundle and its rules',
    answers: { 200: answer('The bundle.', json('Bundle')) },
    problems: ['BUNDLE_NOT_FOUND'],
    exampleName: examples.EXAMPLE_BUNDLE,
  },
  ...Object.keys(MODEL_FILES).map(model),
];

const LISTS: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/v1/:tenant/lists',
    handler: showLists,
    access: 'tenant',
    id: 'listLists',
    summary: 'Lists of the tenant',
    answers: { 200: answer('By name.', json('Lists')) },
    problems: [],
  },
  {
    method: 'PUT',
    pattern: LIST_PATTERN,
    handler: putList,
    access: 'admin',
    id: 'putList',
    summary: 'Replace a list',
    description: 'Answered once the version is durable and in use by every bundle that reads it.',
    query: [{ name: 'type', description: 'Of its entries, where no bundle says.', schema: { type: 'string' }, example: 'string' }],
    request: {
      'text/plain': { schema: 'Text', example: 'mallory@example.com\neve@example.com\n' },
      'text/csv': { schema: 'Text' },
      'application/octet-stream': { schema: 'Bytes' },
    },
    answers: {
      201: answer('The version is in use.', json('List')),
      200: answer('It was current before.', json('List')),
    },
    problems: ['INVALID_LIST', 'LIST_MISMATCH', ...PUT_PROBLEMS],
    exampleName: examples.EXAMPLE_LIST,
  },
  {
    method: 'GET',
    pattern: LIST_PATTERN,
    handler: showList,
    access: 'tenant',
    id: 'getList',
    summary: 'The current version of a list, and who reads it',
    answers: { 200: answer('The list.', json('List')) },
    problems: ['LIST_NOT_FOUND'],
    exampleName: examples.EXAMPLE_LIST,
  },
  {
    method: 'DELETE',
    pattern: LIST_PATTERN,
    handler: deleteList,
    access: 'admin',
    id: 'deleteList',
    summary: 'Delete a list that no live bundle reads',
    answers: { 200: answer('It is gone.', json('Deleted')) },
    problems: ['LIST_NOT_FOUND', 'LIST_IN_USE'],
    exampleName: examples.EXAMPLE_LIST,
  },
];

const change = (method: 'PUT' | 'PATCH', handler: Handler, id: string, summary: string, example: object): Route => ({
  method,
  pattern: PARAMETERS_PATTERN,
  handler,
  access: 'admin',
  id,
  summary,
  request:
    method === 'PUT'
      ? json('Values', example)
      : { ...json('Values', example), 'application/merge-patch+json': { schema: 'Values' } },
  answers: {
    201: answer('The version holds.', json('ParametersPut')),
    200: answer('It held before.', json('ParametersPut')),
  },
  problems: PARAMETER_PROBLEMS,
  exampleName: examples.EXAMPLE_PARAMETERS,
});

const PARAMETERS: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/v1/:tenant/parameters',
    handler: showAllParameters,
    access: 'tenant',
    id: 'listParameters',
    summary: 'Sets of parameters',
    answers: { 200: answer('By name.', json('AllParameters')) },
    problems: [],
  },
  change('PUT', putParameters, 'putParameters', 'Set all values of a set; those left out have their defaults', { large: 800 }),
  change('PATCH', patchParameters, 'patchParameters', 'Set some values; null takes one back to its default', { large: 900 }),
  {
    method: 'GET',
    pattern: PARAMETERS_PATTERN,
    handler: showParameters,
    access: 'tenant',
    id: 'getParameters',
    summary: 'What is set, and what holds',
    answers: { 200: answer('The set.', json('Parameters')) },
    problems: ['PARAMETERS_NOT_FOUND'],
    exampleName: examples.EXAMPLE_PARAMETERS,
  },
  {
    method: 'GET',
    pattern: `${PARAMETERS_PATTERN}/versions`,
    handler: showParameterVersions,
    access: 'tenant',
    id: 'listParameterVersions',
    summary: 'What has been current',
    answers: { 200: answer('The last one holds.', json('ParameterVersions')) },
    problems: ['PARAMETERS_NOT_FOUND'],
    exampleName: examples.EXAMPLE_PARAMETERS,
  },
  {
    method: 'POST',
    pattern: `${PARAMETERS_PATTERN}/rollback`,
    handler: rollbackParameters,
    access: 'admin',
    id: 'rollbackParameters',
    summary: 'Take a set back to an earlier version',
    headers: ['Idempotency-Key'],
    request: json('Rollback', {}),
    answers: {
      201: answer('The version holds.', json('ParametersPut')),
      200: answer('It held before.', json('ParametersPut')),
    },
    problems: [...PARAMETER_PROBLEMS, 'INVALID_HEADER', 'IDEMPOTENCY_KEY_IN_USE', 'IDEMPOTENCY_KEY_REUSED'],
    exampleName: examples.EXAMPLE_PARAMETERS,
  },
];

const open = (pattern: string, handler: Handler, id: string, summary: string, content: Contents): Route => ({
  method: 'GET',
  pattern,
  handler,
  access: 'open',
  id,
  summary,
  answers: { 200: answer(summary, content) },
  problems: [],
});

const SYSTEM: readonly Route[] = [
  open('/healthz', showHealth, 'health', 'The process runs', json('Health')),
  { ...open('/readyz', showReady, 'ready', 'Requests are welcome', json('Ready')), problems: ['STOPPING'] },
  {
    ...open('/metrics', showMetrics, 'metrics', "Metrics in Prometheus' text format", {
      'text/plain; version=0.0.4; charset=utf-8': { schema: 'Text' },
    }),
    access: 'metrics',
  },
  {
    ...open(
      '/v1/system/stats',
      showStats,
      'systemStats',
      'Totals since the start, as the dashboard draws them',
      json('SystemStats'),
    ),
    access: 'metrics',
  },
  {
    ...open('/', showDashboard, 'dashboard', 'What the server does now, as a page', {
      'text/html; charset=utf-8': { schema: 'Text' },
    }),
    isInternal: true,
  },
  open('/openapi.json', showOpenApi, 'openApi', 'This document', json('OpenApi')),
  open('/docs', showDocs, 'docs', 'The same as a page', { 'text/html; charset=utf-8': { schema: 'Text' } }),
  {
    ...open('/v1/:tenant/openapi.json', showTenantOpenApi, 'tenantOpenApi', "This document with the tenant's bundles and models", {
      ...json('OpenApi'),
    }),
    access: 'tenant',
  },
];

/** In the order in which /openapi.json shows them. GET routes answer HEAD too. */
export const ROUTES: readonly Route[] = [...DECISIONS, ...BUNDLES, ...LISTS, ...PARAMETERS, ...SYSTEM];
