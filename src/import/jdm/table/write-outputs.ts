// The outputs of a table of the language: columns for what every row has of them, and the number of its row for what no column can
// hold.

import { ANY } from '../cell.js';
import { atom, dotted, TRUE } from '../code.js';
import { insert } from '../expression/translate.js';
import { plainOf, type Sym } from '../symbol.js';
import { type Column, isTestable } from './columns.js';
import type { TableHost } from './host.js';
import { byRow, columnOf, ofColumn, partsOf } from './output-column.js';
import type { Row } from './rows.js';

/** Whether the rows can be collected by a table of the language: its columns have one type each. */
export function isCollectable(host: TableHost, rows: readonly Row[]): boolean {
  return host.content.outputs.every((_, at) =>
    partsOf('', valuesOf(rows, at)).every((part) => columnOf(part.values) !== undefined),
  );
}

const valuesOf = (rows: readonly Row[], output: number): (Sym | undefined)[] => rows.map(({ values }) => values[output]);

/**
 * Writes the table, and gives what it computes.
 * @param tests of each row, its condition and its cells
 * @param isComplete whether a row takes everything
 */
export function writeOutputs(
  host: TableHost,
  columns: readonly Column[],
  rows: readonly Row[],
  tests: readonly (readonly string[])[],
  isComplete: boolean,
): Sym {
  const { content, emission } = host;
  const isFirst = content.hitPolicy === 'first';
  const table = emission.name(host.name);
  const names = new Set<string>();
  const outputs: { readonly header: string; readonly cells: readonly string[] }[] = [];
  const rowMembers: [path: string, sym: Sym][] = [];
  let needsRow = false;
  for (const [at, { field }] of content.outputs.entries()) {
    const path = field ?? '';
    for (const part of partsOf(path, valuesOf(rows, at))) {
      const column = columnOf(part.values);
      if (column === undefined) {
        needsRow = true;
        rowMembers.push([part.path, byRow(part.values, atom(`${table}.row`))]);
        continue;
      }
      const name = uniqueName(part.path, names);
      outputs.push({ header: `-> ${name}${column.title}`, cells: column.cells });
      rowMembers.push([part.path, ofColumn(column, atom(`${table}.${name}`), isComplete || !isFirst, isFirst)]);
    }
  }
  if (needsRow) {
    names.add('row');
    outputs.push({ header: '-> row', cells: rows.map((_, i) => String(i + 1)) });
  }
  if (outputs.length === 0) return isFirst ? { kind: 'object', members: new Map() } : { kind: 'items', items: [] };
  const labels = columns.map(({ subject }) => (isTestable(subject) ? subject.code.text : ''));
  const kept = [tests.some(([text]) => text !== ANY), ...columns.map(({ subject }) => isTestable(subject))];
  const isShown = kept.some(Boolean) ? kept : [true, ...kept.slice(1)];
  const header = ['true', ...labels].filter((_, i) => isShown[i]);
  emission.table({
    name: table,
    ...(host.name === table ? {} : { description: host.name }),
    hitPolicy: content.hitPolicy,
    rows: [
      [...header, ...outputs.map((output) => output.header)],
      ...tests.map((cells, row) => [...cells.filter((_, i) => isShown[i]), ...outputs.map((output) => output.cells[row]!)]),
    ],
  });
  const members = new Map<string, Sym>();
  for (const [path, sym] of rowMembers) insert(members, path.split('.'), sym);
  if (isFirst) return { kind: 'object', members };
  const as = emission.parameter('row');
  const inRow = (sym: Sym): Sym => {
    if (sym.kind === 'object')
      return { kind: 'object', members: new Map([...sym.members].map(([name, member]) => [name, inRow(member)])) };
    if (sym.kind === 'maybe') return { ...sym, when: TRUE, value: inRow(sym.value) };
    return sym.kind === 'scalar' ? { ...sym, code: dotted(atom(as), sym.code.text.slice(table.length + 1)) } : sym;
  };
  const elements = new Map([...members].map(([name, member]) => [name, inRow(member)]));
  return {
    kind: 'list',
    each: atom(table),
    as,
    value: { kind: 'object', members: elements },
    nullable: false,
    countMax: rows.length,
    table: { name: table, columns: new Map([...members].map(([name, member]) => [name, plainOf(member)])) },
  };
}

function uniqueName(path: string, taken: Set<string>): string {
  const wanted = path
    .split(/[^A-Za-z0-9_]+/)
    .filter((word) => word !== '')
    .map((word, i) => (i === 0 ? word : word[0]!.toUpperCase() + word.slice(1)))
    .join('')
    .replace(/^(?=[0-9])/, '_');
  const reserved = new Set(['score', 'outcome', 'reason', 'row', '']);
  let name = reserved.has(wanted) ? `${wanted}Value` : wanted;
  for (let i = 2; taken.has(name); i++) name = `${wanted}${i}`;
  taken.add(name);
  return name;
}
