// CEL's text as tokens.

import type { CelValue } from '../value/value.js';
import { CelSyntaxFault } from './fault.js';
import { quotedLiteral } from './literals.js';

export type Token =
  /** `name`: identifiers and words, `quoted`: identifiers in backticks, `mark`: operators and brackets. */
  | {
      readonly kind: 'name' | 'quoted' | 'mark' | 'number' | 'end';
      readonly text: string;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: 'literal'; readonly text: string; readonly value: CelValue; readonly start: number; readonly end: number };

const SPACE = /(?:[ \t\n\r\f]+|\/\/[^\n]*)+/y;
const NUMBER =
  /0[xX][0-9a-fA-F]+[uU]?|(?:[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)|[0-9]+[uU]?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const QUOTED_NAME = /`([A-Za-z0-9_.\-/ ]+)`/y;
const MARK = /&&|\|\||[=!<>]=|[-+*/%!<>?:.,()[\]{}]/y;
const QUOTE = /([rR]|[bB][rR]?)?("""|'''|"|')/y;

/** All tokens of a text, the last of kind `end`. Throws CelSyntaxFault. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  for (;;) {
    at += match(SPACE)?.[0].length ?? 0;
    if (at >= text.length) break;
    const token = quotedAt(text, at, match) ?? plainAt(at, match);
    if (token === undefined) {
      const end = at + String.fromCodePoint(text.codePointAt(at)!).length;
      throw new CelSyntaxFault({ start: at, end }, `\`${text.slice(at, end)}\` has no place in CEL`);
    }
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length });
  return tokens;
}

function plainAt(at: number, match: (pattern: RegExp) => RegExpExecArray | null): Token | undefined {
  const kinds = [
    ['number', NUMBER],
    ['name', NAME],
    ['mark', MARK],
  ] as const;
  for (const [kind, pattern] of kinds) {
    const found = match(pattern);
    if (found !== null) return { kind, text: found[0], start: at, end: at + found[0].length };
  }
  const name = match(QUOTED_NAME);
  return name === null ? undefined : { kind: 'quoted', text: name[1]!, start: at, end: at + name[0].length };
}

function quotedAt(text: string, at: number, match: (pattern: RegExp) => RegExpExecArray | null): Token | undefined {
  const found = match(QUOTE);
  if (found === null) return undefined;
  const prefix = found[1] ?? '';
  const quote = found[2]!;
  const from = at + found[0].length;
  const end = closingQuote(text, from, quote, /r/i.test(prefix));
  if (end === -1)
    throw new CelSyntaxFault({ start: at, end: from }, 'the string does not end', `close it with \`${quote}\` on its line`);
  const token = { kind: 'literal', text: 'string', start: at, end: end + quote.length } as const;
  return { ...token, value: quotedLiteral(text.slice(from, end), prefix, from) };
}

/** Where the closing quote stands; -1 where there is none. Backslashes of raw strings are plain characters. */
function closingQuote(text: string, from: number, quote: string, isRaw: boolean): number {
  for (let at = from; at < text.length; at++) {
    if (text.startsWith(quote, at)) return at;
    const character = text[at];
    if (character === '\\' && !isRaw) at++;
    else if (quote.length === 1 && (character === '\n' || character === '\r')) return -1;
  }
  return -1;
}
