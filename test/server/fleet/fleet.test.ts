// Fleets of real processes.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signRequest } from '#src/server/auth/signature.js';
import { spanOf } from '#src/server/dashboard/span-of.js';
import type { SystemStats } from '#src/server/dashboard/stats.js';
import { type Fleet, type FleetOptions, startFleet } from '#src/server/fleet/fleet.js';
import { BUNDLE, bundleFiles, bundleJson, TENANT } from '../../lib/server.js';
import { spawnFleet } from '../../lib/server-process.js';

const SMALL = '{"amount":19.99,"country":"DE"}';
const ONE = `/v1/${TENANT}/decisions/${BUNDLE}`;
const JSON_TYPE = { 'content-type': 'application/json' };

const fleets: Fleet[] = [];
const children: { kill(signal: NodeJS.Signals): boolean }[] = [];

async function start(options: Partial<FleetOptions> = {}): Promise<Fleet> {
  const fleet = await startFleet({ port: 0, processes: 2, portPerProcess: true, poolThreads: 0, ...options });
  fleets.push(fleet);
  return fleet;
}

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const until = async (done: () => boolean | Promise<boolean>, what: string): Promise<void> => {
  const limit = performance.now() + 20_000;
  while (!(await done())) {
    if (performance.now() > limit) throw new Error(`it did not come to be: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function put(url: string, path: string, body: string, type = 'application/json'): Promise<number> {
  const response = await fetch(`${url}/v1/${TENANT}/${path}`, { method: 'PUT', headers: { 'content-type': type }, body });
  const text = await response.text();
  expect(response.status, text).toBeLessThan(300);
  return response.status;
}

interface Answer {
  status: number;
  outcome?: string;
  image?: string;
  decisionId?: string;
  version?: string;
}

async function decide(url: string, headers: Record<string, string> = {}, body = SMALL): Promise<Answer> {
  const response = await fetch(url + ONE, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body });
  return { ...((await response.json()) as object), status: response.status };
}

const everywhere = <Result>(fleet: Fleet, ask: (url: string) => Promise<Result>): Promise<Result[]> =>
  Promise.all(fleet.urls.map(ask));

const versionOf = (number: number): string =>
  bundleJson({ 'bundle.yaml': `${bundleFiles().get('bundle.yaml')}`.replace('1.0.0', `1.0.${number}`) });

describe('a fleet', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await start({ processes: 3 });
  }, 60_000);
  afterAll(async () => {
    expect(await fleet.stop()).toBe(true);
  });

  it('listens at a port each', () => {
    expect(new Set(fleet.ports).size).toBe(3);
    expect(new Set(fleet.pids).size).toBe(3);
  });

  it('decides everywhere with what was published anywhere, as soon as that is answered', async () => {
    for (let number = 0; number < 6; number++) {
      const url = fleet.urls[number % 3] as string;
      expect(await put(url, `bundles/${BUNDLE}`, versionOf(number))).toBe(201);
      const answers = await everywhere(fleet, (each) => decide(each));
      expect(answers.map(({ version }) => version)).toEqual(Array(3).fill(`1.0.${number}`));
    }
    // The same again is the same, wherever it is sent.
    expect(await put(fleet.urls[1] as string, `bundles/${BUNDLE}`, versionOf(5))).toBe(200);
  });

  it('has refusals of the owner as a single server has them', async () => {
    const refused = await fetch(`${fleet.urls[1]}/v1/${TENANT}/bundles/${BUNDLE}`, {
      method: 'PUT',
      headers: JSON_TYPE,
      body: bundleJson({ 'rules/all.yaml': '- { id: a, when: nothing > 1, then: { score: 1, reason: A } }\n' }),
    });
    expect(refused.status).toBe(422);
    const problem = (await refused.json()) as { code: string; diagnostics: { code: string; text: string }[] };
    expect(problem.code).toBe('INVALID_BUNDLE');
    expect(problem.diagnostics.map(({ text }) => text).join('\n')).toContain('nothing > 1');
  });

  it('puts and deletes lists everywhere', async () => {
    const [a, b, c] = fleet.urls as [string, string, string];
    expect(await put(a, 'lists/blocked', 'x\ny\n', 'text/plain')).toBe(201);
    for (const url of [b, c]) {
      const list = await fetch(`${url}/v1/${TENANT}/lists/blocked`);
      expect(await list.json()).toMatchObject({ name: 'blocked', count: 2 });
    }
    expect((await fetch(`${b}/v1/${TENANT}/lists/blocked`, { method: 'DELETE' })).status).toBe(200);
    expect((await fetch(`${c}/v1/${TENANT}/lists/blocked`)).status).toBe(404);
  });

  it('answers a second try at another process with the answer of the first', async () => {
    const [a, b] = fleet.urls as [string, string];
    const key = { 'idempotency-key': '"one"' };
    const first = await decide(a, key);
    expect(first.status).toBe(200);
    // What the first process has told the parent may still be on its way.
    await until(async () => (await decide(b, key)).status !== 409, 'an answer');
    expect(await decide(b, key)).toEqual(first);
    expect((await decide(b, key, '{"amount":1,"country":"DE"}')).status).toBe(422);
  });

  it('has one set of metrics, and one state, wherever it is asked', async () => {
    await everywhere(fleet, (url) => decide(url));
    const texts = await everywhere(fleet, async (url) => (await fetch(`${url}/metrics`)).text());
    const counts = texts.map((text) => /^verdict_decisions_total\{outcome="approve"\} (\d+)$/m.exec(text)?.[1]);
    expect(new Set(counts).size).toBe(1);
    expect(Number(counts[0])).toBeGreaterThanOrEqual(3 * 7);
    expect(texts[0]).toContain('verdict_processes{state="ready"} 3');
    expect(texts[0]).toContain('verdict_tenants 1\n');
    expect(texts[0]).toMatch(/^nodejs_eventloop_lag_p99_seconds\{process="2"\} /m);
    expect(texts[0]).toMatch(/^verdict_idempotency_total\{result="replayed"\} [1-9]/m);
    const states = await everywhere(fleet, async (url) => (await fetch(`${url}/readyz`)).json());
    for (const state of states) expect(state).toMatchObject({ status: 'ready', processes: { processes: 3, ready: 3 } });
  });

  it('has one dashboard: totals of all processes, whichever is asked', async () => {
    await everywhere(fleet, (url) => decide(url));
    // Figures of the fleet are those of half a second ago at most.
    const fresh = async (): Promise<SystemStats[]> => {
      await new Promise((resolve) => setTimeout(resolve, 600));
      return everywhere(fleet, async (url) => (await (await fetch(`${url}/v1/system/stats`)).json()) as SystemStats);
    };
    const before = await fresh();
    await everywhere(fleet, (url) => Promise.all([decide(url), decide(url)]));
    const after = await fresh();
    for (const stats of after) {
      expect(stats).toEqual(after[0]);
      expect(stats).toMatchObject({
        ...{ parts: { kind: 'process', ready: 3, of: 3 }, process: { pid: process.pid }, tenantCount: 1, bundleCount: 1 },
        tenants: [{ tenant: TENANT, bundles: 1 }],
        bundles: [{ tenant: TENANT, name: BUNDLE }],
      });
    }
    const span = spanOf(before[0]!, after[1]!)!;
    expect(span.decisions * span.seconds).toBeCloseTo(6);
    const of = (stage: string) =>
      span.stages.find((each) => each.face === 'http' && each.path === 'inline' && each.stage === stage)!;
    expect([of('read').count, of('evaluate').count, of('write').count]).toEqual([6, 6, 6]);
    // Three processes and their parent.
    expect(after[0]!.process.rssBytes).toBeGreaterThan(4 * 2 ** 24);
  });

  it('gives each process its share of a quota', async () => {
    await fleet.setQuota(TENANT, { costPerSecond: 1e-3, costBurst: 3e-3 });
    const statuses = await everywhere(fleet, async (url) => [(await decide(url)).status, (await decide(url)).status]);
    expect(statuses).toEqual(Array(3).fill([200, 429]));
    await fleet.setQuota(TENANT, undefined);
    expect((await everywhere(fleet, (url) => decide(url))).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('goes on when a process is killed, and has another in its place, with all that was published meanwhile', async () => {
    const [killed] = fleet.pids as [number];
    const answered = async (): Promise<number> => {
      const text = await (await fetch(`${fleet.urls[1]}/metrics`)).text();
      return Number(/^verdict_http_requests_total\{route="POST [^}]*status="200"\} (\d+)$/m.exec(text)?.[1]);
    };
    await new Promise((resolve) => setTimeout(resolve, 600));
    const before = await answered();
    const others = fleet.urls.slice(1);
    const answers: number[] = [];
    let isOver = false;
    const load = others.map(async (url) => {
      while (!isOver) answers.push((await decide(url)).status);
    });
    process.kill(killed, 'SIGKILL');
    expect(await put(others[0] as string, `bundles/${BUNDLE}`, versionOf(9))).toBe(201);
    const again = () => fleet.pids.length === 3 && !fleet.pids.includes(killed);
    await until(again, 'a process in the place of the one that was killed');
    expect((await everywhere(fleet, (url) => decide(url))).map(({ version }) => version)).toEqual(Array(3).fill('1.0.9'));
    isOver = true;
    await Promise.all(load);
    expect(new Set(answers)).toEqual(new Set([200]));
    // Metrics of the fleet are those of half a second ago at most.
    const metrics = async (): Promise<string> => (await fetch(`${fleet.urls[0]}/metrics`)).text();
    await until(async () => (await metrics()).includes('verdict_process_restarts_total 1'), 'metrics that count the restart');
    // What the one that was killed had answered is still counted.
    expect(await answered()).toBeGreaterThanOrEqual(before + answers.length);
  }, 60_000);
});

describe('a signed request', () => {
  it('that changes something is taken once, by whichever process', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'verdict-fleet-'));
    try {
      const secret = Buffer.alloc(32, 7);
      const hmacKeys = join(folder, 'hmac.json');
      writeFileSync(hmacKeys, JSON.stringify({ team: { tenant: TENANT, secret: secret.toString('base64'), scopes: ['admin'] } }));
      const fleet = await start({ processes: 3, auth: { hmacKeys } });
      const path = `/v1/${TENANT}/lists/blocked`;
      const put = async (url: string, nonce: string): Promise<number> => {
        const time = String(Math.floor(Date.now() / 1000));
        const hash = createHash('sha256').update('a\n').digest('hex');
        const signature = signRequest(secret, time, nonce, { method: 'PUT', path, contentType: 'text/plain' }, hash);
        const authorization = `VERDICT-HMAC-SHA256 key=team, time=${time}, nonce=${nonce}, body=${hash}, signature=${signature}`;
        return (await fetch(url + path, { method: 'PUT', headers: { authorization, 'content-type': 'text/plain' }, body: 'a\n' }))
          .status;
      };
      expect(await put(fleet.urls[0]!, 'nonce-one')).toBe(201);
      expect(await everywhere(fleet, (url) => put(url, 'nonce-one'))).toEqual([401, 401, 401]);
      // Sent to all at once, one of them has it.
      const statuses = await everywhere(fleet, (url) => put(url, 'nonce-two'));
      expect(statuses.sort()).toEqual([200, 401, 401]);
      expect(await fleet.stop()).toBe(true);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);
});

describe('processes on one port', () => {
  it('share it, take changes at any of them, and stop with every answer given', async () => {
    const fleet = await start({ portPerProcess: false, processes: 2 });
    expect(new Set(fleet.ports).size).toBe(1);
    const url = fleet.urls[0] as string;
    await put(url, `bundles/${BUNDLE}`, bundleJson());
    const close = { connection: 'close' };
    const answers = await Promise.all(Array.from({ length: 64 }, () => decide(url, close)));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const { pids } = fleet;
    expect(await fleet.stop()).toBe(true);
    expect(pids.filter(isAlive)).toEqual([]);
  }, 60_000);
});

describe('the data directory', () => {
  it('is found again by the next fleet, and that of --memory is removed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'verdict-fleet-'));
    try {
      const first = await start({ dataDir: join(folder, 'data') });
      await put(first.urls[0] as string, `bundles/${BUNDLE}`, bundleJson());
      const { image } = await decide(first.urls[1] as string);
      await first.stop();
      const second = await start({ dataDir: join(folder, 'data') });
      expect((await everywhere(second, (url) => decide(url))).map((answer) => answer.image)).toEqual([image, image]);
      await expect(startFleet({ processes: 1, port: 0, dataDir: join(folder, 'data') })).rejects.toThrow(/in use/);
      await second.stop();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);
});

describe('a parent that is killed', () => {
  it('takes its processes with it', async () => {
    const { child, pids } = await spawnFleet({ processes: 2 });
    children.push(child);
    expect(pids.filter(isAlive)).toEqual(pids);
    child.kill('SIGKILL');
    await until(() => pids.every((pid) => !isAlive(pid)), 'the end of its processes');
  }, 60_000);
});

describe('a fleet that cannot start', () => {
  it('says why, and leaves nothing behind', async () => {
    const before = childrenOf(process.pid);
    const folders = () => readdirSync(tmpdir()).filter((name) => /^verdict-[A-Za-z0-9]{6}$/.test(name)).length;
    const had = folders();
    await expect(startFleet({ processes: 0 })).rejects.toThrow(RangeError);
    await expect(startFleet({ processes: 2, port: 65_535, portPerProcess: true })).rejects.toThrow(RangeError);
    await expect(startFleet({ processes: 2, port: 0, tls: { cert: '/nowhere', key: '/nowhere' } })).rejects.toThrow(
      /nowhere|ENOENT/,
    );
    expect(childrenOf(process.pid)).toEqual(before);
    expect(folders()).toBe(had);
  }, 60_000);
});

function childrenOf(pid: number): string[] {
  try {
    const found = execFileSync('pgrep', ['-P', String(pid), '-f', 'member-main'], { encoding: 'utf8' });
    return found.trim().split('\n');
  } catch {
    return [];
  }
}
