// CSV (RFC 4180) with the exact place of every cell, so that a diagnostic points at the cell its author wrote, through quotes.
// Lines end in LF, CRLF or CR; the separator is `,`, `;` or a tab, found from the header.

import type { Fix, Span } from '../diagnostic/diagnostic.js';
import type { ScalarText } from './scalar-text.js';

export interface CsvRecord {
  cells: ScalarText[];
  /** All of it, without its line end. */
  span: Span;
}

export interface CsvFault {
  span: Span;
  message: string;
  advice: string;
}

export interface CsvText {
  separator: ',' | ';' | '\t';
  /** Lines without any character are left out. */
  records: CsvRecord[];
  faults: CsvFault[];
}

/** Where the value of a quoted cell with doubled quotes stands: character by character. */
class QuotedCell implements ScalarText {
  constructor(
    readonly text: string,
    readonly span: Span,
    /** Offsets in `text` of the quotes that are doubled in the file, rising. */
    readonly doubled: readonly number[],
  ) {}

  spanAt(start: number, end: number): Span {
    const at = (offset: number): number => {
      const place = Math.min(offset, this.text.length);
      return this.span.start + 1 + place + this.doubled.filter((quote) => quote < place).length;
    };
    return { file: this.span.file, start: at(start), end: Math.max(at(end), at(start)) };
  }

  fixAt(start: number, end: number, replacement: string): Fix | undefined {
    if (/[\n\r]/.test(replacement)) return undefined;
    return { span: this.spanAt(start, end), text: replacement.replaceAll('"', '""') };
  }
}

class PlainCell implements ScalarText {
  constructor(
    readonly text: string,
    readonly span: Span,
  ) {}

  spanAt(start: number, end: number): Span {
    const at = (offset: number): number => this.span.start + Math.min(offset, this.text.length);
    return { file: this.span.file, start: at(start), end: Math.max(at(end), at(start)) };
  }

  fixAt(start: number, end: number, replacement: string): Fix | undefined {
    // Any of the separators, for the file may have another one when it is next read.
    return /[\n\r,;\t"]/.test(replacement) ? undefined : { span: this.spanAt(start, end), text: replacement };
  }
}

/**
 * Where the first line ends that is outside quotes, or the text does, and the separator that stands most often in it outside
 * quotes: a comma where none does. A quote opens a cell only where one begins, which is behind any of the separators here.
 */
export function csvHeader(text: string, lineEnds: '\n' | '\n\r'): { end: number; separator: CsvText['separator'] } {
  const counts = { ',': 0, ';': 0, '\t': 0 };
  let isQuoted = false;
  let isStart = true;
  let end = 0;
  for (; end < text.length; end++) {
    const character = text[end]!;
    if (isQuoted) {
      // A doubled quote closes and opens again.
      isQuoted = character !== '"';
      isStart = true;
    } else if (character === '"' && isStart) isQuoted = true;
    else if (lineEnds.includes(character)) break;
    else {
      isStart = Object.hasOwn(counts, character);
      if (isStart) counts[character as ',']++;
    }
  }
  if (counts[';'] > counts[',']) return { end, separator: counts['\t'] > counts[';'] ? '\t' : ';' };
  return { end, separator: counts['\t'] > counts[','] ? '\t' : ',' };
}

/** Splits a text into records and cells. A fault ends nothing: the rest is read as well as it can be. */
export function readCsv(file: string, text: string): CsvText {
  const { separator } = csvHeader(text, '\n\r');
  const records: CsvRecord[] = [];
  const faults: CsvFault[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    const cells: ScalarText[] = [];
    for (;;) {
      at = text[at] === '"' ? quotedCell(at) : plainCell(at);
      if (text[at] !== separator) break;
      at++;
    }
    const end = at;
    if (text[at] === '\r' && text[at + 1] === '\n') at += 2;
    else at++;
    if (end > start) records.push({ cells, span: { file, start, end } });

    function plainCell(from: number): number {
      let to = from;
      for (;;) {
        const character = text[to];
        if (character === undefined || character === separator || character === '\n' || character === '\r') break;
        to++;
      }
      const value = text.slice(from, to);
      // `> "x"` is a test with a text in it; a quote that opens in the middle of a cell has no other meaning.
      cells.push(new PlainCell(value, { file, start: from, end: to }));
      return to;
    }

    function quotedCell(from: number): number {
      const parts: string[] = [];
      const doubled: number[] = [];
      let length = 0;
      let to = from + 1;
      for (;;) {
        const quote = text.indexOf('"', to);
        if (quote === -1) {
          const span = { file, start: from, end: from + 1 };
          faults.push({
            span,
            message: 'the quote is never closed',
            advice: 'end the cell with `"`; a quote inside is doubled: `""`',
          });
          cells.push(new QuotedCell(parts.join('') + text.slice(to), { file, start: from, end: text.length }, doubled));
          return text.length;
        }
        parts.push(text.slice(to, quote));
        length += quote - to;
        if (text[quote + 1] !== '"') {
          cells.push(new QuotedCell(parts.join(''), { file, start: from, end: quote + 1 }, doubled));
          return afterQuote(from, quote + 1);
        }
        doubled.push(length);
        parts.push('"');
        length++;
        to = quote + 2;
      }
    }

    /** What follows a closing quote must be a separator or the line's end. */
    function afterQuote(from: number, to: number): number {
      let next = to;
      while (next < text.length && text[next] !== separator && text[next] !== '\n' && text[next] !== '\r') next++;
      if (text.slice(to, next).trim() !== '') {
        const message = 'something follows the closing quote of the cell';
        const advice = 'put the whole cell into quotes and double those inside: `"""A"", ""B"""`';
        faults.push({ span: { file, start: from, end: next }, message, advice });
      }
      return next;
    }
  }
  return { separator, records, faults };
}
