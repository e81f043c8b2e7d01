// The text of a YAML or JSON scalar and where each of its characters stands in the file, so that a diagnostic about an
// expression can point into a quoted, folded or block scalar.

import { parseDocument } from 'yaml';
import type { Fix, Span } from '../diagnostic/diagnostic.js';
import type { ScalarStyle } from './places.js';

export interface ScalarText {
  /** The scalar's value. */
  readonly text: string;
  /** The whole scalar in the file. */
  readonly span: Span;
  /** The place in the file of text[start, end); the whole scalar where the two cannot be matched. */
  spanAt(start: number, end: number): Span;
  /**
   * How the file is to be changed so that text[start, end) becomes `replacement`, escaped as the scalar is written; undefined where
   * that is not certain. Absent where fixes cannot be given.
   */
  fixAt?(start: number, end: number, replacement: string): Fix | undefined;
}

// biome-ignore format: one table
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0', a: '\x07', b: '\b', e: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v',
  N: '\x85', _: '\xa0', L: '\u2028', P: '\u2029', ' ': ' ', '"': '"', '/': '/', '\\': '\\', '\t': '\t',
};

const HEX_ESCAPES: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r';
}

/**
 * Offsets in the file of each UTF-16 unit of `value`, and of its end; undefined where they do not match. YAML folds and indents
 * only white space, so that value and source agree in everything else: runs of white space are matched as wholes.
 */
function matchOffsets(value: string, source: string, from: number, to: number, quote: '"' | "'" | ''): Int32Array | undefined {
  const offsets = new Int32Array(value.length + 1);
  let at = from;
  let i = 0;
  while (i < value.length) {
    if (quote === '"' && source[at] === '\\') {
      const kind = source[at + 1] ?? '';
      if (kind === '\n' || kind === '\r') {
        at += kind === '\r' && source[at + 2] === '\n' ? 3 : 2;
        while (source[at] === ' ' || source[at] === '\t') at++;
        continue;
      }
      const hex = HEX_ESCAPES[kind];
      const decoded = hex === undefined ? SIMPLE_ESCAPES[kind] : fromHex(source.slice(at + 2, at + 2 + hex));
      if (decoded === undefined || !value.startsWith(decoded, i)) return undefined;
      for (let k = 0; k < decoded.length; k++) offsets[i++] = at;
      at += 2 + (hex ?? 0);
    } else if (isBlank(value[i]) || isBlank(source[at])) {
      // A run of blanks on either side may be shorter or absent on the other: folding, indentation, chomping.
      while (i < value.length && isBlank(value[i])) {
        offsets[i++] = Math.min(at, to);
        if (isBlank(source[at]) && at < to) at++;
      }
      while (at < to && isBlank(source[at])) at++;
    } else {
      if (at >= to || source[at] !== value[i]) return undefined;
      offsets[i++] = at;
      at += quote === "'" && source[at] === "'" ? 2 : 1;
    }
  }
  offsets[value.length] = Math.min(at, to);
  return offsets;
}

function fromHex(digits: string): string | undefined {
  const point = /^[0-9a-fA-F]+$/.test(digits) ? Number.parseInt(digits, 16) : -1;
  return point >= 0 && point <= 0x10ffff ? String.fromCodePoint(point) : undefined;
}

/** A replacement in the spelling of a style; undefined where it has none. */
function spelled(replacement: string, style: ScalarStyle): string | undefined {
  // Ends of lines are folded, and a plain scalar may end at any of these where it stands in `{ }` or `[ ]`.
  if (/[\n\r\t]/.test(replacement) || (style === 'plain' && /[#:,[\]{}"'`&*!%@\\]/.test(replacement.replace(/!==|&&/g, ''))))
    return undefined;
  if (style === 'double') return JSON.stringify(replacement).slice(1, -1);
  return style === 'single' ? replacement.replaceAll("'", "''") : replacement;
}

/** The text that a scalar has for a reader of YAML; undefined where it would be something else. */
function readScalar(raw: string): string | undefined {
  const document = parseDocument(`- ${raw}\n`, { prettyErrors: false, version: '1.2', schema: 'core', logLevel: 'error' });
  if (document.errors.length > 0 || document.warnings.length > 0) return undefined;
  const value: unknown = document.toJS();
  return Array.isArray(value) && value.length === 1 && typeof value[0] === 'string' ? value[0] : undefined;
}

/**
 * Pairs a scalar's value with its place in a file.
 * @param style how it is written: plain, quoted, block, or unknown (no matching)
 * @param start offset of the scalar's first character, its quote or its `|` or `>` included
 */
export function scalarText(
  value: string,
  source: string,
  file: string,
  start: number,
  end: number,
  style: ScalarStyle,
): ScalarText {
  const span: Span = { file, start, end };
  let offsets: Int32Array | undefined | null = null;
  const match = (): Int32Array | undefined => {
    if (style === 'unknown') return undefined;
    if (style === 'plain') return matchOffsets(value, source, start, end, '');
    if (style === 'single') return matchOffsets(value, source, start + 1, end - 1, "'");
    if (style === 'double') return matchOffsets(value, source, start + 1, end - 1, '"');
    const header = source.indexOf('\n', start);
    if (header === -1) return undefined;
    let first = header + 1;
    // Value and source both start at the first line that is not blank, or the blanks match as a run.
    if (!isBlank(value[0])) while (first < end && isBlank(source[first])) first++;
    return matchOffsets(value, source, first, end, '');
  };
  return {
    text: value,
    span,
    spanAt(from: number, to: number): Span {
      if (offsets === null) offsets = match();
      if (offsets === undefined) return span;
      const begin = offsets[Math.min(from, value.length)]!;
      // The end is after the last character meant, not before the next: they differ by blanks, indentation and escapes.
      const last = to > from ? offsets[Math.min(to, value.length)]! : begin;
      let close = last;
      while (close > begin + 1 && isBlank(source[close - 1]) && !isBlank(value[to - 1])) close--;
      return { file, start: begin, end: Math.max(close, begin) };
    },
    fixAt(from: number, to: number, replacement: string): Fix | undefined {
      const place = this.spanAt(from, to);
      const written = spelled(replacement, style);
      if (offsets === undefined || offsets === null || written === undefined) return undefined;
      // Whoever reads the file afterwards must find exactly this, and must have found the text before.
      const read = (raw: string): string | undefined => readScalar(raw)?.trim();
      const changed = source.slice(start, place.start) + written + source.slice(place.end, end);
      const wanted = (value.slice(0, from) + replacement + value.slice(to)).trim();
      if (wanted === '' || read(changed) !== wanted || read(source.slice(start, end)) !== value.trim()) return undefined;
      return { span: place, text: written };
    },
  };
}

/** A text without the blanks around it. */
export function trimmed(text: ScalarText): ScalarText {
  const start = text.text.length - text.text.trimStart().length;
  const value = text.text.trim();
  return part(text, start, start + value.length);
}

/** A part of a text. */
export function part(text: ScalarText, start: number, end: number): ScalarText {
  return {
    text: text.text.slice(start, end),
    span: text.spanAt(start, end),
    spanAt: (from, to) => text.spanAt(start + from, start + Math.min(to, end - start)),
    fixAt: (from, to, replacement) => text.fixAt?.(start + from, start + Math.min(to, end - start), replacement),
  };
}
