import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import type { EngineOptions } from '#src/config.js';
import type { Diagnostic } from '#src/diagnostic/diagnostic.js';
import { createEngine, type Engine } from '#src/engine.js';
import type { Problem } from '#src/errors.js';
import { readDecision } from '#src/schema/decision.js';
import { SAMPLE_MODEL, SAMPLE_RULES, sampleBundle, sampleOrders } from './lib/sample-bundle.js';
import { decided } from './lib/small-tenant.js';

let directory: string;
const open: Engine[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'verdict-engine-'));
});

afterEach(async () => {
  for (const engine of open.splice(0)) await engine.close();
  await rm(directory, { recursive: true });
});

async function engineWith(options: EngineOptions = {}): Promise<Engine> {
  const engine = await createEngine({ poolThreads: 1, ringBytes: 1 << 20, ...options });
  open.push(engine);
  return engine;
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'resolved',
    (error: Problem) => error.code ?? error.message,
  );

const order = { amount: 6000, country: 'DE', placedAt: '2026-01-01T00:00:00Z', card: { age: 100, country: 'DE' } };

/** Version that decides for a bundle now, by its decision. */
async function versionNow(engine: Engine, tenant: string, bundle: string): Promise<string> {
  const live = engine.live(tenant, bundle)!;
  const { decisions } = await decided(live, [live.encoder.encode(order).slice()]);
  return readDecision(decisions[0]!).version;
}

describe('Engine.publish', () => {
  it('makes a bundle live, and a newer version of it in turn', async () => {
    const engine = await engineWith();
    expect(engine.live('acme', 'orders')).toBeUndefined();
    const first = await engine.publish('acme', sampleBundle());
    expect(first).toMatchObject({ created: true, name: 'orders', version: '1.0.0' });
    expect(first.diagnostics.map(({ code, severity }) => `${code} ${severity}`)).toEqual(['V4006 warning']);
    expect(first.image).toMatch(/^[0-9a-f]{16}$/);
    expect(first.costMax).toBeGreaterThan(0);
    expect(await versionNow(engine, 'acme', 'orders')).toBe('1.0.0');
    await engine.publish('acme', sampleBundle({ version: '1.1.0' }));
    expect(await versionNow(engine, 'acme', 'orders')).toBe('1.1.0');
    await engine.publish('acme', sampleBundle({ name: 'other' }));
    await engine.publish('beta', sampleBundle());
    expect(engine.tenants()).toEqual(['acme', 'beta']);
    expect(engine.bundles('acme').map(({ name, version }) => `${name} ${version}`)).toEqual(['orders 1.1.0', 'other 1.0.0']);
    expect(engine.bundles('nobody')).toEqual([]);
  });

  for (const stored of [false, true]) {
    it(`takes the same content again, and refuses other content under the same version (${stored ? 'stored' : 'in memory'})`, async () => {
      const engine = await engineWith(stored ? { dataDir: directory } : {});
      const first = await engine.publish('acme', sampleBundle());
      expect(await engine.publish('acme', sampleBundle())).toEqual({ ...first, created: false });
      const other = sampleBundle({ rules: SAMPLE_RULES.replace('5000', '6000') });
      expect(await codeOf(engine.publish('acme', other))).toBe('VERSION_EXISTS');
      expect(await codeOf(engine.publish('acme', other, { dryRun: true }))).toBe('VERSION_EXISTS');
      await engine.publish('acme', sampleBundle({ version: '2.0.0' }));
      expect(await engine.publish('acme', sampleBundle())).toMatchObject({ created: false, version: '1.0.0' });
      expect(await versionNow(engine, 'acme', 'orders')).toBe('1.0.0'); // what was published last is live
    });
  }

  it('changes nothing on a dry run', async () => {
    const engine = await engineWith({ dataDir: directory });
    expect(await engine.publish('acme', sampleBundle(), { dryRun: true })).toMatchObject({ created: true, version: '1.0.0' });
    expect(engine.tenants()).toEqual([]);
    expect(engine.stats().tenants).toEqual([]);
    await engine.publish('acme', sampleBundle());
    // The memory may have grown for the image that was tried: no memory gives pages back.
    const before = engine.stats().tenants.map(({ memoryBytes: _, ...rest }) => rest);
    await engine.publish('acme', sampleBundle({ version: '1.1.0' }), { dryRun: true });
    expect(engine.stats().tenants).toMatchObject(before);
    expect(await versionNow(engine, 'acme', 'orders')).toBe('1.0.0');
  });

  it('refuses a bundle that does not compile, with all of its diagnostics', async () => {
    const engine = await engineWith();
    const bad = sampleBundle({
      rules: '- { id: a, when: amont > 5, then: { score: 1 } }\n- { id: b, when: amount == 5, then: { score: 1 } }\n',
    });
    const error = await engine.publish('acme', bad).catch((problem: Problem) => problem);
    expect(error).toMatchObject({ code: 'INVALID_BUNDLE', message: 'the bundle has 2 errors' });
    const errors = ((error as Problem).diagnostics as Diagnostic[]).filter(({ severity }) => severity === 'error');
    expect(errors.map(({ span }) => span.file)).toEqual(['rules/all.yaml', 'rules/all.yaml']);
    expect(engine.tenants()).toEqual([]);
    expect(engine.stats().tenants).toEqual([]);
  });

  it('refuses names that are none, and a bundle that calls itself otherwise', async () => {
    const engine = await engineWith();
    for (const tenant of ['', '..', 'A', 'a/b', 'a'.repeat(65), '-a']) {
      expect(await codeOf(engine.publish(tenant, sampleBundle()))).toBe('INVALID_NAME');
    }
    expect(await codeOf(engine.publish('acme', sampleBundle(), { name: '../x' }))).toBe('INVALID_NAME');
    expect(await codeOf(engine.publish('acme', sampleBundle(), { name: 'cards' }))).toBe('INVALID_NAME');
    expect(engine.tenants()).toEqual([]);
    expect(await engine.publish('acme', sampleBundle(), { name: 'orders' })).toMatchObject({ name: 'orders' });
  });

  for (const stored of [false, true]) {
    it(`never gives an id twice, and refuses a lock that takes one back (${stored ? 'stored' : 'in memory'})`, async () => {
      const options = stored ? { dataDir: directory } : {};
      let engine = await engineWith(options);
      await engine.publish('acme', sampleBundle());
      const noteSlot = (): number => engine.live('acme', 'orders')!.model.fields.find(({ name }) => name === 'ratio')!.slot;
      const slot = noteSlot();
      const fewer = SAMPLE_MODEL.replace(/ {2}count:.*\n/, '').replace('  ratio:', '  extra: { type: boolean }\n  ratio:');
      const rules = SAMPLE_RULES.replace(/- id: many\n.*\n.*\n/, '');
      await engine.publish('acme', sampleBundle({ version: '1.1.0', model: fewer, rules }));
      expect(noteSlot()).toBe(slot);
      if (stored) {
        await open.pop()!.close();
        engine = await engineWith(options);
      }
      await engine.publish('acme', sampleBundle({ version: '1.2.0' }));
      expect(noteSlot()).toBe(slot);
      const retyped = SAMPLE_MODEL.replace('ratio: { type: number }', 'ratio: { type: boolean }');
      const error = await engine
        .publish('acme', sampleBundle({ version: '1.3.0', model: retyped, rules: '- { id: a, when: vip, then: { score: 1 } }' }))
        .catch((problem: Problem) => problem);
      expect((error as Problem).code).toBe('INVALID_BUNDLE');
      expect((error as Problem).diagnostics).toContainEqual(expect.objectContaining({ code: 'V2011' }));
      const empty = { 'model.lock.json': '{"format":1,"tables":{},"enums":{}}' };
      const forgetful = await engine
        .publish('acme', sampleBundle({ version: '1.4.0', files: empty }))
        .catch((problem: Problem) => problem);
      expect((forgetful as Problem).code).toBe('INVALID_BUNDLE');
      expect((forgetful as Problem).diagnostics).toContainEqual(expect.objectContaining({ code: 'V2011' }));
    });
  }

  it('leaves requests in flight on the version they began with, and frees it then', async () => {
    const engine = await engineWith({ poolThreads: 2, ringBytes: 1 << 22 });
    await engine.publish('acme', sampleBundle({ version: '1.0.0' }));
    const payloads = sampleOrders(64, 1).map((value) => engine.live('acme', 'orders')!.encoder.encode(value).slice());
    const used = (): number => engine.stats().tenants[0]!.heapBytesUsed;
    const oneImage = used();
    let stopped = false;
    let requests = 0;
    const drive = async (path: 'inline' | 'pooled'): Promise<void> => {
      while (!stopped) {
        const live = engine.live('acme', 'orders')!;
        const { status, decisions } = await decided(live, payloads, { path });
        expect(status).toBe(0);
        for (const bytes of decisions) {
          const { version, image } = readDecision(bytes);
          expect([version, image]).toEqual([live.version, live.image]);
        }
        requests++;
        if (path === 'inline') await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const drivers = [drive('inline'), drive('pooled'), drive('pooled'), drive('pooled')];
    for (let i = 1; i <= 12; i++) await engine.publish('acme', sampleBundle({ version: `1.${i}.0` }));
    stopped = true;
    await Promise.all(drivers);
    expect(requests).toBeGreaterThan(12);
    expect(used()).toBe(oneImage);
    expect(engine.stats().tenants[0]!.slots).toBe(0);
  });

  it('ends at the quota with OUT_OF_MEMORY, and what is live goes on', async () => {
    const engine = await engineWith({ tenantPagesMax: 30, ringBytes: 65536 });
    await engine.publish('acme', sampleBundle());
    const rules = (from: number): string =>
      Array.from(
        { length: 500 },
        (_, i) =>
          `- { id: r-${i}, when: "amount > ${from + i} && count !== null && count < ${i % 1000}", then: { score: ${i % 10}, reason: R_${i} } }`,
      ).join('\n');
    const codes: string[] = [];
    for (let i = 0; i < 8; i++)
      codes.push(await codeOf(engine.publish('acme', sampleBundle({ name: `big-${i}`, rules: rules(i) }))));
    expect(codes[0]).toBe('resolved');
    expect(codes.at(-1)).toBe('OUT_OF_MEMORY');
    const { memoryBytes, memoryBytesMax } = engine.stats().tenants[0]!;
    expect(memoryBytes).toBeLessThanOrEqual(memoryBytesMax);
    expect(memoryBytesMax).toBe(30 * 65536);
    expect(await versionNow(engine, 'acme', 'orders')).toBe('1.0.0');
    const before = engine.stats().tenants;
    expect(await codeOf(engine.publish('acme', sampleBundle({ name: 'big-7', rules: rules(7) })))).toBe('OUT_OF_MEMORY');
    expect(engine.stats().tenants).toEqual(before);
  });

  it('stops with STOPPING', async () => {
    const engine = await engineWith();
    const running = engine.publish('acme', sampleBundle());
    expect(engine.ready).toBe(true);
    const closing = engine.close();
    expect(engine.ready).toBe(false);
    expect(await codeOf(engine.publish('acme', sampleBundle({ version: '2.0.0' })))).toBe('STOPPING');
    expect(await codeOf(running)).toBe('resolved');
    await closing;
    await engine.close();
  });
});

describe('createEngine', () => {
  it('has everything stored live again', async () => {
    const first = await engineWith({ dataDir: directory });
    await first.publish('acme', sampleBundle());
    const { image } = await first.publish('acme', sampleBundle({ version: '1.1.0' }));
    await first.publish('beta', sampleBundle({ name: 'other' }));
    await open.pop()!.close();
    const second = await engineWith({ dataDir: directory });
    expect(second.ready).toBe(true);
    expect(second.storeProblems).toEqual([]);
    expect(second.tenants()).toEqual(['acme', 'beta']);
    expect(second.live('acme', 'orders')!.image).toBe(image);
    expect(await versionNow(second, 'acme', 'orders')).toBe('1.1.0');
    expect(await second.publish('acme', sampleBundle())).toMatchObject({ created: false });
  });

  it('reports what is damaged and serves the rest', async () => {
    const first = await engineWith({ dataDir: directory });
    await first.publish('acme', sampleBundle());
    await first.publish('acme', sampleBundle({ name: 'other' }));
    await open.pop()!.close();
    await writeFile(join(directory, 'tenants', 'acme', 'bundles', 'orders', 'live.json'), '???');
    const second = await engineWith({ dataDir: directory });
    expect(second.storeProblems).toEqual([{ path: 'tenants/acme/bundles/orders', message: expect.stringContaining('damaged') }]);
    expect(second.bundles('acme').map(({ name }) => name)).toEqual(['other']);
  });

  it('refuses a second owner of the data directory, in this process too', async () => {
    await engineWith({ dataDir: directory });
    await expect(createEngine({ dataDir: directory })).rejects.toThrow(/in use by process/);
  });

  it('keeps no process alive, and refuses a process a directory that another owns', async () => {
    const leaver = fileURLToPath(new URL('./registry/fixtures/leaver.mjs', import.meta.url));
    const run = (): Promise<{ stdout: string }> => promisify(execFile)(process.execPath, [leaver, directory]);
    expect((await run()).stdout).toBe('pooled 0\n');
    const engine = await engineWith({ dataDir: directory });
    expect(engine.live('acme', 'b')!.version).toBe('1.0.0');
    await expect(run()).rejects.toThrow(`in use by process ${process.pid}`);
  });

  it('refuses options out of their range, by name', async () => {
    for (const options of [
      { poolThreads: -1 },
      { poolThreads: 1.5 },
      { costInlineMax: Number.NaN },
      { ringBytes: 100_001 },
      { tenantPagesMax: 0 },
    ]) {
      await expect(createEngine(options)).rejects.toThrow(Object.keys(options)[0]);
    }
  });

  it('takes `now` from its clock', async () => {
    const engine = await engineWith({ clock: { nowMicros: () => 42n } });
    expect(engine.nowMicros()).toBe(42n);
  });

  it('counts decisions that a fault of their bundle settles, whichever way they come', async () => {
    const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
    const files = new Map([
      [
        'bundle.yaml',
        encode(
          'name: b\nversion: 1.0.0\nmodel: m.yaml\nprofile: standard\nonError: review\n' +
            'decide: { combine: score, outcomes: [{ outcome: approve }] }\n',
        ),
      ],
      [
        'm.yaml',
        encode(
          'type: object\nrequired: [a, b]\nproperties:\n' +
            ['a', 'b'].map((name) => `  ${name}: { type: number, multipleOf: 0.01, minimum: 0, maximum: 9 }\n`).join(''),
        ),
      ],
      ['rules/r.yaml', encode('- { id: r, when: "divide(1, a, 2, \'up\') > 9 || t.o > 1", then: { score: 1 } }\n')],
      [
        'tables/t.yaml',
        encode(
          'hitPolicy: any\ninputs: [{ value: b }]\noutputs: [{ name: o, default: 0.00 }]\n' +
            'rows:\n  - { when: ["> 3"], then: [1.00] }\n  - { when: ["> a + a"], then: [2.00] }\n',
        ),
      ],
    ]);
    const engine = await engineWith({ profileMax: 'standard' });
    await engine.publish('acme', files);
    const live = engine.live('acme', 'b')!;
    const ruleSet = await engine.load(compile(files, { profileMax: 'standard' }).image!);
    expect(ruleSet.decide({ a: 0, b: 1 })).toMatchObject({ status: 'ARITHMETIC', outcome: 'review' });
    expect(ruleSet.decide('{"a":1,"b":6}')).toMatchObject({ status: 'CONFLICT', outcome: 'review' });
    const payloads = [
      { a: 0, b: 1 },
      { a: 1, b: 6 },
      { a: 1, b: 1 },
    ].map((each) => live.encoder.encode(each).slice());
    await decided(live, payloads);
    await decided(live, payloads.slice(0, 1), { path: 'inline' });
    expect(engine.stats()).toMatchObject({
      outcomes: { review: 5, approve: 1 },
      failed: { arithmetic: 3, conflict: 2, listMissing: 0 },
      internal: 0,
    });
  });

  it('counts what it does', async () => {
    const engine = await engineWith({ costInlineMax: 0 });
    await engine.publish('acme', sampleBundle());
    const live = engine.live('acme', 'orders')!;
    const payload = live.encoder.encode(order).slice();
    await decided(live, [payload, new Uint8Array(3)], { path: 'inline' });
    await decided(live, [payload]);
    await decided(live, new Uint8Array(3));
    expect(engine.stats()).toMatchObject({
      outcomes: { none: 0, approve: 0, review: 3, decline: 0 },
      invalidPayloads: 1,
      failed: { arithmetic: 0, conflict: 0, listMissing: 0 },
      requests: { inline: 1, pooled: 1 },
      busy: 0,
      invalidFrames: 1,
      internal: 0,
      traps: 0,
      pool: { threads: 1, queued: 0, deaths: 0 },
      tenants: [{ tenant: 'acme', bundles: 1, slots: 0, ringBytes: 1 << 20, ringBytesUsed: 0 }],
    });
  });
});
