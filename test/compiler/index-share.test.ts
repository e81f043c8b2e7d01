// Tests that several conditions make and that no index can hold: made once before it, and held as a boolean.

import { afterAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { createEngine, type Engine } from '#src/index.js';
import { PAYLOAD, worldFiles } from './bundle-world.js';

let engine: Engine | undefined;
afterAll(() => engine?.close());

interface Case {
  /** Conditions of rules; those before them are `i === 0` to `i === 3`. */
  rules: readonly string[];
  /** What the index holds as a boolean, by name, with the conditions that ask it. */
  shared: Readonly<Record<string, number>>;
  payloads: readonly Record<string, unknown>[];
}

const PLAIN = ['i === 0', 'i === 1', 'i === 2', 'i === 3'];

/** Compares what is shared, and all decisions with those of the program without an index. */
async function check({ rules, shared, payloads }: Case): Promise<void> {
  engine ??= await createEngine({ poolThreads: 0 });
  const written = [...PLAIN, ...rules].map((when, at) => `- id: r${at}\n  when: '${when}'\n  then: { score: 1, reason: R${at} }\n`);
  const files = worldFiles({ 'rules/all.yaml': written.join('') }, { profile: 'standard' });
  const images = (['off', 'on'] as const).map((index) => compile(files, { profileMax: 'standard', index }));
  for (const { diagnostics } of images) expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const dimensions = images[1]!.indexes!.find(({ name }) => name === 'rules')!.dimensions;
  const found = dimensions.filter(({ name }) => name.startsWith('a test of')).map(({ name, tests }) => [name.slice(10), tests]);
  expect(Object.fromEntries(found)).toEqual(shared);
  const [plain, indexed] = [await engine.load(images[0]!.image!), await engine.load(images[1]!.image!)];
  const compare = (how: string): void => {
    for (const payload of payloads) {
      const { image: _, ...expected } = plain.decide({ ...PAYLOAD, ...payload });
      expect(indexed.decide({ ...PAYLOAD, ...payload }), `${how}: ${JSON.stringify(payload)}`).toMatchObject(expected);
    }
  };
  compare('interpreted');
  await indexed.warmUp();
  expect(indexed.live.code).toBeDefined();
  compare('generated');
  plain.release();
  indexed.release();
}

const ENDS = 's.endsWith("x")';
const texts = [{ s: 'x' }, { s: 'ax', i: 1 }, { s: 'y', i: 2 }, { s: '', i: 5 }];
const numbers = [
  { n: 1, i: 0 },
  { n: 8, i: 7 },
  { n: -1, i: 9 },
  { n: 0, i: 0 },
];

const cases: Record<string, Case> = {
  'a call': { rules: [ENDS, `i > 1 && ${ENDS}`], shared: { s: 2 }, payloads: texts },
  'its negation is the same test': { rules: [ENDS, `i < 2 && !${ENDS}`, `!(${ENDS})`], shared: { s: 3 }, payloads: texts },
  'one of two fields': { rules: ['n > i', 'n > i && flag', 'n > i * 2'], shared: { 'n, i': 2 }, payloads: numbers },
  'a test and its negation in one condition': { rules: [`${ENDS} && !${ENDS}`, ENDS], shared: { s: 2 }, payloads: texts },
  'a disjunction as a whole': {
    rules: ['flag || n > 3', 'i > 1 && (flag || n > 3)', 'flag || n > 4'],
    shared: { 'flag, n': 2 },
    payloads: [...numbers, { flag: true }],
  },
  'walks whose names differ': {
    rules: ['items !== null && items.some(x => x > n)', 'items !== null && items.some(y => y > n)'],
    shared: { items: 2, 'items, n': 2 },
    payloads: [{ items: [1, 2], n: 1 }, { items: [], n: 0 }, { n: 0 }, { items: [1], n: 1 }],
  },
  'other constants are other tests': { rules: [ENDS, 's.endsWith("y")', 's.endsWith("xx")'], shared: {}, payloads: texts },
  'the sign of a zero counts': {
    rules: ['1 / (n * 0) < i', '1 / (n * -0) < i', 'n * i > 3'],
    shared: {},
    payloads: numbers,
  },
  'what an index holds is not shared': { rules: ['n > 3', 'n > 3 && flag'], shared: {}, payloads: numbers },
  'what makes texts is not': {
    rules: ['(s + "x") === "xx"', 'flag && (s + "x") === "xx"'],
    shared: {},
    payloads: texts,
  },
  'what can fail is not, and fails where it did': {
    rules: [
      'divide(amount, amount - 1.00, 2, "half-even") > 1.00',
      'i > 1 && divide(amount, amount - 1.00, 2, "half-even") > 1.00',
    ],
    shared: {},
    payloads: [{ amount: 1 }, { amount: 2, i: 2 }, { amount: 1, i: 3 }],
  },
};

describe('tests that several conditions make', () => {
  for (const [name, one] of Object.entries(cases)) it(name, () => check(one));

  it('are no more than have registers', async () => {
    const rules = Array.from({ length: 40 }, (_, at) => [`n > i + ${at}`, `flag && n > i + ${at}`]).flat();
    const files = worldFiles(
      {
        'rules/all.yaml': rules.map((when, at) => `- id: r${at}\n  when: ${when}\n  then: { score: 1, reason: R${at} }\n`).join(''),
      },
      { profile: 'standard' },
    );
    const { indexes } = compile(files, { profileMax: 'standard', index: 'on' });
    expect(indexes!.find(({ name }) => name === 'rules')!.dimensions.filter(({ name }) => name === 'a test of n, i')).toHaveLength(
      32,
    );
  });

  it('are shared by choice where many conditions that are still possible make them', async () => {
    const rows = Array.from({ length: 400 }, (_, at) => `  - { when: ["value.endsWith(\\"x\\")", "> ${at}"], then: [${at}] }\n`);
    const table = `hitPolicy: first\ninputs: [s, n]\noutputs: [{ name: v, type: number }]\nrows:\n${rows.join('')}`;
    const rule = '- id: a\n  when: t.v === 7\n  then: { score: 1, reason: A }\n';
    const files = worldFiles({ 'tables/t.yaml': table, 'rules/a.yaml': rule }, { profile: 'standard' });
    const { indexes } = compile(files, { profileMax: 'standard' });
    const { dimensions, residual } = indexes!.find(({ name }) => name === 'table t')!;
    expect(dimensions.map(({ name, tests }) => [name, tests])).toEqual([
      ['n', 400],
      ['a test of s', 400],
    ]);
    expect(residual).toEqual([]);
  });
});
