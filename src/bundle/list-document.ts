// A long list of YAML, read item by item: a document whose top level is `- ...` at the beginning of a line is cut there, and each
// item is read as a document of its own. Items that are as they were are not read again.
//
// The result is that of reading the whole: a text that is cut has no anchors, aliases, tags, directives or markers of documents,
// and every item alone is a list of one item without a fault. An item's content is indented, so that it ends where the next `- `
// begins a line. Anything else is read as a whole.

import { Document } from 'yaml';
import type { Fix, Span } from '../diagnostic/diagnostic.js';
import { BundleDocument, readPart } from './document.js';
import type { ScalarText } from './scalar-text.js';

/** Items below which cutting saves nothing. */
const ITEMS_MIN = 50;

/** One item: its text as a document. */
export type Item = BundleDocument;

/** Where a list stands in its file: what BundleDocument gives for the whole. */
export class ListDocument extends BundleDocument {
  /** @param starts offset of each item, rising */
  constructor(
    file: string,
    text: string,
    bytes: Uint8Array,
    readonly items: readonly Item[],
    readonly starts: readonly number[],
  ) {
    const value = items.map((item) => (item.value as unknown[])[0]);
    super(file, text, value, new Document(), bytes);
  }

  override spanOf(pointer: string): Span {
    const place = this.#place(pointer);
    if (place !== undefined) return shifted(place.item.spanOf(place.pointer), place.by);
    // The list itself: what an author looks at is its first line.
    const start = this.starts[0]!;
    const lineEnd = this.text.indexOf('\n', start);
    const trimmed = this.text.trimEnd().length;
    return { file: this.file, start, end: Math.max(start, Math.min(trimmed, lineEnd === -1 ? this.text.length : lineEnd)) };
  }

  override keySpan(pointer: string, key: string): Span {
    const place = this.#place(pointer);
    return place === undefined ? this.spanOf(`/${key}`) : shifted(place.item.keySpan(place.pointer, key), place.by);
  }

  override keyFix(pointer: string, key: string, known: Iterable<string>): Fix | undefined {
    const place = this.#place(pointer);
    const fix = place?.item.keyFix(place.pointer, key, known);
    return fix && { ...fix, span: shifted(fix.span, place!.by) };
  }

  override textFix(pointer: string, known: Iterable<string>): Fix | undefined {
    const place = this.#place(pointer);
    const fix = place?.item.textFix(place.pointer, known);
    return fix && { ...fix, span: shifted(fix.span, place!.by) };
  }

  override scalar(pointer: string): ScalarText | undefined {
    const place = this.#place(pointer);
    const text = place?.item.scalar(place.pointer);
    return text && moved(text, place!.by);
  }

  /** The item of a pointer, and the pointer in it. */
  #place(pointer: string): { item: Item; by: number; pointer: string } | undefined {
    const match = /^\/(\d+)(?=\/|$)/.exec(pointer);
    const index = Number(match?.[1]);
    const item = match === null ? undefined : this.items[index];
    return item && { item, by: this.starts[index]!, pointer: `/0${pointer.slice(match![0].length)}` };
  }
}

/** A span, so much further in its file. */
export function shifted(span: Span, by: number): Span {
  return { file: span.file, start: span.start + by, end: span.end + by };
}

/** A text, so much further in its file. */
export function moved(text: ScalarText, by: number): ScalarText {
  return {
    text: text.text,
    span: shifted(text.span, by),
    spanAt: (start, end) => shifted(text.spanAt(start, end), by),
    fixAt: (start, end, replacement) => {
      const fix = text.fixAt?.(start, end, replacement);
      return fix && { ...fix, span: shifted(fix.span, by) };
    },
  };
}

/**
 * Reads a text item by item.
 * @param known items that were read before, by their text; those that this text has are kept, the others forgotten
 * @returns undefined where it has to be read as a whole
 */
export function readListDocument(
  file: string,
  bytes: Uint8Array,
  text: string,
  known: Map<string, Item>,
): ListDocument | undefined {
  if (/^(---|\.\.\.|%)/m.test(text) || text.includes('\r')) return undefined;
  const starts: number[] = [];
  for (let at = text.startsWith('- ') ? 0 : text.indexOf('\n- ') + 1 || -1; at !== -1; at = text.indexOf('\n- ', at) + 1 || -1)
    starts.push(at);
  if (starts.length < ITEMS_MIN) return undefined;
  const before = text.slice(0, starts[0]).split('\n');
  if (before.some((line) => line !== '' && !line.startsWith('#'))) return undefined;
  const items: Item[] = [];
  const used = new Map<string, Item>();
  for (const [index, start] of starts.entries()) {
    const part = text.slice(start, starts[index + 1] ?? text.length);
    const item = used.get(part) ?? known.get(part) ?? readPart(file, part);
    if (item === undefined) return undefined;
    used.set(part, item);
    items.push(item);
  }
  known.clear();
  for (const [part, item] of used) known.set(part, item);
  return new ListDocument(file, text, bytes, items, starts);
}
