import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { PayloadEncoder } from '#src/schema/encode.js';
import { type Server, startServer } from '#src/server/server.js';
import { writeRequestBatch } from '#src/stream/request-batch.js';
import { exchangeRaw, rawRequest } from '../lib/raw-http.js';
import { BUNDLE, bundleFiles, startTestServer, TENANT } from '../lib/server.js';
import { type Answered, readAnswer, StreamClient } from '../lib/stream-client.js';

const FRAME_BYTES_MAX = 1 << 20;

let server: Server;
let encode: (value: unknown) => Uint8Array;
let model = '';

beforeAll(async () => {
  server = await startTestServer({ frameBytesMax: FRAME_BYTES_MAX });
  const live = server.engine.live(TENANT, BUNDLE)!;
  const encoder = new PayloadEncoder(live.model);
  encode = (value) => encoder.encode(value).slice();
  model = live.model.hash;
});
afterAll(() => server.stop());

/** The answer to a message that is the first on its connection, and the same behind a frame that was decided. */
async function check(message: Uint8Array | string): Promise<Answered | string> {
  const client = await StreamClient.open(server, TENANT);
  const answer = await client.send(message).next();
  if (typeof answer === 'string') {
    client.end();
    return answer;
  }
  const first = readAnswer(answer);
  expect(readAnswer(await client.send(frame([large()])).next())).toMatchObject({ error: null });
  expect(readAnswer(await client.send(message).next())).toEqual(first);
  client.end();
  return first;
}

const small = () => encode({ amount: 19.99, country: 'DE' });
const large = () => encode({ amount: 1500, country: 'US' });
const frame = (payloads: Uint8Array[], bundle = BUNDLE, hash = model, id = 7n) => writeRequestBatch(id, hash, bundle, payloads);

describe('binary messages', () => {
  it('are answered by a frame of the same id, with an answer for each request', async () => {
    expect(await check(frame([small(), large(), small()]))).toEqual({
      id: 7n,
      error: null,
      answers: ['0 OK approve', '1 OK decline', '2 OK approve'],
    });
  });

  it('answer an invalid payload in its place', async () => {
    expect(await check(frame([small(), new Uint8Array(5), large()]))).toEqual({
      id: 7n,
      error: null,
      answers: ['0 OK approve', '1 INVALID_PAYLOAD review', '2 OK decline'],
    });
  });

  it.each<[string, () => Uint8Array, string, bigint]>([
    ['garbage', () => new Uint8Array([1, 2, 3]), 'INVALID_FRAME', 0n],
    ['nothing', () => new Uint8Array(0), 'INVALID_FRAME', 0n],
    ['half a frame', () => frame([small()]).slice(0, 80), 'INVALID_FRAME', 7n],
    ['no such bundle', () => frame([small()], 'other'), 'BUNDLE_NOT_FOUND', 7n],
    ['another model', () => frame([small()], BUNDLE, 'f'.repeat(16)), 'MODEL_MISMATCH', 7n],
    ['no model', () => frame([small()], BUNDLE, '0'), 'MODEL_MISSING', 7n],
    ['too many', () => frame(Array(4097).fill(new Uint8Array(8))), 'BATCH_TOO_LARGE', 7n],
  ])('%s -> an error frame', async (_, message, error, id) => {
    expect(await check(message())).toEqual({ id, error, answers: [] });
  });

  it('are answered after an error on the same connection, all of them, each with its id', async () => {
    const client = await StreamClient.open(server, TENANT);
    for (let i = 0; i < 200; i++)
      client.send(i % 10 === 3 ? new Uint8Array([9]) : frame([small(), large()], BUNDLE, model, BigInt(i)));
    for (let i = 0; i < 200; i++) {
      const { id, error } = readAnswer(await client.next());
      expect([id, error]).toEqual(i % 10 === 3 ? [0n, 'INVALID_FRAME'] : [BigInt(i), null]);
    }
    client.end();
  });

  it('flipped in every byte are answered or refused, never unanswered', async () => {
    const client = await StreamClient.open(server, TENANT);
    const whole = frame([small(), large()]);
    for (let i = 0; i < whole.length; i++) {
      const damaged = whole.slice();
      damaged[i]! ^= 0xff;
      client.send(damaged);
    }
    for (let i = 0; i < whole.length; i++) {
      const { answers, error } = readAnswer(await client.next());
      expect(answers.length > 0 || error !== null, `byte ${i}`).toBe(true);
    }
    client.end();
  });

  it('take the pooled path where they are expensive, with the same answers', async () => {
    const pooled = await startServer({ port: 0, costInlineMax: 0, poolThreads: 1 });
    await pooled.engine.publish(TENANT, bundleFiles());
    const client = await StreamClient.open(pooled, TENANT);
    for (let i = 0; i < 20; i++) client.send(frame([small(), large()], BUNDLE, model, BigInt(i)));
    const ids = new Set<bigint>();
    for (let i = 0; i < 20; i++) {
      const { id, answers } = readAnswer(await client.next());
      expect(answers).toEqual(['0 OK approve', '1 OK decline']);
      ids.add(id);
    }
    expect(ids.size).toBe(20);
    expect(pooled.engine.stats().requests.pooled).toBe(20);
    // A client that leaves while its answers are still being decided harms nobody.
    for (let i = 0; i < 20; i++) client.send(frame([small()]));
    client.end();
    const other = await StreamClient.open(pooled, TENANT);
    expect(readAnswer(await other.send(frame([large()])).next()).answers).toEqual(['0 OK decline']);
    expect(await pooled.stop()).toBe(true);
    expect(await other.closed).toBe(1001);
  });

  it('that find the ring full are answered BUSY, the others decided', async () => {
    const tight = await startServer({ port: 0, costInlineMax: 0, poolThreads: 1, ringBytes: 4096 });
    await tight.engine.publish(TENANT, bundleFiles());
    const client = await StreamClient.open(tight, TENANT);
    // One write of all frames is read in one turn, before any worker can have answered.
    const frames = Array.from({ length: 64 }, (_, i) => maskedFrame(frame([small()], BUNDLE, model, BigInt(i))));
    (client.socket as unknown as { _socket: Socket })._socket.write(Buffer.concat(frames));
    const seen = new Map<string, number>();
    for (let i = 0; i < 64; i++) {
      const { error, answers } = readAnswer(await client.next());
      const kind = error ?? answers.join();
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual(['0 OK approve', 'BUSY']);
    expect(readAnswer(await client.send(frame([large()])).next()).answers).toEqual(['0 OK decline']);
    client.end();
    await tight.stop();
  });

  it('above the limit close the connection', async () => {
    const client = await StreamClient.open(server, TENANT);
    client.send(new Uint8Array(FRAME_BYTES_MAX + 1));
    expect(await client.closed).toBeGreaterThanOrEqual(1006);
  });

  it('of a reader that never reads end in a closed connection, and hinder nobody', async () => {
    const narrow = await startTestServer({ backpressureBytesMax: 65536 });
    const slow = connect({ port: narrow.port, host: '127.0.0.1' });
    slow.on('error', () => {});
    slow.write(
      rawRequest(`GET /v1/${TENANT}/stream`, {
        Upgrade: 'websocket',
        Connection: 'Upgrade',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Version': 13,
        'Sec-WebSocket-Protocol': 'verdict.v1',
      }),
    );
    slow.pause();
    const message = maskedFrame(frame(Array.from({ length: 1000 }, small)));
    const ended = new Promise<void>((resolve) => slow.once('close', () => resolve()));
    const pump = () => {
      while (!slow.destroyed && slow.write(message));
    };
    slow.on('drain', pump);
    pump();
    await ended;
    const other = await StreamClient.open(narrow, TENANT);
    expect(readAnswer(await other.send(frame([small()])).next()).answers).toEqual(['0 OK approve']);
    other.end();
    await narrow.stop();
  });
});

describe('text messages', () => {
  it('are answered as JSON', async () => {
    const answer = JSON.parse(
      (await check(JSON.stringify({ id: 'a', bundle: BUNDLE, payload: { amount: 1500, country: 'US' } }))) as string,
    );
    expect(answer).toMatchObject({ id: 'a', decision: { status: 'OK', outcome: 'decline', score: 90 } });
  });

  it.each<[string, string, object]>([
    ['no JSON', '{', { id: null, error: { code: 'INVALID_JSON' } }],
    ['no form', '[]', { id: null, error: { code: 'INVALID_FRAME' } }],
    ['no payload', '{"id":1,"bundle":"payments"}', { error: { code: 'INVALID_FRAME' } }],
    [
      'a key twice',
      '{"id":1,"bundle":"payments","bundle":"payments","payload":{}}',
      { id: null, error: { code: 'INVALID_FRAME' } },
    ],
    [
      'a key of the payload twice',
      '{"id":1,"bundle":"payments","payload":{"amount":1,"amount":2,"country":"DE"}}',
      { id: 1, error: { code: 'INVALID_PAYLOAD', errors: [{ pointer: '/amount', code: 'DUPLICATE_FIELD', offset: 21 }] } },
    ],
    ['no such bundle', '{"id":1,"bundle":"x","payload":{}}', { id: 1, error: { code: 'BUNDLE_NOT_FOUND' } }],
    [
      'an invalid payload',
      '{"id":1,"bundle":"payments","payload":{"amount":"x","country":"DE"}}',
      { id: 1, error: { code: 'INVALID_PAYLOAD', errors: [{ pointer: '/amount', offset: 10 }] } },
    ],
  ])('%s', async (_, message, expected) => expect(JSON.parse((await check(message)) as string)).toMatchObject(expected));
});

describe('the handshake', () => {
  const upgrade = (tenant: string, protocol: string) =>
    rawRequest(`GET /v1/${tenant}/stream`, {
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version': 13,
      ...(protocol === '' ? {} : { 'Sec-WebSocket-Protocol': protocol }),
    });
  it.each([
    ['another subprotocol', TENANT, 'graphql-ws', '400 SUBPROTOCOL_REQUIRED'],
    ['no subprotocol', TENANT, '', '400 SUBPROTOCOL_REQUIRED'],
    ['no such tenant', 'other', 'verdict.v1', '404 TENANT_NOT_FOUND'],
    ['a bad name', 'Other', 'verdict.v1', '400 INVALID_NAME'],
  ])('%s', async (_, tenant, protocol, expected) => {
    expect(await exchangeRaw(server.port, upgrade(tenant, protocol), 1)).toEqual([expected, 'closed']);
  });

  it('picks verdict.v1 among several', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/${TENANT}/stream`, ['other', 'verdict.v1']);
    await new Promise((resolve) => socket.once('open', resolve));
    expect(socket.protocol).toBe('verdict.v1');
    socket.terminate();
  });
});

/** A masked binary WebSocket frame. */
function maskedFrame(payload: Uint8Array): Buffer {
  const head = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]); // mask 0: the payload stays as it is
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}
