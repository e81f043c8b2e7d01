import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from '#src/bundle/csv.js';

const SEED = Number(process.env.VERDICT_SEED ?? 4180);

const cells = (text: string): string[][] =>
  readCsv('t.csv', text).records.map(({ cells: found }) => found.map((cell) => cell.text));

const cases: [string, string, string[][]][] = [
  [
    'commas',
    'a,b\n1,2\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'semicolons',
    'a;b\n1,5;2\n',
    [
      ['a', 'b'],
      ['1,5', '2'],
    ],
  ],
  [
    'tabs',
    'a\tb\n1;2,3\t4',
    [
      ['a', 'b'],
      ['1;2,3', '4'],
    ],
  ],
  [
    'separators in quotes do not count',
    '"a;;;;",b\n1,2',
    [
      ['a;;;;', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'CRLF and lines without anything',
    'a,b\r\n\r\n1,2\r\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'CR alone',
    'a,b\r1,2\r',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'quotes, doubled quotes, lines and separators in them',
    'a,b\n"x ""y"", z","1\n2"\n',
    [
      ['a', 'b'],
      ['x "y", z', '1\n2'],
    ],
  ],
  [
    'empty cells at every place',
    'a,b,c\n,,\n,x,\n"",,""',
    [
      ['a', 'b', 'c'],
      ['', '', ''],
      ['', 'x', ''],
      ['', '', ''],
    ],
  ],
  ['one column', 'a\n1\n2', [['a'], ['1'], ['2']]],
  [
    'a quote inside a cell is a character',
    'a,b\n> "x",2',
    [
      ['a', 'b'],
      ['> "x"', '2'],
    ],
  ],
  ['nothing', '', []],
];

describe('cells', () => {
  it.each(cases)('%s', (_, text, expected) => {
    expect(cells(text)).toEqual(expected);
    expect(readCsv('t.csv', text).faults).toEqual([]);
  });
});

describe('places', () => {
  const text = 'a,"b ""c"" d",e\n';
  const [, quoted, plain] = readCsv('t.csv', text).records[0]!.cells;
  const at = (cell: typeof quoted, start: number, end: number): string => {
    const span = cell!.spanAt(start, end);
    return text.slice(span.start, span.end);
  };

  it('of a part of a cell, through doubled quotes', () => {
    expect(quoted!.text).toBe('b "c" d');
    expect(at(quoted, 0, 1)).toBe('b');
    expect(at(quoted, 3, 4)).toBe('c');
    expect(at(quoted, 2, 5)).toBe('""c""');
    expect(at(quoted, 6, 7)).toBe('d');
    expect(at(plain, 0, 1)).toBe('e');
  });

  it('of whole cells and records', () => {
    const [record] = readCsv('t.csv', text).records;
    expect(text.slice(record!.span.start, record!.span.end)).toBe('a,"b ""c"" d",e');
    expect(text.slice(quoted!.span.start, quoted!.span.end)).toBe('"b ""c"" d"');
  });
});

describe('faults', () => {
  it.each([
    ['a quote that is never closed', 'a,"b\nc', '"', /never closed/],
    ['something behind a closing quote', 'a,"b" c,d\n', '"b" c', /follows the closing quote/],
  ])('%s', (_, text, covered, message) => {
    const { faults } = readCsv('t.csv', text);
    expect(faults).toHaveLength(1);
    expect(text.slice(faults[0]!.span.start, faults[0]!.span.end)).toBe(covered);
    expect(faults[0]!.message).toMatch(message);
  });
});

it(`reads what any writer writes as csv-parse does (seed ${SEED})`, () => {
  const value = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('', '"', '""', ',', ';', 'a,b', 'x\ny', ' ', '-', 'é😀'));
  const table = fc.array(fc.array(value, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 6 });
  const separators = fc.constantFrom(',', ';', '\t');
  const ends = fc.constantFrom('\n', '\r\n');
  fc.assert(
    fc.property(table, separators, ends, fc.boolean(), (rows, separator, end, quoteAll) => {
      const quote = (cell: string): string => (quoteAll || /["\r\n,;\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
      const text = [['h1', 'h2', 'h3'], ...rows].map((row) => row.map(quote).join(separator)).join(end);
      const { records, faults } = readCsv('t.csv', text);
      expect(faults).toEqual([]);
      const expected = parse(text, { delimiter: separator, record_delimiter: end, relax_column_count: true }) as string[][];
      expect(records.map(({ cells: found }) => found.map((cell) => cell.text))).toEqual(expected);
      for (const { cells: found } of records) {
        for (const cell of found) {
          // Each character stands where its place says.
          for (let i = 0; i < cell.text.length; i++) expect(text[cell.spanAt(i, i + 1).start]).toBe(cell.text[i]);
        }
      }
    }),
    { seed: SEED, numRuns: 500 },
  );
});
