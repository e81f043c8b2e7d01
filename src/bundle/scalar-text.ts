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
  return new WrittenScalar(value, source, { file, start, end }, style);
}

/** Where the units of a value stand: one by one, or all in a row from an offset on; undefined where they do not match. */
type Offsets = Int32Array | number | undefined;

// Objects of a class, and no table of offsets where none is needed: a decision table has hundreds of thousands of cells.
class WrittenScalar implements ScalarText {
  /** null: not matched yet. */
  private offsets: Offsets | null = null;

  constructor(
    readonly text: string,
    private readonly source: string,
    readonly span: Span,
    private readonly style: ScalarStyle,
  ) {}

  spanAt(from: number, to: number): Span {
    const { text: value, source, span } = this;
    if (this.offsets === null) this.offsets = this.match();
    const { offsets } = this;
    if (offsets === undefined) return span;
    const begin = placeOf(offsets, Math.min(from, value.length));
    // The end is after the last character meant, not before the next: they differ by blanks, indentation and escapes.
    let close = to > from ? placeOf(offsets, Math.min(to, value.length)) : begin;
    while (close > begin + 1 && isBlank(source[close - 1]) && !isBlank(value[to - 1])) close--;
    return { file: span.file, start: begin, end: Math.max(close, begin) };
  }

  fixAt(from: number, to: number, replacement: string): Fix | undefined {
    const { text: value, source, style } = this;
    const { start, end } = this.span;
    const place = this.spanAt(from, to);
    const written = spelled(replacement, style);
    if (this.offsets === undefined || this.offsets === null || written === undefined) return undefined;
    // Whoever reads the file afterwards must find exactly this, and must have found the text before.
    const read = (raw: string): string | undefined => readScalar(raw)?.trim();
    const changed = source.slice(start, place.start) + written + source.slice(place.end, end);
    const wanted = (value.slice(0, from) + replacement + value.slice(to)).trim();
    if (wanted === '' || read(changed) !== wanted || read(source.slice(start, end)) !== value.trim()) return undefined;
    return { span: place, text: written };
  }

  private match(): Offsets {
    const { text: value, source, style } = this;
    const { start, end } = this.span;
    if (style === 'unknown') return undefined;
    if (style === 'plain') return offsetsOf(value, source, start, end, '');
    if (style === 'single') return offsetsOf(value, source, start + 1, end - 1, "'");
    if (style === 'double') return offsetsOf(value, source, start + 1, end - 1, '"');
    const header = source.indexOf('\n', start);
    if (header === -1) return undefined;
    let first = header + 1;
    // Value and source both start at the first line that is not blank, or the blanks match as a run.
    if (!isBlank(value[0])) while (first < end && isBlank(source[first])) first++;
    return offsetsOf(value, source, first, end, '');
  }
}

function placeOf(offsets: Int32Array | number, unit: number): number {
  return typeof offsets === 'number' ? offsets + unit : offsets[unit]!;
}

/** As `matchOffsets`; the offset of the first unit where the value stands in the source as it is. */
function offsetsOf(value: string, source: string, from: number, to: number, quote: '"' | "'" | ''): Offsets {
  const special = quote === '"' ? '\\' : quote;
  const isPlain = !isBlank(value.at(-1)) && from + value.length <= to && (special === '' || !value.includes(special));
  return isPlain && source.startsWith(value, from) ? from : matchOffsets(value, source, from, to, quote);
}

/** A text without the blanks around it. */
export function trimmed(text: ScalarText): ScalarText {
  const start = text.text.length - text.text.trimStart().length;
  const value = text.text.trim();
  return part(text, start, start + value.length);
}

/** A part of a text. */
export function part(text: ScalarText, start: number, end: number): ScalarText {
  return new PartText(text, start, end);
}

class PartText implements ScalarText {
  readonly text: string;

  constructor(
    private readonly whole: ScalarText,
    private readonly start: number,
    private readonly end: number,
  ) {
    this.text = whole.text.slice(start, end);
  }

  get span(): Span {
    return this.whole.spanAt(this.start, this.end);
  }

  spanAt(from: number, to: number): Span {
    return this.whole.spanAt(this.start + from, this.start + Math.min(to, this.end - this.start));
  }

  fixAt(from: number, to: number, replacement: string): Fix | undefined {
    return this.whole.fixAt?.(this.start + from, this.start + Math.min(to, this.end - this.start), replacement);
  }
}
