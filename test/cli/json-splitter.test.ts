import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonArraySplitter, type JsonPiece, type JsonSplitter, LineSplitter } from '#src/cli/json-splitter.js';

/** Feeds a text in chunks of the given sizes, used in turn. */
function split(splitter: JsonSplitter, text: string, sizes: readonly number[] = [1 << 20]): JsonPiece[] {
  const bytes = new TextEncoder().encode(text);
  const pieces: JsonPiece[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    pieces.push(...splitter.push(bytes.subarray(at, at + size)));
    at += size;
  }
  return [...pieces, ...splitter.end()];
}

const seed = Date.now() >>> 0;
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

describe('JsonArraySplitter', () => {
  const cases: [string, JsonPiece[]][] = [
    ['[]', []],
    [' [ ] \n', []],
    ['[1]', [{ line: 1, text: '1' }]],
    [
      '[1,2]',
      [
        { line: 1, text: '1' },
        { line: 1, text: '2' },
      ],
    ],
    [
      '[\n  {"a": [1, 2]},\n\n  {"b": "],["}\n]',
      [
        { line: 2, text: '{"a": [1, 2]}' },
        { line: 4, text: '{"b": "],["}' },
      ],
    ],
    [
      '["\\"", "\\\\"]',
      [
        { line: 1, text: '"\\""' },
        { line: 1, text: '"\\\\"' },
      ],
    ],
    ['\ufeff[true]', [{ line: 1, text: 'true' }]],
    ['\n{"a": {"b": 1}}\n', [{ line: 2, text: '{"a": {"b": 1}}' }]],
    [
      '[,1]',
      [
        { line: 1, text: '' },
        { line: 1, text: '1' },
      ],
    ],
  ];
  for (const [text, expected] of cases) {
    it(`cuts ${JSON.stringify(text)}, also byte by byte`, () => {
      expect(split(new JsonArraySplitter(), text)).toEqual(expected);
      expect(split(new JsonArraySplitter(), text, [1])).toEqual(expected);
    });
  }

  for (const [text, message] of [
    ['', /ends inside/],
    ['[1', /ends inside/],
    ['["]', /ends inside/],
    ['{"a": 1', /ends inside/],
    ['12', /not a JSON array/],
    ['[1] [2]', /more after the end/],
    ['{"a": 1}\n{"a": 2}', /more after the end/],
  ] as const) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => split(new JsonArraySplitter(), text)).toThrow(message);
    });
  }

  it(`gives back what was put in, wherever it is cut (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 2), sizes, (values, indent, chunks) => {
        const pieces = split(new JsonArraySplitter(), JSON.stringify(values, null, indent), chunks);
        expect(pieces.map(({ text }) => JSON.parse(text) as unknown)).toEqual(JSON.parse(JSON.stringify(values)));
      }),
      { seed, numRuns: 300 },
    );
  });
});

describe('LineSplitter', () => {
  const cases: [string, JsonPiece[]][] = [
    ['', []],
    ['\n\n', []],
    [
      '1\n2',
      [
        { line: 1, text: '1' },
        { line: 2, text: '2' },
      ],
    ],
    [
      '1\r\n\r\n3\r\n',
      [
        { line: 1, text: '1' },
        { line: 3, text: '3' },
      ],
    ],
    ['\ufeff{"a":1}\n', [{ line: 1, text: '{"a":1}' }]],
  ];
  for (const [text, expected] of cases) {
    it(`cuts ${JSON.stringify(text)}, also byte by byte`, () => {
      expect(split(new LineSplitter(), text)).toEqual(expected);
      expect(split(new LineSplitter(), text, [1])).toEqual(expected);
    });
  }

  it(`gives back what was put in, wherever it is cut (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), sizes, (values, chunks) => {
        const text = values.map((value) => `${JSON.stringify(value)}\n`).join('');
        const pieces = split(new LineSplitter(), text, chunks);
        expect(pieces.map((piece) => JSON.parse(piece.text) as unknown)).toEqual(JSON.parse(JSON.stringify(values)));
        expect(pieces.map(({ line }) => line)).toEqual(values.map((_, i) => i + 1));
      }),
      { seed, numRuns: 300 },
    );
  });
});
