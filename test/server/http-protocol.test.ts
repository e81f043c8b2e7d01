// What HTTP callers may say beside their payloads: lines for batches, traces, deadlines, keys; and what pipelining does.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Decision } from '#src/schema/decision.js';
import { readDecision } from '#src/schema/decision.js';
import { readAnswers } from '#src/server/answer-frame.js';
import type { Log } from '#src/server/config.js';
import type { Server } from '#src/server/server.js';
import { RawConnection, type RawResponse, rawRequest } from '../lib/raw-http.js';
import { BUNDLE, startTestServer, TENANT } from '../lib/server.js';

const ONE = `POST /v1/${TENANT}/decisions/${BUNDLE}`;
const BATCH = `${ONE}/batch`;
const JSON_TYPE = 'application/json';
const NDJSON_TYPE = 'application/x-ndjson';
const LARGE = '{"amount":1500.5,"country":"US"}';
const SMALL = '{"amount":19.99,"country":"DE"}';

let server: Server;
let pooled: Server;
beforeAll(async () => {
  server = await startTestServer({ bodyBytesMax: 65536, idempotencyBytesMax: 4096 });
  pooled = await startTestServer({ costInlineMax: 0, poolThreads: 1 });
});
afterAll(async () => {
  expect(await Promise.all([server.stop(), pooled.stop()])).toEqual([true, true]);
});

const post = (line: string, body: string, headers: Record<string, string> = {}): Buffer =>
  rawRequest(line, { 'Content-Type': JSON_TYPE, 'Content-Length': Buffer.byteLength(body), ...headers }, body);

async function ask(bytes: Uint8Array, of = server): Promise<RawResponse> {
  const connection = new RawConnection(of.port).write(bytes);
  const [response] = await connection.answers(1);
  connection.end();
  return response as RawResponse;
}

/** `200 approve`, or status, code and the detail's text. */
function tell({ status, headers, body }: RawResponse): string {
  if (headers['content-type'] !== 'application/problem+json') return String(status);
  return `${status} ${(JSON.parse(body.toString()) as { code: string }).code}`;
}

async function metric(name: string, of = server): Promise<number> {
  const text = await (await fetch(`${of.url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return line === undefined ? 0 : Number(line.slice(name.length + 1));
}

describe('a batch of lines', () => {
  const lines = (body: string, headers: Record<string, string> = {}): Promise<RawResponse> =>
    ask(post(BATCH, body, { 'Content-Type': NDJSON_TYPE, ...headers }));
  const outcomes = ({ body }: RawResponse): (string | null)[] =>
    body
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as Decision).outcome);

  it.each<[string, string, (string | null)[]]>([
    ['two', `${LARGE}\n${SMALL}\n`, ['decline', 'approve']],
    ['the last without its end', `${LARGE}\n${SMALL}`, ['decline', 'approve']],
    ['CR LF, and blank ones', `\r\n${LARGE}\r\n\n \t\r\n${SMALL}\r\n\n`, ['decline', 'approve']],
    ['one that is no JSON', `${LARGE}\n{"amount":\n${SMALL}\n`, ['decline', 'review', 'approve']],
    ['one that does not fit the model', `{"amount":"x"}\n${SMALL}\n`, ['review', 'approve']],
    ['control characters, which are no blank line', `\u0001\n${SMALL}\n`, ['review', 'approve']],
    ['an array, which is no payload', `[${LARGE}]\n`, ['review']],
  ])('%s', async (_, body, expected) => {
    const response = await lines(body);
    expect(response.headers['content-type']).toBe(NDJSON_TYPE);
    expect(Number(response.headers['content-length'])).toBe(response.body.length);
    expect(outcomes(response)).toEqual(expected);
  });

  it('says of each line what is wrong with it', async () => {
    const response = await lines(`${SMALL}\n{"amount":\n{"amount":"x","country":"DE"}\n`);
    const errors = response.body
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { errors?: { pointer: string; code: string }[] }).errors?.map(({ code }) => code));
    expect(errors).toEqual([undefined, ['SYNTAX'], ['FORMAT']]);
  });

  it('decides as an array of the same payloads does, and answers in what is accepted', async () => {
    const strip = (text: string): string => text.replace(/"decisionId":"[0-9a-f]{32}",/g, '');
    const array = strip((await ask(post(BATCH, `[${LARGE},${SMALL}]`))).body.toString());
    expect(strip((await lines(`${LARGE}\n${SMALL}`, { Accept: JSON_TYPE })).body.toString())).toBe(array);
    const asLines = (await ask(post(BATCH, `[${LARGE},${SMALL}]`, { Accept: NDJSON_TYPE }))).body.toString();
    expect(`[${strip(asLines).trimEnd().replaceAll('\n', ',')}]`).toBe(array);
    const frame = await lines(`${LARGE}\n${SMALL}`, { Accept: 'application/x-flatbuffers' });
    expect(readAnswers(frame.body).map((bytes) => readDecision(bytes).outcome)).toEqual(['decline', 'approve']);
  });

  it.each<[string, Buffer, string]>([
    ['no line at all', post(BATCH, ' \n\n', { 'Content-Type': NDJSON_TYPE }), '200'],
    ['too many', post(BATCH, '1\n'.repeat(4097), { 'Content-Type': NDJSON_TYPE }), '413 BATCH_TOO_LARGE'],
    ['of one decision', post(ONE, SMALL, { 'Content-Type': NDJSON_TYPE }), '415 UNSUPPORTED_MEDIA_TYPE'],
    ['as the answer of one decision', post(ONE, SMALL, { Accept: NDJSON_TYPE }), '406 NOT_ACCEPTABLE'],
    ['in another charset', post(BATCH, SMALL, { 'Content-Type': `${NDJSON_TYPE}; charset=utf-16` }), '415 UNSUPPORTED_MEDIA_TYPE'],
    [
      'chunked',
      rawRequest(
        BATCH,
        { 'Content-Type': NDJSON_TYPE, 'Transfer-Encoding': 'chunked' },
        `${SMALL.length.toString(16)}\r\n${SMALL}`,
      ),
      '411 LENGTH_REQUIRED',
    ],
  ])('%s', async (_, bytes, expected) => expect(tell(await ask(bytes))).toBe(expected));

  it('is decided by the pool too', async () => {
    const response = await ask(post(BATCH, `${LARGE}\n{\n${SMALL}\n`, { 'Content-Type': NDJSON_TYPE }), pooled);
    expect(outcomes(response)).toEqual(['decline', 'review', 'approve']);
  });
});

describe('traceparent', () => {
  const TRACE = '0af7651916cd43dd8448eb211c80319c';
  const answered = async (traceparent: string): Promise<string | undefined> =>
    (await ask(post(ONE, SMALL, { traceparent }))).headers.traceparent;

  it('is answered with the same trace and a span of our own', async () => {
    const spans = await Promise.all([1, 2].map(() => answered(`00-${TRACE}-b7ad6b7169203331-01`)));
    for (const span of spans) expect(span).toMatch(new RegExp(`^00-${TRACE}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`));
    expect(new Set(spans).size).toBe(2);
    expect(await answered(`00-${TRACE}-b7ad6b7169203331-00`)).toMatch(/-00$/);
    expect((await ask(rawRequest('GET /nowhere', { traceparent: `00-${TRACE}-b7ad6b7169203331-01` }))).headers.traceparent).toMatch(
      TRACE,
    );
  });

  it.each([
    '',
    'x',
    `00-${TRACE}-0000000000000000-01`,
    `00-${TRACE.toUpperCase()}-b7ad6b7169203331-01`,
    `ff-${TRACE}-b7ad6b7169203331-01`,
  ])('%j is as if there were none', async (traceparent) => expect(await answered(traceparent)).toBeUndefined());

  it('stands in the log beside what failed', async () => {
    const logged: object[] = [];
    const log: Log = { info: () => {}, warn: () => {}, error: (fields) => logged.push(fields) };
    const broken = await startTestServer({ log });
    broken.engine.live(TENANT, BUNDLE)!.decided = () => {
      throw new Error('planted');
    };
    expect(tell(await ask(post(ONE, SMALL, { traceparent: `00-${TRACE}-b7ad6b7169203331-01` }), broken))).toBe('500 INTERNAL');
    expect(logged).toMatchObject([
      { traceId: TRACE, parentId: 'b7ad6b7169203331', spanId: expect.stringMatching(/^[0-9a-f]{16}$/) },
    ]);
    await broken.stop();
  });
});

describe('Verdict-Deadline', () => {
  it.each(['0', '-1', '1.5', 'soon', '3600001', '1, 2', '1e3'])('%s is refused', async (deadline) => {
    expect(tell(await ask(post(ONE, SMALL, { 'Verdict-Deadline': deadline })))).toBe('400 INVALID_HEADER');
  });

  it('that is not over lets a request be decided', async () => {
    for (const of of [server, pooled]) expect(tell(await ask(post(ONE, SMALL, { 'Verdict-Deadline': '3600000' }), of))).toBe('200');
  });

  it.each([
    ['a decision', ONE, SMALL],
    ['a batch', BATCH, `[${SMALL}]`],
  ])('counts from the head of the request: %s', async (_, line, body) => {
    const request = post(line, body, { 'Verdict-Deadline': '1' });
    const connection = new RawConnection(server.port).write(request.subarray(0, -1));
    await ask(post(ONE, SMALL));
    await new Promise((resolve) => setTimeout(resolve, 10));
    const [response] = await connection.write(request.subarray(-1)).answers(1);
    expect(tell(response!)).toBe('504 DEADLINE_EXCEEDED');
    connection.end();
  });
});

describe('Idempotency-Key', () => {
  const send = (key: string, body = SMALL, line = ONE, headers: Record<string, string> = {}): Promise<RawResponse> =>
    ask(post(line, body, { 'Idempotency-Key': key, ...headers }));

  it('gives the same bytes again, and says so', async () => {
    const first = await send('"a"');
    const again = await send('"a"');
    expect(again.body).toEqual(first.body);
    expect([first.headers['idempotent-replayed'], again.headers['idempotent-replayed']]).toEqual([undefined, 'true']);
    expect((await send('a')).body).toEqual(first.body); // without quotes it is the same key
    expect((await send('"b"')).body).not.toEqual(first.body); // another decision id
    const batch = await send('"batch"', `[${SMALL},${LARGE}]`, BATCH);
    expect((await send('"batch"', `[${SMALL},${LARGE}]`, BATCH)).body).toEqual(batch.body);
  });

  it.each<[string, () => Promise<RawResponse>]>([
    ['body', () => send('"other"', LARGE)],
    ['route', () => send('"other"', SMALL, BATCH)],
    ['answer', () => send('"other"', SMALL, ONE, { Accept: 'application/x-flatbuffers' })],
  ])('is refused with another %s', async (_, request) => {
    await send('"other"');
    expect(tell(await request())).toBe('422 IDEMPOTENCY_KEY_REUSED');
  });

  it('keeps what was wrong with a request, and not what was wrong for the moment', async () => {
    expect(tell(await send('"wrong"', '{}'))).toBe('422 INVALID_PAYLOAD');
    expect((await send('"wrong"', '{}')).headers['idempotent-replayed']).toBe('true');
    const nowhere = `POST /v1/${TENANT}/decisions/nowhere`;
    for (let i = 0; i < 2; i++) expect(tell(await send('"nowhere"', SMALL, nowhere))).toBe('404 BUNDLE_NOT_FOUND');
    expect((await send('"nowhere"')).status).toBe(200);
  });

  it.each(['""', '"a', 'a b', `"${'x'.repeat(256)}"`, '"a", "b"', '"\u00e9"'])('%s is refused', async (key) => {
    expect(tell(await send(key))).toBe('400 INVALID_HEADER');
  });

  it('is nothing where there is no such tenant', async () => {
    expect(tell(await send('"a"', SMALL, 'POST /v1/nobody/decisions/x'))).toBe('404 TENANT_NOT_FOUND');
  });

  it('is in use until the first request is answered, also where its caller has gone', async () => {
    const request = post(ONE, SMALL, { 'Idempotency-Key': '"slow"' });
    const first = new RawConnection(pooled.port).write(request);
    const second = new RawConnection(pooled.port).write(request);
    const answers = [(await first.answers(1))[0]!, (await second.answers(1))[0]!];
    // Which of the two comes first, and whether it is answered before the other comes, is not ours to say: never two decisions.
    const decided = answers.filter(({ status }) => status === 200);
    for (const refused of answers.filter(({ status }) => status !== 200)) {
      expect(tell(refused)).toBe('409 IDEMPOTENCY_KEY_IN_USE');
      expect(refused.headers['retry-after']).toBe('1');
    }
    const again = await ask(request, pooled);
    for (const { body } of decided) expect(body).toEqual(again.body);
    first.end();
    second.end();
  });

  it('keeps no more bytes than it may, the oldest go first', async () => {
    const first = await send('"old"');
    for (let i = 0; i < 20; i++) await send(`"new-${i}"`);
    expect(await metric('verdict_idempotency_bytes')).toBeLessThanOrEqual(4096);
    expect((await send('"old"')).body).not.toEqual(first.body);
    expect((await send('"new-19"')).headers['idempotent-replayed']).toBe('true');
  });
});

describe('problems that pass', () => {
  it('say when to try again', async () => {
    const small = await startTestServer({ costInlineMax: 0, poolThreads: 1, ringBytes: 4096 });
    const connections = Array.from({ length: 24 }, () => new RawConnection(small.port).write(post(ONE, SMALL)));
    const answers = await Promise.all(connections.map(async (connection) => (await connection.answers(1))[0]!));
    const busy = answers.filter(({ status }) => status === 503);
    expect(answers.filter(({ status }) => status === 200).length).toBe(answers.length - busy.length);
    expect(busy.length).toBeGreaterThan(0);
    for (const response of busy) expect([tell(response), response.headers['retry-after']]).toEqual(['503 BUSY', '1']);
    for (const connection of connections) connection.end();
    await small.stop();
  });
});

describe('pipelining', () => {
  const many = (count: number): Buffer => Buffer.concat(Array.from({ length: count }, () => post(ONE, SMALL)));

  it('holds for what is decided inline', async () => {
    const connection = new RawConnection(server.port).write(many(50));
    expect((await connection.answers(50)).map(({ status }) => status)).toEqual(Array(50).fill(200));
    connection.end();
  });

  it('behind a pooled request closes the connection, and is counted; one at a time holds', async () => {
    const aborted = `verdict_http_aborted_total{route="POST /v1/:tenant/decisions/:name",phase="pending"}`;
    const before = await metric(aborted, pooled);
    const connection = new RawConnection(pooled.port).write(many(2));
    expect(await connection.whenClosed()).toEqual([]);
    expect(await metric(aborted, pooled)).toBe(before + 1);
    const patient = new RawConnection(pooled.port);
    for (let i = 1; i <= 3; i++) expect((await patient.write(post(ONE, SMALL)).answers(i)).length).toBe(i);
    patient.end();
  });
});
