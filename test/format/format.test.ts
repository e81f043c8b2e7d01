// The one form of expressions, cells and files; that it is stable, and that it changes nothing that is decided.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument, visit } from 'yaml';
import { IMAGE_MANIFEST_BYTES } from '#assembly/shared/image.js';
import { compile } from '#src/compiler/compile.js';
import { tokensOf } from '#src/compiler/expression-tokens.js';
import { kindOf } from '#src/editor/document-kind.js';
import { BundleSession } from '#src/editor/session.js';
import { formatResult, formatTest } from '#src/format/cell.js';
import { formatExpression } from '#src/format/expression.js';
import { formatFile } from '#src/format/format-file.js';
import { readImageFile } from '#src/image/file.js';
import { FILES } from '../editor/world.js';
import { testSeed } from '../lib/model.js';

describe('expressions', () => {
  const cases: readonly (readonly [text: string, formatted: string])[] = [
    ['a>1&&b', 'a > 1 && b'],
    ['  a  ', 'a'],
    ['-a - -b', '-a - -b'],
    ['a- - -b', 'a - - -b'],
    ['!( a||b )', '!(a || b)'],
    ['!!a', '!!a'],
    ['a?b:c', 'a ? b : c'],
    ['x ?. f( 1,2 )??3', 'x?.f(1, 2) ?? 3'],
    ['items . some ( item=>item.price>1 )', 'items.some(item => item.price > 1)'],
    ['items.reduce((a,b)=>a+b,0)', 'items.reduce((a, b) => a + b, 0)'],
    ['[ "a" , \'b\' ].includes( c )', '["a", \'b\'].includes(c)'],
    ['`${ a }x  y` + "b  c"', '`${ a }x  y` + "b  c"'],
    ['`a${ `b${c}` }` === d', '`a${ `b${c}` }` === d'],
    ['a *-1', 'a * -1'],
    ['(a)', '(a)'],
    ['a\n  && b', 'a && b'],
  ];
  it.each(cases)('%s', (text, formatted) => expect(formatExpression(text, 100)).toBe(formatted));

  const broken: readonly (readonly [text: string, lines: string[]])[] = [
    ['aaaa > 1 && bbbb > 2 && cccc > 3', ['aaaa > 1', '&& bbbb > 2', '&& cccc > 3']],
    ['aaaa > 1 || bbbb > 2 && cccc', ['aaaa > 1', '|| bbbb > 2 && cccc']],
    ['aaaa && (bbbb || cccc || dddd || eeee)', ['aaaa', '&& (', '  bbbb', '  || cccc', '  || dddd', '  || eeee', ')']],
    ['aaaaaaaa ? bbbbbbbb : cccccccc ? d : e', ['aaaaaaaa', '  ? bbbbbbbb', '  : cccccccc', '  ? d', '  : e']],
    ['items.some(item => item.aaaa > 1 && item.b)', ['items.some(', '  item => item.aaaa > 1', '    && item.b', ')']],
    ['round(aaaaaaaaaaaa, 2, "half-even")', ['round(', '  aaaaaaaaaaaa,', '  2,', '  "half-even"', ')']],
  ];
  it.each(broken)('%s, broken', (text, lines) => expect(formatExpression(text, 24)?.split('\n')).toEqual(lines));

  it.each(['a // why', 'a /* b */ + c', 'a +', 'a b', ''])('%s is left alone', (text) =>
    expect(formatExpression(text, 10)).toBeUndefined(),
  );

  it('are the same tokens, and stable, in any width', () => {
    const name = fc.constantFrom('a', 'bb', 'items', 'card?.limit', '-1', '"x y"', '`t${a}`', '!b', '0.5');
    const grown = fc.letrec<{ e: string }>((tie) => ({
      e: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        name,
        fc
          .tuple(tie('e'), fc.constantFrom('&&', '||', '+', '-', '>', '==='), tie('e'))
          .map(([l, o, r]) => `${l} ${o}${o === '-' ? ' ' : ''}${r}`),
        tie('e').map((e) => `( ${e})`),
        tie('e').map((e) => `items.some(x=>${e} )`),
        fc.tuple(tie('e'), tie('e'), tie('e')).map(([a, b, c]) => `(${a}?${b}:${c})`),
        fc.tuple(tie('e'), tie('e')).map(([a, b]) => `f(${a} ,${b})`),
      ),
    })).e;
    fc.assert(
      fc.property(grown, fc.integer({ min: 10, max: 100 }), (text, width) => {
        const once = formatExpression(text, width);
        if (once === undefined) throw new Error(`not formatted: ${text}`);
        const texts = (of: string): string[] | undefined => tokensOf(of)?.map((token) => token.text);
        expect(texts(once)).toEqual(texts(text));
        expect(formatExpression(once, width)).toBe(once);
      }),
      { seed: testSeed('format expressions'), numRuns: 300 },
    );
  });
});

describe('cells', () => {
  const tests: readonly (readonly [text: string, formatted: string])[] = [
    [' - ', '-'],
    ['', ''],
    ['\u2013', '-'],
    ['<5', '< 5'],
    ['>=  a+1', '>= a + 1'],
    ['[1 .. 5 )', '[1..5)'],
    [']1..5[', '(1..5)'],
    ['US ,GB', 'US, GB'],
    ['not( US,[1..2] )', 'not(US, [1..2])'],
    ['2026-10-31', '2026-10-31'],
    ['< 2026-10-31', '< 2026-10-31'],
    ['half-open', 'half-open'],
    ['"a , b",c', '"a , b", c'],
    ['value*2>amount', 'value * 2 > amount'],
    ['5,', '5,'],
    ['=5', '=5'],
  ];
  it.each(tests)('%s', (text, formatted) => expect(formatTest(text)).toBe(formatted));
  const results = [
    ['small-town', 'small-town'],
    ['fee*2', 'fee * 2'],
    ['2026-10-31', '2026-10-31'],
    [' the young ', 'the young'],
  ];
  it.each(results)('%s as an output', (text, formatted) => expect(formatResult(text!)).toBe(formatted));
});

describe('files', () => {
  const cases: readonly (readonly [path: string, text: string, formatted: string])[] = [
    [
      'rules/a.yaml',
      '# head\n-   when:   a>1   # why\n    id: x\n    then: {reason: R,   score: 1}\n\n\n# second\n- { id: "yy", when: "b", then: { score: 1.50 } }\n',
      '# head\n- id: x\n  when: a > 1 # why\n  then: { score: 1, reason: R }\n\n# second\n- { id: yy, when: b, then: { score: 1.50 } }\n',
    ],
    [
      'rules/a.yaml',
      `- id: x\n  when: ${['aaaaaaaaaaaaaaaaaaaaaaaaa > 1', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbb > 2', 'ccccccccccccccccccccccccccccc > 3'].join(' && ')}\n  then: { score: 1 }\n`,
      '- id: x\n  when: |\n    aaaaaaaaaaaaaaaaaaaaaaaaa > 1\n    && bbbbbbbbbbbbbbbbbbbbbbbbbbbbb > 2\n    && ccccccccccccccccccccccccccccc > 3\n  then: { score: 1 }\n',
    ],
    [
      'rules/a.yaml',
      '- id: x\n  when: |\n    a &&\n    b\n  then: { score: 1 }\n',
      '- id: x\n  when: a && b\n  then: { score: 1 }\n',
    ],
    [
      'rules/a.yaml',
      '- id: x\n  when: |\n    a && // first\n    b\n  then: { score: 1 }\n',
      '- id: x\n  when: |\n    a && // first\n    b\n  then: { score: 1 }\n',
    ],
    ['features/f.yaml', '- value: \'"us"\'\n  name: a\n', '- name: a\n  value: \'"us"\'\n'],
    [
      'tables/t.yaml',
      'outputs: [ rate ]\ninputs: [ country ]\nrows:\n  - { then: [1.10], when: [ "<5" ] }\n',
      "inputs: [country]\noutputs: [rate]\nrows:\n  - { when: ['< 5'], then: [1.10] }\n",
    ],
    [
      'model.yaml',
      'type:   object\nproperties:\n  b: {type: string,maxLength: 9007199254740993}\n  a: {enum: [NO, yes]}\n',
      "type: object\nproperties:\n  b: { type: string, maxLength: 9007199254740993 }\n  a: { enum: ['NO', 'yes'] }\n",
    ],
    [
      'rules/a.json',
      '[{"then":{"score":1.50},"when":"a>\\"x\\"","id":"x"}]',
      '[\n  { "id": "x", "when": "a > \\"x\\"", "then": { "score": 1.50 } }\n]\n',
    ],
    [
      'tables/t.csv',
      'country , amount,-> rate : number,# note\r\n"US",<5 , 1,  x\r\n\r\n"US,GB",-,2,"a ""b"""\r\n',
      'country,amount,-> rate: number,# note\nUS,< 5,1,x\n\n"US, GB",-,2,"a ""b"""\n',
    ],
    ['tables/t.csv', 'a;-> b\nnot("A");1\n', 'a;-> b\n"not(""A"")";1\n'],
  ];
  it.each(cases)('%s', (path, text, formatted) => {
    const once = format({ [path]: text })[path];
    expect(once).toBe(formatted);
    expect(format({ [path]: once! })[path]).toBe(formatted);
  });

  const refused: readonly (readonly [path: string, text: string])[] = [
    ['rules/a.yaml', '- id: [\n'],
    ['rules/a.json', '[{"a": 1,}]'],
    ['tables/t.csv', 'a,-> b\n"x,1\n'],
    ['rules/a.yaml', `${'['.repeat(1000)}`],
  ];
  it.each(refused)('%s with a fault stays', (path, text) =>
    expect(formatFile(path, kindOf(path, undefined)!, text, undefined)).toBeUndefined(),
  );

  it('leave the lock alone', () => expect(format({ 'model.lock.json': '{"format":1}' })['model.lock.json']).toBe('{"format":1}'));
});

/** All files formatted, as the command does. */
function format(files: Readonly<Record<string, string>>): Record<string, string> {
  const session = new BundleSession();
  for (const [path, text] of Object.entries(files)) session.setText(path, text);
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => {
      const kind = session.kind(path)!;
      const formatted = formatFile(path, kind, text, kind === 'csv' ? session.headOf(path) : session.shape(path));
      if (formatted === undefined) throw new Error(`${path} was not read`);
      return [path, formatted];
    }),
  );
}

function deciding(files: Readonly<Record<string, string>>): Buffer {
  const encoded = new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]));
  const { image, diagnostics } = compile(encoded, { profileMax: 'standard' });
  if (image === undefined) throw new Error(diagnostics.map(({ message }) => message).join('; '));
  const bytes = Buffer.from(readImageFile(image).deciding);
  // How long the manifest is that follows: it has the texts of expressions, with their blanks.
  bytes.writeUInt32LE(0, IMAGE_MANIFEST_BYTES);
  return bytes;
}

/** Mulberry32: numbers from 0 to 1. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('a bundle that is written in another way', () => {
  const original = deciding(FILES);

  /** The same documents with another style, other orders of keys, and comments. */
  const rewritten = (path: string, text: string, random: () => number): string => {
    if (!path.endsWith('.yaml')) return text.replaceAll(',', () => (random() < 0.3 ? ' ,' : ','));
    const document = parseDocument(text);
    visit(document, {
      Collection(_, node) {
        if (random() < 0.3) node.flow = true;
      },
      Map(_, map) {
        if (path !== 'model.yaml' && random() < 0.5) map.items.reverse();
      },
      Scalar(_, scalar) {
        if (typeof scalar.value === 'string' && random() < 0.3) scalar.type = random() < 0.5 ? 'QUOTE_DOUBLE' : 'QUOTE_SINGLE';
        if (random() < 0.1) scalar.commentBefore = ' why';
      },
    });
    return document.toString({ lineWidth: random() < 0.5 ? 40 : 0, indent: random() < 0.5 ? 2 : 4 });
  };

  it('has one form and decides alike', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = randomOf(seed);
        const written = Object.fromEntries(Object.entries(FILES).map(([path, text]) => [path, rewritten(path, text, random)]));
        const once = format(written);
        expect(format(once)).toEqual(once);
        expect(deciding(once).equals(deciding(written))).toBe(true);
        expect(deciding(once).equals(original)).toBe(true);
      }),
      { seed: testSeed('format bundles'), numRuns: 12, endOnFailure: true },
    );
  });
});
