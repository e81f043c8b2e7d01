// What is refused as a pattern, where and in which words; sizes; what is kept.

import { describe, expect, it } from 'vitest';
import * as layout from '#assembly/shared/pattern.js';
import { compilePattern } from '#src/compiler/pattern/compile-pattern.js';
import { PATTERN_CHARS_MAX, PATTERN_DEPTH_MAX, PATTERNS_KEPT_MAX } from '#src/compiler/pattern/limits.js';

/** The part that is refused, why, and what to write instead. */
function refusal(source: string): [part: string, message: string, advice: string | undefined] | undefined {
  const compiled = compilePattern(source);
  if ('blob' in compiled) return undefined;
  const { start, end, message, advice } = compiled.error;
  return [source.slice(start, end), message, advice];
}

const LINEAR = 'matching would not take time linear in the text';
const PROPERTY_ADVICE = 'general categories, as in `\\p{L}`, and scripts, as in `\\p{Script=Greek}`, are supported';
const FLAGS_ADVICE = 'write both cases out, as in `[Aa]`, or match text.toLowerCase()';

describe('what is refused', () => {
  const cases: [source: string, part: string, message: string, advice?: string][] = [
    ['(a)\\1', '\\1', `a backreference is not supported: ${LINEAR}`, 'write out what may stand there'],
    ['(?<x>a)b\\k<x>', '\\k<x>', `a backreference is not supported: ${LINEAR}`, 'write out what may stand there'],
    ['a(?=b)', '(?=b)', `a lookahead is not supported: ${LINEAR}`, 'join two conditions: matches(...) && matches(...)'],
    ['^(?!b).*', '(?!b)', `a lookahead is not supported: ${LINEAR}`, 'join two conditions: matches(...) && !matches(...)'],
    ['(?<=b)a', '(?<=b)', `a lookbehind is not supported: ${LINEAR}`, 'join two conditions: matches(...) && matches(...)'],
    ['(?<!b)a', '(?<!b)', `a lookbehind is not supported: ${LINEAR}`, 'join two conditions: matches(...) && !matches(...)'],
    ['x(?i:a)', 'i', 'flags inside a pattern are not supported', FLAGS_ADVICE],
    ['[\\p{Emoji}a]', '\\p{Emoji}', 'the property `Emoji` is not supported', PROPERTY_ADVICE],
    ['\\p{scx=Grek}', '\\p{scx=Grek}', 'the property `scx=Grek` is not supported', PROPERTY_ADVICE],
    ['ab(', '(', 'unterminated group'],
    ['a)', ')', "unmatched ')'"],
    ['[z-a]', ']', 'range out of order in character class'],
    ['a**', '*', 'nothing to repeat'],
    ['\\q', 'q', 'invalid escape'],
    ['a{2,1}', '}', 'numbers out of order in {} quantifier'],
    ['\\p{Nonsense}', '}', 'invalid property name'],
    [`${'('.repeat(PATTERN_DEPTH_MAX + 1)}a`, '(', `groups stand more than ${PATTERN_DEPTH_MAX} deep inside one another`],
  ];
  for (const [source, part, message, advice] of cases)
    it(source.length > 40 ? `${source.slice(0, 20)}...` : source, () => expect(refusal(source)).toEqual([part, message, advice]));

  it('is what is too long', () => {
    expect(refusal('a'.repeat(PATTERN_CHARS_MAX))).toEqual([
      'a'.repeat(PATTERN_CHARS_MAX),
      'written out, the pattern has 2,001 steps; 2,000 are allowed',
      'a counted repetition is written out as often as it counts: count less, or compare the length of the text',
    ]);
    expect(refusal('a'.repeat(PATTERN_CHARS_MAX + 1))?.slice(0, 2)).toEqual([
      'a',
      'the pattern has 2001 characters; 2000 are allowed',
    ]);
    expect(refusal('a'.repeat(PATTERN_CHARS_MAX - 1))).toBeUndefined();
  });

  it('is what counts too far, and the message stands at the innermost of it', () => {
    const cases: [source: string, part: string | undefined, amount?: string][] = [
      ['a{1999}', undefined],
      ['a{2000}', 'a{2000}', '2,001'],
      ['x(?:a{50}b){60}', '(?:a{50}b){60}', '3,062'],
      ['((a{9}){9}){99}', '((a{9}){9}){99}', '8,020'],
      ['x{0,1000}', 'x{0,1000}', '2,001'],
      ['(((a{9999}){9999}){9999})', 'a{9999}', 'more than 1,000,000,000'],
      [`a{${'9'.repeat(400)}}`, `a{${'9'.repeat(400)}}`, 'more than 1,000,000,000'],
      ['a{1000}b{1500}', 'a{1000}b{1500}', '2,501'],
      ['(?:){1000000000}', undefined],
      ['(?:a{1000}){0}', undefined],
    ];
    for (const [source, part, amount] of cases) {
      const refused = refusal(source);
      expect(refused?.slice(0, 2), source).toEqual(
        part === undefined ? undefined : [part, `written out, the pattern has ${amount} steps; 2,000 are allowed`],
      );
    }
  });

  it('is what tells too many characters apart', () => {
    const many = Array.from({ length: 300 }, (_, index) => String.fromCharCode(0x4e00 + 2 * index)).join('');
    expect(refusal(many)?.slice(1)).toEqual(['the pattern tells more than 256 kinds of characters apart', 'use several patterns']);
    expect(refusal(`[${many}]`)).toBeUndefined();
  });
});

describe('compilePattern', () => {
  const header = (source: string): { kind: number; size: number; units: number; bytes: number } => {
    const compiled = compilePattern(source);
    if ('error' in compiled) throw new Error(compiled.error.message);
    const view = new DataView(compiled.blob.buffer, compiled.blob.byteOffset);
    const at = (offset: number): number => view.getUint32(offset, true);
    return {
      kind: at(layout.PATTERN_KIND),
      size: at(layout.PATTERN_SIZE),
      units: at(layout.PATTERN_UNITS),
      bytes: compiled.blob.length,
    };
  };

  it('makes small automata of what people write, and states what they cost', () => {
    expect(header('^(a+)+$')).toEqual({ kind: layout.PatternKind.DFA, size: 4, units: 4, bytes: 232 });
    expect(header('^[A-Z]{2}\\d{2}[A-Z0-9]{10,30}$')).toMatchObject({ kind: layout.PatternKind.DFA, size: 37, units: 4 });
    expect(header('^[\\w.+-]+@[\\w-]+\\.[\\w.-]+$').bytes).toBeLessThan(400);
    expect(header('^\\p{Lu}').units).toBeLessThan(20);
    expect(header('(a|b)*a(a|b){20}$')).toMatchObject({ kind: layout.PatternKind.NFA });
  });

  it('makes the same bytes of the same source, and keeps the last ones', () => {
    const first = compilePattern('a+b');
    expect(compilePattern('a+b')).toBe(first);
    for (let number = 0; number < PATTERNS_KEPT_MAX; number++) compilePattern(`x${number}`);
    const again = compilePattern('a+b');
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
  });

  it('takes a hostile source without harm', () => {
    const sources = [
      '('.repeat(1e6),
      '['.repeat(2000),
      '\\'.repeat(1999),
      '(?:'.repeat(600),
      `${'(a|'.repeat(400)}`,
      '{'.repeat(99),
    ];
    for (const source of sources) expect(compilePattern(source)).toHaveProperty('error.message');
    // A set of states for nearly every combination.
    expect(header(`(?:${'a?'.repeat(600)}b|${'.?'.repeat(300)}c)*$`).kind).toBeGreaterThan(0);
  });
});
