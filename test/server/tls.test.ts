// TLS and mutual TLS with certificates that openssl makes here; what is safe to listen on; the port for administration; connections
// of one address.

import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { AddressCounts, addressKey, countLines } from '#src/server/address-counts.js';
import { resolveServerConfig, type ServerOptions } from '#src/server/config.js';
import { type Server, startServer } from '#src/server/server.js';
import { Certificates } from '../lib/certificates.js';
import { RawConnection } from '../lib/raw-http.js';
import { BUNDLE, startTestServer, TENANT } from '../lib/server.js';

const folder = mkdtempSync(join(tmpdir(), 'verdict-tls-'));
const at = (name: string): string => join(folder, name);
const certificates = new Certificates(folder);

afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!certificates.canBeMade)('TLS (skipped where openssl is not installed)', () => {
  beforeAll(() => {
    certificates.makeAuthority('ca');
    certificates.makeAuthority('other-ca');
    certificates.certify('first', 'ca');
    certificates.certify('second', 'ca');
    certificates.certify('caller', 'ca');
    certificates.certify('stranger', 'other-ca');
    for (const part of ['crt', 'key']) copyFileSync(at(`first.${part}`), at(`server.${part}`));
  });

  const tls = { cert: at('server.crt'), key: at('server.key') };
  const ca = (): Buffer => readFileSync(at('ca.crt'));
  const own = (name: string) => ({ cert: readFileSync(at(`${name}.crt`)), key: readFileSync(at(`${name}.key`)) });

  /** Status of a decision, or the code of the error. */
  function decide(server: Server, options: object = {}): Promise<string> {
    const body = '{"amount":19.99,"country":"DE"}';
    return new Promise((resolve) => {
      const sent = request(
        `https://localhost:${server.port}/v1/${TENANT}/decisions/${BUNDLE}`,
        {
          method: 'POST',
          agent: false,
          family: 4,
          ca: ca(),
          headers: { 'content-type': 'application/json', 'content-length': body.length },
          ...options,
        },
        (response) => {
          response.resume();
          resolve(String(response.statusCode));
        },
      );
      sent.on('error', () => resolve('refused'));
      sent.end(body);
    });
  }

  const nameOf = (server: Server): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port: server.port, host: '127.0.0.1', servername: 'localhost', ca: ca() }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      });
      socket.on('error', reject);
    });

  it('answers, and what is not encrypted is not', async () => {
    const server = await startTestServer({ tls });
    expect(server.url).toMatch(/^https:/);
    expect(await decide(server)).toBe('200');
    const plain = new RawConnection(server.port).write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await plain.whenClosed()).toEqual([]);
    const socket = new WebSocket(`wss://localhost:${server.port}/v1/${TENANT}/stream`, 'verdict.v1', { ca: ca(), family: 4 });
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    socket.terminate();
    await server.stop();
  });

  it('asks callers for a certificate of the authority', async () => {
    const server = await startTestServer({ tls: { ...tls, ca: at('ca.crt') } });
    expect([await decide(server, own('caller')), await decide(server), await decide(server, own('stranger'))]).toEqual([
      '200',
      '401',
      'refused',
    ]);
    const stream = (options: object): Promise<string> =>
      new Promise((resolve) => {
        const url = `wss://localhost:${server.port}/v1/${TENANT}/stream`;
        const socket = new WebSocket(url, 'verdict.v1', { ca: ca(), family: 4, ...options });
        socket.on('open', () => resolve('open'));
        socket.on('error', (error) => resolve(error.message));
        socket.on('open', () => socket.terminate());
      });
    expect([await stream(own('caller')), await stream({})]).toEqual(['open', 'Unexpected server response: 401']);
    await server.stop();
  });

  it('takes new certificates without a stop, and keeps the old where they cannot be used', async () => {
    const server = await startTestServer({ tls });
    expect(await nameOf(server)).toBe('first');
    const open = connect({ port: server.port, host: '127.0.0.1', servername: 'localhost', ca: ca() });
    await new Promise((resolve, reject) => open.on('secureConnect', resolve).on('error', reject));
    copyFileSync(at('second.crt'), at('server.crt'));
    await expect(server.reload()).rejects.toThrow('is not that of the certificate');
    expect(await nameOf(server)).toBe('first');
    copyFileSync(at('second.key'), at('server.key'));
    await server.reload();
    for (let i = 0; i < 10; i++) expect(await nameOf(server)).toBe('second');
    expect(await decide(server)).toBe('200');
    open.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(String(await new Promise((resolve) => open.on('data', resolve)))).toMatch(/^HTTP\/1.1 200/);
    open.destroy();
    expect(await server.stop()).toBe(true);
  });

  it('makes nothing anew where the files are what they were', async () => {
    const logged: object[] = [];
    const log = { info: (fields: object, text: string) => void (text.startsWith('cert') && logged.push(fields)) };
    const server = await startTestServer({ tls, log: { ...log, warn: () => {}, error: () => {} } });
    const port = new Set<number>();
    for (let i = 0; i < 3; i++) {
      await server.reload();
      port.add(server.port);
    }
    copyFileSync(at('first.crt'), at('server.crt'));
    copyFileSync(at('first.key'), at('server.key'));
    const before = await nameOf(server);
    await server.reload();
    await server.reload();
    expect(logged).toEqual([false, false, false, before !== 'first', false].map((isNew) => ({ isNew })));
    expect([await nameOf(server), await decide(server), port.size]).toEqual(['first', '200', 1]);
    await server.stop();
  });

  it('does not begin without a certificate that can be used', async () => {
    await expect(startServer({ port: 0, tls: { cert: at('nowhere.crt'), key: at('server.key') } })).rejects.toThrow('nowhere.crt');
    await expect(startServer({ port: 0, tls: { cert: at('names'), key: at('server.key') } })).rejects.toThrow('cannot be used');
  });
});

describe('listening beyond loopback', () => {
  const auth = { hmacKeys: 'keys.json' };
  const tls = { cert: 'a', key: 'b' };
  const check = (options: ServerOptions): string => {
    const warn = vi.fn();
    try {
      resolveServerConfig({ ...options, log: { info: () => {}, warn, error: () => {} } });
      return warn.mock.calls.length > 0 ? 'loud' : 'fine';
    } catch (error) {
      return (error as Error).message.replace(/^host: listening on [^:]*(:::?)?:? ?/, '').split(/[;:]/)[0] as string;
    }
  };

  it.each<[string, ServerOptions, string]>([
    ['loopback', { host: '127.0.0.1' }, 'fine'],
    ['all of loopback', { host: '127.8.0.1' }, 'fine'],
    ['its name', { host: 'localhost' }, 'fine'],
    ['everywhere', { host: '0.0.0.0' }, 'callers are not known'],
    ['everywhere, --dev', { host: '0.0.0.0', dev: true }, 'loud'],
    ['everywhere, known', { host: '0.0.0.0', auth }, 'connections are not encrypted'],
    ['everywhere, encrypted', { host: '0.0.0.0', tls }, 'callers are not known'],
    ['everywhere, known and encrypted', { host: '0.0.0.0', tls, auth }, 'fine'],
    ['everywhere, mutual TLS', { host: '0.0.0.0', tls: { ...tls, ca: 'c' } }, 'fine'],
    ['administration everywhere', { adminPort: 0, adminHost: '10.0.0.1' }, 'callers are not known'],
    ['an address that only looks like loopback', { host: '127.0.0.1.example.com' }, 'callers are not known'],
  ])('%s', (_, options, expected) => expect(check(options)).toBe(expected));

  it('has a limit for each address', () => {
    expect(resolveServerConfig({}).connectionsPerAddressMax).toBe(0);
    expect(resolveServerConfig({ host: '0.0.0.0', dev: true }).connectionsPerAddressMax).toBe(1024);
  });
});

describe('a port for administration', () => {
  it('answers what the other one does not', async () => {
    const server = await startTestServer({ adminPort: 0 });
    const ask = async (base: string, path: string, method = 'GET'): Promise<number> => {
      const body = method === 'GET' ? {} : { body: '{}', headers: { 'content-type': 'application/json' } };
      return (await fetch(base + path, { method, ...body })).status;
    };
    const both = async (path: string, method?: string): Promise<number[]> => [
      await ask(server.url, path, method),
      await ask(server.adminUrl, path, method),
    ];
    expect(server.adminUrl).not.toBe(server.url);
    expect(await both('/healthz')).toEqual([200, 200]);
    expect(await both('/metrics')).toEqual([404, 200]);
    expect(await both(`/v1/${TENANT}/bundles`)).toEqual([200, 200]);
    expect(await both(`/v1/${TENANT}/bundles/${BUNDLE}`, 'PUT')).toEqual([405, 400]);
    expect(await both(`/v1/${TENANT}/decisions/${BUNDLE}`, 'POST')).toEqual([422, 404]);
    expect(await both(`/v1/${TENANT}/stream`)).toEqual([426, 404]);
    expect(await server.stop()).toBe(true);
  });
});

describe('connections of one address', () => {
  const opened = async (server: Server, count: number): Promise<RawConnection[]> => {
    const connections: RawConnection[] = [];
    for (let i = 0; i < count; i++) {
      const connection = new RawConnection(server.port).write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
      await connection.answers(1);
      connections.push(connection);
    }
    return connections;
  };
  const states = (connections: RawConnection[]): string[] =>
    connections.map(({ responses }) => (responses.length > 0 ? 'open' : 'closed'));

  it('are no more than it may have, streams among them; when some are gone, others come', async () => {
    const server = await startTestServer({ connectionsPerAddressMax: 3 });
    const stream = new WebSocket(`${server.url.replace('http', 'ws')}/v1/${TENANT}/stream`, 'verdict.v1');
    await new Promise((resolve, reject) => stream.on('open', resolve).on('error', reject));
    const first = await opened(server, 3);
    expect(states(first)).toEqual(['open', 'open', 'closed']);
    first[0]!.end();
    first[1]!.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
    expect((await first[1]!.answers(2))[1]!.body.toString()).toContain('verdict_connections_refused_total{reason="address"} 1');
    const again = await opened(server, 2);
    expect(states(again)).toEqual(['open', 'closed']);
    stream.terminate();
    first[1]!.end();
    again[0]!.end();
    await server.stop();
  });

  it('count before they have sent a head: whoever sends none, or a bit of one now and then, holds no more than that', async () => {
    const server = await startTestServer({ connectionsPerAddressMax: 3 });
    const silent = new RawConnection(server.port);
    const begun = new RawConnection(server.port).write('GET /healthz HTTP/1.1\r\nHost: x\r\n');
    const late = new RawConnection(server.port).write('GET /healthz HT');
    const drip = setInterval(() => begun.write('X-More: y\r\n'), 20);
    await expect.poll(async () => states(await opened(server, 1))).toEqual(['closed']);
    // Those that are in time are answered.
    late.write('TP/1.1\r\nHost: x\r\n\r\n');
    expect((await late.answers(1))[0]!.status).toBe(200);
    clearInterval(drip);
    begun.end();
    silent.end();
    await expect.poll(async () => states(await opened(server, 1))).toEqual(['open']);
    late.end();
    await server.stop();
  });

  it('are counted between what is sure and what may be, and by the kernel in between', () => {
    let kernel = new Map([['a', 3]]);
    const ask = vi.fn(() => kernel);
    const counts = new AddressCounts(4, ask);
    const open = (address: string, times = 1): boolean[] => Array.from({ length: times }, () => counts.open(address));
    expect(open('a', 4)).toEqual([true, true, true, true]);
    expect(open('a')).toEqual([false]); // nothing has closed: sure
    expect(ask).not.toHaveBeenCalled();
    counts.close();
    expect(open('a')).toEqual([true]); // three and the one that asks are what the kernel knows of
    expect(ask).toHaveBeenCalledTimes(1);
    kernel = new Map([['a', 5]]);
    counts.close();
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 1e6);
    expect(open('b', 2)).toEqual([true, true]);
    expect(open('a', 2)).toEqual([true, false]);
    counts.closeOf('a');
    vi.restoreAllMocks();
    expect(counts.refused).toBe(2);
  });

  it('are found in what the kernel lists', () => {
    const lines = `  sl  local_address rem_address   st
   0: 0100007F:2081 0100007F:C350 01 00000000:00000000
   1: 0100007F:2081 0200000A:C351 01 00000000:00000000
   2: 0100007F:2081 0200000A:C352 06 00000000:00000000
   3: 0100007F:2082 0200000A:C353 01 00000000:00000000
   4: 00000000:2081 00000000:0000 0A 00000000:00000000
   5: 0000000000000000FFFF00000100007F:2081 0000000000000000FFFF00000200000A:D000 01 00000000:00000000
   6: 00000000000000000000000001000000:2081 B80D0120010000000000000001000000:D001 01 00000000:00000000
`;
    const counts = new Map<string, number>();
    countLines(lines, new Set([0x2081]), counts);
    const key = (...bytes: number[]): string => addressKey(Uint8Array.from(bytes).buffer);
    expect(Object.fromEntries(counts)).toEqual({
      [key(127, 0, 0, 1)]: 1,
      [key(10, 0, 0, 2)]: 2,
      [key(0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9)]: 1,
    });
  });
});
