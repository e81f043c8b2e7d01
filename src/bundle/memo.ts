// What reading a bundle may take from an earlier time: whoever checks a bundle after every edit gives a memo, all others the plain
// one. A memo never changes what is read or what is reported.

import type { DiagnosticBag } from '../diagnostic/diagnostic.js';
import { readDocument } from './document.js';
import type { BundleFiles } from './files.js';
import { readRuleList } from './list-document.js';
import type { BundleParts } from './read-parts.js';

export interface ReadMemo {
  readDocument: typeof readDocument;
  /** @param read reads them; every problem goes into the bag that it is given */
  parts(files: BundleFiles, bag: DiagnosticBag, read: (bag: DiagnosticBag) => BundleParts): BundleParts;
}

/** Remembers nothing. */
export const PLAIN_READ: ReadMemo = {
  readDocument: (path, bytes, bag, options) => readRuleList(path, bytes) ?? readDocument(path, bytes, bag, options),
  parts: (_, bag, read) => read(bag),
};
