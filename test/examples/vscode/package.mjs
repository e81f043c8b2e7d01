// `node test/examples/vscode/package.mjs` packages examples/vscode as its readme says, with npm and vsce of the registry, and runs
// extension.test.ts over what was packaged. It needs the network, and so is no part of the suite.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'verdict-vsix-'));
const run = (cwd, command, args, env = {}) =>
  execFileSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
try {
  const source = join(folder, 'source');
  cpSync(join(root, 'examples/vscode'), source, { recursive: true, filter: (path) => !path.includes('node_modules') });
  run(source, 'npm', ['install', '--no-audit', '--no-fund']);
  run(source, 'npm', ['run', 'package']);
  const packaged = readdirSync(source).find((name) => name.endsWith('.vsix'));
  run(folder, 'unzip', ['-q', join(source, packaged), '-d', 'unpacked']);
  const extension = join(folder, 'unpacked/extension');
  run(root, 'npx', ['vitest', 'run', 'test/examples/vscode'], { VERDICT_EXTENSION: extension });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
