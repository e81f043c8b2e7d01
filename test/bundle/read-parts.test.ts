// Files of features/, tables/, scorecards/ and lists/.

import { describe, expect, it } from 'vitest';
import { read } from './files.js';

const CARD = 'characteristics: [{ name: c, input: amount, attributes: [{ points: 1 }] }]\n';

describe('roles', () => {
  it('each folder has its own, in any depth', () => {
    const { bundle, found } = read({
      'features/eu/a.yaml':
        '- { name: a, value: amount }\n- { name: b, cases: [{ when: amount > 1, value: 2 }, { value: null }] }\n',
      'tables/limits.yaml': 'hitPolicy: unique\n',
      'tables/limits.csv': 'amount,-> rate\n< 5,1\n',
      'tables/eu/rates.yml': 'inputs: [amount]\noutputs: [rate]\nrows: [{ when: [1], then: [2] }]\n',
      'tables/.DS_Store': 'x',
      'scorecards/credit.yaml': CARD,
      'lists/blocked.yaml': 'type: string\nmaximum: 100\n',
      'lists/blocked.txt': 'a@b.c\n',
      'lists/rates.yaml': 'type: { decimal: 2 }\n',
    });
    expect(found).toEqual([]);
    expect(bundle!.features.map(({ name, line, cases }) => [name, line, cases.length])).toEqual([
      ['a', 1, 1],
      ['b', 2, 2],
    ]);
    expect(bundle!.tables.map(({ name, file, hitPolicy }) => [name, file, hitPolicy])).toEqual([
      ['rates', 'tables/eu/rates.yml', 'first'],
      ['limits', 'tables/limits.csv', 'unique'],
    ]);
    expect(bundle!.scorecards.map(({ name, reasons, contributes }) => [name, reasons, contributes])).toEqual([
      ['credit', 'pointsBelow', false],
    ]);
    expect(bundle!.lists.map(({ name, type, content }) => [name, type, content?.file])).toEqual([
      ['blocked', 'string', 'lists/blocked.txt'],
      ['rates', { decimal: 2 }, undefined],
    ]);
  });

  it('rows of a CSV know their lines, past cells of several lines', () => {
    const { bundle } = read({ 'tables/t.csv': 'id,amount,-> v,# note\n\none,1,2,"a\nb"\n,3,4,\n' });
    expect(bundle!.tables[0]!.rows.map(({ id, line }) => [id, line])).toEqual([
      ['one', 3],
      [undefined, 5],
    ]);
  });
});

const faults: [string, Record<string, string | undefined>, string[]][] = [
  [
    'a feature of no form',
    { 'features/a.yaml': '- { name: 1a, value: amount }\n- { name: b, valu: 1 }\n' },
    ['features/a.yaml:1:11 V1003 `name` has a form that is not allowed', 'features/a.yaml:2:14 V1005 `valu` is not known here'],
  ],
  [
    'a hit policy that is none',
    { 'tables/t.yaml': 'hitPolicy: uniqe\n' },
    [
      'tables/t.yaml:1:12 V1003 `hitPolicy` must be one of `unique`, `any`, `priority`, `first`, `ruleOrder`, `outputOrder`, `collect`',
    ],
  ],
  ['a file of another kind', { 'scorecards/x.csv': 'a' }, ['scorecards/x.csv:1:1 V1004? scorecards/x.csv has no known role']],
  ['a list that nothing declares', { 'lists/a.txt': 'x' }, ['lists/a.txt:1:1 V1001 nothing declares the list `a`']],
  [
    'a list with two contents',
    { 'lists/a.yaml': 'type: string\n', 'lists/a.txt': 'x', 'lists/a.csv': 'x' },
    ['lists/a.txt:1:1 V1004 lists/a.csv holds the entries of `a` already'],
  ],
  ['a list of no type', { 'lists/a.yaml': 'type: text\n' }, ['lists/a.yaml:1:7 V1003 `type` has a form that is not allowed']],
  [
    'two lists of one name',
    { 'lists/a.yaml': 'type: string\n', 'lists/b/a.yaml': 'type: string\n' },
    ['lists/b/a.yaml:1:1 V3600 lists/a.yaml has the name `a` already'],
  ],
];

describe('faults', () => {
  it.each(faults)('%s', (_, texts, expected) => {
    expect(read(texts).found).toEqual(expected);
  });
});
