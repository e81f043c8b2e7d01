// Hello, credit, cancelling, deadlines and earlier models of the stream, against real servers.

import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PayloadEncoder } from '#src/schema/encode.js';
import { type Server, startServer } from '#src/server/server.js';
import { type ControlMessage, readControl, writeControl } from '#src/stream/control.js';
import { frameOf } from '../lib/frame.js';
import { BUNDLE, bundleFiles, startTestServer, TENANT } from '../lib/server.js';
import { readAnswer, StreamClient } from '../lib/stream-client.js';

const LOGGED: { fields: Record<string, unknown>; message: string }[] = [];
const note = (fields: object, message: string) => LOGGED.push({ fields: fields as Record<string, unknown>, message });
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const HELLO = { protocolMin: 1, protocolMax: 1, credit: 0, bundles: [], client: 'test' };

let server: Server;
/** Decides everything on its one worker, and takes 16 requests of one connection. */
let slow: Server;
/** Decides everything on its one worker, and has much waiting for it. */
let queued: Server;
beforeAll(async () => {
  server = await startTestServer({ log: { info: note, warn: note, error: note } });
  slow = await startTestServer({ costInlineMax: 0, poolThreads: 1, creditMax: 16 });
  queued = await startTestServer({ costInlineMax: 0, poolThreads: 1, ringBytes: 1 << 26 });
});
afterAll(() => Promise.all([server.stop(), slow.stop(), queued.stop()]));

const liveOf = (of: Server) => of.engine.live(TENANT, BUNDLE)!;

/** A frame of requests that are all alike. */
function frame(of: Server, id: bigint, count = 1, more: { deadlineMillis?: number; traceparent?: string } = {}): Uint8Array {
  const { model } = liveOf(of);
  const payload = new PayloadEncoder(model).encode({ amount: 1, country: 'DE' }).slice();
  return frameOf(Array(count).fill(payload), { bundle: BUNDLE, model: model.hash, id, ...more });
}

/** Bytes of several messages in one write, so that the server reads them in one turn. */
function sendTogether(client: StreamClient, messages: readonly Uint8Array[]): void {
  const bytes = messages.flatMap((message) => {
    const head = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]); // mask 0: the payload stays as it is
    head.writeBigUInt64BE(BigInt(message.length), 2);
    return [head, message];
  });
  (client.socket as unknown as { _socket: Socket })._socket.write(Buffer.concat(bytes));
}

async function say(client: StreamClient, control: ControlMessage): Promise<ControlMessage> {
  client.send(writeControl(control));
  return readControl((await client.next()) as Buffer)!;
}

describe('a hello', () => {
  it('is answered by the limits, and by the models that were asked for', async () => {
    const client = await StreamClient.open(slow, TENANT);
    const { version, image, model } = liveOf(slow);
    const bundle = { bundle: BUNDLE, version, image, model: model.hash, earlier: [] };
    expect(await say(client, { hello: { ...HELLO, bundles: [BUNDLE, 'none', 'X/Y'] } })).toEqual({
      welcome: {
        ...{ protocol: 1, server: 'verdict', credit: 16, frameBytesMax: 16_777_216, requestsMax: 4096, idleSecondsMax: 120 },
        bundles: [bundle],
      },
    });
    expect((await say(client, { hello: { ...HELLO, credit: 4 } })).welcome).toMatchObject({ credit: 4, bundles: [] });
    expect((await say(client, { hello: { ...HELLO, credit: 400 } })).welcome).toMatchObject({ credit: 16 });
    client.end();
  });

  it('of a later version speaks this one, where it may', async () => {
    const client = await StreamClient.open(server, TENANT);
    expect((await say(client, { hello: { ...HELLO, protocolMax: 9 } })).welcome!.protocol).toBe(1);
    client.send(writeControl({ hello: { ...HELLO, protocolMin: 2, protocolMax: 9 } }));
    expect(readAnswer(await client.next())).toEqual({ id: 0n, error: 'PROTOCOL_UNSUPPORTED', answers: [] });
    expect(await client.closed).toBe(4000);
  });

  it.each<[string, string, string, number | undefined]>([
    ['a hello', '{"hello":{"credit":3}}', '{"welcome":{"protocol":1,', undefined],
    ['a hello of another version', '{"hello":{"protocolMin":2,"protocolMax":2}}', '{"id":null,"error":{', 4000],
    ['no hello', '{"hello":7}', '{"id":null,"error":{', 4001],
    ['a hello with no number', '{"hello":{"credit":-1}}', '{"id":null,"error":{', 4001],
    ['a hello without names', '{"hello":{"bundles":[1]}}', '{"id":null,"error":{', 4001],
    ['no cancel', '{"cancel":1}', '{"id":null,"error":{', 4001],
  ])('as text: %s', async (_, message, answer, code) => {
    const client = await StreamClient.open(server, TENANT);
    expect(await client.send(message).next()).toContain(answer);
    if (code === undefined) client.end();
    else expect(await client.closed).toBe(code);
  });

  it('that cannot be read closes the stream', async () => {
    const client = await StreamClient.open(server, TENANT);
    client.send(writeControl({ hello: { ...HELLO, bundles: Array(257).fill('a') } }));
    expect(readAnswer(await client.next()).error).toBe('INVALID_CONTROL');
    expect(await client.closed).toBe(4001);
  });
});

describe('credit', () => {
  it('is enough for a client that counts', async () => {
    const client = await StreamClient.open(slow, TENANT);
    await say(client, { hello: HELLO });
    let id = 0n;
    for (let i = 0; i < 4; i++) client.send(frame(slow, id++, 4));
    for (let i = 0; i < 60; i++) {
      expect(readAnswer(await client.next()).answers).toHaveLength(4);
      if (id < 60n) client.send(frame(slow, id++, 4));
    }
    client.end();
  });

  it('that is exceeded is told, and closes the stream', async () => {
    const client = await StreamClient.open(slow, TENANT);
    await say(client, { hello: { ...HELLO, credit: 8 } });
    sendTogether(client, [frame(slow, 1n, 4), frame(slow, 2n, 4), frame(slow, 3n, 1)]);
    expect(readAnswer(await client.next())).toEqual({ id: 3n, error: 'CREDIT_EXCEEDED', answers: [] });
    expect(await client.closed).toBe(4002);
  });

  it('is the largest of the server for a client that has not said hello', async () => {
    const client = await StreamClient.open(slow, TENANT);
    sendTogether(client, [frame(slow, 1n, 16)]);
    expect(readAnswer(await client.next()).answers).toHaveLength(16);
    sendTogether(client, [frame(slow, 2n, 17)]);
    expect(readAnswer(await client.next()).error).toBe('CREDIT_EXCEEDED');
    expect(await client.closed).toBe(4002);
  });

  it('counts text requests', async () => {
    const client = await StreamClient.open(slow, TENANT);
    const text = Buffer.from(`{"id":1,"bundle":"${BUNDLE}","payload":{"amount":1,"country":"DE"}}`);
    const head = Buffer.from([0x81, 0x80 + text.length, 0, 0, 0, 0]);
    (client.socket as unknown as { _socket: Socket })._socket.write(Buffer.concat(Array(17).fill([head, text]).flat()));
    expect(JSON.parse((await client.next()) as string)).toMatchObject({ error: { code: 'CREDIT_EXCEEDED' } });
    expect(await client.closed).toBe(4002);
  });

  it('does not count what is decided at once', async () => {
    const client = await StreamClient.open(server, TENANT);
    await say(client, { hello: { ...HELLO, credit: 2 } });
    sendTogether(
      client,
      Array.from({ length: 50 }, (_, i) => frame(server, BigInt(i), 2)),
    );
    for (let i = 0n; i < 50n; i++) expect(readAnswer(await client.next())).toMatchObject({ id: i, error: null });
    client.end();
  });

  it('is advised to be smaller where there is no room, and larger again with answers', async () => {
    const tight = await startTestServer({ costInlineMax: 0, poolThreads: 1, ringBytes: 4096 });
    const client = await StreamClient.open(tight, TENANT);
    await say(client, { hello: { ...HELLO, credit: 32 } });
    sendTogether(
      client,
      Array.from({ length: 32 }, (_, i) => frame(tight, BigInt(i))),
    );
    const advised: number[] = [];
    let answered = 0;
    let id = 32n;
    while (answered < 32 || advised.at(-1) !== 32) {
      const message = (await client.next()) as Buffer;
      const { credit } = readControl(message) ?? {};
      if (credit !== undefined) advised.push(credit);
      else if (++answered >= 32) client.send(frame(tight, id++));
    }
    expect(advised[0]).toBe(16);
    expect(Math.min(...advised)).toBeGreaterThanOrEqual(2);
    client.end();
    await tight.stop();
  });
});

describe('a request', () => {
  it('that is cancelled before it is decided is answered so, and gives its credit back', async () => {
    const client = await StreamClient.open(slow, TENANT);
    await say(client, { hello: HELLO });
    const frames = Array.from({ length: 4 }, (_, i) => frame(slow, BigInt(i), 4));
    sendTogether(client, [...frames, writeControl({ cancel: [3n, 77n] })]);
    const seen = new Map<bigint, string | null>();
    for (let i = 0; i < 4; i++) {
      const { id, error } = readAnswer(await client.next());
      seen.set(id, error);
    }
    expect([...seen].sort()).toEqual([0n, 1n, 2n, 3n].map((id) => [id, id === 3n ? 'CANCELLED' : null]));
    sendTogether(client, frames);
    for (let i = 0; i < 4; i++) expect(readAnswer(await client.next()).error).toBeNull();
    client.end();
  });

  it('as text is cancelled by its id', async () => {
    const client = await StreamClient.open(slow, TENANT);
    const text = Buffer.from(`{"id":["a",1],"bundle":"${BUNDLE}","payload":{"amount":1,"country":"DE"}}`);
    const cancel = Buffer.from('{"cancel":[["a",1]]}');
    const write = (message: Buffer) => Buffer.concat([Buffer.from([0x81, 0x80 + message.length, 0, 0, 0, 0]), message]);
    (client.socket as unknown as { _socket: Socket })._socket.write(Buffer.concat([write(text), write(cancel)]));
    expect(JSON.parse((await client.next()) as string)).toMatchObject({ id: ['a', 1], error: { code: 'CANCELLED' } });
    client.end();
  });

  it('whose deadline is over before it is begun is not decided', async () => {
    const client = await StreamClient.open(queued, TENANT);
    // Decided one after the other by one worker: the last comes after more than a millisecond of work.
    const before = Array.from({ length: 40 }, (_, i) => frame(queued, BigInt(i), 1000));
    const more = [{ deadlineMillis: 1 }, { deadlineMillis: 600_000 }];
    sendTogether(client, [...before, ...more.map((each, i) => frame(queued, 40n + BigInt(i), 1, each))]);
    const errors = new Map<bigint, string | null>();
    while (errors.size < 42) {
      const { id, error } = readAnswer(await client.next());
      errors.set(id, error);
    }
    expect([errors.get(40n), errors.get(41n)]).toEqual(['DEADLINE_EXCEEDED', null]);
    client.end();
  });

  it('whose deadline is far off is decided', async () => {
    const client = await StreamClient.open(slow, TENANT);
    expect(readAnswer(await client.send(frame(slow, 1n, 2, { deadlineMillis: 600_000 })).next()).error).toBeNull();
    client.send(`{"id":1,"bundle":"${BUNDLE}","payload":{"amount":1,"country":"DE"},"deadlineMillis":600000}`);
    expect(JSON.parse((await client.next()) as string)).toMatchObject({ id: 1, decision: { outcome: 'approve' } });
    client.send(`{"id":1,"bundle":"${BUNDLE}","payload":{"amount":1,"country":"DE"},"deadlineMillis":-1}`);
    expect(JSON.parse((await client.next()) as string)).toMatchObject({ error: { code: 'INVALID_FRAME' } });
    client.end();
  });

  it('whose trace is sampled is logged with it, and so is what fails', async () => {
    const client = await StreamClient.open(server, TENANT);
    LOGGED.length = 0;
    await client.send(frame(server, 1n, 2, { traceparent: TRACEPARENT })).next();
    await client.send(frame(server, 2n, 2, { traceparent: TRACEPARENT.replace(/1$/, '0') })).next();
    await client.send(frame(server, 3n, 2, { traceparent: 'nonsense' })).next();
    const trace = { traceId: '0af7651916cd43dd8448eb211c80319c', parentId: 'b7ad6b7169203331', sampled: true };
    const own = { spanId: expect.stringMatching(/^[0-9a-f]{16}$/), millis: expect.any(Number) };
    expect(LOGGED.map(({ fields }) => fields)).toEqual([{ ...trace, ...own, tenant: TENANT, requests: 2 }]);
    client.end();
  });
});

describe('an earlier model', () => {
  const SCHEMA = `$schema: https://json-schema.org/draft/2020-12/schema
title: Payment
type: object
additionalProperties: false
required: [amount, country]
properties:
  channel: { type: string, maxLength: 8 }
  amount: { type: number, minimum: 0, maximum: 1000000, multipleOf: 0.01 }
  country: { type: string, maxLength: 8 }
`;
  const later = async (of: Server) => {
    const text = Buffer.from(bundleFiles().get('bundle.yaml')!).toString().replace('1.0.0', '1.1.0');
    await of.engine.publish(TENANT, bundleFiles({ 'bundle.yaml': text, 'payment.schema.yaml': SCHEMA }));
  };

  it('of the bundle is read as well, over the stream and over HTTP, after a restart too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'verdict-models-'));
    let of = await startServer({ port: 0, dataDir: folder });
    try {
      await of.engine.publish(TENANT, bundleFiles());
      const old = liveOf(of).model;
      const written = frame(of, 5n, 2);
      await later(of);
      for (let round = 0; round < 2; round++) {
        const { model, earlierModels } = liveOf(of);
        expect([model.hash === old.hash, earlierModels]).toEqual([false, [old.hash]]);
        const client = await StreamClient.open(of, TENANT);
        for (const bytes of [written, frame(of, 6n, 2)])
          expect(readAnswer(await client.send(bytes).next()).answers).toEqual(['1000 OK approve', '1001 OK approve']);
        const hello = await say(client, { hello: { ...HELLO, bundles: [BUNDLE] } });
        expect(hello.welcome!.bundles[0]).toMatchObject({ version: '1.1.0', model: model.hash, earlier: [old.hash] });
        const strange = frameOf([new Uint8Array(8)], { bundle: BUNDLE, model: '00000000000000ab' });
        expect(readAnswer(await client.send(strange).next()).error).toBe('MODEL_MISMATCH');
        client.end();
        const headers = { 'content-type': 'application/x-flatbuffers' };
        const url = `${of.url}/v1/${TENANT}/decisions/${BUNDLE}`;
        const batch = await fetch(`${url}/batch`, { method: 'POST', headers, body: written });
        expect(readAnswer(Buffer.from(await batch.arrayBuffer())).answers).toHaveLength(2);
        const payload = new PayloadEncoder(old).encode({ amount: 1500, country: 'US' }).slice();
        const single = await fetch(url, { method: 'POST', headers: { ...headers, 'verdict-model': old.hash }, body: payload });
        expect(single.status).toBe(200);
        await of.stop();
        if (round === 0) of = await startServer({ port: 0, dataDir: folder });
      }
    } finally {
      await of.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
