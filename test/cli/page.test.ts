// verdict page, as a user would run it.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { PageJson } from '#src/cli/commands/page.js';
import { makeTempDir, runCli, runJson } from './run-cli.js';

const { dir, remove } = makeTempDir();
afterAll(remove);
const here = { cwd: dir };

describe('page', () => {
  it('writes the page, with its tests, and the differences to another version', async () => {
    await runCli(['init', 'old'], here);
    await runCli(['init', 'new', '--name', 'old'], here);
    const rules = join(dir, 'new/rules/payment.yaml');
    writeFileSync(rules, readFileSync(rules, 'utf8').replace('score: 40', 'score: 41'));
    const { code, json } = await runJson<PageJson>(
      ['page', 'new', '-o', 'out/p.html', '--date', 'today', '--against', 'old'],
      here,
    );
    expect(code).toBe(0);
    const page = readFileSync(join(dir, 'out/p.html'), 'utf8');
    expect(json).toEqual({
      ...{ ok: true, name: 'old', version: '0.1.0', image: expect.stringMatching(/^[0-9a-f]{16}$/), file: 'out/p.html' },
      ...{ bytes: Buffer.byteLength(page), tests: { passed: expect.any(Number), failed: expect.any(Number) } },
    });
    expect(json.tests!.failed).toBeGreaterThan(0);
    expect(page).toContain('<dt>Date</dt><dd>today</dd>');
    expect(page).toContain('Changes since 0.1.0');
    expect(page).toContain(json.image);
    const text = await runCli(['page', 'new', '--no-tests'], here);
    expect(text).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^old-0\.1\.0\.html: old 0\.1\.0, image [0-9a-f]{16}, [\d,]+ bytes\n$/),
    });
    expect(readFileSync(join(dir, 'old-0.1.0.html'), 'utf8')).not.toContain('id="tests"');
  });

  it('writes none of a bundle that does not compile', async () => {
    await runCli(['init', 'wrong'], here);
    writeFileSync(join(dir, 'wrong/rules/payment.yaml'), '- { id: a, when: amuont > 1, then: { score: 1 } }\n');
    const { code, stdout } = await runCli(['page', 'wrong', '-o', 'wrong.html'], here);
    expect([code, stdout]).toEqual([1, expect.stringContaining('did you mean `amount`')]);
    expect(existsSync(join(dir, 'wrong.html'))).toBe(false);
  });
});
