// Lists of tenants through an engine: versions, what fits, what is refused, what a restart finds, and who holds which memory.

import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RegisterType } from '#assembly/shared/value-type.js';
import { compile } from '#src/compiler/compile.js';
import { decidePayloads } from '#src/decide.js';
import { createEngine, type Engine, type ListContent } from '#src/engine.js';
import { writeList } from '#src/image/list.js';
import { LIST_VERSIONS_KEPT } from '#src/registry/list-store.js';
import { readDecision } from '#src/schema/decision.js';
import { AMOUNTS, decideLive, isBlocked, listBundle, mailLines, problemOf, LIST_TENANT as TENANT } from '../lib/list-bundle.js';

let directory: string;
const open: Engine[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'verdict-lists-'));
});

afterEach(async () => {
  for (const engine of open.splice(0)) await engine.close();
  await rm(directory, { recursive: true });
});

async function start(options: { poolThreads?: number; tenantPagesMax?: number } = {}): Promise<Engine> {
  const engine = await createEngine({ dataDir: directory, poolThreads: 0, profileMax: 'standard', ...options });
  open.push(engine);
  return engine;
}

async function restart(): Promise<Engine> {
  await open.pop()?.close();
  return start();
}

const heapBytes = (engine: Engine): number => engine.stats().tenants.find(({ tenant }) => tenant === TENANT)!.heapBytesUsed;
const listFolder = (name = 'blocked'): string => join(directory, 'tenants', TENANT, 'lists', name);

describe('a list of the tenant', () => {
  it('is put, read by every bundle at once, and there after a restart', async () => {
    const engine = await start();
    const first = await engine.putList(TENANT, 'blocked', ['a@x', 'b@x', 'a@x']);
    expect(first).toMatchObject({
      created: true,
      name: 'blocked',
      type: 'string',
      count: 2,
      version: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    await engine.publish(TENANT, listBundle());
    await engine.publish(TENANT, listBundle({ name: 'others' }));
    expect(await isBlocked(engine, 'a@x')).toEqual({ hit: true, version: first.version });
    expect(await isBlocked(engine, 'c@x')).toEqual({ hit: false, version: first.version });
    const second = await engine.putList(TENANT, 'blocked', ['c@x']);
    for (const bundle of ['mails', 'others']) {
      expect(await isBlocked(engine, 'a@x', bundle)).toEqual({ hit: false, version: second.version });
      expect(await isBlocked(engine, 'c@x', bundle)).toEqual({ hit: true, version: second.version });
    }
    const again = await restart();
    expect(again.storeProblems).toEqual([]);
    expect(again.lists(TENANT)).toEqual([
      { name: 'blocked', version: second.version, type: 'string', count: 1, bytes: second.bytes, at: second.at },
    ]);
    expect(await isBlocked(again, 'c@x', 'others')).toEqual({ hit: true, version: second.version });
  });

  it('is the same version where it has the same entries, in whatever form they come', async () => {
    const engine = await start();
    const text = new TextEncoder();
    const { version } = await engine.putList(TENANT, 'blocked', ['a', 'b']);
    const forms: ListContent[] = [
      ['b', 'a', 'b'],
      { format: 'lines', chunks: [text.encode('b\n'), text.encode('a')] },
      { format: 'csv', chunks: [text.encode('mail,why\na,1\nb,2')] },
      writeList(RegisterType.TEXT, ['a', 'b']),
      { format: 'region', chunks: [writeList(RegisterType.TEXT, ['a', 'b'])] },
    ];
    for (const form of forms) {
      expect(await engine.putList(TENANT, 'blocked', form)).toMatchObject({ created: false, version });
    }
  });

  it('may be empty', async () => {
    const engine = await start();
    expect(await engine.putList(TENANT, 'blocked', [])).toMatchObject({ created: true, count: 0 });
    await engine.publish(TENANT, listBundle());
    expect((await isBlocked(engine, '')).hit).toBe(false);
  });

  it('of decimals, numbers, dates and timestamps is exact', async () => {
    const engine = await start();
    const types = {
      'lists/decimals.yaml': 'type: { decimal: 2 }\n',
      'lists/numbers.yaml': 'type: number\n',
      'lists/dates.yaml': 'type: date\n',
      'lists/times.yaml': 'type: timestamp\n',
      'model.yaml': `title: T
type: object
required: [email, decimal, number, date, time]
properties:
  email: { type: string }
  decimal: { type: number, multipleOf: 0.01, minimum: 0, maximum: 1000000 }
  number: { type: number }
  date: { type: string, format: date }
  time: { type: string, format: date-time }
`,
      'rules/types.yaml': ['decimal', 'number', 'date', 'time']
        .map(
          (name) =>
            `- { id: ${name}, when: lists.${name}s.includes(${name}), then: { score: 1, reason: ${name.toUpperCase()} } }\n`,
        )
        .join(''),
    };
    await engine.putList(TENANT, 'blocked', []);
    await engine.putList(TENANT, 'decimals', ['19.90', 5], { type: 'decimal(2)' });
    await engine.putList(TENANT, 'numbers', [0.1, '1e3'], { type: 'number' });
    await engine.putList(TENANT, 'dates', ['2024-02-29'], { type: 'date' });
    await engine.putList(TENANT, 'times', ['2024-02-29T12:00:00+01:00'], { type: 'timestamp' });
    await engine.publish(TENANT, listBundle({ files: types }));
    const reasons = async (decimal: number, number: number, date: string, time: string): Promise<string[]> => {
      const decision = await decideLive(engine, { email: '', decimal, number, date, time });
      return decision.reasons.map(({ code }) => code).sort();
    };
    expect(await reasons(19.9, 0.1, '2024-02-29', '2024-02-29T11:00:00Z')).toEqual(['DATE', 'DECIMAL', 'NUMBER', 'TIME']);
    expect(await reasons(5, 1000, '2024-02-28', '2024-02-29T11:00:00.000001Z')).toEqual(['DECIMAL', 'NUMBER']);
    expect(await reasons(19.91, 0.1 + 2 ** -55, '2024-03-01', '2024-02-29T12:00:00Z')).toEqual([]);
  });

  it('is forgotten once no live bundle declares it', async () => {
    const engine = await start();
    await engine.putList(TENANT, 'blocked', ['a']);
    await engine.publish(TENANT, listBundle());
    expect(await problemOf(engine.deleteList(TENANT, 'blocked'))).toBe('LIST_IN_USE');
    const without = { 'lists/blocked.yaml': 'type: string\ncontent: bundle\n', 'lists/blocked.txt': 'z\n' };
    await engine.publish(TENANT, listBundle({ version: '2.0.0', files: without }));
    await engine.deleteList(TENANT, 'blocked');
    expect(engine.lists(TENANT)).toEqual([]);
    expect(await problemOf(engine.deleteList(TENANT, 'blocked'))).toBe('LIST_NOT_FOUND');
    const again = await restart();
    expect([again.storeProblems, again.lists(TENANT)]).toEqual([[], []]);
    expect((await isBlocked(again, 'z')).hit).toBe(true);
  });

  it('keeps its last versions on disk, the current one among them', async () => {
    const engine = await start();
    for (let i = 0; i < LIST_VERSIONS_KEPT + 3; i++) await engine.putList(TENANT, 'blocked', [`${i}`]);
    const files = (await readdir(listFolder())).filter((name) => name.endsWith('.list'));
    expect(files).toHaveLength(LIST_VERSIONS_KEPT);
    expect(files).toContain(`${engine.lists(TENANT)[0]!.version}.list`);
    expect(await readdir(join(directory, 'uploads'))).toEqual([]);
  });

  it('with capital letters is another one, on every file system', async () => {
    const engine = await start();
    await engine.putList(TENANT, 'Blocked', ['a']);
    await engine.putList(TENANT, 'blocked', ['b']);
    expect((await readdir(join(directory, 'tenants', TENANT, 'lists'))).sort()).toEqual(['-blocked', 'blocked']);
    expect((await restart()).lists(TENANT).map(({ name, count }) => `${name} ${count}`)).toEqual(['Blocked 1', 'blocked 1']);
  });
});

describe('is refused', () => {
  const lines = (text: string) => ({ format: 'lines' as const, chunks: [new TextEncoder().encode(text)] });
  const region = writeList(RegisterType.F64, [1, 2]);
  const damaged = (at: number): Uint8Array => region.map((byte, index) => (index === at ? byte ^ 1 : byte));
  /** What all are refused by; each leaves it as it was. */
  let engine: Engine;
  let kept: string;
  /** Publishes another bundle that declares a list. */
  const other = (list: string, declared: string): Promise<unknown> =>
    engine.publish(TENANT, listBundle({ name: 'x', files: { [`lists/${list}.yaml`]: declared } }));
  const cases: [string, () => Promise<unknown>, string][] = [
    ['a name', () => engine.putList(TENANT, '../x', []), 'INVALID_NAME'],
    ['a name of a tenant', () => engine.putList('A', 'blocked', []), 'INVALID_NAME'],
    ['a type', () => engine.putList(TENANT, 'other', [], { type: 'text' }), 'INVALID_LIST'],
    ['an entry', () => engine.putList(TENANT, 'amounts', ['1.005']), 'INVALID_LIST'],
    ['a line', () => engine.putList(TENANT, 'amounts', lines('1\nx\n')), 'INVALID_LIST'],
    ['another type than declared', () => engine.putList(TENANT, 'amounts', [], { type: 'number' }), 'LIST_MISMATCH'],
    ['more entries than declared', () => engine.putList(TENANT, 'amounts', [1, 2, 3, 4]), 'LIST_MISMATCH'],
    ['a region of another type', () => engine.putList(TENANT, 'amounts', region), 'INVALID_LIST'],
    ['a region with another version', () => engine.putList(TENANT, 'other', damaged(16)), 'INVALID_LIST'],
    ['a region with other content', () => engine.putList(TENANT, 'other', damaged(region.length - 1)), 'INVALID_LIST'],
    ['no region', () => engine.putList(TENANT, 'other', new Uint8Array(10)), 'INVALID_LIST'],
    ['integers of who knows what', () => engine.putList(TENANT, 'other', writeList(RegisterType.I64, [1n])), 'INVALID_LIST'],
    ['a bundle whose list is missing', () => other('other', 'type: string\n'), 'LIST_MISSING'],
    ['a bundle that declares another type', () => other('amounts', 'type: number\n'), 'LIST_MISMATCH'],
    ['a bundle that declares fewer entries', () => other('amounts', 'type: { decimal: 2 }\nmaximum: 1\n'), 'LIST_MISMATCH'],
  ];
  beforeAll(async () => {
    kept = await mkdtemp(join(tmpdir(), 'verdict-lists-'));
    engine = await createEngine({ dataDir: kept, poolThreads: 0, profileMax: 'standard' });
    const files = {
      ...AMOUNTS,
      'lists/amounts.yaml': 'type: { decimal: 2 }\nmaximum: 3\n',
      'lists/amounts.txt': '1\n2\n',
      'lists/blocked.txt': 'a\n',
    };
    await engine.publish(TENANT, listBundle({ files }));
  });
  afterAll(async () => {
    await engine.close();
    await rm(kept, { recursive: true });
  });

  it.each(cases)('%s', async (_, call, code) => {
    const before = [engine.lists(TENANT), heapBytes(engine)];
    expect(await problemOf(call())).toBe(code);
    expect([engine.lists(TENANT), heapBytes(engine)]).toEqual(before);
    expect(await readdir(join(kept, 'uploads'))).toEqual([]);
    expect((await isBlocked(engine, 'a')).hit).toBe(true);
  });

  it('with the lines that are wrong', async () => {
    const error = await engine.putList(TENANT, 'n', lines('1\nx\n2\ny\n'), { type: 'number' }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      errors: [
        { pointer: '/2', code: 'FORMAT' },
        { pointer: '/4', code: 'FORMAT' },
      ],
    });
  });

  it('where there is no room for the old one and the new one, and says which quota has it', async () => {
    const lines = (prefix: string): Parameters<Engine['putList']>[2] => ({ format: 'lines', chunks: mailLines(100_000, prefix) });
    const replace = async (tenantPagesMax: number): Promise<string> => {
      const engine = await createEngine({ poolThreads: 0, profileMax: 'standard', tenantPagesMax });
      await engine.putList(TENANT, 'blocked', lines('old'));
      await engine.publish(TENANT, listBundle());
      const problem = await engine.putList(TENANT, 'blocked', lines('new')).then(
        () => undefined,
        (error: Error) => error.message,
      );
      expect((await isBlocked(engine, `${problem === undefined ? 'new' : 'old'}7@example.com`)).hit).toBe(true);
      await engine.close();
      return problem ?? 'none';
    };
    const message = await replace(360);
    const pages = /: \d+ bytes are taken of a quota of 360 pages of 65536 bytes, and it takes at least (\d+)$/.exec(message)?.[1];
    expect(pages, message).toBeDefined();
    expect(await replace(Number(pages) - 1)).toContain(`at least ${pages}`);
    expect(await replace(Number(pages))).toBe('none');
  });

  it('where there is no room, which a smaller one finds again', async () => {
    const engine = await start({ tenantPagesMax: 512 });
    await engine.putList(TENANT, 'blocked', ['a']);
    await engine.publish(TENANT, listBundle());
    const before = heapBytes(engine);
    expect(await problemOf(engine.putList(TENANT, 'blocked', { format: 'lines', chunks: mailLines(400_000, 'user') }))).toBe(
      'OUT_OF_MEMORY',
    );
    expect(heapBytes(engine)).toBe(before);
    await engine.putList(TENANT, 'blocked', { format: 'lines', chunks: mailLines(20_000, 'user') });
    expect((await isBlocked(engine, 'user19999@example.com')).hit).toBe(true);
  });
});

describe('a bundle brings entries', () => {
  it('the first ones, which later ones replace for good', async () => {
    const engine = await start();
    await engine.publish(TENANT, listBundle({ files: { 'lists/blocked.txt': 'a\nb\n' } }));
    expect((await isBlocked(engine, 'a')).hit).toBe(true);
    await engine.putList(TENANT, 'blocked', ['c']);
    await engine.publish(TENANT, listBundle({ version: '1.1.0', files: { 'lists/blocked.txt': 'a\nb\n' } }));
    expect((await isBlocked(engine, 'a')).hit).toBe(false);
    expect((await isBlocked(engine, 'c')).hit).toBe(true);
  });

  it('or its own, which are part of its version', async () => {
    const engine = await start();
    const own = (text: string) => ({
      'lists/blocked.yaml': 'type: string\ncontent: bundle\n',
      'lists/blocked.csv': `mail\n${text}\n`,
    });
    await engine.putList(TENANT, 'blocked', ['tenant'], { type: 'string' });
    await engine.publish(TENANT, listBundle({ files: own('own') }));
    await engine.putList(TENANT, 'blocked', [1], { type: 'number' });
    expect((await isBlocked(engine, 'own')).hit).toBe(true);
    expect((await engine.publish(TENANT, listBundle({ files: own('own') }))).created).toBe(false);
    expect(await problemOf(engine.publish(TENANT, listBundle({ files: own('changed') })))).toBe('VERSION_EXISTS');
    await engine.publish(TENANT, listBundle({ version: '2.0.0', files: own('changed') }));
    expect((await isBlocked(engine, 'own')).hit).toBe(false);
    const again = await restart();
    expect(again.storeProblems).toEqual([]);
    expect((await isBlocked(again, 'changed')).hit).toBe(true);
    await again.publish(TENANT, listBundle({ files: own('own') }));
    expect((await isBlocked(again, 'own')).hit).toBe(true);
  });

  it('and a dry run leaves nothing of them', async () => {
    const engine = await start();
    const files = {
      ...AMOUNTS,
      'lists/amounts.txt': '1\n',
      'lists/blocked.yaml': 'type: string\ncontent: bundle\n',
      'lists/blocked.txt': 'a\n',
    };
    expect(await engine.publish(TENANT, listBundle({ files }), { dryRun: true })).toMatchObject({ created: true });
    expect([engine.lists(TENANT), engine.tenants()]).toEqual([[], []]);
    await engine.publish(TENANT, listBundle({ files }));
    const before = heapBytes(engine);
    await engine.publish(TENANT, listBundle({ version: '2.0.0', files }), { dryRun: true });
    expect(heapBytes(engine)).toBe(before);
    expect(await readdir(join(directory, 'uploads'))).toEqual([]);
  });
});

describe('memory', () => {
  it('of a version goes when nothing is bound to it', async () => {
    const engine = await start();
    await engine.putList(TENANT, 'blocked', ['a']);
    await engine.publish(TENANT, listBundle());
    const before = heapBytes(engine);
    for (let i = 0; i < 5; i++)
      await engine.putList(TENANT, 'blocked', { format: 'lines', chunks: mailLines(5000, `round-${i}-`) });
    expect(heapBytes(engine)).toBeGreaterThan(before + 5000 * 20);
    expect(heapBytes(engine)).toBeLessThan(before + 5000 * 100);
    await engine.putList(TENANT, 'blocked', ['b']);
    expect(heapBytes(engine)).toBe(before);
  });

  it('stays as long as a request that has begun, which sees only the old version', async () => {
    const engine = await start({ poolThreads: 1 });
    const old = await engine.putList(TENANT, 'blocked', ['a']);
    await engine.publish(TENANT, listBundle());
    const before = heapBytes(engine);
    const live = engine.live(TENANT, 'mails')!;
    const payloads = Array.from({ length: 4000 }, () => live.encoder.encode({ email: 'a' }).slice());
    let settled = false;
    const pending = new Promise<string[]>((resolve) => {
      decidePayloads(live, payloads, { now: 0n, path: 'pooled' }, (result) => {
        settled = true;
        resolve(Array.from({ length: result.count }, (_, i) => JSON.stringify(readDecision(result.decision(i)).inputs.lists)));
      });
    });
    // Everything but the swap takes turns of the event loop: the swap is made in the turn in which the request began.
    const { bindings } = live;
    live.rebind(live.bindFor(live.address, ['blocked'], []));
    expect(settled).toBe(false);
    expect(heapBytes(engine)).toBe(before + 64);
    expect(new Set(await pending)).toEqual(new Set([JSON.stringify([{ name: 'blocked', version: old.version }])]));
    await new Promise((resolve) => setImmediate(resolve));
    expect(heapBytes(engine)).toBe(before);
    expect(() => bindings!.retain()).toThrow(/freed/);
  });

  it('of lists is only read by a second instance', async () => {
    const engine = await start({ poolThreads: 1 });
    await engine.putList(TENANT, 'blocked', { format: 'lines', chunks: mailLines(3000, 'user') });
    await engine.publish(TENANT, listBundle());
    const live = engine.live(TENANT, 'mails')!;
    const { memory } = live.tenant;
    const heap = (): Uint8Array => {
      const from = memory.ring.base + memory.ring.bytes;
      return memory.viewHeap(from, memory.memoryBytes - from).slice();
    };
    const before = heap();
    const payloads = Array.from({ length: 2000 }, (_, i) => live.encoder.encode({ email: `user${i * 2}@example.com` }).slice());
    const pooled = new Promise<number>((resolve) => {
      decidePayloads(live, payloads, { now: 0n, path: 'pooled' }, (result) => {
        resolve(Array.from({ length: result.count }, (_, i) => readDecision(result.decision(i)).score).reduce((a, b) => a + b, 0));
      });
    });
    let inline = 0;
    decidePayloads(live, payloads, { now: 0n, path: 'inline' }, (result) => {
      for (let i = 0; i < result.count; i++) inline += readDecision(result.decision(i)).score;
    });
    expect([inline, await pooled]).toEqual([15_000, 15_000]);
    expect(heap()).toEqual(before);
  });
});

describe('replacement under load', () => {
  it('readers see the old or the new version, never a mix', async () => {
    const engine = await start({ poolThreads: 1 });
    // Version k has all of `k-...` and nothing else: a decision that names version k hits exactly those.
    const versions: string[] = [];
    const put = async (k: number): Promise<void> => {
      const { version } = await engine.putList(TENANT, 'blocked', { format: 'lines', chunks: mailLines(2000, `${k}-`) });
      versions[k] = version;
    };
    await put(0);
    await engine.publish(TENANT, listBundle());
    const live = engine.live(TENANT, 'mails')!;
    const emails = Array.from({ length: 12 }, (_, k) => live.encoder.encode({ email: `${k}-7@example.com` }).slice());
    const seen: { version: string; hits: number[] }[] = [];
    let running = true;
    const reader = async (path: 'inline' | 'pooled'): Promise<void> => {
      while (running) {
        await new Promise<void>((resolve) => {
          decidePayloads(live, emails, { now: 0n, path }, (result) => {
            const decisions = Array.from({ length: result.count }, (_, i) => readDecision(result.decision(i)));
            const [version = ''] = new Set(decisions.map(({ inputs }) => inputs.lists[0]!.version));
            const mixed = decisions.some(({ inputs }) => inputs.lists[0]!.version !== version);
            seen.push({ version: mixed ? 'mixed' : version, hits: decisions.flatMap(({ score }, k) => (score === 10 ? [k] : [])) });
            resolve();
          });
        });
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const readers = [reader('inline'), reader('pooled')];
    for (let k = 1; k < 12; k++) await put(k);
    running = false;
    await Promise.all(readers);
    expect(seen.length).toBeGreaterThan(12);
    expect(seen.filter(({ version, hits }) => hits.length !== 1 || versions[hits[0]!] !== version)).toEqual([]);
    expect(new Set(seen.map(({ version }) => version)).size).toBeGreaterThan(2);
  });
});

describe('an image that is loaded', () => {
  const files = { ...AMOUNTS, 'lists/amounts.yaml': 'type: { decimal: 2 }\nmaximum: 2\n' };
  const { image } = compile(listBundle({ files }), { profileMax: 'standard' });

  it('has the lists it is given, and the others are the tenant’s', async () => {
    const engine = await start();
    await engine.putList(TENANT, 'blocked', ['a']);
    const ruleSet = await engine.load(image!, { tenant: TENANT, lists: { amounts: ['19.90'] } });
    expect(ruleSet.decide({ email: 'a', amount: 19.9 }).score).toBe(11);
    await engine.putList(TENANT, 'amounts', [5], { type: 'decimal(2)' });
    await engine.putList(TENANT, 'blocked', ['b']);
    expect(ruleSet.decide({ email: 'a', amount: 19.9 }).score).toBe(1);
    ruleSet.release();
    await engine.deleteList(TENANT, 'blocked');
    await engine.deleteList(TENANT, 'amounts');
    expect(heapBytes(engine)).toBe(0);
  });

  const refused: [string, Record<string, (string | number)[]>, string][] = [
    ['a list is missing', { amounts: [1] }, 'LIST_MISSING'],
    ['it declares no such list', { amounts: [], blocked: [], other: [] }, 'LIST_NOT_FOUND'],
    ['an entry is none', { amounts: ['x'], blocked: [] }, 'INVALID_LIST'],
    ['there are too many', { amounts: [1, 2, 3], blocked: [] }, 'LIST_MISMATCH'],
  ];
  it.each(refused)('is refused where %s', async (_, lists, code) => {
    const engine = await start();
    expect(await problemOf(engine.load(image!, { lists }))).toBe(code);
    expect(engine.stats().tenants[0]!.heapBytesUsed).toBe(0);
  });
});

describe('after damage', () => {
  const region = async (name = 'blocked'): Promise<string> => {
    const file = (await readdir(listFolder(name))).find((each) => each.endsWith('.list'))!;
    return join(listFolder(name), file);
  };
  async function flip(path: string, position: number): Promise<void> {
    const bytes = await readFile(path);
    const at = position < 0 ? bytes.length + position : position;
    bytes[at] = bytes[at]! ^ 1;
    await writeFile(path, bytes);
  }
  const damages: [string, () => Promise<void>, RegExp][] = [
    ['a changed entry', async () => flip(await region(), -4), /BAD_ENTRY|BAD_BUCKET|not that of its version/],
    ['a changed version', async () => flip(await region(), 17), /not that of its version|BAD_HEADER/],
    ['a cut region', async () => truncate(await region(), 80), /has 80 bytes/],
    ['a missing region', async () => rm(await region()), /ENOENT/],
    ['a changed current.json', async () => flip(join(listFolder(), 'current.json'), -8), /current.json is damaged/],
  ];
  for (const [name, damage, message] of damages) {
    it(`${name} is reported, what needs the list waits for it, and the rest is live`, async () => {
      const engine = await start();
      await engine.publish(TENANT, listBundle({ files: { 'lists/blocked.txt': 'a\nb\n' } }));
      await engine.putList('other', 'blocked', ['a']);
      await engine.publish('other', listBundle());
      const own = { 'lists/blocked.yaml': 'type: string\ncontent: bundle\n', 'lists/blocked.txt': 'z\n' };
      await engine.publish(TENANT, listBundle({ name: 'own', files: own }));
      await engine.close();
      await damage();
      const again = await restart();
      expect(again.storeProblems.map(({ message: text }) => text)).toEqual([
        expect.stringMatching(message),
        expect.stringContaining('mails reads the list blocked, and it has no entries'),
      ]);
      expect(again.bundles(TENANT).map((live) => live.name)).toEqual(['own']);
      expect((await decideLive(again, { email: 'a' }, { tenant: 'other' })).score).toBe(10);
      expect((await isBlocked(again, 'z', 'own')).hit).toBe(true);
      await again.putList(TENANT, 'blocked', ['b']);
      expect((await isBlocked(again, 'b')).hit).toBe(true);
      const healed = await restart();
      expect(healed.storeProblems).toEqual([]);
      expect((await isBlocked(healed, 'b')).hit).toBe(true);
    });
  }

  it('something that is no list is reported', async () => {
    const engine = await start();
    await engine.putList(TENANT, 'blocked', ['a']);
    await writeFile(join(directory, 'tenants', TENANT, 'lists', 'stray'), '');
    expect((await restart()).storeProblems).toEqual([
      { path: join('tenants', TENANT, 'lists', 'stray'), message: 'does not belong here' },
    ]);
  });
});
