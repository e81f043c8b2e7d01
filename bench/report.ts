// What a bench prints, and the JSON it leaves behind.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The machine and the versions a result belongs to. */
export interface Machine {
  readonly cpu: string;
  readonly processors: number;
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  /** First line of `gcc --version`, or null where there is none. */
  readonly gcc: string | null;
}

/** Describes this machine. */
export function describeMachine(gcc: string | undefined): Machine {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    processors: os.availableParallelism(),
    node: process.version,
    v8: process.versions.v8,
    platform: `${os.type()} ${os.release()} ${os.arch()}`,
    gcc: gcc ?? null,
  };
}

/** Middle value; the mean of the two middle ones where there is no one. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export type Align = 'left' | 'right';

/** Lines of a table, every column as wide as its widest cell. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[], align: readonly Align[]): string[] {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (align[i] === 'right' ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)];
}

/** The same as a Markdown table. */
export function formatMarkdown(head: readonly string[], rows: readonly (readonly string[])[], align: readonly Align[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(align.map((side) => (side === 'right' ? '---:' : '---'))),
    ...rows.map((row) => line(row.map((cell) => cell.trim()))),
  ];
}

/** How a bench prints its tables. */
export type TableFormat = typeof formatTable;

/** Three significant digits, thousands apart. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en-US', { minimumFractionDigits: Math.min(digits, 3), maximumFractionDigits: Math.min(digits, 3) });
}

/** Writes a result to bench/results/NAME-TIME.json and returns the path. */
export function writeResult(folder: string, name: string, result: object, now: Date): string {
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}-${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}.json`);
  fs.writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  return file;
}
