// A long list of YAML, read item by item: a document whose top level is `- ...` at the beginning of a line is cut there, and each
// item is read as a document of its own. Items that are as they were are not read again.
//
// The result is that of reading the whole: a text that is cut has no anchors, aliases, tags, directives or markers of documents,
// and every item alone is a list of one item without a fault. An item's content is indented, so that it ends where the next `- `
// begins a line. Anything else is read as a whole.

import { Document } from 'yaml';
import type { Fix, Span } from '../diagnostic/diagnostic.js';
import type { BundleRule } from './bundle.js';
import { fits } from './check-document.js';
import { BundleDocument, readPart } from './document.js';
import { DOCUMENT_BYTES_MAX } from './limits.js';
import { readPlainRule } from './plain-rule.js';
import type { ScalarText } from './scalar-text.js';
import { YamlPlaces } from './yaml-places.js';

/** Items below which cutting saves nothing. */
const ITEMS_MIN = 50;

/** One item of a list. */
export class Item {
  #document: BundleDocument | undefined;
  /** The rule that the item is, as if it stood alone in its file; once it is known. */
  rule: BundleRule | undefined;

  private constructor(
    readonly file: string,
    /** From its `- ` to the next. */
    readonly text: string,
    readonly value: unknown,
    document: BundleDocument | undefined,
    rule: BundleRule | undefined,
  ) {
    this.#document = document;
    this.rule = rule;
  }

  /** Reads an item; undefined where only the whole list can settle what it is. */
  static read(file: string, text: string): Item | undefined {
    const plain = readPlainRule(file, text);
    if (plain !== undefined && fits([plain.value], 'rules')) return new Item(file, text, plain.value, undefined, plain.rule);
    const document = readPart(file, text);
    return document && new Item(file, text, (document.value as unknown[])[0], document, undefined);
  }

  /** The item as a document of its own: a list of one. */
  get document(): BundleDocument {
    this.#document ??= readPart(this.file, this.text);
    if (this.#document === undefined) throw new Error(`${this.file}: an item that was read cannot be read as YAML`);
    return this.#document;
  }
}

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
    const value = items.map((item) => item.value);
    super(file, text, value, new YamlPlaces(new Document()), bytes);
  }

  override spanOf(pointer: string): Span {
    const place = this.#place(pointer);
    if (place !== undefined) return shifted(place.item.document.spanOf(place.pointer), place.by);
    // The list itself: what an author looks at is its first line.
    const start = this.starts[0]!;
    const lineEnd = this.text.indexOf('\n', start);
    const trimmed = this.text.trimEnd().length;
    return { file: this.file, start, end: Math.max(start, Math.min(trimmed, lineEnd === -1 ? this.text.length : lineEnd)) };
  }

  override keySpan(pointer: string, key: string): Span {
    const place = this.#place(pointer);
    return place === undefined ? this.spanOf(`/${key}`) : shifted(place.item.document.keySpan(place.pointer, key), place.by);
  }

  override keyFix(pointer: string, key: string, known: Iterable<string>): Fix | undefined {
    const place = this.#place(pointer);
    const fix = place?.item.document.keyFix(place.pointer, key, known);
    return fix && { ...fix, span: shifted(fix.span, place!.by) };
  }

  override textFix(pointer: string, known: Iterable<string>): Fix | undefined {
    const place = this.#place(pointer);
    const fix = place?.item.document.textFix(place.pointer, known);
    return fix && { ...fix, span: shifted(fix.span, place!.by) };
  }

  override scalar(pointer: string): ScalarText | undefined {
    const place = this.#place(pointer);
    const text = place?.item.document.scalar(place.pointer);
    return text && new MovedText(text, place!.by);
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
export class MovedText implements ScalarText {
  constructor(
    readonly from: ScalarText,
    readonly by: number,
  ) {}

  get text(): string {
    return this.from.text;
  }

  get span(): Span {
    return shifted(this.from.span, this.by);
  }

  spanAt(start: number, end: number): Span {
    return shifted(this.from.spanAt(start, end), this.by);
  }

  fixAt(start: number, end: number, replacement: string): Fix | undefined {
    const fix = this.from.fixAt?.(start, end, replacement);
    return fix && { ...fix, span: shifted(fix.span, this.by) };
  }
}

/**
 * Reads a file of rules item by item.
 * @param before what the file was read as before
 * @returns undefined where it is no such file, or has to be read as a whole
 */
export function readRuleList(file: string, bytes: Uint8Array, before?: ListDocument): ListDocument | undefined {
  if (!/^rules\/.*\.ya?ml$/.test(file) || bytes.length > DOCUMENT_BYTES_MAX) return undefined;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
  return readListDocument(file, bytes, text, before);
}

/**
 * Reads a text item by item.
 * @param before what the file was read as before: items are taken over from it
 * @returns undefined where it has to be read as a whole
 */
export function readListDocument(file: string, bytes: Uint8Array, text: string, before?: ListDocument): ListDocument | undefined {
  const kept = keptOf(before, text);
  // What is kept has been looked at before: lines are one by one what they are.
  const changed = text.slice(kept.from, kept.to);
  if (/^(---|\.\.\.|%)/m.test(changed) || changed.includes('\r')) return undefined;
  const starts = startsIn(text, kept.from, kept.to);
  const count = kept.head + starts.length + kept.tail;
  if (count < ITEMS_MIN) return undefined;
  const first = kept.head > 0 ? kept.from : (starts[0] ?? kept.to);
  const preface = kept.head > 0 ? '' : text.slice(0, first);
  if (preface.split('\n').some((line) => line !== '' && !line.startsWith('#'))) return undefined;

  const known = new Map<string, Item>();
  for (const item of before?.items.slice(kept.head, before.items.length - kept.tail) ?? []) known.set(item.text, item);
  const items: Item[] = before?.items.slice(0, kept.head) ?? [];
  for (const [index, start] of starts.entries()) {
    const part = text.slice(start, starts[index + 1] ?? kept.to);
    const item = known.get(part) ?? Item.read(file, before === undefined ? part : copied(part));
    if (item === undefined) return undefined;
    known.set(part, item);
    items.push(item);
  }
  if (before === undefined) return new ListDocument(file, text, bytes, items, starts);
  const moved = text.length - before.text.length;
  for (let i = before.items.length - kept.tail; i < before.items.length; i++) items.push(before.items[i]!);
  const tail = before.starts.slice(before.items.length - kept.tail).map((start) => start + moved);
  return new ListDocument(file, text, bytes, items, [...before.starts.slice(0, kept.head), ...starts, ...tail]);
}

/** What two versions of a text have in common: so many items at the beginning and at the end, and between them text[from, to). */
interface Kept {
  head: number;
  tail: number;
  from: number;
  to: number;
}

/** An item is kept where the beginning of its line and the one behind it lie in what did not change. */
function keptOf(before: ListDocument | undefined, text: string): Kept {
  if (before === undefined) return { head: 0, tail: 0, from: 0, to: text.length };
  const { starts } = before;
  const same = commonStart(before.text, text);
  const head = Math.max(0, firstIndex(starts, (start) => start + 2 > same) - 1);
  const rest = Math.min(before.text.length, text.length) - same;
  const first = before.text.length - commonEnd(before.text, text, rest);
  const tail =
    starts.length -
    Math.max(
      head,
      firstIndex(starts, (start) => start - 1 >= first),
    );
  const to = tail === 0 ? text.length : starts[starts.length - tail]! + text.length - before.text.length;
  return { head, tail, from: head === 0 ? 0 : starts[head]!, to };
}

/** Where items begin in text[from, to), of which the beginning is that of a line. */
function startsIn(text: string, from: number, to: number): number[] {
  const starts: number[] = [];
  for (
    let at = text.startsWith('- ', from) ? from : text.indexOf('\n- ', from) + 1 || to;
    at < to;
    at = text.indexOf('\n- ', at) + 1 || to
  )
    starts.push(at);
  return starts;
}

/** The first index of rising numbers at which something is so, as it then is for all behind; their count where there is none. */
function firstIndex(numbers: readonly number[], isSo: (number: number) => boolean): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isSo(numbers[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Characters that are compared at once: much faster than one by one. */
const CHUNK = 4096;

/** Characters that two texts begin with alike. */
function commonStart(a: string, b: string): number {
  const max = Math.min(a.length, b.length);
  let at = 0;
  while (at + CHUNK <= max && a.slice(at, at + CHUNK) === b.slice(at, at + CHUNK)) at += CHUNK;
  while (at < max && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}

/** Characters that two texts end with alike, `max` at most. */
function commonEnd(a: string, b: string, max: number): number {
  let count = 0;
  const same = (size: number): boolean =>
    a.slice(a.length - count - size, a.length - count) === b.slice(b.length - count - size, b.length - count);
  while (count + CHUNK <= max && same(CHUNK)) count += CHUNK;
  while (count < max && same(1)) count++;
  return count;
}

/** The same text, which does not keep the one alive that it was cut from. */
function copied(part: string): string {
  return part.split('').join('');
}
