// The dashboard in a real browser: what it draws, whom it tells, and that nothing in it is taken for markup.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Histogram } from '#src/observe/histogram.js';
import { dashboardPage } from '#src/server/dashboard/page.js';
import { spanOf } from '#src/server/dashboard/span-of.js';
import type { SystemStats } from '#src/server/dashboard/stats.js';
import type { Server } from '#src/server/server.js';
import { startServer } from '#src/server/server.js';
import { CHROMIUM, showPage } from '../../lib/chromium.js';
import { BUNDLE, startTestServer, TENANT } from '../../lib/server.js';

const folder = mkdtempSync(join(tmpdir(), 'verdict-dashboard-'));
let server: Server;
let guarded: Server;
/** A bearer token of TENANT. */
let token: (scope: string) => Promise<string>;
beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA');
  const jwks = join(folder, 'jwks.json');
  writeFileSync(jwks, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] }));
  token = (scope) =>
    new SignJWT({ tenant: TENANT, scope })
      .setProtectedHeader({ alg: 'EdDSA', kid: 'one' })
      .setIssuer('test')
      .setAudience('verdict')
      .setExpirationTime('1h')
      .setIssuedAt()
      .sign(privateKey);
  server = await startTestServer();
  guarded = await startTestServer({ auth: { jwt: { jwks, issuer: 'test', audience: 'verdict' } } });
});
afterAll(async () => {
  await Promise.all([server.stop(), guarded.stop()]);
  rmSync(folder, { recursive: true });
});

const statsOf = async (of: Server): Promise<SystemStats> =>
  (await (await fetch(`${of.url}/v1/system/stats`)).json()) as SystemStats;
const decide = (body: unknown): Promise<Response> =>
  fetch(`${server.url}/v1/${TENANT}/decisions/${BUNDLE}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('/v1/system/stats', () => {
  it('has totals, and what is live', async () => {
    const before = await statsOf(server);
    await decide({ amount: 1, country: 'DE' });
    await decide({ amount: 5000, country: 'US' });
    await decide({ nothing: 1 });
    const after = await statsOf(server);
    const span = spanOf(before, after)!;
    expect(after.engine.outcomes.approve - before.engine.outcomes.approve).toBe(1);
    expect(span.outcomes.decline! * span.seconds).toBeCloseTo(1);
    expect(span.decisions * span.seconds).toBeCloseTo(2);
    expect(span.refused).toEqual({ INVALID_PAYLOAD: expect.any(Number) });
    expect(span.byStage.evaluate).toMatchObject({ count: 2, p50: expect.any(Number) });
    expect(span.stages.find((each) => each.face === 'http' && each.path === 'inline' && each.stage === 'write')!.count).toBe(2);
    expect(after).toMatchObject({
      tenantCount: 1,
      tenants: [{ tenant: TENANT }],
      bundleCount: 1,
      bundles: [{ tenant: TENANT, name: BUNDLE, version: '1.0.0' }],
    });
  });

  it('is known by nobody but who may read /metrics', async () => {
    const ask = async (path: string, token: string): Promise<number> =>
      (await fetch(guarded.url + path, token === '' ? {} : { headers: { authorization: `Bearer ${token}` } })).status;
    expect([await ask('/', ''), await ask('/v1/system/stats', '')]).toEqual([200, 401]);
    expect(await ask('/v1/system/stats', await token('decide'))).toBe(403);
    expect(await ask('/v1/system/stats', await token('metrics'))).toBe(200);
    const apart = await startServer({ port: 0, adminPort: 0 });
    for (const path of ['/', '/v1/system/stats'])
      expect([(await fetch(apart.url + path)).status, (await fetch(apart.adminUrl + path)).status]).toEqual([404, 200]);
    await apart.stop();
  });
});

describe('what happened between two looks', () => {
  /** Stats with values in the one histogram, and a time. */
  const look = (uptimeMillis: number, values: number[], pid = 1): SystemStats => {
    const histogram = new Histogram();
    for (const value of values) histogram.record(value);
    const stage = { face: 'http', path: 'inline', stage: 'read', buckets: histogram.counts() };
    const stats = {
      uptimeMillis,
      stages: { unitsPerMicro: 16, histograms: [stage] },
      process: { pid, cpuMillis: uptimeMillis / 2 },
    };
    const engine = { outcomes: { approve: values.length }, requests: { inline: 0, pooled: 0 }, pool: { busyMillis: 0 } };
    return { ...stats, engine, http: { problems: {} }, streams: { errors: {} } } as unknown as SystemStats;
  };

  it('has percentiles of what came in between, as the histogram has them', () => {
    const earlier = Array.from({ length: 100 }, () => 1_000_000);
    const later = Array.from({ length: 1000 }, (_, i) => i * 16);
    const span = spanOf(look(1000, earlier), look(3000, [...earlier, ...later]))!;
    const alone = new Histogram();
    for (const value of later) alone.record(value);
    expect(span.stages[0]!.count).toBe(1000);
    for (const [got, share] of [
      [span.stages[0]!.p50, 0.5],
      [span.stages[0]!.p90, 0.9],
    ] as const)
      expect(got * 16 - 1).toBe(alone.percentile(share));
    expect([span.decisions, span.cpu]).toEqual([500, 0.5]);
  });

  it.each([
    ['another process', look(1000, []), look(2000, [], 2)],
    ['no time', look(1000, []), look(1000, [])],
  ])('is nothing of %s', (_, first, last) => expect(spanOf(first, last)).toBeUndefined());
});

describe('the page', () => {
  it('may run only what stands in it', async () => {
    const response = await fetch(server.url);
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).not.toContain('unsafe');
    expect(policy).toContain("default-src 'none'");
    const html = await response.text();
    expect(html).not.toMatch(/(src|href)="?https?:/);
    expect(dashboardPage().scripts.every((script) => html.includes(`<script>${script}</script>`))).toBe(true);
  });

  /** The page of `of` behind a server that adds a script, which says what `look` finds once the page has drawn `looks` times. */
  async function see(of: string, looks: number, look: string, prepare = ''): Promise<unknown> {
    let heard: (text: string) => void = () => undefined;
    const said = new Promise<string>((resolve) => {
      heard = resolve;
    });
    const ready =
      looks === 0 ? '!document.getElementById("login").hidden' : `Number(document.documentElement.dataset.looks) >= ${looks}`;
    const script = `<script>${prepare}
      const wait = setInterval(() => {
        if (!(${ready})) return;
        clearInterval(wait);
        fetch('/said', { method: 'POST', body: JSON.stringify((${look})()) });
      }, 20);
    </script>`;
    const web = createServer((request, response) => {
      if (request.url === '/said') {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => heard(Buffer.concat(chunks).toString()));
        return;
      }
      const { authorization } = request.headers;
      fetch(of + request.url, authorization === undefined ? {} : { headers: { authorization } })
        .then(async (answer) => {
          const text = await answer.text();
          response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
          response.end(request.url === '/' ? text.replace('</body>', `${script}</body>`) : text);
        })
        .catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    try {
      return JSON.parse(await showPage(`http://127.0.0.1:${(web.address() as AddressInfo).port}/`, said));
    } finally {
      web.closeAllConnections();
      web.close();
    }
  }

  it('draws what the server does', { timeout: 120_000 }, async ({ skip }) => {
    if (CHROMIUM === undefined) skip('Chromium is not installed');
    const busy = setInterval(() => void decide({ amount: 5000, country: 'US' }).catch(() => undefined), 50);
    const seen = await see(
      server.url,
      3,
      `() => ({
        plots: document.querySelectorAll('.u-wrap canvas').length,
        empty: document.getElementById('empty').hidden,
        state: document.getElementById('state').className,
        tenants: document.getElementById('tenants').textContent,
        bundles: document.getElementById('bundles').textContent,
        stages: document.getElementById('stages').textContent,
        declined: document.querySelector('.decline progress').value > 0,
        wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
      })`,
    ).finally(() => clearInterval(busy));
    expect(seen).toMatchObject({ plots: 3, empty: true, state: 'live', declined: true, wide: false });
    expect(seen).toMatchObject({ tenants: expect.stringContaining(TENANT), bundles: expect.stringContaining(BUNDLE) });
    expect(seen).toMatchObject({ stages: expect.stringContaining('evaluate') });
  });

  it('says of how many it tells', { timeout: 120_000 }, async ({ skip }) => {
    if (CHROMIUM === undefined) skip('Chromium is not installed');
    const two = await startServer({ port: 0, listeners: 2 });
    const look = `() => [document.getElementById('state').className, document.getElementById('state-text').textContent]`;
    const seen = await see(two.url, 1, look).finally(() => two.stop());
    expect(seen).toEqual(['live', expect.stringContaining(', 2 of 2 listeners, ')]);
  });

  it('says how to publish where nothing is live', { timeout: 120_000 }, async ({ skip }) => {
    if (CHROMIUM === undefined) skip('Chromium is not installed');
    const empty = await startServer({ port: 0 });
    const look = `() => [document.getElementById('empty').hidden, document.getElementById('publish').textContent]`;
    expect(await see(empty.url, 1, look)).toEqual([false, expect.stringContaining('verdict publish')]);
    await empty.stop();
  });

  it('asks for a token where callers are known', { timeout: 120_000 }, async ({ skip }) => {
    if (CHROMIUM === undefined) skip('Chromium is not installed');
    const type = async (scope: string): Promise<string> =>
      `addEventListener('load', () => {
        document.getElementById('token').value = ${JSON.stringify(await token(scope))};
        document.getElementById('login').dispatchEvent(new Event('submit', { cancelable: true }));
      });`;
    const look = `() =>
      ['main', 'login'].map((id) => document.getElementById(id).hidden).concat(document.getElementById('login-text').textContent)`;
    expect(await see(guarded.url, 0, look)).toEqual([true, false, '']);
    expect(await see(guarded.url, 1, look, await type('metrics'))).toEqual([false, true, '']);
  });
});
