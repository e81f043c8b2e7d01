// Parameters of tenants through an engine: versions, what fits, what is refused, what a restart finds, and that each decision sees
// one version.

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { decidePayloads } from '#src/decide.js';
import { decideJson } from '#src/decide-json.js';
import { createEngine, type Engine, type GivenValues } from '#src/engine.js';
import { PARAMETER_VERSIONS_KEPT } from '#src/registry/parameter-store.js';
import { type Decision, readDecision } from '#src/schema/decision.js';
import { decideLive, problemOf } from '../lib/list-bundle.js';
import {
  PARAMETER_PAYLOAD as PAYLOAD,
  parameterBundle,
  PARAMETER_SCORE_DEFAULT as SCORE_DEFAULT,
  PARAMETER_TENANT as TENANT,
} from '../lib/parameter-bundle.js';

let directory: string;
const open: Engine[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'verdict-parameters-'));
});

afterEach(async () => {
  for (const engine of open.splice(0)) await engine.close();
  await rm(directory, { recursive: true });
});

async function start(options: { poolThreads?: number; dataDir?: undefined } = {}): Promise<Engine> {
  const engine = await createEngine({ dataDir: directory, poolThreads: 0, profileMax: 'standard', ...options } as never);
  open.push(engine);
  return engine;
}

async function restart(): Promise<Engine> {
  await open.pop()?.close();
  return start();
}

/** With the bundle published. */
async function published(options: { poolThreads?: number; dataDir?: undefined } = {}): Promise<Engine> {
  const engine = await start(options);
  await engine.publish(TENANT, parameterBundle());
  return engine;
}

async function scoreOf(engine: Engine, bundle = 'spend'): Promise<{ score: number; version: string | undefined }> {
  const { score, inputs } = await decideLive(engine, PAYLOAD, { bundle });
  return { score, version: inputs.parameters?.find(({ name }) => name === 'limits')?.version };
}

const heapBytes = (engine: Engine): number => engine.stats().tenants.find(({ tenant }) => tenant === TENANT)!.heapBytesUsed;
const folder = (): string => join(directory, 'tenants', TENANT, 'parameters', 'limits');

describe('values', () => {
  const cases: [string, GivenValues, number][] = [
    ['a decimal', { reviewAbove: 600 }, SCORE_DEFAULT - 1],
    ['a decimal as a text', { reviewAbove: '599.99' }, SCORE_DEFAULT],
    ['a number', { riskMax: 0.95 }, SCORE_DEFAULT - 2],
    ['a boolean', { isOpen: false }, SCORE_DEFAULT + 4],
    ['a text', { domain: '@y.com' }, SCORE_DEFAULT - 8],
    ['the empty text', { domain: '' }, SCORE_DEFAULT],
    ['a member', { channel: 'app' }, SCORE_DEFAULT - 16],
    ['a timestamp', { from: '2026-07-01T00:00:00+02:00' }, SCORE_DEFAULT + 32],
    ['all', { reviewAbove: 0, riskMax: 0, isOpen: false, domain: 'm', channel: 'web', from: '2027-01-01T00:00:00Z' }, 63],
    ['one that no rule reads', { unread: 5 }, SCORE_DEFAULT],
    ['none', {}, SCORE_DEFAULT],
  ];
  it('are what the next decision reads', async () => {
    const engine = await published();
    for (const [what, values, score] of cases) {
      const { version } = await engine.putParameters(TENANT, 'limits', values);
      expect(await scoreOf(engine), what).toEqual({ score, version });
    }
  });

  it('are what JSON text is decided with, and a text that is refused has their version too', async () => {
    const engine = await published();
    const { version } = await engine.putParameters(TENANT, 'limits', { isOpen: false });
    const live = engine.live(TENANT, 'spend')!;
    const texts = [JSON.stringify(PAYLOAD), '{"amount":"much"}', JSON.stringify({ ...PAYLOAD, amount: 1 })];
    const decided: unknown[] = [];
    decideJson(live, texts, { now: 0n, path: 'inline' }, (settled) => {
      for (let i = 0; i < settled.count; i++) {
        const { status, score, inputs } = readDecision(settled.decision(i));
        decided.push([status, score, inputs.parameters]);
      }
    });
    const parameters = [{ name: 'limits', version }];
    expect(decided).toEqual([
      ['OK', SCORE_DEFAULT + 4, parameters],
      ['INVALID_PAYLOAD', 0, parameters],
      ['OK', SCORE_DEFAULT + 4 - 1, parameters],
    ]);
  });

  it('are set in one step for every bundle that reads them, and are there after a restart', async () => {
    const engine = await published();
    const { version: before } = await scoreOf(engine);
    await engine.publish(TENANT, parameterBundle({ name: 'others' }));
    const { version, at, values } = await engine.putParameters(TENANT, 'limits', { riskMax: 1 });
    expect(version).not.toBe(before);
    for (const bundle of ['spend', 'others']) expect(await scoreOf(engine, bundle)).toEqual({ score: SCORE_DEFAULT - 2, version });
    const again = await restart();
    expect(again.storeProblems).toEqual([]);
    expect(again.parameters(TENANT)).toMatchObject([
      { name: 'limits', version, at, values, bundles: [{ name: 'others' }, { name: 'spend' }] },
    ]);
    for (const bundle of ['spend', 'others']) expect(await scoreOf(again, bundle)).toEqual({ score: SCORE_DEFAULT - 2, version });
  });

  it('that are equal are one version, whoever declares them', async () => {
    const engine = await published();
    const { version } = await engine.putParameters(TENANT, 'limits', { reviewAbove: 600, isOpen: true });
    const forms = [
      { isOpen: 'true', reviewAbove: '600' },
      { reviewAbove: '600.00', isOpen: true },
    ];
    for (const form of forms) expect(await engine.putParameters(TENANT, 'limits', form)).toMatchObject({ created: false, version });
    expect(await engine.parameterHistory(TENANT, 'limits')).toHaveLength(1);
  });

  it('stay with merge, and go back to their defaults with null', async () => {
    const engine = await published();
    await engine.putParameters(TENANT, 'limits', { riskMax: 1, reviewAbove: 700 });
    const merged = await engine.putParameters(TENANT, 'limits', { isOpen: false, riskMax: null }, { merge: true });
    expect(merged.values).toEqual({ isOpen: false, reviewAbove: '700.00' });
    expect((await scoreOf(engine)).score).toBe(SCORE_DEFAULT - 1 + 4);
    expect((await engine.putParameters(TENANT, 'limits', { isOpen: false })).values).toEqual({ isOpen: false });
  });

  it('are known with what is declared', async () => {
    const engine = await published();
    await engine.putParameters(TENANT, 'limits', { riskMax: 0.5 });
    const [set] = engine.parameters(TENANT);
    expect(set!.bundles[0]!.values.find(({ name }) => name === 'riskMax')).toEqual({
      name: 'riskMax',
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: 0.8,
      value: 0.5,
      isSet: true,
    });
    expect(set!.bundles[0]!.values.find(({ name }) => name === 'reviewAbove')).toMatchObject({ value: '500.00', isSet: false });
  });
});

describe('refused', () => {
  const cases: [string, GivenValues, string[]][] = [
    ['below the minimum', { reviewAbove: -1 }, ['/reviewAbove MINIMUM']],
    ['above the maximum', { riskMax: 1.1 }, ['/riskMax MAXIMUM']],
    ['too long', { domain: 'x'.repeat(21) }, ['/domain MAX_LENGTH']],
    ['no member', { channel: 'WEB' }, ['/channel ENUM']],
    ['of another type', { isOpen: 1, from: 5 }, ['/isOpen TYPE', '/from TYPE']],
    ['unknown', { reviewAbov: 1 }, ['/reviewAbov UNKNOWN_FIELD']],
    ['null where all are put', { isOpen: null }, ['/isOpen TYPE']],
    [
      'names of objects',
      JSON.parse('{"__proto__": 1, "constructor": 2}') as GivenValues,
      ['/__proto__ UNKNOWN_FIELD', '/constructor UNKNOWN_FIELD'],
    ],
  ];
  it('is what does not fit, and then nothing is changed', async () => {
    const engine = await published();
    const { version } = await engine.putParameters(TENANT, 'limits', { isOpen: false });
    for (const [what, values, expected] of cases) {
      const error = await engine.putParameters(TENANT, 'limits', { riskMax: 0.1, ...values }).then(
        () => undefined,
        (reason: unknown) => reason as { code: string; errors: { pointer: string; code: string }[] },
      );
      expect(error?.code, what).toBe('INVALID_PARAMETERS');
      expect(
        error?.errors.map(({ pointer, code }) => `${pointer} ${code}`),
        what,
      ).toEqual(expected);
    }
    expect(await scoreOf(engine)).toEqual({ score: SCORE_DEFAULT + 4, version });
  });

  it('is what nobody declares', async () => {
    const engine = await published();
    expect(await problemOf(engine.putParameters(TENANT, 'others', {}))).toBe('PARAMETERS_NOT_FOUND');
    expect(await problemOf(engine.putParameters('nobody', 'limits', {}))).toBe('TENANT_NOT_FOUND');
    expect(await problemOf(engine.putParameters(TENANT, 'a-b', {}))).toBe('INVALID_NAME');
    expect(await problemOf(engine.rollbackParameters(TENANT, 'others'))).toBe('PARAMETERS_NOT_FOUND');
  });

  it('is a value that another bundle does not take', async () => {
    const engine = await published();
    const narrow = { 'parameters/limits.yaml': 'values:\n  riskMax: { type: number, maximum: 0.5, default: 0.5 }\n' };
    const rules = {
      'rules/all.yaml': '- { id: a, when: risk !== null && risk > parameters.limits.riskMax, then: { score: 2 } }\n',
    };
    await engine.publish(TENANT, parameterBundle({ name: 'narrow', files: { ...narrow, ...rules } }));
    expect(await problemOf(engine.putParameters(TENANT, 'limits', { riskMax: 0.6 }))).toBe('INVALID_PARAMETERS');
    expect((await engine.putParameters(TENANT, 'limits', { riskMax: 0.4, reviewAbove: 1 })).created).toBe(true);
    expect((await scoreOf(engine, 'narrow')).score).toBe(2);
  });

  it('is a bundle that does not take what is set', async () => {
    const engine = await published();
    await engine.putParameters(TENANT, 'limits', { riskMax: 0.9, reviewAbove: '0.50' });
    const declare = (text: string) => parameterBundle({ version: '2.0.0', files: { 'parameters/limits.yaml': text } });
    const rest = [
      'isOpen: { type: boolean, default: true }',
      'domain: { type: string, default: "" }',
      'channel: { type: { enum: channel }, default: web }',
      'from: { type: timestamp, default: "2026-01-01T00:00:00Z" }',
      'reviewAbove: { type: { decimal: 2 }, default: 500 }',
    ]
      .map((line) => `  ${line}\n`)
      .join('');
    const narrow = declare(`values:\n  riskMax: { type: number, maximum: 0.5, default: 0.5 }\n${rest}`);
    for (const dryRun of [true, false])
      expect(await problemOf(engine.publish(TENANT, narrow, { dryRun }))).toBe('PARAMETERS_MISMATCH');
    expect(engine.live(TENANT, 'spend')!.version).toBe('1.0.0');
    await engine.putParameters(TENANT, 'limits', { riskMax: null }, { merge: true });
    expect((await engine.publish(TENANT, narrow)).created).toBe(true);
    expect((await scoreOf(engine)).score).toBe(1 + 2 + 8 + 16);
  });
});

describe('versions', () => {
  for (const stored of [true, false]) {
    it(`go back ${stored ? 'on disk' : 'in memory'}`, async () => {
      const engine = await published(stored ? {} : { dataDir: undefined });
      expect(await problemOf(engine.rollbackParameters(TENANT, 'limits'))).toBe('PARAMETERS_NOT_FOUND');
      const first = await engine.putParameters(TENANT, 'limits', { riskMax: 1 });
      const second = await engine.putParameters(TENANT, 'limits', { isOpen: false });
      expect(await engine.rollbackParameters(TENANT, 'limits')).toMatchObject({ version: first.version, values: { riskMax: 1 } });
      expect(await scoreOf(engine)).toEqual({ score: SCORE_DEFAULT - 2, version: first.version });
      expect((await engine.rollbackParameters(TENANT, 'limits', second.version)).values).toEqual({ isOpen: false });
      expect(await problemOf(engine.rollbackParameters(TENANT, 'limits', '0'.repeat(16)))).toBe('PARAMETERS_NOT_FOUND');
      expect(await problemOf(engine.rollbackParameters(TENANT, 'limits', '../current'))).toBe('PARAMETERS_NOT_FOUND');
      const history = await engine.parameterHistory(TENANT, 'limits');
      expect(history.map(({ version }) => version)).toEqual([first, second, first, second].map(({ version }) => version));
    });
  }

  it('that are set back to nothing are the defaults, which have a version too', async () => {
    const engine = await published();
    const { version } = await scoreOf(engine);
    await engine.putParameters(TENANT, 'limits', { riskMax: 1 });
    expect(await engine.rollbackParameters(TENANT, 'limits')).toMatchObject({ version, values: {} });
    expect(await scoreOf(engine)).toEqual({ score: SCORE_DEFAULT, version });
  });

  it(`are kept, the last ${PARAMETER_VERSIONS_KEPT}`, async () => {
    const engine = await published();
    for (let i = 1; i <= PARAMETER_VERSIONS_KEPT + 5; i++) await engine.putParameters(TENANT, 'limits', { unread: i });
    const files = await readdir(folder());
    expect(files.filter((file) => file !== 'current.json')).toHaveLength(PARAMETER_VERSIONS_KEPT);
    expect(await engine.parameterHistory(TENANT, 'limits')).toHaveLength(PARAMETER_VERSIONS_KEPT + 5);
  });
});

describe('memory', () => {
  it('of versions that are gone is given back', async () => {
    const engine = await published();
    await engine.putParameters(TENANT, 'limits', { domain: 'abc' });
    const before = heapBytes(engine);
    for (let i = 0; i < 50; i++) await engine.putParameters(TENANT, 'limits', { domain: 'abc', unread: i + 1 });
    for (let i = 0; i < 50; i++) await problemOf(engine.putParameters(TENANT, 'limits', { riskMax: 5 }));
    expect(heapBytes(engine)).toBe(before);
  });

  it('keeps the values that a request began with, on another thread', async () => {
    const engine = await published({ poolThreads: 1 });
    const live = engine.live(TENANT, 'spend')!;
    const { version } = await scoreOf(engine);
    const payload = live.encoder.encode(PAYLOAD).slice();
    let settled = false;
    const pending = new Promise<Decision[]>((resolve) => {
      decidePayloads(live, new Array<Uint8Array>(4000).fill(payload), { now: 0n, path: 'pooled' }, (result) => {
        settled = true;
        resolve(Array.from({ length: result.count }, (_, index) => readDecision(result.decision(index))));
      });
    });
    // In the turn in which the request began.
    live.rebind(live.prepare({ set: { name: 'limits', version: { version: 'f'.repeat(16), values: { riskMax: 1 } } } }));
    expect(settled).toBe(false);
    const seen = new Set((await pending).map(({ score, inputs }) => `${score} ${inputs.parameters![0]!.version}`));
    expect([...seen]).toEqual([`${SCORE_DEFAULT} ${version}`]);
    expect(await scoreOf(engine)).toEqual({ score: SCORE_DEFAULT - 2, version: 'f'.repeat(16) });
  });

  it('each decision has one version, while values are replaced', { timeout: 60_000 }, async () => {
    const engine = await published({ poolThreads: 2 });
    // Scores by version: two values that change together.
    const scores = new Map<string, number>([[(await scoreOf(engine)).version!, SCORE_DEFAULT]]);
    let done = false;
    const seen: [string, number][] = [];
    const decide = async (path: 'inline' | 'pooled'): Promise<void> => {
      while (!done) {
        const live = engine.live(TENANT, 'spend')!;
        const payload = live.encoder.encode(PAYLOAD).slice();
        const request = new Promise<void>((resolve) => {
          decidePayloads(live, new Array<Uint8Array>(64).fill(payload), { now: 0n, path }, (result) => {
            for (let index = 0; index < result.count; index++) {
              const { score, inputs } = readDecision(result.decision(index));
              seen.push([inputs.parameters![0]!.version, score]);
            }
            resolve();
          });
        });
        // The ring frees in order: while a worker is late, those that are decided inline may fill it. They ask again then.
        await request.catch((error: { code?: string }) => expect(error.code).toBe('BUSY'));
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const readers = [decide('inline'), decide('pooled'), decide('pooled')];
    for (let i = 0; i < 40; i++) {
      const isOpen = i % 2 === 0;
      const values = { isOpen, riskMax: isOpen ? 1 : 0.5, unread: i + 1 };
      const { version } = await engine.putParameters(TENANT, 'limits', values);
      scores.set(version, isOpen ? SCORE_DEFAULT - 2 : SCORE_DEFAULT + 4);
    }
    done = true;
    await Promise.all(readers);
    expect(seen.length).toBeGreaterThan(1000);
    expect(new Set(seen.map(([version]) => version)).size).toBeGreaterThan(1);
    for (const [version, score] of seen) expect(score).toBe(scores.get(version));
  });
});

describe('an image that is loaded', () => {
  const { image } = compile(parameterBundle(), { profileMax: 'standard' });

  it('reads the tenant, or what it is given', async () => {
    const engine = await published();
    await engine.putParameters(TENANT, 'limits', { riskMax: 1 });
    const ruleSet = await engine.load(image!, { tenant: TENANT });
    expect(ruleSet.decide(PAYLOAD).score).toBe(SCORE_DEFAULT - 2);
    await engine.putParameters(TENANT, 'limits', { isOpen: false });
    expect(ruleSet.decide(PAYLOAD).score).toBe(SCORE_DEFAULT + 4);
    ruleSet.setParameters({ limits: { domain: 'none' } });
    expect(ruleSet.decide(PAYLOAD).score).toBe(SCORE_DEFAULT - 8);
    expect(ruleSet.explain(PAYLOAD).values).toMatchObject({ 'parameters.limits.domain': 'none', 'parameters.limits.isOpen': true });
    await engine.putParameters(TENANT, 'limits', { reviewAbove: 1000 });
    expect(ruleSet.decide(PAYLOAD).score).toBe(SCORE_DEFAULT - 8);
    ruleSet.setParameters({});
    expect(ruleSet.decide(PAYLOAD).score).toBe(SCORE_DEFAULT - 1);
    ruleSet.release();
    const own = await engine.load(image!, { tenant: TENANT, parameters: { limits: { reviewAbove: 600 } } });
    expect(own.decide(PAYLOAD).score).toBe(SCORE_DEFAULT - 1);
    own.release();
  });

  it('is refused what it does not declare', async () => {
    const engine = await start();
    expect(await problemOf(engine.load(image!, { parameters: { limits: { riskMax: 2 } } }))).toBe('INVALID_PARAMETERS');
    expect(await problemOf(engine.load(image!, { parameters: { other: {} } }))).toBe('PARAMETERS_NOT_FOUND');
    const ruleSet = await engine.load(image!);
    expect(() => ruleSet.setParameters({ limits: { nothing: 1 } })).toThrow(/nothing/);
    expect(ruleSet.decide(PAYLOAD).score).toBe(SCORE_DEFAULT);
    ruleSet.release();
  });
});

describe('a damaged file', () => {
  for (const [what, file] of [
    ['of what is current', 'current.json'],
    ['of the version', undefined],
  ] as const) {
    it(`${what} is reported; what reads the set is live once it is put again`, async () => {
      const engine = await published();
      const { version } = await engine.putParameters(TENANT, 'limits', { riskMax: 1 });
      await open.pop()?.close();
      await writeFile(join(folder(), file ?? `${version}.json`), '{"format":1,"sha256":"0","content":{}}\n');
      const again = await start();
      expect(again.storeProblems.map(({ path }) => path)).toEqual([
        join('tenants', TENANT, 'parameters', 'limits'),
        expect.stringContaining('.image'),
      ]);
      expect(again.live(TENANT, 'spend')).toBeUndefined();
      expect(await problemOf(again.publish(TENANT, parameterBundle({ version: '1.0.1' })))).toBe('PARAMETERS_DAMAGED');
      await again.putParameters(TENANT, 'limits', { isOpen: false });
      expect((await scoreOf(again)).score).toBe(SCORE_DEFAULT + 4);
      expect((await (await restart()).parameterHistory(TENANT, 'limits')).at(-1)!.version).toBe((await scoreOf(open[0]!)).version);
    });
  }
});
