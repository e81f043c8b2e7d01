// Pages of bundles that a test writes.

import { readBundle } from '#src/bundle/read-bundle.js';
import { listContents } from '#src/cli/list-files.js';
import { compile } from '#src/compiler/compile.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import type { Engine } from '#src/engine.js';
import { readImageFile } from '#src/image/file.js';
import { renderPage } from '#src/page/page.js';
import type { PageSource, PageVersion } from '#src/page/source.js';
import { runTests } from '#src/testing/run-tests.js';

export type Texts = Readonly<Record<string, string>>;

type Files = Texts | ReadonlyMap<string, Uint8Array>;

function bytesOf(files: Files): ReadonlyMap<string, Uint8Array> {
  if (files instanceof Map) return files as ReadonlyMap<string, Uint8Array>;
  return new Map(Object.entries(files as Texts).map(([path, text]) => [path, new TextEncoder().encode(text)]));
}

/** Compiles and reads files. */
export function sourceOf(files: Files): PageSource & { bytes: Uint8Array } {
  const read = bytesOf(files);
  const { image: bytes, manifest, costs, diagnostics, notProven } = compile(read, { profileMax: 'standard' });
  if (bytes === undefined || manifest === undefined) throw new Error(JSON.stringify(diagnostics, null, 1));
  const bundle = readBundle(read, new DiagnosticBag())!;
  const image = readImageFile(bytes).header.hash;
  return { bundle, manifest, image, bytes, date: '2026-01-31', diagnostics, notProven, costs: costs ?? [] };
}

/** The page, with the tests of the bundle where there is an engine to run them. */
export async function pageOf(files: Files, engine?: Engine, against?: PageVersion): Promise<string> {
  const { bytes, ...source } = sourceOf(files);
  const more = against === undefined ? {} : { against };
  if (engine === undefined) return renderPage({ ...source, ...more });
  const ruleSet = await engine.load(bytes, { lists: listContents(source.manifest, bytesOf(files), []) });
  try {
    return renderPage({ ...source, ...more, run: runTests(source.bundle.tests, ruleSet, {}) });
  } finally {
    ruleSet.release();
  }
}

/** A bundle with a little of everything. */
export const WHOLE: Texts = {
  'bundle.yaml': `
name: whole
version: 1.2.3
model: m.schema.yaml
profile: standard
onError: fail
decide:
  combine: score
  reasonsMax: 1
  outcomes: [{ atLeast: 80, outcome: decline }, { atLeast: 50, outcome: review }, { outcome: approve }]
`,
  'm.schema.yaml': `
title: Order
type: object
required: [amount, country]
properties:
  amount: { type: number, multipleOf: 0.01, minimum: 0, maximum: 1000.5, description: What is paid. }
  country: { type: string, enum: [DE, FR, amount] }
  note: { type: string, maxLength: 40, minLength: 1 }
  vip: { type: boolean, default: false }
  placedAt: { type: string, format: date-time }
  born: { type: string, format: date }
  ratio: { type: number }
  ledger: { type: integer, format: int64 }
  tags: { type: array, maxItems: 5, items: { type: string, maxLength: 10 } }
  items:
    type: array
    maxItems: 10
    items:
      type: object
      required: [price]
      properties: { price: { type: number, minimum: 0 }, count: { type: integer, default: 1 } }
  card: { type: object, required: [age], properties: { age: { type: integer } } }
`,
  'features/f.yaml': `
- { name: total, description: Of all items., value: 'items?.filter(i => i.price > 0).reduce((sum, one) => sum + one.price * one.count, 0) ?? 0' }
- { name: size, cases: [{ when: total > 100, value: '"big"' }, { value: '"small"' }] }
`,
  'rules/r.yaml': `
- id: large
  description: Much.
  when: amount > parameters.limits.amount && size === "big" && country !== "FR" && !vip && limits.rate > 1
  then: { score: 70, reason: LARGE }
- { id: blocked, when: note !== null && lists.blocked.includes(note), then: { outcome: decline, reason: BLOCKED } }
- { id: tagged, when: tags !== null && tags.includes("x") && points.score > 10, then: { score: 5, reason: LARGE } }
`,
  'tables/limits.yaml': `
description: Rates.
hitPolicy: unique
inputs: [{ value: country, label: Where }, amount]
outputs: [{ name: rate, type: number, default: 0 }, { name: reason }]
rows:
  - { id: home, description: At home., when: [DE, '< 500'], then: [1, HOME] }
  - { when: ['amount, FR', '-'], then: [2, null] }
`,
  'scorecards/points.yaml': `
contributes: true
initialScore: 5
type: { decimal: 1 }
characteristics:
  - { name: age, input: card?.age, reason: AGE, attributes: [{ when: '< 20', points: 1.5 }, { points: 10 }] }
`,
  'lists/blocked.yaml': 'type: string\ncontent: bundle\nmaximum: 10\n',
  'lists/blocked.txt': 'bad\n',
  'parameters/limits.yaml':
    'values:\n  amount: { type: { decimal: 2 }, default: "400.00", minimum: "0", maximum: "900", description: From which on it is much. }\n',
  'outputs.yaml': `
- { name: fee.total, description: At once., value: amount }
- { name: fee.kind, cases: [{ when: vip, value: '"none"' }, { value: '"full"' }] }
- { name: bought, each: items, as: item, values: { price: item.price, twice: item.price * 2 } }
`,
  'tests/t.yaml': `
- { name: at home, payload: { amount: 450, country: DE }, expect: { score: 15, outcome: approve } }
- { name: wrong, payload: { amount: 1, country: FR, note: bad }, expect: { outcome: review } }
- { name: broken, payload: { amount: -1, country: FR }, expect: { status: INVALID_PAYLOAD } }
`,
};
