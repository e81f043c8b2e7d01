// Texts of FEEL and their escapes.

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', "'": "'", '\\': '\\', '/': '/' };

/** The text that begins with the quote at `start`; undefined where it is never closed or holds an escape that is none. */
export function readString(text: string, start: number): { value: string; end: number } | undefined {
  let value = '';
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"') return { value, end: at + 1 };
    if (char !== '\\') {
      value += char;
      continue;
    }
    const code = /^(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6}))/.exec(text.slice(at + 1, at + 8));
    const point = code === null ? undefined : Number.parseInt((code[1] ?? code[2])!, 16);
    const plain = ESCAPES[text[at + 1] ?? ''];
    if (point !== undefined && point <= 0x10ffff) {
      value += code![1] === undefined ? String.fromCodePoint(point) : String.fromCharCode(point);
      at += code![0].length;
    } else if (plain !== undefined) {
      value += plain;
      at += 1;
    } else return undefined;
  }
  return undefined;
}
