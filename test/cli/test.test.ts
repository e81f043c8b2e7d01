// verdict test beyond a single run: what it writes, and what it tells while files change.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { TestJson } from '#src/cli/test-report.js';
import type { TestWatchJson } from '#src/cli/test-watch.js';
import { makeTempDir, ROOT, runCli, runJson, startCli } from './run-cli.js';

const { dir, remove } = makeTempDir();
afterAll(remove);

const TESTS = `# Kept.
- name: wrong # too
  payload: { amount: 2500, currency: EUR, country: DE, hour: 14 }
  expect:
    outcome: approve # kept
    reasons:
      - NIGHT_ABROAD
- name: open
  payload: { amount: 2500, currency: EUR, country: DE, hour: 14 }
- { name: unfit, payload: { amount: -1, currency: EUR, country: DE, hour: 14 }, expect: { score: 0 } }
`;

let count = 0;

/** A bundle directory with these tests. */
async function bundle(tests = TESTS): Promise<string> {
  const folder = `b${count++}`;
  await runCli(['init', folder], { cwd: dir });
  writeFileSync(join(dir, folder, 'tests/payment.yaml'), tests);
  return join(dir, folder);
}

describe('test', () => {
  it('wants something to be expected', async () => {
    const folder = await bundle();
    const { code, stdout } = await runCli(['test', folder]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/failed +open +tests\/payment\.yaml:8\n +it expects nothing: `--update` writes what is decided\n/);
  });

  it('lists rows and attributes that no test takes', async () => {
    const { code, json } = await runJson<TestJson>(['test', join(ROOT, 'examples/lending')]);
    expect(code).toBe(0);
    const { rules, fired, rows, attributes, notTaken, percent, outcomes } = json.coverage;
    expect(rows).toEqual({ count: 10, taken: expect.any(Number) });
    expect(attributes).toEqual({ count: 10, taken: expect.any(Number) });
    expect(rows.taken + attributes.taken).toBe(20 - notTaken.length);
    expect(percent).toBeCloseTo((100 * (fired + rows.taken + attributes.taken)) / (rules + 20), 1);
    expect(Object.values(outcomes).reduce((sum, n) => sum + n, 0)).toBe(json.passed);
    const { stdout } = await runCli(['test', join(ROOT, 'examples/lending'), '--coverage', '--coverage-min', '100']);
    for (const id of notTaken) expect(stdout).toContain(`  ${id}\n`);
    expect(stdout).toMatch(/outcomes of tests: approve \d+, review \d+, decline \d+\n/);
  });
});

describe('test --update', () => {
  it('writes what is decided, and keeps everything else', async () => {
    const folder = await bundle();
    const { code, json } = await runJson<TestJson>(['test', folder, '--update']);
    expect(code).toBe(1);
    expect(json).toMatchObject({ passed: 2, failed: 1, updated: { count: 2, files: ['tests/payment.yaml'] } });
    expect(readFileSync(join(folder, 'tests/payment.yaml'), 'utf8')).toBe(`# Kept.
- name: wrong # too
  payload: { amount: 2500, currency: EUR, country: DE, hour: 14 }
  expect:
    outcome: review # kept
    reasons: [LARGE_AMOUNT]
- name: open
  payload: { amount: 2500, currency: EUR, country: DE, hour: 14 }
  expect: { outcome: review, score: 40, reasons: [LARGE_AMOUNT] }
- { name: unfit, payload: { amount: -1, currency: EUR, country: DE, hour: 14 }, expect: { score: 0 } }
`);
  });

  it('shows what it writes, for the tests that are selected', async () => {
    const folder = await bundle();
    const { code, stdout } = await runCli(['test', folder, '--update', '--filter', 'wrong']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /updated +wrong +tests\/payment\.yaml:2\n +- outcome: "approve"\n +\+ outcome: "review"\n +- reasons: \["NIGHT_ABROAD"\]\n +\+ reasons: \["LARGE_AMOUNT"\]\n/,
    );
    expect(stdout).toContain('wrote what 1 test expects into tests/payment.yaml\n1 test passed');
    const again = await runCli(['test', folder, '--update', '--filter', 'wrong']);
    expect(again.stdout).toContain('every test that can be updated expects what is decided');
  });

  it('keeps a file as verdict fmt writes it', async () => {
    const folder = await bundle('- { name: a, payload: { amount: 2500, currency: EUR, country: DE, hour: 14 } }\n');
    await runCli(['fmt', folder]);
    expect((await runCli(['test', folder, '--update'])).code).toBe(0);
    expect(readFileSync(join(folder, 'tests/payment.yaml'), 'utf8')).toContain('expect:');
    expect((await runCli(['fmt', folder, '--check'])).code).toBe(0);
  });

  it('leaves alone what it cannot change alone', async () => {
    const payload = '{ amount: 2500, currency: EUR, country: DE, hour: 14 }';
    const shared = `- { name: a, payload: ${payload}, expect: &one { score: 1 } }\n- { name: b, payload: ${payload}, expect: *one }\n`;
    const folder = await bundle(shared);
    const { code, stderr } = await runCli(['test', folder, '--update']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('tests/payment.yaml: what is expected cannot be changed alone')]);
    expect(readFileSync(join(folder, 'tests/payment.yaml'), 'utf8')).toBe(shared);
  });
});

describe('test --watch', () => {
  it('tells what a change does to decisions', async () => {
    const folder = await bundle();
    const file = join(folder, 'rules/payment.yaml');
    const rules = readFileSync(file, 'utf8');
    const child = startCli(['test', folder, '--watch', '--json']);
    const lines: TestWatchJson[] = [];
    // what is written after each line that says something new
    const steps = [rules.replace(/score: 40/, 'scor: 40'), rules.replace(/score: 40/, 'score: 95')];
    let text = '';
    let seen = '';
    await new Promise<void>((done, fail) => {
      child.on('error', fail);
      child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const whole = text.split('\n');
        text = whole.pop()!;
        for (const line of whole) {
          const read = JSON.parse(line) as TestWatchJson;
          const { millis: _, ...told } = read;
          // a file that is written in two steps is seen twice
          if (JSON.stringify(told) === seen || ('changes' in read && lines.length > 0 && read.changes.length === 0)) continue;
          seen = JSON.stringify(told);
          lines.push(read);
          const next = steps[lines.length - 1];
          if (next === undefined) done();
          else writeFileSync(file, next);
        }
      });
    });
    const code = new Promise((done) => child.on('exit', done));
    child.kill('SIGTERM');
    expect(await code).toBe(1);
    expect(lines).toMatchObject([
      { ok: false, failed: 3, failures: ['wrong', 'open', 'unfit'], changes: [] },
      { ok: false, error: { code: 'INVALID_BUNDLE' }, diagnostics: [{ file: 'rules/payment.yaml' }] },
      {
        ok: false,
        changes: ['wrong', 'open'].map((name) => ({
          ...{ name, kind: 'changed', passed: false, passedBefore: false },
          parts: [
            { part: 'outcome', was: 'review', is: 'decline' },
            { part: 'score', was: 40, is: 95 },
          ],
        })),
      },
    ]);
  });

  it('writes nothing, and needs a directory', async () => {
    const folder = await bundle();
    const { code, stderr } = await runCli(['test', folder, '--watch', '--update']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--watch writes nothing')]);
    writeFileSync(join(dir, 'whole.json'), '{ "files": { "bundle.yaml": "" } }');
    const whole = await runCli(['test', join(dir, 'whole.json'), '--watch']);
    expect([whole.code, whole.stderr]).toEqual([2, expect.stringContaining('--watch needs a bundle directory')]);
  });
});
