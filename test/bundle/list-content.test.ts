// Contents of lists: what is an entry, what is a fault and in which line, whatever the chunks.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIST_FAULTS_MAX, type ListFormat, ListReader } from '#src/bundle/list-content.js';
import { listTypeText, type Member, memberOf, parseListType } from '#src/bundle/list-type.js';
import type { ListType } from '#src/bundle/lists.js';
import { readBundle } from '#src/bundle/read-bundle.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { positionOf } from '#src/diagnostic/render.js';
import { listBundle } from '../lib/list-bundle.js';
import { testSeed } from '../lib/model.js';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Read {
  entries: Member[];
  faults: string[];
}

function read(type: ListType, format: ListFormat, content: Uint8Array | string, chunkBytes = 1 << 20, header = true): Read {
  const bytes = typeof content === 'string' ? encode(content) : content;
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(bytes.slice(at, at + chunkBytes));
  const reader = new ListReader(type, format, { header });
  const entries = [...reader.read(chunks)];
  return { entries, faults: reader.faults.map(({ line, message }) => `${line}: ${message}`).sort() };
}

describe('lines', () => {
  const cases: [string, ListType, string, Member[]][] = [
    ['nothing', 'string', '', []],
    ['one without an end', 'string', 'a', ['a']],
    ['ends of all kinds, and empty lines', 'string', 'a\nb\r\n\n\r\nc', ['a', 'b', 'c']],
    ['spaces are part of a text', 'string', ' a\nb \n', [' a', 'b ']],
    ['a byte order mark is not', 'string', '\ufeffa\nb', ['a', 'b']],
    ['commas, quotes and hashes mean nothing', 'string', 'a,"b"\n#c', ['a,"b"', '#c']],
    ['other scripts', 'string', 'Zoë\n😀', ['Zoë', '😀']],
    ['numbers', 'number', '1\n-2.5\n 1e3 \n0\n', [1, -2.5, 1000, 0]],
    ['decimals', { decimal: 2 }, '1\n-2.50\n0.01\n7.100\n', [100n, -250n, 1n, 710n]],
    ['integers of 64 bits', { decimal: 0 }, '9223372036854775807\n-9223372036854775808', [2n ** 63n - 1n, -(2n ** 63n)]],
    ['dates', 'date', '1970-01-02\n2024-02-29', [1n, 19782n]],
    ['timestamps', 'timestamp', '1970-01-01T00:00:01Z\n1970-01-01T01:00:00.5+01:00', [1_000_000n, 500_000n]],
  ];
  it.each(cases)('%s', (_, type, text, entries) => {
    expect(read(type, 'lines', text)).toEqual({ entries, faults: [] });
  });
});

describe('CSV', () => {
  const cases: [string, ListType, string, Member[]][] = [
    ['the first cell of each record', 'string', 'mail,why\na,x\nb,y\n', ['a', 'b']],
    ['of one column', 'string', 'mail\na;b\nc', ['a;b', 'c']],
    ['separated by semicolons', 'string', 'mail;why\na,1;x\n', ['a,1']],
    ['separated by tabs', 'string', 'mail\twhy\na\tx\n', ['a']],
    ['in quotes', 'string', 'mail,why\n"a,""b""",x\n"c\nd",y\ne,"f\ng"\nh,i', ['a,"b"', 'c\nd', 'e', 'h']],
    ['empty cells and lines', 'string', 'mail,why\n,x\n\n"",y\nb,z\n', ['b']],
    ['an empty line before the header', 'string', '\nmail,why\na,x', ['a']],
    ['line ends of both kinds', 'string', 'mail\r\na\r\n"b"\r\n', ['a', 'b']],
    ['decimals', { decimal: 1 }, 'amount,why\n1.5,x\n"2",y', [15n, 20n]],
  ];
  it.each(cases)('%s', (_, type, text, entries) => {
    expect(read(type, 'csv', text)).toEqual({ entries, faults: [] });
  });

  it('without a header, where that is said', () => {
    expect(read('string', 'csv', 'a,x\nb,y', 100, false).entries).toEqual(['a', 'b']);
  });
});

describe('faults name their line', () => {
  const cases: [string, ListType, ListFormat, string | Uint8Array, string[]][] = [
    ['no number', 'number', 'lines', '1\n\nx\n2,5\nNaN\n1e999', ['3: `x` is', '4: `2,5` is', '5: `NaN` is', '6: `1e999` is']],
    ['digits that a decimal does not have', { decimal: 2 }, 'lines', '1.005', ['1: `1.005` is no decimal(2)']],
    ['an integer of more than 64 bits', { decimal: 0 }, 'lines', '9223372036854775808', ['1: `9223372036854775808`']],
    ['a day that is none', 'date', 'lines', '2023-02-29', ['1: `2023-02-29` is no date']],
    ['a timestamp without an offset', 'timestamp', 'lines', '2023-02-20T00:00:00', ['1: `2023-02-20T00:00:00` is no timestamp']],
    ['bytes that are not UTF-8', 'string', 'lines', Uint8Array.of(97, 10, 0xff, 10, 98), ['2: the line is not UTF-8']],
    ['a long line', 'string', 'lines', 'x'.repeat(600_000), ['1: a line is longer than any entry may be']],
    ['a long entry', 'string', 'lines', `a\n${'x'.repeat(262_145)}\nb`, ['2: the entry is longer than 262144 bytes']],
    ['a quote that is never closed', 'string', 'csv', 'mail\na\n"b\nc\n', ['3: the quote is never closed']],
    ['something behind a quote', 'string', 'csv', 'mail\n"a\nb"c,x\nd', ['2: something follows the closing quote']],
    ['after a cell of two lines', 'number', 'csv', 'n,why\n1,"x\ny"\nz,\n', ['4: `z` is no number']],
    ['an entry where the header belongs', 'number', 'csv', '5\n6\n', ['1: the first line of a CSV is its header, and `5` is']],
  ];
  it.each(cases)('%s', (_, type, format, content, expected) => {
    const { faults } = read(type, format, content);
    expect(faults).toHaveLength(expected.length);
    for (const [index, fault] of faults.entries()) expect(fault.startsWith(expected[index]!)).toBe(true);
  });

  it('and only the first are told apart', () => {
    const reader = new ListReader('number', 'lines');
    expect([...reader.read([encode('x\n'.repeat(1000))])]).toEqual([]);
    expect([reader.faults.length, reader.faultCount]).toEqual([LIST_FAULTS_MAX, 1000]);
  });
});

describe('chunks do not matter', () => {
  it.each([1, 2, 3, 5, 8, 13, 100])('to a fault in a record that goes on in the next chunk: %d bytes', (chunkBytes) => {
    const { faults, entries } = read('string', 'csv', Buffer.from('mail,why\n"a"b,"x\ny"\nc,d\n'), chunkBytes);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^2: something follows the closing quote/);
    expect(entries).toContain('c');
  });

  it.each([1, 2, 3, 5, 100])('to the separator of a header of several lines: %d bytes', (chunkBytes) => {
    expect(read('string', 'csv', Buffer.from('"\r\n";\n'), chunkBytes)).toEqual({ entries: [], faults: [] });
    expect(read('string', 'csv', Buffer.from('"a\nb";why\nc,d;e\n'), chunkBytes)).toEqual({ entries: ['c,d'], faults: [] });
    expect(read('string', 'csv', Buffer.from('5" pipe;why\nc,d;e\n'), chunkBytes)).toEqual({ entries: ['c,d'], faults: [] });
  });

  const seed = testSeed('test/bundle/list-content');
  const content = fc
    .array(fc.oneof(fc.constantFrom('"', '""', ',', ';', '\n', '\r\n', '\ufeff', '\xff', 'é', '😀'), fc.string({ maxLength: 4 })), {
      maxLength: 40,
    })
    .map((parts) => {
      const bytes = Buffer.from(parts.join(''), 'utf8');
      return parts.includes('\xff') ? Buffer.concat([bytes, Buffer.from([0xff, 10])]) : bytes;
    });
  for (const format of ['lines', 'csv'] as const) {
    it(`of ${format} (seed ${seed})`, () => {
      fc.assert(
        fc.property(content, fc.integer({ min: 1, max: 20 }), (bytes, chunkBytes) => {
          expect(read('string', format, bytes, chunkBytes)).toEqual(read('string', format, bytes));
        }),
        { seed, numRuns: 2000 },
      );
    });
  }

  it(`texts written as CSV are read again (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 })), (texts) => {
        const quoted = texts.map((text) => `"${text.replaceAll('"', '""')}",x\n`).join('');
        expect(read('string', 'csv', `mail,why\n${quoted}`, 7).entries).toEqual(texts);
      }),
      { seed, numRuns: 500 },
    );
  });
});

describe('values of a program', () => {
  const cases: [ListType, unknown, Member | undefined][] = [
    ['string', 'a', 'a'],
    ['string', 1, undefined],
    ['string', '\ud800', undefined],
    ['number', 1.5, 1.5],
    ['number', '1.5', 1.5],
    ['number', Number.NaN, undefined],
    ['number', Number.POSITIVE_INFINITY, undefined],
    ['number', 1n, undefined],
    [{ decimal: 2 }, 19.9, 1990n],
    [{ decimal: 2 }, '19.90', 1990n],
    [{ decimal: 2 }, 5n, 500n],
    [{ decimal: 2 }, 0.001, undefined],
    ['date', '1970-01-02', 1n],
    ['date', 1, undefined],
    ['timestamp', '1970-01-01T00:00:01Z', 1_000_000n],
    ['timestamp', null, undefined],
  ];
  it.each(cases)('%j %s', (type, value, expected) => expect(memberOf(type, value)).toEqual(expected));

  it('types are written and read again', () => {
    for (const type of ['string', 'number', 'date', 'timestamp', { decimal: 0 }, { decimal: 18 }] as const) {
      expect(parseListType(listTypeText(type))).toEqual(type);
    }
    for (const text of ['', 'text', 'decimal', 'decimal(19)', 'decimal(-1)', 'decimal(2) '])
      expect(parseListType(text)).toBeUndefined();
  });
});

describe('a bundle', () => {
  function diagnosticsOf(files: Record<string, string>): string[] {
    const bundle = listBundle({ files });
    const bag = new DiagnosticBag();
    readBundle(bundle, bag);
    return bag.items.map(({ code, span }) => {
      const { line, column } = positionOf(span, bundle);
      return `${code} ${span.file}:${line}:${column}`;
    });
  }
  const declared = 'type: number\nmaximum: 2\n';
  const cases: [string, Record<string, string>, string[]][] = [
    ['with good entries', { 'lists/blocked.yaml': declared, 'lists/blocked.txt': '1\n2\n' }, []],
    [
      'with bad ones',
      { 'lists/blocked.yaml': declared, 'lists/blocked.txt': '\ufeff1\nx\né\n' },
      ['V4300 lists/blocked.txt:2:1', 'V4300 lists/blocked.txt:3:1'],
    ],
    ['with too many', { 'lists/blocked.yaml': declared, 'lists/blocked.txt': '1\n2\n3\n' }, ['V4301 lists/blocked.txt:1:1']],
    ['with one that comes twice', { 'lists/blocked.yaml': declared, 'lists/blocked.csv': 'n\n1\n2\n1.0\n' }, []],
    ['that says it brings them', { 'lists/blocked.yaml': 'type: string\ncontent: bundle\n' }, ['V4302 lists/blocked.yaml:2:1']],
  ];
  it.each(cases)('%s', (_, files, expected) => expect(diagnosticsOf(files)).toEqual(expected));
});
