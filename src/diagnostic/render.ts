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

/** One character as wide as a terminal shows it: control characters as a blank, so that the carets stand below what they mean. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters of a hostile document must not reach a terminal
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, ' ');
}

/** The source line of a span with carets below, or nothing where the file is not in the bundle. */
function snippet(span: Span, files: ReadonlyMap<string, Uint8Array>, color: boolean): string[] {
  const bytes = files.get(span.file);
  if (bytes === undefined) return [`  --> ${span.file}`];
  const index = lineIndexOf(bytes);
  const { line, column } = index.position(span.start);
  const text = index.line(line);
  const gutter = ' '.repeat(String(line).length);
  const bar = paint('|', 'blue', color);
  const arrow = `${gutter} ${paint('-->', 'blue', color)} ${span.file}:${line}:${column}`;

  // A long line is cut to a window that holds the start of the span.
  const from = column - 1 > LINE_CHARS_MAX - 20 ? column - 21 : 0;
  const shown = text.slice(from, from + LINE_CHARS_MAX);
  const before = from > 0 ? '…' : '';
  const after = from + LINE_CHARS_MAX < text.length ? '…' : '';
  const carets = Math.max(1, Math.min(span.end - span.start, shown.length - (column - 1 - from)));
  return [
    arrow,
    `${gutter}  ${bar}`,
    `${paint(String(line), 'blue', color)}  ${bar} ${before}${printable(shown)}${after}`,
    `${gutter}  ${bar} ${' '.repeat(before.length + column - 1 - from)}${paint('^'.repeat(carets), 'red', color)}`,
  ];
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
