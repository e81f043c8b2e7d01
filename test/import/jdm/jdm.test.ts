// What is refused of a JDM, and that nothing of a hostile source crashes the importer.

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { expressionsOf, graphText, hasZen, importZen, tableOf } from '../../lib/zen.js';

const decoder = new TextDecoder();

describe('refusals', () => {
  it.skipIf(!hasZen).each([
    ['error-cyclic.json', 'the graph goes in a circle'],
    ['error-missing-input.json', 'the graph has 0 input nodes'],
    ['recursive-table1.json', 'the node `inf2` is another document'],
    ['recursive-table2.json', 'the node `inf1` is another document'],
    ['custom.json', 'the node `customNode1` is computed by a program outside'],
  ])('%s: %s', (file, message) => {
    const { files, diagnostics } = importZen(graphText(file));
    expect(files.size).toBe(0);
    expect(diagnostics[0]).toMatchObject({ severity: 'error', message: expect.stringContaining(message) as string });
  });

  it.each([
    ['rand(5)', 'is chance'],
    ["d('2024-01-01').add('1d')", 'dates has no like'],
    ['string(a)', 'turns nothing into a text'],
    ['1 +', 'not well-formed'],
    ['nowhere(1)', 'there is no function'],
  ])('%s: %s', (expression, message) => {
    const text = expressionsOf({ result: expression });
    const { diagnostics } = importZen(text, [{ a: 1 }]);
    const error = diagnostics.find(({ severity }) => severity === 'error');
    expect(error?.message).toContain(message);
    expect(text.slice(error!.span.start, error!.span.end).length).toBeGreaterThan(0);
  });
});

it('an answer that is a list is the output `result`, with objects in its elements', () => {
  const graph = {
    nodes: [
      { id: 'in', type: 'inputNode', name: 'request' },
      { id: 'out', type: 'outputNode', name: 'response' },
      {
        id: 'table',
        type: 'decisionTableNode',
        name: 'discounts',
        content: {
          hitPolicy: 'collect',
          inputs: [{ id: 'i', field: 'amount', name: 'Amount' }],
          outputs: [
            { id: 'o', field: 'discount.percentage', name: 'Percentage' },
            { id: 'p', field: 'code', name: 'Code' },
          ],
          rules: [{ _id: 'r', i: '> 10', o: '15', p: '"A"' }],
        },
      },
    ],
    edges: [
      { id: 'a', sourceId: 'in', targetId: 'table' },
      { id: 'b', sourceId: 'table', targetId: 'out' },
    ],
    tests: [{ input: { amount: 20 }, output: [{ discount: { percentage: 15 }, code: 'A' }] }],
  };
  const { files, diagnostics, isResult } = importZen(JSON.stringify(graph));
  expect(diagnostics).toEqual([]);
  expect(isResult).toBe(true);
  expect(parse(decoder.decode(files.get('outputs.yaml')))).toEqual([
    {
      name: 'result',
      each: 'discounts',
      as: 'row',
      values: { 'discount.percentage': 'row.discountPercentage', code: 'row.code' },
    },
  ]);
  expect(parse(decoder.decode(files.get('tests/source.yaml')))).toEqual([
    { name: 'test 1 of the source', payload: graph.tests[0]!.input, expect: { outputs: { result: graph.tests[0]!.output } } },
  ]);
});

describe('hostile sources', () => {
  const text = tableOf('a', [
    ['> 5 and < [1..2', "'x' + 1"],
    ["contains($, 'b')", '`${a}`'],
  ]);
  it('are refused wherever they end', () => {
    for (let end = 0; end < text.length; end += 3) expect(() => importZen(text.slice(0, end))).not.toThrow();
  });
  it('may have anything in the place of anything', () => {
    for (let at = 0; at < text.length; at += 2) {
      for (const other of ['"', '{', '[', '0', ',', '(', '#'])
        expect(() => importZen(text.slice(0, at) + other + text.slice(at + 1))).not.toThrow();
    }
  });
  it('may be nested as they like', () => {
    for (const expression of [
      '('.repeat(10_000),
      '['.repeat(5000),
      '-'.repeat(20_000),
      '{a:'.repeat(5000),
      'a.'.repeat(9000),
      'not '.repeat(9000),
    ]) {
      expect(importZen(expressionsOf({ result: expression })).diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
    }
  });
});
