// /openapi.json: OpenAPI 3.1, made from the table of routes and, for a tenant, from the models of its live bundles.

import { PROBLEMS, type ProblemCode } from '../../errors.js';
import type { LiveImage } from '../../registry/live-image.js';
import { outputsJsonSchema } from '../../schema/output-documents.js';
import { PROBLEM_TYPE } from '../problem-document.js';
import { EXAMPLE_TENANT } from './examples.js';
import type { Content, Contents, HeaderName, Route } from './route.js';
import { API_SCHEMAS } from './schemas.js';

export type Json = { [key: string]: unknown };

/** What any request may be answered with. */
const COMMON_PROBLEMS: readonly ProblemCode[] = ['INVALID_NAME', 'INVALID_REQUEST', 'TENANT_NOT_FOUND', 'INTERNAL'];
const SECURED_PROBLEMS: readonly ProblemCode[] = ['UNAUTHENTICATED', 'FORBIDDEN'];

const HEADERS: Readonly<Record<HeaderName, { description: string; schema: object }>> = {
  'Verdict-Model': {
    description: 'Hash of the model that a FlatBuffers payload was written with.',
    schema: { type: 'string', pattern: '^[0-9a-f]{16}$' },
  },
  'Verdict-Deadline': {
    description: 'Milliseconds from the arrival of the request for which its answer is of use.',
    schema: { type: 'integer', minimum: 1, maximum: 3_600_000 },
  },
  'Idempotency-Key': {
    description: 'A text in quotes: the same request with the same key gets the same answer.',
    schema: { type: 'string', minLength: 1, maxLength: 257 },
  },
};

/** The document for all tenants, or with a path for each live bundle of one. */
export function openApiDocument(routes: readonly Route[], version: string, tenant?: string, live: readonly LiveImage[] = []): Json {
  const paths: Record<string, Json> = {};
  const schemas: Json = { ...API_SCHEMAS };
  const add = (route: Route, path: string, suffix: string, own?: OwnSchemas): void => {
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, path, suffix, own) };
  };
  for (const route of routes) {
    const path = route.pattern.replace(/:(\w+)/g, (_, name: string) =>
      tenant !== undefined && name === 'tenant' ? tenant : `{${name}}`,
    );
    if (live.length === 0 || route.access !== 'decide') add(route, path, '');
    else
      for (const image of live)
        add(route, path.replace('{name}', image.name), `_${image.name.replaceAll('-', '_')}`, ownSchemas(image));
  }
  for (const image of live) {
    schemas[payloadName(image.name)] = inlined(image.manifest.modelSchema as Json, payloadName(image.name));
    schemas[`${payloadName(image.name)}s`] = { type: 'array', items: ref(payloadName(image.name)), maxItems: 4096 };
    const { outputs } = image.head;
    if (outputs === undefined) continue;
    const { $schema: _, ...shape } = outputsJsonSchema({ name: image.name, version: image.version, outputs });
    const decision = decisionName(image.name);
    schemas[decision] = { allOf: [ref('Decision'), { type: 'object', properties: { outputs: shape } }] };
    schemas[`${decision}s`] = { type: 'array', items: ref(decision) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: tenant === undefined ? 'Verdict' : `Verdict for ${tenant}`,
      version,
      description: 'Decisions by published rules. Every error is a problem document with a stable code.',
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas,
      responses: { Problem: { description: 'A problem (RFC 9457).', content: { [PROBLEM_TYPE]: { schema: ref('Problem') } } } },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'VERDICT-HMAC-SHA256 and its parts: docs/SECURITY.md.',
        },
      },
    },
  };
}

/** `card-check` -> `Payload_card-check`. */
function payloadName(bundle: string): string {
  return `Payload_${bundle}`;
}

/** Of a bundle with outputs. */
function decisionName(bundle: string): string {
  return `Decision_${bundle}`;
}

/** What schemas of a bundle's own stand in the place of the general ones, by their names. */
type OwnSchemas = Readonly<Record<string, string>>;

function ownSchemas({ name, head }: LiveImage): OwnSchemas {
  const payload = payloadName(name);
  const decision = decisionName(name);
  const decisions = head.outputs === undefined ? {} : { Decision: decision, Decisions: `${decision}s` };
  return { Payload: payload, Payloads: `${payload}s`, ...decisions };
}

function ref(schema: string): object {
  return { $ref: `#/components/schemas/${schema}` };
}

/** A model's schema as a component: what it refers to inside of itself lies deeper in the document. */
function inlined(schema: Json, name: string): Json {
  const { $schema: _, ...rest } = schema;
  return JSON.parse(JSON.stringify(rest).replaceAll('"$ref":"#/', `"$ref":"#/components/schemas/${name}/`)) as Json;
}

function operation(route: Route, path: string, suffix: string, own: OwnSchemas | undefined): Json {
  const secured = route.access === 'open' ? {} : { security: [{ bearer: [] }, { signature: [] }, {}] };
  const { request } = route;
  return {
    operationId: `${route.id}${suffix}`,
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...secured,
    parameters: parameters(route, path),
    ...(request === undefined ? {} : { requestBody: { required: true, content: contents(request, own) } }),
    responses: responses(route, own),
    'x-verdict-access': route.access,
  };
}

function parameters(route: Route, path: string): Json[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    example: name === 'tenant' ? EXAMPLE_TENANT : route.exampleName,
  }));
  const inQuery = (route.query ?? []).map(({ name, description, schema, example }) => ({
    name,
    in: 'query',
    description,
    schema,
    ...(example === undefined ? {} : { example }),
  }));
  const inHeader = (route.headers ?? []).map((name) => ({ name, in: 'header', ...HEADERS[name] }));
  return [...inPath, ...inQuery, ...inHeader];
}

function contents(of: Contents, own?: OwnSchemas): Json {
  return Object.fromEntries(
    Object.entries(of).map(([type, { schema, example }]: [string, Content]) => [
      type,
      {
        schema: typeof schema === 'string' ? ref(own?.[schema] ?? schema) : schema,
        ...(example === undefined || own !== undefined ? {} : { example }),
      },
    ]),
  );
}

function responses(route: Route, own: OwnSchemas | undefined): Json {
  const answers: [string, object][] = Object.entries(route.answers).map(([status, { description, content }]) => [
    status,
    { description, content: contents(content, own) },
  ]);
  const byStatus = new Map<number, string[]>();
  for (const code of [...COMMON_PROBLEMS, ...(route.access === 'open' ? [] : SECURED_PROBLEMS), ...route.problems]) {
    const { status, title } = PROBLEMS[code];
    const known = byStatus.get(status) ?? [];
    const line = `${code}: ${title}.`;
    if (!known.includes(line)) byStatus.set(status, [...known, line]);
  }
  const problems: [string, object][] = [...byStatus].map(([status, lines]) => [
    String(status),
    { description: lines.join(' '), content: { [PROBLEM_TYPE]: { schema: ref('Problem') } } },
  ]);
  return { ...Object.fromEntries([...answers, ...problems]), default: { $ref: '#/components/responses/Problem' } };
}
