// Graphs beside GoRules' own engine: what is imported answers the same for each payload, or is refused. Payloads are samples too.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '#src/engine.js';
import { zenOriginal } from '#src/import/jdm/original.js';
import { compareAnswers } from '#src/import/verify.js';
import { decideImported, importZen, type Payload } from '../../lib/zen.js';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ poolThreads: 0, profileMax: 'standard' });
});
afterAll(() => engine.close());

interface Node {
  readonly id: string;
  readonly type: string;
  readonly content?: object;
}

/** A graph of nodes; an edge is `from>to`, or `from.statement>to`. */
function graphText(nodes: readonly Node[], edges: readonly string[]): string {
  const all = [{ id: 'request', type: 'inputNode' }, ...nodes].map((node) => ({
    name: node.id,
    position: { x: 0, y: 0 },
    ...node,
  }));
  return JSON.stringify({
    nodes: all,
    edges: edges.map((edge, index) => {
      const [, sourceId, sourceHandle, targetId] = /^(\w+)(?:\.(\w+))?>(\w+)$/.exec(edge)!;
      return { id: `e${index}`, sourceId, targetId, ...(sourceHandle === undefined ? {} : { sourceHandle }) };
    }),
  });
}

/** A table by its columns (null: the cells are conditions) and the rows of their cells, outputs last. */
function tableText(
  fields: readonly (string | null)[],
  outputs: readonly string[],
  rows: readonly (readonly string[])[],
  more = {},
): string {
  const content = {
    hitPolicy: 'first',
    inputs: fields.map((field, at) => ({ id: `i${at}`, name: `in${at}`, ...(field === null ? {} : { field }) })),
    outputs: outputs.map((field, at) => ({ id: `o${at}`, name: field, field })),
    rules: rows.map((cells, row) =>
      Object.fromEntries([
        ['_id', `r${row}`],
        ...cells.map((cell, at) => [at < fields.length ? `i${at}` : `o${at - fields.length}`, cell]),
      ]),
    ),
    ...more,
  };
  return graphText([{ id: 'table', type: 'decisionTableNode', content }], ['request>table']);
}

async function same(text: string, payloads: readonly Payload[]): Promise<void> {
  const imported = importZen(text, payloads);
  expect(imported.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const zen = (await zenOriginal({ name: 'graph.json', text }))!;
  for (const payload of payloads) {
    const outputs = await decideImported(engine, imported, payload);
    expect({ payload, differences: compareAnswers(imported, payload, outputs!, await zen.answer(payload)) }).toEqual({
      payload,
      differences: [],
    });
  }
}

function refused(text: string, payloads: readonly Payload[], reason: string): void {
  const { diagnostics } = importZen(text, payloads);
  expect(
    diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(({ message }) => message)
      .join('\n'),
  ).toContain(reason);
}

const PAIRS = [0, 1, 2].flatMap((a) => [0, 1, 2].map((b) => ({ a, b })));

describe('`$` in a table is the column that was read last', () => {
  it.each<[string, (string | null)[], string[][], object?]>([
    [
      'in an output, of the row',
      ['a', 'b'],
      [
        ['1', '2', '$'],
        ['', '>= 1', '$ + 10'],
        ['>= 0', '', '$ * 2'],
      ],
    ],
    [
      'in an output of a row that reads nothing, of the row before',
      ['a'],
      [
        ['1', '"one"'],
        ['', '$ == 2 ? "two" : "none"'],
      ],
    ],
    ['in the first row nothing', ['a'], [['', '$ == null ? "none" : "some"']]],
    [
      'in a condition',
      ['a', null],
      [
        ['1', '$ == 1', '"one"'],
        ['', 'b == 2', '"b"'],
        ['', '', '"else"'],
      ],
    ],
    [
      'in a column, computed once',
      ['a', '$'],
      [
        ['>= 1', '2', '"two"'],
        ['', '', '"else"'],
      ],
    ],
    [
      'in a column whose cells do not read it',
      ['a', '$'],
      [
        ['1', 'b > 1', '"b"'],
        ['', '', '"else"'],
      ],
    ],
    [
      'in a column of an expression',
      ['a', '$ + b'],
      [
        ['>= 1', '> 2', '$'],
        ['', '', '0'],
      ],
    ],
    [
      'where rows are collected',
      ['a', 'b'],
      [
        ['1', '', '$'],
        ['', '2', '$'],
      ],
      { hitPolicy: 'collect' },
    ],
    [
      'where two columns of a name were read',
      ['a', 'a', null],
      [
        ['> 0', '< 2', '$ == 1', '$'],
        ['', '', '', '7'],
      ],
    ],
  ])('%s', async (_, fields, rows, more = {}) => {
    await same(tableText(fields, ['result'], rows, more), PAIRS);
  });

  it.each<[string, (string | null)[], string[][]]>([
    [
      'in a row that reads nothing, behind one that ends at one of two',
      ['a', 'b'],
      [
        ['1', '2', '0'],
        ['', '', '$'],
      ],
    ],
    [
      'in a row behind one that may end before it reads',
      [null, 'a'],
      [
        ['b > 1', '1', '0'],
        ['', '', '$'],
      ],
    ],
    [
      'in a column that is read behind others',
      ['a', 'b', '$'],
      [
        ['1', '', '1', '0'],
        ['', '1', '1', '1'],
        ['', '', '', '2'],
      ],
    ],
  ])('refused %s', (_, fields, rows) => {
    refused(tableText(fields, ['result'], rows), PAIRS, '`$` is the column that was read last');
  });
});

describe('ends of a graph', () => {
  const expression = (id: string, expressions: Readonly<Record<string, string>>, passThrough = true): Node => ({
    id,
    type: 'expressionNode',
    content: { passThrough, expressions: Object.entries(expressions).map(([key, value]) => ({ id: key, key, value })) },
  });
  const taking = (id: string, conditions: readonly string[], hitPolicy = 'first'): Node => ({
    id,
    type: 'switchNode',
    content: { hitPolicy, statements: conditions.map((condition, at) => ({ id: `s${at}`, condition })) },
  });
  const [x, y] = [expression('x', { r: '1', x: 'a' }), expression('y', { r: '2', y: 'b' })];
  const both = ['way.s0>x', 'way.s1>y'];
  it.each<[string, readonly Node[], readonly string[], boolean]>([
    ['one of two, always', [taking('way', ['a > 0', '']), x, y], ['request>way', ...both], true],
    ['one of two or none', [taking('way', ['a > 0', 'b > 0']), x, y], ['request>way', ...both], false],
    ['both, where both hold', [taking('way', ['a > 0', ''], 'collect'), x, y], ['request>way', ...both], true],
    [
      'one for two statements',
      [taking('way', ['a > 1', 'b > 1', '']), x, y],
      ['request>way', 'way.s0>x', 'way.s1>y', 'way.s2>y'],
      true,
    ],
    [
      'of switches behind one another',
      [taking('first', ['a > 0', '']), taking('way', ['b > 0', '']), x, y, expression('z', { r: '3' })],
      ['request>first', 'first.s0>way', 'first.s1>z', ...both],
      true,
    ],
    ['one that nothing follows', [taking('way', ['a > 0', '']), x], ['request>way', 'way.s0>x'], false],
    [
      'of which one does not pass on',
      [taking('way', ['a > 0', '']), x, expression('y', { r: '2' }, false)],
      ['request>way', ...both],
      false,
    ],
  ])('%s', async (_, nodes, edges, passesThrough) => {
    const text = graphText(nodes, edges);
    expect(importZen(text, PAIRS).passesThrough === true).toBe(passesThrough);
    await same(text, PAIRS);
  });
});

it('a time that is answered as it was sent is refused, and one that stays in the payload is not', async () => {
  const payloads = [{ at: '2025-03-19T10:00:00Z' }, { at: '2025-03-19T12:00:00.5+02:00' }];
  const text = (expressions: Readonly<Record<string, string>>, passThrough: boolean): string =>
    graphText(
      [
        {
          id: 'times',
          type: 'expressionNode',
          content: { passThrough, expressions: Object.entries(expressions).map(([key, value]) => ({ id: key, key, value })) },
        },
      ],
      ['request>times'],
    );
  await same(text({ seconds: 'date(at)' }, true), payloads);
  refused(text({ seconds: 'date(at)', sent: 'at' }, true), payloads, 'answered in the form in which it was sent');
  refused(text({ seconds: 'date(at)', list: '[{ at: at }]' }, false), payloads, 'answered in the form in which it was sent');
  refused(text({ seconds: 'date(at)', year: 'at[0:3]' }, false), payloads, 'used as a text');
  refused(text({ seconds: 'date(at)', long: 'at + "!"' }, false), payloads, 'used as a text');
});
