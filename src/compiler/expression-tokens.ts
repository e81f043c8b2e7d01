// The tokens of an expression, as acorn cuts them: what colours and formats it.

import { tokTypes } from 'acorn';
import { EXPRESSION_CHARS_MAX } from './limits.js';
import { tokenize } from './parse.js';

export interface ExpressionToken {
  kind: 'name' | 'number' | 'text' | 'operator' | 'keyword' | 'punctuation' | 'comment';
  /** As it is written; a template is one token. */
  text: string;
  start: number;
  end: number;
  /** An operand ends with it, so that a `-` behind it subtracts. */
  endsOperand: boolean;
}

const PUNCTUATION: ReadonlySet<string> = new Set(['(', ')', '[', ']', '{', '}', ',', ';', '.', '?.', '...', ':', '?']);
const CLOSING: ReadonlySet<string> = new Set([')', ']', '}']);
const KEYWORDS: ReadonlySet<string> = new Set(['true', 'false', 'null']);

/** Tokens and comments in the order written; undefined where the text cannot be cut into any. */
export function tokensOf(text: string): ExpressionToken[] | undefined {
  if (text.length > EXPRESSION_CHARS_MAX) return undefined;
  const found: ExpressionToken[] = [];
  const add = (kind: ExpressionToken['kind'], start: number, end: number, endsOperand: boolean): void => {
    found.push({ kind, text: text.slice(start, end), start, end, endsOperand });
  };
  /** Where the outermost template begins that is open, and of each that is open the braces that are open in it. */
  let template = 0;
  const open: number[] = [];
  try {
    for (const { type, start, end } of tokenize(text, (from, to) =>
      open.length === 0 ? add('comment', from, to, false) : undefined,
    )) {
      if (type === tokTypes.backQuote) {
        // In a hole, a backquote opens a template inside.
        if (open.at(-1) === 0) {
          open.pop();
          if (open.length === 0) add('text', template, end, true);
        } else {
          if (open.length === 0) template = start;
          open.push(0);
        }
        continue;
      }
      if (open.length > 0) {
        if (type === tokTypes.dollarBraceL || type === tokTypes.braceL) open[open.length - 1]!++;
        else if (type === tokTypes.braceR) open[open.length - 1]!--;
        continue;
      }
      const written = text.slice(start, end);
      // Behind a point a word of the language is a name.
      const isMember = ['.', '?.'].includes(found.at(-1)?.text ?? '') && /^\w/.test(written);
      if (isMember) add('name', start, end, true);
      else if (type === tokTypes.num) add('number', start, end, true);
      else if (type === tokTypes.string || type === tokTypes.regexp) add('text', start, end, true);
      else if (KEYWORDS.has(written)) add('keyword', start, end, true);
      else if (type === tokTypes.name) add('name', start, end, true);
      else if (PUNCTUATION.has(written)) add('punctuation', start, end, CLOSING.has(written));
      else add(type.keyword === undefined ? 'operator' : 'keyword', start, end, false);
    }
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
  // Comments are told before the token in front of which they stand is.
  return open.length > 0 ? undefined : found.sort((a, b) => a.start - b.start);
}
