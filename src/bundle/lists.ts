// lists/NAME.yaml: lists of the tenant that the bundle asks, such as addresses that are blocked. What is in them lies outside of
// the bundle and is replaced without it; lists/NAME.txt or .csv may bring a first content.

import type { DiagnosticBag, Span } from '../diagnostic/diagnostic.js';
import { LineIndex } from '../diagnostic/position.js';
import { readListHeader, writeList } from '../image/list.js';
import { checkDocument } from './check-document.js';
import type { BundleDocument } from './document.js';
import { ListReader, listFormatOf } from './list-content.js';
import { memberTypeOf } from './list-type.js';

export type ListType = 'string' | 'number' | 'date' | 'timestamp' | { decimal: number };

export interface BundleList {
  name: string;
  /** Place of what declares it. */
  span: Span;
  file: string;
  type: ListType;
  description?: string;
  /** Entries at most. */
  maximum?: number;
  /** Whether its entries are those that the bundle brings, whatever the tenant's list of the same name has. */
  isOwn: boolean;
  /** First content, as it was written. */
  content?: { file: string; bytes: Uint8Array };
}

interface ListDocument {
  type: ListType;
  description?: string;
  maximum?: number;
  content?: 'bundle';
}

/** Reads a declaration; undefined where it does not match its schema (reported). */
export function readList(
  name: string,
  document: BundleDocument,
  content: BundleList['content'] | undefined,
  bag: DiagnosticBag,
): BundleList | undefined {
  if (!checkDocument(document, 'list', bag)) return undefined;
  const { type, description, maximum, content: from } = document.value as ListDocument;
  const span = document.keySpan('', 'type');
  if (content !== undefined) checkContent(content, type, maximum, bag);
  else if (from === 'bundle') {
    const advice = `write lists/${name}.txt with an entry a line, or leave \`content\` out`;
    bag.error('V4302', document.keySpan('', 'content'), 'the bundle does not bring the entries of the list', advice);
  }
  return {
    name,
    span,
    file: document.file,
    type,
    isOwn: from === 'bundle',
    ...(description === undefined ? {} : { description }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(content === undefined ? {} : { content }),
  };
}

type Content = NonNullable<BundleList['content']>;

/** Reports entries that are not of the list's type, and too many of them. */
function checkContent({ file, bytes }: Content, type: ListType, maximum: number | undefined, bag: DiagnosticBag): void {
  const reader = new ListReader(type, listFormatOf(file));
  for (const _ of reader.read([bytes]));
  const { faults, faultCount, count } = reader;
  const lines = faults.length === 0 ? undefined : linesOf(file, bytes);
  for (const { line, message, advice } of faults) bag.error('V4300', lines!(line), message, advice);
  const whole = { file, start: 0, end: 0 };
  if (faultCount > faults.length) {
    bag.error('V4300', whole, `${faultCount - faults.length} more lines are no entries`, 'they are wrong as the first ones are');
  }
  if (faultCount > 0 || maximum === undefined || count <= maximum) return;
  const { count: distinct } = readListHeader(writeList(memberTypeOf(type), new ListReader(type, reader.format).read([bytes])));
  if (distinct <= maximum) return;
  bag.error('V4301', whole, `the list has ${distinct} entries, at most ${maximum} are declared`, 'raise `maximum`');
}

/** Where a line of a file stands. */
function linesOf(file: string, bytes: Uint8Array): (line: number) => Span {
  const text = new TextDecoder().decode(bytes);
  const index = new LineIndex(text);
  return (line) => {
    const start = index.start(line);
    return { file, start, end: start + index.line(line).length };
  };
}
