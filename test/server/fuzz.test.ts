import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Server } from '#src/server/server.js';
import { RawConnection, rawRequest } from '../lib/raw-http.js';
import { BUNDLE, bundleJson, startTestServer, TENANT } from '../lib/server.js';

let server: Server;
beforeAll(async () => {
  server = await startTestServer({ bodyBytesMax: 65536 });
});
afterAll(() => server.stop());

const body = '{"amount":1,"country":"DE"}';
const SOURCES = [
  rawRequest(`POST /v1/${TENANT}/decisions/${BUNDLE}`, { 'Content-Type': 'application/json', 'Content-Length': body.length }, body),
  rawRequest(
    `POST /v1/${TENANT}/decisions/${BUNDLE}/batch`,
    { 'Content-Type': 'application/json', 'Content-Length': body.length + 2 },
    `[${body}]`,
  ),
  rawRequest(`GET /v1/${TENANT}/bundles/${BUNDLE}/model.fbs`, {}),
  rawRequest(`GET /v1/${TENANT}/stream`, {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': 'verdict.v1',
  }),
  rawRequest(
    `PUT /v1/${TENANT}/bundles/${BUNDLE}?dryRun`,
    { 'Content-Type': 'application/json', 'Content-Length': bundleJson().length },
    bundleJson(),
  ),
];

/** A request with a few bytes changed, put in or taken out. */
const mutated = fc
  .tuple(
    fc.constantFrom(...SOURCES),
    fc.array(fc.tuple(fc.nat(100_000), fc.nat(255), fc.constantFrom('change', 'insert', 'remove')), { minLength: 1, maxLength: 4 }),
  )
  .map(([source, edits]) => {
    const bytes = [...source];
    for (const [at, value, edit] of edits) {
      const place = at % Math.max(1, bytes.length);
      if (edit === 'change') bytes[place] = value;
      else bytes.splice(place, edit === 'remove' ? 1 : 0, ...(edit === 'insert' ? [value] : []));
    }
    return Uint8Array.from(bytes);
  });

it('answers its neighbours whatever a connection sends, and never with a bug', async () => {
  const seed = Date.now() & 0x7fffffff;
  console.log(`seed ${seed}`);
  const neighbour = new RawConnection(server.port);
  let asked = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(mutated, { minLength: 1, maxLength: 8 }), async (requests) => {
      const connections = requests.map((bytes) => new RawConnection(server.port).write(bytes));
      neighbour.write(SOURCES[0] as Buffer);
      asked++;
      expect((await neighbour.answers(asked))[asked - 1]?.status).toBe(200);
      for (const connection of connections) connection.end();
    }),
    { seed, numRuns: 300 },
  );
  neighbour.end();
  // What was cut off in the middle leaves nothing behind: the one pending request is the scrape itself.
  let metrics = '';
  while (!/^verdict_requests_pending 1$/m.test(metrics) || server.engine.stats().tenants.some(({ slots }) => slots > 0)) {
    metrics = await (await fetch(`${server.url}/metrics`)).text();
  }
  expect(metrics).not.toContain('status="500"');
});
