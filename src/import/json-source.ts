// A source that is JSON, with the place of each of its values.

import { type BundleDocument, readDocument } from '../bundle/document.js';
import type { DiagnosticBag } from '../diagnostic/diagnostic.js';
import type { ImportSource } from './imported.js';

/**
 * Reads a source as JSON: `value`, and `spanOf`, `keySpan`, `scalar` by JSON Pointer. What is wrong goes into the bag, and the
 * result is undefined where there is no value to go on with. Limits on size and depth are those of a bundle's documents.
 */
export function readJsonSource(source: ImportSource, bag: DiagnosticBag): BundleDocument | undefined {
  const { name, text } = source;
  if (!name.endsWith('.json') && jsonOf(text) === undefined) {
    // of another name it would be read as YAML
    bag.error('V1002', { file: name, start: 0, end: 0 }, 'this is not JSON', 'name the file .json to be told where');
    return undefined;
  }
  return readDocument(name, new TextEncoder().encode(text), bag);
}

/** The JSON value of a text where it is one; undefined where it is none. For recognising formats. */
export function jsonOf(text: string): unknown {
  const first = text.trimStart()[0];
  if (first !== '{' && first !== '[') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
