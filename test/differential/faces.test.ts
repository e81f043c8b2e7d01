// A bundle of the profile standard with lists, tables, a scorecard and features: library, command line, HTTP (JSON and FlatBuffers,
// single and batch) and WebSocket, inline and pooled, give the same bytes and the same text; and what the lists hold decides.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ByteBuffer } from 'flatbuffers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { compile, createEngine, type Engine, type RuleSet } from '#src/index.js';
import { renderDecision, stripDecisionId } from '#src/schema/decision.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { AnswerBatch } from '#src/schema/generated/verdict/wire.js';
import { readAnswers } from '#src/server/answer-frame.js';
import { FLATBUFFERS_TYPE, JSON_TYPE } from '#src/server/media-type.js';
import { type Server, startServer } from '#src/server/server.js';
import { writeRequestBatch } from '#src/stream/request-batch.js';
import { makeTempDir, runCli } from '../cli/run-cli.js';
import { testSeed } from '../lib/model.js';
import { SAMPLE_MODEL, sampleOrders } from '../lib/sample-bundle.js';

const COUNT = 600;
const FRAME = 48;
const BUNDLE = 'orders';
const TENANT = 'acme';
const LISTS = { notes: ['test', 'x', 'A B'], amounts: ['100.50', '0.00', '5000.01', '7.25'], days: ['1950-01-01', '1999-12-31'] };

const FILES: Record<string, string> = {
  'bundle.yaml': `name: ${BUNDLE}
version: 1.0.0
model: model.yaml
profile: standard
onError: decline
decide:
  combine: score
  reasonsMax: 6
  outcomes: [{ atLeast: 60, outcome: decline }, { atLeast: 30, outcome: review }, { outcome: approve }]
`,
  'model.yaml': SAMPLE_MODEL,
  'lists/notes.yaml': 'type: string\n',
  'lists/amounts.yaml': 'type: { decimal: 2 }\n',
  'lists/days.yaml': 'type: date\n',
  'features/a.yaml': `- { name: placed, value: placedAt.toDate("America/New_York") }
- { name: age, value: 'born === null ? null : placed.daysSince(born) / 365.25' }
- name: size
  cases:
    - { when: amount < 100, value: '"small"' }
    - { when: amount < limits.most, value: '"usual"' }
    - { value: '"large"' }
- { name: share, value: 'divide(amount, Math.max(round(standing.score, 0, "half-even"), 0.5), 3, "half-up")' }
`,
  'tables/limits.yaml': 'complete: true\n',
  'tables/limits.csv':
    'country,count,-> most: decimal(2),-> grade: string\nDE,"< 100, null",1000,"""a"""\n"DE, FR",-,2500.5,"""b"""\n-,"[0..500)",800,"""c"""\n-,-,300,"""d"""\n',
  'tables/signals.yaml': `hitPolicy: collect
inputs: [size, 'placedAt.hour("Europe/Berlin")', note]
outputs: [score, reason]
rows:
  - { when: [large, '-', '-'], then: [25, LARGE] }
  - { when: ['-', '< 6', '-'], then: [10.5, NIGHT] }
  - { id: odd-note, when: ['-', '-', 'value.trim().length > 3, null'], then: [5, ODD_NOTE] }
`,
  'scorecards/standing.yaml': `initialScore: 1.5
type: { decimal: 2 }
contributes: true
reasons: pointsAbove
characteristics:
  - name: age
    input: age
    reason: AGE
    attributes: [{ when: '< 25', points: 20 }, { when: '[25..60]', points: 2.25 }, { when: 'null', points: 7 }, { points: 11 }]
  - name: card
    input: card?.age
    reason: CARD
    attributes: [{ when: '< 30', points: 15 }, { points: 0 }]
`,
  'rules/a.yaml': `- { id: note, when: 'note !== null && lists.notes.includes(note)', then: { score: 12, reason: NOTE } }
- { id: amount, when: lists.amounts.includes(amount), then: { score: 3, reason: AMOUNT } }
- { id: day, when: 'born !== null && lists.days.includes(born) || lists.days.includes(placed)', then: { outcome: review, reason: DAY } }
- { id: share, when: 'share > 50 && limits.grade !== "a"', then: { score: 8, reason: SHARE } }
- { id: foreign, when: '(card?.country ?? country) !== country', then: { score: 15, reason: FOREIGN } }
- { id: late, when: placedAt > now, then: { score: 1, reason: LATE } }
- { id: ledger, when: 'ledger !== null && ledger % 7 === 3', then: { score: 2, reason: LEDGER } }
`,
};

let orders: Record<string, unknown>[];
let engine: Engine;
let library: RuleSet;
let encoded: Uint8Array[];
let bytesWanted: string[];
let textsWanted: string[];
const servers: Record<'inline' | 'pooled', Server> = {} as never;
const { dir, remove } = makeTempDir();

/** One moment for all faces: the time stands in the decision. */
const NOW = 1_750_000_000_000_000n;
const clock = { nowMicros: (): bigint => NOW };

const hex = (bytes: Uint8Array): string => Buffer.from(stripDecisionId(bytes)).toString('hex');
const withoutIds = (text: string): string => text.replace(/"decisionId":"[0-9a-f]{32}",/g, '');

async function post(path: string, type: string, accept: string, body: string | Uint8Array, server: Server): Promise<Buffer> {
  const headers = { 'content-type': type, accept, 'verdict-model': library.model.hash };
  const response = await fetch(`${server.url}/v1/${TENANT}/decisions/${path}`, { method: 'POST', headers, body });
  const answer = Buffer.from(await response.arrayBuffer());
  if (response.status !== 200) throw new Error(`${response.status}: ${answer.toString()}`);
  return answer;
}

beforeAll(async () => {
  orders = sampleOrders(COUNT, testSeed('faces'));
  for (const [at, order] of orders.entries()) {
    if (at % 3 === 0) order.note = LISTS.notes[at % LISTS.notes.length];
    if (at % 5 === 0) order.amount = LISTS.amounts[at % LISTS.amounts.length];
    if (at % 7 === 0) order.born = LISTS.days[0];
  }
  const encoder = new TextEncoder();
  const files = new Map(Object.entries(FILES).map(([path, text]) => [path, encoder.encode(text)]));
  const { image, diagnostics } = compile(files, { profileMax: 'standard' });
  if (image === undefined) throw new Error(diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n'));
  engine = await createEngine({ poolThreads: 0, clock });
  library = await engine.load(image, { lists: LISTS });
  const payloads = new PayloadEncoder(library.model);
  encoded = orders.map((order) => payloads.encode(order).slice());
  const decisions = orders.map((order) => library.decideBytes(order));
  bytesWanted = decisions.map(hex);
  textsWanted = decisions.map(renderDecision);
  servers.inline = await startServer({ port: 0, poolThreads: 0, profileMax: 'standard', clock });
  servers.pooled = await startServer({ port: 0, poolThreads: 1, costInlineMax: 0, profileMax: 'standard', clock });
  for (const server of Object.values(servers)) {
    const types = { notes: 'string', amounts: 'decimal(2)', days: 'date' } as const;
    for (const [name, entries] of Object.entries(LISTS)) {
      await server.engine.putList(TENANT, name, entries, { type: types[name as keyof typeof types] });
    }
    await server.engine.publish(TENANT, files);
  }
});

afterAll(async () => {
  for (const server of Object.values(servers)) await server.stop();
  await engine.close();
  remove();
});

describe('a bundle with lists, tables and a scorecard', () => {
  it('decides by all of them', () => {
    const all = textsWanted.join('\n');
    const codes = ['LARGE', 'NIGHT', 'ODD_NOTE', 'AGE', 'CARD', 'NOTE', 'AMOUNT', 'DAY', 'SHARE', 'FOREIGN', 'LATE', 'LEDGER'];
    for (const code of codes) expect(all).toContain(`"code":"${code}"`);
    for (const [at, text] of textsWanted.entries()) {
      const { reasons, inputs, status } = JSON.parse(text) as { reasons: { code: string }[]; inputs: object; status: string };
      expect(status).toBe('OK');
      expect(Object.keys((inputs as { lists: object[] }).lists)).toHaveLength(3);
      const hits = new Set(reasons.map(({ code }) => code));
      const note = orders[at]!.note as string | null | undefined;
      // Six reasons at most are named, so that a hit may be left out.
      if (reasons.length < 6) expect(hits.has('NOTE'), text).toBe(typeof note === 'string' && LISTS.notes.includes(note));
    }
  });

  it('is the same in the library for objects, JSON text and FlatBuffers', () => {
    expect(orders.map((order) => hex(library.decideBytes(JSON.stringify(order))))).toEqual(bytesWanted);
    expect(encoded.map((bytes) => hex(library.decideBytes(bytes)))).toEqual(bytesWanted);
    expect(library.decideBatch(orders).map((decision) => JSON.stringify(decision))).toEqual(textsWanted);
  });

  for (const path of ['inline', 'pooled'] as const) {
    it(`is the same over HTTP in a batch, ${path}`, async () => {
      const json = JSON.stringify(orders);
      const text = await post(`${BUNDLE}/batch`, JSON_TYPE, JSON_TYPE, json, servers[path]);
      expect(withoutIds(text.toString())).toBe(`[${textsWanted.join(',')}]`);
      const mixed = await post(`${BUNDLE}/batch`, JSON_TYPE, FLATBUFFERS_TYPE, json, servers[path]);
      expect(readAnswers(mixed).map(hex)).toEqual(bytesWanted);
      const frame = writeRequestBatch(1n, library.model.hash, BUNDLE, encoded);
      const bytes = await post(`${BUNDLE}/batch`, FLATBUFFERS_TYPE, FLATBUFFERS_TYPE, frame, servers[path]);
      expect(readAnswers(bytes).map(hex)).toEqual(bytesWanted);
    });

    it(`is the same over HTTP one by one, ${path}`, async () => {
      for (let at = 0; at < COUNT; at += 4) {
        const text = await post(BUNDLE, JSON_TYPE, JSON_TYPE, JSON.stringify(orders[at]), servers[path]);
        expect(withoutIds(text.toString())).toBe(textsWanted[at]);
        const bytes = await post(BUNDLE, FLATBUFFERS_TYPE, FLATBUFFERS_TYPE, encoded[at]!, servers[path]);
        expect(hex(bytes)).toBe(bytesWanted[at]);
      }
    });

    it(`is the same over WebSocket, ${path}`, async () => {
      const socket = new WebSocket(`${servers[path].url.replace('http', 'ws')}/v1/${TENANT}/stream`, 'verdict.v1');
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
      const answered = new Map<number, string[]>();
      const done = new Promise<void>((resolve, reject) => {
        socket.on('message', (data: Buffer) => {
          const batch = AnswerBatch.getRootAsAnswerBatch(new ByteBuffer(data));
          if (batch.error() !== null) reject(new Error(`${batch.error()}: ${batch.detail()}`));
          const bytes = Array.from({ length: batch.answersLength() }, (_, at) => hex(batch.answers(at)!.decisionArray()!));
          answered.set(Number(batch.id()), bytes);
          if (answered.size === Math.ceil(COUNT / FRAME)) resolve();
        });
        socket.once('close', () => reject(new Error('the connection was closed')));
      });
      for (let at = 0; at < COUNT; at += FRAME) {
        socket.send(writeRequestBatch(BigInt(at), library.model.hash, BUNDLE, encoded.slice(at, at + FRAME)));
      }
      await done;
      socket.terminate();
      for (let at = 0; at < COUNT; at += FRAME) expect(answered.get(at)).toEqual(bytesWanted.slice(at, at + FRAME));
    });
  }

  it('is the same from the command line, which takes the entries beside the bundle', async () => {
    const entries = Object.fromEntries(
      Object.entries(LISTS).map(([name, lines]) => [`lists/${name}.txt`, `${lines.join('\n')}\n`]),
    );
    for (const [path, text] of Object.entries({ ...FILES, ...entries })) {
      mkdirSync(join(dir, BUNDLE, dirname(path)), { recursive: true });
      writeFileSync(join(dir, BUNDLE, path), text);
    }
    writeFileSync(join(dir, 'rows.ndjson'), orders.map((order) => JSON.stringify(order)).join('\n'));
    const { stdout } = await runCli(['eval', BUNDLE, '--input', 'rows.ndjson', '--output', '-', '--now', '2025-06-15T15:06:40Z'], {
      cwd: dir,
    });
    expect(stdout.trimEnd().split('\n')).toEqual(textsWanted);
  });
});
