// What is in a list: text with an entry a line, or CSV with an entry in the first cell of each record. It may have tens of
// millions of lines, so it comes in chunks and goes entry by entry; nothing of it is kept.

import { isUtf8 } from 'node:buffer';
import { TEXT_CHARS_MAX } from '../../assembly/shared/limits.js';
import { csvHeader } from './csv.js';
import { entryAdvice, listTypeText, type Member, memberReader } from './list-type.js';
import type { ListType } from './lists.js';

/** `lines`: an entry a line, empty lines left out. `csv`: RFC 4180; the first record is the header. */
export type ListFormat = 'lines' | 'csv';

export interface ListFault {
  /** From 1. */
  line: number;
  message: string;
  advice: string;
}

export interface ListReading {
  /** Whether the first record of a CSV names its columns; yes by default. */
  header?: boolean;
}

/** Faults that are told apart; all are counted. */
export const LIST_FAULTS_MAX = 20;
/** Bytes of one entry: no text is longer. */
export const ENTRY_BYTES_MAX = 4 * TEXT_CHARS_MAX;
/** Characters of a record of a CSV, as far as its first cell goes, and of a line. */
const RECORD_CHARS_MAX = 2 * ENTRY_BYTES_MAX;
const LINE_FEED = 10;
const MARK = [0xef, 0xbb, 0xbf];

/** `lines` or `csv` by the end of a file's name. */
export function listFormatOf(path: string): ListFormat {
  return path.toLowerCase().endsWith('.csv') ? 'csv' : 'lines';
}

/** Reads one content. What is wrong with it is in `faults`; its entries are of use only where there is none. */
export class ListReader {
  readonly faults: ListFault[] = [];
  faultCount = 0;
  /** Entries so far; those that come twice count twice. */
  count = 0;
  /** Of what is looked at now. */
  #line = 1;
  #separator = '';
  #isHeader: boolean;
  readonly #read: (text: string) => Member | undefined;

  constructor(
    readonly type: ListType,
    readonly format: ListFormat,
    options: ListReading = {},
  ) {
    this.#isHeader = format === 'csv' && options.header !== false;
    this.#read = memberReader(type);
  }

  /** Entries of a content that comes in chunks of any size. */
  *read(chunks: Iterable<Uint8Array>): Generator<Member> {
    let text = '';
    for (const block of blocksOf(chunks)) {
      if (block === undefined) {
        this.#fault(this.#line, 'a line is longer than any entry may be', 'end each line with a line feed');
        return;
      }
      text = yield* this.#records(text + this.#decode(block, text), false);
      if (text.length > RECORD_CHARS_MAX) {
        this.#fault(this.#line, 'the quote is never closed', 'end the cell with `"`; a quote inside is doubled: `""`');
        return;
      }
    }
    if (text !== '') yield* this.#records(text, true);
  }

  /** Text of whole lines; `before` is read with them and counts for the lines. */
  #decode(block: Uint8Array, before: string): string {
    const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
    if (!isUtf8(bytes)) {
      let line = this.#line + before.split('\n').length - 1;
      for (let start = 0; start < bytes.length; line++) {
        const next = bytes.indexOf(LINE_FEED, start);
        const end = next < 0 ? bytes.length : next;
        if (!isUtf8(bytes.subarray(start, end))) this.#fault(line, 'the line is not UTF-8', 'save the file as UTF-8');
        start = end + 1;
      }
    }
    return bytes.toString('utf8');
  }

  /** Entries of whole lines; returns what is left where a record goes on behind them. */
  *#records(text: string, isLast: boolean): Generator<Member, string> {
    if (this.format === 'lines') {
      yield* this.#lines(text);
      return '';
    }
    // A first line that goes on behind these lines has not shown all its separators yet.
    if (this.#separator === '') {
      const { end, separator } = csvHeader(text.slice(0, RECORD_CHARS_MAX), '\n');
      if (end === text.length && !isLast) return text;
      this.#separator = separator;
    }
    let at = 0;
    while (at < text.length) {
      const record = this.#record(text, at, isLast);
      if (record === undefined) return text.slice(at);
      const { cell, end, lines } = record;
      const isBlank = end - at <= 2 && text.slice(at, end).trim() === '';
      if (!isBlank && (cell !== '' || this.#isHeader)) yield* this.#entry(cell);
      this.#line += lines;
      at = end;
    }
    return '';
  }

  *#lines(text: string): Generator<Member> {
    for (let start = 0; start < text.length; this.#line++) {
      const next = text.indexOf('\n', start);
      const end = next < 0 ? text.length : next;
      const bare = end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
      if (bare > start) yield* this.#entry(text.slice(start, bare));
      start = end + 1;
    }
  }

  *#entry(text: string): Generator<Member> {
    const isHeader = this.#isHeader;
    this.#isHeader = false;
    if (3 * text.length > ENTRY_BYTES_MAX && Buffer.byteLength(text) > ENTRY_BYTES_MAX) {
      this.#fault(this.#line, `the entry is longer than ${ENTRY_BYTES_MAX} bytes`, 'no text of a payload is so long');
      return;
    }
    const member = this.#read(text);
    if (isHeader) {
      // A first line that is lost without a word would be an entry that is not found.
      if (this.type === 'string' || member === undefined) return;
      const message = `the first line of a CSV is its header, and ${shown(text)} is an entry`;
      this.#fault(this.#line, message, 'write the name of the column into the first line');
      return;
    }
    if (member === undefined) {
      this.#fault(this.#line, `${shown(text)} is no ${listTypeText(this.type)}`, entryAdvice(this.type));
      return;
    }
    this.count++;
    yield member;
  }

  /** The first cell of the record at an offset, and where the next begins; undefined where the record is not whole. */
  #record(text: string, start: number, isLast: boolean): { cell: string; end: number; lines: number } | undefined {
    let cell = '';
    let lines = 0;
    let at = start;
    // Reported with the whole record: one that is not whole yet is read again, from its start.
    let strays = 0;
    for (let column = 0; ; column++) {
      const from = at;
      let value = '';
      if (text[at] === '"') {
        const quoted = quotedCell(text, at);
        if (quoted === undefined) {
          if (!isLast) return undefined;
          this.#strays(strays);
          this.#fault(this.#line, 'the quote is never closed', 'end the cell with `"`; a quote inside is doubled: `""`');
          return { cell: '', end: text.length, lines };
        }
        value = quoted.value;
        lines += text.slice(from, quoted.end).split('\n').length - 1;
        at = quoted.end;
      }
      const after = at;
      while (at < text.length && text[at] !== this.#separator && text[at] !== '\n') at++;
      const rest = text.slice(after, at);
      if (after === from) value = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
      else if (rest.trim() !== '') strays++;
      if (column === 0) cell = value;
      const isEnd = at >= text.length;
      if (isEnd || text[at] === '\n') {
        this.#strays(strays);
        return isEnd ? { cell, end: at, lines } : { cell, end: at + 1, lines: lines + 1 };
      }
      at++;
    }
  }

  /** Reports cells of the record behind whose closing quote something follows. */
  #strays(count: number): void {
    const advice = 'put the whole cell into quotes and double those inside: `"""A"", ""B"""`';
    for (let i = 0; i < count; i++) this.#fault(this.#line, 'something follows the closing quote of the cell', advice);
  }

  #fault(line: number, message: string, advice: string): void {
    if (++this.faultCount <= LIST_FAULTS_MAX) this.faults.push({ line, message, advice });
  }
}

/** A quoted cell's value and the place behind its closing quote; undefined where there is none. */
function quotedCell(text: string, start: number): { value: string; end: number } | undefined {
  for (let from = start + 1; ; ) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return undefined;
    if (text[quote + 1] !== '"') return { value: text.slice(start + 1, quote).replaceAll('""', '"'), end: quote + 1 };
    from = quote + 2;
  }
}

/** Blocks of whole lines without the byte order mark; undefined, and no more, where a line is too long. */
function* blocksOf(chunks: Iterable<Uint8Array>): Generator<Uint8Array | undefined> {
  let rest: Buffer = Buffer.alloc(0);
  let isFirst = true;
  const whole = (bytes: Buffer): Buffer => {
    const isMarked = isFirst && MARK.every((byte, index) => bytes[index] === byte);
    isFirst = false;
    return isMarked ? bytes.subarray(3) : bytes;
  };
  for (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    if (end === 0) {
      rest = Buffer.concat([rest, bytes]);
      if (rest.length > RECORD_CHARS_MAX) {
        yield undefined;
        return;
      }
      continue;
    }
    const head = bytes.subarray(0, end);
    yield whole(rest.length === 0 ? head : Buffer.concat([rest, head]));
    rest = Buffer.from(bytes.subarray(end)); // a copy: the chunk may be used again
  }
  if (rest.length > 0) yield whole(rest);
}

function shown(text: string): string {
  return `\`${text.length > 40 ? `${text.slice(0, 40)}…` : text}\``;
}
