import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantStats } from '#src/engine.js';
import type { Server } from '#src/server/server.js';
import { largestTenants, OTHER_TENANTS } from '#src/server/tenant-metrics.js';
import { BUNDLE, startTestServer, TENANT } from '../lib/server.js';
import { StreamClient } from '../lib/stream-client.js';

const ONE = `/v1/${TENANT}/decisions/${BUNDLE}`;
const SMALL = { amount: 19.99, country: 'DE' };

let inline: Server;
let pooled: Server;
beforeAll(async () => {
  [inline, pooled] = await Promise.all([startTestServer(), startTestServer({ costInlineMax: 0, poolThreads: 1 })]);
});
afterAll(async () => {
  expect(await Promise.all([inline.stop(), pooled.stop()])).toEqual([true, true]);
});

async function scrape(of: Server): Promise<Map<string, number>> {
  const text = await (await fetch(`${of.url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

/** Samples that have grown while `work` was done. */
async function grown(of: Server, work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await scrape(of);
  await work();
  const after = [...(await scrape(of))];
  return Object.fromEntries(
    after.flatMap(([name, value]) => (value > (before.get(name) ?? 0) ? [[name, value - (before.get(name) ?? 0)]] : [])),
  );
}

/** Which stages were counted, and how often. */
function stages(changes: Record<string, number>): Record<string, number> {
  const found = Object.entries(changes).flatMap(([name, value]) => {
    const match = /^verdict_stage_duration_seconds_count\{(.*)\}$/.exec(name);
    return match === null ? [] : [[(match[1] as string).replaceAll(/\w+="(\w+)"/g, '$1'), value] as const];
  });
  return Object.fromEntries(found);
}

const post = (of: Server, path: string, body: unknown) =>
  fetch(of.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

async function ask(of: Server): Promise<void> {
  const client = await StreamClient.open(of, TENANT);
  client.send(JSON.stringify({ id: 1, bundle: BUNDLE, payload: SMALL }));
  expect(String(await client.next())).toContain('"approve"');
  client.end();
}

const INLINE = ['read', 'evaluate', 'write'];
const POOLED = ['read', 'queue', 'evaluate', 'write'];
const each = (face: string, path: string, names: readonly string[]) =>
  Object.fromEntries(names.map((stage) => [`${face},${path},${stage}`, 1]));

describe('latency by stage', () => {
  it.each([
    ['one over HTTP, inline', () => inline, () => post(inline, ONE, SMALL), each('http', 'inline', INLINE)],
    ['one over HTTP, pooled', () => pooled, () => post(pooled, ONE, SMALL), each('http', 'pooled', POOLED)],
    ['a batch, inline', () => inline, () => post(inline, `${ONE}/batch`, [SMALL, SMALL]), each('http', 'inline', INLINE)],
    ['a batch, pooled', () => pooled, () => post(pooled, `${ONE}/batch`, [SMALL, SMALL]), each('http', 'pooled', POOLED)],
    ['a payload that does not fit', () => inline, () => post(inline, ONE, { amount: 1 }), {}],
    ['a stream message, inline', () => inline, () => ask(inline), each('stream', 'inline', INLINE)],
    ['a stream message, pooled', () => pooled, () => ask(pooled), each('stream', 'pooled', POOLED)],
    ['what never reaches the engine', () => inline, () => post(inline, `/v1/${TENANT}/decisions/none`, SMALL), {}],
  ])('%s', async (_, of, work, expected) => {
    expect(stages(await grown(of(), work))).toEqual(expected);
  });

  it('is no longer than the request', async () => {
    const changes = await grown(pooled, () => post(pooled, ONE, SMALL));
    const sum = Object.entries(changes).reduce(
      (all, [name, value]) => (name.startsWith('verdict_stage_duration_seconds_sum') ? all + value : all),
      0,
    );
    const whole = changes['verdict_http_request_duration_seconds_sum{route="POST /v1/:tenant/decisions/:name"}'] as number;
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThanOrEqual(whole + 2e-6); // the whole is counted in microseconds
  });
});

describe('metrics', () => {
  it('are all in the documents', async () => {
    const page = readFileSync(fileURLToPath(new URL('../../docs/OBSERVING.md', import.meta.url)), 'utf8');
    const text = await (await fetch(`${inline.url}/metrics`)).text();
    const names = [...text.matchAll(/^# TYPE (verdict_\w+)/gm)].map(([, name]) => name as string);
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('count problems by code, whoever refuses', async () => {
    const changes = await grown(inline, async () => {
      await post(inline, `/v1/${TENANT}/decisions/none`, SMALL);
      await post(inline, ONE, { amount: 'x' });
      await fetch(`${inline.url}/nothing`);
      await fetch(inline.url + ONE, { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } });
      await expect(StreamClient.open(inline, 'nobody')).rejects.toThrow('404');
    });
    const problems = Object.entries(changes).filter(([name]) => name.startsWith('verdict_http_problems_total'));
    expect(Object.fromEntries(problems.map(([name, value]) => [/code="(\w+)"/.exec(name)?.[1], value]))).toEqual({
      BUNDLE_NOT_FOUND: 1,
      INVALID_PAYLOAD: 1,
      NOT_FOUND: 1,
      TENANT_NOT_FOUND: 1,
      UNSUPPORTED_MEDIA_TYPE: 1,
    });
  });

  it('count static cost by path, and the time of workers', async () => {
    const cost = inline.engine.live(TENANT, BUNDLE)!.costMax;
    const two = [SMALL, SMALL];
    expect(await grown(inline, () => post(inline, `${ONE}/batch`, two))).toHaveProperty(
      ['verdict_cost_units_total{path="inline"}'],
      2 * cost,
    );
    const changes = await grown(pooled, () => post(pooled, `${ONE}/batch`, two));
    expect(changes).toHaveProperty(['verdict_cost_units_total{path="pooled"}'], 2 * cost);
    expect(changes.verdict_pool_busy_seconds_total).toBeGreaterThan(0);
  });

  it('tell memory by tenant', async () => {
    const [stats] = inline.engine.stats().tenants as [TenantStats];
    expect((await scrape(inline)).get(`verdict_tenant_memory_bytes{tenant="${TENANT}"}`)).toBe(stats.memoryBytes);
  });

  it('tell the largest tenants apart, and add up the others', () => {
    const tenant = (name: string, memoryBytes: number): TenantStats => ({
      tenant: name,
      memoryBytes,
      ...{ bundles: 1, memoryBytesMax: 10, heapBytesUsed: 2, ringBytes: 3, ringBytesUsed: 4, slots: 5 },
    });
    const all = [tenant('b', 1), tenant('a', 1), tenant('c', 9), tenant('d', 0)];
    expect(largestTenants(all, 4).map((stats) => stats.tenant)).toEqual(['c', 'a', 'b', 'd']);
    expect(largestTenants(all, 2)).toEqual([
      tenant('c', 9),
      tenant('a', 1),
      {
        tenant: OTHER_TENANTS,
        memoryBytes: 1,
        bundles: 2,
        memoryBytesMax: 20,
        heapBytesUsed: 4,
        ringBytes: 6,
        ringBytesUsed: 8,
        slots: 10,
      },
    ]);
  });
});
