// A diagnostic as an author reads it:
//
//   error V3201: `ammount` is not a field of the model
//     --> rules/night.yaml:2:9
//      |
//    2 |   when: ammount > 5000
//      |         ^^^^^^^
//      = advice: did you mean `amount`?

import type { Diagnostic, Span } from './diagnostic.js';
import { lineIndexOf, type Position } from './position.js';
import { layOut, printable } from './width.js';

export interface RenderOptions {
  /** ANSI colours; off by default. */
  color?: boolean;
}

/** Columns of a source line that are shown around the caret; the rest is cut off and marked with `…`. */
const LINE_CHARS_MAX = 120;

const STYLES = { red: 31, yellow: 33, blue: 34, bold: 1, none: 0 } as const;

function paint(text: string, style: keyof typeof STYLES, color: boolean): string {
  return color && style !== 'none' ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text;
}

/** Line and column (from 1) of a span's start; 1:1 where the file is not in the bundle. */
export function positionOf(span: Span, files: ReadonlyMap<string, Uint8Array>): Position {
  const bytes = files.get(span.file);
  return bytes === undefined ? { line: 1, column: 1 } : lineIndexOf(bytes).position(span.start);
}

/** Lines that are shown of a span over several: the first ones, and the last. */
const SPAN_LINES_MAX = 4;

/** The source lines of a span with carets below, or its file alone where that is not in the bundle. */
function snippet(span: Span, files: ReadonlyMap<string, Uint8Array>, color: boolean): string[] {
  const bytes = files.get(span.file);
  if (bytes === undefined) return [`  --> ${printable(span.file)}`];
  const index = lineIndexOf(bytes);
  const from = index.position(span.start);
  // The end is exclusive: a span that ends with a line's end is one of that line.
  const to = span.end > span.start ? index.position(span.end - 1) : from;
  const numbers: number[] = [];
  for (let line = from.line; line <= to.line; line++) {
    if (numbers.length === SPAN_LINES_MAX - 1 && line < to.line) {
      numbers.push(0);
      line = to.line - 1;
    } else numbers.push(line);
  }
  const gutter = ' '.repeat(String(to.line).length);
  const bar = paint('|', 'blue', color);
  const lines = [
    `${gutter} ${paint('-->', 'blue', color)} ${printable(span.file)}:${from.line}:${from.column}`,
    `${gutter}  ${bar}`,
  ];
  for (const line of numbers) {
    if (line === 0) {
      lines.push(`${gutter}  ${paint('...', 'blue', color)}`);
      continue;
    }
    const text = index.line(line);
    const indent = text.length - text.trimStart().length;
    const start = line === from.line ? from.column - 1 : indent;
    const end = line === to.line ? to.column - 1 + (span.end > span.start ? 1 : 0) : text.length;
    const number = paint(String(line).padStart(gutter.length), 'blue', color);
    const { shown, carets } = marked(text, start, end);
    lines.push(`${number}  ${bar} ${shown}`);
    if (carets !== '') lines.push(`${gutter}  ${bar} ${carets.replace(/\^+/, (marks) => paint(marks, 'red', color))}`);
  }
  return lines;
}

/** A line, and carets below [start, end) of it. A long line is cut to a window that holds the start. */
function marked(text: string, start: number, end: number): { shown: string; carets: string } {
  let from = start > LINE_CHARS_MAX - 20 ? start - 20 : 0;
  let to = Math.min(text.length, from + LINE_CHARS_MAX);
  if (from > 0 && /[\udc00-\udfff]/.test(text[from]!)) from--;
  if (to < text.length && /[\udc00-\udfff]/.test(text[to]!)) to++;
  const before = from > 0 ? '…' : '';
  const window = layOut(text.slice(from, to));
  const columnAt = (offset: number): number => window.columns[Math.max(0, Math.min(offset, to) - from)]!;
  const first = columnAt(start);
  const width = Math.max(1, columnAt(end) - first);
  return {
    shown: `${before}${window.text}${to < text.length ? '…' : ''}`,
    carets: `${' '.repeat(before.length + first)}${'^'.repeat(width)}`,
  };
}

/**
 * Renders a diagnostic over several lines: code, message, file:line:column, the source line with carets, advice, related places.
 * @param files the bundle the diagnostic is about
 */
export function renderDiagnostic(
  diagnostic: Diagnostic,
  files: ReadonlyMap<string, Uint8Array>,
  options: RenderOptions = {},
): string {
  const color = options.color === true;
  const { code, severity, message, span, advice, related } = diagnostic;
  const head = paint(`${severity} ${code}`, severity === 'error' ? 'red' : 'yellow', color);
  const lines = [`${head}: ${paint(printable(message), 'bold', color)}`, ...snippet(span, files, color)];
  if (advice !== undefined) lines.push(`  ${paint('=', 'blue', color)} advice: ${printable(advice)}`);
  for (const place of related ?? []) {
    lines.push(`  ${paint('=', 'blue', color)} note: ${printable(place.message)}`, ...snippet(place.span, files, color));
  }
  return lines.join('\n');
}
