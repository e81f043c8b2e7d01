// Features: their order, types and names, and what reads them.

import { afterAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { closeWorld, decideAll, faultsOf, messagesOf, worldFiles } from './bundle-world.js';

afterAll(closeWorld);

const feature = (name: string, value: string): string => `- { name: ${name}, value: '${value}' }\n`;
const rule = (when: string, id = 'hit'): string => `- { id: ${id}, when: '${when}', then: { score: 1, reason: HIT } }\n`;

describe('values', () => {
  it('are computed whatever the order in which they are written', async () => {
    const features = feature('c', 'b * 2') + feature('b', 'a + 1') + feature('a', 'n + 1');
    const decisions = await decideAll({ 'features/x/a.yaml': features, 'rules/a.yaml': rule('c === 8') }, [{ n: 2 }, { n: 3 }]);
    expect(decisions.map(({ score }) => score)).toEqual([1, 0]);
  });

  const cases = `- name: tier
  cases:
    - { when: n > 10, value: '"gold"' }
    - { when: n > 5, value: '"silver"' }
- name: fee
  cases:
    - { when: flag, value: amount }
    - { when: i > 5, value: '0.125' }
    - { value: '1' }
`;

  it.each([
    ['tier === "gold"', [0, 0, 1]],
    ['tier === "silver"', [0, 1, 0]],
    ['tier === null', [1, 0, 0]],
    ['tier !== null && tier.length > 4', [0, 1, 0]],
    ['fee === 1', [0, 0, 1]],
    ['fee === 0.125', [0, 1, 0]],
    ['fee === amount', [1, 0, 0]],
  ])('of cases: %s', async (when, expected) => {
    const payloads = [
      { n: 1, flag: true, amount: 3 },
      { n: 6, i: 6 },
      { n: 11, i: 5 },
    ];
    const decisions = await decideAll({ 'features/a.yaml': cases, 'rules/a.yaml': rule(when) }, payloads);
    expect(decisions.map(({ score }) => score)).toEqual(expected);
  });

  it('may be null, and are narrowed like fields', async () => {
    const texts = {
      'features/a.yaml': feature('twice', 'maybe === null ? null : maybe * 2'),
      'rules/a.yaml': rule('twice !== null && twice > 5'),
    };
    const decisions = await decideAll(texts, [{}, { maybe: 2 }, { maybe: 3 }]);
    expect(decisions.map(({ score }) => score)).toEqual([0, 0, 1]);
    expect(faultsOf({ ...texts, 'rules/a.yaml': rule('twice > 5') })).toEqual(['V3304@twice']);
  });

  it('chain through tables and scorecards', async () => {
    const texts = {
      'features/a.yaml': feature('base', 'n * 2') + feature('late', 't.v + credit.score'),
      'tables/t.csv': 'base,-> v: number\n< 10,1\n-,2\n',
      'tables/t.yaml': 'complete: true\n',
      'scorecards/credit.yaml':
        'characteristics: [{ name: c, input: t.v, attributes: [{ when: 1, points: 10 }, { points: 20 }] }]\n',
      'rules/a.yaml': rule('late === 11', 'low') + rule('late === 22', 'high'),
    };
    const decisions = await decideAll(texts, [{ n: 1 }, { n: 6 }]);
    expect(decisions.map(({ reasons }) => reasons.map(({ rule: id }) => id))).toEqual([['low'], ['high']]);
    expect(faultsOf(texts)).toEqual([]);
  });

  it('a long chain is no trouble', () => {
    const count = 3000;
    const chain = Array.from({ length: count }, (_, i) => feature(`f${i}`, i === count - 1 ? 'n' : `f${i + 1} + 1`)).join('');
    expect(faultsOf({ 'features/a.yaml': chain, 'rules/a.yaml': rule('f0 > 5') })).toEqual([]);
  });

  it('what nothing reads costs nothing', () => {
    const cost = (features: string): number => {
      const files = worldFiles({ 'features/a.yaml': features, 'rules/a.yaml': rule('used > 5') });
      return compile(files, { profileMax: 'standard' }).manifest!.costMax;
    };
    const used = feature('used', 'n * 2');
    expect(cost(used + feature('other', 's.toUpperCase() + s'))).toBe(cost(used));
  });

  it('stand in the manifest', () => {
    const { manifest } = compile(worldFiles({ 'features/a.yaml': cases, 'rules/a.yaml': rule('tier === "gold"') }), {
      profileMax: 'standard',
    });
    expect(manifest!.features).toMatchObject([
      {
        name: 'tier',
        file: 'features/a.yaml',
        line: 1,
        type: 'string',
        cases: [{ when: 'n > 10', value: '"gold"' }, { value: '"silver"' }],
      },
      { name: 'fee', line: 5, type: 'decimal(3)' },
    ]);
  });
});

const faults: [string, Record<string, string>, string[]][] = [
  ['itself', { 'features/a.yaml': feature('a', 'a + 1') }, ['V3602@a']],
  ['a circle of three', { 'features/a.yaml': feature('a', 'b') + feature('b', 'c') + feature('c', 'a + 1') }, ['V3602@a']],
  ['two circles', { 'features/a.yaml': feature('a', 'b') + feature('b', 'a') + feature('c', 'c') }, ['V3602@a', 'V3602@c']],
  [
    'a circle through a table and a scorecard',
    {
      'features/a.yaml': feature('a', 'credit.score'),
      'tables/t.csv': 'i,-> v\n> a,1\n',
      'scorecards/credit.yaml': 'characteristics: [{ name: c, input: t.v, attributes: [{ points: 1 }] }]\n',
    },
    ['V3602@a'],
  ],
  [
    'a reader of a circle is told nothing more',
    { 'features/a.yaml': feature('a', 'a'), 'rules/a.yaml': rule('a > 5') },
    ['V3602@a'],
  ],
  [
    'a reader of a fault is told nothing more',
    { 'features/a.yaml': feature('a', 'nn'), 'rules/a.yaml': rule('a > 5') },
    ['V3201@nn'],
  ],
  [
    'a word of a member of an enum is no circle',
    { 'features/US.yaml': feature('US', 't.v'), 'tables/t.csv': 'country,-> v\nUS,1\n' },
    [],
  ],
  ['a parameter is no name', { 'features/a.yaml': feature('price', 'items?.some(price => price > 1) ?? false') }, []],
  ['the name of a field', { 'features/a.yaml': feature('amount', 'n') }, ['V3600@amount']],
  ['the name of a function', { 'features/a.yaml': feature('round', 'n') }, ['V3600@round']],
  ['now', { 'features/a.yaml': feature('now', 'n') }, ['V3600@now']],
  ['a word', { 'features/a.yaml': feature('if', 'n') }, ['V3601@if']],
  ['a name of no form', { 'features/a.yaml': feature('my-name', 'n') }, ['V1003@my-name']],
  ['twins in two files', { 'features/a.yaml': feature('a', 'n'), 'features/b.yaml': feature('a', 'n') }, ['V3600@a']],
  ['a table of that name', { 'features/a.yaml': feature('t', 'n'), 'tables/t.csv': 'i,-> v\n-,1\n' }, ['V3600@i,-> v']],
  ['an object', { 'features/a.yaml': feature('a', 'card') }, ['V3604@a']],
  ['a list', { 'features/a.yaml': feature('a', 'items') }, ['V3604@a']],
  ['always null', { 'features/a.yaml': feature('a', 'null') }, ['V3604@a']],
  ['value and cases', { 'features/a.yaml': '- { name: a, value: n, cases: [{ value: n }] }\n' }, ['V1003@a']],
  ['neither', { 'features/a.yaml': '- { name: a }\n' }, ['V1003@a']],
  ['different types', { 'features/a.yaml': '- { name: a, cases: [{ when: flag, value: n }, { value: s }] }\n' }, ['V3320@s']],
  ['a case behind the last', { 'features/a.yaml': '- { name: a, cases: [{ value: n }, { value: i }] }\n' }, ['V3606@n']],
  [
    'a case that is no condition',
    { 'features/a.yaml': '- { name: a, cases: [{ when: n, value: n }, { value: i }] }\n' },
    ['V4008@n'],
  ],
  ['nothing reads it', { 'features/a.yaml': feature('a', 'n') + feature('b', 'a') }, ['V3603?@b']],
];

describe('faults', () => {
  it.each(faults)('%s', (_, texts, expected) => {
    const only = expected.some((fault) => fault.startsWith('V3603'));
    expect(faultsOf(texts).filter((fault) => only || !/^(V3603|V42)/.test(fault))).toEqual(expected);
  });

  it('a circle is named whole, with every place', () => {
    const texts = { 'features/a.yaml': feature('a', 'n + b') + feature('b', 'c * 2') + feature('c', 'a') };
    expect(messagesOf(texts)[0]).toContain('`a` reads `b` reads `c` reads `a`');
    const { diagnostics } = compile(worldFiles(texts), { profileMax: 'standard' });
    const text = texts['features/a.yaml'];
    expect(diagnostics[0]!.related!.map(({ span }) => text.slice(span.start, span.end))).toEqual(['b', 'c', 'a']);
  });

  it('strict has features, and no more than it had in them', async () => {
    const texts = { 'features/a.yaml': feature('a', 'n * 2'), 'rules/a.yaml': rule('a > 5') };
    expect((await decideAll(texts, [{ n: 3 }], { profile: 'strict' }))[0]!.score).toBe(1);
    expect(faultsOf({ 'features/a.yaml': feature('a', 'flag ? 1 : 2') }, { profile: 'strict' })).toEqual(['V3116@flag ? 1 : 2']);
  });
});
