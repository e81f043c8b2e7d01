// test.mjs in a small project of its own: what it counts, and what it calls a failure. Lint and types are the real ones.

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;
let root: string;

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

const tests = {
  'test/good.test.ts': `import { expect, it } from 'vitest';

it('adds', () => expect(1 + 1).toBe(2));
`,
  'test/skipping.test.ts': `import { it } from 'vitest';

it.skip('listed', () => undefined);
it('noted', (context) => context.skip('no gcc here'));
`,
  'test/bad.test.ts': `import { expect, it } from 'vitest';

it('adds', () => expect(1 + 1).toBe(3));
`,
  'test/broken.test.ts': `throw new Error('cannot be imported');
`,
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'verdict-test-'));
  root = join(folder, 'project');
  for (const [path, text] of Object.entries(tests)) write(path, text);
  write('src/dev/generate.mjs', '');
  copyFileSync(join(repository, 'src/dev/test.mjs'), join(root, 'src/dev/test.mjs'));
  write(
    'test/tsconfig.json',
    '{ "compilerOptions": { "noEmit": true, "module": "nodenext", "skipLibCheck": true }, "files": ["good.test.ts"] }\n',
  );
  write('test/skips.json', '{ "test/skipping.test.ts > listed": "needs the moon" }\n');
  write('package.json', '{ "type": "module" }\n');
  write(
    'biome.json',
    '{ "files": { "includes": ["test/*.ts"] }, "linter": { "enabled": false }, "formatter": { "enabled": false } }\n',
  );
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'), 'dir');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the tests whose path holds one of `filters`; returns the exit code, the last line, and all that was printed. */
function run(filters: readonly string[], env: Record<string, string>): { code: number | null; last: string; output: string } {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(CI|VITEST.*|TEST|NODE_ENV|TINYPOOL.*)$/.test(name));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/dev/test.mjs', ...filters], {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...env, NO_COLOR: '1' },
    encoding: 'utf8',
  });
  return { code: status, last: stdout.trimEnd().split('\n').at(-1)!, output: stdout + stderr };
}

it('counts static checks and tests, and lists what was skipped and why', () => {
  const { code, last, output } = run(['good', 'skipping'], {});
  expect({ code, last }).toEqual({ code: 0, last: '4 passed, 0 failed, 2 skipped' });
  expect(output).toContain('  test/skipping.test.ts > listed: needs the moon\n');
  expect(output).toContain('  test/skipping.test.ts > noted: no gcc here\n');
});

it('fails for a failing test, and for a file that cannot be imported', () => {
  expect(run(['bad', 'broken', 'good'], {})).toMatchObject({ code: 1, last: '4 passed, 2 failed, 0 skipped' });
});

it('fails where no test was found', () => {
  expect(run(['nothing-is-called-so'], {})).toMatchObject({ code: 1, last: '3 passed, 1 failed, 0 skipped' });
});

it('calls a skip without a listed reason a failure where CI=true and ../shared is there', () => {
  expect(run(['skipping'], { CI: 'true' })).toMatchObject({ code: 0, last: '3 passed, 0 failed, 2 skipped' });
  mkdirSync(join(folder, 'shared'));
  expect(run(['skipping'], { CI: 'true' })).toMatchObject({ code: 1, last: '3 passed, 1 failed, 1 skipped' });
});
