// CSV tables in one form: cells without blanks around them, quotes where RFC 4180 needs them, lines that end in LF. Columns are not
// aligned: a wider cell would change every line.

import { type CsvText, readCsv } from '../bundle/csv.js';
import type { ScalarText } from '../bundle/scalar-text.js';
import { type CsvColumn, csvColumns, type TableShape } from '../editor/table-shape.js';
import { formatResult, formatTest } from './cell.js';
import { formatExpression } from './expression.js';

/** Formats a table; undefined where it cannot be read. @param head what the YAML file beside it says */
export function formatCsv(path: string, text: string, head: TableShape | undefined): string | undefined {
  const { records, faults, separator } = readCsv(path, text);
  const [header] = records;
  if (faults.length > 0) return undefined;
  if (header === undefined) return text;
  const columns = csvColumns(header.cells, head);
  let written = '';
  for (const [row, { cells, span }] of records.entries()) {
    const before = records[row - 1];
    // Blank lines part groups of rows: one of them stays.
    if (before !== undefined && /\n\s*\n|\r\s*\r/.test(text.slice(before.span.end, span.start))) written += '\n';
    written += `${cells.map((cell, at) => quoted(formatCell(cell, columns[at], row === 0), separator, row === 0)).join(separator)}\n`;
  }
  return written;
}

function formatCell(cell: ScalarText, column: CsvColumn | undefined, isHeader: boolean): string {
  const text = cell.text.trim();
  if (column?.kind === 'input') {
    if (!isHeader) return formatTest(text);
    return column.isLabel ? text : (formatExpression(text, Number.POSITIVE_INFINITY) ?? text);
  }
  if (column?.kind !== 'output') return text;
  if (isHeader) return formatOutput(text);
  return ['score', 'outcome', 'reason'].includes(column.name) ? text : formatResult(text);
}

/** `-> rate: decimal(2)` */
function formatOutput(text: string): string {
  const [name = '', ...type] = text.slice(2).split(':');
  return `-> ${name.trim()}${type.length === 0 ? '' : `: ${type.join(':').trim()}`}`;
}

/** @param isHeader the separator is found from the header: none of them may stand there outside of quotes */
function quoted(text: string, separator: CsvText['separator'], isHeader: boolean): string {
  const isSpecial = isHeader ? /[,;\t]/.test(text) : text.includes(separator);
  return isSpecial || /["\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
