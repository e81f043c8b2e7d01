import { describe, expect, it } from 'vitest';
import { Namer, toBundleName, toIdentifier } from '#src/import/names.js';

describe('toIdentifier', () => {
  it.each([
    ['amount', 'amount'],
    ['Approval Status', 'approvalStatus'],
    ['2nd-rate', '_2ndRate'],
    ['grún', 'grun'],
    ['Straße 5', 'strasse5'],
    ['EU shipping', 'euShipping'],
    ['IDs of US', 'idsOfUS'],
    ['A b', 'aB'],
    ['iPhone model', 'iPhoneModel'],
    ['case', 'case_'],
    ['now', 'now_'],
    ['', 'unnamed'],
    ['日本', 'unnamed'],
    ['a.b', 'aB'],
    ['x'.repeat(80), 'x'.repeat(64)],
  ])('%s -> %s', (text, name) => expect(toIdentifier(text)).toBe(name));
});

describe('toBundleName', () => {
  it.each([
    ['rules/Loan Approval.json', 'loan-approval'],
    ['8k.json', '8k'],
    ['???', 'imported'],
  ])('%s -> %s', (text, name) => expect(toBundleName(text)).toBe(name));
});

describe('Namer', () => {
  it('gives no name twice', () => {
    const namer = new Namer(['taken']);
    expect(['a b', 'aB', 'aB', 'taken', 'x'.repeat(64), 'x'.repeat(64)].map((text) => namer.name(text))).toEqual([
      'aB',
      'aB2',
      'aB3',
      'taken2',
      'x'.repeat(64),
      `${'x'.repeat(58)}`,
    ]);
  });
});
