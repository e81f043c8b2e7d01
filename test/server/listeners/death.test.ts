// A listener thread that ends by a bug of ours: its connections end, everybody else goes on, and another takes its place.

import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { resolveServerConfig } from '#src/server/config.js';
import type { SystemStats } from '#src/server/dashboard/stats.js';
import { startListeners } from '#src/server/listeners/start.js';
import { type Server, startServing } from '#src/server/server.js';
import { KeptConnection, loopOf, reachAll } from '../../lib/keep-alive.js';
import { BUNDLE, bundleFiles, TENANT } from '../../lib/server.js';

const FILE = new URL('./fixtures/mortal-listener.mjs', import.meta.url);
const ONE = `/v1/${TENANT}/decisions/${BUNDLE}`;
const decide = (connection: KeptConnection, headers = {}) => connection.json('POST', ONE, { amount: 1, country: 'DE' }, headers);

const orders = new BroadcastChannel('verdict-test-mortal-listener');
let server: Server | undefined;
afterEach(() => server?.stop());
afterAll(() => orders.close());

async function start(
  options: object = {},
  takeMillisMax?: number,
): Promise<{ running: Server; logged: string[]; kill: (part: number, way: string) => void }> {
  const logged: string[] = [];
  const line = (_fields: object, message: string): void => void logged.push(message);
  const log = { info: () => {}, warn: line, error: line };
  const given = { port: 0, listeners: 3, ringBytes: 1 << 20, log, ...options };
  const running = await startListeners(given, resolveServerConfig(given), startServing, {
    file: FILE,
    ...(takeMillisMax === undefined ? {} : { takeMillisMax }),
  });
  server = running;
  await running.engine.publish(TENANT, bundleFiles());
  const kill = (part: number, way: string): void => {
    orders.postMessage({ part, way });
  };
  return { running, logged, kill };
}

const statsOf = async (port: number): Promise<SystemStats['http']> => {
  const connection = new KeptConnection(port);
  try {
    const { text } = await connection.call('GET', '/v1/system/stats');
    return (JSON.parse(text) as SystemStats).http;
  } finally {
    connection.close();
  }
};

const metric = async (port: number, name: string): Promise<number> => {
  const connection = new KeptConnection(port);
  try {
    const { text } = await connection.call('GET', '/metrics');
    return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
  } finally {
    connection.close();
  }
};

describe('a listener thread that ends', () => {
  it.each(['error', 'rejection'])('by an %s that nobody catches is replaced; all others go on', async (way) => {
    const { running, logged, kill } = await start();
    const before = await reachAll(running.port, 3, decide);
    const before200 = (await statsOf(running.port)).answered['200'] as number;
    expect(before200).toBeGreaterThanOrEqual(3);
    kill(1, way);
    await expect
      .poll(() => logged.filter((message) => message === 'a listener thread has ended, and its connections with it').length)
      .toBe(1);
    expect(logged).toContain('a listener thread ends for a bug');
    const alive: string[] = [];
    for (const [loop, connection] of before) {
      const answer = await decide(connection);
      expect(answer.status).toBe(200);
      // A connection that has ended is opened again, at whoever is there.
      if (loopOf(answer.json.decisionId) === loop) alive.push(loop);
    }
    expect(alive.length).toBe(2);
    for (const connection of before.values()) connection.close();
    await expect.poll(() => metric(running.port, 'verdict_listeners'), { timeout: 10_000 }).toBe(3);
    expect(await metric(running.port, 'verdict_listener_deaths_total')).toBe(1);
    // What the one that has ended had answered is still counted.
    const { answered } = await statsOf(running.port);
    expect(answered['200']).toBeGreaterThanOrEqual(before200 + 3);
    await running.engine.publish(
      TENANT,
      bundleFiles({ 'rules/more.yaml': '- { id: m, when: amount > 5, then: { score: 1 } }\n', 'bundle.yaml': bundle('1.0.1') }),
    );
    const after = await reachAll(running.port, 3, decide);
    for (const connection of after.values()) {
      expect((await decide(connection)).json.version).toBe('1.0.1');
      connection.close();
    }
    expect([...after.keys()].filter((loop) => before.has(loop))).toHaveLength(2);
  });

  it('leaves nothing behind: neither memory, nor scratches, nor keys of requests', async () => {
    const { running, logged, kill } = await start({ costInlineMax: 0, poolThreads: 3 });
    const use = async (): Promise<void> => {
      const all = await reachAll(running.port, 3, decide);
      for (const connection of all.values()) connection.close();
    };
    await use();
    await running.engine.putList(TENANT, 'some', ['x']);
    const heap = (): number => running.engine.stats().tenants[0]!.heapBytesUsed;
    const before = heap();
    // More often than there are scratches for.
    for (let death = 1; death <= 8; death++) {
      kill(1 + (death % 2), 'error');
      await expect.poll(() => logged.filter((message) => message.startsWith('a listener thread has ended')).length).toBe(death);
      await expect.poll(() => metric(running.port, 'verdict_listeners'), { timeout: 15_000 }).toBe(3);
      await running.engine.publish(TENANT, bundleFiles({ 'bundle.yaml': bundle(`1.1.${death}`) }));
      if (death % 4 === 0) await use();
    }
    await use();
    await running.engine.putList(TENANT, 'some', ['y']);
    await expect.poll(heap).toBe(before);
    expect(logged.filter((message) => message.includes('did not start'))).toEqual([]);
  }, 60_000);
});

const HUNG = 'a listener thread hangs and is stopped';

describe('a listener thread that does not take a change', () => {
  it.each<[string, boolean]>([
    ['loop', true],
    ['loop in a request', true],
    ['loop of WebAssembly', true],
    ['wait', true],
    ['loop of half a second', false],
    ['refusal', false],
  ])(
    'for a %s is replaced, and the change answered when nobody decides without it',
    async (way, hangs) => {
      const { running, logged, kill } = await start({}, 300);
      const before = await reachAll(running.port, 3, decide);
      const counted = (await statsOf(running.port)).answered['200'] as number;
      kill(1, way);
      // The one that loops in a request does so from its next request on.
      if (way === 'loop in a request')
        await Promise.all([...before.values()].map((each) => Promise.race([decide(each), pause(200)])));
      await pause(50);
      await running.engine.publish(TENANT, bundleFiles({ 'bundle.yaml': bundle('1.0.1') }));
      // All that answer from here on decide with it.
      const alive = await Promise.all(
        [...before.values()].map((each) => Promise.race([decide(each).catch(() => undefined), pause(5000)])),
      );
      const versions = alive.flatMap((answer) => (answer === undefined ? [] : [answer.json?.version]));
      expect(versions.length).toBeGreaterThanOrEqual(2);
      expect(new Set(versions)).toEqual(new Set(['1.0.1']));
      for (const connection of before.values()) connection.close();
      expect(logged).toContain('a listener has not taken a change and is replaced');
      expect(logged.includes(HUNG)).toBe(hangs);
      expect(logged).toContain('a listener thread has ended, and its connections with it');
      await expect.poll(() => metric(running.port, 'verdict_listeners'), { timeout: 10_000 }).toBe(3);
      expect((await statsOf(running.port)).answered['200']).toBeGreaterThanOrEqual(counted);
      for (const connection of (await reachAll(running.port, 3, decide)).values()) {
        expect((await decide(connection)).json.version).toBe('1.0.1');
        connection.close();
      }
      expect(await running.stop()).toBe(true);
    },
    30_000,
  );

  it('does not keep the server from stopping', async () => {
    const { running, logged, kill } = await start({ stopMillisMax: 100 });
    kill(2, 'loop');
    await pause(50);
    expect(await running.stop()).toBe(false);
    expect(logged).toContain(HUNG);
  }, 30_000);
});

const pause = (millis: number): Promise<undefined> => new Promise((resolve) => setTimeout(resolve, millis, undefined));

function bundle(version: string): string {
  return Buffer.from(bundleFiles().get('bundle.yaml')!).toString().replace('1.0.0', version);
}
