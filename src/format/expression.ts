// The one way to write an expression: operators between blanks, and one that is too long broken where it binds least, a part a
// line. Tokens stay what they are and in their order, so that no meaning changes.

import { type ExpressionToken, tokensOf } from '../compiler/expression-tokens.js';
import { parsed } from '../editor/understand.js';

/** Operators that stand before one operand where none is before them. */
const UNARY: ReadonlySet<string> = new Set(['!', '-', '+', '~']);
const OPENING: ReadonlySet<string> = new Set(['(', '[', '{']);
const CLOSING: ReadonlySet<string> = new Set([')', ']', '}']);
/** Operators where a long expression is broken, those that bind least first; a line begins with one. */
const BREAKS: readonly (readonly string[])[] = [['?', ':'], ['??', '||'], ['&&']];
const INDENT = '  ';

/**
 * Formats an expression.
 * @param width characters of a line, beyond which it is broken; infinite where it has to stay on one
 * @returns undefined where it cannot be read or holds comments, which stay where their author has put them
 */
export function formatExpression(text: string, width: number): string | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined || tokens.length === 0 || tokens.some(({ kind }) => kind === 'comment')) return undefined;
  return parsed(text) === undefined ? undefined : layOut(tokens, width).join('\n');
}

/** The lines of a run of tokens. */
function layOut(tokens: readonly ExpressionToken[], width: number): string[] {
  const flat = onOneLine(tokens);
  if (flat.length <= width) return [flat];
  const arrow = topLevel(tokens, ['=>'])[0];
  if (arrow !== undefined) {
    const [first = '', ...rest] = layOut(tokens.slice(arrow + 1), width - INDENT.length);
    return [`${onOneLine(tokens.slice(0, arrow + 1))} ${first}`, ...rest.map((line) => INDENT + line)];
  }
  for (const operators of BREAKS) {
    const at = topLevel(tokens, operators);
    if (at.length > 0) return atOperators(tokens, at, operators.includes('?'), width);
  }
  return inBrackets(tokens, width) ?? [flat];
}

/** Indexes of operators outside of brackets. */
function topLevel(tokens: readonly ExpressionToken[], operators: readonly string[]): number[] {
  const found: number[] = [];
  let depth = 0;
  for (const [index, { text, kind }] of tokens.entries()) {
    if (kind === 'text') continue;
    if (OPENING.has(text)) depth++;
    else if (CLOSING.has(text)) depth--;
    else if (depth === 0 && operators.includes(text)) found.push(index);
  }
  return found;
}

function atOperators(tokens: readonly ExpressionToken[], at: readonly number[], isChoice: boolean, width: number): string[] {
  const lines = layOut(tokens.slice(0, at[0]), width);
  for (const [index, start] of at.entries()) {
    const operator = tokens[start]!.text;
    const before = isChoice ? INDENT : '';
    const inner = width - before.length - operator.length - 1;
    const [first = '', ...rest] = layOut(tokens.slice(start + 1, at[index + 1] ?? tokens.length), inner);
    const below = before + (isChoice ? INDENT : '');
    lines.push(`${before}${operator} ${first}`, ...rest.map((line) => below + line));
  }
  return lines;
}

/** Breaks inside of the longest pair of brackets; undefined where there is none with anything in it. */
function inBrackets(tokens: readonly ExpressionToken[], width: number): string[] | undefined {
  let best: { open: number; close: number; size: number } | undefined;
  let depth = 0;
  let open = 0;
  for (const [index, { text, kind, end }] of tokens.entries()) {
    if (kind === 'text') continue;
    if (OPENING.has(text)) {
      if (depth++ === 0) open = index;
    } else if (CLOSING.has(text) && --depth === 0) {
      const size = end - tokens[open]!.start;
      if (index > open + 1 && (best === undefined || size > best.size)) best = { open, close: index, size };
    }
  }
  if (best === undefined) return undefined;
  const inside = tokens.slice(best.open + 1, best.close);
  const commas = [...topLevel(inside, [',']), inside.length];
  const parts = commas.map((comma, index) => inside.slice(index === 0 ? 0 : commas[index - 1]! + 1, comma));
  const lines = parts.flatMap((part, index) => {
    const own = layOut(part, width - INDENT.length - 1);
    if (index < parts.length - 1) own.push(`${own.pop()!},`);
    return own.map((line) => INDENT + line);
  });
  return [onOneLine(tokens.slice(0, best.open + 1)), ...lines, onOneLine(tokens.slice(best.close))];
}

function onOneLine(tokens: readonly ExpressionToken[]): string {
  let text = '';
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1];
    text += (before !== undefined && isApart(before, token, tokens[index - 2]) ? ' ' : '') + token.text;
  }
  return text;
}

/** Whether a blank stands between two tokens. @param earlier the one before both */
function isApart(before: ExpressionToken, token: ExpressionToken, earlier: ExpressionToken | undefined): boolean {
  const { text } = token;
  if (OPENING.has(before.text) && before.kind !== 'text') return false;
  if (token.kind === 'punctuation') {
    if (CLOSING.has(text) || text === ',' || text === ';' || text === '.' || text === '?.') return false;
    // A call, or an index; behind an operator it is the beginning of an operand.
    if ((text === '(' || text === '[') && before.endsOperand) return false;
  }
  if (before.kind === 'punctuation' && ['.', '?.', '...'].includes(before.text)) return false;
  // `- -x` is no decrement.
  if (before.kind === 'operator' && UNARY.has(before.text) && earlier?.endsOperand !== true)
    return token.kind === 'operator' && text[0] === before.text && text !== '!';
  return true;
}

/** Whether two texts are the same expression: token by token. */
export function isSameExpression(a: string, b: string): boolean {
  const [left, right] = [tokensOf(a), tokensOf(b)];
  if (left === undefined || right === undefined) return a.trim() === b.trim();
  return left.length === right.length && left.every(({ text }, index) => text === right[index]!.text);
}
