// Regular expressions of RE2, which CEL has, as those of Verdict, which are JavaScript's with the flag `u`. They look alike and
// differ in what `.`, `\s` and some escapes stand for; what has no counterpart is refused by name.

/** Why a pattern is not carried over. */
export class PatternRefusal extends Error {}

const REPEAT = /^\{(\d+)(?:,(\d*))?\}/;
const REPEAT_MAX = 1000;
const SPACES = '\\t\\n\\f\\r ';
const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7f',
  blank: '\\t ',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};
const CONTROLS: Readonly<Record<string, string>> = { a: '\\x07', f: '\\f', n: '\\n', r: '\\r', t: '\\t', v: '\\v' };

/** A pattern of RE2 that means the same in Verdict. Throws PatternRefusal. */
export function patternOf(re2: string): string {
  let made = '';
  let at = 0;
  while (at < re2.length) {
    const { text, length } = pieceAt(re2, at);
    made += text;
    at += length;
  }
  return made;
}

interface Piece {
  readonly text: string;
  /** UTF-16 units of RE2's spelling. */
  readonly length: number;
}

function pieceAt(re2: string, at: number): Piece {
  const character = String.fromCodePoint(re2.codePointAt(at)!);
  switch (character) {
    case '\\':
      return escapeAt(re2, at, false);
    case '[':
      return classAt(re2, at);
    case '.':
      return { text: '[^\\n]', length: 1 };
    case '(':
      return groupAt(re2, at);
    case '*':
    case '+':
    case '?':
      return withoutLaziness(re2, at, character, 1);
    case '{': {
      const found = REPEAT.exec(re2.slice(at));
      if (found === null) return { text: '\\{', length: 1 };
      if (Math.max(Number(found[1]), Number(found[2] ?? 0)) > REPEAT_MAX)
        throw new PatternRefusal(`\`${found[0]}\` repeats more than ${REPEAT_MAX} times, which RE2 refuses`);
      return withoutLaziness(re2, at, found[0], found[0].length);
    }
    case ']':
    case '}':
      return { text: `\\${character}`, length: 1 };
    default:
      return { text: character, length: character.length };
  }
}

/** A quantifier; whether it is lazy does not matter for whether the pattern matches. */
function withoutLaziness(re2: string, at: number, text: string, length: number): Piece {
  return { text, length: re2[at + length] === '?' ? length + 1 : length };
}

function groupAt(re2: string, at: number): Piece {
  if (re2[at + 1] !== '?') return { text: '(?:', length: 1 };
  const found = /^\(\?(?::|P?<[A-Za-z_][A-Za-z0-9_]*>)/.exec(re2.slice(at));
  if (found !== null) return { text: '(?:', length: found[0].length };
  throw new PatternRefusal(`\`${re2.slice(at, at + 4)}\`: flags inside a pattern have no counterpart`);
}

function escapeAt(re2: string, at: number, inClass: boolean): Piece {
  const letter = re2[at + 1];
  if (letter === undefined) throw new PatternRefusal('the pattern ends in a backslash');
  if (CONTROLS[letter] !== undefined) return { text: CONTROLS[letter], length: 2 };
  if (letter === 'd' || letter === 'w') return { text: `\\${letter}`, length: 2 };
  if (letter === 's') return { text: inClass ? SPACES : `[${SPACES}]`, length: 2 };
  if (!inClass) {
    if (letter === 'D' || letter === 'W' || letter === 'b') return { text: `\\${letter}`, length: 2 };
    if (letter === 'S') return { text: `[^${SPACES}]`, length: 2 };
    if (letter === 'A') return { text: '^', length: 2 };
    if (letter === 'z') return { text: '$', length: 2 };
  }
  const hex = /^\\x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/.exec(re2.slice(at));
  if (hex !== null) return { text: `\\u{${hex[1] ?? hex[2]}}`, length: hex[0].length };
  if (/[!-/:-@[-`{-~]/.test(letter)) return { text: escaped(letter, inClass), length: 2 };
  throw new PatternRefusal(
    `\`\\${letter}\` has no counterpart${letter === 'p' || letter === 'P' ? ': it goes by a version of Unicode' : ''}`,
  );
}

function escaped(character: string, inClass: boolean): string {
  const special = inClass ? /[\\\][^-]/ : /[\\^$.*+?()[\]{}|/]/;
  return special.test(character) ? `\\${character}` : character;
}

function classAt(re2: string, start: number): Piece {
  const isNegated = re2[start + 1] === '^';
  const first = start + (isNegated ? 2 : 1);
  let made = isNegated ? '[^' : '[';
  let at = first;
  for (;;) {
    const character = at < re2.length ? String.fromCodePoint(re2.codePointAt(at)!) : undefined;
    if (character === undefined) throw new PatternRefusal('a `[` is not closed');
    if (character === ']' && at > first) return { text: `${made}]`, length: at + 1 - start };
    const named = /^\[:(\^?)(\w+):\]/.exec(re2.slice(at));
    if (named !== null) {
      const set = named[1] === '' ? POSIX[named[2]!] : undefined;
      if (set === undefined) throw new PatternRefusal(`\`${named[0]}\` has no counterpart`);
      made += set;
      at += named[0].length;
    } else if (character === '\\') {
      const { text, length } = escapeAt(re2, at, true);
      made += text;
      at += length;
    } else {
      // A minus between two characters makes a range, as in JavaScript; at the ends of the class it is one of them.
      const isRange = character === '-' && at > first && re2[at + 1] !== ']';
      made += isRange ? '-' : escaped(character, true);
      at += character.length;
    }
  }
}
