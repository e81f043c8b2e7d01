// Random outputs over random payloads: what the engine decides against JavaScript, by every reader.

import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readDecision as readOfClient } from '#src/client/read-decision.js';
import { generateModule } from '#src/codegen/generate.js';
import { compile } from '#src/compiler/compile.js';
import { createEngine, type Engine } from '#src/engine.js';
import { readImageFile } from '#src/image/file.js';
import { readDecision, renderDecision } from '#src/schema/decision.js';
import { testSeed } from '../../lib/model.js';

interface Item {
  cents: number;
  sku?: string;
  kind: 'food' | 'cash';
}

interface Payload {
  cents: number;
  risk: number;
  vip: boolean;
  country?: 'US' | 'DE';
  day: number;
  text: string;
  note?: string;
  tags?: string[];
  items: Item[];
}

const MODEL = `type: object
required: [amount, risk, vip, birthday, text, items]
properties:
  amount: { type: number, multipleOf: 0.01, minimum: 0, maximum: 10000 }
  risk: { type: number }
  vip: { type: boolean }
  country: { type: string, enum: [US, DE] }
  birthday: { type: string, format: date }
  text: { type: string, maxLength: 12 }
  note: { type: string, maxLength: 12 }
  tags: { type: array, maxItems: 7, items: { type: string, maxLength: 12 } }
  items:
    type: array
    maxItems: 6
    items:
      type: object
      required: [price, kind]
      properties:
        price: { type: number, multipleOf: 0.01, minimum: 0, maximum: 1000 }
        sku: { type: string, maxLength: 12 }
        kind: { type: string, enum: [food, cash] }
`;
const TABLE = `hitPolicy: collect
inputs: [risk, vip]
outputs: [{ name: word, type: string }, { name: points, type: number }]
rows:
  - { when: ['> 0', '-'], then: ['"much"', 5] }
  - { when: ['-', 'true'], then: ['text + "!"', null] }
  - { when: ['< 0.5', '-'], then: [null, 'risk * 2'] }
`;

const shown = (risk: number): number | null => (Number.isFinite(risk) ? risk : null);
const dayOf = (days: number): string => new Date(days * 86_400_000).toISOString().slice(0, 10);
const rowsOf = ({ risk, vip, text }: Payload): { word: string | null; points: number | null }[] => [
  ...(risk > 0 ? [{ word: 'much', points: 5 }] : []),
  ...(vip ? [{ word: `${text}!`, points: null }] : []),
  ...(risk < 0.5 ? [{ word: null, points: shown(risk * 2) }] : []),
];

/** Contents of outputs, each with what JavaScript makes of it. */
const CONTENTS: readonly [content: object, value: (payload: Payload) => unknown][] = [
  [{ value: 'amount' }, ({ cents }) => cents / 100],
  [{ value: 'amount * 3' }, ({ cents }) => (cents * 3) / 100],
  [{ value: 'risk * 2' }, ({ risk }) => shown(risk * 2)],
  [{ value: 'vip' }, ({ vip }) => vip],
  [{ value: 'country' }, ({ country }) => country ?? null],
  [{ value: 'birthday' }, ({ day }) => dayOf(day)],
  [{ value: 'text' }, ({ text }) => text],
  [{ value: 'note' }, ({ note }) => note ?? null],
  [{ value: 'text + "-" + (note ?? "")' }, ({ text, note }) => `${text}-${note ?? ''}`],
  [{ value: 'note === null ? null : note + text' }, ({ text, note }) => (note === undefined ? null : note + text)],
  [
    {
      cases: [
        { when: 'risk > 1', value: '"high"' },
        { when: 'vip', value: 'text' },
      ],
    },
    ({ risk, vip, text }) => (risk > 1 ? 'high' : vip ? text : null),
  ],
  [{ value: 'tags' }, ({ tags }) => tags ?? null],
  [{ value: 'tags?.filter(tag => tag.length > 2)' }, ({ tags }) => tags?.filter((tag) => tag.length > 2) ?? null],
  [{ value: 'tags?.map(tag => tag + text)' }, ({ tags, text }) => tags?.map((tag) => tag + text) ?? null],
  [{ value: 'items.map(item => item.price)' }, ({ items }) => items.map(({ cents }) => cents / 100)],
  [{ value: 'items.map(item => item.kind)' }, ({ items }) => items.map(({ kind }) => kind)],
  [{ value: 'items.map(item => item.price > 500)' }, ({ items }) => items.map(({ cents }) => cents > 50_000)],
  [
    { value: 'items.filter(item => item.sku !== null).map(item => item.sku)' },
    ({ items }) => items.flatMap(({ sku }) => sku ?? []),
  ],
  [{ value: '[text, text + "b", "c"]' }, ({ text }) => [text, `${text}b`, 'c']],
  [{ value: 'rows.word' }, (payload) => rowsOf(payload).flatMap(({ word }) => word ?? [])],
  [
    { each: 'rows', as: 'row', values: { word: 'row.word', points: 'row.points', both: '(row.word ?? "none") + text' } },
    (payload) => rowsOf(payload).map(({ word, points }) => ({ word, points, both: (word ?? 'none') + payload.text })),
  ],
  [
    { each: 'items', as: 'row', values: { price: 'row.price * 2', sku: 'row.sku', kind: 'row.kind', food: 'row.kind === "food"' } },
    ({ items }) => items.map(({ cents, sku, kind }) => ({ price: cents / 50, sku: sku ?? null, kind, food: kind === 'food' })),
  ],
  [
    { each: 'tags?.filter(tag => tag !== text)', as: 'row', values: { tag: 'row', long: 'row + row', risk: 'risk' } },
    ({ tags, text, risk }) =>
      tags?.filter((tag) => tag !== text).map((tag) => ({ tag, long: tag + tag, risk: shown(risk) })) ?? null,
  ],
  [
    {
      each: 'items',
      as: 'row',
      values: { 'of.price': 'row.price', sku: 'row.sku', 'of.its.kind': 'row.kind', 'of.its.risk': 'risk', 'is.vip': 'vip' },
    },
    ({ items, risk, vip }) =>
      items.map(({ cents, sku, kind }) => ({
        of: { price: cents / 100, its: { kind, risk: shown(risk) } },
        sku: sku ?? null,
        is: { vip },
      })),
  ],
];

const word = fc
  .string({ maxLength: 12, unit: fc.constantFrom('a', 'b', '"', '\\', '\n', 'ä', '漢', '😀') })
  .map((text) => [...text].slice(0, 12).join(''));
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const payloads = fc.record({
  cents: fc.nat(1_000_000),
  // JSON.stringify writes -0 as 0: plus 0, it is 0 here too.
  risk: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, 0.25, 1, 1.5)).map((risk) => risk + 0),
  vip: fc.boolean(),
  country: optional(fc.constantFrom('US' as const, 'DE' as const)),
  day: fc.integer({ min: -40_000, max: 40_000 }),
  text: word,
  note: optional(word),
  tags: optional(fc.array(word, { maxLength: 7 })),
  items: fc.array(
    fc.record({ cents: fc.nat(100_000), sku: optional(word), kind: fc.constantFrom('food' as const, 'cash' as const) }),
    { maxLength: 6 },
  ),
});

/** A payload as JSON has it. */
function jsonOf({ cents, day, items, ...rest }: Payload): object {
  const own = items.map((item) => ({
    price: item.cents / 100,
    kind: item.kind,
    ...(item.sku === undefined ? {} : { sku: item.sku }),
  }));
  return JSON.parse(JSON.stringify({ ...rest, amount: cents / 100, birthday: dayOf(day), items: own })) as object;
}

/** Outputs by name, nested by their points. */
function nested(names: readonly string[], values: readonly unknown[]): object {
  const root: Record<string, unknown> = {};
  for (const [index, name] of names.entries()) {
    const path = name.split('.');
    let level = root;
    for (const part of path.slice(0, -1)) {
      level[part] ??= {};
      level = level[part] as Record<string, unknown>;
    }
    level[path[path.length - 1]!] = values[index];
  }
  return root;
}

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ poolThreads: 0 });
});
afterAll(() => engine.close());

it('random outputs', async () => {
  const chosen = fc.uniqueArray(fc.nat(CONTENTS.length - 1), { minLength: 1, maxLength: 12 });
  const group = fc.constantFrom('', 'a.', 'b c.', 'a.x.', 'z.');
  const bundles = fc.tuple(
    chosen,
    fc.array(group, { minLength: 12, maxLength: 12 }),
    fc.array(payloads, { minLength: 1, maxLength: 6 }),
  );
  await fc.assert(
    fc.asyncProperty(bundles, async ([numbers, groups, given]) => {
      const names = numbers.map((number, index) => `${groups[index]}o${number}`);
      const outputs = numbers.map((number, index) => ({ name: names[index], ...CONTENTS[number]![0] }));
      const texts = {
        'bundle.yaml': 'name: random\nversion: 1.0.0\nmodel: model.yaml\nprofile: standard\nonError: fail\n',
        'model.yaml': MODEL,
        'outputs/all.json': JSON.stringify(outputs),
        'tables/rows.yaml': TABLE,
      };
      const files = new Map(Object.entries(texts).map(([path, text]) => [path, new TextEncoder().encode(text)]));
      const { image, diagnostics } = compile(files, { profileMax: 'standard' });
      if (image === undefined) throw new Error(JSON.stringify(diagnostics));
      const ruleSet = await engine.load(image);
      const expected = given.map((payload) =>
        nested(
          names,
          numbers.map((number) => CONTENTS[number]![1](payload as Payload)),
        ),
      );
      const made: Uint8Array[] = [];
      for (const [index, payload] of given.entries()) {
        const bytes = ruleSet.decideView(jsonOf(payload as Payload)).toBytes();
        expect(readDecision(bytes).outputs).toEqual(expected[index]);
        expect(readOfClient(bytes).outputs).toEqual(expected[index]);
        expect(JSON.parse(renderDecision(bytes)).outputs).toEqual(expected[index]);
        made.push(bytes);
        // The same bytes again, whatever lay there before.
        expect(ruleSet.decideView(JSON.stringify(jsonOf(payload as Payload))).toBytes()).toEqual(bytes);
      }
      expect(ruleSet.decideBatch(given.map((payload) => jsonOf(payload as Payload))).map((decision) => decision.outputs)).toEqual(
        expected,
      );
      // And by generated code.
      expect(generateModule(readImageFile(image).deciding).unsupported).toBe(undefined);
      await ruleSet.warmUp();
      for (const [index, payload] of given.entries()) {
        expect(ruleSet.decideView(jsonOf(payload as Payload)).toBytes()).toEqual(made[index]);
        expect(ruleSet.decideView(JSON.stringify(jsonOf(payload as Payload))).toBytes()).toEqual(made[index]);
      }
      ruleSet.release();
    }),
    { numRuns: 40, seed: testSeed('outputs') },
  );
});
