// An import beside the engine that it comes from: how answers are compared, and the engines themselves, where they are installed.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { createEngine, type Engine } from '#src/engine.js';
import { recogniseFormat } from '#src/import/formats.js';
import type { Imported } from '#src/import/imported.js';
import { drawPayloadsOf } from '#src/import/payloads.js';
import { compareAnswers, DIFFERENCES_MAX, decideWith, type Verification, verifyImport } from '#src/import/verify.js';
import { makeRandom } from '#src/loadtest/random.js';

const NOTHING: Imported = { files: new Map(), diagnostics: [] };
type Json = Record<string, unknown>;

describe('answers', () => {
  const paths = (outputs: Json, wanted: unknown, imported: Partial<Imported> = {}, payload: Json = {}): string[] =>
    compareAnswers(imported, payload, outputs, wanted).map(({ path }) => path);

  it.each<[string, Json, unknown]>([
    ['absent and null', { a: null }, {}],
    ['an object without members', { a: { b: null } }, { a: null }],
    ['numbers to 14 digits', { a: 0.1 + 0.2 }, { a: 0.3 }],
    ['an integer as bigint', { a: 3, b: [4] }, { a: 3n, b: [4n] }],
    ['the number nearest to a bigint', { a: 9007199254740992 }, { a: 9007199254740993n }],
    ['lists', { a: [{ b: 1, c: null }] }, { a: [{ b: 1 }] }],
  ])('the same: %s', (_, outputs, wanted) => {
    expect(paths(outputs, wanted)).toEqual([]);
  });

  it.each<[string, Json, unknown, string[]]>([
    ['a number', { a: 1 }, { a: 1.0001 }, ['/a']],
    ['of another type', { a: '1' }, { a: 1 }, ['/a']],
    ['a bigint beside a text', { a: '1' }, { a: 1n }, ['/a']],
    ['a bigint beside the next', { a: 2 ** 52 }, { a: 2n ** 52n + 1n }, ['/a']],
    ['missing', {}, { a: { b: false } }, ['/a/b']],
    ['too much', { a: 0 }, {}, ['/a']],
    ['a list that is longer', { a: [1, 2] }, { a: [1] }, ['/a']],
    ['an element', { a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, ['/a/1/b']],
    ['an empty list', { a: [] }, {}, ['/a']],
    ['an object beside a text', { a: { b: 1 } }, { a: 'b' }, ['/a']],
  ])('other: %s', (_, outputs, wanted, differences) => {
    expect(paths(outputs, wanted)).toEqual(differences);
  });

  it('pass through what is given, and may leave out lists that are empty', () => {
    expect(paths({ a: { c: 2 } }, { a: { b: 1, c: 2 }, d: 3 }, { passesThrough: true }, { a: { b: 1 }, d: 3 })).toEqual([]);
    expect(paths({ a: { c: 2 } }, { a: { c: 2 } }, { passesThrough: true }, { a: { b: 1 } })).toEqual(['/a/b']);
    expect(paths({ a: { b: [] } }, {}, { emptyLists: ['a.b'] })).toEqual([]);
    expect(paths({ a: { c: [] } }, {}, { emptyLists: ['a.b'] })).toEqual(['/a/c']);
  });
});

describe('verifyImport', () => {
  it('counts what is the same, fails, is refused, and differs', async () => {
    const original = {
      title: 'a test',
      answer: async ({ n }: Json) =>
        n === 1 ? Promise.reject(new Error('fails')) : { twice: (n as number) * 2, other: { odd: 1 } },
      unknown: new Map([['other.fixed', 'no such function']]),
    };
    const decide = ({ n }: Json): Json | undefined =>
      n === 2 ? undefined : { twice: n === 3 ? 7 : (n as number) * 2, other: { odd: 1, fixed: 5 } };
    expect(
      await verifyImport(
        NOTHING,
        original,
        decide,
        [1, 2, 3, 4, 5].map((n) => ({ n })),
      ),
    ).toEqual({
      payloads: 5,
      same: 2,
      failing: 1,
      refused: 1,
      differences: [{ payload: 3, path: '/twice', original: 6, imported: 7 }],
      differenceCount: 1,
      notCompared: [{ output: 'other.fixed', reason: 'no such function' }],
    } satisfies Verification);
  });

  it('keeps no more differences than it says', async () => {
    const original = { title: 'a test', answer: async () => ({ a: 1, b: 1 }) };
    const payloads = Array.from({ length: DIFFERENCES_MAX }, () => ({}));
    const { differences, differenceCount } = await verifyImport(NOTHING, original, () => ({ a: 2, b: 2 }), payloads);
    expect([differences.length, differenceCount]).toEqual([DIFFERENCES_MAX, 2 * DIFFERENCES_MAX]);
  });
});

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ poolThreads: 0 });
});
afterAll(() => engine.close());

const text = (files: Imported['files'], path: string): string => new TextDecoder().decode(files.get(path));

/** Verifies a source on payloads that are drawn; `plant` changes what was imported first. */
async function verified(
  name: string,
  content: string,
  plant: [path: string, from: string, to: string] | undefined,
  payloads: Json[] = [],
): Promise<Verification> {
  const source = { name, text: content };
  const format = recogniseFormat(source)!;
  const imported = (await format.load())(source, { payloads });
  expect(imported.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const files = new Map(imported.files);
  if (plant !== undefined) {
    const [path, from, to] = plant;
    expect(text(files, path)).toContain(from);
    files.set(path, new TextEncoder().encode(text(files, path).replaceAll(from, to)));
  }
  const { image, diagnostics } = compile(files, { profileMax: 'standard' });
  if (image === undefined) throw new Error(diagnostics.map(({ message }) => message).join('; '));
  const rules = await engine.load(image);
  const original = await format.original!(source, imported);
  const drawn = drawPayloadsOf({ ...imported, files }, 400, makeRandom(1));
  const found = await verifyImport(imported, original!, decideWith(rules), drawn);
  rules.release();
  expect(found.payloads).toBe(400);
  return found;
}

const RULES = JSON.stringify({
  rules: [
    {
      name: 'grown up',
      priority: 2,
      conditions: { all: [{ condition: 'of age' }, { fact: 'country', operator: 'in', value: ['DE', 'FR'] }] },
      event: { type: 'welcome', params: { text: 'hello', 'a.b': { weight: 2 }, card: { fact: 'card', path: '$.limit' } } },
    },
    {
      conditions: {
        any: [
          { fact: 'tags', operator: 'contains', value: 'vip' },
          { not: { fact: 'card', path: '$.limit', operator: 'lessThan', value: 500 } },
        ],
      },
      event: { type: 'bonus', params: { none: null, list: [1] } },
    },
  ],
  conditions: { 'of age': { all: [{ fact: 'age', operator: 'greaterThanInclusive', value: 18 }] } },
  options: { allowUndefinedFacts: true, replaceFactsInEventParams: true },
});
const SAMPLES: Json[] = [
  { age: 20, country: 'DE', tags: ['vip'], card: { limit: 100.5 } },
  { country: 'IT', tags: [], card: { limit: null } },
];

describe('json-rules-engine', () => {
  it('answers the same', async () => {
    const { same, failing, refused, differences } = await verified('rules.json', RULES, undefined, SAMPLES);
    expect(differences).toEqual([]);
    expect([same, failing, refused]).toEqual([400, 0, 0]);
  });

  it.each<[string, string, string, string]>([
    ['features/conditions.yaml', '>= 18', '> 18', '/rules/grownUp'],
    ['outputs.yaml', 'hello', 'hallo', '/events/grownUp/text'],
  ])('finds what is changed in %s', async (path, from, to, where) => {
    const { differences } = await verified('rules.json', RULES, [path, from, to], SAMPLES);
    expect(differences.map((difference) => difference.path)).toContain(where);
  });

  it('fails where a fact is not given', async () => {
    const format = recogniseFormat({ name: 'r.json', text: RULES })!;
    const source = { name: 'r.json', text: JSON.stringify({ ...(JSON.parse(RULES) as Json), options: {} }) };
    const imported = (await format.load())(source, { payloads: SAMPLES });
    const original = await format.original!(source, imported);
    await expect(original!.answer({ country: 'DE' })).rejects.toThrow('age');
  });
});

const CEL = `variables:
  count: int(0, 1000)
  size: int
  big: uint
  risk: double
  name: string(20) | null
  at: timestamp
  color: enum("red", "green")
  card: '{ limit: int, note?: string(10) }'
  tags: list(string(8), 4)
  items: 'list({ price: double, number: uint }, 4)'
expressions:
  large: count > 100
  sum: size + count
  share: risk / double(count)
  quotient: 1000 / count
  next: big + 1u
  named: name != null && name.startsWith("call")
  when: at
  hour: at.getHours()
  shown: 'color == "red" ? "stop" : "go"'
  color: color
  card.noted: has(card.note) && card.note == "paid"
  card.limit: card.limit
  tagged: '"vip" in tags'
  double: 'items.map(i, i.price * 2.0)'
  any: items.exists(i, i.number > 5u && i.price < risk)
  fixed: '{"a": 1, "b": [1.5, 2.5]}'
  greatest: math.greatest(count, 5)
`;

describe('CEL', () => {
  it('has the same values', async () => {
    const { same, failing, refused, differences, notCompared } = await verified('x.cel.yaml', CEL, undefined);
    expect(differences).toEqual([]);
    // Where the count is 0 a quotient fails in both.
    expect(same + failing).toBe(400);
    expect(same).toBeGreaterThan(300);
    expect(refused).toBe(0);
    expect(notCompared).toEqual([{ output: 'greatest', reason: expect.stringContaining('math') as string }]);
  });

  it.each<[string, string, string]>([
    ['count > 100', 'count >= 100', '/large'],
    ['startsWith("call")', 'startsWith("all")', '/named'],
    ['price * 2', 'price * 3', '/double/0'],
    ['"stop"', '"halt"', '/shown'],
  ])('finds %s become %s', async (from, to, where) => {
    const { differences } = await verified('x.cel.yaml', CEL, ['outputs.yaml', from, to]);
    expect(differences.map(({ path }) => path)).toContain(where);
  });
});
