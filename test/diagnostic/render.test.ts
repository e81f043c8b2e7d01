import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '#src/diagnostic/diagnostic.js';
import { LineIndex } from '#src/diagnostic/position.js';
import { renderDiagnostic } from '#src/diagnostic/render.js';
import { suggest } from '#src/diagnostic/suggest.js';

const files = (text: string): Map<string, Uint8Array> => new Map([['rules/a.yaml', new TextEncoder().encode(text)]]);
const at = (start: number, end: number): Pick<Diagnostic, 'code' | 'severity' | 'span'> => ({
  code: 'V3201',
  severity: 'error',
  span: { file: 'rules/a.yaml', start, end },
});

describe('rendering', () => {
  const text = '- id: a\n  when: ammount > 5000\n';

  it('shows code, place, line, carets and advice', () => {
    const diagnostic = { ...at(16, 23), message: '`ammount` is not a field of the model', advice: 'did you mean `amount`?' };
    expect(renderDiagnostic(diagnostic, files(text))).toBe(
      [
        'error V3201: `ammount` is not a field of the model',
        '  --> rules/a.yaml:2:9',
        '   |',
        '2  |   when: ammount > 5000',
        '   |         ^^^^^^^',
        '  = advice: did you mean `amount`?',
      ].join('\n'),
    );
  });

  it('shows related places', () => {
    const related = [{ message: 'it was given here', span: { file: 'rules/a.yaml', start: 6, end: 7 } }];
    expect(
      renderDiagnostic({ ...at(16, 23), message: 'x', related }, files(text))
        .split('\n')
        .slice(5),
    ).toEqual(['  = note: it was given here', '  --> rules/a.yaml:1:7', '   |', '1  | - id: a', '   |       ^']);
  });

  it('colours on request only', () => {
    const diagnostic = { ...at(16, 23), message: 'x' };
    expect(renderDiagnostic(diagnostic, files(text))).not.toContain('\u001b');
    expect(renderDiagnostic(diagnostic, files(text), { color: true })).toContain('\u001b[31merror V3201\u001b[0m');
  });

  it.each([
    ['an empty span at the end', text, [text.length, text.length], '3  | ', '   | ^'],
    ['a span beyond the text', 'ab', [5, 9], '1  | ab', '   |   ^'],
    ['tabs', '\tx:\ty', [4, 5], '1  |     x:  y', '   |         ^'],
    ['East Asian characters', 'a: 東京 x', [6, 7], '1  | a: 東京 x', '   |         ^'],
    ['a span of them', 'a: 東京 x', [3, 5], '1  | a: 東京 x', '   |    ^^^^'],
    ['half width', 'ｱ x', [2, 3], '1  | ｱ x', '   |   ^'],
    ['emoji', '👨‍👩‍👧 x', [9, 10], '1  | 👨‍👩‍👧 x', '   |    ^'],
    ['a picture by its selector', '❤️ x', [3, 4], '1  | ❤️ x', '   |    ^'],
    ['flags', '🇩🇪 x', [5, 6], '1  | 🇩🇪 x', '   |    ^'],
    ['accents of their own', 'e\u0301 x', [3, 4], '1  | e\u0301 x', '   |   ^'],
    ['a pair that a long line would cut', `${'a'.repeat(119)}😀`, [0, 1], `1  | ${'a'.repeat(119)}😀`, '   | ^'],
    ['carriage returns', 'a: b\r\nc: d\r\n', [6, 7], '2  | c: d', '   | ^'],
    ['terminal escapes', 'a: \u001b[31mred', [0, 1], '1  | a:  [31mred', '   | ^'],
    ['a byte order mark', '\ufeffa: b', [3, 4], '1  | a: b', '   |    ^'],
  ] as const)('%s', (_, source, [start, end], line, carets) => {
    const lines = renderDiagnostic({ ...at(start, end), message: 'x' }, files(source)).split('\n');
    expect(lines.slice(3)).toEqual([line, carets]);
  });

  it.each([
    ['two', 'a: b\nc: d\n', [3, 9], ['1  | a: b', '   |    ^', '2  | c: d', '   | ^^^^']],
    ['the end of a line', 'a: b\nc: d\n', [3, 5], ['1  | a: b', '   |    ^']],
    ['indented', '- a\n    b\n    c', [2, 15], ['1  | - a', '   |   ^', '2  |     b', '   |     ^', '3  |     c', '   |     ^']],
    [
      'many',
      '1\n2\n3\n4\n5\n6\n7\n8\n9\n10',
      [0, 20],
      [' 1  | 1', '    | ^', ' 2  | 2', '    | ^', ' 3  | 3', '    | ^', '    ...', '10  | 10', '    | ^^'],
    ],
  ] as const)('a span over lines: %s', (_, source, [start, end], expected) => {
    const lines = renderDiagnostic({ ...at(start, end), message: 'x' }, files(source)).split('\n');
    expect(lines.slice(3)).toEqual(expected);
  });

  it('cuts long lines around the span', () => {
    const source = `${'a'.repeat(500)}bcd${'e'.repeat(500)}`;
    const lines = renderDiagnostic({ ...at(500, 503), message: 'x' }, files(source)).split('\n');
    expect(lines[3]!.length).toBeLessThan(140);
    const column = lines[4]!.indexOf('^^^');
    expect(lines[3]!.slice(column, column + 3)).toBe('bcd');
  });

  it('does without the file', () => {
    expect(renderDiagnostic({ ...at(0, 1), message: 'x' }, new Map())).toBe('error V3201: x\n  --> rules/a.yaml');
  });
});

describe('lines', () => {
  it.each([
    [0, 1, 1],
    [2, 1, 3],
    [3, 2, 1],
    [4, 3, 1],
    [6, 3, 3],
    [99, 3, 3],
    [-1, 1, 1],
  ])('offset %i is %i:%i', (offset, line, column) => expect(new LineIndex('ab\n\ncd').position(offset)).toEqual({ line, column }));
});

describe('suggestions', () => {
  it.each([
    ['ammount', ['amount', 'account'], 'amount'],
    ['Amount', ['amount'], 'amount'],
    ['contry', ['country', 'city'], 'country'],
    ['amuont', ['amount'], 'amount'],
    ['x', ['y'], 'y'],
    ['zzz', ['amount'], undefined],
    ['amount', ['amount'], undefined],
    ['a', [], undefined],
  ])('%s among %o is %s', (name, candidates, expected) => expect(suggest(name, candidates)).toBe(expected));
});
