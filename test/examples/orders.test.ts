import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { ROOT, runJson } from '../cli/run-cli.js';
import { exampleFiles } from './open-example.js';

describe('the orders bundle', () => {
  it('has no warnings, and an up-to-date lock', () => {
    const files = exampleFiles('orders');
    const { diagnostics, lock } = compile(files, { profileMax: 'standard' });
    expect(diagnostics).toEqual([]);
    expect(lock).toEqual(JSON.parse(new TextDecoder().decode(files.get('model.lock.json'))));
  });

  it('decides each of its tests as it says; they take every row and fire every rule', async () => {
    const { code, json } = await runJson<{ ok: boolean; passed: number; failed: number }>([
      ...['test', join(ROOT, 'examples/orders'), '--coverage-min', '100'],
    ]);
    expect([code, json.ok]).toEqual([0, true]);
  });
});
