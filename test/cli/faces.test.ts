// One decision, whoever asks: library, command line, HTTP (JSON and FlatBuffers, single and batch) and WebSocket, inline and
// pooled, give the same bytes and the same text over 10,000 generated payments.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ByteBuffer } from 'flatbuffers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { renderDecision, stripDecisionId } from '#src/schema/decision.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { AnswerBatch } from '#src/schema/generated/verdict/wire.js';
import { readAnswers } from '#src/server/answer-frame.js';
import { FLATBUFFERS_TYPE, JSON_TYPE } from '#src/server/media-type.js';
import { type Server, startServer } from '#src/server/server.js';
import { writeRequestBatch } from '#src/stream/request-batch.js';
import { generateTransactions, type Transaction } from '../../examples/card-risk/generator.js';
import { exampleFiles, type OpenExample, openExample } from '../examples/open-example.js';
import { makeTempDir, ROOT, runCli } from './run-cli.js';

const SEED = 4711;
const COUNT = 10_000;
const BATCH = 1000;
const FRAME = 64;
/** Requests in flight at once. */
const CONCURRENCY = 32;
const BUNDLE = 'card-risk';
const TENANT = 'acme';

const payloads: Transaction[] = [];
for (const { payload } of generateTransactions({ seed: SEED, customers: 800, terminals: 300, count: COUNT }))
  payloads.push(payload);

let library: OpenExample;
let encoded: Uint8Array[];
let bytesWanted: string[];
let textsWanted: string[];
const servers: Record<'inline' | 'pooled', Server> = {} as never;
const { dir, remove } = makeTempDir();

const hex = (bytes: Uint8Array): string => Buffer.from(stripDecisionId(bytes)).toString('hex');
const withoutIds = (text: string): string => text.replace(/"decisionId":"[0-9a-f]{32}",/g, '');

/** Consecutive parts of the payloads with the place of their first. */
function* parts(size: number): Generator<{ first: number; end: number }, void, undefined> {
  for (let first = 0; first < COUNT; first += size) yield { first, end: Math.min(first + size, COUNT) };
}

async function post(path: string, type: string, accept: string, body: string | Uint8Array, server: Server): Promise<Buffer> {
  const headers = { 'content-type': type, accept, 'verdict-model': library.ruleSet.model.hash };
  const response = await fetch(`${server.url}/v1/${TENANT}/decisions/${path}`, { method: 'POST', headers, body });
  const answer = Buffer.from(await response.arrayBuffer());
  if (response.status !== 200) throw new Error(`${response.status}: ${answer.toString()}`);
  return answer;
}

beforeAll(async () => {
  library = await openExample(BUNDLE);
  const encoder = new PayloadEncoder(library.ruleSet.model);
  encoded = payloads.map((payload) => encoder.encode(payload).slice());
  const decisions = payloads.map((payload) => library.ruleSet.decideBytes(payload));
  bytesWanted = decisions.map(hex);
  textsWanted = decisions.map(renderDecision);
  servers.inline = await startServer({ port: 0, poolThreads: 0 });
  servers.pooled = await startServer({ port: 0, poolThreads: 1, costInlineMax: 0 });
  for (const server of Object.values(servers)) await server.engine.publish(TENANT, exampleFiles(BUNDLE));
});
afterAll(async () => {
  for (const server of Object.values(servers)) await server.stop();
  await library.close();
  remove();
});

describe(`decisions over ${COUNT} payloads, seed ${SEED}`, () => {
  it('are of all kinds', () => {
    for (const outcome of ['approve', 'review', 'decline']) {
      expect(textsWanted.filter((text) => text.includes(`"outcome":"${outcome}"`)).length).toBeGreaterThan(50);
    }
    expect(new Set(bytesWanted).size).toBeGreaterThan(100);
  });

  it('are the same in the library for objects, JSON text and FlatBuffers', () => {
    for (const [i, payload] of payloads.entries()) {
      if (hex(library.ruleSet.decideBytes(JSON.stringify(payload))) !== bytesWanted[i]) expect.fail(`JSON text of payload ${i}`);
      if (hex(library.ruleSet.decideBytes(encoded[i]!)) !== bytesWanted[i]) expect.fail(`FlatBuffers of payload ${i}`);
    }
    expect(library.ruleSet.decideBatch(payloads).map((decision) => JSON.stringify(decision))).toEqual(textsWanted);
  });

  it('are the same from the command line', async () => {
    writeFileSync(join(dir, 'rows.ndjson'), payloads.map((payload) => JSON.stringify(payload)).join('\n'));
    const rows = ['eval', join(ROOT, 'examples', BUNDLE), '--input', 'rows.ndjson', '--output'];
    const texts = await runCli([...rows, '-'], { cwd: dir });
    expect(texts.stdout.trimEnd().split('\n')).toEqual(textsWanted);
    await runCli([...rows, 'out.bin', '--decisions', 'flatbuffers'], { cwd: dir });
    const file = new Uint8Array(readFileSync(join(dir, 'out.bin')));
    const bytes: string[] = [];
    for (let at = 0; at < file.length; ) {
      const end = at + 4 + new DataView(file.buffer, file.byteOffset).getUint32(at, true);
      bytes.push(hex(file.slice(at + 4, end)));
      at = end;
    }
    expect(bytes).toEqual(bytesWanted);
  });

  for (const path of ['inline', 'pooled'] as const) {
    it(`are the same over HTTP in batches, ${path}`, async () => {
      for (const { first, end } of parts(BATCH)) {
        const json = JSON.stringify(payloads.slice(first, end));
        const text = await post(`${BUNDLE}/batch`, JSON_TYPE, JSON_TYPE, json, servers[path]);
        expect(withoutIds(text.toString())).toBe(`[${textsWanted.slice(first, end).join(',')}]`);
        const mixed = await post(`${BUNDLE}/batch`, JSON_TYPE, FLATBUFFERS_TYPE, json, servers[path]);
        expect(readAnswers(mixed).map(hex)).toEqual(bytesWanted.slice(first, end));
        const frame = writeRequestBatch(1n, library.ruleSet.model.hash, BUNDLE, encoded.slice(first, end));
        const bytes = await post(`${BUNDLE}/batch`, FLATBUFFERS_TYPE, FLATBUFFERS_TYPE, frame, servers[path]);
        expect(readAnswers(bytes).map(hex)).toEqual(bytesWanted.slice(first, end));
      }
    });

    it(`are the same over HTTP one by one, ${path}`, async () => {
      let next = 0;
      const caller = async (): Promise<void> => {
        while (next < COUNT) {
          const i = next++;
          const text = await post(BUNDLE, JSON_TYPE, JSON_TYPE, JSON.stringify(payloads[i]), servers[path]);
          if (withoutIds(text.toString()) !== textsWanted[i]) expect.fail(`JSON of payload ${i}: ${text.toString()}`);
          const bytes = await post(BUNDLE, FLATBUFFERS_TYPE, FLATBUFFERS_TYPE, encoded[i]!, servers[path]);
          if (hex(bytes) !== bytesWanted[i]) expect.fail(`FlatBuffers of payload ${i}`);
        }
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, caller));
    });

    it(`are the same over WebSocket, ${path}`, async () => {
      const socket = new WebSocket(`${servers[path].url.replace('http', 'ws')}/v1/${TENANT}/stream`, 'verdict.v1');
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
      const answered = new Map<number, string[]>();
      const done = new Promise<void>((resolve, reject) => {
        socket.on('message', (data: Buffer) => {
          const batch = AnswerBatch.getRootAsAnswerBatch(new ByteBuffer(data));
          if (batch.error() !== null) reject(new Error(`${batch.error()}: ${batch.detail()}`));
          const bytes = Array.from({ length: batch.answersLength() }, (_, i) => hex(batch.answers(i)!.decisionArray()!));
          answered.set(Number(batch.id()), bytes);
          if (answered.size === Math.ceil(COUNT / FRAME)) resolve();
        });
        socket.once('close', () => reject(new Error('the connection was closed')));
      });
      for (const { first, end } of parts(FRAME)) {
        socket.send(writeRequestBatch(BigInt(first), library.ruleSet.model.hash, BUNDLE, encoded.slice(first, end)));
      }
      await done;
      socket.terminate();
      for (const { first, end } of parts(FRAME)) expect(answered.get(first)).toEqual(bytesWanted.slice(first, end));
    });
  }

  it('came by the path that was meant', () => {
    expect(servers.inline.engine.stats().requests).toMatchObject({ pooled: 0 });
    expect(servers.pooled.engine.stats().requests).toMatchObject({ inline: 0 });
  });
});
