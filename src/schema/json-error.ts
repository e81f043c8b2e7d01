// Where a text stops being JSON. JSON.parse says so only in some messages of some versions; this scanner runs after it has failed.

import { isUtf8 } from 'node:buffer';

export interface JsonFault {
  /** JSON Pointer of the value, member or entry that is not well-formed. */
  pointer: string;
  /** In UTF-16 code units. */
  offset: number;
  line: number;
  column: number;
  message: string;
}

/** Characters of the pointer of a fault: a text may be nested as deep as it is long. */
const POINTER_CHARS_MAX = 1024;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\n\r]*/y;

/** What a JSON text may continue with. */
type Expectation = 'value' | 'value or ]' | 'key or }' | 'key' | ', or ]' | ', or }' | 'end';

/** The first fault of a text that JSON.parse refuses; undefined where it finds none. */
export function findJsonFault(text: string): JsonFault | undefined {
  const closers: string[] = [];
  /** Key or index of what is read, in each that is open; null where a key is still to come. */
  const path: (string | number | null)[] = [];
  let expected: Expectation = 'value';
  let at = 0;
  const faultAt = (offset: number, message: string): JsonFault => {
    return { pointer: pointerTo(path), offset, ...lineOf(text, offset), message };
  };
  const after = (): Expectation => (closers.length === 0 ? 'end' : closers.at(-1) === ']' ? ', or ]' : ', or }');
  for (;;) {
    at = skip(SPACE, text, at) ?? at;
    const char = text[at];
    if (char === undefined) return expected === 'end' ? undefined : faultAt(at, `the text ends where ${expected} is expected`);
    if (expected === 'end') return faultAt(at, 'something follows the value');
    if (char === closers.at(-1) && expected !== 'value' && expected !== 'key') {
      closers.pop();
      path.pop();
      at++;
      expected = after();
    } else if (expected === ', or ]' || expected === ', or }') {
      if (char !== ',') return faultAt(at, `expected ${expected}`);
      at++;
      const last = path.at(-1);
      path[path.length - 1] = typeof last === 'number' ? last + 1 : null;
      expected = expected === ', or ]' ? 'value' : 'key';
    } else if (expected === 'key' || expected === 'key or }') {
      const end = char === '"' ? skipString(text, at) : undefined;
      if (end === undefined)
        return char === '"' ? faultAt(at, 'a text is not well-formed') : faultAt(at, 'expected a key in double quotes');
      path[path.length - 1] = JSON.parse(text.slice(at, end)) as string;
      at = skip(SPACE, text, end) ?? end;
      if (text[at] !== ':') return faultAt(at, 'expected :');
      at++;
      expected = 'value';
    } else if (char === '{' || char === '[') {
      closers.push(char === '{' ? '}' : ']');
      path.push(char === '{' ? null : 0);
      at++;
      expected = char === '{' ? 'key or }' : 'value or ]';
    } else {
      const word = ['true', 'false', 'null'].find((literal) => text.startsWith(literal, at));
      const end = word !== undefined ? at + word.length : char === '"' ? skipString(text, at) : skip(NUMBER, text, at);
      if (end === undefined) return faultAt(at, char === '"' ? 'a text is not well-formed' : 'expected a value');
      at = end;
      expected = after();
    }
  }
}

function skip(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** The end of the text that starts at `at`; undefined where it has no end, a control character or an unknown escape. */
function skipString(text: string, at: number): number | undefined {
  for (let i = at + 1; i < text.length; i++) {
    const char = text[i]!;
    if (char === '"') return i + 1;
    if (char < ' ') return undefined;
    if (char !== '\\') continue;
    const escaped = text[++i] ?? '';
    if (escaped === 'u' && /^[0-9a-fA-F]{4}$/.test(text.slice(i + 1, i + 5))) i += 4;
    else if (escaped === '' || !'"\\/bfnrt'.includes(escaped)) return undefined;
  }
  return undefined;
}

/** As far as it is not too long to read: then it is that of what holds the value. */
function pointerTo(path: readonly (string | number | null)[]): string {
  let pointer = '';
  for (const step of path) {
    if (step === null) break;
    const longer = `${pointer}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (longer.length > POINTER_CHARS_MAX) break;
    pointer = longer;
  }
  return pointer;
}

function lineOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/** How many bytes stand before the first that is not UTF-8; all of them where there is none. */
export function utf8Bytes(bytes: Uint8Array): number {
  let [low, high] = [0, bytes.length];
  // A cut in the middle of a character is healed by at most three more bytes; one behind what is not UTF-8 is not.
  const isClean = (end: number): boolean =>
    [0, 1, 2, 3].some((more) => isUtf8(bytes.subarray(0, Math.min(end + more, bytes.length))));
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (isClean(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
