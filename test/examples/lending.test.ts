import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { exampleFiles, type OpenExample, openExample } from './open-example.js';

describe('the lending bundle', () => {
  let open: OpenExample;
  beforeAll(async () => {
    open = await openExample('lending');
  });
  afterAll(() => open.close());

  it('has no warnings', () => {
    expect(compile(exampleFiles('lending'), { profileMax: 'standard' }).diagnostics).toEqual([]);
  });

  it('decides each of its tests as it says', () => {
    const { manifest } = open.ruleSet;
    expect(manifest.tables.map(({ name, file }) => [name, file])).toEqual([
      ['limits', 'tables/limits.csv'],
      ['signals', 'tables/signals.yaml'],
    ]);
    expect(manifest.zones).toMatch(/^20\d\d[a-z]$/);
  });

  it('has an up-to-date lock', () => {
    const lock = JSON.parse(readFileSync(new URL('../../examples/lending/model.lock.json', import.meta.url), 'utf8')) as object;
    expect(open.lock).toEqual(lock);
  });

  // What README.md promises.
  it.each([
    ['B;islands;-;20000;60;"no ""home"" loans there yet"\n', '', 'V4200'],
    ['B;north, south;home', 'B;-;home', 'V4201'],
  ])('%j in the table of limits replaced: a payload shows what is wrong', (from, to, code) => {
    const files = new Map(exampleFiles('lending'));
    const text = new TextDecoder().decode(files.get('tables/limits.csv'));
    expect(text).toContain(from);
    files.set('tables/limits.csv', new TextEncoder().encode(text.replace(from, to)));
    const { diagnostics, image } = compile(files, { profileMax: 'standard' });
    expect(image).toBeUndefined();
    expect(diagnostics.map((found) => found.code)).toContain(code);
  });
});
