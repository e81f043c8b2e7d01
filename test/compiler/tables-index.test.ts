// Each hit policy with a match index and without, by the VM and by generated code, against what stands here.

import { afterAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { createEngine, type Decision, type Engine } from '#src/index.js';
import { PAYLOAD, worldFiles } from './bundle-world.js';

let engine: Engine | undefined;
afterAll(() => engine?.close());

type Given = Record<string, unknown>;
/** The output of the row or rows: a number, null, the numbers of a list as the digits of one, or a status. */
type Expected = number | null | 'CONFLICT';

interface Policy {
  head: string;
  rows: readonly string[];
  /** An expression that says what the table gives. */
  read: string;
}

const ROWS = [
  '{ when: ["< 5", "-", "-"], then: [3] }',
  '{ when: ["[3..7]", US, "-"], then: [1] }',
  '{ when: ["-", "DE, GB", "null"], then: [2] }',
  '{ when: [">= 7", "-", "-"], then: [1] }',
  '{ when: ["9", US, "not(null)"], then: [4] }',
];
/** Rows apart from one another, but the last two: that is not proven. */
const APART = [
  '{ when: ["< 3", "-", "-"], then: [3] }',
  '{ when: ["[3..6]", US, "-"], then: [1] }',
  '{ when: ["[3..6]", "DE, GB", "-"], then: [2] }',
  '{ when: ["> 6", "-", "null"], then: [1] }',
  '{ when: ["9", "-", "value * 2 > 4"], then: [4] }',
  '{ when: ["> 7", US, "value * 2 > 8"], then: [2] }',
];
/** Two rows that take the same with equal outputs, and two that may with others. */
const EQUAL = [
  '{ when: ["< 5", "-", "-"], then: [3] }',
  '{ when: ["[2..5)", "US, GB", "-"], then: [3] }',
  '{ when: [">= 5", "-", "not(null)"], then: [2] }',
  '{ when: ["9", DE, "value * 2 > 8"], then: [1] }',
];
const ONE = 't.v';
const DIGITS = 't.v.reduce((all, each) => all * 10 + each, 0)';
const RANKED = '[{ name: v, type: number, values: [4, 2, 1, 3] }]';

const policies: Record<string, Policy> = {
  first: { head: 'hitPolicy: first', rows: ROWS, read: ONE },
  'first with a default': { head: 'outputs: [{ name: v, type: number, default: 9 }]', rows: ROWS, read: ONE },
  unique: { head: 'hitPolicy: unique', rows: APART, read: ONE },
  any: { head: 'hitPolicy: any', rows: EQUAL, read: ONE },
  priority: { head: `hitPolicy: priority\noutputs: ${RANKED}`, rows: ROWS, read: ONE },
  'rule order': { head: 'hitPolicy: ruleOrder', rows: ROWS, read: DIGITS },
  'output order': { head: `hitPolicy: outputOrder\noutputs: ${RANKED}`, rows: ROWS, read: DIGITS },
  collect: { head: 'hitPolicy: collect', rows: ROWS, read: DIGITS },
  'collect +': { head: 'hitPolicy: collect\naggregate: sum', rows: ROWS, read: ONE },
  'collect <': { head: 'hitPolicy: collect\naggregate: min', rows: ROWS, read: ONE },
  'collect >': { head: 'hitPolicy: collect\naggregate: max', rows: ROWS, read: ONE },
  'collect #': { head: 'hitPolicy: collect\naggregate: count', rows: ROWS, read: ONE },
};

function tableOf({ head, rows }: Policy): string {
  const outputs = head.includes('outputs') ? '' : 'outputs: [{ name: v, type: number }]\n';
  return `${head}\ninputs: [i, country, maybe]\n${outputs}rows:\n${rows.map((row) => `  - ${row}\n`).join('')}`;
}

/** Decisions by index and by what runs the program. */
async function decideEach(files: ReadonlyMap<string, Uint8Array>, given: readonly Given[]): Promise<Map<string, Decision[]>> {
  engine ??= await createEngine({ poolThreads: 0 });
  const all = new Map<string, Decision[]>();
  for (const index of ['off', 'on'] as const) {
    const { image, indexes, diagnostics } = compile(files, { profileMax: 'standard', index });
    if (image === undefined) throw new Error(diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n'));
    expect(indexes?.find(({ name }) => name === 'table t')?.indexed ?? false, index).toBe(index === 'on');
    const set = await engine.load(image);
    const decide = (): Decision[] => given.map((payload) => set.decide({ ...PAYLOAD, ...payload }));
    all.set(`index ${index}`, decide());
    await set.warmUp();
    expect(set.live.code).toBeDefined();
    all.set(`index ${index}, generated code`, decide());
    set.release();
  }
  return all;
}

/** A payload, and what each policy gives for it. */
const shared: readonly [Given, Record<string, Expected>][] = [
  [{ i: 0 }, { first: 3, priority: 3, 'rule order': 3, 'output order': 3, '+': 3, '<': 3, '>': 3, '#': 1 }],
  [{ i: 4 }, { first: 3, priority: 1, 'rule order': 31, 'output order': 13, '+': 4, '<': 1, '>': 3, '#': 2 }],
  [
    { i: 4, country: 'DE' },
    { first: 3, priority: 2, 'rule order': 32, 'output order': 23, '+': 5, '<': 2, '>': 3, '#': 2 },
  ],
  [
    { i: 6, country: 'GB', maybe: 1 },
    { first: null, priority: null, 'rule order': 0, 'output order': 0, '+': 0, '<': null, '>': null, '#': 0 },
  ],
  [{ i: 7 }, { first: 1, priority: 1, 'rule order': 11, 'output order': 11, '+': 2, '<': 1, '>': 1, '#': 2 }],
  [
    { i: 9, maybe: 0 },
    { first: 1, priority: 4, 'rule order': 14, 'output order': 41, '+': 5, '<': 1, '>': 4, '#': 2 },
  ],
  [
    { i: 8, country: 'DE' },
    { first: 2, priority: 2, 'rule order': 21, 'output order': 21, '+': 3, '<': 1, '>': 2, '#': 2 },
  ],
];
const of = (column: string): [Given, Expected][] => shared.map(([given, expected]) => [given, expected[column]!]);

const cases: Record<string, readonly [Given, Expected][]> = {
  first: of('first'),
  'first with a default': of('first').map(([given, expected]) => [given, expected ?? 9]),
  unique: [
    [{ i: 2 }, 3],
    [{ i: 3 }, 1],
    [{ i: 6, country: 'GB', maybe: 9 }, 2],
    [{ i: 7 }, 1],
    [{ i: 7, maybe: 1 }, null],
    [{ i: 8, maybe: 5 }, 2],
    [{ i: 9, maybe: 3 }, 4],
    [{ i: 9, country: 'DE', maybe: 5 }, 4],
    [{ i: 9, maybe: 5 }, 'CONFLICT'],
  ],
  any: [
    [{ i: 1 }, 3],
    [{ i: 3 }, 3],
    [{ i: 3, country: 'DE' }, 3],
    [{ i: 5 }, null],
    [{ i: 9, maybe: 9 }, 2],
    [{ i: 9, country: 'DE', maybe: 4 }, 2],
    [{ i: 9, country: 'DE', maybe: 5 }, 'CONFLICT'],
  ],
  priority: of('priority'),
  'rule order': of('rule order'),
  'output order': of('output order'),
  collect: of('rule order'),
  'collect +': of('+'),
  'collect <': of('<'),
  'collect >': of('>'),
  'collect #': of('#'),
};

describe('a table gives', () => {
  it.each(Object.keys(policies))('by %s what stands here', async (name) => {
    const policy = policies[name]!;
    const wanted = [...new Set(cases[name]!.map(([, expected]) => expected))].filter((each) => each !== 'CONFLICT');
    const rules = wanted.map(
      (value) => `- { id: is-${value}, when: '${policy.read} === ${value}', then: { score: 1, reason: HIT } }\n`,
    );
    const files = worldFiles({ 'tables/t.yaml': tableOf(policy), 'rules/a.yaml': rules.join('') });
    const given = cases[name]!.map(([payload]) => payload);
    for (const [how, decisions] of await decideEach(files, given)) {
      const got = decisions.map(({ status, reasons }) => (status === 'OK' ? reasons.map(({ rule }) => rule).join() : status));
      const expected = cases[name]!.map(([, value]) => (value === 'CONFLICT' ? value : `is-${value}`));
      expect(got, how).toEqual(expected);
    }
  });
});

/** Rows of ROWS that decide by each policy, by their numbers, and the score. */
const deciding: [string, string, string[]][] = [
  ['first', 'hitPolicy: first', ['1', '1', '1', '', '2', '4', '3']],
  ['priority', 'hitPolicy: priority', ['1', '2', '3', '', '2', '5', '3']],
  ['rule order', 'hitPolicy: ruleOrder', ['1', '1 2', '1 3', '', '2 4', '4 5', '3 4']],
  ['output order', 'hitPolicy: outputOrder', ['1', '1 2', '1 3', '', '2 4', '4 5', '3 4']],
  ['collect', 'hitPolicy: collect', ['1', '1 2', '1 3', '', '2 4', '4 5', '3 4']],
];

describe('rows that decide', () => {
  it.each(deciding)('by %s are those that stand here', async (_, head, expected) => {
    const rows = ROWS.map((row, at) => row.replace(/then: \[(\d)\]/, `then: [$1, ${2 ** at}, R${at + 1}]`));
    const outputs = '[{ name: v, type: number, values: [4, 2, 1, 3] }, score, reason]';
    const files = worldFiles({ 'tables/t.yaml': tableOf({ head: `${head}\noutputs: ${outputs}`, rows, read: ONE }) });
    for (const [how, decisions] of await decideEach(
      files,
      shared.map(([given]) => given),
    )) {
      const rules = decisions.map(({ reasons }) => reasons.map(({ rule }) => /^t\/(\d)$/.exec(rule)?.[1] ?? '').filter(Boolean));
      expect(
        rules.map((each) => each.sort().join(' ')),
        how,
      ).toEqual(expected);
      const sums = expected.map((numbers) =>
        numbers.split(' ').reduce((sum, row) => sum + (row === '' ? 0 : 2 ** (Number(row) - 1)), 0),
      );
      expect(
        decisions.map(({ score }) => score),
        how,
      ).toEqual(sums);
    }
  });
});
