// What the differential tests have found, each in its smallest form.

import { afterAll, describe, expect, it } from 'vitest';
import { closeWorld, decideAll, faultsOf } from '../compiler/bundle-world.js';

afterAll(closeWorld);

const rule = (when: string): Record<string, string> => ({
  'rules/a.yaml': JSON.stringify([{ id: 'hit', when, then: { score: 1, reason: 'HIT' } }]),
});

describe('found', () => {
  it.each([
    'maybe === toNumber(divide(1, amount, 0, "down"))',
    'toNumber(divide(1, amount, 0, "down")) !== maybe',
    'card?.limit === toNumber(5 % amount)',
    '[amount, divide(1, amount, 0, "down")].length === 2',
    '[amount, 1 % amount].filter(value => flag).length === 0',
  ])('both sides and all elements are computed: %s', async (when) => {
    const decisions = await decideAll(rule(when), [{ amount: 0 }, { amount: 1 }]);
    expect(decisions.map(({ status }) => status)).toEqual(['ARITHMETIC', 'OK']);
  });

  it('a pass over a list ends where its value is known', async () => {
    const when = 'items?.map(value => toDecimal(value, 2, "down")).some(value => divide(1, value, 0, "down") > 0) ?? false';
    const decisions = await decideAll(rule(when), [{ items: [1, 0] }, { items: [0, 1] }]);
    expect(decisions.map(({ status, score }) => [status, score])).toEqual([
      ['OK', 1],
      ['ARITHMETIC', 0],
    ]);
  });

  it('hits have the order in which they are written, whatever reads what', async () => {
    const deciding = 'outputs: [score, outcome, reason]\n';
    const texts = {
      'tables/a.yaml': `inputs: [credit.score]\n${deciding}rows: [{ when: ['> 0'], then: [10, decline, A] }]\n`,
      'tables/b.yaml': `inputs: [n]\n${deciding}rows: [{ when: ['-'], then: [10, review, B] }]\n`,
      'scorecards/credit.yaml':
        'contributes: true\ncharacteristics: [{ name: n, input: c.v, baseline: 20, reason: N, attributes: [{ points: 10 }] }]\n',
      'tables/c.yaml':
        'inputs: [flag]\noutputs: [{ name: v, type: number, default: 1 }, score, outcome, reason]\nrows: [{ when: ["-"], then: [1, 10, approve, C] }]\n',
      'rules/a.yaml': '- { id: last, when: n > 0, then: { score: 10, outcome: approve, reason: R } }\n',
    };
    const [both] = await decideAll(texts, [{ n: 1 }]);
    expect(both!.reasons.map(({ code }) => code)).toEqual(['R', 'A', 'B', 'C', 'N']);
    const { 'scorecards/credit.yaml': scorecard, ...rest } = texts;
    const silent = { ...rest, 'scorecards/credit.yaml': scorecard.replace('contributes: true\n', '') };
    const first = await decideAll(silent, [{ n: 1 }, { n: 0 }], { combine: 'first' });
    expect(first.map(({ reasons }) => reasons.map(({ code }) => code))).toEqual([['R'], ['A']]);
  });

  it('a cell that is an expression is a test, even where it comes to a constant', () => {
    const table = (cell: string): string =>
      `inputs: [i]\noutputs: [{ name: v, type: number, default: 1 }]\nrows: [{ when: ['${cell}'], then: [2] }]\n`;
    for (const cell of ['value > 20', 'value < 20', 'value > 20 && flag']) {
      const faults = faultsOf({ 'tables/t.yaml': table(cell), ...rule('t.v === 2') });
      expect(faults.filter((fault) => !fault.includes('?@'))).toEqual([]);
    }
  });

  it('payloads that show a gap are looked for beside texts too', () => {
    const table = `inputs: ['s.endsWith("x") ? n : i']\noutputs: [v]\nrows: [{ when: ['[1..5]'], then: [2] }]\n`;
    const faults = faultsOf({ 'tables/t.yaml': table, ...rule('t.v === 2') });
    expect(faults.filter((fault) => !fault.includes('?@'))).toEqual([]);
  });

  it('what reads something with faults has no second fault', () => {
    const overlap =
      'hitPolicy: unique\ninputs: [i]\noutputs: [{ name: v, type: number, default: 1 }, { name: c, type: { field: country }, default: US }]\n' +
      'rows: [{ when: ["> 1"], then: [1, US] }, { when: ["> 2"], then: [2, GB] }]\n';
    const faults = faultsOf({
      'tables/t.yaml': overlap,
      'tables/u.yaml': 'inputs: [t.c, t.v]\noutputs: [v]\nrows: [{ when: [US, "> 5"], then: [t.v] }]\n',
      'scorecards/points.yaml':
        'characteristics: [{ name: a, input: t.c, attributes: [{ when: "=== DE", points: 1 }, { points: 2 }] }]\n',
      'features/f.yaml': '- { name: f, cases: [{ when: flag, value: t.v }, { value: n }] }\n- { name: g, value: t.v }\n',
      ...rule('g'),
    });
    expect(faults.filter((fault) => !fault.includes('?@'))).toEqual(['V4201@{ when: ["> 2"], then: [2, GB] }']);
  });
});
