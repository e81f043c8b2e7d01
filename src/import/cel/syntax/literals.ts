// What literals of CEL say: escapes of strings and bytes, and numbers within their ranges.

import { type CelValue, double, INT_MAX, INT_MIN, UINT_MAX } from '../value/value.js';
import type { CelSpan } from './ast.js';
import { CelSyntaxFault } from './fault.js';

const SIMPLE_ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 0x5c,
  '?': 0x3f,
  '"': 0x22,
  "'": 0x27,
  '`': 0x60,
};
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, X: 2, u: 4, U: 8 };

/** The number that a token writes, with the sign before it. */
export function numberLiteral(text: string, isNegative: boolean, span: CelSpan): CelValue {
  const sign = isNegative ? '-' : '';
  if (/^(0x[0-9a-f]+|[0-9]+)u?$/i.test(text)) {
    const isUnsigned = /u$/i.test(text);
    const size = BigInt(isUnsigned ? text.slice(0, -1) : text);
    if (isUnsigned) {
      if (isNegative) throw new CelSyntaxFault(span, 'a uint has no minus', 'write an int, without the `u`');
      if (size > UINT_MAX) throw new CelSyntaxFault(span, `\`${text}\` is no 64-bit uint`);
      return { kind: 'uint', value: size };
    }
    const value = isNegative ? -size : size;
    if (value < INT_MIN || value > INT_MAX)
      throw new CelSyntaxFault(span, `\`${sign}${text}\` is no 64-bit int`, 'write a double, with `.0` behind it');
    return { kind: 'int', value };
  }
  const value = Number(sign + text);
  if (!Number.isFinite(value)) throw new CelSyntaxFault(span, `\`${sign}${text}\` is beyond the range of double`);
  return double(value);
}

/** The text between the quotes, with its prefix, as a string or bytes. `start` is the offset of the text in the source. */
export function quotedLiteral(text: string, prefix: string, start: number): CelValue {
  const isBytes = /b/i.test(prefix);
  // Line ends of a source are line feeds, as cel-go has it; those that are escaped stay.
  const written = text.replace(/\r\n?/g, '\n');
  if (/r/i.test(prefix)) {
    return isBytes ? { kind: 'bytes', value: new TextEncoder().encode(written) } : { kind: 'string', value: written };
  }
  return isBytes ? { kind: 'bytes', value: bytesOf(written, start) } : { kind: 'string', value: textOf(written, start) };
}

function textOf(written: string, start: number): string {
  let text = '';
  readEscapes(written, start, false, (plain, point) => {
    text += point === undefined ? plain : String.fromCodePoint(point);
  });
  return text;
}

function bytesOf(written: string, start: number): Uint8Array {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  readEscapes(written, start, true, (plain, byte) => {
    if (byte === undefined) bytes.push(...encoder.encode(plain));
    else bytes.push(byte);
  });
  return Uint8Array.from(bytes);
}

/** Gives the plain pieces of a text, and what its escapes stand for: code points, or bytes. */
function readEscapes(
  written: string,
  start: number,
  isBytes: boolean,
  take: (plain: string, escaped: number | undefined) => void,
): void {
  let at = 0;
  while (at < written.length) {
    const next = written.indexOf('\\', at);
    if (next === -1) {
      take(written.slice(at), undefined);
      return;
    }
    if (next > at) take(written.slice(at, next), undefined);
    const { value, length } = escapeAt(written, next, isBytes, start);
    take('', value);
    at = next + length;
  }
}

function escapeAt(written: string, at: number, isBytes: boolean, start: number): { value: number; length: number } {
  const letter = written[at + 1] ?? '';
  const simple = SIMPLE_ESCAPES[letter];
  if (simple !== undefined) return { value: simple, length: 2 };
  const octal = /^[0-3][0-7][0-7]/.exec(written.slice(at + 1, at + 4));
  if (octal !== null) return { value: Number.parseInt(octal[0], 8), length: 4 };
  const digits = HEX_DIGITS[letter];
  const span = { start: start + at, end: start + at + 2 };
  if (digits === undefined)
    throw new CelSyntaxFault(span, `\`\\${letter}\` is no escape`, 'write `\\\\` for a backslash, or a raw string: r"..."');
  if (isBytes && digits > 2) throw new CelSyntaxFault(span, 'bytes have no escapes of code points', 'write bytes: `\\xff`');
  const hex = written.slice(at + 2, at + 2 + digits);
  if (hex.length !== digits || !/^[0-9a-f]+$/i.test(hex))
    throw new CelSyntaxFault(span, `\`\\${letter}\` needs ${digits} hexadecimal digits behind it`);
  const value = Number.parseInt(hex, 16);
  if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
    throw new CelSyntaxFault({ start: span.start, end: span.end + digits }, `\`\\${letter}${hex}\` is no Unicode character`);
  return { value, length: 2 + digits };
}
