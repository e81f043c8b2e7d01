import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('src/schema/generated is what schemas/*.fbs gives', () => {
  const { status, stderr } = spawnSync(process.execPath, ['src/dev/generate.mjs', '--check'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
