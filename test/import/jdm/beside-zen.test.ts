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

/** Decides each payload with both. Where ZEN fails, the bundle may answer what it likes. */
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

it.each([
  ['keys({ b: 1, a: 2 })', 1],
  ['values({ b: 1, a: 2 })', 1],
  ['keys({ b: 1 })', 0],
])('the order of %s is by chance in ZEN: %i warnings', (value, count) => {
  const content = { expressions: [{ id: 'r', key: 'r', value: `len(${value}) > t ? 'more' : 'less'` }] };
  const { diagnostics } = importZen(graphText([{ id: 'names', type: 'expressionNode', content }], ['request>names']), [{ t: 1 }]);
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual(
    Array.from({ length: count }, () => expect.stringMatching(/^V7102 members come in an order by chance in ZEN/) as string),
  );
});

describe('what texts say', () => {
  /** Rows whose cells read a text: `if` it holds, `else`, or at the end of the decision. */
  const read = async (cell: string, text: string): Promise<unknown> => {
    const table = tableText(
      ['t'],
      ['result'],
      [
        [cell, '"if"'],
        ['', '"else"'],
      ],
    );
    const imported = importZen(table, [{ t: 'a' }]);
    const outputs = await decideImported(engine, imported, { t: text });
    const zen = (await zenOriginal({ name: 'graph.json', text: table }))!;
    const { result } = (await zen.answer({ t: text })) as { result: string };
    if (outputs !== undefined) expect({ text, result: outputs.result }).toEqual({ text, result });
    return outputs === undefined ? 'ends' : result;
  };

  it.each<[text: string, answer: string]>([
    ['1000', 'else'],
    ['1000.5', 'if'],
    ['001001', 'if'],
    ['-7', 'else'],
    ['1000.000001', 'if'],
    ['1001.0000000', 'if'],
    ['', 'else'],
    ['-', 'else'],
    ['.', 'else'],
    ['J1234', 'else'],
    ['1,234', 'else'],
    ['1.2.3', 'else'],
    ['0x1234', 'else'],
    ['12 34', 'else'],
    ['_1234', 'else'],
    ['\uff11234', 'else'],
    ['1e4e5', 'else'],
    ['+1234', 'ends'],
    [' 1234', 'ends'],
    ['1234\u0085', 'ends'],
    ['1_234', 'ends'],
    ['1234.', 'ends'],
    ['.5', 'ends'],
    ['1.5e3', 'ends'],
    ['1000.0000001', 'ends'],
    ['99999999999999', 'ends'],
  ])('number(%j) > 1000: %s', async (text, answer) => {
    expect(await read('number($) > 1000', text)).toBe(answer);
  });

  it.each<[text: string, answer: string]>([
    ['22:00', 'else'],
    ['22:01', 'if'],
    ['22:00:01', 'if'],
    ['05:59:59', 'if'],
    ['00:00', 'if'],
    ['06:00', 'else'],
    ['', 'else'],
    ['2200', 'else'],
    ['night', 'else'],
    ['2025-03-19', 'else'],
    ['9:30', 'ends'],
    [' 23:00', 'ends'],
    ['24:00', 'ends'],
    ['23:00:60', 'ends'],
    ['2025-03-19 23:00:00', 'ends'],
    ['2025-03-19T23:00:00Z', 'ends'],
    ['now', 'ends'],
  ])("time(%j) > time('22:00') or < time('06:00'): %s", async (text, answer) => {
    expect(await read("time($) > time('22:00') or time($) < time('06:00')", text)).toBe(answer);
  });

  it('pieces between separators, by their number', async () => {
    const expressions = ['first', 'second', 'third'].map((key, at) => ({ id: key, key, value: `split(t, '--')[${at}]` }));
    expressions.push({ id: 'n', key: 'n', value: "len(split(t, '--')) > 1 ? split(t, '--')[1] == 'b' : false" });
    const text = graphText([{ id: 'pieces', type: 'expressionNode', content: { expressions } }], ['request>pieces']);
    const texts = ['', 'a', 'a--b', 'a--b--c', 'a--b--c--d', '--', '----', '-----', 'a---b', '\u{1f600}--\u{1f600}'];
    await same(
      text,
      texts.map((t) => ({ t })),
    );
    for (const value of [
      "split(t, '.')[-1]",
      "split(t, '.')[16]",
      "filter(split(t, '.'), # != 'a')[0]",
      "map(split(t, '.'), # + '!')[0]",
    ])
      refused(
        graphText(
          [{ id: 'piece', type: 'expressionNode', content: { expressions: [{ id: 'r', key: 'r', value }] } }],
          ['request>piece'],
        ),
        [{ t: 'a.b' }],
        value.includes('[-') || value.includes('16') ? 'a piece of a text by a number' : 'an element of a list by its number',
      );
  });

  it.each<[expression: string, seconds: number]>([
    ["time('22:00')", 79_200],
    ["time('22:00:07')", 79_207],
    ["time('2023-01-01 10:00:07')", 36_007],
    ["time('2023-01-01T10:00:07.5+02:00')", 28_807],
    ['time(1700000000)', 1_700_000_000],
    ['date(1.9)', 1],
    ['date(-1.5)', -1],
    ["date('2023-01-01 10:00:07')", 1_672_567_207],
    ["date('2023-01-01T10:00:07-02:30')", 1_672_576_207],
  ])('%s', async (value, seconds) => {
    const text = graphText(
      [{ id: 'times', type: 'expressionNode', content: { expressions: [{ id: 'r', key: 'r', value }] } }],
      ['request>times'],
    );
    await same(text, [{}]);
    expect(await decideImported(engine, importZen(text, [{}]), {})).toEqual({ r: seconds });
  });

  it.each([
    "date('2023-01-01 10:00')",
    "date('2023-1-1')",
    "date('0099-01-01')",
    "time('9:30')",
    "time('2023-01-01')",
    "year('2023-02-30')",
  ])('%s is refused', (value) => {
    const text = graphText(
      [{ id: 'times', type: 'expressionNode', content: { expressions: [{ id: 'r', key: 'r', value }] } }],
      ['request>times'],
    );
    refused(text, [{}], 'a time in another form');
  });
});
