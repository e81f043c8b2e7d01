// What the log of a server says of requests, and that no secret is among it.

import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Server } from '#src/server/server.js';
import { BUNDLE, bundleJson, startTestServer, TENANT } from '../lib/server.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

let server: Server;
let lines: Record<string, unknown>[] = [];
beforeAll(async () => {
  const note = (level: string) => (fields: object, msg: string) => void lines.push({ level, msg, ...fields });
  server = await startTestServer({ log: { info: note('info'), warn: note('warn'), error: note('error') } });
});
afterAll(() => server.stop());

/** The lines that a request leaves. */
async function said(method: string, path: string, body: string | null, headers: Record<string, string> = {}): Promise<object[]> {
  lines = [];
  await (
    await fetch(server.url + path, {
      method,
      body,
      headers: { 'content-type': 'application/json', authorization: 'Bearer secret', ...headers },
    })
  ).text();
  expect(JSON.stringify(lines)).not.toContain('secret');
  return lines;
}

const BUNDLE_PATH = `/v1/${TENANT}/bundles/${BUNDLE}`;
const ROUTE = 'PUT /v1/:tenant/bundles/:name';
const traced = { traceparent: `00-${TRACE}-${PARENT}-01` };
const files = bundleJson({ 'bundle.yaml': bundleYaml('2.0.0') });

function bundleYaml(version: string): string {
  const { files: documents } = JSON.parse(bundleJson()) as { files: Record<string, string> };
  return (documents['bundle.yaml'] as string).replace('1.0.0', version);
}

it.each([
  [
    'what is published, with its trace',
    () => said('PUT', BUNDLE_PATH, files, traced),
    [
      {
        ...{ level: 'info', msg: 'published', route: ROUTE, tenant: TENANT, name: BUNDLE, version: '2.0.0' },
        ...{ traceId: TRACE, parentId: PARENT, spanId: expect.stringMatching(/^[0-9a-f]{16}$/), image: expect.any(String) },
      },
    ],
  ],
  [
    'what is refused of an administrator',
    () => said('PUT', BUNDLE_PATH, '{"files": {"secret": "secret"}}'),
    [
      {
        level: 'warn',
        msg: 'a request was refused',
        code: 'INVALID_BUNDLE',
        status: 422,
        route: ROUTE,
        tenant: TENANT,
        name: BUNDLE,
      },
    ],
  ],
  [
    'nothing of decisions',
    () => said('POST', `/v1/${TENANT}/decisions/${BUNDLE}`, '{"amount": 1, "country": "secret"}', traced),
    [],
  ],
  ['nothing of what callers of decisions got wrong', () => said('POST', `/v1/${TENANT}/decisions/${BUNDLE}`, '{"secret": 1}'), []],
  ['nothing of what nobody has', () => said('GET', '/secret', null), []],
])('the log says %s', async (_, ask, expected) => {
  expect(await ask()).toEqual(expected);
});

it('the log says how the server itself failed, which the caller is not told', async () => {
  const { engine } = server;
  const broken = (): never => {
    throw new TypeError('the inside');
  };
  const bundles = engine.bundles.bind(engine);
  engine.bundles = broken;
  try {
    expect(await said('GET', `/v1/${TENANT}/bundles`, null, traced)).toMatchObject([
      { level: 'error', msg: 'a request failed', route: 'GET /v1/:tenant/bundles', traceId: TRACE, err: { message: 'the inside' } },
    ]);
    expect(await (await fetch(`${server.url}/v1/${TENANT}/bundles`)).text()).not.toContain('inside');
  } finally {
    engine.bundles = bundles;
  }
});
