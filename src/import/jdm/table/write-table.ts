// A decision table as a table of the language, of which the columns are values that a cell can test; what is tested of other values
// stands as a condition in front of the row. Where the language has no such table, its rows are written out.

import { ANY, cellCondition, cellText } from '../cell.js';
import { and, type Code } from '../code.js';
import { NULL, Refusal, type Sym } from '../symbol.js';
import { Columns, isTestable } from './columns.js';
import type { TableHost } from './host.js';
import { conditionOf, membersOf, needsOfValues, type Row, readRows, type Test } from './rows.js';
import { isCollectable, writeOutputs } from './write-outputs.js';

/** A row as the language has it: its condition, then its cells. */
interface WrittenRow {
  readonly row: Row;
  readonly texts: readonly string[];
}

/** What a table computes, written as a table of the bundle. */
export function writeTable(host: TableHost): Sym {
  const columns = new Columns(host, true);
  const rows = readRows(host, columns);
  for (const [at, { subject }] of columns.all.entries()) {
    if (subject?.kind === 'refused' && rows.some(({ tests }) => tests[at] !== undefined)) throw new Refusal(subject.reason);
  }
  const isFirst = host.content.hitPolicy === 'first';
  const written = writeRows(host, columns, rows);
  if (written.length === 0) return isFirst ? NULL : { kind: 'items', items: [] };
  const live = written.map(({ row }) => row);
  if (!isFirst && !isCollectable(host, live)) return collected(host, live);
  const isComplete = isFirst && written[written.length - 1]!.texts.every((text) => text === ANY);
  return writeOutputs(
    host,
    columns.all,
    live,
    written.map(({ texts }) => texts),
    isComplete,
  );
}

/** The rows that may match, up to one that takes everything where the first one counts. */
function writeRows(host: TableHost, columns: Columns, rows: readonly Row[]): WrittenRow[] {
  const isFirst = host.content.hitPolicy === 'first';
  const written: WrittenRow[] = [];
  const cells = new Map<Test, string | undefined>();
  const conditions = new Map<Test, Code>();
  for (const row of rows) {
    const texts: string[] = [];
    const codes: Code[] = [];
    let isDead = false;
    for (const [at, test] of row.tests.entries()) {
      const { subject } = columns.all[at]!;
      if (test === undefined) texts.push(ANY);
      else if (isTestable(subject)) {
        if (!cells.has(test)) cells.set(test, cellText(test.node, subject, host.scope));
        const text = cells.get(test);
        if (text === undefined) isDead = true;
        texts.push(text ?? ANY);
      } else {
        if (!conditions.has(test)) conditions.set(test, cellCondition(test.node, test.subject, host.scope));
        codes.push(conditions.get(test)!);
        texts.push(ANY);
      }
    }
    codes.push(...needsOfValues(row));
    // a list that is collected has no rows where nobody asks for it
    const condition = isFirst ? and(...codes) : and(host.active, ...codes);
    if (isDead || condition.text === 'false') continue;
    texts.unshift(condition.text === 'true' ? ANY : condition.text);
    written.push({ row, texts });
    if (isFirst && texts.every((text) => text === ANY)) break;
  }
  return written;
}

/** The rows of a table that collects, written out: where a column has what no table can hold. */
function collected(host: TableHost, rows: readonly Row[]): Sym {
  const items = rows.map((row) => ({
    when: host.emission.condition(and(host.active, conditionOf(row, host.scope)), `${host.name} ${row.index + 1}`),
    value: { kind: 'object' as const, members: membersOf(row, host) },
  }));
  return { kind: 'items', items: items.filter(({ when }) => when.text !== 'false') };
}
