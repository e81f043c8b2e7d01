// The bundles for third-party tables compile without a word, and pass the tests they carry, with or without the tables.

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const CLI = path.resolve(import.meta.dirname, '../../dist/src/cli/main.js');

function check(command: 'check' | 'test', bundle: string): Record<string, unknown> {
  const stdout = execFileSync(process.execPath, [CLI, command, path.join(import.meta.dirname, bundle), '--json'], {
    encoding: 'utf8',
  });
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe.each(['fdh', 'german', 'uci', 'ibm'])('%s', (bundle) => {
  it('compiles without diagnostics', () => {
    expect(check('check', bundle)).toMatchObject({ ok: true, diagnostics: [] });
  });

  it('passes its tests', () => {
    expect(check('test', bundle)).toMatchObject({ ok: true });
  });
});
