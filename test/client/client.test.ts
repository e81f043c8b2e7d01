// The client against real servers: one that decides at once, one whose worker is slow, one that goes away and comes back.

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type Client, ClientError, type ClientOptions, connect } from '#src/client/index.js';
import { resolveOptions } from '#src/client/options.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { type Server, startServer } from '#src/server/server.js';
import { writeControl } from '#src/stream/control.js';
import { BUNDLE, bundleFiles, startTestServer, TENANT } from '../lib/server.js';

const webSocket = WebSocket as unknown as NonNullable<ClientOptions['webSocket']>;
const LARGE = { amount: 1500, country: 'US' };
const SMALL = { amount: 1, country: 'DE' };

let server: Server;
/** Decides everything on its one worker, with room for few requests. */
let slow: Server;
let encode: (payload: object) => Uint8Array;
beforeAll(async () => {
  server = await startTestServer();
  slow = await startTestServer({ costInlineMax: 0, poolThreads: 1, creditMax: 8 });
  const encoder = new PayloadEncoder(server.engine.live(TENANT, BUNDLE)!.model);
  encode = (payload) => encoder.encode(payload).slice();
});
afterAll(() => Promise.all([server.stop(), slow.stop()]));

const open = (of: Server, more: Partial<ClientOptions> = {}): Promise<Client> =>
  connect({ url: of.url, tenant: TENANT, webSocket, ...more });

/** The code of the error that a promise is rejected with. */
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: ClientError) => error.code,
  );

describe('a client', () => {
  it('gets the decision of FlatBuffers bytes, of an object and of JSON text: the one that HTTP gives', async () => {
    const client = await open(server);
    const response = await fetch(`${server.url}/v1/${TENANT}/decisions/${BUNDLE}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(LARGE),
    });
    const { decisionId: _, ...expected } = (await response.json()) as Record<string, unknown>;
    for (const payload of [encode(LARGE), LARGE, JSON.stringify(LARGE)]) {
      const { decisionId, ...decision } = await client.decide(BUNDLE, payload);
      expect(decision).toEqual(expected);
      expect(decisionId).toMatch(/^[0-9a-f]{32}$/);
    }
    await client.close();
    expect(client.stats).toMatchObject({ sent: 3, answered: 3, failed: 0, connections: 1, waiting: 0, unanswered: 0 });
  });

  it('gathers what is asked within one turn into messages, and answers each by its own', async () => {
    const client = await open(server, { batchMax: 100 });
    const payloads = Array.from({ length: 1000 }, (_, i) => (i % 3 === 0 ? LARGE : SMALL));
    const decisions = await Promise.all(payloads.map((payload) => client.decide(BUNDLE, encode(payload))));
    expect(decisions.map(({ score }) => score)).toEqual(payloads.map((payload) => (payload === LARGE ? 90 : 0)));
    // Two hellos: the second asks for the model.
    expect(client.stats).toMatchObject({ messagesSent: 12, messagesReceived: 12, answered: 1000 });
    await client.close();
  });

  it('gathers over milliseconds where it is told to', async () => {
    const client = await open(server, { batchMillis: 20 });
    await client.decide(BUNDLE, encode(SMALL));
    const before = client.stats.messagesSent;
    const first = client.decide(BUNDLE, encode(SMALL));
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([first, client.decide(BUNDLE, encode(SMALL))]);
    expect(client.stats.messagesSent - before).toBe(1);
    await client.close();
  });

  it('keeps to the credit of the server', async () => {
    const client = await open(slow, { batchMax: 3 });
    let most = 0;
    const all = Array.from({ length: 200 }, () =>
      client.decide(BUNDLE, encode(SMALL)).then((decision) => {
        most = Math.max(most, client.stats.unanswered);
        return decision.outcome;
      }),
    );
    expect(new Set(await Promise.all(all))).toEqual(new Set(['approve']));
    expect([most <= 8, client.stats.failed]).toEqual([true, 0]);
    await client.close();
    const modest = await open(slow, { creditMax: 2 });
    expect(modest.stats.credit).toBe(2);
    await modest.close();
  });

  it('is told why a request is not decided', async () => {
    const client = await open(server);
    expect(await codeOf(client.decide('other', encode(SMALL)))).toBe('BUNDLE_NOT_FOUND');
    expect(await codeOf(client.decide('other', SMALL))).toBe('BUNDLE_NOT_FOUND');
    expect(await codeOf(client.decide(BUNDLE, new Uint8Array(5)))).toBe('INVALID_PAYLOAD');
    expect(await codeOf(client.decide(BUNDLE, '{'))).toBe('INVALID_JSON');
    const error = await client.decide(BUNDLE, { amount: 'x', country: 'DE' }).catch((reason: ClientError) => reason);
    expect(error).toBeInstanceOf(ClientError);
    expect(error).toMatchObject({ code: 'INVALID_PAYLOAD', errors: [{ pointer: '/amount' }] });
    // A bundle that is published later is found then.
    const files = new Map(bundleFiles());
    files.set('bundle.yaml', Buffer.from(Buffer.from(files.get('bundle.yaml')!).toString().replace('payments', 'later')));
    expect(await codeOf(client.decide('later', encode(SMALL)))).toBe('BUNDLE_NOT_FOUND');
    await server.engine.publish(TENANT, files);
    expect((await client.decide('later', encode(SMALL))).bundle).toBe('later');
    await client.close();
  });

  it('refuses more than may wait', async () => {
    const client = await open(slow, { waitingMax: 4 });
    await client.decide(BUNDLE, encode(SMALL));
    const codes = await Promise.all(Array.from({ length: 6 }, () => codeOf(client.decide(BUNDLE, encode(SMALL)))));
    expect(codes).toEqual([...Array(4).fill('resolved'), 'QUEUE_FULL', 'QUEUE_FULL']);
    await client.close();
  });

  it('that is closed answers what it was asked, and takes no more', async () => {
    const client = await open(slow);
    const asked = Array.from({ length: 40 }, () => client.decide(BUNDLE, encode(SMALL)));
    const closed = client.close();
    expect(await codeOf(client.decide(BUNDLE, SMALL))).toBe('CLOSED');
    expect((await Promise.all(asked)).length).toBe(40);
    await closed;
    await client.close();
  });
});

describe('a request', () => {
  it('is cancelled by its signal, wherever it is', async () => {
    const client = await open(slow);
    await client.decide(BUNDLE, encode(SMALL));
    const early = new AbortController();
    early.abort(new Error('early'));
    await expect(client.decide(BUNDLE, SMALL, { signal: early.signal })).rejects.toThrow('early');
    const controllers = Array.from({ length: 30 }, () => new AbortController());
    const asked = controllers.map(({ signal }) => client.decide(BUNDLE, encode(SMALL), { signal }));
    const outcomes = Promise.allSettled(asked);
    await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
    // Some are sent, the others wait for credit.
    expect([client.stats.unanswered, client.stats.waiting]).toEqual([8, 22]);
    for (const controller of controllers) controller.abort(new Error('late'));
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'late' } });
    expect(client.stats).toMatchObject({ cancelled: 30, waiting: 0 });
    expect((await client.decide(BUNDLE, encode(SMALL))).outcome).toBe('approve');
    await client.close();
  });

  it('fails at its deadline, where no connection comes', async () => {
    const gone = await startTestServer();
    const client = await open(gone, { reconnect: { firstMillis: 1e6, mostMillis: 1e6 } });
    await gone.stop();
    expect(await codeOf(client.decide(BUNDLE, encode(SMALL), { deadlineMillis: 30 }))).toBe('DEADLINE_EXCEEDED');
    await client.close();
  });
});

describe('a server that goes away', () => {
  const restart = (port: number) => startServer({ port, costInlineMax: 0, poolThreads: 1 });

  it('and comes back is used again, and every request is answered once', async () => {
    let of = await startServer({ port: 0, costInlineMax: 0, poolThreads: 1 });
    const { port } = of;
    await of.engine.publish(TENANT, bundleFiles());
    const client = await open(of, { reconnect: { firstMillis: 5, mostMillis: 50, triesMax: 10_000 } });
    let answered = 0;
    let over = false;
    const callers = Array.from({ length: 20 }, async () => {
      while (!over) {
        expect((await client.decide(BUNDLE, encode(LARGE))).outcome).toBe('decline');
        answered++;
      }
    });
    const until = async (count: number) => {
      const wanted = answered + count;
      while (answered < wanted) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    for (let round = 0; round < 3; round++) {
      await until(50);
      await of.stop();
      of = await restart(port);
      await of.engine.publish(TENANT, bundleFiles());
    }
    await until(50);
    over = true;
    await Promise.all(callers);
    expect(client.stats).toMatchObject({ failed: 0, connections: 4, waiting: 0, unanswered: 0 });
    await client.close();
    await of.stop();
  });

  it('is given up after so many tries, and all that waits with it', async () => {
    const of = await startTestServer();
    const client = await open(of, { reconnect: { firstMillis: 1, mostMillis: 1, triesMax: 2 } });
    await of.stop();
    expect(await codeOf(client.decide(BUNDLE, SMALL))).toBe('CONNECTION_LOST');
    expect(await codeOf(client.decide(BUNDLE, SMALL))).toBe('CONNECTION_LOST');
    await client.close();
  });

  it('is not called again where that is not wanted', async () => {
    const of = await startTestServer();
    const client = await open(of, { reconnect: false });
    await of.stop();
    expect(await codeOf(client.decide(BUNDLE, SMALL))).toBe('CONNECTION_LOST');
    await expect(connect({ url: of.url, tenant: TENANT, webSocket, reconnect: false })).rejects.toThrow('closed with 1006');
  });
});

/** A server of another make, whose every message the test decides. */
class FakeSocket {
  static made: FakeSocket[] = [];
  binaryType = '';
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly sent: (string | Uint8Array)[] = [];
  constructor() {
    FakeSocket.made.push(this);
    queueMicrotask(() => this.onopen?.({} as never));
  }
  send(data: string | Uint8Array): void {
    this.sent.push(data);
  }
  close(code = 1000): void {
    queueMicrotask(() => this.onclose?.({ code, reason: '' } as never));
  }
  /** The server closes. */
  drop(code: number, reason: string): void {
    this.onclose?.({ code, reason } as never);
  }
}

describe('a connection', () => {
  const welcome = writeControl({
    welcome: { protocol: 1, server: 'x', credit: 4, frameBytesMax: 1000, requestsMax: 10, idleSecondsMax: 0, bundles: [] },
  });
  const fake = async (more: Partial<ClientOptions> = {}) => {
    FakeSocket.made = [];
    const opening = connect({ url: 'https://host/', tenant: 'a', webSocket: FakeSocket, ...more });
    await new Promise((resolve) => setImmediate(resolve));
    const socket = FakeSocket.made[0]!;
    socket.onmessage!({ data: welcome.slice().buffer } as never);
    return { client: await opening, socket };
  };

  /** The socket of the second connection, open. */
  const reconnected = async (): Promise<FakeSocket> => {
    const made = await vi.waitUntil(() => FakeSocket.made[1], { interval: 1, timeout: 60_000 });
    await new Promise((resolve) => setImmediate(resolve));
    return made;
  };

  it('that is lost with requests sends them again, or not, as it is told', async () => {
    const again = await fake({ reconnect: { firstMillis: 0 } });
    const asked = again.client.decide('b', '{"a":1}');
    await Promise.resolve();
    expect(again.socket.sent.at(-1)).toBe('{"id":1,"bundle":"b","payload":{"a":1}}');
    again.socket.drop(1006, '');
    const next = await reconnected();
    next.onmessage!({ data: welcome.slice().buffer } as never);
    expect(next.sent.at(-1)).toBe('{"id":2,"bundle":"b","payload":{"a":1}}');
    next.onmessage!({ data: '{"id":2,"decision":{"score":7}}' } as never);
    expect(await asked).toEqual({ score: 7 });
    expect(again.client.stats).toMatchObject({ sent: 2, resent: 1, answered: 1, connections: 2 });

    const once = await fake({ resend: false });
    const lost = once.client.decide('b', '{}');
    await Promise.resolve();
    once.socket.drop(1006, '');
    expect(await codeOf(lost)).toBe('CONNECTION_LOST');
    await once.client.close();
  });

  it('that is refused for the protocol is not tried again', async () => {
    const { client, socket } = await fake();
    const asked = client.decide('b', '{}');
    socket.drop(4000, 'PROTOCOL_UNSUPPORTED');
    expect(await codeOf(asked)).toBe('PROTOCOL_UNSUPPORTED');
    expect(FakeSocket.made).toHaveLength(1);
  });

  it('of a server that stops is left when all is answered, and nothing more is sent', async () => {
    const { client, socket } = await fake({ reconnect: { firstMillis: 0 } });
    const first = client.decide('b', '{}');
    await Promise.resolve();
    socket.onmessage!({ data: writeControl({ stopping: true }).slice().buffer } as never);
    const second = client.decide('b', '{}');
    await Promise.resolve();
    expect([socket.sent.length, client.stats.unanswered, client.stats.waiting]).toEqual([2, 1, 1]);
    socket.onmessage!({ data: '{"id":1,"decision":{"score":1}}' } as never);
    expect(await first).toEqual({ score: 1 });
    const next = await reconnected();
    next.onmessage!({ data: welcome.slice().buffer } as never);
    next.onmessage!({ data: '{"id":2,"decision":{"score":2}}' } as never);
    expect(await second).toEqual({ score: 2 });
  });

  it('waits a random part of a time that doubles', async () => {
    const delays: number[] = [];
    const { setTimeout: real } = globalThis;
    const { client, socket } = await fake({ reconnect: { firstMillis: 100, mostMillis: 1000, triesMax: 6 } });
    globalThis.setTimeout = ((call: () => void, millis: number) => {
      delays.push(millis);
      return real(call, 0);
    }) as typeof setTimeout;
    try {
      const asked = codeOf(client.decide('b', '{}'));
      socket.drop(1006, '');
      for (let i = 1; i <= 6; i++) {
        while (FakeSocket.made.length <= i) await new Promise((resolve) => setImmediate(resolve));
        FakeSocket.made[i]!.drop(1006, '');
      }
      expect(await asked).toBe('CONNECTION_LOST');
    } finally {
      globalThis.setTimeout = real;
    }
    const bounds = [100, 200, 400, 800, 1000, 1000];
    expect(delays).toHaveLength(6);
    expect(delays.every((delay, i) => delay >= 0 && delay <= bounds[i]!)).toBe(true);
    expect(new Set(delays).size).toBe(6);
  });
});

describe('options', () => {
  it.each<[string, Partial<ClientOptions>, string]>([
    ['no WebSocket', { webSocket: undefined as never }, 'no global WebSocket'],
    ['a negative number', { waitingMax: -1 }, 'waitingMax'],
    ['no batch', { batchMax: 0 }, 'batchMax'],
    ['a negative delay', { reconnect: { firstMillis: -1 } }, 'reconnect.firstMillis'],
  ])('%s', async (_, more, message) => {
    const has = (globalThis as { WebSocket?: unknown }).WebSocket;
    (globalThis as { WebSocket?: unknown }).WebSocket = undefined;
    try {
      await expect(connect({ url: server.url, tenant: TENANT, webSocket, ...more })).rejects.toThrow(message);
    } finally {
      (globalThis as { WebSocket?: unknown }).WebSocket = has;
    }
  });
});

describe('docs/CLIENT.md', () => {
  const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
  const text = readFileSync(join(root, 'docs/CLIENT.md'), 'utf8');

  it('has an example that runs as it stands, the address aside', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'verdict-client-'));
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules/verdict'), 'dir');
    symlinkSync(join(root, 'node_modules/ws'), join(folder, 'node_modules/ws'), 'dir');
    const [, code] = /^```js\n([\s\S]*?)^```$/m.exec(text)!;
    writeFileSync(join(folder, 'example.mjs'), code!.replace('http://127.0.0.1:8321', server.url));
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'example.mjs')]);
    expect(stdout).toMatch(/^decline \[/);
    rmSync(folder, { recursive: true });
  });

  it('has every option, and the defaults as they are', () => {
    const { reconnect, ...rest } = resolveOptions({ url: 'http://x', tenant: 'a', webSocket });
    const rows = [...text.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap((row) =>
      [...row[1]!.matchAll(/`(\w+)`/g)].map((match) => match[1]!),
    );
    expect(new Set(rows)).toEqual(new Set(['reconnect', ...Object.keys(rest)]));
    const { firstMillis, mostMillis, triesMax } = reconnect;
    expect(text).toContain(`{ firstMillis: ${firstMillis}, mostMillis: ${mostMillis}, triesMax: ${triesMax} }`);
    expect(text).toContain(`| \`waitingMax\` | ${rest.waitingMax.toLocaleString('en')} |`);
    expect(text).toContain(`| \`batchMax\` | ${rest.batchMax} |`);
  });
});

describe('what a browser loads', () => {
  const src = join(dirname(fileURLToPath(import.meta.url)), '../../dist');
  const seen = new Set<string>();
  const outside = new Set<string>();
  const follow = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { fileName } of ts.preProcessFile(readFileSync(path, 'utf8'), true, true).importedFiles) {
      if (fileName.startsWith('.')) follow(join(dirname(path), fileName));
      else outside.add(fileName);
    }
  };
  follow(join(src, 'src/client/index.js'));

  it('is itself, and flatbuffers', () => expect([...outside]).toEqual(['flatbuffers']));

  it('names nothing of Node', () => {
    expect(seen.size).toBeGreaterThan(15);
    const wrong = [...seen].filter((path) => /\b(Buffer\.|process\.|setImmediate|require\()/.test(readFileSync(path, 'utf8')));
    expect(wrong).toEqual([]);
    expect(readdirSync(join(src, 'src/client')).length).toBeGreaterThan(4);
  });
});
