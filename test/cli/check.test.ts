// verdict check beyond a single run: pages of codes, fixes, SARIF, colours, costs, watching.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { countsByFile } from '#src/cli/bundle-dir.js';
import type { CheckJson } from '#src/cli/commands/check.js';
import { wantsColor } from '#src/cli/output.js';
import { EXAMPLE_HEAD, EXAMPLE_MODEL } from '#src/diagnostic/pages/base.js';
import { makeTempDir, ROOT, runCli, runJson, startCli } from './run-cli.js';

const { dir, remove } = makeTempDir();
afterAll(remove);

let count = 0;

/** A bundle directory with these rules. */
function bundleWith(when: string): string {
  const folder = join(dir, `b${count++}`);
  mkdirSync(join(folder, 'rules'), { recursive: true });
  writeFileSync(join(folder, 'bundle.yaml'), EXAMPLE_HEAD);
  writeFileSync(join(folder, 'payment.schema.yaml'), EXAMPLE_MODEL);
  writeFileSync(join(folder, 'rules/a.yaml'), rule(when));
  return folder;
}

const rule = (when: string): string => `- id: a\n  when: ${when}\n  then: { score: 100, reason: A }\n`;

describe('check --explain', () => {
  it('prints the page', async () => {
    const { code, stdout } = await runCli(['check', '--explain', 'v3201']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^V3201: [\s\S]*wrong\n {2}ammount > 5000\n\nright\n {2}amount > 5000\n$/),
    ]);
  });

  it('gives it as JSON', async () => {
    const { json } = await runJson(['check', '--explain', 'V3201']);
    expect(json).toMatchObject({ ok: true, page: { code: 'V3201', fix: true, wrong: [{ text: 'ammount > 5000' }] } });
  });

  it('knows no other code', async () => {
    const { code, stderr } = await runCli(['check', '--explain', 'V3299']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('there is no diagnostic V3299')]);
  });
});

describe('check', () => {
  it('mends, and says once how to read more', async () => {
    const folder = bundleWith('ammount > 5000 && country == "US"');
    const before = await runCli(['check', folder]);
    expect(before.code).toBe(1);
    expect(before.stdout.match(/--explain/g)).toHaveLength(1);
    const { code, json } = await runJson<CheckJson>(['check', folder, '--fix']);
    expect([code, json.fixed]).toEqual([0, { count: 2, files: ['rules/a.yaml'] }]);
    expect(readFileSync(join(folder, 'rules/a.yaml'), 'utf8')).toBe(rule('amount > 5000 && country === "US"'));
  });

  it('shows what costs most, and what would make it cheaper', async () => {
    const { stdout } = await runCli(['check', bundleWith('note !== null && matches(note, "a.*b")')]);
    expect(stdout).toMatch(/cost of one payload: at most [\d,]+ of 50,000,000 units/);
    expect(stdout).toMatch(/rule +a +[\d,]+ +[\d.]+ %/);
  });

  it('gives costs as JSON', async () => {
    const { json } = await runJson<CheckJson>(['check', join(ROOT, 'examples/credit')]);
    const { costs, costLimit, code, costMax, rules } = json.bundle!;
    expect(costLimit).toBe(50_000_000);
    expect(code).toEqual({ bytes: expect.any(Number) });
    expect(costs[0]).toMatchObject({ kind: 'payload', parts: expect.any(Array) });
    expect(costs.filter(({ kind }) => kind === 'rule')).toHaveLength(rules.length);
    expect(costs.reduce((sum, { units }) => sum + units, 0)).toBeLessThanOrEqual(costMax);
  });

  it('shows what a match index holds, and what is left to code', async () => {
    const folder = bundleWith('amount > 1');
    const whens = Array.from(
      { length: 600 },
      (_, i) => `amount > ${i} && country === "US"${i % 60 === 0 ? ' && amount * 2 > 7' : ''}`,
    );
    const rules = whens.map((when, i) => `- id: r${i}\n  when: ${when}\n  then: { score: 1, reason: A }\n`);
    writeFileSync(join(folder, 'rules/a.yaml'), rules.join(''));
    const { stdout } = await runCli(['check', folder, '--no-rules']);
    expect(stdout).toMatch(/match index of the rules: 1,200 of 1,210 tests, 590 of 600 conditions as a whole; about [\d,]+ ns/);
    expect(stdout).toMatch(/amount +integers +600 +600\n/);
    expect(stdout).toMatch(/10 tests left to code, .*: they are more than one value compared with constants\n/);
    const { json } = await runJson<CheckJson>(['check', folder]);
    expect(json.bundle!.indexes).toMatchObject([
      { name: 'rules', indexed: true, tests: 1210, residual: [{ why: 'expression', count: 10 }] },
    ]);
  });

  it('says why there is no match index', async () => {
    const few = await runCli(['check', bundleWith('amount > 1')]);
    expect(few.stdout).toMatch(/no match index of the rules: there are too few conditions\n/);
    const folder = bundleWith('amount > 1');
    const rules = Array.from({ length: 20 }, (_, i) => `- id: r${i}\n  when: amount > ${i}\n  then: { score: 1, reason: A }\n`);
    writeFileSync(join(folder, 'rules/a.yaml'), rules.join(''));
    expect((await runCli(['check', folder])).stdout).toMatch(
      /no match index of the rules: about [\d,]+ ns with one, [\d,]+ ns one after/,
    );
  });

  it('lists what is not proven', async () => {
    const folder = bundleWith('(limits.rate ?? 0) > 1');
    mkdirSync(join(folder, 'tables'));
    writeFileSync(join(folder, 'tables/limits.csv'), 'hour,-> rate\nvalue * 2 < 11,1\n[0..5],2\n-,3\n');
    const { code, stdout } = await runCli(['check', folder]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('not proven of table `limits`: whether ')]);
    const { json } = await runJson<CheckJson>(['check', folder]);
    expect(json.notProven).toEqual([{ of: 'table `limits`', questions: expect.arrayContaining([expect.any(String)]) }]);
    expect((await runJson<CheckJson>(['check', bundleWith('vip')])).json.notProven).toEqual([]);
  });

  it('colours when it is told to', async () => {
    const folder = bundleWith('ammount > 5000');
    const isColored = async (args: string[], env: Record<string, string> = {}): Promise<boolean> =>
      (await runCli(['check', folder, ...args], { env })).stdout.includes('\u001b[31m');
    expect(await isColored([])).toBe(false);
    expect(await isColored(['--color', 'always'])).toBe(true);
    expect(await isColored([], { FORCE_COLOR: '1', NO_COLOR: '' })).toBe(true);
    expect(await isColored(['--color', 'never'], { FORCE_COLOR: '1' })).toBe(false);
  });
});

describe('wantsColor', () => {
  const terminal = { isTTY: true };
  const file = { isTTY: false };
  it.each([
    ['a terminal', terminal, {}, 'auto', true],
    ['a file', file, {}, 'auto', false],
    ['a dumb terminal', terminal, { TERM: 'dumb' }, 'auto', false],
    ['NO_COLOR', terminal, { NO_COLOR: '1' }, 'auto', false],
    ['an empty NO_COLOR', terminal, { NO_COLOR: '' }, 'auto', true],
    ['FORCE_COLOR', file, { FORCE_COLOR: '1' }, 'auto', true],
    ['FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, 'auto', false],
    ['NO_COLOR beside FORCE_COLOR', terminal, { NO_COLOR: '1', FORCE_COLOR: '1' }, 'auto', false],
    ['always', file, { NO_COLOR: '1' }, 'always', true],
    ['never', terminal, { FORCE_COLOR: '1' }, 'never', false],
  ] as const)('%s', (_, stream, env, when, expected) => expect(wantsColor(stream as never, env, when)).toBe(expected));
});

it('counts by file, the worst first', () => {
  const at = (file: string, severity: 'error' | 'warning') => ({
    code: 'V3201' as const,
    severity,
    message: '',
    span: { file, start: 0, end: 0 },
  });
  expect(countsByFile([at('a', 'warning'), at('b', 'error'), at('a', 'warning')])).toEqual([
    ['b', '1', '0'],
    ['a', '0', '2'],
  ]);
});

describe('check --watch', () => {
  it('checks again after a change, and ends with the last answer', async () => {
    const folder = join(dir, 'watched');
    cpSync(bundleWith('ammount > 5000'), folder, { recursive: true });
    const child = startCli(['check', folder, '--watch', '--json']);
    const lines: { ok: boolean; errors: number }[] = [];
    let text = '';
    await new Promise<void>((done, fail) => {
      child.on('error', fail);
      child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const whole = text.split('\n');
        text = whole.pop()!;
        for (const line of whole) lines.push(JSON.parse(line) as { ok: boolean; errors: number });
        const last = lines.at(-1);
        if (lines.length === 1 && last?.ok === false) writeFileSync(join(folder, 'rules/a.yaml'), rule('amount > 5000'));
        else if (last?.ok === true) done();
      });
    });
    const code = new Promise((done) => child.on('exit', done));
    child.kill('SIGTERM');
    expect(await code).toBe(0);
    expect([lines[0], lines.at(-1)]).toMatchObject([
      { ok: false, errors: 1 },
      { ok: true, errors: 0 },
    ]);
  });

  it('writes nothing', async () => {
    const { code, stderr } = await runCli(['check', dir, '--watch', '--fix']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--watch writes nothing')]);
  });
});
