import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '#src/server/server.js';
import { exchangeRaw, RawConnection, rawRequest } from '../lib/raw-http.js';
import { BUNDLE, startTestServer, TENANT } from '../lib/server.js';

const ONE = `POST /v1/${TENANT}/decisions/${BUNDLE}`;
const HEAD = `${ONE} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;
const BODY = '{"amount":1,"country":"DE"}';
const SMUGGLED = 'GET /v1/smuggled/bundles HTTP/1.1\r\nHost: x\r\n\r\n';

let server: Server;
beforeAll(async () => {
  server = await startTestServer({ bodyBytesMax: 4096 });
});
afterAll(() => server.stop());

const good = (body = BODY) =>
  rawRequest(ONE, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }, body);

describe('a request whose length can be read in two ways', () => {
  const cases: [string, string, string[]][] = [
    ['two lengths', `${HEAD}Content-Length: 27\r\nContent-Length: 0\r\n\r\n${BODY}`, ['400 INVALID_REQUEST', 'closed']],
    ['two lengths, the first 0', `${HEAD}Content-Length: 0\r\nContent-Length: 46\r\n\r\n${SMUGGLED}`, ['closed']],
    ['two equal lengths', `${HEAD}Content-Length: 27\r\nContent-Length: 27\r\n\r\n${BODY}`, ['400 INVALID_REQUEST', 'closed']],
    ['a list of lengths', `${HEAD}Content-Length: 27, 27\r\n\r\n${BODY}`, ['400', 'closed']],
    ['an empty length', `${HEAD}Content-Length: \r\n\r\n${SMUGGLED}`, ['closed']],
    ['a hexadecimal length', `${HEAD}Content-Length: 0x1b\r\n\r\n${BODY}`, ['400', 'closed']],
    ['a signed length', `${HEAD}Content-Length: +27\r\n\r\n${BODY}`, ['400', 'closed']],
    ['a negative length', `${HEAD}Content-Length: -1\r\n\r\n${BODY}`, ['400', 'closed']],
    ['2^64', `${HEAD}Content-Length: 18446744073709551620\r\n\r\n${BODY}`, ['400', 'closed']],
    ['no length', `${HEAD}\r\n`, ['411 LENGTH_REQUIRED', 'closed']],
    ['chunked', `${HEAD}Transfer-Encoding: chunked\r\n\r\n1b\r\n${BODY}\r\n0\r\n\r\n`, ['411 LENGTH_REQUIRED', 'closed']],
    ['xchunked', `${HEAD}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`, ['closed']],
    [
      'chunked, then identity',
      `${HEAD}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${SMUGGLED}`,
      ['closed'],
    ],
    ['length and chunked', `${HEAD}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, ['400', 'closed']],
    ['a chunk extension', `${HEAD}Transfer-Encoding: chunked\r\n\r\n4;\nx\r\nabcd\r\n0\r\n\r\n`, ['411 LENGTH_REQUIRED', 'closed']],
    ['a chunk of 0x4', `${HEAD}Transfer-Encoding: chunked\r\n\r\n0x4\r\nabcd\r\n0\r\n\r\n`, ['400', 'closed']],
    ['a huge chunk', `${HEAD}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n`, ['400', 'closed']],
    [
      'a body with GET',
      `GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 46\r\n\r\n${SMUGGLED}`,
      ['400 INVALID_REQUEST', 'closed'],
    ],
    [
      'two lengths with GET',
      `GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 46\r\n\r\n${SMUGGLED}`,
      ['closed'],
    ],
    ['chunked with GET', `GET /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`, ['closed']],
    [
      'chunked to nowhere',
      `POST /nowhere HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
      ['closed'],
    ],
    [
      'two lengths to nowhere',
      `POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 46\r\n\r\n${SMUGGLED}`,
      ['closed'],
    ],
  ];
  it.each(cases)('%s', async (_, bytes, expected) => {
    const seen = await exchangeRaw(server.port, bytes, 1);
    // Where only the status is expected, the parser refuses by itself. Where only the close is, left-over bytes would have been a
    // request: it is never answered.
    expect(seen.map((answer, i) => (expected[i] === '400' ? answer.slice(0, 3) : answer))).toEqual(expected);
  });
});

describe('what the parser refuses itself', () => {
  it.each([
    ['an obsolete line fold', `${HEAD}Transfer-Encoding:\r\n chunked\r\n\r\n`],
    ['a space before the colon', `${HEAD}Content-Length : 27\r\n\r\n${BODY}`],
    ['a leading space', `${ONE} HTTP/1.1\r\n Host: x\r\n\r\n`],
    ['no host', `${ONE} HTTP/1.1\r\nContent-Length: 0\r\n\r\n`],
    ['a space before a length', `${HEAD} Content-Length: 27\r\n\r\n${BODY}`],
    ['two hosts', `${HEAD}Host: y\r\nContent-Length: 27\r\n\r\n${BODY}`],
    ['CR and text in the place of the empty line', `${HEAD}Content-Length: 27\r\n\rX${SMUGGLED}`],
    ['chunked in HTTP/1.0', `${ONE} HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
    ['NUL in a value', `${HEAD}A: b\0c\r\nContent-Length: 0\r\n\r\n`],
    ['bare LF', 'GET /healthz HTTP/1.1\nHost: x\n\n'],
    ['HTTP/1.0', 'GET /healthz HTTP/1.0\r\nHost: x\r\n\r\n'],
    [
      '200 headers',
      `${ONE} HTTP/1.1\r\nHost: x\r\n${Array.from({ length: 200 }, (_, i) => `A${i}: b\r\n`).join('')}Content-Length: 0\r\n\r\n`,
    ],
    ['a megabyte of headers', `${ONE} HTTP/1.1\r\nHost: x\r\nA: ${'b'.repeat(1_000_000)}\r\n\r\n`],
  ])('%s', async (_, bytes) => {
    const connection = new RawConnection(server.port).write(bytes);
    const responses = await connection.whenClosed();
    expect(responses.length).toBeLessThanOrEqual(1);
    for (const { status } of responses) expect([400, 431, 505]).toContain(status);
  });
});

it('waits for the end of a line that a bare CR does not end, and answers nothing', async () => {
  const connection = new RawConnection(server.port).write(
    `${HEAD}A: b\rContent-Length: 27\r\nContent-Length: 0\r\n\r\n${SMUGGLED}`,
  );
  // What comes later on another connection has been answered: so had this been.
  for (let i = 0; i < 3; i++) expect(await exchangeRaw(server.port, good(), 1)).toEqual(['200']);
  expect([connection.responses, connection.rest.length]).toEqual([[], 0]);
  connection.end();
});

describe('neighbours', () => {
  const answers = async (bytes: Uint8Array[], count: number): Promise<number[]> => {
    const connection = new RawConnection(server.port);
    for (const chunk of bytes) connection.write(chunk);
    await connection.answers(count);
    connection.end();
    return connection.responses.map(({ status }) => status);
  };

  it('on the same connection are answered in order', async () => {
    const bytes = [good(), good('{"amount":"x"}'), good('{'), good(), rawRequest('GET /nowhere', {}), good()];
    expect(await answers([Buffer.concat(bytes)], 6)).toEqual([200, 422, 400, 200, 404, 200]);
  });

  it('are answered 1,000 deep', async () => {
    expect(await answers([Buffer.concat(Array.from({ length: 1000 }, () => good()))], 1000)).toEqual(Array(1000).fill(200));
  });

  it('are answered behind a body that is too large, which is dropped as it comes', async () => {
    const large = good(JSON.stringify({ amount: 1, country: 'x'.repeat(10_000) }));
    expect(await answers([large.subarray(0, 5000), large.subarray(5000), good()], 2)).toEqual([413, 200]);
  });

  it('are cut off behind a body that is far too large', async () => {
    const connection = new RawConnection(server.port).write(
      rawRequest(ONE, { 'Content-Type': 'application/json', 'Content-Length': 1e9 }, 'x'),
    );
    expect((await connection.whenClosed()).map(({ status }) => status)).toEqual([413]);
  });

  it('on other connections are answered while one sends nothing more', async () => {
    const stalled = new RawConnection(server.port).write(good().subarray(0, 100));
    expect(await answers([good()], 1)).toEqual([200]);
    expect(stalled.responses).toEqual([]);
    stalled.end();
  });
});

describe('a request in pieces', () => {
  it('is answered for every cut in two', async () => {
    const bytes = good();
    const cuts = Array.from({ length: bytes.length - 1 }, (_, i) => i + 1);
    const cut = async (at: number): Promise<number> => {
      const connection = new RawConnection(server.port).write(bytes.subarray(0, at));
      await new Promise((resolve) => setTimeout(resolve, 2));
      connection.write(bytes.subarray(at));
      const [response] = await connection.answers(1);
      connection.end();
      return response?.status ?? 0;
    };
    const statuses = await Promise.all(cuts.map(cut));
    expect(statuses).toEqual(cuts.map(() => 200));
  });

  it('has no effect before its last byte: half a publish publishes nothing', async () => {
    const body = JSON.stringify({ files: {} });
    const publish = rawRequest(
      `PUT /v1/${TENANT}/bundles/half`,
      { 'Content-Type': 'application/json', 'Content-Length': body.length + 1 },
      body,
    );
    const connection = new RawConnection(server.port).write(publish);
    await exchangeRaw(server.port, good(), 1);
    expect(connection.responses).toEqual([]);
    connection.end();
    await exchangeRaw(server.port, good(), 1);
    expect(server.engine.bundles(TENANT).map(({ name }) => name)).toEqual([BUNDLE]);
  });

  it('may ask for 100 Continue', async () => {
    const head = rawRequest(ONE, { 'Content-Type': 'application/json', 'Content-Length': BODY.length, Expect: '100-continue' });
    const connection = new RawConnection(server.port).write(head);
    expect((await connection.answers(1)).map(({ status }) => status)).toEqual([100]);
    connection.write(BODY);
    expect((await connection.answers(2)).map(({ status }) => status)).toEqual([100, 200]);
    connection.end();
  });
});

describe('HEAD', () => {
  it('answers the head of GET alone', async () => {
    const connection = new RawConnection(server.port, true).write(
      'HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\nHEAD /nowhere HTTP/1.1\r\nHost: x\r\n\r\n',
    );
    const responses = await connection.answers(2);
    expect(responses.map(({ status, headers }) => [status, headers['content-type']])).toEqual([
      [200, 'application/json'],
      [404, 'application/problem+json'],
    ]);
    expect(connection.rest.length).toBe(0);
    connection.end();
  });
});

describe('the limit of connections', () => {
  it('stops accepting at the limit, and begins again when enough are gone', async () => {
    const small = await startTestServer({ connectionsMax: 3 });
    const open = Array.from({ length: 3 }, () => new RawConnection(small.port));
    for (const connection of open) {
      connection.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
      await connection.answers(1);
    }
    const refused = new RawConnection(small.port).write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await refused.whenClosed()).toEqual([]);
    for (const connection of open.slice(1)) connection.end();
    let answered = 0;
    for (let i = 0; i < 100 && answered === 0; i++) {
      const next = new RawConnection(small.port).write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
      answered = (await next.answers(1)).length;
      next.end();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(answered).toBe(1);
    open[0]?.end();
    await small.stop();
  });
});
