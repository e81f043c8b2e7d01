// Tables as CSV for spreadsheets: UTF-8 with a byte order mark, line ends of Windows, and no cell that a spreadsheet computes.

import type { Bundle } from '../bundle/bundle.js';
import type { ScalarText } from '../bundle/scalar-text.js';
import type { BundleTable, OutputType } from '../bundle/tables.js';

export type CsvSeparator = ',' | ';' | '\t';

export interface CsvFile {
  /** `NAME.csv`. */
  readonly name: string;
  readonly text: string;
}

/** Every table of a bundle, as one file each. */
export function csvTables(bundle: Bundle, separator: CsvSeparator): CsvFile[] {
  return bundle.tables.map((table) => ({ name: `${table.name}.csv`, text: csvTable(table, separator) }));
}

/** One table, header first, with ids and descriptions of rows where some have them. */
export function csvTable(table: BundleTable, separator: CsvSeparator): string {
  const { inputs, outputs, rows } = table;
  const hasIds = rows.some((row) => row.id !== undefined);
  const hasNotes = rows.some((row) => row.description !== undefined);
  const header = [
    ...(hasIds ? ['id'] : []),
    ...inputs.map(({ value, label }) => label ?? value.text),
    ...outputs.map(({ name, type }) => `-> ${name}${type === undefined ? '' : typeText(type)}`),
    ...(hasNotes ? ['# description'] : []),
  ];
  const cell = (text: ScalarText | undefined): string => text?.text ?? '';
  const lines = rows.map((row) => [
    ...(hasIds ? [row.id ?? ''] : []),
    ...row.when.map(cell),
    ...row.then.map(cell),
    ...(hasNotes ? [row.description ?? ''] : []),
  ]);
  const written = [header, ...lines].map((line) => line.map((text) => quoted(guarded(text), separator)).join(separator));
  return `\uFEFF${written.map((line) => `${line}\r\n`).join('')}`;
}

function typeText(type: OutputType): string {
  if (typeof type === 'string') return `: ${type}`;
  return 'decimal' in type ? `: decimal(${type.decimal})` : '';
}

/**
 * A spreadsheet computes what begins with one of `= + - @`, whoever wrote it; an apostrophe in front makes it a text. Numbers, and
 * the lone `-` that stands for any value, are harmless.
 */
export function guarded(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && !/^-?(?:\d+(?:\.\d+)?)?$/.test(text) ? `'${text}` : text;
}

function quoted(text: string, separator: string): string {
  return text.includes(separator) || /["\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
