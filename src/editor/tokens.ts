// Colours for expressions inside of YAML, JSON and CSV: what each word, number, text and operator is. Names go by what the bundle
// has, not by a check: this is asked for at each keystroke.

import { readCsv } from '../bundle/csv.js';
import { part, type ScalarText } from '../bundle/scalar-text.js';
import { type ExpressionToken, tokensOf } from '../compiler/expression-tokens.js';
import { isFunctionName } from '../compiler/library/functions.js';
import { isBehindPayload, PAYLOAD_NAME } from '../schema/field-name.js';
import { scalarsOf } from './document-tree.js';
import { expressionsOf } from './expression-places.js';
import { csvRole } from './occurrences.js';
import { type Role, roleOf } from './role.js';
import type { BundleSession } from './session.js';
import { csvColumns } from './table-shape.js';

/** In the order in which they are numbered for a client. */
export const TOKEN_TYPES = [
  'property',
  'variable',
  'parameter',
  'function',
  'method',
  'enumMember',
  'namespace',
  'number',
  'string',
  'operator',
  'keyword',
  'comment',
] as const;

export type TokenType = (typeof TOKEN_TYPES)[number];

export interface SemanticToken {
  start: number;
  end: number;
  type: TokenType;
}

/** The tokens of a file between two offsets, in the order written. A token never reaches over a line's end. */
export function semanticTokens(session: BundleSession, path: string, from = 0, to = Number.POSITIVE_INFINITY): SemanticToken[] {
  const kind = session.kind(path);
  if (kind === undefined) return [];
  const found: SemanticToken[] = [];
  const add = (role: Role | undefined, source: ScalarText): void => {
    for (const place of expressionsOf(session, path, role, source))
      addExpression(session, place.source, place.column?.kind === 'enum', place.isCell, found);
  };
  if (kind === 'csv') {
    const { records } = readCsv(path, session.text(path));
    const columns = csvColumns(records[0]?.cells ?? [], session.headOf(path));
    for (const [row, { cells, span }] of records.entries()) {
      if (span.end < from || span.start > to) continue;
      for (const [at, cell] of cells.entries()) if (columns[at] !== undefined) add(csvRole(columns[at], row === 0), cell);
    }
  } else {
    const shape = session.shape(path);
    for (const piece of session.pieces(path)) {
      if (piece.start + piece.text.length < from || piece.start > to) continue;
      for (const { path: keys, isKey, source, isText, end, start } of scalarsOf(path, piece))
        if (isText && end >= from && start <= to) add(roleOf(kind, keys, isKey, shape), source);
    }
  }
  return inLines(
    session.text(path),
    found.sort((a, b) => a.start - b.start),
  );
}

function addExpression(session: BundleSession, source: ScalarText, isEnum: boolean, isCell: boolean, found: SemanticToken[]): void {
  const tokens = tokensOf(source.text);
  if (tokens === undefined) return;
  const parameters = new Set(parametersIn(tokens));
  for (const [index, token] of tokens.entries()) {
    const type = typeOfToken(session, tokens, index, parameters, isEnum, isCell);
    if (type === undefined) continue;
    const { start, end } = part(source, token.start, token.end).span;
    found.push({ start, end, type });
  }
}

/** Names before `=>`, alone or in parentheses. */
function parametersIn(tokens: readonly ExpressionToken[]): string[] {
  const names: string[] = [];
  for (const [index, { text }] of tokens.entries()) {
    if (text !== '=>') continue;
    let at = index - 1;
    if (tokens[at]?.text !== ')') names.push(tokens[at]?.text ?? '');
    else for (at--; at >= 0 && tokens[at]!.text !== '('; at--) if (tokens[at]!.kind === 'name') names.push(tokens[at]!.text);
  }
  return names;
}

function typeOfToken(
  session: BundleSession,
  tokens: readonly ExpressionToken[],
  index: number,
  parameters: ReadonlySet<string>,
  isEnum: boolean,
  isCell: boolean,
): TokenType | undefined {
  const { kind, text } = tokens[index]!;
  if (kind === 'punctuation') return undefined;
  if (kind !== 'name') return kind === 'text' ? 'string' : kind;
  const before = tokens[index - 1]?.text;
  const isCall = tokens[index + 1]?.text === '(';
  if (before === '.' || before === '?.') return isCall ? 'method' : 'property';
  if (parameters.has(text)) return 'parameter';
  const { names, model } = session;
  if (!isBehindPayload(text) && model?.tables[0]?.fields.some(({ name }) => name === text) === true) return 'property';
  const entry = names?.scope.names.get(text);
  if (entry !== undefined) return entry.kind === 'group' ? 'namespace' : 'variable';
  if (text === 'Math' || text === 'lists' || text === 'parameters' || text === PAYLOAD_NAME) return 'namespace';
  if (isFunctionName(text)) return 'function';
  if (isEnum) return 'enumMember';
  if (isCell && tokens.length === 1) return 'string';
  return 'variable';
}

function inLines(text: string, tokens: readonly SemanticToken[]): SemanticToken[] {
  return tokens.flatMap(({ start, end, type }) => {
    const lines: SemanticToken[] = [];
    for (let at = start; at < end; ) {
      const lineEnd = text.indexOf('\n', at);
      const stop = lineEnd === -1 ? end : Math.min(end, lineEnd);
      if (stop > at) lines.push({ start: at, end: stop, type });
      at = stop + 1;
      while (at < end && (text[at] === ' ' || text[at] === '\t')) at++;
    }
    return lines;
  });
}
