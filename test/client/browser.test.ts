// The client in Chromium, as a page without a bundler loads it: the package's files, and an import map for flatbuffers.

import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { PayloadEncoder } from '#src/schema/encode.js';
import { CHROMIUM, showPage } from '../lib/chromium.js';
import { BUNDLE, startTestServer, TENANT } from '../lib/server.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Where the page's addresses lead. */
const FOLDERS: Readonly<Record<string, string>> = {
  dist: join(ROOT, 'dist'),
  flatbuffers: join(ROOT, 'node_modules/flatbuffers/mjs'),
};

const page = (url: string, payload: Uint8Array): string => `<!doctype html>
<script type="importmap">{ "imports": { "flatbuffers": "/flatbuffers/flatbuffers.js" } }</script>
<script type="module">
  const say = (said) => fetch('/said', { method: 'POST', body: JSON.stringify(said) });
  try {
    const { connect } = await import('/dist/src/client/index.js');
    const client = await connect({ url: '${url}', tenant: '${TENANT}', name: 'page' });
    const bytes = Uint8Array.from(${JSON.stringify([...payload])});
    const decisions = await Promise.all(Array.from({ length: 100 }, () => client.decide('${BUNDLE}', bytes)));
    const fromJson = await client.decide('${BUNDLE}', { amount: 1, country: 'DE' });
    const controller = new AbortController();
    controller.abort();
    const aborted = await client.decide('${BUNDLE}', bytes, { signal: controller.signal }).catch((error) => error.name);
    const refused = await client.decide('none', bytes).catch((error) => error.code);
    const { sent, answered, connections } = client.stats;
    await client.close();
    const scores = [...new Set(decisions.map(({ score }) => score))];
    await say({ scores, outcome: fromJson.outcome, aborted, refused, sent, answered, connections });
  } catch (error) {
    await say({ error: String(error) });
  }
</script>`;

test('Chromium decides by the client', { timeout: 300_000 }, async ({ skip }) => {
  if (CHROMIUM === undefined) skip('Chromium is not installed');
  let heard: (text: string) => void = () => undefined;
  const said = new Promise<string>((resolve) => {
    heard = resolve;
  });
  const web = createServer((request, response) => {
    const [, folder = '', ...rest] = new URL(request.url ?? '/', 'http://localhost').pathname.split('/');
    if (request.method === 'POST') {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      request.on('end', () => {
        response.end();
        heard(body);
      });
      return;
    }
    const file = join(FOLDERS[folder] ?? '/none', ...rest);
    if (folder === '') response.writeHead(200, { 'content-type': 'text/html' }).end(page(server.url, payload));
    else if (!existsSync(file)) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(file));
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  const server = await startTestServer({ allowedOrigins: [origin] });
  const { model } = server.engine.live(TENANT, BUNDLE)!;
  const payload = new PayloadEncoder(model).encode({ amount: 1500, country: 'US' }).slice();
  try {
    expect(JSON.parse(await showPage(`${origin}/`, said))).toEqual({
      ...{ scores: [90], outcome: 'approve', aborted: 'AbortError', refused: 'BUNDLE_NOT_FOUND' },
      ...{ sent: 101, answered: 101, connections: 1 },
    });
  } finally {
    web.closeAllConnections();
    web.close();
    await server.stop();
  }
});
