// Generated regular expressions and texts for them: small alphabets, so that they often match.

import fc from 'fast-check';

const literals = [
  'a',
  'a',
  'b',
  'b',
  'c',
  '1',
  '_',
  ' ',
  '\\n',
  '\\.',
  '-',
  'é',
  '中',
  '😀',
  '\\u{1f600}',
  '\\ud83d',
  '\\ude00',
  '\\x41',
  '\\cJ',
  '\\/',
];
const escapes = ['.', '\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '\\p{L}', '\\P{L}', '\\p{Lu}', '\\p{Script=Greek}', '\\p{ASCII}'];
const classes = [
  '[ab]',
  '[^a]',
  '[a-c1]',
  '[^\\d\\s]',
  '[\\w-]',
  '[]',
  '[^]',
  '[\\b]',
  '[é-中]',
  '[\\u{10000}-\\u{10ffff}]',
  '[\\ud800-\\udfff]',
  '[^\\p{L}]',
];
const assertions = ['^', '$', '\\b', '\\B'];
const quantifiers = ['*', '+', '?', '*?', '+?', '??', '{0}', '{1}', '{2}', '{0,2}', '{1,3}', '{2,}', '{0,}?', '{3,5}?'];

/** Sources of patterns that both JavaScript (flag `u`) and the compiler accept. */
export const patternSource: fc.Arbitrary<string> = fc.letrec<{ choice: string; sequence: string; item: string; atom: string }>(
  (tie) => ({
    choice: fc.oneof(
      { weight: 4, arbitrary: tie('sequence') },
      { weight: 1, arbitrary: fc.tuple(tie('sequence'), tie('choice')).map((two) => two.join('|')) },
    ),
    sequence: fc.array(tie('item'), { maxLength: 4 }).map((items) => items.join('')),
    item: fc.oneof(
      { weight: 5, arbitrary: tie('atom') },
      { weight: 3, arbitrary: fc.tuple(tie('atom'), fc.constantFrom(...quantifiers)).map((two) => two.join('')) },
      { weight: 2, arbitrary: fc.constantFrom(...assertions) },
    ),
    atom: fc.oneof(
      { maxDepth: 3 },
      { weight: 5, arbitrary: fc.constantFrom(...literals) },
      { weight: 2, arbitrary: fc.constantFrom(...escapes) },
      { weight: 2, arbitrary: fc.constantFrom(...classes) },
      { weight: 2, arbitrary: tie('choice').map((choice) => `(${choice})`) },
      { weight: 1, arbitrary: tie('choice').map((choice) => `(?:${choice})`) },
    ),
  }),
).choice;

/** Texts of the characters that those patterns are about. */
export const patternText: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      'a',
      'a',
      'b',
      'c',
      'A',
      '1',
      '_',
      ' ',
      '\n',
      '.',
      '-',
      'é',
      'Σ',
      '中',
      '😀',
      '𐐀',
      '\ud83d',
      '\ude00',
      '\u2028',
    ),
    { maxLength: 8 },
  )
  .map((characters) => characters.join(''));
