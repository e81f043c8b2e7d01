import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { RawConnection, rawRequest } from '../lib/raw-http.js';
import { BUNDLE, bundleFiles, bundleJson, startTestServer, TENANT } from '../lib/server.js';
import { type ServerProcess, spawnServer } from '../lib/server-process.js';

const SMALL = '{"amount":19.99,"country":"DE"}';
const ONE = `/v1/${TENANT}/decisions/${BUNDLE}`;
const decision = rawRequest(`POST ${ONE}`, { 'Content-Type': 'application/json', 'Content-Length': SMALL.length }, SMALL);

let folder = '';
let running: ServerProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'verdict-stop-'));
});
afterEach(() => {
  for (const { child } of running) child.kill('SIGKILL');
  running = [];
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: object = {}): Promise<ServerProcess> {
  const started = await spawnServer({ dataDir: join(folder, 'data'), ...options });
  running.push(started);
  return started;
}

async function publish(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/${TENANT}/bundles/${BUNDLE}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: bundleJson(),
  });
  await response.arrayBuffer();
  return response.status;
}

async function decide(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}${ONE}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: SMALL,
  });
  await response.arrayBuffer();
  return response.status;
}

describe('SIGTERM under load', () => {
  for (const [name, options] of [
    ['inline', {}],
    ['pooled', { costInlineMax: 0, poolThreads: 1 }],
    ['several listeners', { listeners: 3 }],
  ] as const) {
    it(`answers every request that was here, and ends with 0 (${name})`, async () => {
      const { child, port, ended } = await start(options);
      expect(await publish(port)).toBe(201);
      let sent = 0;
      let signalled = false;
      // Each caller sends its next request when it has the answer to the last, until the server closes its connection.
      const callers = Array.from({ length: 16 }, async () => {
        let answered = 0;
        while (true) {
          const connection = new RawConnection(port);
          let owed = 0;
          let closing = false;
          while (!closing) {
            const early = !signalled;
            connection.write(decision);
            sent++;
            owed = connection.responses.length + 1;
            await connection.answers(owed);
            const last = connection.responses[owed - 1];
            if (last === undefined) {
              // Only what was sent after the signal may go unanswered.
              connection.end();
              return { answered, lost: early ? 1 : 0 };
            }
            expect(last.status).toBe(200);
            answered++;
            closing = last.headers.connection === 'close';
          }
          connection.end();
          if (signalled) return { answered, lost: 0 };
        }
      });
      while (sent < 2000) await new Promise((resolve) => setTimeout(resolve, 5));
      signalled = true;
      child.kill('SIGTERM');
      const results = await Promise.all(callers);
      expect(results.reduce((sum, { lost }) => sum + lost, 0)).toBe(0);
      expect(results.reduce((sum, { answered }) => sum + answered, 0)).toBeGreaterThan(1000);
      expect(await ended).toBe(0);
    });
  }

  it('answers what lies unread in the sockets, pipelined', async () => {
    const { child, port, ended } = await start();
    await publish(port);
    const connections = Array.from({ length: 8 }, () => new RawConnection(port).write(decision));
    await Promise.all(connections.map((connection) => connection.answers(1)));
    child.kill('SIGSTOP');
    for (const connection of connections) connection.write(Buffer.concat(Array(100).fill(decision)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGTERM');
    child.kill('SIGCONT');
    for (const connection of connections)
      expect((await connection.whenClosed()).map(({ status }) => status)).toEqual(Array(101).fill(200));
    expect(await ended).toBe(0);
  });

  it('answers WebSocket messages that were here, then closes with 1001', async () => {
    const { child, port, ended } = await start();
    await publish(port);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/${TENANT}/stream`, 'verdict.v1');
    await new Promise((resolve) => socket.once('open', resolve));
    const ids: unknown[] = [];
    socket.on('message', (data) => ids.push(JSON.parse(data.toString()).id));
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    const ask = (id: number) => socket.send(JSON.stringify({ id, bundle: BUNDLE, payload: JSON.parse(SMALL) }));
    ask(0);
    await new Promise((resolve) => socket.once('message', resolve));
    child.kill('SIGSTOP');
    for (let id = 1; id <= 50; id++) ask(id);
    await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGTERM');
    child.kill('SIGCONT');
    expect(await closed).toBe(1001);
    expect(ids).toEqual(Array.from({ length: 51 }, (_, id) => id));
    expect(await ended).toBe(0);
  });

  it.each([1, 3])('ends at once on the second signal (listeners: %i)', async (listeners) => {
    const { child, port, ended } = await start({ listeners });
    const all = Array.from({ length: 4 * listeners }, () => new RawConnection(port));
    for (const open of all) await open.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n').answers(1);
    child.kill('SIGTERM');
    child.kill('SIGINT');
    expect(await ended).toBe(130);
  });
});

describe('stop', () => {
  it('says no on /readyz, answers a request whose body comes in, and closes what it has answered', async () => {
    const server = await startTestServer();
    const half = new RawConnection(server.port).write(decision);
    const ready = new RawConnection(server.port).write('GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n');
    expect([...(await half.answers(1)), ...(await ready.answers(1))].map(({ status }) => status)).toEqual([200, 200]);
    half.write(decision.subarray(0, decision.length - 5));
    const stopped = server.stop();
    ready.write('GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n');
    half.write(decision.subarray(decision.length - 5));
    expect((await half.whenClosed()).map(({ status }) => status)).toEqual([200, 200]);
    expect((await ready.whenClosed()).map(({ status }) => status)).toEqual([200, 503]);
    expect(await stopped).toBe(true);
    expect(server.stop()).toBe(stopped);
    const late = new RawConnection(server.port).write(decision);
    expect(await late.whenClosed()).toEqual([]);
  });

  it('gives up at its deadline on a caller that does not read its answer, and says so', async () => {
    const server = await startTestServer({ stopMillisMax: 200 });
    // Answers of more than 10 MB: the kernel takes no more than a part of them.
    const rules = Array.from(
      { length: 30 },
      (_, i) => `- id: ${`rule-${i}-`.padEnd(120, 'x')}\n  when: amount > ${i}\n  then: { score: 1, reason: ${'R'.repeat(64)} }\n`,
    );
    const manifest = Buffer.from(bundleFiles().get('bundle.yaml')!).toString();
    const files = {
      'rules/all.yaml': rules.join(''),
      'bundle.yaml': manifest.replace('1.0.0', '2.0.0').replace('combine: score', 'combine: score\n  reasonsMax: 30'),
    };
    await server.engine.publish(TENANT, bundleFiles(files));
    const values = JSON.stringify(Array.from({ length: 2000 }, () => ({ amount: 100, country: 'DE' })));
    const stalled = connect({ port: server.port, host: '127.0.0.1' }).pause();
    stalled.on('error', () => undefined); // the server ends the connection
    stalled.write(rawRequest(`POST ${ONE}/batch`, { 'Content-Type': 'application/json', 'Content-Length': values.length }, values));
    const decided = () => Object.values(server.engine.stats().outcomes).reduce((sum, count) => sum + count, 0);
    while (decided() < 2000) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await server.stop()).toBe(false);
    stalled.destroy();
  });
});

describe('kill -9', () => {
  it('right after a 201 loses nothing: the bundle decides after the restart', async () => {
    for (let round = 0; round < 2; round++) {
      const dataDir = join(folder, `data-${round}`);
      const { child, port, ended } = await start({ dataDir });
      const connection = new RawConnection(port);
      const body = bundleJson();
      connection.write(
        rawRequest(
          `PUT /v1/${TENANT}/bundles/${BUNDLE}`,
          { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
          body,
        ),
      );
      const [response] = await connection.answers(1);
      child.kill('SIGKILL');
      expect([response?.status, await ended]).toEqual([201, 'SIGKILL']);
      const again = await start({ dataDir });
      expect(await decide(again.port)).toBe(200);
      again.child.kill('SIGTERM');
      expect(await again.ended).toBe(0);
    }
  });

  it('leaves the port to the next server at once', async () => {
    const { child, port, ended } = await start();
    await publish(port);
    const open = Array.from({ length: 5 }, () => new RawConnection(port).write(decision));
    await Promise.all(open.map((connection) => connection.answers(1)));
    child.kill('SIGKILL');
    await ended;
    const again = await start({ port });
    expect([again.port, await decide(port)]).toEqual([port, 200]);
  });
});

describe('the port', () => {
  it('of another server is refused, not shared', async () => {
    const { port } = await start();
    await expect(spawnServer({ port })).rejects.toThrow('EADDRINUSE');
  });
});
