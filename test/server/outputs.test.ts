// Outputs of decisions over each face of the server, from a few bytes to more than a megabyte a decision: what arrives is what the
// payload says.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDecision } from '#src/schema/decision.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { readAnswers } from '#src/server/answer-frame.js';
import { type Server, startServer } from '#src/server/server.js';
import { writeRequestBatch } from '#src/stream/request-batch.js';
import { makeTempDir } from '../cli/run-cli.js';
import { readAnswer, StreamClient } from '../lib/stream-client.js';

const TENANT = 'acme';
/** Words of a payload at most. A decision over the large model needs 1.7 MB of room, and the ring has 32 of it. */
const WORDS_MAX = { small: 100, large: 1000 } as const;
type Size = keyof typeof WORDS_MAX;
const WORD_CHARS = 200;

interface Payload {
  words: string[];
}

const bundle = (name: Size, version = '1.0.0', more: object[] = []) =>
  new Map(
    Object.entries({
      'bundle.yaml': `name: ${name}\nversion: ${version}\nmodel: model.json\nprofile: standard\nonError: fail\n`,
      'model.json': JSON.stringify({
        type: 'object',
        required: ['words'],
        properties: { words: { type: 'array', maxItems: WORDS_MAX[name], items: { type: 'string', maxLength: WORD_CHARS } } },
      }),
      'outputs.json': JSON.stringify([
        { name: 'all', value: 'words' },
        { name: 'rows', each: 'words', as: 'word', values: { it: 'word', 'of.length': 'word.length' } },
        ...more,
      ]),
    }).map(([path, text]) => [path, new TextEncoder().encode(text)]),
  );

const outputsOf = ({ words }: Payload): object => ({
  all: words,
  rows: words.map((it) => ({ it, of: { length: it.length } })),
});

/** As many words as there may be, and one. */
const payloadsOf = (size: Size): Payload[] => [
  { words: Array.from({ length: WORDS_MAX[size] }, (_, at) => `${at}-${'é'.repeat(WORD_CHARS - 6)}`) },
  { words: ['a'] },
];

let server: Server;
beforeAll(async () => {
  server = await startServer({ port: 0, profileMax: 'standard', costMax: 1e9, bodyBytesMax: 1 << 24, frameBytesMax: 1 << 24 });
  for (const name of ['small', 'large'] as const) await server.engine.publish(TENANT, bundle(name));
});
afterAll(() => server.stop());

async function post(size: Size, path: string, type: string, accept: string, body: string | Uint8Array): Promise<Buffer> {
  const response = await fetch(`${server.url}/v1/${TENANT}/decisions/${size}${path}`, {
    method: 'POST',
    headers: { 'content-type': type, accept, 'verdict-model': hashOf(size) },
    body: body as Uint8Array<ArrayBuffer>,
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  expect([response.status, response.status === 200 ? '' : bytes.toString()]).toEqual([200, '']);
  return bytes;
}

const hashOf = (size: Size): string => server.engine.live(TENANT, size)!.model.hash;
const JSON_TYPE = 'application/json';
const LINES_TYPE = 'application/x-ndjson';
const BINARY_TYPE = 'application/x-flatbuffers';

/** Encodes each payload into bytes of its own. */
function encoded(size: Size, payloads: readonly Payload[]): Uint8Array[] {
  const encoder = new PayloadEncoder(server.engine.live(TENANT, size)!.model);
  return payloads.map((payload) => encoder.encode(payload).slice());
}

const outputsIn = (json: string): unknown => (JSON.parse(json) as { outputs: unknown }).outputs;
const outputsInBytes = (decision: Uint8Array): unknown => readDecision(decision).outputs;

describe.each(['small', 'large'] as const)('outputs of %s lists', (size) => {
  const payloads = payloadsOf(size);

  it('arrive over HTTP, one by one', async () => {
    for (const [at, payload] of payloads.entries()) {
      const text = JSON.stringify(payload);
      const [bytes] = encoded(size, [payload]);
      const wanted = outputsOf(payload);
      expect(outputsIn((await post(size, '', JSON_TYPE, JSON_TYPE, text)).toString()), `${at} as JSON`).toEqual(wanted);
      expect(outputsInBytes(await post(size, '', JSON_TYPE, BINARY_TYPE, text)), `${at} of JSON`).toEqual(wanted);
      expect(outputsInBytes(await post(size, '', BINARY_TYPE, BINARY_TYPE, bytes!)), `${at} as bytes`).toEqual(wanted);
      expect(outputsIn((await post(size, '', BINARY_TYPE, JSON_TYPE, bytes!)).toString()), `${at} of bytes`).toEqual(wanted);
    }
  });

  // 24 of the large ones do not fit into the ring at once: they are decided in parts.
  it('arrive in batches of JSON and of lines', async () => {
    const many = Array.from({ length: 24 }, (_, at) => payloads[at % 2]!);
    const wanted = many.map(outputsOf);
    const batch = await post(size, '/batch', JSON_TYPE, JSON_TYPE, JSON.stringify(many));
    expect((JSON.parse(batch.toString()) as { outputs: unknown }[]).map(({ outputs }) => outputs)).toEqual(wanted);
    const lines = await post(size, '/batch', LINES_TYPE, LINES_TYPE, many.map((each) => JSON.stringify(each)).join('\n'));
    expect(lines.toString().trim().split('\n').map(outputsIn)).toEqual(wanted);
  });

  it('arrive in frames of the stream', async () => {
    const client = await StreamClient.open(server, TENANT);
    const many = [...payloads, ...payloads];
    const answer = await client.send(writeRequestBatch(7n, hashOf(size), size, encoded(size, many))).next();
    expect(readAnswers(answer as Buffer).map(outputsInBytes)).toEqual(many.map(outputsOf));
    client.end();
  });
});

it('a frame whose outputs may be larger than the ring is refused, and the next one is not', async () => {
  const client = await StreamClient.open(server, TENANT);
  const one = encoded('large', [payloadsOf('large')[1]!]);
  const send = async (payloads: Uint8Array[]) =>
    readAnswer(await client.send(writeRequestBatch(7n, hashOf('large'), 'large', payloads)).next());
  expect(await send(Array(24).fill(one[0]))).toEqual({ id: 7n, error: 'BATCH_TOO_LARGE', answers: [] });
  expect(await send(one)).toEqual({ id: 7n, error: null, answers: ['0 OK null'] });
  client.end();
});

it('are those of the version that decides, while others are published, and after a start anew', async () => {
  const { dir, remove } = makeTempDir();
  const options = { port: 0, profileMax: 'standard', dataDir: dir, costInlineMax: 0, poolThreads: 1 } as const;
  const [payload] = payloadsOf('small');
  const more = { '1.0.0': [], '2.0.0': [{ name: 'more.count', value: 'words.length' }] };
  const wanted = (version: keyof typeof more): object => ({
    ...outputsOf(payload!),
    ...(version === '2.0.0' ? { more: { count: WORDS_MAX.small } } : {}),
  });
  const check = async (of: Server): Promise<string> => {
    const path = `${of.url}/v1/${TENANT}/decisions/small`;
    const response = await fetch(path, { method: 'POST', headers: { 'content-type': JSON_TYPE }, body: JSON.stringify(payload) });
    const { version, outputs } = (await response.json()) as { version: keyof typeof more; outputs: object };
    expect(outputs).toEqual(wanted(version));
    return version;
  };
  const first = await startServer(options);
  await first.engine.publish(TENANT, bundle('small'));
  for (let turn = 0; turn < 6; turn++) {
    const version = turn % 2 === 0 ? '2.0.0' : '1.0.0';
    const before = Array.from({ length: 16 }, () => check(first));
    const published = first.engine.publish(TENANT, bundle('small', version, more[version]));
    await Promise.all([...before, published]);
    expect(await check(first)).toBe(version);
  }
  await first.engine.publish(TENANT, bundle('small', '2.0.0', more['2.0.0']));
  await first.stop();
  const second = await startServer(options);
  expect(await check(second)).toBe('2.0.0');
  await second.stop();
  remove();
});
