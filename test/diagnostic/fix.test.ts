import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '#src/diagnostic/diagnostic.js';
import { applyFixes } from '#src/diagnostic/fix.js';

type Edit = [start: number, end: number, text: string];

function diagnostics(edits: readonly Edit[], file = 'rules/a.yaml'): Diagnostic[] {
  return edits.map(([start, end, text]) => ({
    code: 'V3143',
    severity: 'error',
    message: 'x',
    span: { file, start, end },
    fix: { span: { file, start, end }, text },
  }));
}

function check(text: string, edits: readonly Edit[]): { text: string; applied: number } {
  const bytes = new TextEncoder().encode(text);
  const { files, applied } = applyFixes(new Map([['rules/a.yaml', bytes]]), diagnostics(edits));
  const changed = files.get('rules/a.yaml') ?? bytes;
  return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(changed), applied: applied.length };
}

describe('applyFixes', () => {
  const cases: [name: string, text: string, edits: Edit[], expected: string, applied: number][] = [
    ['one place', 'a == b', [[2, 4, '===']], 'a === b', 1],
    [
      'several, given out of order',
      'a == b != c',
      [
        [7, 9, '!=='],
        [2, 4, '==='],
      ],
      'a === b !== c',
      2,
    ],
    [
      'a place twice is mended once, and both are done',
      'a == b',
      [
        [2, 4, '==='],
        [2, 4, '==='],
      ],
      'a === b',
      2,
    ],
    [
      'of two that overlap the first',
      'a == b',
      [
        [2, 4, '==='],
        [3, 6, 'x'],
      ],
      'a === b',
      1,
    ],
    [
      'side by side',
      'ab',
      [
        [0, 1, 'x'],
        [1, 2, 'y'],
      ],
      'xy',
      2,
    ],
    ['an insertion', 'amount', [[6, 6, ' > 0']], 'amount > 0', 1],
    ['a removal', 'a;', [[1, 2, '']], 'a', 1],
    ['a place behind the end is left alone', 'a', [[1, 5, 'x']], 'a', 0],
    ['the byte order mark stays, and is not counted', '\ufeffa == b', [[2, 4, '===']], '\ufeffa === b', 1],
    ['places count UTF-16 units', '"😀" == b', [[5, 7, '===']], '"😀" === b', 1],
    ['line ends stay as they are', 'a\r\n== b\r\n', [[3, 5, '===']], 'a\r\n=== b\r\n', 1],
  ];
  for (const [name, text, edits, expected, applied] of cases) {
    it(name, () => expect(check(text, edits)).toEqual({ text: expected, applied }));
  }

  it('leaves files without fixes out', () => {
    const bytes = new TextEncoder().encode('a == b');
    const given = new Map([
      ['rules/a.yaml', bytes],
      ['rules/b.yaml', bytes],
    ]);
    const { files } = applyFixes(given, [...diagnostics([[2, 4, '===']]), ...diagnostics([[0, 1, 'x']], 'rules/none.yaml')]);
    expect([...files.keys()]).toEqual(['rules/a.yaml']);
  });
});
