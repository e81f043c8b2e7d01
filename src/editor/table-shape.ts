// The columns of a table or scorecard, as far as they can be made out of documents that may have faults.

import { readCsv } from '../bundle/csv.js';
import type { ScalarText } from '../bundle/scalar-text.js';
import { tolerantValue } from './document-tree.js';

export interface ShapeInput {
  /** The expression that the cells test. */
  value: string;
  label?: string;
}

export interface ShapeOutput {
  name: string;
}

export interface TableShape {
  inputs: readonly ShapeInput[];
  outputs: readonly ShapeOutput[];
}

/** What a cell of the header of a CSV table says. Offsets are in the cell's text. */
export type CsvColumn =
  | { kind: 'id' | 'comment' | 'none' }
  | { kind: 'input'; input: ShapeInput; isLabel: boolean }
  | { kind: 'output'; name: string; start: number };

/** The columns of tables/NAME.yaml. */
export function tableShape(text: string): TableShape {
  const value = tolerantValue(text) as { inputs?: unknown; outputs?: unknown } | null | undefined;
  return { inputs: entries(value?.inputs).map(inputOf), outputs: entries(value?.outputs).map(outputOf) };
}

/** The inputs of the characteristics of a scorecard, as columns. */
export function scorecardShape(text: string): TableShape {
  const value = tolerantValue(text) as { characteristics?: unknown } | null | undefined;
  const inputs = entries(value?.characteristics).map((entry) => ({ value: textOf((entry as { input?: unknown } | null)?.input) }));
  return { inputs, outputs: [] };
}

/** The columns of a CSV table. @param head of the YAML file of the same name */
export function csvColumns(header: readonly ScalarText[], head: TableShape | undefined): CsvColumn[] {
  return header.map((cell): CsvColumn => {
    const text = cell.text.trim();
    if (text.startsWith('#')) return { kind: 'comment' };
    if (text === 'id') return { kind: 'id' };
    if (text === '') return { kind: 'none' };
    if (text.startsWith('->')) {
      const colon = text.indexOf(':');
      const name = text.slice(2, colon === -1 ? undefined : colon).trim();
      return { kind: 'output', name, start: cell.text.indexOf(name, cell.text.indexOf('->') + 2) };
    }
    const labelled = head?.inputs.find(({ label }) => label === text);
    return { kind: 'input', input: labelled ?? { value: text }, isLabel: labelled !== undefined };
  });
}

/** The columns of a CSV table as a table has them. */
export function csvShape(file: string, text: string, head: TableShape | undefined): TableShape {
  const columns = csvColumns(readCsv(file, text.slice(0, text.indexOf('\n') + 1 || text.length)).records[0]?.cells ?? [], head);
  return {
    inputs: columns.flatMap((column) => (column.kind === 'input' ? [column.input] : [])),
    outputs: columns.flatMap((column) => (column.kind === 'output' ? [{ name: column.name }] : [])),
  };
}

function entries(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function inputOf(entry: unknown): ShapeInput {
  if (typeof entry !== 'object' || entry === null) return { value: textOf(entry) };
  const { value, label } = entry as { value?: unknown; label?: unknown };
  return { value: textOf(value), ...(typeof label === 'string' ? { label } : {}) };
}

function outputOf(entry: unknown): ShapeOutput {
  if (typeof entry !== 'object' || entry === null) return { name: textOf(entry) };
  return { name: textOf((entry as { name?: unknown }).name) };
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value).trim();
}
