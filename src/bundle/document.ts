// One YAML or JSON document of a bundle: its value, and where in the file each part of it stands.

import { Composer, type CST, type Document, isScalar, isSeq, Lexer, Parser, type SchemaOptions, visit, YAMLParseError } from 'yaml';
import type { DiagnosticBag, Fix, Span } from '../diagnostic/diagnostic.js';
import { lineIndexOf } from '../diagnostic/position.js';
import { certainlyMeant } from '../diagnostic/suggest.js';
import { jsonValue } from '../schema/json-text.js';
import { JsonPlaces } from './json-places.js';
import { ALIASES_MAX, DOCUMENT_BYTES_MAX, DOCUMENT_DEPTH_MAX } from './limits.js';
import type { Place, Places } from './places.js';
import { type ScalarText, scalarText } from './scalar-text.js';
import { YamlPlaces } from './yaml-places.js';

/** Nothing of an author's text is written to the process's warnings, as the reader would. */
export const YAML_OPTIONS = { uniqueKeys: false, prettyErrors: false, version: '1.2', schema: 'core', logLevel: 'error' } as const;

/** Key of a JSON Pointer's last part and the pointer before it. */
function splitPointer(pointer: string): string[] {
  if (pointer === '') return [];
  if (!pointer.includes('~')) return pointer.slice(1).split('/');
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A JSON Pointer (RFC 6901) of keys. */
export function toPointer(...keys: (string | number)[]): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

export class BundleDocument {
  readonly #places: Places;

  constructor(
    readonly file: string,
    readonly text: string,
    /** Plain JavaScript value of the document. */
    readonly value: unknown,
    places: Places,
    readonly bytes: Uint8Array,
  ) {
    this.#places = places;
  }

  /** Place of the value that a JSON Pointer names; of its nearest parent where it does not exist. */
  spanOf(pointer: string): Span {
    let node = this.#places.root;
    // Only the last span is made: that of a long list costs as much as the list.
    let place = node;
    for (const key of splitPointer(pointer)) {
      const next = this.#places.child(node, key);
      if (next === undefined) break;
      node = next.value;
      place = next.value ?? next.key;
    }
    return this.#span(place);
  }

  /** Place of a key of the object that a JSON Pointer names; of the object where it has no such key. */
  keySpan(pointer: string, key: string): Span {
    const found = this.#places.child(this.#find(pointer), key);
    return found === undefined ? this.spanOf(pointer) : this.#span(found.key);
  }

  /** The text of a string (or other scalar, in its spelling) with its place; undefined where the pointer names no scalar. */
  scalar(pointer: string): ScalarText | undefined {
    const found = this.#places.scalarAt(this.#find(pointer));
    return found && scalarText(found.text, this.text, this.file, found.start, found.end, found.style);
  }

  /**
   * Another name for a key of the object that a JSON Pointer names: the one of `known` that is certainly meant, where the object does
   * not have it yet.
   */
  keyFix(pointer: string, key: string, known: Iterable<string>): Fix | undefined {
    const parent = this.#find(pointer);
    const place = this.#places.child(parent, key)?.key;
    const written = place && this.#places.isWritten(place, key) ? this.#places.scalarAt(place) : undefined;
    if (written === undefined) return undefined;
    const meant = certainlyMeant(key, known);
    if (meant === undefined || this.#places.child(parent, meant) !== undefined) return undefined;
    return scalarText(key, this.text, this.file, written.start, written.end, written.style).fixAt?.(0, key.length, meant);
  }

  /** Another text for the one that a JSON Pointer names: the one of `known` that is certainly meant. */
  textFix(pointer: string, known: Iterable<string>): Fix | undefined {
    const found = this.scalar(pointer);
    const meant = found && certainlyMeant(found.text, known);
    return meant === undefined ? undefined : found?.fixAt?.(0, found.text.length, meant);
  }

  /** Line (from 1) of an offset. */
  lineOf(offset: number): number {
    return lineIndexOf(this.bytes).position(offset).line;
  }

  #find(pointer: string): Place | null {
    let place = this.#places.root;
    for (const key of splitPointer(pointer)) place = this.#places.child(place, key)?.value ?? null;
    return place;
  }

  #span(place: Place | null): Span {
    const [start, end] = [place?.start ?? 0, place?.end ?? 0];
    // A block collection's range reaches to the next key: its first line is what an author looks at.
    if (place?.isCollection === true) {
      const written = this.text.slice(start, end).trimEnd();
      const lineEnd = written.indexOf('\n');
      return { file: this.file, start, end: start + (lineEnd === -1 ? written.length : lineEnd) };
    }
    return { file: this.file, start, end };
  }
}

/** True for a path that YAML or JSON is read from. */
export function isDocumentPath(path: string): boolean {
  return /\.(ya?ml|json)$/.test(path);
}

/**
 * Reads a document. Every problem goes into the bag; undefined where there is no value to go on with. A `.json` file must be
 * JSON; the other files YAML 1.2 (of which JSON is a part) with unique keys and a bounded number of aliases.
 * @param options exactIntegers: integers beyond 2^53 become bigints instead of losing digits
 */
export function readDocument(
  file: string,
  bytes: Uint8Array,
  bag: DiagnosticBag,
  options: { exactIntegers?: boolean } = {},
): BundleDocument | undefined {
  const whole: Span = { file, start: 0, end: 0 };
  if (bytes.length > DOCUMENT_BYTES_MAX) {
    bag.error('V1009', whole, `${file} has ${bytes.length} bytes, more than ${DOCUMENT_BYTES_MAX}`, 'split it into several files');
    return undefined;
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    bag.error('V1007', whole, `${file} is not UTF-8 text`);
    return undefined;
  }

  const exact = options.exactIntegers === true;
  const isJson = file.endsWith('.json');
  const plain = isJson && !exact ? readPlainJson(file, text, bytes) : undefined;
  if (plain !== undefined) return plain;
  let root: Document;
  let value: unknown;
  try {
    // The reader's own test for unique keys compares each key with all before it.
    root = parseBounded(text, { ...YAML_OPTIONS, intAsBigInt: exact });
    const twins = twinKeys(root);
    for (const start of twins) {
      bag.error('V1006', { file, start, end: start + 1 }, 'this key stands twice in one object', 'remove one of them');
    }
    // What follows the first error of syntax is most often its echo.
    const first = root.errors[0] ?? root.warnings[0];
    if (first !== undefined) {
      // What is missing at the end is reported behind it.
      const [start, end] = first.pos.map((offset) => Math.min(offset, text.length)) as [number, number];
      const span = { file, start, end: Math.max(start, end) };
      bag.error('V1002', span, lowerFirst(first.message), adviceOf(first.code, text, span.start));
    }
    if (first !== undefined || twins.length > 0) return undefined;
    // JSON has no aliases, and a faster reader than this.
    if (exact || !isJson) value = root.toJS({ maxAliasCount: ALIASES_MAX, ...(exact ? { reviver: narrowInteger } : {}) });
  } catch (error) {
    // The YAML reader refuses too many aliases by throwing.
    const deep = error instanceof RangeError;
    bag.error('V1009', whole, deep ? `${file} is nested too deeply` : `${file}: ${(error as Error).message}`);
    return undefined;
  }
  if (isJson) {
    try {
      const parsed = jsonValue(text);
      if (!exact) value = parsed;
    } catch (error) {
      const at = Number(/at position (\d+)/.exec((error as Error).message)?.[1] ?? 0);
      const advice = 'quote keys and texts with ", or name the file .yaml';
      bag.error('V1002', { file, start: at, end: at }, `this is not JSON: ${(error as Error).message}`, advice);
      return undefined;
    }
  }
  return new BundleDocument(file, text, value, new YamlPlaces(root), bytes);
}

/** Reads JSON without a fault; undefined where there may be one: the YAML reader finds its place. */
function readPlainJson(file: string, text: string, bytes: Uint8Array): BundleDocument | undefined {
  let value: unknown;
  try {
    // Not jsonValue: what it looks for, keys with escapes, has no places here either.
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const places = JsonPlaces.of(text);
  return places && new BundleDocument(file, text, value, places, bytes);
}

/**
 * Reads one item of a list as a document of its own; undefined where there is anything about it that only the whole can settle.
 * @param text `- ...`, with its line's beginning
 */
export function readPart(file: string, text: string): BundleDocument | undefined {
  let root: Document;
  try {
    root = parseBounded(text, YAML_OPTIONS);
  } catch {
    return undefined;
  }
  if (root.errors.length > 0 || root.warnings.length > 0 || twinKeys(root).length > 0) return undefined;
  if (!isSeq(root.contents) || root.contents.flow === true || root.contents.items.length !== 1) return undefined;
  let isPlain = true;
  visit(root, {
    Alias: () => {
      isPlain = false;
    },
    Node: (_, node) => {
      if (node.tag?.startsWith('!') === true) isPlain = false;
      if ('anchor' in node && node.anchor !== undefined) isPlain = false;
    },
  });
  return isPlain ? new BundleDocument(file, text, root.toJS(), new YamlPlaces(root), new Uint8Array()) : undefined;
}

/** `parseDocument` of the YAML reader for texts of bounded depth, in one pass. Throws RangeError for one that is nested deeper. */
export function parseBounded(
  text: string,
  options: typeof YAML_OPTIONS & Pick<SchemaOptions, 'compat' | 'customTags'> & { intAsBigInt?: boolean } = YAML_OPTIONS,
): Document {
  let root: Document | undefined;
  for (const document of new Composer(options).compose(boundedTokens(text), true, text.length)) {
    if (root === undefined) root = document;
    else {
      const message = 'Source contains multiple documents; please use YAML.parseAllDocuments()';
      root.errors.push(new YAMLParseError([document.range[0], document.range[1]], 'MULTIPLE_DOCS', message));
      break;
    }
  }
  return root as Document; // there is always one, an empty one at least
}

/**
 * The tokens of a text, a whole document each. Throws RangeError where it is nested deeper than DOCUMENT_DEPTH_MAX, before a token
 * that deep is given: the composer recurses once a level, and must not come near the stack's end: where V8 has to compile a
 * regular expression there, it aborts the process.
 */
function* boundedTokens(text: string): Generator<CST.Token, void> {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > DOCUMENT_DEPTH_MAX) throw new RangeError('too deep');
  }
  yield* parser.end();
}

/** Offsets of the keys that stand in their object already. */
function twinKeys(root: Document): number[] {
  const twins: number[] = [];
  visit(root, {
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) twins.push(key.range?.[0] ?? 0);
        seen.add(key.value);
      }
    },
  });
  return twins;
}

/** Integers that a number holds exactly are numbers. */
function narrowInteger(_key: unknown, value: unknown): unknown {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function adviceOf(code: string, text: string, at: number): string | undefined {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at + 1);
  if (code === 'TAB_AS_INDENT' || /^\s*\t/.test(line)) return 'indent with spaces, not with tabs';
  if (code === 'MULTIPLE_DOCS') return 'write one document a file, without `---` between';
  if (code === 'TAG_RESOLVE_FAILED') return 'remove the tag, or quote the text';
  return undefined;
}
