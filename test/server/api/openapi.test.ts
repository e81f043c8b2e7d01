// /openapi.json against the rules of OpenAPI 3.1, and against the server: every route, every declared media type and every example.

import { validate } from '@readme/openapi-parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE_BUNDLE, EXAMPLE_TENANT } from '#src/server/api/examples.js';
import type { Route } from '#src/server/api/route.js';
import { ROUTES } from '#src/server/api/routes.js';
import { type Server, startServer } from '#src/server/server.js';
import { CHROMIUM, dumpPage } from '../../lib/chromium.js';

interface Operation {
  operationId: string;
  parameters: { name: string; in: string; example?: string }[];
  requestBody?: { content: Record<string, { example?: unknown }> };
  responses: Record<string, { content?: Record<string, { schema: object; example?: unknown }> }>;
}
interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { properties?: object }> };
}

let server: Server;
beforeAll(async () => {
  server = await startServer({ port: 0, profileMax: 'standard' });
});
afterAll(() => server.stop());

const document = async (path = '/openapi.json'): Promise<OpenApi> => (await (await fetch(server.url + path)).json()) as OpenApi;

/** An operation of the document, with its path as the examples fill it. */
function operationOf({ paths }: OpenApi, { id }: Route): { path: string; operation: Operation } {
  for (const [pattern, methods] of Object.entries(paths)) {
    for (const operation of Object.values(methods)) {
      if (operation.operationId !== id) continue;
      const value = (name: string): string => operation.parameters.find((each) => each.name === name)!.example!;
      const query = operation.parameters.filter((each) => each.in === 'query' && each.example !== undefined);
      const path = pattern.replace(/\{(\w+)\}/g, (_, name: string) => value(name));
      return {
        path: `${path}${query.length === 0 ? '' : `?${query.map((each) => `${each.name}=${each.example}`).join('&')}`}`,
        operation,
      };
    }
  }
  throw new Error(`there is no operation ${id}`);
}

/** The order in which the examples are one story. */
const STORY = [
  ...['publish', 'putList', 'putParameters', 'patchParameters', 'rollbackParameters', 'decide', 'decideBatch'],
  ...ROUTES.filter(({ method }) => method === 'GET').map(({ id }) => id),
  'deleteList',
];

describe('/openapi.json', () => {
  it('is valid', async () => {
    expect(await validate((await document()) as never)).toMatchObject({ valid: true, warnings: [] });
  });

  it('has every route, and no other', async () => {
    const { paths } = await document();
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(documented.sort()).toEqual(ROUTES.map(({ method, pattern }) => `${method} ${pattern}`).sort());
    expect([...STORY].sort()).toEqual(ROUTES.map(({ id }) => id).sort());
  });

  it('has examples that the server takes, and answers as it says', { timeout: 60_000 }, async () => {
    const api = await document();
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'api', ...api });
    let examples = 0;
    for (const id of STORY) {
      const route = ROUTES.find((each) => each.id === id)!;
      const { path, operation } = operationOf(api, route);
      const bodies = Object.entries(operation.requestBody?.content ?? { '': {} }).filter(
        ([type, { example }]) => type === '' || example !== undefined,
      );
      expect(bodies.length, id).toBeGreaterThan(0);
      for (const [type, { example }] of bodies) {
        const body = example === undefined ? undefined : typeof example === 'string' ? example : JSON.stringify(example);
        const response = await fetch(server.url + path, {
          method: route.method,
          ...(body === undefined ? {} : { body, headers: { 'content-type': type } }),
        });
        const text = await response.text();
        expect(Object.keys(route.answers), `${id}: ${text}`).toContain(String(response.status));
        const answered = response.headers.get('content-type')!;
        const content = operation.responses[response.status]!.content![answered];
        expect(content, `${id} answers ${answered}`).toBeDefined();
        if (answered !== 'application/json') continue;
        const value = JSON.parse(text) as object;
        const pointer = ['paths', route.pattern.replace(/:(\w+)/g, '{$1}'), route.method.toLowerCase(), 'responses']
          .concat(String(response.status), 'content', answered, 'schema')
          .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
          .join('/');
        const check = ajv.compile({ $ref: `api#/${pointer}` });
        expect(check(value), `${id}: ${JSON.stringify(check.errors)}`).toBe(true);
        if (type === 'application/json' && content!.example !== undefined) {
          examples++;
          expect(value).toMatchObject(content!.example as object);
        }
      }
    }
    expect(examples).toBe(2);
  });

  it.each(ROUTES.filter(({ request }) => request !== undefined))(
    '$id takes the media types that it says, and no other',
    async (route) => {
      const { path } = operationOf(await document(), route);
      const status = async (type: string): Promise<number> =>
        (await fetch(server.url + path, { method: route.method, body: 'x', headers: { 'content-type': type } })).status;
      for (const type of Object.keys(route.request!)) expect(await status(type), type).not.toBe(415);
      expect(await status('application/x-nothing')).toBe(415);
    },
  );

  it.each(ROUTES)('$method $pattern is answered with problems that it says', async (route) => {
    const api = await document();
    const { path, operation } = operationOf(api, route);
    const wrong = path.replace(EXAMPLE_TENANT, 'NOBODY');
    const response = await fetch(server.url + (route.access === 'open' ? path : wrong), {
      method: route.method,
      ...(route.request === undefined ? {} : { body: '{', headers: { 'content-type': Object.keys(route.request)[0]! } }),
    });
    await response.arrayBuffer();
    expect(Object.keys(operation.responses)).toContain(String(response.status));
  });
});

describe('/v1/{tenant}/openapi.json', () => {
  it('is valid, and has the model of each live bundle', async () => {
    const api = await document(`/v1/${EXAMPLE_TENANT}/openapi.json`);
    expect(await validate(structuredClone(api) as never)).toMatchObject({ valid: true });
    expect(Object.keys(api.paths)).toContain(`/v1/${EXAMPLE_TENANT}/decisions/${EXAMPLE_BUNDLE}/batch`);
    expect(api.components.schemas[`Payload_${EXAMPLE_BUNDLE}`]!.properties).toHaveProperty('amount');
  });

  it('is there for tenants that are', async () => {
    expect((await fetch(`${server.url}/v1/nobody/openapi.json`)).status).toBe(404);
  });
});

describe('/docs', () => {
  it('may run and load nothing', async () => {
    const response = await fetch(`${server.url}/docs`);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await response.text()).not.toMatch(/<(script|link|img|iframe)|url\(|@import|https?:\/\//);
  });

  it('shows every operation in Chromium', { timeout: 120_000 }, async ({ skip }) => {
    if (CHROMIUM === undefined) skip('Chromium is not installed');
    const dom = await dumpPage(`${server.url}/docs`);
    for (const { id } of ROUTES) expect(dom).toContain(`<section id="${id}">`);
    expect(dom.match(/<section id=/g)!.length).toBe(ROUTES.length);
  });
});
