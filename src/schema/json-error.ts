// Where a text stops being JSON. JSON.parse says so only in some messages of some versions; this scanner runs after it has failed.

export interface JsonFault {
  /** In UTF-16 code units. */
  offset: number;
  line: number;
  column: number;
  message: string;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\n\r]*/y;

/** What a JSON text may continue with. */
type Expectation = 'value' | 'value or ]' | 'key or }' | 'key' | ', or ]' | ', or }' | 'end';

/** The first fault of a text that JSON.parse refuses; undefined where it finds none. */
export function findJsonFault(text: string): JsonFault | undefined {
  const closers: string[] = [];
  let expected: Expectation = 'value';
  let at = 0;
  const after = (): Expectation => (closers.length === 0 ? 'end' : closers.at(-1) === ']' ? ', or ]' : ', or }');
  for (;;) {
    at = skip(SPACE, text, at) ?? at;
    const char = text[at];
    if (char === undefined)
      return expected === 'end' ? undefined : faultAt(text, at, `the text ends where ${expected} is expected`);
    if (expected === 'end') return faultAt(text, at, 'something follows the value');
    if (char === closers.at(-1) && expected !== 'value' && expected !== 'key') {
      closers.pop();
      at++;
      expected = after();
    } else if (expected === ', or ]' || expected === ', or }') {
      if (char !== ',') return faultAt(text, at, `expected ${expected}`);
      at++;
      expected = expected === ', or ]' ? 'value' : 'key';
    } else if (expected === 'key' || expected === 'key or }') {
      const end = char === '"' ? skipString(text, at) : undefined;
      if (end === undefined)
        return char === '"' ? faultAt(text, at, 'a text is not well-formed') : faultAt(text, at, 'expected a key in double quotes');
      at = skip(SPACE, text, end) ?? end;
      if (text[at] !== ':') return faultAt(text, at, 'expected :');
      at++;
      expected = 'value';
    } else if (char === '{' || char === '[') {
      closers.push(char === '{' ? '}' : ']');
      at++;
      expected = char === '{' ? 'key or }' : 'value or ]';
    } else {
      const word = ['true', 'false', 'null'].find((literal) => text.startsWith(literal, at));
      const end = word !== undefined ? at + word.length : char === '"' ? skipString(text, at) : skip(NUMBER, text, at);
      if (end === undefined) return faultAt(text, at, char === '"' ? 'a text is not well-formed' : 'expected a value');
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

function faultAt(text: string, offset: number, message: string): JsonFault {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { offset, line: before.split('\n').length, column: offset - lineStart + 1, message };
}
