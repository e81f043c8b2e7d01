// Random tables over small domains: what the engine decides, and what the proofs find, against brute force over every input. Set
// VERDICT_SEED to run another series.

import { afterAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { Random } from '../lib/expression-model.js';
import { closeWorld, decideAll, faultsOf, PAYLOAD, worldFiles } from './bundle-world.js';

const SEED = Number(process.env.VERDICT_SEED ?? 20260931);
const TABLES = 12;

afterAll(closeWorld);

type Policy = 'unique' | 'any' | 'priority' | 'first' | 'ruleOrder' | 'outputOrder' | 'collect';
type Input = Record<string, unknown> & { i: number; country: string; flag: boolean; maybe?: number };

interface Cell {
  text: string;
  takes(value: unknown): boolean;
}

interface Row {
  cells: Cell[];
  output: number;
}

const COLUMNS = ['i', 'country', 'flag', 'maybe'] as const;
const COUNTRIES = ['US', 'GB', 'DE'];

/** Every input over a part of the domains; the other values behave like one of these. */
const INPUTS: Input[] = [0, 1, 2, 5, 9].flatMap((i) =>
  COUNTRIES.flatMap((country) =>
    [true, false].flatMap((flag) =>
      [undefined, 0, 3, 4, 9].map((maybe) => ({ i, country, flag, ...(maybe === undefined ? {} : { maybe }) })),
    ),
  ),
);

const ANY: Cell = { text: '-', takes: () => true };

function numberCell(random: Random, nullable: boolean): Cell {
  const isNumber = (value: unknown): value is number => typeof value === 'number';
  const [a, b] = [random.below(10), random.below(10)].sort((x, y) => x - y) as [number, number];
  const cells: Cell[] = [
    { text: String(a), takes: (value) => value === a },
    { text: `< ${a}`, takes: (value) => isNumber(value) && value < a },
    { text: `>= ${a}`, takes: (value) => isNumber(value) && value >= a },
    { text: `!== ${a}`, takes: (value) => isNumber(value) && value !== a },
    { text: `[${a}..${b}]`, takes: (value) => isNumber(value) && value >= a && value <= b },
    { text: `(${a}..${b + 1})`, takes: (value) => isNumber(value) && value > a && value < b + 1 },
    { text: `${a}, > ${b}`, takes: (value) => value === a || (isNumber(value) && value > b) },
    { text: `not(${a}, [${a}..${b}])`, takes: (value) => isNumber(value) && !(value >= a && value <= b) },
    { text: `not(< ${a})`, takes: (value) => isNumber(value) && value >= a },
  ];
  const cell = random.pick(cells);
  return nullable && random.chance(30)
    ? { text: `${cell.text}, null`, takes: (value) => value === undefined || cell.takes(value) }
    : cell;
}

function countryCell(random: Random): Cell {
  const [a, b] = [random.pick(COUNTRIES), random.pick(COUNTRIES)];
  return random.pick<Cell>([
    { text: a, takes: (value) => value === a },
    { text: `${a}, ${b}`, takes: (value) => value === a || value === b },
    { text: `not(${a})`, takes: (value) => value !== a },
    { text: `!== ${a}`, takes: (value) => value !== a },
  ]);
}

function randomRow(random: Random, outputs: number): Row {
  const flag = random.chance(50);
  const cells = [
    numberCell(random, false),
    countryCell(random),
    { text: String(flag), takes: (value: unknown) => value === flag },
    numberCell(random, true),
  ].map((cell) => (random.chance(55) ? ANY : cell));
  return { cells, output: 1 + random.below(outputs) };
}

const takes = ({ cells }: Row, input: Input): boolean => cells.every((cell, index) => cell.takes(input[COLUMNS[index]!]));

/** Reads the output as a number of three digits of base 8 with one rule for each bit, so that the score is the number. */
function bundleOf(rows: readonly Row[], policy: Policy, aggregate: string | undefined, read: string): Record<string, string> {
  const head = ['hitPolicy: ', policy, '\n', aggregate === undefined ? '' : `aggregate: ${aggregate}\n`].join('');
  const values = policy === 'priority' || policy === 'outputOrder' ? ', values: [3, 1, 4, 2]' : '';
  const list = rows.map(
    ({ cells, output }) => `  - { when: [${cells.map(({ text }) => JSON.stringify(text)).join(', ')}], then: [${output}] }\n`,
  );
  const bits = Array.from(
    { length: 18 },
    (_, bit) =>
      `- { id: bit-${bit}, when: 'Math.floor(code / ${2 ** bit}) % 2 === 1', then: { score: ${2 ** bit}, reason: BIT } }\n`,
  );
  return {
    'tables/t.yaml': `${head}inputs: [i, country, flag, maybe]\noutputs: [{ name: v, type: number${values} }]\nrows:\n${list.join('')}`,
    'features/a.yaml': `- { name: code, value: '${read}' }\n`,
    'rules/a.yaml': bits.join(''),
  };
}

const octal = (values: readonly number[]): number => values.reduce((sum, value) => sum * 8 + value, 0);
const byPriority = (values: readonly number[]): number[] =>
  [...values].sort((a, b) => [3, 1, 4, 2].indexOf(a) - [3, 1, 4, 2].indexOf(b));
const AS_LIST = 't.v.reduce((sum, value) => sum * 8 + value, 0)';
const ELSE_7 = 't.v ?? 7';

/** What the outputs of the rows that match come to. */
const policies: [Policy, string | undefined, string, (outputs: number[]) => number][] = [
  ['first', undefined, ELSE_7, ([value]) => value ?? 7],
  ['priority', undefined, ELSE_7, (values) => byPriority(values)[0] ?? 7],
  ['ruleOrder', undefined, AS_LIST, octal],
  ['outputOrder', undefined, AS_LIST, (values) => octal(byPriority(values))],
  ['collect', undefined, AS_LIST, octal],
  ['collect', 'sum', 't.v', (values) => values.reduce((a, b) => a + b, 0)],
  ['collect', 'min', ELSE_7, (values) => Math.min(7, ...values)],
  ['collect', 'max', ELSE_7, (values) => (values.length === 0 ? 7 : Math.max(...values))],
  ['collect', 'count', 't.v', (values) => values.length],
];

describe(`policies, seed ${SEED}`, () => {
  it.each(policies)('%s %s', async (policy, aggregate, read, combine) => {
    const random = new Random(SEED);
    for (let table = 0; table < TABLES; table++) {
      const rows = Array.from({ length: 1 + random.below(6) }, () => randomRow(random, 4));
      const texts = bundleOf(rows, policy, aggregate, read);
      const decisions = await decideAll(texts, INPUTS);
      const expected = INPUTS.map((input) => combine(rows.filter((row) => takes(row, input)).map(({ output }) => output)));
      expect(decisions.map(({ score }) => score)).toEqual(expected);
    }
  });

  it('unique and any: what is refused, and what runs', async () => {
    const random = new Random(SEED + 1);
    let refused = 0;
    for (let table = 0; table < 4 * TABLES; table++) {
      const rows = Array.from({ length: 1 + random.below(3) }, () => randomRow(random, 2));
      for (const policy of ['unique', 'any'] as const) {
        const texts = bundleOf(rows, policy, undefined, ELSE_7);
        const clash = allInputs().some((input) => {
          const found = rows.filter((row) => takes(row, input)).map(({ output }) => output);
          return policy === 'unique' ? found.length > 1 : new Set(found).size > 1;
        });
        expect(faultsOf(texts).some((fault) => fault.startsWith('V4201@'))).toBe(clash);
        if (clash) {
          refused++;
          continue;
        }
        const decisions = await decideAll(texts, INPUTS);
        const expected = INPUTS.map((input) => rows.find((row) => takes(row, input))?.output ?? 7);
        expect(decisions.map(({ score }) => score)).toEqual(expected);
      }
    }
    expect(refused).toBeGreaterThan(5);
  });

  it('gaps are found where there are any, and their payloads are not taken', () => {
    const random = new Random(SEED + 2);
    let open = 0;
    for (let table = 0; table < 4 * TABLES; table++) {
      const rows = Array.from({ length: 2 + random.below(6) }, () => randomRow(random, 4));
      const texts = bundleOf(rows, 'first', undefined, ELSE_7);
      const hasGap = allInputs().some((input) => !rows.some((row) => takes(row, input)));
      const gaps = compile(worldFiles(texts), { profileMax: 'standard' }).diagnostics.filter(({ code }) => code === 'V4200');
      expect(gaps.length > 0).toBe(hasGap);
      if (hasGap) open++;
      for (const { message } of gaps) {
        const payload = JSON.parse(/takes (\{.*?\})(:|$)/.exec(message)![1]!) as Input;
        expect(Object.keys(PAYLOAD).every((field) => Object.hasOwn(payload, field))).toBe(true);
        expect(rows.some((row) => takes(row, payload))).toBe(false);
      }
    }
    expect(open).toBeGreaterThan(5);
    expect(open).toBeLessThan(4 * TABLES);
  });

  it('rows that are never taken are named', () => {
    const random = new Random(SEED + 3);
    let found = 0;
    for (let table = 0; table < 4 * TABLES; table++) {
      const rows = Array.from({ length: 2 + random.below(6) }, () => randomRow(random, 4));
      const texts = bundleOf(rows, 'first', undefined, ELSE_7);
      const alive = new Set(allInputs().map((input) => rows.findIndex((row) => takes(row, input))));
      const dead = rows.flatMap((_, index) => (alive.has(index) ? [] : [`row ${index + 1}`]));
      const named = compile(worldFiles(texts), { profileMax: 'standard' })
        .diagnostics.filter(({ code }) => code === 'V4202' || code === 'V4203')
        .map(({ message }) => /^row \d+/.exec(message)![0]);
      expect(named.sort()).toEqual(dead.sort());
      found += dead.length;
    }
    expect(found).toBeGreaterThan(5);
  });
});

/** Every input there is. */
function allInputs(): Input[] {
  const digits = Array.from({ length: 10 }, (_, digit) => digit);
  return digits.flatMap((i) =>
    COUNTRIES.flatMap((country) =>
      [true, false].flatMap((flag) =>
        [undefined, ...digits].map((maybe) => ({ i, country, flag, ...(maybe === undefined ? {} : { maybe }) })),
      ),
    ),
  );
}

describe('at run time', () => {
  const table = (policy: string, outputs: [number, number]): Record<string, string> => ({
    'tables/t.yaml': `hitPolicy: ${policy}\ninputs: [s]\noutputs: [v]\nrows:\n  - { when: ['value.startsWith("a")'], then: [${outputs[0]}] }\n  - { when: ['value.endsWith("z")'], then: [${outputs[1]}] }\n`,
    'rules/a.yaml': '- { id: one, when: t.v === 1, then: { score: 1, reason: ONE } }\n',
  });
  const decide = async (texts: Record<string, string>) =>
    (await decideAll(texts, [{ s: 'ab' }, { s: 'yz' }, { s: 'az' }, { s: '' }])).map(({ status, score, outcome }) => [
      status,
      score,
      outcome,
    ]);

  it('unique: two rows that match are a conflict', async () => {
    const texts = table('unique', [1, 2]);
    expect(faultsOf(texts).map((fault) => fault.split('@')[0])).toEqual(['V4209?']);
    expect(await decide(texts)).toEqual([
      ['OK', 1, 'approve'],
      ['OK', 0, 'approve'],
      ['CONFLICT', 0, 'review'],
      ['OK', 0, 'approve'],
    ]);
  });

  it('any: two rows that match are one only where their outputs differ', async () => {
    expect((await decide(table('any', [1, 2])))[2]).toEqual(['CONFLICT', 0, 'review']);
    expect((await decide(table('any', [1, 1])))[2]).toEqual(['OK', 1, 'approve']);
  });
});
