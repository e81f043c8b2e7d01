// Formats a file of a bundle. What is written is compared with what was there before it is given back: a formatter that changed a
// meaning would be worse than none.

import { readCsv } from '../bundle/csv.js';
import type { FileKind } from '../editor/document-kind.js';
import { commentsOf, scalarsOf, tolerantValue } from '../editor/document-tree.js';
import type { TableShape } from '../editor/table-shape.js';
import { csvColumns } from '../editor/table-shape.js';
import { formatCsv } from './csv-file.js';
import { formatJson } from './json-file.js';
import { formattedRole, isSameByRole } from './scalar.js';
import { formatYaml } from './yaml-file.js';

/** A comment in a strange place moves at most that often before it is where it stays. */
const ROUNDS_MAX = 5;

/**
 * Formats a file. What comes out stays as it is when it is formatted again.
 * @param shape columns of its table or scorecard; of a CSV table those of the YAML file beside it
 * @returns undefined where it cannot be read; the text itself where it is as it should be, or is none of the author's
 */
export function formatFile(path: string, kind: FileKind, text: string, shape: TableShape | undefined): string | undefined {
  if (kind === 'lock') return text;
  let formatted: string | undefined = text;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before: string = formatted;
    formatted = formatOnce(path, kind, before, shape);
    if (formatted === undefined) return round === 0 ? undefined : text;
    if (formatted === before) {
      const isSame = text === formatted || (kind === 'csv' ? isSameCsv : isSameDocument)(path, text, formatted, shape, kind);
      return isSame ? formatted : text;
    }
  }
  return text;
}

function formatOnce(path: string, kind: FileKind, text: string, shape: TableShape | undefined): string | undefined {
  if (kind === 'csv') return formatCsv(path, text, shape);
  return path.endsWith('.json') ? formatJson(kind, text, shape) : formatYaml(kind, text, shape);
}

/** Whether two documents have the same keys, values and comments; of expressions and cells, the same meaning. */
function isSameDocument(path: string, a: string, b: string, shape: TableShape | undefined, kind: FileKind): boolean {
  const values = (text: string): Map<string, { text: string; isText: boolean }> =>
    new Map(
      scalarsOf(path, { text, start: 0 })
        .filter(({ isKey }) => !isKey)
        .map(({ path: keys, source, isText }) => [JSON.stringify(keys), { text: source.text, isText }]),
    );
  const [before, after] = [values(a), values(b)];
  if (before.size !== after.size) return false;
  for (const [keys, value] of before) {
    const other = after.get(keys);
    if (other === undefined || other.isText !== value.isText) return false;
    const role = value.isText ? formattedRole(kind, JSON.parse(keys) as (string | number)[], shape) : undefined;
    if (!isSameByRole(role, value.text, other.text)) return false;
  }
  // What holds no scalar: empty lists and maps, and what aliases stand for.
  return skeleton(tolerantValue(a)) === skeleton(tolerantValue(b)) && commentsOf(a) === commentsOf(b);
}

/** A document without its scalars, whatever the order of its keys. */
function skeleton(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(skeleton).join(',')}]`;
  if (typeof value !== 'object' || value === null) return '';
  return `{${Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${skeleton((value as Record<string, unknown>)[key])}`)
    .join(',')}}`;
}

function isSameCsv(path: string, a: string, b: string, head: TableShape | undefined): boolean {
  const [before, after] = [readCsv(path, a), readCsv(path, b)];
  if (before.separator !== after.separator || before.records.length !== after.records.length || after.faults.length > 0)
    return false;
  const columns = csvColumns(before.records[0]?.cells ?? [], head);
  return before.records.every(({ cells }, row) => {
    const others = after.records[row]!.cells;
    return (
      cells.length === others.length &&
      cells.every((cell, at) => {
        const column = columns[at];
        const [left, right] = [cell.text.trim(), others[at]!.text];
        if (row === 0) return left.replace(/\s/g, '') === right.replace(/\s/g, '');
        if (column?.kind === 'input') return isSameByRole({ kind: 'test', input: '' }, left, right);
        return column?.kind === 'output' ? isSameByRole({ kind: 'result', column: column.name }, left, right) : left === right;
      })
    );
  });
}
