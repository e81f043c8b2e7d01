import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckJson } from '#src/cli/commands/check.js';
import type { CompileJson } from '#src/cli/commands/compile.js';
import type { EvalJson } from '#src/cli/commands/eval.js';
import type { ExplainJson } from '#src/cli/commands/explain.js';
import type { TestJson } from '#src/cli/test-report.js';
import { makeTempDir, runCli, runJson } from './run-cli.js';

const PAYLOAD = '{"amount":3100,"currency":"USD","country":"US","cardCountry":"DE","hour":3,"countLastHour":6}';

// One bundle, from its first file to its first decisions; each step needs the one before it.
describe.sequential('a bundle from init to explain', () => {
  let dir: string;
  let remove: () => void;
  beforeAll(() => {
    ({ dir, remove } = makeTempDir());
  });
  afterAll(() => remove());
  const here = (): { cwd: string } => ({ cwd: dir });

  it('init writes it, and says what to do next', async () => {
    const { code, stdout } = await runCli(['init', 'my Bundle'], here());
    expect(code).toBe(0);
    expect(stdout).toMatch(/my-bundle: wrote 6 files/);
    expect(stdout).toMatch(/verdict check "my Bundle"/);
    expect(readdirSync(join(dir, 'my Bundle')).sort()).toEqual([
      'bundle.yaml',
      'model.lock.json',
      'payment.schema.yaml',
      'rules',
      'sample.csv',
      'tests',
    ]);
  });

  it('init overwrites nothing', async () => {
    const before = readFileSync(join(dir, 'my Bundle/bundle.yaml'), 'utf8');
    const { code, json } = await runJson<{ ok: boolean; error: { code: string; message: string } }>(
      ['init', 'my Bundle', '--name', 'x'],
      here(),
    );
    expect(code).toBe(1);
    expect(json).toMatchObject({ ok: false, error: { code: 'EXISTS', message: expect.stringContaining('bundle.yaml') } });
    expect(readFileSync(join(dir, 'my Bundle/bundle.yaml'), 'utf8')).toBe(before);
  });

  it('init refuses a name that is none', async () => {
    const { code, stderr } = await runCli(['init', 'other', '--name', 'My Bundle'], here());
    expect(code).toBe(2);
    expect(stderr).toContain('My Bundle is not a name');
    expect(existsSync(join(dir, 'other'))).toBe(false);
  });

  it('check finds nothing wrong, and prices every rule', async () => {
    const { code, json } = await runJson<CheckJson>(['check', 'my Bundle', '--locked'], here());
    expect(code).toBe(0);
    expect(json).toMatchObject({ ok: true, errors: 0, warnings: 0, diagnostics: [], lock: { state: 'current', written: false } });
    const { rules, costMax, model } = json.bundle!;
    expect(rules.map(({ id }) => id)).toEqual(['large-amount', 'night-abroad', 'many-payments', 'card-blocked']);
    for (const { cost, line, file } of rules) {
      expect(cost).toBeGreaterThan(0);
      expect(cost).toBeLessThan(costMax);
      expect(readFileSync(join(dir, 'my Bundle', file), 'utf8').split('\n')[line - 1]).toContain('- id:');
    }
    expect(model).toMatchObject({ name: 'Payment', fields: 8, hash: expect.stringMatching(/^[0-9a-f]{16}$/) });
    const text = await runCli(['check', 'my Bundle'], here());
    expect(text.stdout).toMatch(/rule +cost +score +outcome +reason +written in\n/);
    expect(text.stdout).toMatch(/card-blocked +\d+ +100 +decline +CARD_BLOCKED +rules\/payment\.yaml:15/);
    expect(text.stdout).toContain('model.lock.json: up to date');
  });

  it('check says when the lock needs writing, and writes it', async () => {
    const schema = join(dir, 'my Bundle/payment.schema.yaml');
    writeFileSync(schema, `${readFileSync(schema, 'utf8')}  terminal: { type: string, maxLength: 20 }\n`);
    const outdated = await runJson<CheckJson>(['check', 'my Bundle'], here());
    expect(outdated).toMatchObject({ code: 0, json: { ok: true, lock: { state: 'outdated', written: false } } });
    expect(await runCli(['check', 'my Bundle', '--locked'], here())).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('check --write-lock'),
    });
    const before = JSON.parse(readFileSync(join(dir, 'my Bundle/model.lock.json'), 'utf8')) as { tables: Record<string, object> };
    expect(await runJson<CheckJson>(['check', 'my Bundle', '--write-lock'], here())).toMatchObject({
      code: 0,
      json: { lock: { state: 'current', written: true } },
    });
    const after = JSON.parse(readFileSync(join(dir, 'my Bundle/model.lock.json'), 'utf8')) as { tables: Record<string, object> };
    expect(after.tables['']).toMatchObject(before.tables['']!);
    expect(after.tables['']).toHaveProperty('terminal');
    expect((await runJson<CheckJson>(['check', 'my Bundle', '--locked'], here())).code).toBe(0);
  });

  it('test passes, with every rule fired', async () => {
    const { code, json } = await runJson<TestJson>(['test', 'my Bundle', '--coverage-min', '100'], here());
    expect(code, JSON.stringify(json.tests, null, 2)).toBe(0);
    expect(json).toMatchObject({ ok: true, passed: 6, failed: 0, coverage: { rules: 4, fired: 4, percent: 100, notFired: [] } });
    expect((await runCli(['test', 'my Bundle'], here())).stdout).toMatch(/6 tests passed\n4 of 4 rules fired \(100\.0 %\)/);
  });

  it('compile writes an image, and the lock where it is missing', async () => {
    const { code, json } = await runJson<CompileJson>(['compile', 'my Bundle', '-o', 'out/x.image'], here());
    expect(code).toBe(0);
    expect(json).toMatchObject({ ok: true, name: 'my-bundle', version: '0.1.0', file: 'out/x.image', lockWritten: false });
    const bytes = readFileSync(join(dir, 'out/x.image'));
    expect(bytes.length).toBe(json.bytes);
    expect(bytes.subarray(0, 4).toString('latin1')).toBe('VDCT');
    const again = await runJson<CompileJson>(['compile', 'my Bundle', '-o', 'out/y.image'], here());
    expect(readFileSync(join(dir, 'out/y.image')).equals(bytes)).toBe(true);
    expect(again.json.image).toBe(json.image);
  });

  it('eval decides its sample rows, from the bundle and from the image alike', async () => {
    const args = ['--input', 'my Bundle/sample.csv', '--label', 'fraud', '--now', '2026-01-01T00:00:00Z'];
    const { code, json } = await runJson<EvalJson>(['eval', 'my Bundle', ...args], here());
    expect(code).toBe(0);
    expect(json).toMatchObject({
      ok: true,
      bundle: 'my-bundle',
      rows: 12,
      decided: 12,
      invalid: 0,
      outcomes: { approve: 7, review: 1, decline: 4, none: 0 },
      label: { confusion: { truePositive: 4, falsePositive: 1, falseNegative: 0, trueNegative: 7 }, precision: 0.8, recall: 1 },
    });
    const image = await runJson<EvalJson>(['eval', 'out/x.image', ...args], here());
    const { seconds: _s, rowsPerSecond: _r, ...fromBundle } = json;
    const { seconds: _t, rowsPerSecond: _q, ...fromImage } = image.json;
    expect(fromImage).toEqual(fromBundle);
  });

  it('explain shows the truth of every condition', async () => {
    const { code, json } = await runJson<ExplainJson>(['explain', 'my Bundle', '--payload', PAYLOAD], here());
    expect(code).toBe(0);
    expect(json.decision).toMatchObject({ status: 'OK', outcome: 'decline', score: 120 });
    expect(json.rules.map(({ id, hit }) => [id, hit])).toEqual([
      ['large-amount', true],
      ['night-abroad', true],
      ['many-payments', true],
      ['card-blocked', false],
    ]);
    expect(json.rules[1]!.conditions.map(({ text, truth }) => [text, truth])).toEqual([
      ['hour < 6', true],
      ['cardCountry !== null', true],
      ['cardCountry !== country', true],
    ]);
    expect(json.rules[1]!.conditions[2]!.values).toEqual({ cardCountry: 'DE', country: 'US' });
    expect(json.rules[3]!.conditions.map(({ truth }) => truth)).toEqual([false, null, null]);

    writeFileSync(join(dir, 'payload.json'), PAYLOAD);
    const fromFile = await runCli(['explain', 'out/x.image', '--payload', 'payload.json'], here());
    const fromPipe = await runCli(['explain', 'my Bundle', '-p', '-'], { ...here(), input: PAYLOAD });
    expect(fromPipe.stdout).toBe(fromFile.stdout);
    expect(fromFile.stdout).toMatch(/^decline, score 120 /);
    expect(fromFile.stdout).toMatch(/hit +night-abroad +score 45 +NIGHT_ABROAD\n +true +hour < 6 +where hour = 3\n/);
    expect(fromFile.stdout).toMatch(/no +card-blocked/);
    const hits = await runCli(['explain', 'my Bundle', '-p', PAYLOAD, '--no-all'], here());
    expect(hits.stdout).not.toContain('card-blocked');
  });

  it('check reports every mistake with its place, and says what to write', async () => {
    writeFileSync(
      join(dir, 'my Bundle/rules/wrong.yaml'),
      `- id: large-amount\n  when: ammount > 5\n  then: { score: 1 }\n- id: b\n  when: hour == 3\n  then: { score: 1 }\n`,
    );
    const { code, stdout } = await runCli(['check', 'my Bundle'], here());
    expect(code).toBe(1);
    expect(stdout).toMatch(/--> rules\/wrong\.yaml:2:9[\s\S]*\^{7}[\s\S]*did you mean `amount`/);
    expect(stdout).toMatch(/--> rules\/wrong\.yaml:5:\d+[\s\S]*===/);
    expect(stdout).toMatch(/3 errors, 2 warnings/);
    const { json } = await runJson<CheckJson>(['check', 'my Bundle'], here());
    expect(json).toMatchObject({ ok: false, errors: 3 });
    expect(json.bundle).toBeUndefined();
    expect(json.diagnostics.every(({ file, line, column }) => file === 'rules/wrong.yaml' && line > 0 && column > 0)).toBe(true);
  });
});

describe('verdict test', () => {
  let dir: string;
  let remove: () => void;
  beforeAll(async () => {
    ({ dir, remove } = makeTempDir());
    await runCli(['init', 'b'], { cwd: dir });
    writeFileSync(
      join(dir, 'b/tests/payment.yaml'),
      `- name: right
  payload: { amount: 2500, currency: EUR, country: DE, hour: 14 }
  expect: { outcome: review, score: 40, reasons: [LARGE_AMOUNT] }
- name: wrong
  payload: { amount: 2500, currency: EUR, country: DE, hour: 14 }
  expect: { outcome: approve, score: 41, reasons: [] }
- name: unfit
  payload: { amount: -1, currency: EUR, country: DE, hour: 14 }
  expect: { outcome: review }
- name: fits after all
  payload: { amount: 1, currency: EUR, country: DE, hour: 14 }
  expect: { status: INVALID_PAYLOAD }
`,
    );
  });
  afterAll(() => remove());

  it('shows what differs, and which rules no test fires', async () => {
    const { code, stdout } = await runCli(['test', 'b'], { cwd: dir });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /failed +wrong +tests\/payment\.yaml:4\n +- outcome: "approve"\n +\+ outcome: "review"\n +- score: 41\n +\+ score: 40\n/,
    );
    expect(stdout).toMatch(/failed +unfit[^\n]*\n[^\n]*does not fit the model: \/amount: /);
    expect(stdout).toMatch(
      /1 passed, 3 failed\n1 of 4 rules fired \(25\.0 %\)\nno test fires:\n {2}night-abroad\n {2}many-payments\n {2}card-blocked\n/,
    );
  });

  it('tells programs the same', async () => {
    const { code, json } = await runJson<TestJson>(['test', 'b'], { cwd: dir });
    expect(code).toBe(1);
    expect(json).toMatchObject({ ok: false, passed: 1, failed: 3, coverage: { percent: 25 } });
    expect(json.tests.map(({ name, line, passed }) => [name, line, passed])).toEqual([
      ['right', 1, true],
      ['wrong', 4, false],
      ['unfit', 7, false],
      ['fits after all', 10, false],
    ]);
    expect(json.tests[3]!.differences).toEqual([{ part: 'status', expected: 'INVALID_PAYLOAD', actual: 'OK' }]);
  });

  it('is satisfied with the tests it is told to run, unless the coverage is too low', async () => {
    expect((await runCli(['test', 'b', '--filter', 'right'], { cwd: dir })).code).toBe(0);
    const low = await runCli(['test', 'b', '--filter', 'right', '--coverage-min', '26'], { cwd: dir });
    expect(low).toMatchObject({ code: 1, stdout: expect.stringContaining('the coverage is below 26 %') });
  });
});

describe('the samples', () => {
  for (const name of ['card-risk', 'credit']) {
    it(`${name} passes check and its tests, which fire every rule`, async () => {
      const check = await runJson<CheckJson>(['check', `examples/${name}`, '--locked']);
      expect(check).toMatchObject({ code: 0, json: { ok: true, errors: 0, warnings: 0 } });
      const { code, json } = await runJson<TestJson>(['test', `examples/${name}`, '--coverage-min', '100']);
      expect(json.tests.filter(({ passed }) => !passed)).toEqual([]);
      expect(code).toBe(0);
    });
  }
});
