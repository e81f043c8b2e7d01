// Tokens of ZEN expressions.

import { ZenSyntaxError } from './node.js';

export interface Token {
  readonly kind: 'number' | 'string' | 'template' | 'name' | 'symbol' | 'end';
  /** A string's or template's content without its quotes, else as it is written; `not in` is one symbol. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const SPACE = /\s/;
const DIGIT = /[0-9]/;
const NAME_START = /[\p{L}_$#]/u;
const NAME_PART = /[\p{L}\p{N}_$#]/u;
const WORDS = new Set(['and', 'or', 'in', 'not']);
const TWO = ['..', '==', '!=', '<=', '>=', '??'];
const ONE = '()[]{}.,:;?<>=!+-*/%^';
const NUMBER = /^[0-9][0-9_]*(?:\.(?!\.)[0-9_]*)?(?:[eE][+-]?[0-9]+)?/;

/** Cuts a text into tokens, the last of kind `end`. @throws ZenSyntaxError */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const push = (kind: Token['kind'], end: number, text = source.slice(at, end)): void => {
    tokens.push({ kind, text, start: at, end });
    at = end;
  };
  while (at < source.length) {
    const character = source[at]!;
    if (SPACE.test(character)) at++;
    else if (character === "'" || character === '"') {
      const end = source.indexOf(character, at + 1);
      if (end === -1) throw new ZenSyntaxError('this text has no end', at, source.length);
      push('string', end + 1, source.slice(at + 1, end));
    } else if (character === '`') {
      const end = endOfTemplate(source, at);
      push('template', end, source.slice(at + 1, end - 1));
    } else if (DIGIT.test(character)) push('number', at + NUMBER.exec(source.slice(at, at + 128))![0].length);
    else if (NAME_START.test(character)) {
      let end = at + 1;
      while (end < source.length && NAME_PART.test(source[end]!)) end++;
      const word = source.slice(at, end);
      const more = word === 'not' ? /^\s+in(?![\p{L}\p{N}_$#])/u.exec(source.slice(end, end + 64)) : null;
      if (more !== null) push('symbol', end + more[0].length, 'not in');
      else push(WORDS.has(word) ? 'symbol' : 'name', end);
    } else if (TWO.includes(source.slice(at, at + 2))) push('symbol', at + 2);
    else if (ONE.includes(character)) push('symbol', at + 1);
    else throw new ZenSyntaxError(`\`${character}\` stands in no expression`, at, at + 1);
  }
  push('end', at, '');
  return tokens;
}

/** Offset behind the closing backtick of a template; holes may hold texts and braces. */
function endOfTemplate(source: string, start: number): number {
  let depth = 0;
  for (let at = start + 1; at < source.length; at++) {
    const character = source[at]!;
    if (depth === 0) {
      if (character === '`') return at + 1;
      if (character === '$' && source[at + 1] === '{') {
        depth = 1;
        at++;
      }
    } else if (character === '{') depth++;
    else if (character === '}') depth--;
    else if (character === "'" || character === '"') {
      const end = source.indexOf(character, at + 1);
      if (end === -1) break;
      at = end;
    }
  }
  throw new ZenSyntaxError('this template has no end', start, source.length);
}

/** The parts of a template's content: texts, and the places of its holes. */
export function templateParts(content: string): { readonly text?: string; readonly hole?: string; readonly start: number }[] {
  const parts: { text?: string; hole?: string; start: number }[] = [];
  let from = 0;
  for (let at = content.indexOf('${'); at !== -1; at = content.indexOf('${', from)) {
    if (at > from) parts.push({ text: content.slice(from, at), start: from });
    const end = endOfHole(content, at + 2);
    parts.push({ hole: content.slice(at + 2, end), start: at + 2 });
    from = end + 1;
  }
  if (from < content.length) parts.push({ text: content.slice(from), start: from });
  return parts;
}

/** Offset of the brace that ends a hole. */
function endOfHole(content: string, start: number): number {
  let depth = 0;
  for (let at = start; at < content.length; at++) {
    const character = content[at]!;
    if (character === '{') depth++;
    else if (character === '}' && depth-- === 0) return at;
    else if (character === "'" || character === '"') {
      const end = content.indexOf(character, at + 1);
      if (end === -1) break;
      at = end;
    }
  }
  return content.length;
}
