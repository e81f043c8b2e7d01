import { describe, expect, it } from 'vitest';
import { LabelCounter } from '#src/cli/label-metrics.js';

describe('LabelCounter', () => {
  // by hand: 8 rows, 3 positive; flagged 3, of which 2 are positive
  const rows = [
    ['1', 'decline'],
    ['1', 'review'],
    ['1', 'approve'],
    ['0', 'decline'],
    ['0', 'approve'],
    ['0', 'approve'],
    ['0', 'approve'],
    ['0', 'none'],
  ] as const;

  it('counts what one would count by hand', () => {
    const counter = new LabelCounter('fraud', [], ['review', 'decline']);
    for (const [label, outcome] of rows) counter.add(label, outcome);
    expect(counter.result()).toEqual({
      column: 'fraud',
      positive: [],
      flag: ['review', 'decline'],
      confusion: { truePositive: 2, falsePositive: 1, falseNegative: 1, trueNegative: 4 },
      precision: 2 / 3,
      recall: 2 / 3,
      specificity: 4 / 5,
      balancedAccuracy: (2 / 3 + 4 / 5) / 2,
      accuracy: 6 / 8,
      byValue: { 0: { approve: 3, review: 0, decline: 1, none: 1 }, 1: { approve: 1, review: 1, decline: 1, none: 0 } },
    });
  });

  it('flags only what it is told to', () => {
    const counter = new LabelCounter('fraud', [], ['decline']);
    for (const [label, outcome] of rows) counter.add(label, outcome);
    expect(counter.result().confusion).toEqual({ truePositive: 1, falsePositive: 1, falseNegative: 2, trueNegative: 4 });
  });

  for (const [label, positive, expected] of [
    ['1', [], true],
    ['true', [], true],
    ['Yes', [], true],
    [' 1 ', [], true],
    ['0', [], false],
    ['2', [], false],
    ['', [], false],
    ['2', ['1', '2'], true],
    ['yes', ['Yes'], false],
    ['1', ['2'], false],
  ] as const) {
    it(`takes ${JSON.stringify(label)} as ${expected ? 'positive' : 'negative'} of ${JSON.stringify(positive)}`, () => {
      const counter = new LabelCounter('x', positive, ['decline']);
      counter.add(label, 'decline');
      expect(counter.result().confusion[expected ? 'truePositive' : 'falsePositive']).toBe(1);
    });
  }

  it('has no ratio where there is nothing to divide by', () => {
    const { precision, recall, specificity, balancedAccuracy, accuracy } = new LabelCounter('x', [], ['decline']).result();
    expect([precision, recall, specificity, balancedAccuracy, accuracy]).toEqual([null, null, null, null, null]);
  });

  it('gathers rare values of a column with many', () => {
    const counter = new LabelCounter('x', [], ['decline']);
    for (let i = 0; i < 100; i++) counter.add(`v${i}`, 'approve');
    const { byValue } = counter.result();
    expect(Object.keys(byValue).length).toBe(21);
    expect(byValue['(other)']!.approve).toBe(80);
  });
});
