// What npm would publish, unpacked into an empty project with nothing but the production dependencies beside it.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
  bin: { verdict: string };
  dependencies: Record<string, string>;
};

let project: string;
let paths: string[];

const run = (command: string, ...args: string[]): string => execFileSync(command, args, { cwd: project, encoding: 'utf8' });
const verdict = (...args: string[]): string => run(process.execPath, join('node_modules/verdict', manifest.bin.verdict), ...args);

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'verdict-package-'));
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ filename, files }] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];
  paths = files.map(({ path }) => path);
  mkdirSync(join(project, 'node_modules'));
  run('tar', '-xzf', filename, '-C', 'node_modules');
  run('mv', 'node_modules/package', 'node_modules/verdict');
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(dirname(join(project, 'node_modules', name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name), 'dir');
  }
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

it('holds the product and nothing of the workshop', () => {
  expect(paths).toContain('dist/engine.wasm');
  expect(paths).toContain('schemas/decision.fbs');
  for (const name of ['README.md', 'LICENSE', 'NOTICE', 'CHANGELOG.md']) expect(paths).toContain(name);
  expect(paths.filter((path) => /^(dist\/)?(test|bench|node_modules)\/|(^|\/)(src\/dev|\.cache)\//.test(path))).toEqual([]);
});

it('has the source that each source map names', () => {
  const maps = paths.filter((path) => path.endsWith('.map'));
  const missing = maps.filter((path) => {
    const file = join(project, 'node_modules/verdict', path);
    const { sources } = JSON.parse(readFileSync(file, 'utf8')) as { sources: string[] };
    return !sources.every((source) => existsSync(join(dirname(file), source)));
  });
  expect(maps.length).toBeGreaterThan(0);
  expect(missing).toEqual([]);
});

it('gives a command that starts on its own', () => {
  const main = readFileSync(join(project, 'node_modules/verdict', manifest.bin.verdict), 'utf8');
  expect(main.startsWith('#!/usr/bin/env node\n')).toBe(true);
  expect(verdict('--version').trim()).toBe(manifest.version);
  verdict('init', 'payments');
  verdict('check', 'payments');
  verdict('test', 'payments');
});

it('gives a module that decides', () => {
  writeFileSync(
    join(project, 'decide.mjs'),
    `import { readFileSync } from 'node:fs';
    import { createEngine } from 'verdict';
    const engine = await createEngine();
    const rules = await engine.load(readFileSync('payments.image'));
    console.log(rules.decide({ amount: 9000, currency: 'EUR', country: 'DE', hour: 12 }).outcome);
    await engine.close();`,
  );
  verdict('compile', 'payments', '--output', 'payments.image');
  expect(run(process.execPath, 'decide.mjs').trim()).toBe('review');
});
