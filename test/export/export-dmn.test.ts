// A bundle exported to DMN and imported again decides alike; what cannot be said is named with its place.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { exportDmn } from '#src/export/dmn/export-dmn.js';
import { importDmn } from '#src/import/dmn/import-dmn.js';
import { createEngine, type Engine } from '#src/index.js';
import { filesOf } from '../bundle/files.js';
import { testSeed } from '../lib/model.js';

const HEAD = `name: loans
version: 1.0.0
model: model.yaml
profile: standard
onError: review
`;

const MODEL = `type: object
required: [amount, age, country, flag, at, items]
properties:
  amount: { type: number, multipleOf: 0.01, minimum: 0, maximum: 100000 }
  age: { type: integer, minimum: 0, maximum: 120 }
  country: { type: string, enum: [US, GB, DE] }
  employment: { type: string, enum: [employee, selfEmployed, none] }
  email: { type: string, maxLength: 60, description: Where to write. }
  flag: { type: boolean }
  maybe: { type: boolean }
  risk: { type: number }
  born: { type: string, format: date }
  at: { type: string, format: date-time }
  card:
    type: object
    required: [brand]
    properties:
      brand: { type: string, maxLength: 10 }
      limit: { type: number }
  items:
    type: array
    maxItems: 5
    items:
      type: object
      required: [price, quantity]
      properties:
        price: { type: number, multipleOf: 0.01, minimum: 0, maximum: 1000 }
        quantity: { type: integer, minimum: 0, maximum: 9 }
`;

const FILES: Record<string, string> = {
  'bundle.yaml': HEAD,
  'model.yaml': MODEL,
  'features/a.yaml': `
- { name: fee, value: amount * 0.01 + 5 }
- name: band
  cases:
    - { when: age < 25, value: '"young"' }
    - { when: age < 65, value: '"middle"' }
    - { value: '"old"' }
- { name: score, value: (risk ?? 0.5) * 2 - 1 }
- { name: mail, value: 'email?.toLowerCase() ?? "none"' }
- { name: limit, value: 'card !== null && card.limit !== null ? card.limit * 1.5 : null' }
- { name: old, value: 'born !== null && born < "1980-06-15"' }
- { name: large, value: items.some(item => item.price > 500 && item.quantity > 1) }
- { name: total, value: 'items.reduce((sum, item) => sum + item.price, 0)' }
- { name: both, value: 'flag && (maybe === true || risk !== null && risk >= 0.5)' }
`,
  'tables/price.yaml': `
hitPolicy: first
inputs: [amount, country, band]
outputs:
  - { name: rate, type: { decimal: 2 }, default: 9.5 }
  - { name: note, type: string, default: none }
rows:
  - { when: ['< 1000', US, '-'], then: [4.5, small] }
  - { when: ['[1000..5000)', 'not(DE)', young], then: [3.95, "usual case"] }
  - { when: ['> fee * 100', 'GB, DE', '-'], then: [2, (mail)] }
`,
  'tables/offers.yaml': `
hitPolicy: collect
inputs: [amount, age]
outputs: [{ name: points, type: number }, { name: code, type: string }]
rows:
  - { when: ['> 100', '-'], then: [5, big] }
  - { when: ['-', '> 60'], then: [7, senior] }
`,
  'tables/surcharge.yaml': `
hitPolicy: collect
aggregate: sum
inputs: [amount, employment]
outputs: [{ name: percent, type: { decimal: 1 } }]
rows:
  - { when: ['> 10000', '-'], then: [0.5] }
  - { when: ['-', 'none, null'], then: [1.5] }
`,
  'tables/tier.yaml': `
hitPolicy: priority
inputs: [risk, employment, email]
outputs: [{ name: tier, type: string, values: [gold, silver, plain] }]
rows:
  - { when: ['< 0.2', '-', '-'], then: [gold] }
  - { when: ['-', not(none), '-'], then: [silver] }
  - { when: ['!== 0.7', '-', 'value.endsWith("x")'], then: [plain] }
`,
  'outputs.yaml': `
- { name: fee, value: fee }
- { name: score, value: score }
- { name: band, value: band }
- { name: mail, value: mail }
- { name: limit, value: limit }
- { name: flags.old, value: old }
- { name: flags.large, value: large }
- { name: flags.both, value: both }
- { name: basket, value: total + amount }
- { name: price.rate, value: price.rate }
- { name: price.note, value: price.note }
- { name: Tier, value: tier.tier }
- { name: surcharged, value: surcharge.percent }
- { name: shown, each: offers, as: row, values: { points: row.points, code: row.code } }
`,
};

const cents = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: max * 100 }).map((value) => value / 100);
const sometimes = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const PAYLOADS = fc.record({
  amount: fc.oneof(cents(100_000), fc.constantFrom(0, 100, 999.99, 1000, 5000, 10_000)),
  age: fc.integer({ min: 0, max: 120 }),
  country: fc.constantFrom('US', 'GB', 'DE'),
  employment: sometimes(fc.constantFrom('employee', 'selfEmployed', 'none')),
  email: sometimes(fc.constantFrom('a@x', 'B@X.example', '', 'x')),
  flag: fc.boolean(),
  maybe: sometimes(fc.boolean()),
  risk: sometimes(fc.constantFrom(0, 0.1, 0.2, 0.5, 0.7, 1)),
  born: sometimes(fc.constantFrom('1980-06-14', '1980-06-15', '2001-01-01')),
  at: fc.constant('2026-01-01T00:00:00Z'),
  card: sometimes(fc.record({ brand: fc.constantFrom('A', 'B'), limit: sometimes(fc.integer({ min: 0, max: 900 })) })),
  items: fc.array(fc.record({ price: cents(1000), quantity: fc.integer({ min: 0, max: 9 }) }), { maxLength: 5 }),
});

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ poolThreads: 0 });
});
afterAll(async () => {
  await engine.close();
});

function imageOf(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const { image, diagnostics } = compile(files, { profileMax: 'standard' });
  if (image === undefined) throw new Error(diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n'));
  return image;
}

function exported(files: Record<string, string>): string {
  const { text, diagnostics } = exportDmn(filesOf(files));
  expect(diagnostics).toEqual([]);
  return text!;
}

describe('there and back', () => {
  it('decides alike', async () => {
    const source = { name: 'loans.dmn', text: exported(FILES) };
    const { files, diagnostics } = importDmn(source, {});
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const [there, back] = [await engine.load(imageOf(filesOf(FILES))), await engine.load(imageOf(files))];
    fc.assert(
      fc.property(PAYLOADS, (payload) => {
        const [a, b] = [there.decide(payload), back.decide(payload)];
        expect([a.status, b.status]).toEqual(['OK', 'OK']);
        expect(b.outputs).toMatchObject(a.outputs as object);
      }),
      { seed: testSeed('export-dmn'), numRuns: 1000 },
    );
    there.release();
    back.release();
  });

  it('keeps the model', () => {
    const { files } = importDmn({ name: 'loans.dmn', text: exported(FILES) }, {});
    const model = new TextDecoder().decode(files.get('model.yaml'));
    expect(model).toContain('required: [ amount, age, country, flag, at, items ]');
    expect(model).toContain('multipleOf: 0.01');
    expect(model).toContain('maxLength: 60');
    expect(model).toContain('maxItems: 5');
  });
});

describe('what FEEL cannot say', () => {
  it.each([
    ['amount % 3', '`a` is not exported: FEEL has no `%` of this meaning'],
    ['email?.length ?? 0', '`a` is not exported: the length of a text counts UTF-16 units'],
    ['at.hour("UTC")', '`a` is not exported: `.hour()` has no counterpart'],
    ['Math.round(risk ?? 0)', '`a` is not exported: `Math.round` has no counterpart'],
    ['items.reduce((most, item) => Math.max(most, item.quantity), 0)', '`a` is not exported: only sums of a list'],
  ])('%s', (value, message) => {
    const files = {
      'bundle.yaml': HEAD,
      'model.yaml': MODEL,
      'features/a.yaml': `- { name: a, value: '${value}' }\n- { name: b, value: a * 2 }\n`,
      'outputs.yaml': '- { name: c, value: b }\n- { name: d, value: age }\n',
    };
    const { text, diagnostics } = exportDmn(filesOf(files));
    expect(diagnostics.map((found) => `${found.code} ${found.message}`)).toEqual([
      expect.stringContaining(`V7501 ${message}`),
      expect.stringContaining('V7501 `b` is not exported: `a` is not exported'),
      expect.stringContaining('V7501 the output `c` is not exported: `b` is not exported'),
    ]);
    expect(text).toContain('name="d"');
  });

  it('names rules and scorecards', () => {
    const files = {
      'bundle.yaml': `${HEAD}decide: { combine: score, outcomes: [{ outcome: approve }] }\n`,
      'model.yaml': MODEL,
      'rules/a.yaml': '- { id: r, when: flag, then: { score: 1, reason: R } }\n',
      'outputs.yaml': '- { name: d, value: age }\n',
    };
    const { diagnostics } = exportDmn(filesOf(files));
    expect(diagnostics.map(({ message, span }) => `${message} @${span.file}`)).toEqual([
      '`r` is not exported: DMN has no counterpart of a rule that decides @rules/a.yaml',
    ]);
  });

  it('gives the faults of a bundle that has some', () => {
    expect(exportDmn(filesOf({ 'bundle.yaml': 'name: 5\n' })).text).toBeUndefined();
  });
});

const XSD = join(import.meta.dirname, '../../../shared/data/dmn-tck/TestCases/DMN13.xsd');
const hasXmllint = ((): boolean => {
  try {
    execFileSync('xmllint', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

it.skipIf(!hasXmllint || !existsSync(XSD))('is valid by the XSD of DMN 1.3', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'verdict-dmn-')), 'loans.dmn');
  writeFileSync(file, exported(FILES));
  execFileSync('xmllint', ['--noout', '--nonet', '--schema', XSD, file], { stdio: 'pipe' });
});
