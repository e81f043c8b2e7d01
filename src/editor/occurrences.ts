// Where a symbol stands in all files of a bundle. Only what holds the name as a text is read: of ten thousand rules those few that
// a search finds.

import { readCsv } from '../bundle/csv.js';
import { MovedText } from '../bundle/list-document.js';
import { readPlainRule } from '../bundle/plain-rule.js';
import { type ScalarText, scalarText } from '../bundle/scalar-text.js';
import type { Identifier, MemberExpression } from '../compiler/estree.js';
import type { Span } from '../diagnostic/diagnostic.js';
import { isListKind, nameOfFile } from './document-kind.js';
import { type Key, offsetIn, type Piece, type PlacedScalar, pieceAt, scalarsOf } from './document-tree.js';
import { type ElementName, elementAt, expressionsOf, placeIn, understandPlace } from './expression-places.js';
import { type Role, roleOf } from './role.js';
import type { BundleSession } from './session.js';
import {
  type BundleSymbol,
  fieldSymbol,
  resultSymbol,
  sameSymbol,
  symbolOfName,
  symbolOfScalar,
  type WrittenSymbol,
} from './symbol.js';
import { csvColumns } from './table-shape.js';
import { eachName, parameterAround } from './understand.js';

export interface Occurrence {
  symbol: BundleSymbol;
  span: Span;
  isDeclaration: boolean;
  /** It is the name of the file itself: its span is the file's beginning. */
  isFile?: true;
  /** It is a name in an expression that stands behind no point. */
  isAlone?: true;
}

const FILE_KINDS = {
  table: ['table', 'csv'],
  scorecard: ['scorecard'],
  ensemble: ['ensemble'],
  list: ['list'],
  set: ['parameters'],
} as const;

/** Every place of a symbol: by path, then in the order written. */
export function occurrencesOf(session: BundleSession, symbol: BundleSymbol): Occurrence[] {
  const found: Occurrence[] = [];
  const needle = symbol.name;
  const kinds = FILE_KINDS[symbol.kind as keyof typeof FILE_KINDS];
  if (kinds !== undefined) {
    for (const file of session.filesNamed(symbol.id, kinds))
      found.push({ symbol, span: { file, start: 0, end: 0 }, isDeclaration: true, isFile: true });
  }
  for (const path of session.paths.sort()) {
    if (session.kind(path) === undefined || !session.text(path).includes(needle)) continue;
    for (const occurrence of inFile(session, path, needle)) if (sameSymbol(occurrence.symbol, symbol)) found.push(occurrence);
  }
  return found;
}

/** The symbol at a place of a file, with the place of its name. */
export function symbolAt(session: BundleSession, path: string, offset: number): Occurrence | undefined {
  const kind = session.kind(path);
  if (kind === undefined) return undefined;
  const holds = ({ span }: Occurrence): boolean => span.start <= offset && offset <= span.end;
  if (kind === 'csv') return inCsv(session, path, undefined, offset).find(holds);
  const around = scalarsAround(session, path, offset);
  return around && inScalar(session, path, around.scalar, around.scalars).find(holds);
}

/** The scalar of a document that an offset lies in, its ends included. */
export function scalarAt(session: BundleSession, path: string, offset: number): PlacedScalar | undefined {
  return scalarsAround(session, path, offset)?.scalar;
}

function scalarsAround(
  session: BundleSession,
  path: string,
  offset: number,
): { scalar: PlacedScalar; scalars: readonly PlacedScalar[] } | undefined {
  const kind = session.kind(path);
  if (kind === undefined || kind === 'csv') return undefined;
  const scalars = scalarsOf(path, pieceAt(path, session.text(path), isListKind(kind), offset));
  // A key ends where a value may begin: what begins there counts.
  const scalar = scalars.findLast(({ start, end }) => start <= offset && offset <= end);
  return scalar && { scalar, scalars };
}

function inFile(session: BundleSession, path: string, needle: string): Occurrence[] {
  if (session.kind(path) === 'csv') return inCsv(session, path, needle, undefined);
  const kind = session.kind(path);
  return session
    .pieces(path)
    .filter(({ text }) => text.includes(needle))
    .flatMap((piece) => {
      const scalars = (kind === 'rules' ? plainScalarsOf(path, piece) : undefined) ?? scalarsOf(path, piece);
      const holding = scalars.filter(({ source }) => source.text.includes(needle));
      return holding.flatMap((scalar) => inScalar(session, path, scalar, scalars, needle));
    });
}

type ScalarOfRule = Pick<PlacedScalar, 'path' | 'isKey' | 'source'>;

/** What names anything in a rule that is written as nearly all are; of ten thousand, YAML's reader takes half a second. */
function plainScalarsOf(file: string, { text, start }: Piece): ScalarOfRule[] | undefined {
  const plain = readPlainRule(file, text);
  if (plain === undefined || /["']/.test(text[plain.rule.idSpan.start]!)) return undefined;
  const { rule, reasonStart } = plain;
  const scalar = (path: Key[], source: ScalarText): ScalarOfRule => ({ path, isKey: false, source: new MovedText(source, start) });
  const found = [
    scalar([0, 'id'], scalarText(rule.id, text, file, rule.idSpan.start, rule.idSpan.end, 'plain')),
    scalar([0, 'when'], rule.when),
  ];
  if (rule.reason !== null && reasonStart !== undefined) {
    const end = reasonStart + rule.reason.length;
    found.push(scalar([0, 'then', 'reason'], scalarText(rule.reason, text, file, reasonStart, end, 'plain')));
  }
  return found;
}

/**
 * The symbols of a scalar: of itself, or of the names in it.
 * @param scalars of the document around
 * @param needle as of inExpressions
 */
function inScalar(
  session: BundleSession,
  path: string,
  { path: keys, isKey, source }: ScalarOfRule,
  scalars: readonly ScalarOfRule[],
  needle?: string,
): Occurrence[] {
  const kind = session.kind(path)!;
  const { text } = source;
  const found: Occurrence[] = [];
  const own = symbolOfScalar(kind, nameOfFile(path), keys, isKey, text, session.symbols);
  if (own !== undefined) {
    // Of a path of a field or an output, what is named stands last.
    const isPath = ['field', 'result'].includes(own.symbol.kind) && text.endsWith(own.symbol.name);
    const start = isPath ? text.length - own.symbol.name.length : 0;
    found.push({ ...own, span: source.spanAt(start, text.length) });
    if (start > 0) found.push(...parentsOf(session, source, own));
  }
  const shape = session.shape(path);
  const role = roleOf(kind, keys, isKey, shape) ?? columnKeyRole(kind, keys, isKey, text, shape);
  const element = kind === 'outputs' ? elementAt(session, scalars, keys) : undefined;
  return [...found, ...inExpressions(session, path, role, source, element, needle)];
}

/** The key of a cell that names its column by the expression of the input. */
function columnKeyRole(
  kind: string,
  keys: readonly (string | number)[],
  isKey: boolean,
  text: string,
  shape: ReturnType<BundleSession['shape']>,
): Role | undefined {
  if (kind !== 'table' || !isKey || keys.length !== 4 || keys[0] !== 'rows' || keys[2] !== 'when') return undefined;
  const input = shape?.inputs.find(({ value, label }) => value === text && label !== text);
  return input && { kind: 'expression', condition: false };
}

/** The objects that the path of a field or an output leads through: `card` in `card.limit`. */
function parentsOf(
  session: BundleSession,
  source: ScalarText,
  { symbol: { id, kind }, isDeclaration }: WrittenSymbol,
): Occurrence[] {
  const { text } = source;
  const found: Occurrence[] = [];
  for (let dot = text.indexOf('.'); dot !== -1; dot = text.indexOf('.', dot + 1)) {
    const path = text.slice(0, dot);
    // In a test, the text may be the end of the path of an output.
    const symbol =
      kind === 'result'
        ? resultSymbol(id.slice(0, id.length - text.length) + path)
        : fieldSymbol(path.replace(/\[\]$/, ''), session.symbols);
    if (symbol === undefined) continue;
    const start = text.lastIndexOf('.', dot - 1) + 1;
    found.push({
      symbol,
      span: source.spanAt(start, start + symbol.name.length),
      isDeclaration: kind === 'result' && isDeclaration,
    });
  }
  return found;
}

/** @param needle the only name that is asked for: types are looked for only where they decide what it stands for */
function inExpressions(
  session: BundleSession,
  path: string,
  role: Role | undefined,
  source: ScalarText,
  element?: ElementName,
  needle?: string,
): Occurrence[] {
  const found: Occurrence[] = [];
  for (const place of expressionsOf(session, path, role, source, element)) {
    const understood = understandPlace(session, place);
    if (understood === undefined) continue;
    eachName(understood.root, (name, member, around) => {
      if (needle !== undefined && name.name !== needle) return;
      if (member === undefined && parameterAround(around, name.name) !== undefined) return;
      const isAlone = member === undefined;
      const isOfBundle = isAlone && !place.locals.has(name.name);
      const symbol =
        outputOfRow(name, member, element) ??
        (isOfBundle ? symbolOfRoot(session, name.name) : symbolOfName(understood, name, member, session.symbols));
      if (symbol === undefined) return;
      const span = placeIn(place.source, name.start, name.end);
      found.push({ symbol, span, isDeclaration: false, ...(isAlone ? { isAlone } : {}) });
    });
  }
  if (role?.kind === 'result' && role.column === 'reason' && session.kind(path) === 'csv') {
    const code = source.text.trim();
    const start = source.text.indexOf(code);
    if (code !== '')
      found.push({
        symbol: { kind: 'reason', id: code, name: code },
        span: source.spanAt(start, start + code.length),
        isDeclaration: false,
      });
  }
  return found;
}

/** What a name that begins an expression stands for: the same in all of them, where nothing of that name is bound. */
function symbolOfRoot(session: BundleSession, name: string): BundleSymbol | undefined {
  const alone = session.understood(name);
  return alone && symbolOfName(alone, alone.root as Identifier, undefined, session.symbols);
}

/** `row.rate` of an output whose elements are rows of a table. */
function outputOfRow(
  name: Identifier,
  member: MemberExpression | undefined,
  element: ElementName | undefined,
): BundleSymbol | undefined {
  if (element?.table === undefined || member?.object.type !== 'Identifier') return undefined;
  if ((member.object as Identifier).name !== element.name) return undefined;
  return { kind: 'output', id: `${element.table}.${name.name}`, name: name.name };
}

/** Symbols of a CSV table: of its header, its ids and its cells. */
function inCsv(session: BundleSession, path: string, needle: string | undefined, offset: number | undefined): Occurrence[] {
  const { records } = readCsv(path, session.text(path));
  const columns = csvColumns(records[0]?.cells ?? [], session.headOf(path));
  const table = nameOfFile(path);
  const found: Occurrence[] = [];
  for (const [row, { cells, span }] of records.entries()) {
    if (offset !== undefined && (offset < span.start || offset > span.end)) continue;
    for (const [at, cell] of cells.entries()) {
      const column = columns[at];
      if (column === undefined || (needle !== undefined && !cell.text.includes(needle))) continue;
      if (offset !== undefined && (offset < cell.span.start || offset > cell.span.end)) continue;
      found.push(...inCell(session, path, table, column, row === 0, cell, needle));
    }
  }
  return found;
}

function inCell(
  session: BundleSession,
  path: string,
  table: string,
  column: ReturnType<typeof csvColumns>[number],
  isHeader: boolean,
  cell: ScalarText,
  needle: string | undefined,
): Occurrence[] {
  const text = cell.text.trim();
  if (column.kind === 'output' && isHeader) {
    const { name, start } = column;
    const symbol: BundleSymbol = { kind: 'output', id: `${table}.${name}`, name };
    return [{ symbol, span: cell.spanAt(start, start + name.length), isDeclaration: true }];
  }
  if (column.kind === 'id' && !isHeader && text !== '') {
    const start = cell.text.indexOf(text);
    return [{ symbol: { kind: 'rule', id: text, name: text }, span: cell.spanAt(start, start + text.length), isDeclaration: true }];
  }
  const role = csvRole(column, isHeader);
  return inExpressions(session, path, role, cell, undefined, needle);
}

/** The role of a cell of a CSV table. */
export function csvRole(column: ReturnType<typeof csvColumns>[number], isHeader: boolean): Role | undefined {
  if (column.kind === 'input') {
    if (isHeader) return column.isLabel ? undefined : { kind: 'expression', condition: false };
    return { kind: 'test', input: column.input.value };
  }
  return column.kind === 'output' && !isHeader ? { kind: 'result', column: column.name } : undefined;
}

/** A parameter of a function of an expression at a place: all its places, the first being its declaration. */
export function localAt(session: BundleSession, path: string, offset: number): Span[] | undefined {
  for (const { place, at } of expressionsAround(session, path, offset)) {
    const understood = understandPlace(session, place);
    if (understood === undefined) continue;
    let wanted: Identifier | undefined;
    const names: { name: Identifier; declaration: Identifier }[] = [];
    eachName(understood.root, (name, member, around) => {
      const declaration = member === undefined ? parameterAround(around, name.name) : undefined;
      if (declaration === undefined) return;
      names.push({ name, declaration });
      if (name.start <= at && at <= name.end) wanted = declaration;
    });
    if (wanted !== undefined)
      return names
        .filter(({ declaration }) => declaration === wanted)
        .map(({ name }) => placeIn(place.source, name.start, name.end));
  }
  return undefined;
}

/** The expressions of the scalar or cell at a place, each with the offset in its text. */
export function expressionsAround(
  session: BundleSession,
  path: string,
  offset: number,
): { place: ReturnType<typeof expressionsOf>[number]; at: number }[] {
  const kind = session.kind(path);
  if (kind === undefined) return [];
  const [source, role, element] = kind === 'csv' ? csvCellAt(session, path, offset) : yamlScalarAt(session, path, offset);
  if (source === undefined) return [];
  return expressionsOf(session, path, role, source, element).flatMap((place) => {
    const { start, end } = place.source.span;
    return start <= offset && offset <= end ? [{ place, at: offsetIn(place.source, offset) }] : [];
  });
}

type SourceAt = [source: ScalarText | undefined, role: Role | undefined, element?: ElementName | undefined];

function yamlScalarAt(session: BundleSession, path: string, offset: number): SourceAt {
  const around = scalarsAround(session, path, offset);
  if (around === undefined) return [undefined, undefined];
  const { scalar, scalars } = around;
  const kind = session.kind(path)!;
  const element = kind === 'outputs' ? elementAt(session, scalars, scalar.path) : undefined;
  return [scalar.source, roleOf(kind, scalar.path, scalar.isKey, session.shape(path)), element];
}

function csvCellAt(session: BundleSession, path: string, offset: number): SourceAt {
  const { records } = readCsv(path, session.text(path));
  const row = records.findIndex(({ span }) => span.start <= offset && offset <= span.end);
  const cells = records[row]?.cells ?? [];
  const at = cells.findIndex(({ span }) => span.start <= offset && offset <= span.end);
  const column = csvColumns(records[0]?.cells ?? [], session.headOf(path))[at];
  return column === undefined ? [undefined, undefined] : [cells[at], csvRole(column, row === 0)];
}
