// Decision tables as documents: columns, outputs, rows that decide, what is wrong with them.

import { afterAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { closeWorld, decideAll, faultsOf, messagesOf, worldFiles } from './bundle-world.js';

afterAll(closeWorld);

const RATES = `inputs: [{ value: i, label: Size }, country]
outputs: [{ name: rate, type: { decimal: 2 }, default: 9 }, { name: tier, type: { enum: [gold, silver] } }]
rows:
  - { when: ["< 5", US], then: [1.25, gold] }
  - { when: { Size: "5" }, then: { rate: amount, tier: silver } }
  - { when: { country: "GB, DE" }, then: { rate: 2 } }
`;

describe('outputs', () => {
  const rule = (when: string): string => `- { id: hit, when: '${when}', then: { score: 1, reason: HIT } }\n`;
  const payloads = [{ i: 1 }, { i: 5, amount: 1.5 }, { country: 'DE' }, { i: 9 }];

  it.each([
    ['t.rate === 1.25', [1, 0, 0, 0]],
    ['t.rate === amount', [0, 1, 0, 0]],
    ['t.rate >= 2', [0, 0, 1, 1]],
    ['t.tier === "gold"', [1, 0, 0, 0]],
    ['t.tier === null', [0, 0, 1, 1]],
    ['(t.tier ?? "silver") === "silver"', [0, 1, 1, 1]],
  ])('%s', async (when, expected) => {
    const decisions = await decideAll({ 'tables/t.yaml': RATES, 'rules/a.yaml': rule(when) }, payloads);
    expect(decisions.map(({ score }) => score)).toEqual(expected);
  });

  it('of a CSV have types in its header or beside it', async () => {
    const texts = {
      'tables/t.csv':
        '\ufeffid;i;-> rate: decimal(2);-> day: date;# why\r\nlow;< 5;1,5;2026-01-01;\r\n;;amount + 1;;rest\r\n;;;;\r\n'.replace(
          '1,5',
          '1.5',
        ),
      'tables/u.yaml': 'outputs: [{ name: rate, type: { decimal: 2 }, default: 7 }]\ninputs: [{ value: i, label: Size }]\n',
      'tables/u.csv': 'Size,-> rate\n< 5,2\n',
      'rules/a.yaml': `${rule('t.rate === 1.5 && t.day === "2026-01-01" && u.rate === 2')}${rule('t.rate === amount + 1 && u.rate === 7').replace('hit', 'other')}`,
    };
    const decisions = await decideAll(texts, [{}, { i: 6, amount: 3 }]);
    expect(decisions.map(({ reasons }) => reasons.map(({ rule: id }) => id))).toEqual([['hit'], ['other']]);
  });
});

describe('rows that decide', () => {
  const texts = {
    'tables/t.yaml': `hitPolicy: collect
inputs: [i, country]
outputs: [score, reason, outcome]
rows:
  - { when: ["< 5", "-"], then: [10, SMALL, ""] }
  - { id: us-row, when: ["-", US], then: [20, IN_US, decline] }
  - { when: ["-", "-"], then: [0.5, "", ""] }
`,
    'rules/a.yaml': '- { id: mid, when: i > 0, then: { score: 15, reason: MID } }\n',
  };

  it('are rules of the bundle, ranked among them', async () => {
    const [decision] = await decideAll(texts, [{ i: 1 }]);
    expect(decision).toMatchObject({ score: 45.5, outcome: 'decline' });
    expect(decision!.reasons).toEqual([
      { code: 'IN_US', rule: 'us-row', score: 20 },
      { code: 'MID', rule: 'mid', score: 15 },
      { code: 'SMALL', rule: 't/1', score: 10 },
    ]);
  });

  it('stand in the manifest with their source', () => {
    const { manifest } = compile(worldFiles(texts), { profileMax: 'standard' });
    expect(manifest!.rules.slice(1)).toMatchObject([
      { id: 't/1', file: 'tables/t.yaml', line: 5, when: 'i < 5', score: 10, table: { name: 't', row: 1 } },
      { id: 'us-row', when: 'country === "US"', outcome: 'decline', table: { name: 't', row: 2 } },
      { id: 't/3', when: 'true', reason: null },
    ]);
    expect(manifest!.tables).toMatchObject([{ name: 't', hitPolicy: 'collect', rows: [{ when: ['< 5', '-'] }, {}, {}] }]);
  });

  it('one alone where the hit policy says so, and the default where none matches', async () => {
    const first = texts['tables/t.yaml']
      .replace('collect', 'first')
      .replace('[score,', '[{ name: score, default: 3 },')
      .replace(/ {2}- .*0\.5.*\n/, '');
    const decisions = await decideAll({ ...texts, 'tables/t.yaml': first }, [{ i: 1 }, { i: 6 }, { i: 6, country: 'GB' }]);
    expect(decisions.map(({ score }) => score)).toEqual([25, 35, 18]);
  });

  it('under combine: first the first that hits decides alone, rules before rows', async () => {
    const outcome = `hitPolicy: ruleOrder\ninputs: [i]\noutputs: [outcome]\nrows:\n  - { when: ["< 5"], then: [review] }\n  - { when: ["< 7"], then: [decline] }\n`;
    const rules = '- { id: two, when: i === 2, then: { outcome: decline, reason: TWO } }\n';
    const decisions = await decideAll(
      { 'tables/t.yaml': outcome, 'rules/a.yaml': rules },
      [{ i: 1 }, { i: 6 }, { i: 8 }, { i: 2 }],
      {
        combine: 'first',
      },
    );
    expect(decisions.map(({ outcome: found, reasons }) => [found, reasons.length])).toEqual([
      ['review', 0],
      ['decline', 0],
      ['approve', 0],
      ['decline', 1],
    ]);
    expect(faultsOf({ ...texts }, { combine: 'first' }).filter((fault) => fault.startsWith('V4004'))).toHaveLength(3);
  });
});

const yaml = (rows: string, head = 'inputs: [i]\noutputs: [v]\n'): Record<string, string> => ({
  'tables/t.yaml': `${head}rows:\n${rows}`,
});
const csv = (text: string, head?: string): Record<string, string> => ({
  'tables/t.csv': text,
  ...(head === undefined ? {} : { 'tables/t.yaml': head }),
});

const faults: [string, Record<string, string>, string[]][] = [
  ['no rows', { 'tables/t.yaml': 'inputs: [i]\noutputs: [v]\n' }, ['V4102@inputs: [i]']],
  ['nothing at all', csv(''), ['V4102@']],
  ['no outputs', csv('i,country\n1,US\n'), ['V4102@i,country']],
  ['rows in both', { ...csv('i,-> v\n1,2\n'), ...yaml('  - { when: [1], then: [2] }\n') }, ['V4102@rows']],
  ['a row with too few cells', yaml('  - { when: [1, 2], then: [2] }\n'), ['V4103@[1, 2]']],
  ['a CSV row with too few cells', csv('i,country,-> v\n1,US\n'), ['V4103@1,US']],
  ['a CSV row with too many', csv('i,-> v\n1,2,3\n'), ['V4103@3']],
  ['a column that is unknown', yaml('  - { when: { j: 1 }, then: { v: 2 } }\n'), ['V4101@j']],
  ['an output that is unknown', yaml('  - { when: { i: 1 }, then: { w: 2 } }\n'), ['V4101@w']],
  ['a header that is no expression', csv('i i,-> v\n1,2\n'), ['V3003@i']],
  ['a header with an unknown field', csv('j,-> v\n1,2\n'), ['V3201@j']],
  ['a header with a bad type', csv('i,-> v: money\n1,2\n'), ['V4101@money']],
  ['a header with a bad name', csv('i,-> 1v\n1,2\n'), ['V4101@1v']],
  ['an output that the head does not know', csv('i,-> v\n1,2\n', 'outputs: [w]\n'), ['V4101@v', 'V4101@w']],
  ['two outputs of one name', csv('i,-> v,-> v\n1,2,3\n'), ['V4110@v']],
  ['a quote that is never closed', csv('i,-> v\n1,"2\n'), ['V4100@"']],
  ['two types', yaml('  - { when: [1], then: [2] }\n  - { when: [2], then: [x] }\n'), ['V3320@x']],
  [
    'a text for a number',
    yaml('  - { when: [1], then: [x] }\n', 'inputs: [i]\noutputs: [{ name: v, type: number }]\n'),
    ['V3201@x'],
  ],
  [
    'a quoted number',
    yaml(`  - { when: [1], then: ['"5"'] }\n`, 'inputs: [i]\noutputs: [{ name: v, type: number }]\n'),
    ['V4107@"5"'],
  ],
  [
    'too many digits',
    yaml('  - { when: [1], then: [1.234] }\n', 'inputs: [i]\noutputs: [{ name: v, type: { decimal: 2 } }]\n'),
    ['V4107@1.234'],
  ],
  [
    'a number for a decimal',
    yaml('  - { when: [1], then: [n] }\n', 'inputs: [i]\noutputs: [{ name: v, type: { decimal: 2 } }]\n'),
    ['V4107@n'],
  ],
  [
    'a member that is none',
    yaml('  - { when: [1], then: [gld] }\n', 'inputs: [i]\noutputs: [{ name: v, type: { enum: [gold] } }]\n'),
    ['V3309@gld'],
  ],
  [
    'the type of a field that is none',
    yaml('  - { when: [1], then: [US] }\n', 'inputs: [i]\noutputs: [{ name: v, type: { field: contry } }]\n'),
    ['V4107@contry'],
  ],
  [
    'a type of no name',
    yaml('  - { when: [1], then: [US] }\n', 'inputs: [i]\noutputs: [{ name: v, type: money }]\n'),
    ['V1003@money'],
  ],
  [
    'a value that may be a name',
    yaml('  - { when: [1], then: [s] }\n', 'inputs: [i]\noutputs: [{ name: v, type: string }]\n'),
    ['V4113@s'],
  ],
  ['a score that is not fixed', yaml('  - { when: [1], then: [n] }\n', 'inputs: [i]\noutputs: [score]\n'), ['V4108@n']],
  ['an outcome that is none', yaml('  - { when: [1], then: [accept] }\n', 'inputs: [i]\noutputs: [outcome]\n'), ['V4107@accept']],
  ['a reason that is none', yaml('  - { when: [1], then: [low] }\n', 'inputs: [i]\noutputs: [reason]\n'), ['V4107@low']],
  [
    'an aggregate without collect',
    yaml('  - { when: ["-"], then: [1] }\n', 'aggregate: sum\ninputs: [i]\noutputs: [v]\n'),
    ['V4112@sum'],
  ],
  [
    'an aggregate of texts',
    yaml('  - { when: ["-"], then: [a] }\n', 'hitPolicy: collect\naggregate: sum\ninputs: [i]\noutputs: [v]\n'),
    ['V4112@v'],
  ],
  [
    'a default with collect',
    yaml('  - { when: ["-"], then: [1] }\n', 'hitPolicy: collect\ninputs: [i]\noutputs: [{ name: v, default: 1 }]\n'),
    ['V4109@1'],
  ],
  [
    'priority without an order',
    yaml('  - { when: ["-"], then: [1] }\n', 'hitPolicy: priority\ninputs: [i]\noutputs: [v]\n'),
    ['V4109@priority'],
  ],
  [
    'a value outside the order',
    yaml('  - { when: ["-"], then: [3] }\n', 'hitPolicy: priority\ninputs: [i]\noutputs: [{ name: v, values: [1, 2] }]\n'),
    ['V4111@3'],
  ],
  [
    'priority of an expression',
    yaml('  - { when: ["-"], then: [n] }\n', 'hitPolicy: priority\ninputs: [i]\noutputs: [{ name: v, values: [1, 2] }]\n'),
    ['V4109@n'],
  ],
  [
    'gaps of a complete table',
    yaml('  - { when: ["< 5"], then: [1] }\n', 'complete: true\ninputs: [i]\noutputs: [v]\n'),
    ['V4200@complete: true'],
  ],
  [
    'a complete table that cannot be proven',
    yaml('  - { when: [value * 2 < 50], then: [1] }\n', 'complete: true\ninputs: [i]\noutputs: [v]\n'),
    ['V4209@complete: true'],
  ],
  ['twin ids', yaml('  - { id: always, when: [1], then: [2] }\n', 'inputs: [i]\noutputs: [score]\n'), ['V4001@always']],
  ['a name that is no identifier', { 'tables/my-table.csv': 'i,-> v\n1,2\n' }, ['V3601@']],
  ['a name that is taken', { 'tables/amount.csv': 'i,-> v\n-,2\n' }, ['V3600@i,-> v']],
  ['twins in folders', { 'tables/a/t.csv': 'i,-> v\n-,2\n', 'tables/b/t.csv': 'i,-> v\n-,2\n' }, ['V3600@']],
  ['a file of another kind', { 'tables/t.xlsx': 'x' }, ['V1004?@']],
];

describe('faults', () => {
  it.each(faults)('%s', (_, texts, expected) => {
    const ignored = ['V3603?', 'V4205?', 'V4006?', 'V4200?'];
    expect(faultsOf(texts).filter((fault) => !ignored.includes(fault.split('@')[0]!))).toEqual(expected);
  });

  it('unused tables, columns that say nothing, rows that say the same', () => {
    expect(faultsOf(yaml('  - { when: ["-"], then: [1] }\n'))).toEqual(['V3603?@inputs: [i]', 'V4205?@i']);
    const rows = '  - { when: ["< 5"], then: [1] }\n  - { when: ["< 7"], then: [1] }\n  - { when: ["-"], then: [2] }\n';
    expect(faultsOf(yaml(rows)).filter((fault) => fault.startsWith('V4204'))).toEqual(['V4204?@{ when: ["< 5"], then: [1] }']);
  });

  it('an overlap names both rows and a payload that shows it', () => {
    const texts = yaml(
      '  - { when: ["< 5"], then: [1] }\n  - { id: late, when: [">= 4"], then: [1] }\n',
      'hitPolicy: unique\ninputs: [i]\noutputs: [v]\n',
    );
    expect(faultsOf(texts).filter((fault) => fault.startsWith('V4201'))).toEqual(['V4201@{ id: late, when: [">= 4"], then: [1] }']);
    const message = messagesOf(texts).find((text) => text.includes('both take'))!;
    expect(message).toContain('row `late` and row 1 of `t` both take {"n":');
    expect((JSON.parse(/take (\{.*\}) \(/.exec(message)![1]!) as { i: number }).i).toBe(4);
  });

  it('a gap is described', () => {
    const rows = '  - { when: ["< 3", "-"], then: [1] }\n  - { when: ["-", "US, GB"], then: [1] }\n';
    const [message] = messagesOf(yaml(rows, 'inputs: [i, country]\noutputs: [v]\n')).filter((text) => text.includes('is open'));
    expect(message).toContain('all of `i` >= 3 and `country` DE is open');
  });
});
