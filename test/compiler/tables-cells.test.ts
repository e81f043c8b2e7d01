// What cells of tables take, through the engine, and what is said about those that are wrong.

import { afterAll, describe, expect, it } from 'vitest';
import { closeWorld, decideAll, faultsOf, messagesOf } from './bundle-world.js';

afterAll(closeWorld);

const CSV_HEADER = (input: string): string => `"${input.replaceAll('"', '""')}",-> hit\n`;

/** A table with one row, and a rule that hits where the row matches. */
function oneCell(input: string, cell: string): Record<string, string> {
  return {
    'tables/t.csv': `${CSV_HEADER(input)}"${cell.replaceAll('"', '""')}",true\n`,
    'rules/a.yaml': '- { id: hit, when: t.hit === true, then: { score: 1, reason: HIT } }\n',
  };
}

// Input, cell, values that it takes, values that it does not.
const numbers = [0, 1, 4, 5, 5.5, 6, 9, -3];
const ints = [0, 1, 4, 5, 6, 9, null];
const taken: [string, string, unknown[], unknown[]][] = [
  ['n', '', numbers, []],
  ['n', '-', numbers, []],
  ['n', '5', [5], [4, 5.5]],
  ['n', '-3', [-3], [3, 0]],
  ['n', '5e0', [5], [4]],
  ['n', '< 5', [0, 1, 4, -3], [5, 5.5, 6]],
  ['n', '<=5', [4, 5], [5.5]],
  ['n', '> 5', [5.5, 6], [5]],
  ['n', '>= 5', [5, 6], [4]],
  ['n', '!== 5', [4, 6], [5]],
  ['n', '=== 5', [5], [4]],
  ['n', '[1..5]', [1, 4, 5], [0, 5.5]],
  ['n', '(1..5]', [4, 5], [1, 6]],
  ['n', '[1..5)', [1, 4], [5]],
  ['n', ']1..5[', [4], [1, 5]],
  ['n', '[ -3 .. 1 )', [-3, 0], [1]],
  ['n', '[0.5..1.5]', [1], [0, 4]],
  ['n', '1, 4, > 5', [1, 4, 5.5, 6], [0, 5]],
  ['n', 'not(1, [4..5])', [0, 5.5, 6], [1, 4, 5]],
  ['n', 'not(]1..5[)', [0, 1, 5, 6], [4]],
  ['n', 'not([1..5[), 4', [0, 4, 5, 6], [1]],
  ['n', 'i + 5', [5], [4, 0]],
  ['n', '> i * 2', [1, 4], [0, -3]],
  ['n', 'value * 2 === 10', [5], [4]],
  ['n', 'value > 4 && value < 6', [5, 5.5], [4, 6]],
  ['n', 'Math.floor(value) === 5', [5, 5.5], [6]],
  ['n', '(value > 4), 1', [1, 5], [4]],
  ['n', 'flag', [], numbers],
  ['n * 2', '[8..10]', [4, 5], [5.5, 1]],
  ['n', '-, 5'.slice(3), [5], [4]],
  ['amount', '5.5', [5.5, '5.50'], [5.51, 5]],
  ['amount', '< 5.505', [5.5], [5.51]],
  ['amount', '[5.495..5.505]', [5.5], [5.49, 5.51]],
  ['amount', '!== 5.505', [5.5, 5.51], []],
  ['country', 'US', ['US'], ['GB']],
  ['country', '"US", GB', ['US', 'GB'], ['DE']],
  ['country', "'US'", ['US'], ['GB']],
  ['country', 'not(US, GB)', ['DE'], ['US', 'GB']],
  ['country', '!== US', ['DE', 'GB'], ['US']],
  ['s', '["US", "GB"].includes(value)', ['GB'], ['DE']],
  ['s', 'gold', ['gold'], ['silver']],
  ['s', '"gold", silver', ['gold', 'silver'], ['bronze']],
  ['s', 'new gold', ['new gold'], ['gold']],
  ['s', '"a, b"', ['a, b'], ['a']],
  ['s', '["a".."c")', ['a', 'bz'], ['c']],
  ['s', 'value.startsWith("x")', ['xy'], ['yx']],
  ['s', 'value.length > 2, no', ['abc', 'no'], ['ab']],
  ['maybeText', '=== s', [''], ['GB', null]],
  ['flag', 'true', [true], [false]],
  ['flag', 'false', [false], [true]],
  ['flag', 'not(true)', [false], [true]],
  ['at', '2026-03-01T00:00:00Z', ['2026-03-01T01:00:00+01:00'], ['2026-03-01T00:00:01Z']],
  ['at', '< "2026-03-01T00:00:00Z"', ['2026-02-01T00:00:00Z'], ['2026-03-01T00:00:00Z']],
  ['born', '2000-01-02', ['2000-01-02'], ['2000-01-01']],
  ['born', '[2000-01-02..2000-02-01)', ['2000-01-02', '2000-01-31'], ['2000-02-01']],
  ['maybe', '-', ints, []],
  ['maybe', 'null', [null], [0, 5]],
  ['maybe', '=== null', [null], [0, 5]],
  ['maybe', '!== null', [0, 5], [null]],
  ['maybe', '5, null', [5, null], [4]],
  ['maybe', '< 5', [0, 4], [5, null]],
  ['maybe', '!== 5', [4, 6], [5, null]],
  ['maybe', 'not(5)', [4, 6], [5, null]],
  ['maybe', 'not(null)', [4, 5], [null]],
  ['maybe', 'not(5, null)', [4], [5, null]],
  ['maybe', 'value > 3', [4], [3, null]],
  ['maybe', 'flag === false', [0, 9], [null]],
  ['maybeCountry', 'US, null', ['US', null], ['GB']],
  ['maybeText', 'value.endsWith("x"), null', ['ax', null], ['xa']],
  ['maybe ?? 7', '7', [7, null], [6]],
  ['card?.brand', 'VISA', [], [undefined]],
];

/** The field that an input varies. */
function payloadOf(input: string, value: unknown): Record<string, unknown> {
  const field = /^\w+/.exec(input)![0];
  return value === null || value === undefined ? {} : { [field]: value };
}

describe('what cells take', () => {
  it.each(taken)('%s: %s', async (input, cell, yes, no) => {
    const payloads = [...yes, ...no].map((value) => payloadOf(input, value));
    const decisions = await decideAll(oneCell(input, cell), payloads);
    expect(decisions.map(({ score }) => score)).toEqual([...yes.map(() => 1), ...no.map(() => 0)]);
  });

  it('strict takes cells without calls', async () => {
    const decisions = await decideAll(oneCell('n', '[1..5), value > i * 100'), [{ n: 1 }, { n: 5, i: 1 }], { profile: 'strict' });
    expect(decisions.map(({ score }) => score)).toEqual([1, 0]);
    expect(faultsOf(oneCell('s', 'value.startsWith("x")'), { profile: 'strict' })).toEqual(['V3117@value.startsWith(""x"")']);
  });
});

// Input, cell, faults: the span in the file is that of the author, quotes doubled.
const refused: [string, string, string[]][] = [
  ['n', '[5..1]', ['V4104@[5..1]']],
  ['n', '1, (5..5]', ['V4104@(5..5]']],
  ['born', '[2000-02-01..2000-01-01]', ['V4104@[2000-02-01..2000-01-01]']],
  ['n', '[..5]', ['V4105@[..5]']],
  ['n', '>', ['V4105@>']],
  ['n', '= 5', ['V4105@=']],
  ['n', '== 5', ['V4105@==']],
  ['n', '!= 5', ['V4105@!=']],
  ['n', '1,,2', ['V4105@']],
  ['n', '-, 5', ['V4105@-']],
  ['n', 'not(not(5))', ['V3500@not']],
  ['n', 'not(5', ['V4105@not(5']],
  ['n', 'not(5) && flag', ['V4105@&& flag']],
  ['n', '"5"', ['V3302@""5""']],
  ['n', 'abc', ['V3201@abc']],
  ['n', 'value.foo', ['V3203@foo']],
  ['n', 'null', ['V4203?@"null"', 'V3402?@null']],
  ['i', '> 10', ['V4203?@"> 10"']],
  ['country', 'USA', ['V3309@USA']],
  ['country', '"FR"', ['V3309@""FR""']],
  ['country', '< US', ['V3310@US']],
  ['country', '=== s', ['V3302@s']],
  ['s', 'country', ['V4113@country']],
  ['s', '5', ['V3302@5']],
  ['flag', '"true"', ['V3302@""true""']],
  ['at', '2026-03-01', ['V3312@2026-03-01']],
  ['maybe', 'maybeCountry', ['V3302@maybeCountry']],
  ['n', 'value > maybe', ['V3304@maybe']],
  ['items', '-', ['V4106@items']],
  ['card', '-', ['V4106@card']],
  ['n == 5', '-', ['V3143@ == ']],
];

describe('what cells may not say', () => {
  it.each(refused)('%s: %s', (input, cell, expected) => {
    const found = faultsOf(oneCell(input, cell)).filter((fault) => !fault.startsWith('V4200') && !fault.startsWith('V4205'));
    expect(found.map((fault) => fault.replaceAll('"""', '""'))).toEqual(expected);
  });

  it.each([
    ['n', '[5..1]', 'write `[1..5]`'],
    ['country', 'USA', 'did you mean "US"?'],
    ['n', '"5"', 'remove the quotes: `5`'],
    ['s', 'country', 'write `"country"` for the text, or `=== country` for what it names'],
    ['n', '!= 5', 'write `!==`, or `not(...)`'],
    ['born', '< "2000"', 'write YYYY-MM-DD'],
  ])('%s: %s is told what to write', (input, cell, advice) => {
    expect(messagesOf(oneCell(input, cell)).join('\n')).toContain(advice);
  });
});
