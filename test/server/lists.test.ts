// Lists over HTTP, on real sockets: what is stored, what is refused, and bodies that come slowly, too large or not at all.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RegisterType } from '#assembly/shared/value-type.js';
import { writeList } from '#src/image/list.js';
import { type Server, startServer } from '#src/server/server.js';
import { AMOUNTS, isBlocked, listBundle, LIST_TENANT as TENANT } from '../lib/list-bundle.js';
import { RawConnection } from '../lib/raw-http.js';

let server: Server;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'verdict-list-server-'));
  server = await startServer({ port: 0, dataDir: directory, poolThreads: 0, profileMax: 'standard', listBytesMax: 4 << 20 });
  await server.engine.publish(
    TENANT,
    listBundle({ files: { ...AMOUNTS, 'lists/blocked.txt': 'first\n', 'lists/amounts.txt': '1\n' } }),
  );
});

afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

interface Call {
  method?: string;
  path: string;
  type?: string;
  body?: string | Uint8Array;
}

/** Status, code of a problem, and the document. */
async function call({
  method = 'PUT',
  path,
  type = 'text/plain',
  body,
}: Call): Promise<{ status: string; answer: Record<string, unknown> }> {
  const response = await fetch(`${server.url}/v1/${path}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : Buffer.from(body), headers: { 'content-type': type } }),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  return { status: `${response.status}${answer.code === undefined ? '' : ` ${answer.code}`}`, answer };
}

describe('PUT', () => {
  const path = `${TENANT}/lists/blocked`;
  const region = writeList(RegisterType.TEXT, ['r1', 'r2']);
  const cases: [string, Call, string][] = [
    ['lines', { path, body: 'a\nb\n' }, '201'],
    ['the same again', { path, body: 'b\na\na' }, '200'],
    ['CSV', { path, type: 'text/csv; charset=UTF-8', body: 'mail,why\nc,x\n' }, '201'],
    ['CSV without a header', { path, type: 'text/csv; header=absent', body: 'd,x\ne,y\n' }, '201'],
    ['a region', { path, type: 'application/octet-stream', body: region }, '201'],
    ['nothing', { path, body: '' }, '201'],
    ['a list that nobody declares', { path: `${TENANT}/lists/other?type=number`, body: '1\n2\n' }, '201'],
    ['a list of a new tenant', { path: 'fresh/lists/blocked', body: 'x\n' }, '201'],
    ['a type that is not declared', { path: `${path}?type=number`, body: '1\n' }, '409 LIST_MISMATCH'],
    ['a type that is none', { path: `${TENANT}/lists/new?type=text`, body: '1\n' }, '422 INVALID_LIST'],
    ['a bad entry', { path: `${TENANT}/lists/amounts`, body: '1\n2.005\n' }, '422 INVALID_LIST'],
    ['a damaged region', { path, type: 'application/octet-stream', body: region.subarray(0, 90) }, '422 INVALID_LIST'],
    ['another media type', { path, type: 'application/json', body: '[]' }, '415 UNSUPPORTED_MEDIA_TYPE'],
    ['another charset', { path, type: 'text/plain; charset=latin1', body: 'a' }, '415 UNSUPPORTED_MEDIA_TYPE'],
    ['no name of a list', { path: `${TENANT}/lists/a-b`, body: 'a' }, '400 INVALID_NAME'],
    ['no name of a tenant', { path: 'A/lists/blocked', body: 'a' }, '400 INVALID_NAME'],
    ['too much', { path, body: 'x'.repeat((4 << 20) + 1) }, '413 BODY_TOO_LARGE'],
    ['with POST', { method: 'POST', path, body: 'a' }, '405 METHOD_NOT_ALLOWED'],
  ];
  it.each(cases)('%s', async (_, request, expected) => {
    expect((await call(request)).status).toBe(expected);
    expect(await readdir(join(directory, 'uploads'))).toEqual([]);
  });

  it('answers what the list is now, and decisions name it', async () => {
    const { answer } = await call({ path, body: 'now@x\n' });
    expect(answer).toMatchObject({ created: true, name: 'blocked', type: 'string', count: 1 });
    expect(await isBlocked(server.engine, 'now@x')).toEqual({ hit: true, version: answer.version });
    const shown = await call({ method: 'GET', path });
    const { created, ...version } = answer;
    expect(shown).toEqual({ status: '200', answer: { ...version, bundles: ['mails'] } });
  });

  it('names the lines that are wrong', async () => {
    const { answer } = await call({ path: `${TENANT}/lists/amounts`, body: '1\nx\n2\ny\n' });
    expect(answer.errors).toMatchObject([{ pointer: '/2' }, { pointer: '/4' }]);
    expect(answer.detail).toMatch(/^line 2: `x` is no decimal\(2\); .* \(and 1 more\)$/);
  });
});

describe('GET', () => {
  const cases: [string, string, string][] = [
    ['all', `${TENANT}/lists`, '200'],
    ['all of a tenant that has only a list', 'lonely/lists', '200'],
    ['all of no tenant', 'nobody/lists', '404 TENANT_NOT_FOUND'],
    ['one that is not there', `${TENANT}/lists/none`, '404 LIST_NOT_FOUND'],
    ['one of no tenant', 'nobody/lists/blocked', '404 TENANT_NOT_FOUND'],
  ];
  it.each(cases)('%s', async (_, path, expected) => {
    await server.engine.putList('lonely', 'blocked', ['a']);
    expect((await call({ method: 'GET', path })).status).toBe(expected);
  });
});

describe('DELETE', () => {
  it('takes only what no live bundle reads', async () => {
    await server.engine.putList(TENANT, 'unread', ['a']);
    const del = async (name: string): Promise<string> => (await call({ method: 'DELETE', path: `${TENANT}/lists/${name}` })).status;
    expect([await del('unread'), await del('unread'), await del('blocked')]).toEqual([
      '200',
      '404 LIST_NOT_FOUND',
      '409 LIST_IN_USE',
    ]);
    expect(server.engine.lists(TENANT).map(({ name }) => name)).not.toContain('unread');
  });
});

describe('a body', () => {
  const head = (bytes: number, path = `${TENANT}/lists/blocked`): string =>
    `PUT /v1/${path} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: ${bytes}\r\n\r\n`;

  it('comes in any pieces, with lines and characters cut', async () => {
    const body = Buffer.from('zoë@x\n😀@x\nlast@x');
    const connection = new RawConnection(server.port);
    connection.write(head(body.length));
    for (const byte of body) {
      connection.write(Uint8Array.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [response] = await connection.answers(1);
    connection.end();
    expect([response!.status, JSON.parse(response!.body.toString()).count]).toEqual([201, 3]);
    for (const email of ['zoë@x', '😀@x', 'last@x']) expect((await isBlocked(server.engine, email)).hit).toBe(true);
  });

  it('larger than what waits in memory comes whole', async () => {
    const lines = Array.from({ length: 150_000 }, (_, i) => `large${i}@example.com\n`).join('');
    const { answer } = await call({ path: `${TENANT}/lists/blocked`, body: lines });
    expect(answer).toMatchObject({ created: true, count: 150_000 });
    expect((await isBlocked(server.engine, 'large149999@example.com')).hit).toBe(true);
  });

  it('that ends too early changes nothing and leaves nothing', async () => {
    const before = server.engine.lists(TENANT);
    const connection = new RawConnection(server.port);
    connection.write(head(1000)).write('a@x\n'.repeat(100));
    while ((await readdir(join(directory, 'uploads'))).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    connection.end();
    while ((await readdir(join(directory, 'uploads'))).length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(server.engine.lists(TENANT)).toEqual(before);
  });

  it('without a length is refused', async () => {
    const connection = new RawConnection(server.port);
    connection.write(
      `PUT /v1/${TENANT}/lists/blocked HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    const [response] = await connection.whenClosed();
    expect(response!.status).toBe(411);
  });

  it('of a refused request is dropped, and the connection goes on', async () => {
    const connection = new RawConnection(server.port);
    const body = '1\n'.repeat(1_000_000);
    connection.write(head(body.length, `${TENANT}/lists/blocked?type=number`)).write(body);
    connection.write(head(2)).write('k\n');
    const responses = await connection.answers(2);
    connection.end();
    expect(responses.map(({ status }) => status)).toEqual([409, 201]);
  });
});
