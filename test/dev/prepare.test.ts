// prepare.mjs in a small project of its own, with stand-ins for npm, asc and tsc that note each call in calls.log.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../src/dev/prepare.mjs', import.meta.url));
let root: string;

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

/** A tool that notes its name, then writes `outputs` as empty files; fails where a file `fail-NAME` lies in the root. */
const tool = (name: string, outputs: readonly string[]): string => `
  const { appendFileSync, existsSync, mkdirSync, writeFileSync } = require('node:fs');
  const { dirname } = require('node:path');
  appendFileSync('calls.log', '${name}\\n');
  if (existsSync('fail-${name}')) { console.error('the ${name} broke'); process.exit(3); }
  for (const path of ${JSON.stringify(outputs)}) { mkdirSync(dirname(path), { recursive: true }); writeFileSync(path, ''); }`;

const npm = `${tool('npm', [])}
  const tools = ${JSON.stringify({
    'node_modules/assemblyscript/bin/asc.js': tool('asc', ['dist/engine.wasm', 'dist/embedded.wasm', 'dist/embedded-scalar.wasm']),
    'node_modules/typescript/bin/tsc': tool('tsc', [
      'dist/src/index.js',
      'dist/src/cli/main.js',
      'dist/src/old.js',
      'dist/src/old.d.ts',
    ]),
  })};
  for (const [path, text] of Object.entries(tools)) { mkdirSync(dirname(path), { recursive: true }); writeFileSync(path, text); }`;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'verdict-prepare-'));
  write('src/dev/prepare.mjs', '');
  copyFileSync(script, join(root, 'src/dev/prepare.mjs'));
  write('package.json', '{ "type": "module", "bin": { "verdict": "dist/src/cli/main.js" } }');
  for (const path of ['package-lock.json', 'asconfig.json', 'tsconfig.json']) write(path, '{}');
  for (const path of ['src/index.ts', 'src/cli/main.ts', 'assembly/index.ts', 'assembly/shared/limits.ts']) write(path, '');
  for (const path of ['bench/main.ts', 'examples/generator.ts']) write(path, '');
  write('npm/npm-cli.js', npm);
  write('npm/package.json', '{}');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The engine is built three ways. */
const ASC = ['asc', 'asc', 'asc'];

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, npm_execpath: join(root, 'npm/npm-cli.js') });

/** Runs prepare; returns what it called since the last time, its exit code and its output. */
function prepare(): { calls: string[]; code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/dev/prepare.mjs'], {
    cwd: root,
    env: environment(),
    encoding: 'utf8',
  });
  return { calls: callsSince(), code: status, output: stdout + stderr };
}

function callsSince(): string[] {
  const path = join(root, 'calls.log');
  const calls = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').sort() : [];
  rmSync(path, { force: true });
  return calls;
}

it('installs and builds the first time, and does nothing the second', () => {
  const first = prepare();
  expect(first).toMatchObject({ calls: [...ASC, 'npm', 'tsc'], code: 0 });
  expect(first.output).toContain('installing packages');
  expect(prepare()).toEqual({ calls: [], code: 0, output: '' });
});

it('builds what a changed source asks for', () => {
  prepare();
  write('src/index.ts', 'changed');
  expect(prepare().calls).toEqual(['tsc']);
  write('assembly/index.ts', 'changed');
  expect(prepare().calls).toEqual(ASC);
  write('assembly/shared/limits.ts', 'changed');
  expect(prepare().calls).toEqual([...ASC, 'tsc']);
  write('bench/new.ts', '');
  expect(prepare().calls).toEqual(['tsc']);
  rmSync(join(root, 'dist/engine.wasm'));
  expect(prepare().calls).toEqual(['asc']);
});

it('installs again when the lockfile changed, and trusts what npm recorded for it', () => {
  prepare();
  write('package-lock.json', '{ "packages": { "": {}, "node_modules/a": { "version": "1.0.0" } } }');
  expect(prepare().calls).toEqual([...ASC, 'npm', 'tsc']);
  write('package-lock.json', '{ "packages": { "": {}, "node_modules/a": { "version": "1.0.1" } } }');
  write('node_modules/.package-lock.json', '{ "packages": { "node_modules/a": { "version": "1.0.1" } } }');
  expect(prepare().calls).toEqual([...ASC, 'tsc']);
});

it('removes outputs whose source is gone', () => {
  prepare();
  expect(existsSync(join(root, 'dist/src/index.js'))).toBe(true);
  expect(existsSync(join(root, 'dist/src/old.js'))).toBe(false);
  expect(existsSync(join(root, 'dist/src/old.d.ts'))).toBe(false);
});

for (const name of ['npm', 'asc', 'tsc']) {
  it(`fails with the error of ${name} and what to do, and tries again the next time`, () => {
    write(`fail-${name}`, '');
    const { code, output } = prepare();
    expect(code).toBe(1);
    expect(output).toContain(`the ${name} broke`);
    expect(output).toContain('What to do: ');
    rmSync(join(root, `fail-${name}`));
    const again = prepare();
    expect(again.code).toBe(0);
    expect(again.calls).toContain(name);
  });
}

const ended = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.on('close', resolve));

it('does the work once where several start together', async () => {
  const start = (): ChildProcess =>
    spawn(process.execPath, ['src/dev/prepare.mjs'], { cwd: root, env: environment(), stdio: 'ignore' });
  expect(await Promise.all([start(), start(), start(), start()].map(ended))).toEqual([0, 0, 0, 0]);
  expect(callsSince()).toEqual([...ASC, 'npm', 'tsc']);
  expect(existsSync(join(root, '.cache/prepare.lock'))).toBe(false);
});

it('takes over the lock of a process that is gone', async () => {
  const gone = spawn(process.execPath, ['-e', '']);
  await ended(gone);
  write('.cache/prepare.lock', String(gone.pid));
  expect(prepare()).toMatchObject({ calls: [...ASC, 'npm', 'tsc'], code: 0 });
});
