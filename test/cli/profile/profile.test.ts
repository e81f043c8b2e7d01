// The profiler of rules: hits are counted exactly, every part has a time, pictures are XML, and the page's example runs.

import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import type { BenchJson } from '#src/cli/commands/bench.js';
import { flameSvg } from '#src/cli/profile/flame.js';
import type { Profile } from '#src/cli/profile/profile.js';
import { differenceOf, medianOf } from '#src/cli/profile/statistics.js';
import { escapeXml } from '#src/cli/profile/xml.js';
import { MAIN, makeTempDir, ROOT, runCli, runJson } from '../run-cli.js';

describe('statistics', () => {
  it.each([
    [[3], { ns: 3, low: 3, high: 3 }],
    [[4, 2], { ns: 3, low: 2, high: 4 }],
    [Array.from({ length: 101 }, (_, i) => (i * 37) % 101), { ns: 50, low: 40, high: 61 }],
  ])('of %j', (values, expected) => {
    expect(medianOf(values)).toEqual(expected);
  });

  it('takes differences round by round', () => {
    expect(differenceOf([10, 20, 90], [9, 19, 89])).toEqual({ ns: 1, low: 1, high: 1 });
  });

  it('has an interval that holds the median about 95 times in 100', () => {
    let state = 1;
    const random = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    let held = 0;
    for (let i = 0; i < 2000; i++) {
      const { low, high } = medianOf(Array.from({ length: 50 }, () => random() ** 3));
      if (low <= 0.125 && high >= 0.125) held++;
    }
    expect(held / 2000).toBeGreaterThan(0.93);
    expect(held / 2000).toBeLessThan(0.995);
  });
});

describe('pictures', () => {
  const time = { ns: 5, low: 4, high: 6 };
  const empty: Profile = {
    by: 'vm',
    withoutCode: null,
    payloads: 1024,
    hitPayloads: 1024,
    total: time,
    stages: [],
    steps: [],
    rules: [],
  };

  it('escape what they name', () => {
    expect(escapeXml('<a href="x">&\'\u0000\uD800')).toBe('&#60;a href=&#34;x&#34;&#62;&#38;&#39;\uFFFD\uFFFD');
    const rule = { id: '</title><script>alert(1)</script>', time, together: 1, hits: 3 };
    const svg = flameSvg('<b>', { ...empty, stages: [{ stage: 'rules', ...time }], rules: [rule] });
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('<b>');
    expect(svg).toContain('&#60;/title&#62;');
  });

  it('draw what was measured as nothing, or less, as nothing', () => {
    const svg = flameSvg('x', { ...empty, stages: [{ stage: 'rules', ns: -3, low: -4, high: 1 }] });
    expect(svg).not.toMatch(/width="-|NaN|Infinity/);
  });
});

const BUNDLE: Record<string, string> = {
  'bundle.yaml': `name: some
version: 1.0.0
model: model.yaml
profile: standard
onError: fail
decide: { combine: score, outcomes: [{ atLeast: 3, outcome: review }, { outcome: approve }] }
`,
  'model.yaml': `type: object
required: [amount]
properties:
  amount: { type: integer, minimum: 0, maximum: 1000 }
`,
  'features/f.yaml': "- { name: rest, value: 'amount % 7 * 2' }\n",
  'tables/t.yaml': `hitPolicy: first
inputs: [amount]
outputs: [score, reason]
rows:
  - { id: low, when: ['< 250'], then: [1, LOW] }
  - { id: high, when: ['>= 250'], then: [2, HIGH] }
`,
};

describe('verdict bench', () => {
  const { dir, remove } = makeTempDir();
  afterAll(remove);
  const rules = Array.from({ length: 120 }, (_, i) => `- { id: r${i}, when: 'amount > ${8 * i}', then: { score: 1 } }`);
  for (const [path, text] of Object.entries({
    ...BUNDLE,
    'outputs.yaml': "- { name: half, value: rest / 2 }\n- { name: list, value: '[rest, amount]' }\n",
    'rules/r.yaml': `${rules.join('\n')}\n- { id: rests, when: 'rest > 5', then: { score: 1, reason: REST } }\n`,
  })) {
    mkdirSync(join(dir, 'b', path, '..'), { recursive: true });
    writeFileSync(join(dir, 'b', path), text);
  }
  writeFileSync(join(dir, 'rows.ndjson'), Array.from({ length: 1000 }, (_, i) => `{"amount":${i}}\n`).join(''));

  it('counts hits exactly, and measures every rule and every step', async () => {
    const args = ['bench', 'b', '--input', 'rows.ndjson', '--seconds', '0.02', '--svg', 'flame.svg'];
    const { code, json } = await runJson<BenchJson>(args, { cwd: dir });
    expect(code).toBe(0);
    const { stages, steps, rules: measured, hitPayloads, payloads } = json.profile!;
    expect(payloads).toBe(65_536);
    expect(json.profile).toMatchObject({ by: 'code', withoutCode: null });
    expect(stages.map(({ stage }) => stage)).toEqual(['call', 'base', 'features', 'rules', 'reasons']);
    expect(steps.map(({ name }) => name)).toEqual([expect.any(String), expect.any(String), 'output half', 'output list']);
    expect(measured).toHaveLength(123);
    // Rows are repeated: payload i has the amount i % 1000.
    const amounts = Array.from({ length: hitPayloads }, (_, i) => i % 1000);
    const expected = (test: (amount: number) => boolean): number => amounts.filter(test).length;
    const hits = Object.fromEntries(measured.map(({ id, hits: count }) => [id, count]));
    for (let i = 0; i < 120; i++) expect(hits[`r${i}`]).toBe(expected((amount) => amount > 8 * i));
    expect(hits.rests).toBe(expected((amount) => (amount % 7) * 2 > 5));
    expect([hits.low, hits.high]).toEqual([expected((amount) => amount < 250), expected((amount) => amount >= 250)]);
    for (const { id, time, together } of measured) {
      expect(time === null).toBe(['low', 'high'].includes(id));
      if (time !== null) expect(time.low <= time.ns && time.ns <= time.high).toBe(true);
      expect(together).toBeGreaterThanOrEqual(1);
    }
    expect(measured.filter(({ time, together }) => time !== null && together === 1).length).toBeGreaterThanOrEqual(48);
    expect(readFileSync(join(dir, 'flame.svg'), 'utf8')).toContain('>one decision</text>');
  });

  it('leaves the profile out where it is not wanted, or cannot be', async () => {
    const { json } = await runJson<BenchJson>(['bench', 'b', '--generated', '--seconds', '0.02', '--no-profile'], { cwd: dir });
    expect(json.profile).toBeUndefined();
    expect(await runCli(['bench', 'b', '--generated', '--no-profile', '--svg', 'x.svg'], { cwd: dir })).toMatchObject({ code: 2 });
    await runCli(['compile', 'b', '-o', 'b.img'], { cwd: dir });
    const image = await runJson<BenchJson>(['bench', 'b.img', '--generated', '--seconds', '0.02'], { cwd: dir });
    expect(image.code).toBe(0);
    expect(image.json.profile).toBeUndefined();
    expect(await runCli(['bench', 'b.img', '--generated', '--seconds', '0.02', '--svg', 'x.svg'], { cwd: dir })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/name the bundle/),
    });
  });

  it('tells payload and decision apart where the VM decides', async () => {
    // An index leaves of the rules what is long, and it is most of the program.
    const sum = (i: number): string => Array.from({ length: 20 }, (_, k) => `amount * ${i + 2}.${k + 1}1`).join(' + ');
    const when = (i: number): string => `amount > ${i} && ${sum(i)} === 9`;
    const many = Array.from({ length: 210 }, (_, i) => `- { id: m${i}, when: '${when(i)}', then: { score: 1 } }\n`);
    for (const [path, content] of Object.entries({ ...BUNDLE, 'rules/r.yaml': many.join('') })) {
      if (/^(features|tables)/.test(path)) continue;
      mkdirSync(join(dir, 'many', path, '..'), { recursive: true });
      writeFileSync(join(dir, 'many', path), content);
    }
    const { json } = await runJson<BenchJson>(['bench', 'many', '--input', 'rows.ndjson', '--seconds', '0.01'], { cwd: dir });
    const { by, withoutCode, stages, steps, rules: measured } = json.profile!;
    expect([by, steps]).toEqual(['vm', []]);
    expect(withoutCode).toMatch(/what match indexes leave of rules/);
    expect(stages.map(({ stage }) => stage)).toEqual(['call', 'payload', 'features', 'rules', 'reasons', 'decision']);
    expect(measured.filter(({ together }) => together === 1).length).toBeGreaterThanOrEqual(48);
    expect(measured.filter(({ together }) => together > 1).length).toBeGreaterThan(120);
  });

  it('counts the rule that decides where the first does', async () => {
    const files = {
      ...BUNDLE,
      'bundle.yaml': BUNDLE['bundle.yaml']!.replace(/decide: .*/, 'decide: { combine: first, outcomes: [{ outcome: approve }] }'),
    };
    const text =
      "- { id: a, when: 'amount < 100', then: { outcome: review } }\n- { id: b, when: 'amount < 300', then: { outcome: decline } }\n";
    for (const [path, content] of Object.entries({ ...files, 'rules/r.yaml': text })) {
      if (/^(features|tables)/.test(path)) continue;
      mkdirSync(join(dir, 'first', path, '..'), { recursive: true });
      writeFileSync(join(dir, 'first', path), content);
    }
    const { json } = await runJson<BenchJson>(['bench', 'first', '--input', 'rows.ndjson', '--seconds', '0.02'], { cwd: dir });
    const { hitPayloads, rules: measured } = json.profile!;
    const amounts = Array.from({ length: hitPayloads }, (_, i) => i % 1000);
    expect(measured.map(({ id, hits }) => [id, hits])).toEqual([
      ['a', amounts.filter((amount) => amount < 100).length],
      ['b', amounts.filter((amount) => amount >= 100 && amount < 300).length],
    ]);
  });
});

it('the example of docs/CLI.md runs as it stands', async () => {
  const page = readFileSync(join(ROOT, 'docs/CLI.md'), 'utf8');
  const [, script] = /^```sh run\n([\s\S]*?)^```$/m.exec(page)!;
  const { dir, remove } = makeTempDir();
  writeFileSync(join(dir, 'verdict'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`, { mode: 0o755 });
  const env = { ...process.env, PATH: `${dir}:${process.env.PATH}`, NO_COLOR: '1' };
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script!], { cwd: dir, env });
  const shown = /^```text\n([\s\S]*?)^```$/m.exec(page.slice(page.indexOf(script!)))![1]!;
  // Times are this machine's; everything else is as printed.
  const shape = (text: string): string => text.replace(/-?[\d.,]+/g, '0').replace(/ +/g, ' ');
  const rows = (text: string): string[] =>
    shape(text)
      .split('\n')
      .map((line) => line.trim())
      .sort();
  expect(rows(stdout)).toEqual(rows(shown));
  expect(readFileSync(join(dir, 'profile.svg'), 'utf8')).toContain('</svg>');
  remove();
});
