// lists/NAME.yaml: lists of the tenant that the bundle asks, such as addresses that are blocked. What is in them lies outside of
// the bundle and is replaced without it; lists/NAME.txt or .csv may bring a first content.

import type { DiagnosticBag, Span } from '../diagnostic/diagnostic.js';
import { checkDocument } from './check-document.js';
import type { BundleDocument } from './document.js';

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
  /** First content, as it was written. */
  content?: { file: string; bytes: Uint8Array };
}

/** Reads a declaration; undefined where it does not match its schema (reported). */
export function readList(
  name: string,
  document: BundleDocument,
  content: BundleList['content'] | undefined,
  bag: DiagnosticBag,
): BundleList | undefined {
  if (!checkDocument(document, 'list', bag)) return undefined;
  const { type, description, maximum } = document.value as { type: ListType; description?: string; maximum?: number };
  return {
    name,
    span: document.keySpan('', 'type'),
    file: document.file,
    type,
    ...(description === undefined ? {} : { description }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(content === undefined ? {} : { content }),
  };
}
