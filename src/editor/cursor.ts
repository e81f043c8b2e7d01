// What is being written at a place: a key, or a part of a value. A word is put where the cursor stands, and the document is read
// with it, so that a place where nothing stands yet is found as surely as a word that is half written.

import { readCsv } from '../bundle/csv.js';
import type { ScalarStyle } from '../bundle/places.js';
import { isListKind } from './document-kind.js';
import { type Key, pieceAt, scalarsOf } from './document-tree.js';
import { type ElementName, elementAt } from './expression-places.js';
import { csvRole } from './occurrences.js';
import { type Role, roleOf } from './role.js';
import type { BundleSession } from './session.js';
import { csvColumns } from './table-shape.js';

/** A name that nobody gives to anything. */
export const CURSOR = 'verdictCursor';

export interface Cursor {
  /** Path of the value, or of the key, that the word lies in. */
  path: readonly Key[];
  isKey: boolean;
  /** Keys that stand beside it already, where it is a key. */
  siblings: readonly string[];
  role: Role | undefined;
  /** The text around, CURSOR standing for the word. */
  text: string;
  style: ScalarStyle;
  /** What expressions of an output call the elements of its list. */
  element?: ElementName | undefined;
  /** The document is JSON, or the cell is quoted: a double quote would need escaping. */
  isEscaped: boolean;
  /** Where the word stands in the file: what a completion replaces. */
  start: number;
  end: number;
}

const WORD_BEFORE = /[\w$-]*$/;
const WORD_AFTER = /^[\w$-]*/;
/** The beginning of a line where a key may stand, in a block or behind `{` or a comma. */
const KEY_PLACE = /(^|\n)[ \t]*(- +)*"?[\w$-]*$|[{,]\s*"?[\w$-]*$/;

/** What is written at an offset, the readings that are possible in the order of their likelihood. */
export function cursorsAt(session: BundleSession, path: string, offset: number): Cursor[] {
  const kind = session.kind(path);
  const text = session.text(path);
  if (kind === undefined) return [];
  if (kind === 'csv') return csvCursor(session, path, text, offset);
  const piece = pieceAt(path, text, isListKind(kind), offset);
  const at = offset - piece.start;
  const before = piece.text.slice(0, at);
  const after = piece.text.slice(at);
  // A minus belongs to a word only inside of one: `a -b` and the dash of an item do not.
  const word = (WORD_BEFORE.exec(before)?.[0] ?? '').replace(/^-+/, '');
  const rest = word === '' ? '' : (WORD_AFTER.exec(after)?.[0] ?? '');
  const range = { start: offset - word.length, end: offset + rest.length };
  const head = before.slice(0, before.length - word.length);
  const tail = after.slice(rest.length);
  const shape = session.shape(path);
  const readings: Cursor[] = [];
  const read = (inserted: string, keysOnly: boolean): void => {
    const scalars = scalarsOf(path, { text: head + inserted + tail, start: 0 });
    const found = scalars.find(({ source, isKey }) => source.text.includes(CURSOR) && (isKey || !keysOnly));
    if (found === undefined || (keysOnly && found.source.text !== CURSOR)) return;
    // With a value it is known which keys stand beside it.
    if (found.isKey && readings.some(({ isKey }) => isKey)) return;
    const parent = found.path.slice(0, -1);
    const siblings = scalars.flatMap((other) =>
      other.isKey && other !== found && other.path.length === found.path.length && isSame(other.path.slice(0, -1), parent)
        ? [String(other.path.at(-1))]
        : [],
    );
    const { style } = found.source.text === CURSOR && found.style === 'plain' ? { style: 'plain' as const } : found;
    readings.push({
      path: found.path,
      isKey: found.isKey,
      siblings,
      role: found.isKey ? undefined : roleOf(kind, found.path, false, shape),
      element: kind === 'outputs' ? elementAt(session, scalars, found.path) : undefined,
      text: found.source.text,
      style,
      isEscaped: style === 'double',
      ...range,
    });
  };
  if (KEY_PLACE.test(head) && !tail.trimStart().startsWith(':')) read(`${CURSOR}: 0`, true);
  read(CURSOR, false);
  return readings;
}

function isSame(a: readonly Key[], b: readonly Key[]): boolean {
  return a.length === b.length && a.every((key, index) => key === b[index]);
}

function csvCursor(session: BundleSession, path: string, text: string, offset: number): Cursor[] {
  const word = (WORD_BEFORE.exec(text.slice(0, offset))?.[0] ?? '').replace(/^-+/, '');
  const rest = word === '' ? '' : (WORD_AFTER.exec(text.slice(offset))?.[0] ?? '');
  const range = { start: offset - word.length, end: offset + rest.length };
  const { records } = readCsv(path, text.slice(0, range.start) + CURSOR + text.slice(range.end));
  const row = records.findIndex(({ span }) => span.start <= range.start && range.start <= span.end);
  const at = records[row]?.cells.findIndex((cell) => cell.text.includes(CURSOR)) ?? -1;
  const cell = records[row]?.cells[at];
  const column = csvColumns(records[0]?.cells ?? [], session.headOf(path))[at];
  if (cell === undefined || column === undefined) return [];
  const isEscaped = cell.span.end - cell.span.start !== cell.text.length;
  const role = csvRole(column, row === 0);
  return [{ path: [row, at], isKey: false, siblings: [], role, text: cell.text, style: 'plain', isEscaped, ...range }];
}
