// Servers with several listeners: whatever one thread is told, all decide with; what they have in common they count once.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signRequest } from '#src/server/auth/signature.js';
import { spanOf } from '#src/server/dashboard/span-of.js';
import type { SystemStats } from '#src/server/dashboard/stats.js';
import { type Server, startServer } from '#src/server/server.js';
import { type KeptAnswer, KeptConnection, reachAll } from '../../lib/keep-alive.js';
import { listBundle, LIST_TENANT as TENANT } from '../../lib/list-bundle.js';
import { StreamClient } from '../../lib/stream-client.js';

const LISTENERS = 3;
const ONE = `/v1/${TENANT}/decisions/mails`;
const BOTH = {
  'rules/all.yaml': `- { id: blocked, when: lists.blocked.includes(email), then: { score: 10, reason: BLOCKED } }
- { id: large, when: amount !== null && amount > parameters.limits.above, then: { score: 1, reason: LARGE } }
`,
  'parameters/limits.yaml': 'values:\n  above: { type: { decimal: 2 }, minimum: 0, maximum: 1000000, default: 500 }\n',
};

/** The body of PUT bundles. */
function bundleBody(version: string, files: Record<string, string> = {}): string {
  const texts = [...listBundle({ version, files: { ...BOTH, ...files } })].map(([path, bytes]) => [
    path,
    Buffer.from(bytes).toString(),
  ]);
  return JSON.stringify({ files: Object.fromEntries(texts) });
}

const decide = (connection: KeptConnection, payload: object = { email: 'x' }): Promise<KeptAnswer> =>
  connection.json('POST', ONE, payload);
const putList = (connection: KeptConnection, lines: string): Promise<KeptAnswer> =>
  connection.call('PUT', `/v1/${TENANT}/lists/blocked`, lines, { 'content-type': 'text/plain' });
const codes = ({ json }: KeptAnswer): string[] => json.reasons.map(({ code }: { code: string }) => code);

async function start(options: object = {}): Promise<{ server: Server; loops: KeptConnection[] }> {
  const server = await startServer({ port: 0, listeners: LISTENERS, ringBytes: 1 << 20, profileMax: 'standard', ...options });
  const first = new KeptConnection(server.port);
  expect((await putList(first, 'first\n')).status).toBe(201);
  const published = await first.json('PUT', `/v1/${TENANT}/bundles/mails`, bundleBody('1.0.0'));
  expect(published.status, published.text).toBe(201);
  const loops = [...(await reachAll(server.port, LISTENERS, (connection) => decide(connection))).values()];
  first.close();
  return { server, loops };
}

describe('a server with several listeners', () => {
  let server: Server;
  let loops: KeptConnection[];
  beforeAll(async () => {
    ({ server, loops } = await start({ quotaCostPerSecond: 1e12 }));
  });
  afterAll(async () => {
    for (const loop of loops) loop.close();
    expect(await server.stop()).toBe(true);
  });

  /** What each listener says, one after the other. */
  const each = async <Result>(ask: (loop: KeptConnection) => Promise<Result>): Promise<Result[]> => {
    const said: Result[] = [];
    for (const loop of loops) said.push(await ask(loop));
    return said;
  };

  it('decides with a bundle on all of them when any of them has answered the publish', async () => {
    for (const [turn, loop] of [...loops, ...loops].entries()) {
      const version = `2.0.${turn}`;
      const published = await loop.json('PUT', `/v1/${TENANT}/bundles/mails`, bundleBody(version));
      expect([published.status, published.json.version]).toEqual([201, version]);
      expect(await each(async (other) => (await decide(other)).json.version)).toEqual(Array(LISTENERS).fill(version));
      expect(await each(async (other) => (await other.call('GET', `/v1/${TENANT}/bundles`)).json.bundles[0].version)).toEqual(
        Array(LISTENERS).fill(version),
      );
    }
    const shown = await each(async (loop) => (await loop.call('GET', `/v1/${TENANT}/bundles/mails`)).text);
    expect(new Set(shown).size).toBe(1);
    expect(JSON.parse(shown[0]!).rules.map(({ id }: { id: string }) => id)).toEqual(['blocked', 'large']);
  });

  it('decides with lists and parameters likewise, and forgets what is deleted', async () => {
    for (const [turn, loop] of loops.entries()) {
      const put = await putList(loop, `mail${turn}\n`);
      expect([put.status, put.json.count]).toEqual([201, 1]);
      const set = await loop.json('PUT', `/v1/${TENANT}/parameters/limits`, { above: turn });
      expect(set.status).toBe(201);
      const payloads = [{ email: `mail${turn}` }, { email: `mail${turn + 1}`, amount: turn + 0.5 }, { email: 'x', amount: turn }];
      for (const [i, payload] of payloads.entries()) {
        const expected = [['BLOCKED'], ['LARGE'], []][i];
        expect(await each(async (other) => codes(await decide(other, payload)))).toEqual(Array(LISTENERS).fill(expected));
      }
      const reads = [
        `/v1/${TENANT}/lists`,
        `/v1/${TENANT}/lists/blocked`,
        `/v1/${TENANT}/parameters`,
        `/v1/${TENANT}/parameters/limits`,
      ];
      for (const path of reads) {
        const said = await each(async (other) => (await other.call('GET', path)).text);
        expect(new Set(said).size, path).toBe(1);
      }
    }
    const back = await loops[1]!.json('POST', `/v1/${TENANT}/parameters/limits/rollback`, {});
    expect(back.json.values).toEqual({ above: '1.00' });
    expect((await loops[2]!.call('PUT', `/v1/${TENANT}/lists/other`, 'x\n', { 'content-type': 'text/plain' })).status).toBe(201);
    expect((await loops[1]!.call('DELETE', `/v1/${TENANT}/lists/other`)).status).toBe(200);
    expect(await each(async (other) => (await other.call('GET', `/v1/${TENANT}/lists/other`)).status)).toEqual([404, 404, 404]);
  });

  it.each<[string, (loop: KeptConnection) => Promise<KeptAnswer>, string]>([
    [
      'a bundle with errors',
      (loop) => loop.json('PUT', `/v1/${TENANT}/bundles/mails`, bundleBody('3', { 'model.yaml': '[' })),
      'INVALID_BUNDLE',
    ],
    [
      'a version that there is',
      (loop) =>
        loop.json(
          'PUT',
          `/v1/${TENANT}/bundles/mails`,
          bundleBody('2.0.0', { 'rules/more.yaml': '- { id: more, when: email === "z", then: { score: 1 } }' }),
        ),
      'VERSION_EXISTS',
    ],
    [
      'a list with a bad entry',
      (loop) => loop.call('PUT', `/v1/${TENANT}/lists/n?type=number`, 'x\n', { 'content-type': 'text/plain' }),
      'INVALID_LIST',
    ],
    ['a list in use that is deleted', (loop) => loop.call('DELETE', `/v1/${TENANT}/lists/blocked`), 'LIST_IN_USE'],
    [
      'a parameter out of range',
      (loop) => loop.json('PUT', `/v1/${TENANT}/parameters/limits`, { above: -1 }),
      'INVALID_PARAMETERS',
    ],
    ['a payload that is none', (loop) => decide(loop, { amount: 1 }), 'INVALID_PAYLOAD'],
  ])('refuses %s with the same answer on all of them', async (_, ask, code) => {
    const said = await each(ask);
    expect(said.map(({ json }) => json.code)).toEqual(Array(LISTENERS).fill(code));
    expect(new Set(said.map(({ text }) => text)).size).toBe(1);
  });

  it('takes a long list in pieces from whoever sends it', async () => {
    const lines = Array.from({ length: 200_000 }, (_, i) => `mail-number-${i}@example.com\n`).join('');
    for (const loop of loops) {
      const put = await putList(loop, lines);
      expect(put.json.count).toBe(200_000);
      const email = 'mail-number-123456@example.com';
      expect(await each(async (other) => codes(await decide(other, { email })))).toEqual(Array(LISTENERS).fill(['BLOCKED']));
      await putList(loop, 'short\n');
    }
  });

  it('gives all streams what has changed', async () => {
    const streams = await Promise.all(Array.from({ length: 12 }, () => StreamClient.open(server, TENANT)));
    for (const version of ['4.0.0', '4.0.1']) {
      await loops[1]!.json('PUT', `/v1/${TENANT}/bundles/mails`, bundleBody(version));
      const frames = await Promise.all(
        streams.map(async (stream) => {
          stream.send(JSON.stringify({ id: 1, bundle: 'mails', payload: { email: 'x' } }));
          return String(await stream.next());
        }),
      );
      for (const frame of frames) expect(frame).toContain(version);
    }
    for (const stream of streams) stream.socket.close();
  });

  it('keeps one answer for an Idempotency-Key', async () => {
    const headers = { 'idempotency-key': '"k-1"' };
    const said = await each((loop) => loop.json('POST', ONE, { email: 'x' }, headers));
    expect(new Set(said.map(({ text }) => text)).size).toBe(1);
    expect(said.map(({ headers: own }) => own['idempotent-replayed'])).toEqual([undefined, 'true', 'true']);
    const other = await each((loop) => loop.json('POST', ONE, { email: 'y' }, headers));
    expect(other.map(({ json }) => json.code)).toEqual(Array(LISTENERS).fill('IDEMPOTENCY_KEY_REUSED'));
  });

  it('tells in /metrics what all of them have done, wherever it is asked', async () => {
    const value = (text: string, sample: string): number =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${sample} `))
          ?.slice(sample.length),
      );
    const count = 'verdict_http_requests_total{route="POST /v1/:tenant/decisions/:name",status="200"}';
    const decisions = 'verdict_decisions_total{outcome="approve"}';
    const [before] = await each(async (loop) => (await loop.call('GET', '/metrics')).text);
    await each((loop) => decide(loop));
    const texts = await each(async (loop) => (await loop.call('GET', '/metrics')).text);
    for (const text of texts) {
      expect(value(text, count) - value(before!, count)).toBe(LISTENERS);
      expect(value(text, decisions) - value(before!, decisions)).toBe(LISTENERS);
      expect([value(text, 'verdict_listeners'), value(text, 'verdict_tenants')]).toEqual([LISTENERS, 1]);
      expect(value(text, `verdict_tenant_memory_bytes{tenant="${TENANT}"}`)).toBe(server.engine.stats().tenants[0]!.memoryBytes);
      expect(text.match(/^process_cpu_seconds_total /gm)).toHaveLength(1);
      expect(text.match(/^nodejs_eventloop_lag_p99_seconds\{listener="\d"\} /gm)).toHaveLength(LISTENERS);
    }
    const stats = async (loop: KeptConnection): Promise<SystemStats> => (await loop.call('GET', '/v1/system/stats')).json;
    const [first] = await each(stats);
    await each((loop) => decide(loop));
    for (const last of await each(stats)) {
      expect(last).toMatchObject({ parts: { kind: 'listener', ready: LISTENERS, of: LISTENERS }, tenantCount: 1, bundleCount: 1 });
      expect(last.engine.outcomes.approve - first!.engine.outcomes.approve).toBe(LISTENERS);
      expect(last.http.answered['200']! - first!.http.answered['200']!).toBeGreaterThanOrEqual(LISTENERS);
      expect(last.tenants).toMatchObject([{ memoryBytes: server.engine.stats().tenants[0]!.memoryBytes }]);
      const { stages } = spanOf(first!, last)!;
      expect(stages.find(({ face, path, stage }) => `${face} ${path} ${stage}` === 'http inline evaluate')!.count).toBe(LISTENERS);
      expect(last.process.rssBytes).toBeLessThan(1.2 * process.memoryUsage.rss());
    }
  });

  it('frees what nobody decides with any more', async () => {
    const used = async (): Promise<number> => {
      await each((loop) => decide(loop));
      return server.engine.stats().tenants[0]!.heapBytesUsed;
    };
    await putList(loops[0]!, 'a\n');
    await loops[0]!.json('PUT', `/v1/${TENANT}/parameters/limits`, { above: 7 });
    const before = await used();
    for (let round = 0; round < 10; round++) {
      await putList(loops[round % LISTENERS]!, `${'b'.repeat(round + 1)}\n`);
      await loops[round % LISTENERS]!.json('PUT', `/v1/${TENANT}/parameters/limits`, { above: 8 + round });
    }
    await putList(loops[0]!, 'a\n');
    await expect.poll(used).toBe(before);
  });
});

it('decides with workers on all listeners', async () => {
  const { server, loops } = await start({ costInlineMax: 0, poolThreads: 4 });
  const answers = await Promise.all(
    loops.flatMap((loop) => Array.from({ length: 40 }, (_, i) => decide(loop, { email: i % 2 === 0 ? 'first' : 'x' }))),
  );
  expect(answers.map(codes)).toEqual(answers.map((_, i) => (i % 2 === 0 ? ['BLOCKED'] : [])));
  const { requests } = server.engine.stats();
  expect(requests.pooled).toBeGreaterThanOrEqual(LISTENERS * 40);
  expect(requests.inline).toBe(0);
  for (const loop of loops) loop.close();
  expect(await server.stop()).toBe(true);
});

it('lets a tenant spend its quota once, over all listeners', async () => {
  const { server, loops } = await start();
  const { costMax } = server.engine.live(TENANT, 'mails')!;
  server.engine.setQuota(TENANT, { costPerSecond: 1e-3, costBurst: 30 * costMax });
  // The quota is with all of them when a later change is.
  await putList(loops[0]!, 'second\n');
  const statuses = await Promise.all(loops.flatMap((loop) => Array.from({ length: 20 }, async () => (await decide(loop)).status)));
  expect(statuses.filter((status) => status === 200)).toHaveLength(30);
  expect(statuses.filter((status) => status === 429)).toHaveLength(30);
  expect(server.engine.stats().refused.quota).toBe(30);
  for (const loop of loops) loop.close();
  expect(await server.stop()).toBe(true);
});

it('takes a signed request that changes something once, wherever it comes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'verdict-listeners-'));
  const secret = Buffer.alloc(32, 7);
  const keys = { team: { tenant: TENANT, secret: secret.toString('base64'), scopes: ['admin', 'decide'] } };
  writeFileSync(join(folder, 'hmac.json'), JSON.stringify(keys));
  const server = await startServer({ port: 0, listeners: LISTENERS, auth: { hmacKeys: join(folder, 'hmac.json') } });
  await server.engine.putList(TENANT, 'blocked', ['x']);
  const signed = (method: string, path: string, type: string, body: string, nonce: string): Record<string, string> => {
    const time = String(Math.floor(Date.now() / 1000));
    const hash = createHash('sha256').update(body).digest('hex');
    const signature = signRequest(secret, time, nonce, { method, path, contentType: type }, hash);
    return { authorization: `VERDICT-HMAC-SHA256 key=team, time=${time}, nonce=${nonce}, body=${hash}, signature=${signature}` };
  };
  const path = `/v1/${TENANT}/lists/blocked`;
  const headers = { 'content-type': 'text/plain', ...signed('PUT', path, 'text/plain', 'a\n', 'nonce-one') };
  const statuses: number[] = [];
  for (let i = 0; i < 24; i++) {
    const connection = new KeptConnection(server.port);
    statuses.push((await connection.call('PUT', path, 'a\n', headers)).status);
    connection.close();
  }
  expect(statuses).toEqual([201, ...Array(23).fill(401)]);
  expect(await server.stop()).toBe(true);
  rmSync(folder, { recursive: true });
});

it('has the tenants of a data directory on all listeners from the first connection on', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'verdict-listeners-'));
  const { server, loops } = await start({ dataDir });
  for (const loop of loops) loop.close();
  expect(await server.stop()).toBe(true);
  const again = await startServer({ port: 0, listeners: LISTENERS, profileMax: 'standard', dataDir });
  const connections = Array.from({ length: 24 }, () => new KeptConnection(again.port));
  const answers = await Promise.all(connections.map((connection) => decide(connection, { email: 'first' })));
  expect(answers.map(({ status }) => status)).toEqual(Array(24).fill(200));
  expect(answers.map(codes)).toEqual(Array(24).fill(['BLOCKED']));
  for (const connection of connections) connection.close();
  expect(await again.stop()).toBe(true);
  rmSync(dataDir, { recursive: true });
});

it.each<[string, object, RegExp]>([
  ['none', { listeners: 0 }, /^listeners must be/],
  ['too many', { listeners: 17 }, /^listeners must be/],
  ['more workers than there are scratches', { listeners: 15, poolThreads: 64 }, /^poolThreads: 64 are too many/],
  ['a memory without room for their rings', { listeners: 4, tenantPagesMax: 65_000 }, /^tenantPagesMax: with the rings/],
  ['a clock of the caller', { listeners: 2, clock: { nowMicros: () => 0n } }, /^listeners: a clock/],
])('refuses %s', async (_, options, message) => {
  await expect(startServer({ port: 0, ...options })).rejects.toThrow(message);
});
