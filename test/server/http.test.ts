import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTarGz } from '#src/bundle/archive.js';
import { readDecision, stripDecisionId } from '#src/schema/decision.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { readAnswers } from '#src/server/answer-frame.js';
import type { Server } from '#src/server/server.js';
import { writeRequestBatch } from '#src/stream/request-batch.js';
import { BUNDLE, bundleFiles, bundleJson, startTestServer, TENANT } from '../lib/server.js';

const JSON_TYPE = 'application/json';
const FLATBUFFERS_TYPE = 'application/x-flatbuffers';
const GZIP_TYPE = 'application/gzip';
const ONE = `/v1/${TENANT}/decisions/${BUNDLE}`;
const BATCH = `${ONE}/batch`;
const LARGE_ABROAD = { amount: 1500.5, country: 'US' };
const SMALL = { amount: 19.99, country: 'DE' };

let server: Server;
let encode: (value: unknown) => Uint8Array;
let model = '';

beforeAll(async () => {
  server = await startTestServer({ bodyBytesMax: 65536, bundleBytesMax: 65536 });
  const live = server.engine.live(TENANT, BUNDLE)!;
  const encoder = new PayloadEncoder(live.model);
  encode = (value) => encoder.encode(value).slice();
  model = live.model.hash;
});
afterAll(async () => {
  expect(await server.stop()).toBe(true);
});

interface Call {
  method?: string;
  path: string;
  type?: string;
  accept?: string;
  model?: string;
  body?: string | Uint8Array;
}

async function call(
  { method = 'POST', path, type, accept, model, body }: Call,
  of = server,
): Promise<{ status: number; headers: Headers; body: Buffer }> {
  const headers: Record<string, string> = {};
  if (type !== undefined) headers['content-type'] = type;
  if (accept !== undefined) headers.accept = accept;
  if (model !== undefined) headers['verdict-model'] = model;
  const response = await fetch(of.url + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
  });
  return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
}

/** `200`, or the problem: status, code and the pointers of its errors. Every problem document is checked on the way. */
async function check(request: Call): Promise<string> {
  const { status, headers, body } = await call(request);
  if (status < 400) return String(status);
  if (request.method === 'HEAD') return String(status);
  expect(headers.get('content-type')).toBe('application/problem+json');
  const problem = JSON.parse(body.toString());
  expect(problem).toMatchObject({
    status,
    type: `urn:verdict:problem:${problem.code}`,
    title: expect.any(String),
    detail: expect.any(String),
  });
  return [
    status,
    problem.code,
    ...(problem.errors ?? []).map((error: { pointer: string; code: string }) => `${error.pointer}:${error.code}`),
  ].join(' ');
}

const json = (body: unknown, path = ONE): Call => ({
  path,
  type: JSON_TYPE,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const put = (body: string | Uint8Array, name = BUNDLE, query = ''): Call => ({
  method: 'PUT',
  path: `/v1/${TENANT}/bundles/${name}${query}`,
  type: typeof body === 'string' ? JSON_TYPE : GZIP_TYPE,
  body,
});

describe('a decision in JSON', () => {
  it.each<[string, Call, string]>([
    ['a payload', json(LARGE_ABROAD), '200'],
    ['decimals as text', json({ amount: '19.99', country: 'DE' }), '200'],
    ['an optional object', json({ ...SMALL, customer: { age: 30 } }), '200'],
    ['null for absent', json({ ...SMALL, customer: null }), '200'],
    ['spaces and an escape', json(' {"amount":1,\n"country":"\\u0044E"} '), '200'],
    ['a missing field', json({ amount: 1 }), '422 INVALID_PAYLOAD /country:REQUIRED'],
    ['wrong types', json({ amount: true, country: 5 }), '422 INVALID_PAYLOAD /amount:TYPE /country:TYPE'],
    ['a nested field', json({ ...SMALL, customer: { age: -1 } }), '422 INVALID_PAYLOAD /customer/age:MINIMUM'],
    ['a nested type', json({ ...SMALL, customer: [] }), '422 INVALID_PAYLOAD /customer:TYPE'],
    ['an unknown field', json({ ...SMALL, 'a/b~c': 1 }), '422 INVALID_PAYLOAD /a~1b~0c:UNKNOWN_FIELD'],
    ['too many digits', json({ ...SMALL, amount: 19.999 }), '422 INVALID_PAYLOAD /amount:SCALE'],
    ['above the maximum', json({ ...SMALL, amount: 1e7 }), '422 INVALID_PAYLOAD /amount:MAXIMUM'],
    ['too long a text', json({ ...SMALL, country: 'x'.repeat(9) }), '422 INVALID_PAYLOAD /country:MAX_LENGTH'],
    ['a lone surrogate', json('{"amount":1,"country":"\\ud800"}'), '422 INVALID_PAYLOAD /country:UTF16'],
    ['__proto__', json('{"amount":1,"country":"DE","__proto__":{"admin":true}}'), '422 INVALID_PAYLOAD /__proto__:UNKNOWN_FIELD'],
    ['a key twice', json('{"amount":1,"amount":2,"country":"DE"}'), '422 INVALID_PAYLOAD /amount:DUPLICATE_FIELD'],
    ['an array', json([SMALL]), '422 INVALID_PAYLOAD :TYPE'],
    ['null', json('null'), '422 INVALID_PAYLOAD :TYPE'],
    ['no JSON', json('{"amount":'), '400 INVALID_JSON /amount:SYNTAX'],
    ['nothing', json(''), '400 INVALID_JSON :SYNTAX'],
    ['trailing text', json('{} x'), '400 INVALID_JSON :SYNTAX'],
    ['no UTF-8', { ...json(''), body: new Uint8Array([0x22, 0xff, 0x22]) }, '400 INVALID_JSON :SYNTAX'],
    ['200,000 deep', json('['.repeat(30_000) + ']'.repeat(30_000)), '422 INVALID_PAYLOAD :TYPE'],
    ['too large', json(' '.repeat(65537)), '413 BODY_TOO_LARGE'],
    ['much too large', json(' '.repeat(250_000)), '413 BODY_TOO_LARGE'],
    ['at the limit', json(JSON.stringify(SMALL).padEnd(65536)), '200'],
    ['no media type', { path: ONE, body: new Uint8Array(2) }, '415 UNSUPPORTED_MEDIA_TYPE'],
    ['another media type', { ...json(SMALL), type: 'text/json' }, '415 UNSUPPORTED_MEDIA_TYPE'],
    ['nothing acceptable', { ...json(SMALL), accept: 'text/html' }, '406 NOT_ACCEPTABLE'],
    ['no such bundle', json(SMALL, `/v1/${TENANT}/decisions/other`), '404 BUNDLE_NOT_FOUND'],
    ['no such tenant', json(SMALL, `/v1/other/decisions/${BUNDLE}`), '404 TENANT_NOT_FOUND'],
    ['a bad name', json(SMALL, `/v1/${TENANT}/decisions/Payments`), '400 INVALID_NAME'],
    ['an encoded name', json(SMALL, `/v1/%61cme/decisions/${BUNDLE}`), '400 INVALID_NAME'],
    ['too long a name', json(SMALL, `/v1/${'a'.repeat(65)}/decisions/${BUNDLE}`), '400 INVALID_NAME'],
  ])('%s', async (_, request, expected) => expect(await check(request)).toBe(expected));

  it('answers the decision with its reasons', async () => {
    const { headers, body } = await call(json(LARGE_ABROAD));
    expect(headers.get('content-type')).toBe(JSON_TYPE);
    const { decisionId, image, ...decision } = JSON.parse(body.toString());
    expect(decisionId).toMatch(/^[0-9a-f]{32}$/);
    expect(image).toMatch(/^[0-9a-f]{16}$/);
    expect(decision).toEqual({
      status: 'OK',
      outcome: 'decline',
      score: 90,
      reasons: [
        { code: 'LARGE', rule: 'large', score: 60 },
        { code: 'ABROAD', rule: 'abroad', score: 30 },
      ],
      bundle: BUNDLE,
      version: '1.0.0',
      inputs: { now: null, lists: [] },
    });
  });

  it('gives every decision its own id', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, async () => JSON.parse((await call(json(SMALL))).body.toString()).decisionId),
    );
    expect(new Set(ids).size).toBe(20);
  });
});

describe('a decision in FlatBuffers', () => {
  const flat = (value: unknown, more: Partial<Call> = {}): Call => ({
    path: ONE,
    type: FLATBUFFERS_TYPE,
    model,
    body: encode(value),
    ...more,
  });
  it.each<[string, () => Call, string]>([
    ['a payload', () => flat(SMALL), '200'],
    ['no model', () => ({ path: ONE, type: FLATBUFFERS_TYPE, body: encode(SMALL) }), '400 MODEL_MISSING'],
    ['no hash', () => flat(SMALL, { model: 'x' }), '400 INVALID_REQUEST'],
    ['another model', () => flat(SMALL, { model: 'f'.repeat(16) }), '409 MODEL_MISMATCH'],
    ['two models', () => flat(SMALL, { model: `${model}, ${model}` }), '400 INVALID_REQUEST'],
    [
      'cut off',
      () => flat(SMALL, { body: encode(SMALL).subarray(0, 20) }),
      expect.stringMatching(/^422 INVALID_PAYLOAD \S*:PAYLOAD$/) as unknown as string,
    ],
    ['nothing', () => flat(SMALL, { body: new Uint8Array(0) }), '422 INVALID_PAYLOAD :PAYLOAD'],
    ['no such bundle', () => flat(SMALL, { path: `/v1/${TENANT}/decisions/other` }), '404 BUNDLE_NOT_FOUND'],
  ])('%s', async (_, request, expected) => expect(await check(request())).toEqual(expected));

  it('is the same decision as in JSON, for all four pairs of media types', async () => {
    const decisions = new Set<string>();
    const texts = new Set<string>();
    for (const request of [json(LARGE_ABROAD), flat(LARGE_ABROAD)]) {
      const binary = await call({ ...request, accept: FLATBUFFERS_TYPE });
      expect(binary.headers.get('content-type')).toBe(FLATBUFFERS_TYPE);
      decisions.add(Buffer.from(stripDecisionId(binary.body)).toString('hex'));
      const text = await call({ ...request, accept: JSON_TYPE });
      texts.add(text.body.toString().replace(/"decisionId":"[0-9a-f]{32}",/, ''));
    }
    expect([decisions.size, texts.size]).toEqual([1, 1]);
    expect(readDecision(Buffer.from([...decisions][0]!, 'hex'))).toMatchObject({ outcome: 'decline', score: 90 });
  });
});

it.each([
  ['inline', {}],
  ['pooled', { costInlineMax: 0, poolThreads: 1 }],
] as const)('a decision that a fault of its bundle settled is an answer like any other, %s', async (_, options) => {
  const faulty = await startTestServer({ ...options, profileMax: 'standard' });
  const rule = '- id: faulty\n  when: amount % amount > 1\n  then: { score: 1, reason: FAULTY }\n';
  const bundle = Buffer.from(bundleFiles().get('bundle.yaml')!).toString().replace('strict', 'standard').replace('1.0.0', '1.0.1');
  await faulty.engine.publish(TENANT, bundleFiles({ 'bundle.yaml': bundle, 'rules/all.yaml': rule }));
  const zero = { amount: 0, country: 'DE' };
  const single = [json(zero), { path: ONE, type: FLATBUFFERS_TYPE, accept: JSON_TYPE, model, body: encode(zero) }];
  for (const request of single) {
    const { status, body } = await call(request, faulty);
    expect([status, JSON.parse(body.toString())]).toMatchObject([200, { status: 'ARITHMETIC', outcome: 'review' }]);
  }
  await faulty.stop();
});

describe('the pooled path', () => {
  it('answers as the inline path does: decisions, refusals, batches', async () => {
    const pooled = await startTestServer({ costInlineMax: 0, poolThreads: 1 });
    const requests: Call[] = [
      json(LARGE_ABROAD),
      json({ amount: 'x' }),
      { path: ONE, type: FLATBUFFERS_TYPE, model, body: encode(SMALL) },
      { path: ONE, type: FLATBUFFERS_TYPE, model, body: encode(SMALL).subarray(0, 20) },
      json([LARGE_ABROAD, {}, SMALL], BATCH),
      {
        path: BATCH,
        type: FLATBUFFERS_TYPE,
        accept: JSON_TYPE,
        body: writeRequestBatch(1n, model, BUNDLE, [encode(SMALL), encode(LARGE_ABROAD)]),
      },
    ];
    const withoutIds = ({ status, body }: { status: number; body: Buffer }) => [
      status,
      body.toString('latin1').replace(/"decisionId":"[0-9a-f]{32}",/g, ''),
    ];
    for (const request of requests) {
      const accept = request.accept ?? JSON_TYPE;
      expect(withoutIds(await call({ ...request, accept }, pooled))).toEqual(withoutIds(await call({ ...request, accept })));
    }
    expect(pooled.engine.stats().requests).toEqual({ inline: 0, pooled: 6 });
    await pooled.stop();
  });
});

describe('a batch', () => {
  const frame = (payloads: Uint8Array[], bundle = BUNDLE, hash = model) => writeRequestBatch(7n, hash, bundle, payloads);
  it.each<[string, () => Call, string]>([
    ['of JSON', () => json([SMALL, LARGE_ABROAD], BATCH), '200'],
    ['of nothing', () => json([], BATCH), '200'],
    ['of invalid payloads only', () => json([1, null, 'x', []], BATCH), '200'],
    ['no array', () => json(SMALL, BATCH), '400 INVALID_JSON'],
    ['no JSON', () => json('[{},', BATCH), '400 INVALID_JSON /1:SYNTAX'],
    ['too many', () => json(`[${'1,'.repeat(4096)}1]`, BATCH), '413 BATCH_TOO_LARGE'],
    ['a frame', () => ({ path: BATCH, type: FLATBUFFERS_TYPE, body: frame([encode(SMALL)]) }), '200'],
    ['a frame of nothing', () => ({ path: BATCH, type: FLATBUFFERS_TYPE, body: frame([]) }), '200'],
    [
      'a frame for another bundle',
      () => ({ path: BATCH, type: FLATBUFFERS_TYPE, body: frame([encode(SMALL)], 'other') }),
      '400 INVALID_FRAME',
    ],
    [
      'a frame of another model',
      () => ({ path: BATCH, type: FLATBUFFERS_TYPE, body: frame([encode(SMALL)], BUNDLE, 'f'.repeat(16)) }),
      '409 MODEL_MISMATCH',
    ],
    [
      'a frame without a model',
      () => ({ path: BATCH, type: FLATBUFFERS_TYPE, body: frame([encode(SMALL)], BUNDLE, '0') }),
      '400 MODEL_MISSING',
    ],
    [
      'half a frame',
      () => ({ path: BATCH, type: FLATBUFFERS_TYPE, body: frame([encode(SMALL)]).subarray(0, 60) }),
      '400 INVALID_FRAME',
    ],
    ['no frame', () => ({ path: BATCH, type: FLATBUFFERS_TYPE, body: new Uint8Array(3) }), '400 INVALID_FRAME'],
  ])('%s', async (_, request, expected) => expect(await check(request())).toBe(expected));

  it('says where a batch stops being JSON', async () => {
    const { body } = await call(json(`[${JSON.stringify(SMALL)}, {"amount":1,}]`, BATCH));
    const offset = JSON.stringify(SMALL).length + 15;
    expect(JSON.parse(body.toString())).toMatchObject({ code: 'INVALID_JSON', errors: [{ pointer: '/1', offset }] });
  });

  it('answers a payload whose keys stand twice in its place', async () => {
    const twice = '{"amount":1,"country":"DE","customer":{"age":1,"age":2}}';
    const { body } = await call(json(`[${JSON.stringify(LARGE_ABROAD)},${twice},${JSON.stringify(SMALL)}]`, BATCH));
    const decisions = JSON.parse(body.toString()) as { status: string; errors?: object[] }[];
    expect(decisions.map(({ status }) => status)).toEqual(['OK', 'INVALID_PAYLOAD', 'OK']);
    expect(decisions[1]!.errors).toEqual([
      { pointer: '/customer/age', code: 'DUPLICATE_FIELD', message: 'stands twice in one object', offset: 53 },
    ]);
  });

  it('answers an invalid payload in its place, and its neighbours', async () => {
    const { body } = await call(json([LARGE_ABROAD, { amount: 'x' }, SMALL], BATCH));
    const decisions = JSON.parse(body.toString());
    expect(decisions.map((decision: { status: string; outcome: string }) => [decision.status, decision.outcome])).toEqual([
      ['OK', 'decline'],
      ['INVALID_PAYLOAD', 'review'],
      ['OK', 'approve'],
    ]);
    expect(decisions[1].errors).toMatchObject([
      { pointer: '/amount', offset: 10 },
      { pointer: '/country', offset: 0 },
    ]);
    expect(decisions[0].errors).toBeUndefined();
  });

  it('gives the same decisions for all four pairs of media types, in order', async () => {
    const values = Array.from({ length: 100 }, (_, i) => ({ amount: i * 20, country: i % 3 === 0 ? 'DE' : 'US' }));
    const requests: Call[] = [json(values, BATCH), { path: BATCH, type: FLATBUFFERS_TYPE, body: frame(values.map(encode)) }];
    const seen = new Set<string>();
    for (const request of requests) {
      const text = JSON.parse((await call({ ...request, accept: JSON_TYPE })).body.toString());
      const binary = readAnswers((await call({ ...request, accept: FLATBUFFERS_TYPE })).body).map(readDecision);
      for (const decisions of [text, binary]) {
        seen.add(decisions.map((decision: { outcome: string; score: number }) => `${decision.outcome} ${decision.score}`).join());
      }
    }
    expect(seen.size).toBe(1);
    expect([...seen][0]!.split(',').length).toBe(100);
  });
});

describe('bundles', () => {
  const broken = { 'rules/all.yaml': '- id: a\n  when: ammount > 4\n  then: { score: 90 }\n' };
  it.each<[string, () => Call, string]>([
    ['a dry run of a new version', () => put(bundleJson({ 'bundle.yaml': null }), BUNDLE, '?dryRun'), '422 INVALID_BUNDLE'],
    ['a mistake', () => put(bundleJson(broken)), '422 INVALID_BUNDLE'],
    ['a mistake in a dry run', () => put(bundleJson(broken), BUNDLE, '?dryRun'), '422 INVALID_BUNDLE'],
    ['another name', () => put(bundleJson(), 'other'), '400 INVALID_NAME'],
    [
      'the same version with other rules',
      () => put(bundleJson({ 'rules/all.yaml': '- id: a\n  when: amount > 4\n  then: { score: 90 }\n' })),
      '409 VERSION_EXISTS',
    ],
    ['no archive', () => put(new Uint8Array([1, 2, 3])), '400 INVALID_ARCHIVE'],
    ['no files', () => put('{}'), '400 INVALID_ARCHIVE'],
    ['no JSON', () => put('{'), '400 INVALID_JSON :SYNTAX'],
    ['another media type', () => ({ ...put('{}'), type: 'application/zip' }), '415 UNSUPPORTED_MEDIA_TYPE'],
    ['too large', () => put(' '.repeat(65537)), '413 BODY_TOO_LARGE'],
    ['an unclear dry run', () => put(bundleJson(), BUNDLE, '?dryRun=maybe'), '400 INVALID_REQUEST'],
    ['the list', () => ({ method: 'GET', path: `/v1/${TENANT}/bundles` }), '200'],
    ['one', () => ({ method: 'GET', path: `/v1/${TENANT}/bundles/${BUNDLE}` }), '200'],
    ['the list of no tenant', () => ({ method: 'GET', path: '/v1/other/bundles' }), '404 TENANT_NOT_FOUND'],
    ['none', () => ({ method: 'GET', path: `/v1/${TENANT}/bundles/other` }), '404 BUNDLE_NOT_FOUND'],
    ['a model of none', () => ({ method: 'GET', path: `/v1/${TENANT}/bundles/other/model.fbs` }), '404 BUNDLE_NOT_FOUND'],
    ['another file', () => ({ method: 'GET', path: `/v1/${TENANT}/bundles/${BUNDLE}/model.py` }), '404 NOT_FOUND'],
  ])('%s', async (_, request, expected) => expect(await check(request())).toBe(expected));

  it('publishes a tar.gz: 201 with its place, then 200, and decides with it at once', async () => {
    const version = (text: string) => ({
      'bundle.yaml': Buffer.from(bundleFiles().get('bundle.yaml')!)
        .toString()
        .replace('payments', 'archived')
        .replace('1.0.0', text),
    });
    const archive = await writeTarGz(bundleFiles(version('1.1.0')));
    const dry = await call(put(archive, 'archived', '?dryRun=true'));
    expect([dry.status, JSON.parse(dry.body.toString())]).toMatchObject([
      200,
      { name: 'archived', version: '1.1.0', created: true, dryRun: true },
    ]);
    expect(await check(json(SMALL, `/v1/${TENANT}/decisions/archived`))).toBe('404 BUNDLE_NOT_FOUND');
    const first = await call(put(archive, 'archived'));
    expect([first.status, first.headers.get('location')]).toEqual([201, `/v1/${TENANT}/bundles/archived`]);
    const again = await call(put(archive, 'archived'));
    expect([again.status, JSON.parse(again.body.toString()).created]).toEqual([200, false]);
    const decided = JSON.parse((await call(json(SMALL, `/v1/${TENANT}/decisions/archived`))).body.toString());
    expect([decided.version, decided.outcome]).toEqual(['1.1.0', 'approve']);
  });

  it('renders diagnostics with file, line, column, caret and advice', async () => {
    const { diagnostics } = JSON.parse((await call(put(bundleJson(broken)))).body.toString());
    const error = diagnostics.find((diagnostic: { severity: string }) => diagnostic.severity === 'error');
    expect(error).toMatchObject({
      code: expect.stringMatching(/^V\d{4}$/),
      file: 'rules/all.yaml',
      line: 2,
      column: 9,
      message: expect.stringContaining('ammount'),
    });
    expect(error.text).toContain('rules/all.yaml:2:9');
    expect(error.text).toContain('^^^^^^^');
  });

  it.each([
    ['model.fbs', 'text/plain; charset=utf-8', 'table Payment'],
    ['model.ts', 'text/plain; charset=utf-8', 'export interface Payment'],
    ['model.schema.json', 'application/schema+json', '"title": "Payment"'],
    ['outputs.fbs', 'text/plain; charset=utf-8', 'root_type Outputs;'],
    ['outputs.ts', 'text/plain; charset=utf-8', 'export interface Outputs {'],
    ['outputs.schema.json', 'application/schema+json', '"title": "Outputs of '],
  ])('%s', async (file, type, text) => {
    const { status, headers, body } = await call({ method: 'GET', path: `/v1/${TENANT}/bundles/${BUNDLE}/${file}` });
    expect([status, headers.get('content-type'), headers.get('verdict-model')]).toEqual([200, type, model]);
    expect(body.toString()).toContain(text);
  });
});

describe('everything else', () => {
  it.each<[string, string, string, string | null]>([
    ['GET', '/healthz', '200', null],
    ['HEAD', '/healthz', '200', null],
    ['GET', '/readyz', '200', null],
    ['GET', '/metrics', '200', null],
    ['GET', '/', '200', null],
    ['POST', '/', '405 METHOD_NOT_ALLOWED', 'GET, HEAD'],
    ['POST', '/v1', '404 NOT_FOUND', null],
    ['GET', '/v1//bundles', '404 NOT_FOUND', null],
    ['GET', `${ONE}/`, '404 NOT_FOUND', null],
    ['GET', ONE, '405 METHOD_NOT_ALLOWED', 'POST'],
    ['HEAD', ONE, '405', 'POST'],
    ['PUT', BATCH, '405 METHOD_NOT_ALLOWED', 'POST'],
    ['DELETE', `/v1/${TENANT}/bundles/${BUNDLE}`, '405 METHOD_NOT_ALLOWED', 'PUT, GET, HEAD'],
    ['PATCH', `/v1/${TENANT}/bundles`, '405 METHOD_NOT_ALLOWED', 'GET, HEAD'],
    ['OPTIONS', '/metrics', '405 METHOD_NOT_ALLOWED', 'GET, HEAD'],
    ['GET', `/v1/${TENANT}/stream`, '426 UPGRADE_REQUIRED', null],
    ['DELETE', `/v1/${TENANT}/stream`, '405 METHOD_NOT_ALLOWED', 'GET'],
  ])('%s %s -> %s', async (method, path, expected, allow) => {
    expect(await check({ method, path })).toBe(expected);
    expect((await call({ method, path })).headers.get('allow')).toBe(allow);
  });

  it('answers a large batch that the caller reads slowly, whole', async () => {
    const values = Array.from({ length: 2000 }, () => ({ amount: 1, country: 'DE' }));
    const { body } = await call(json(values, BATCH));
    expect(JSON.parse(body.toString()).length).toBe(2000);
  });

  it('has metrics that a scraper takes: every sample once, totals that grow', async () => {
    const scrape = async () => {
      const samples = new Map<string, number>();
      for (const line of (await call({ method: 'GET', path: '/metrics' })).body.toString().split('\n')) {
        if (line === '' || line.startsWith('#')) continue;
        const end = line.lastIndexOf(' ');
        expect(samples.has(line.slice(0, end)), line).toBe(false);
        samples.set(line.slice(0, end), Number(line.slice(end + 1)));
      }
      return samples;
    };
    const before = await scrape();
    await call(json(LARGE_ABROAD));
    const after = await scrape();
    const grown = (name: string) => after.get(name)! - before.get(name)!;
    expect(grown('verdict_decisions_total{outcome="decline"}')).toBe(1);
    expect(grown('verdict_http_requests_total{route="POST /v1/:tenant/decisions/:name",status="200"}')).toBe(1);
    expect(grown('verdict_http_request_duration_seconds_count{route="POST /v1/:tenant/decisions/:name"}')).toBe(1);
    expect(grown('verdict_http_request_duration_seconds_bucket{route="POST /v1/:tenant/decisions/:name",le="+Inf"}')).toBe(1);
    expect(after.get('verdict_requests_pending')).toBe(1); // the scrape itself
    // Those of the runtime may be NaN, where nothing has been measured yet.
    expect([...after].filter(([name, value]) => name.startsWith('verdict_') && !Number.isFinite(value))).toEqual([]);
  });
});
