// Callers become known by tokens and signatures; everybody else is kept out, whatever is tried.

import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server as JwksServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { connect, type SocketConstructor } from '#src/client/index.js';
import { KeySet } from '#src/server/auth/key-set.js';
import { NO_BODY_HASH, signRequest } from '#src/server/auth/signature.js';
import { createLog } from '#src/server/log.js';
import type { Server } from '#src/server/server.js';
import { BUNDLE, bundleJson, startTestServer, TENANT } from '../../lib/server.js';

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'verdict';
const ONE = `/v1/${TENANT}/decisions/${BUNDLE}`;
const SMALL = '{"amount":19.99,"country":"DE"}';
const SECRET = randomBytes(32);
const ADMIN_SECRET = randomBytes(32);

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;

let folder: string;
let server: Server;
let keys: Keys;
let others: Keys;
let rsa: Keys;
const logged: string[] = [];
const secrets: string[] = [SECRET.toString('base64'), ADMIN_SECRET.toString('base64')];

const publicKey = async ({ publicKey: key }: Keys, kid: string): Promise<JWK> => ({ ...(await exportJWK(key)), kid });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'verdict-auth-'));
  [keys, others, rsa] = await Promise.all([generateKeyPair('EdDSA'), generateKeyPair('EdDSA'), generateKeyPair('RS256')]);
  writeFileSync(
    join(folder, 'jwks.json'),
    JSON.stringify({ keys: [await publicKey(keys, 'one'), { ...(await publicKey(rsa, 'rsa')), alg: 'RS256' }] }),
  );
  writeFileSync(
    join(folder, 'hmac.json'),
    JSON.stringify({
      till: { tenant: TENANT, secret: SECRET.toString('base64'), scopes: ['decide'] },
      team: { tenant: [TENANT, 'zeta'], secret: ADMIN_SECRET.toString('base64'), scopes: ['admin', 'metrics'] },
    }),
  );
  server = await startTestServer({
    auth: {
      jwt: { jwks: join(folder, 'jwks.json'), issuer: ISSUER, audience: AUDIENCE },
      hmacKeys: join(folder, 'hmac.json'),
    },
    log: createLog('json', { write: (line) => logged.push(line) }),
  });
});
afterAll(async () => {
  expect(await server.stop()).toBe(true);
  rmSync(folder, { recursive: true });
});

interface Token {
  claims?: JWTPayload;
  by?: Keys;
  alg?: string;
  kid?: string;
  issuer?: string;
  audience?: string;
  expires?: number | string;
}

async function token({
  claims = { tenant: TENANT, scope: 'decide' },
  by = keys,
  alg = 'EdDSA',
  kid = 'one',
  issuer = ISSUER,
  audience = AUDIENCE,
  expires = '5m',
}: Token = {}): Promise<string> {
  const text = await new SignJWT({ ...claims, jti: randomBytes(6).toString('hex') })
    .setProtectedHeader({ alg, kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime(expires)
    .sign(by.privateKey);
  secrets.push(text);
  return text;
}

interface Call {
  method?: string;
  path?: string;
  body?: string;
  type?: string;
}

async function call(authorization: string, { method = 'POST', path = ONE, body = SMALL, type = 'application/json' }: Call = {}) {
  const hasBody = method !== 'GET' && method !== 'DELETE';
  return fetch(server.url + path, {
    method,
    headers: { ...(authorization === '' ? {} : { authorization }), ...(hasBody ? { 'content-type': type } : {}) },
    ...(hasBody ? { body } : {}),
  });
}

async function check(authorization: string, of: Call = {}): Promise<string> {
  const response = await call(authorization, of);
  const text = await response.text();
  return response.status < 400 ? String(response.status) : `${response.status} ${(JSON.parse(text) as { code: string }).code}`;
}

const ADMIN: JWTPayload = { tenant: TENANT, scope: 'admin' };
const GET_BUNDLES: Call = { method: 'GET', path: `/v1/${TENANT}/bundles` };
const PUT_BUNDLE: Call = { method: 'PUT', path: `/v1/${TENANT}/bundles/${BUNDLE}?dryRun`, body: bundleJson() };

describe('a bearer token', () => {
  it.each<[string, Token, Call, string]>([
    ['that decides', {}, {}, '200'],
    ['of several tenants', { claims: { tenant: ['zeta', TENANT], scope: 'x decide' } }, {}, '200'],
    ['of all tenants', { claims: { tenant: '*', scp: ['decide'] } }, {}, '200'],
    ['that decides, and reads bundles', {}, GET_BUNDLES, '200'],
    ['of another tenant', { claims: { tenant: 'zeta', scope: 'decide' } }, {}, '403 FORBIDDEN'],
    [
      'of a tenant that is not there',
      { claims: { tenant: 'zeta', scope: 'decide' } },
      { path: '/v1/nobody/decisions/x' },
      '403 FORBIDDEN',
    ],
    ['that administers, and decides', { claims: ADMIN }, {}, '403 FORBIDDEN'],
    ['that decides, and publishes', {}, PUT_BUNDLE, '403 FORBIDDEN'],
    ['that administers, and publishes', { claims: ADMIN }, PUT_BUNDLE, '200'],
    ['that administers, and reads bundles', { claims: ADMIN }, GET_BUNDLES, '200'],
    ['that decides, and reads metrics', {}, { method: 'GET', path: '/metrics' }, '403 FORBIDDEN'],
    ['for metrics', { claims: { tenant: 'x', scope: 'metrics' } }, { method: 'GET', path: '/metrics' }, '200'],
    ['without scopes', { claims: { tenant: TENANT } }, {}, '403 FORBIDDEN'],
    ['without a tenant', { claims: { scope: 'decide' } }, {}, '401 UNAUTHENTICATED'],
    ['whose tenant is no name', { claims: { tenant: { a: 1 }, scope: 'decide' } }, {}, '401 UNAUTHENTICATED'],
    ['of another issuer', { issuer: 'https://other.example' }, {}, '401 UNAUTHENTICATED'],
    ['for somebody else', { audience: 'other' }, {}, '401 UNAUTHENTICATED'],
    ['that has expired', { expires: Math.floor(Date.now() / 1000) - 120 }, {}, '401 UNAUTHENTICATED'],
    ['that has expired within the skew', { expires: Math.floor(Date.now() / 1000) - 5 }, {}, '200'],
    ['with a key that is not there', { kid: 'two' }, {}, '401 UNAUTHENTICATED'],
    ['with a path as the name of its key', { kid: '../../dev/null' }, {}, '401 UNAUTHENTICATED'],
  ])('%s', async (_, of, request, expected) => expect(await check(`Bearer ${await token(of)}`, request)).toBe(expected));

  it('of another key that says it is this one', async () => {
    expect(await check(`Bearer ${await token({ by: others })}`)).toBe('401 UNAUTHENTICATED');
  });

  it('with an algorithm that is not asked for, though the key is there', async () => {
    expect(await check(`Bearer ${await token({ by: rsa, alg: 'RS256', kid: 'rsa' })}`)).toBe('401 UNAUTHENTICATED');
  });

  it('that is not signed, or with a public key as its secret', async () => {
    const claims = { tenant: TENANT, scope: 'decide' };
    const none = new UnsecuredJWT(claims).setIssuer(ISSUER).setAudience(AUDIENCE).setExpirationTime('5m').encode();
    const jwk = await exportJWK(keys.publicKey);
    const hs256 = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setExpirationTime('5m')
      .sign(Buffer.from(jwk.x as string, 'base64url'));
    for (const text of [none, hs256]) expect(await check(`Bearer ${text}`)).toBe('401 UNAUTHENTICATED');
  });

  it('that brings its own key', async () => {
    const text = await new SignJWT({ tenant: TENANT, scope: 'decide' })
      .setProtectedHeader({ alg: 'EdDSA', jwk: await exportJWK(others.publicKey), jku: 'http://127.0.0.1:1/jwks' })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setExpirationTime('5m')
      .sign(others.privateKey);
    expect(await check(`Bearer ${text}`)).toBe('401 UNAUTHENTICATED');
  });

  it.each(['', 'Bearer', 'Bearer ', 'Bearer a b', 'Basic dTpw', `Bearer ${'x'.repeat(200)}`, 'Bearer a.b.c'])(
    '%j',
    async (given) => {
      const response = await call(given);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer, VERDICT-HMAC-SHA256');
      await response.arrayBuffer();
    },
  );

  it('changed anywhere', { timeout: 30_000 }, async () => {
    const text = await token();
    const last = text.lastIndexOf('.');
    // The last character of a signature has bits that say nothing.
    for (let at = 0; at < text.length - 1; at += 17) {
      if (at === last) continue;
      const changed = `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
      expect(await check(`Bearer ${changed}`), `at ${at}`).toBe('401 UNAUTHENTICATED');
    }
  });

  it('is verified once, and then known, with bodies of any length, the first too', async () => {
    const reader = `Bearer ${await token({ claims: { tenant: 'x', scope: 'metrics' } })}`;
    const counted = async (result: string): Promise<number> => {
      const text = await (await call(reader, { method: 'GET', path: '/metrics' })).text();
      return Number(new RegExp(`^verdict_auth_total\\{method="bearer",result="${result}"\\} (\\d+)$`, 'm').exec(text)![1]);
    };
    await counted('known');
    const text = await token();
    const before = { verified: await counted('verified'), known: await counted('known') };
    const large = `{"amount":1,"country":"${'x'.repeat(200_000)}"}`;
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => check(`Bearer ${text}`, { body: i % 2 === 0 ? large : SMALL })),
    );
    expect(answers).toEqual(Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? '422 INVALID_PAYLOAD' : '200')));
    expect(await check(`Bearer ${text}`)).toBe('200');
    expect(await counted('verified')).toBe(before.verified + 1);
    expect(await counted('known')).toBeGreaterThan(before.known + 1);
  });
});

describe('a signed request', () => {
  interface Signed extends Call {
    id?: string;
    secret?: Buffer;
    time?: number;
    nonce?: string;
    /** What is signed, where it differs from what is sent. */
    signed?: Call;
  }

  function sign({
    id = 'till',
    secret = SECRET,
    time,
    nonce = randomBytes(9).toString('base64url'),
    signed,
    ...sent
  }: Signed): string {
    const { method = 'POST', path = ONE, body = SMALL, type = 'application/json' } = { ...sent, ...signed };
    const hasBody = method !== 'GET';
    const bodyHash = hasBody ? createHash('sha256').update(body).digest('hex') : NO_BODY_HASH;
    const at = String(time ?? Math.floor(Date.now() / 1000));
    const signature = signRequest(secret, at, nonce, { method, path, contentType: hasBody ? type : '' }, bodyHash);
    secrets.push(signature);
    return `VERDICT-HMAC-SHA256 key=${id}, time=${at}, nonce=${nonce}, body=${bodyHash}, signature=${signature}`;
  }

  const now = Math.floor(Date.now() / 1000);
  const team = { id: 'team', secret: ADMIN_SECRET };

  it.each<[string, Signed, string]>([
    ['that decides', {}, '200'],
    ['that reads', GET_BUNDLES, '200'],
    ['that publishes', { ...team, ...PUT_BUNDLE }, '200'],
    ['a little late', { time: now - 30 }, '200'],
    ['that publishes with a key that decides', PUT_BUNDLE, '403 FORBIDDEN'],
    ['of another tenant', { path: '/v1/zeta/decisions/x' }, '403 FORBIDDEN'],
    ['of an unknown key', { id: 'nobody' }, '401 UNAUTHENTICATED'],
    ['with another secret', { secret: ADMIN_SECRET }, '401 UNAUTHENTICATED'],
    ['too late', { time: now - 300 }, '401 UNAUTHENTICATED'],
    ['too early', { time: now + 300 }, '401 UNAUTHENTICATED'],
    ['with another body', { signed: { body: `${SMALL} ` } }, '401 UNAUTHENTICATED'],
    ['with another path', { signed: { path: `${ONE}/batch` } }, '401 UNAUTHENTICATED'],
    ['with another query', { ...team, ...PUT_BUNDLE, signed: { path: `/v1/${TENANT}/bundles/${BUNDLE}` } }, '401 UNAUTHENTICATED'],
    ['with another method', { signed: { method: 'PUT' } }, '401 UNAUTHENTICATED'],
    ['with another type', { signed: { type: 'application/x-ndjson' } }, '401 UNAUTHENTICATED'],
  ])('%s', async (_, of, expected) => expect(await check(sign(of), of)).toBe(expected));

  it('that changes something is taken once, one that decides again', async () => {
    const publishing = { ...team, ...PUT_BUNDLE };
    const given = sign(publishing);
    expect([await check(given, publishing), await check(given, publishing)]).toEqual(['200', '401 UNAUTHENTICATED']);
    const deciding = sign({});
    expect([await check(deciding), await check(deciding)]).toEqual(['200', '200']);
  });

  it('whose body is streamed changes nothing where the body is another', async () => {
    const put: Call = { method: 'PUT', path: `/v1/${TENANT}/lists/blocked?type=string`, body: 'a\nb\n', type: 'text/plain' };
    expect(await check(sign({ ...team, ...put, signed: { body: 'a\n' } }), put)).toBe('401 UNAUTHENTICATED');
    expect(server.engine.lists(TENANT)).toEqual([]);
    expect(await check(sign({ ...team, ...put }), put)).toBe('201');
  });

  it.each(['VERDICT-HMAC-SHA256 ', 'VERDICT-HMAC-SHA256 key=till', `${'VERDICT-HMAC-SHA256 key=till, '.repeat(3)}`])(
    '%j',
    async (given) => {
      expect(await check(given)).toBe('401 UNAUTHENTICATED');
    },
  );

  it('opens a stream', async () => {
    const path = `/v1/${TENANT}/stream`;
    const bodyHash = NO_BODY_HASH;
    const at = String(Math.floor(Date.now() / 1000));
    const signature = signRequest(SECRET, at, 'stream-1', { method: 'GET', path, contentType: '' }, bodyHash);
    const authorization = `VERDICT-HMAC-SHA256 key=till, time=${at}, nonce=stream-1, body=${bodyHash}, signature=${signature}`;
    expect([await upgrade({ authorization }), await upgrade({ authorization })]).toEqual(['open', '401']);
  });
});

/** `open`, or the status of the answer. */
function upgrade(headers: Record<string, string>, protocols: string[] = ['verdict.v1'], tenant = TENANT): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/${tenant}/stream`, protocols, { headers });
    socket.on('open', () => {
      socket.terminate();
      resolve('open');
    });
    socket.on('unexpected-response', (_, response) => {
      response.resume();
      resolve(String(response.statusCode));
    });
    socket.on('error', () => {});
  });
}

describe('a stream', () => {
  it('opens for a token that decides, seen for the first time or not', async () => {
    const authorization = `Bearer ${await token()}`;
    expect([await upgrade({ authorization }), await upgrade({ authorization })]).toEqual(['open', 'open']);
    expect(await upgrade({}, ['verdict.v1', `verdict.bearer.${await token()}`])).toBe('open');
  });

  it('is decided on by the client, with a token for each connection', async () => {
    const given: string[] = [];
    const client = await connect({
      url: server.url,
      tenant: TENANT,
      webSocket: WebSocket as unknown as SocketConstructor,
      token: async () => {
        if (given.length === 0) {
          given.push('none');
          throw new Error('none yet');
        }
        given.push(await token());
        return given.at(-1)!;
      },
      reconnect: { firstMillis: 1, triesMax: 3 },
    });
    expect((await client.decide(BUNDLE, SMALL)).outcome).toBe('approve');
    expect(given).toHaveLength(2);
    await client.close();
    const refused = connect({
      url: server.url,
      tenant: TENANT,
      webSocket: WebSocket as unknown as SocketConstructor,
      token: 'a.b.c',
      reconnect: false,
    });
    await expect(refused).rejects.toThrow('closed with 1006');
  });

  it('does not open for others, and tells them nothing of tenants', async () => {
    expect(await upgrade({})).toBe('401');
    expect(await upgrade({ authorization: 'Bearer a.b.c' })).toBe('401');
    expect(await upgrade({ authorization: `Bearer ${await token({ claims: ADMIN })}` })).toBe('403');
    const authorization = `Bearer ${await token()}`;
    expect([await upgrade({ authorization }, undefined, 'zeta'), await upgrade({ authorization }, undefined, 'nobody')]).toEqual([
      '403',
      '403',
    ]);
  });

  it('opens for pages of the same origin only', async () => {
    const authorization = `Bearer ${await token()}`;
    expect(await upgrade({ authorization, origin: server.url })).toBe('open');
    expect(await upgrade({ authorization, origin: 'https://evil.example' })).toBe('403');
    expect(await upgrade({ authorization, origin: 'null' })).toBe('403');
  });
});

describe('what everybody may', () => {
  it.each(['/healthz', '/readyz', '/openapi.json', '/docs'])('%s', async (path) =>
    expect(await check('', { method: 'GET', path })).toBe('200'),
  );
  it.each(['/metrics', `/v1/${TENANT}/openapi.json`, `/v1/${TENANT}/bundles`, '/v1/nobody/lists'])('not %s', async (path) =>
    expect(await check('', { method: 'GET', path })).toBe('401 UNAUTHENTICATED'),
  );
});

describe('the keys of tokens', () => {
  let issuer: JwksServer;
  let document: string;
  let fetched = 0;
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const url = (): string => `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks`;
  const find = (set: KeySet, kid: string): Promise<unknown> =>
    Promise.resolve(set.get({ alg: 'EdDSA', kid }, { payload: '', signature: '' })).then(
      () => 'found',
      (error: Error) => error.name,
    );

  beforeEach(async () => {
    fetched = 0;
    document = JSON.stringify({ keys: [await publicKey(keys, 'one')] });
    issuer = createServer((_, response) => {
      fetched++;
      if (document === '') response.writeHead(500).end();
      else response.end(document);
    });
    await new Promise<void>((listening) => issuer.listen(0, '127.0.0.1', listening));
  });
  afterEach(() => new Promise((closed) => issuer.close(closed)));

  it('are fetched once, again for a key that is not there, and not again within the cooldown', async () => {
    const changed = vi.fn();
    const set = new KeySet(url(), log, changed, { cooldownMillis: 0 });
    expect([await find(set, 'one'), await find(set, 'one'), fetched]).toEqual(['found', 'found', 1]);
    document = JSON.stringify({ keys: [await publicKey(others, 'two')] });
    expect([await find(set, 'two'), await find(set, 'one')]).toEqual(['found', 'JWKSNoMatchingKey']);
    expect(changed).toHaveBeenCalledTimes(2);
    const slow = new KeySet(url(), log, changed);
    expect([await find(slow, 'two'), await find(slow, 'three'), await find(slow, 'four')]).toEqual([
      'found',
      'JWKSNoMatchingKey',
      'JWKSNoMatchingKey',
    ]);
    expect(fetched).toBe(4);
  });

  it('hold on while the issuer is away', async () => {
    const set = new KeySet(url(), log, () => {}, { cooldownMillis: 0, maxAgeMillis: -1 });
    expect(await find(set, 'one')).toBe('found');
    document = '';
    expect([await find(set, 'one'), await find(set, 'two'), await find(set, 'one')]).toEqual([
      'found',
      'JWKSNoMatchingKey',
      'found',
    ]);
    expect(log.error).toHaveBeenCalled();
  });

  it('come over https only', () => {
    expect(() => new KeySet('http://issuer.example/jwks', log, () => {})).toThrow('https');
  });
});

describe('what is kept', () => {
  it('has no secret in it: no log, no metrics, no answer', async () => {
    const metrics = await (
      await call(`Bearer ${await token({ claims: { tenant: 'x', scope: 'metrics' } })}`, { method: 'GET', path: '/metrics' })
    ).text();
    const refused = await (await call(`Bearer ${await token({ by: others })}`)).text();
    const all = [...logged, metrics, refused].join('\n');
    expect(secrets.length).toBeGreaterThan(30);
    for (const secret of secrets) expect(all).not.toContain(secret);
    for (const part of secrets.filter((text) => text.includes('.')).map((text) => text.split('.')[2]!))
      expect(all).not.toContain(part);
  });

  it('are the keys before, where new ones cannot be used', async () => {
    const path = join(folder, 'hmac.json');
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, '{"till":{"tenant":"acme","secret":"c2hvcnQ=","scopes":["decide"]}}');
    await expect(server.reload()).rejects.toThrow('32 bytes');
    writeFileSync(path, before);
    await server.reload();
    expect(await check(`Bearer ${await token()}`)).toBe('200');
  });
});
