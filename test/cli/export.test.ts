// verdict export --format: documents of a bundle.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeTempDir, ROOT, runCli, runJson } from './run-cli.js';

interface Exported {
  ok: boolean;
  format: string;
  files: string[];
  diagnostics: { code: string; file: string }[];
}

const BUNDLE = join(ROOT, 'examples/lending');
let folder: { dir: string; remove(): void };
beforeAll(() => {
  folder = makeTempDir();
});
afterAll(() => folder.remove());

it('writes DMN, and names what is left out', async () => {
  const file = join(folder.dir, 'lending.dmn');
  const { code, json } = await runJson<Exported>(['export', BUNDLE, '--format', 'dmn', '-o', file]);
  expect([code, json.ok, json.format, json.files]).toEqual([1, false, 'dmn', [file]]);
  expect(new Set(json.diagnostics.map((found) => found.code))).toEqual(new Set(['V7501']));
  expect(readFileSync(file, 'utf8')).toContain('<decisionTable hitPolicy=');
});

it('writes tables as CSV with another separator', async () => {
  const dir = join(folder.dir, 'tables');
  const { code, json } = await runJson<Exported>(['export', BUNDLE, '--format', 'csv', '-o', dir, '--separator', ';']);
  expect([code, json.ok, json.files]).toEqual([0, true, [join(dir, 'limits.csv'), join(dir, 'signals.csv')]]);
  expect(readFileSync(join(dir, 'limits.csv'), 'utf8')).toMatch(/^\uFEFFGrade;Region;Purpose;'-> maximum/);
});

it('knows no other format', async () => {
  const { code, stderr } = await runCli(['export', BUNDLE, '--format', 'xls']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('wasm')]);
});
