// JSON text -> value, without letting a key that stands twice in one object pass: JSON.parse keeps the last silently, other
// readers keep the first, and a caller could show one value to whoever looks at the request and another to the rules.
//
// JSON.parse has said that the text is JSON, so that the scanners here need not. First members are counted, in the text and in the
// value: only where the numbers differ is the text read again for what stands twice. Both passes take time linear in the text and
// neither calls itself, whatever its depth.
//
// Keys with escapes are read here, not by JSON.parse. V8 13.6 (Node 24) takes such a key for another one that an object of the same
// shape had before, where that is the beginning of the key as written: once it has seen {"a":1,"\\":1} it reads {"a":1,"\u0062":1}
// as {"a":1,"\\":1} (https://github.com/nodejs/node/issues/63785). What one caller sends would change what another's keys mean, and
// a key could stand twice unseen.

import { type PayloadError, Problem } from '../errors.js';
import { findJsonFault, utf8Bytes } from './json-error.js';

/** Keys that stand twice and are listed, and characters of their pointers: keys may be as long and as deep as the text. */
const DUPLICATES_MAX = 100;
const POINTER_CHARS_MAX = 65_536;

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** A number, true, false or null. */
const SCALAR = /[-+.\w]+/y;

export interface ParsedJson {
  /** What JSON.parse has to give by the standard. */
  value: unknown;
  /**
   * Keys that stand twice in one object, by JSON Pointer; mostly none. Beyond the first 100 only entries of a list that is the
   * whole text are named, each by its index: of a batch, none that has a twin passes.
   */
  duplicates: PayloadError[];
}

/** Parses JSON text; throws Problem INVALID_JSON with the position where it is none. */
export function parseJson(text: string): ParsedJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw notJson(text, error as Error);
  }
  const members = countMembers(text);
  return members === undefined || members !== countKeys(value) ? readText(text) : { value, duplicates: [] };
}

/** What is wrong with bytes that are to be JSON and are not UTF-8. */
export function notUtf8(bytes: Uint8Array): Problem {
  const offset = utf8Bytes(bytes);
  const message = `byte ${offset} is not UTF-8`;
  return new Problem('INVALID_JSON', message, [{ pointer: '', code: 'SYNTAX', message, offset }]);
}

/** What is wrong with a text that JSON.parse has refused. */
function notJson(text: string, error: Error): Problem {
  const fault = findJsonFault(text);
  if (fault === undefined) return new Problem('INVALID_JSON', error.message);
  const { pointer, offset, line, column, message } = fault;
  const bytes = Buffer.byteLength(text.slice(0, offset));
  const detail = `line ${line}, column ${column} (offset ${bytes}): ${message}`;
  return new Problem('INVALID_JSON', detail, [{ pointer, code: 'SYNTAX', message, offset: bytes }]);
}

/**
 * What JSON.parse has to give by the standard, for texts whose twins somebody else looks for or that no caller wrote.
 *
 * @throws SyntaxError of JSON.parse
 */
export function jsonValue(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return countMembers(text) === undefined ? readText(text).value : value;
}

/** Members of all objects of a JSON text, twins included: its texts that a colon follows. Undefined where a key has an escape. */
function countMembers(text: string): number | undefined {
  let members = 0;
  let backslash = text.indexOf('\\');
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at)) {
    const start = at;
    at = endOfText(text, at) + 1;
    const end = at;
    let unit = text.charCodeAt(at);
    while (unit === SPACE || unit === LINE_FEED || unit === CARRIAGE_RETURN || unit === TAB) unit = text.charCodeAt(++at);
    if (unit !== COLON) continue;
    members++;
    if (backslash >= 0 && backslash < start) backslash = text.indexOf('\\', start);
    if (backslash >= 0 && backslash < end) return undefined;
  }
  return members;
}

/** Keys of all objects of a parsed value. */
function countKeys(value: unknown): number {
  let keys = 0;
  const open: unknown[] = typeof value === 'object' ? [value] : [];
  while (open.length > 0) {
    const next = open.pop();
    if (Array.isArray(next)) {
      for (let i = 0; i < next.length; i++) {
        const entry: unknown = next[i];
        if (typeof entry === 'object') open.push(entry);
      }
    } else {
      // Of null none. What stands on Object.prototype against all custom would only be counted in vain.
      for (const name in next as object) {
        keys++;
        const entry = (next as Record<string, unknown>)[name];
        if (typeof entry === 'object') open.push(entry);
      }
    }
  }
  return keys;
}

/** An object or array that is open where a text is read. */
interface Open {
  into: Record<string, unknown> | unknown[];
  /** Keys so far; undefined in an array. */
  keys: Set<string> | undefined;
  /** Key or index of the value that is read. */
  step: string | number;
}

/** Reads a text that is JSON: its value, and what stands twice. */
function readText(text: string): ParsedJson {
  const duplicates: PayloadError[] = [];
  const open: Open[] = [];
  let value: unknown;
  let isKey = false;
  let pointerChars = 0;
  let named = -1;
  const put = (entry: unknown): void => {
    const inner = open[open.length - 1];
    if (inner === undefined) value = entry;
    else if (Array.isArray(inner.into)) inner.into.push(entry);
    // An assignment would call the setter of Object.prototype.
    else if (inner.step === '__proto__')
      Object.defineProperty(inner.into, inner.step, { value: entry, enumerable: true, configurable: true, writable: true });
    else inner.into[inner.step] = entry;
  };
  const addTwin = (): void => {
    if (duplicates.length < DUPLICATES_MAX && pointerChars <= POINTER_CHARS_MAX) {
      const pointer = pointerOf(open);
      pointerChars += pointer.length;
      duplicates.push({ pointer, code: 'DUPLICATE_FIELD', message: 'stands twice in one object' });
    } else if (typeof open[0]?.step === 'number' && open[0].step > named) {
      duplicates.push({
        pointer: `/${open[0].step}`,
        code: 'DUPLICATE_FIELD',
        message: 'has a key that stands twice in one object',
      });
    }
    if (typeof open[0]?.step === 'number') named = open[0].step;
  };
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const inner = open[open.length - 1];
    if (unit === QUOTE) {
      const end = endOfText(text, at);
      const token = JSON.parse(text.slice(at, end + 1)) as string;
      if (isKey && inner?.keys !== undefined) {
        inner.step = token;
        if (inner.keys.has(token)) addTwin();
        inner.keys.add(token);
      } else put(token);
      at = end;
    } else if (unit === COLON) isKey = false;
    else if (unit === COMMA && inner !== undefined) {
      isKey = inner.keys !== undefined;
      if (typeof inner.step === 'number') inner.step++;
    } else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      isKey = unit === OPEN_BRACE;
      const next: Open = isKey ? { into: {}, keys: new Set(), step: '' } : { into: [], keys: undefined, step: 0 };
      put(next.into);
      open.push(next);
    } else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) open.pop();
    else if (unit > SPACE) {
      SCALAR.lastIndex = at;
      const token = SCALAR.exec(text)?.[0] ?? '';
      put(JSON.parse(token));
      at += token.length - 1;
    }
  }
  return { value, duplicates };
}

function pointerOf(open: readonly Open[]): string {
  return open.map(({ step }) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Where the text ends that begins at `at`, both in quotes. */
export function endOfText(text: string, at: number): number {
  let end = text.indexOf('"', at + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

/** Whether an odd number of backslashes stands before. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === BACKSLASH) first--;
  return (at - first) % 2 === 1;
}
