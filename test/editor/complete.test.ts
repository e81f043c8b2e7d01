// What may be written at a place: `|` is the cursor.

import { describe, expect, it } from 'vitest';
import { completeAt } from '#src/editor/complete.js';
import { signatureAt } from '#src/editor/signature.js';
import { marked, rule } from './world.js';

function labels(path: string, text: string): string[] {
  const { session, offset } = marked(path, text);
  return completeAt(session, path, offset)?.items.map(({ label }) => label) ?? [];
}

describe('in expressions', () => {
  const cases: readonly (readonly [condition: string, some: string[], none: string[]])[] = [
    ['|', ['amount', 'fee', 'limit', 'lists', 'parameters', 'Math', 'matches', 'now', 'true'], ['limit.rate']],
    ['am| > 5', ['amount'], []],
    ['amount > 5 && co|', ['country'], []],
    ['card.|', ['limit', 'address'], ['amount', 'length']],
    ['card !== null && card.|', ['limit', 'address'], ['amount']],
    ['card?.address?.| === "x"', ['city'], ['limit']],
    ['limit.|', ['rate'], ['amount']],
    ['lists.|', ['blocked'], ['amount']],
    ['lists.blocked.|', ['includes'], ['startsWith']],
    ['parameters.|', ['limits'], ['amount']],
    ['parameters.limits.| > 3', ['top'], []],
    ['Math.|', ['max', 'abs'], ['includes']],
    ['email.|', ['startsWith', 'length'], ['includes2', 'reduce']],
    ['email.st| && amount > 3', ['startsWith'], []],
    ['items.|', ['some', 'length', 'reduce'], ['startsWith']],
    ['items.some(item => item.|', ['price'], ['amount']],
    ['items.some(item => it|', ['item', 'amount'], []],
    ['items.filter(item => item.price > 3).|', ['length', 'some'], ['price']],
    ['at.|', ['hour'], ['startsWith']],
    ['country === |', ['US', 'GB', 'DE', 'amount'], []],
    ['country === "|"', ['US', 'GB', 'DE'], ['amount']],
    ['country !== "U|" && amount > 3', ['US'], ['amount']],
    ['"|" === country', ['US'], ['amount']],
    ['["US", "|"].includes(country)', ['GB'], ['amount']],
    ['amount > 5 && (country === "|"', ['GB'], ['amount']],
    ['amount === "|"', [], ['US']],
    ['amount > 5 &&\n|', ['country'], []],
    ['amount > 5 &&\n  card.|\n&& email === "x"', ['limit'], ['amount']],
  ];
  it.each(cases)('%s', (condition, some, none) => {
    const found = labels(...rule(condition));
    expect(found).toEqual(expect.arrayContaining(some));
    expect(found.filter((label) => none.includes(label))).toEqual([]);
  });

  it('writes members with quotes that need no escaping', () => {
    const text = (condition: string): string | undefined => {
      const { session, offset } = marked('rules/main.yaml', `- id: x\n  when: ${condition}\n  then: { score: 1 }\n`);
      return completeAt(session, 'rules/main.yaml', offset)?.items.find(({ label }) => label === 'GB')?.text;
    };
    expect([text('country === |'), text('"country === |"'), text('country === "|"')]).toEqual(['"GB"', "'GB'", 'GB']);
  });

  it('replaces the word around the cursor', () => {
    const { session, path, offset } = marked(...rule('am|nt > 5'));
    const found = completeAt(session, path, offset)!;
    expect(session.text(path).slice(found.start, found.end)).toBe('amnt');
  });
});

describe('in documents', () => {
  const cases: readonly (readonly [path: string, text: string, some: string[], none: string[]])[] = [
    ['rules/main.yaml', '- id: x\n  |\n', ['when', 'then', 'description'], ['id', 'score']],
    ['rules/main.yaml', '- id: x\n  wh|\n  then: { score: 1 }\n', ['when', 'description'], ['id', 'then']],
    ['rules/main.yaml', '- id: x\n  when: true\n  then: { sc| }\n', ['score', 'outcome', 'reason'], ['when']],
    ['rules/main.yaml', '- id: x\n  when: true\n  then: { score: 1, | }\n', ['outcome', 'reason'], ['score']],
    ['rules/main.yaml', '- id: x\n  when: true\n  then:\n    outcome: |\n', ['approve', 'review', 'decline'], []],
    [
      'rules/main.yaml',
      '- id: a\n  when: true\n  then: { reason: LOUD }\n- id: x\n  when: true\n  then: { reason: | }\n',
      ['LOUD', 'NEAR'],
      [],
    ],
    ['bundle.yaml', 'name: x\npro|', ['profile', 'version'], ['name']],
    ['bundle.yaml', 'name: x\nprofile: |', ['strict', 'standard'], []],
    ['bundle.yaml', 'decide:\n  combine: |\n', ['score', 'first', 'collect'], []],
    ['tables/limit.yaml', 'hitPolicy: |\n', ['unique', 'ruleOrder'], []],
    ['tables/limit.yaml', 'inputs:\n  - co|\n', ['country', 'value', 'label'], []],
    [
      'tables/limit.yaml',
      'inputs: [country, amount]\noutputs: [rate]\nrows:\n  - { when: [|, 5], then: [1] }\n',
      ['US', '-', 'null', 'not()', 'amount'],
      [],
    ],
    ['tables/limit.yaml', 'inputs: [country]\noutputs: [rate]\nrows:\n  - { when: [not(G|)], then: [1] }\n', ['US', 'GB'], []],
    ['tables/limit.yaml', 'inputs: [country]\noutputs: [rate]\nrows:\n  - { when: { | }, then: [1] }\n', ['country'], ['rate']],
    ['tables/limit.yaml', 'inputs: [country]\noutputs: [rate]\nrows:\n  - { when: [US], then: { | } }\n', ['rate'], ['country']],
    [
      'tables/limit.yaml',
      'inputs: [country]\noutputs:\n  - { name: x, type: { field: | } }\n',
      ['card.limit', 'items[].price'],
      [],
    ],
    ['tables/limit.yaml', 'inputs: [email]\noutputs: [rate]\nrows:\n  - { when: ["value.|"], then: [1] }\n', ['startsWith'], []],
    ['tables/signal.csv', 'country,amount,-> score\n|,5,1\n', ['US', '-', 'amount'], []],
    ['tables/signal.csv', 'country,amount,-> reason\nUS,5,|\n', ['LARGE'], ['amount']],
    ['tables/signal.csv', 'country,am|,-> score\nUS,5,1\n', ['amount'], []],
    ['tables/signal.csv', 'country,amount,-> score\n"not(US, |)",5,1\n', ['GB'], []],
    ['features/fee.yaml', '- name: x\n  |\n', ['value', 'cases', 'description'], ['name']],
    ['features/fee.yaml', '- name: x\n  value: am|\n', ['amount'], []],
    ['tests/main.yaml', '- name: x\n  payload: { | }\n  expect: { score: 1 }\n', ['amount', 'country', 'card'], []],
    ['tests/main.yaml', '- name: x\n  payload:\n    card: { | }\n  expect: { score: 1 }\n', ['limit'], ['amount']],
    ['tests/main.yaml', '- name: x\n  payload: { country: | }\n  expect: { score: 1 }\n', ['US', 'GB'], []],
    ['tests/main.yaml', '- name: x\n  payload: {}\n  expect: { reasons: [|] }\n', ['LARGE'], []],
    ['model.yaml', 'type: object\nproperties:\n  x: { type: | }\n', ['string', 'integer', 'array'], []],
    ['model.yaml', 'type: object\nproperties:\n  x: { type: string, | }\n', ['maxLength', 'enum'], ['type']],
    ['model.yaml', 'type: object\nrequired: [|]\nproperties:\n  x: { type: string }\n', ['x'], []],
    ['lists/blocked.yaml', 'type: |\n', ['string', 'date'], []],
    ['outputs.yaml', '- name: hits\n  each: limit\n  as: row\n  values: { points: row.| }\n', ['rate'], ['amount', 'length']],
    ['outputs.yaml', '- name: hits\n  each: limit\n  as: row\n  values: { points: r| }\n', ['row', 'amount'], ['rate']],
    ['outputs.yaml', '- name: prices\n  each: items\n  as: item\n  values:\n    price: item.|\n', ['price'], ['amount']],
    ['outputs.yaml', '- name: prices\n  each: items\n  as: item\n  values: { price: it| }\n', ['item', 'amount'], ['price']],
    ['outputs.yaml', '- name: prices\n  value: it|\n', ['items'], ['item']],
    ['parameters/limits.yaml', 'values:\n  top: { type: |, default: 5 }\n', ['number', 'integer'], []],
  ];
  it.each(cases)('%s %s', (path, text, some, none) => {
    const found = labels(path, text);
    expect(found).toEqual(expect.arrayContaining(some));
    expect(found.filter((label) => none.includes(label))).toEqual([]);
  });

  it('knows names of the bundle while a document has faults', () => {
    expect(labels('rules/main.yaml', '- id: x\n  when: am|\n  then: { score: [\n')).toContain('amount');
  });
});

describe('signatures', () => {
  const cases: readonly (readonly [condition: string, label: string | undefined, active: number])[] = [
    ['divide(|', 'divide(a: decimal, b: decimal, scale: scale, rounding: rounding): decimal', 0],
    ['divide(amount, 3, |)', 'divide(a: decimal, b: decimal, scale: scale, rounding: rounding): decimal', 2],
    ['email.slice(1, |) === "x"', 'text.slice(start: number, end?: number): string', 1],
    [
      'items.reduce((sum, item) => sum + 1, |)',
      'list.reduce(step: (accumulator, element) => value, initial: value): type of `initial`',
      1,
    ],
    ['amount > |', undefined, 0],
  ];
  it.each(cases)('%s', (condition, label, active) => {
    const { session, path, offset } = marked(...rule(condition));
    const found = signatureAt(session, path, offset);
    expect([found?.label, found?.active ?? 0]).toEqual([label, active]);
  });
});
