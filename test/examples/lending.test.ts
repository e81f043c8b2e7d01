import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diagnosticsJson } from '#src/cli/bundle-dir.js';
import { compile } from '#src/compiler/compile.js';
import { toSarif } from '#src/diagnostic/sarif.js';
import { generateLoans } from '../../examples/lending/generator.js';
import { balancedAccuracy, exampleFiles, type OpenExample, openExample } from './open-example.js';

const SEED = 2026;
const rows = [...generateLoans({ seed: SEED, count: 10_000 })];

describe(`generated loans, seed ${SEED}`, () => {
  it('are the same for the same options, on every machine', () => {
    expect([...generateLoans({ seed: SEED, count: 10_000 })]).toEqual(rows);
    expect(createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 16)).toMatchInlineSnapshot(
      `"244dbcf082c90df7"`,
    );
  });

  it('end badly two times in ten, or a little more', () => {
    const share = rows.filter(({ bad }) => bad).length / rows.length;
    expect(share).toBeGreaterThan(0.18);
    expect(share).toBeLessThan(0.28);
  });

  it('refuse a count out of range', () => {
    expect(() => [...generateLoans({ seed: 1, count: 1.5 })]).toThrow(/count/);
  });
});

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

  it('tells good from bad better than chance, with room to spare', () => {
    expect(balancedAccuracy(open.ruleSet, rows)).toBeGreaterThan(0.67);
  });

  it('has no rule, and no row that decides, that never fires', () => {
    const fired = new Set<string>();
    for (const { payload } of rows.slice(0, 2000)) {
      for (const { id, hit } of open.ruleSet.explain(payload).rules) if (hit) fired.add(id);
    }
    expect(open.ruleSet.manifest.rules.map(({ id }) => id).filter((id) => !fired.has(id))).toEqual([]);
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
    const shown = diagnostics.filter((found) => found.code === code);
    expect(shown.length).toBeGreaterThan(0);
    // As data too, for editors and code hosts.
    const json = diagnosticsJson(shown, files);
    const sarif = toSarif(shown, files, '0.0.0') as { runs: { results: { properties?: { payload?: unknown } }[] }[] };
    for (const [index, { message, payload }] of shown.entries()) {
      expect(message).toContain(JSON.stringify(payload));
      expect(json[index]!.payload).toEqual(payload);
      expect(sarif.runs[0]!.results[index]!.properties!.payload).toEqual(payload);
      expect(open.ruleSet.decide(payload as object).status).toBe('OK');
    }
  });
});
