// How many columns of a terminal a text takes.

/** Columns between two stops of a tab. */
const TAB_COLUMNS = 4;

const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const EMOJI = /^\p{Emoji_Presentation}$/u;

/** East Asian Wide and Fullwidth of Unicode, in ranges; what is not yet assigned in them is wide too. */
// biome-ignore format: one table
const WIDE: readonly [first: number, last: number][] = [
  [0x1100, 0x115f], [0x2329, 0x232a], [0x2e80, 0x303e], [0x3041, 0x33ff], [0x3400, 0x4dbf], [0x4e00, 0x9fff], [0xa000, 0xa4cf],
  [0xa960, 0xa97f], [0xac00, 0xd7a3], [0xf900, 0xfaff], [0xfe10, 0xfe19], [0xfe30, 0xfe6f], [0xff00, 0xff60], [0xffe0, 0xffe6],
  [0x16fe0, 0x18d08], [0x1aff0, 0x1b2fb], [0x1f200, 0x1f265], [0x20000, 0x2fffd], [0x30000, 0x3fffd],
];

/** Columns of one code point. */
function columnsOf(character: string): number {
  const point = character.codePointAt(0)!;
  if (point < 0x300) return 1;
  if (ZERO.test(character)) return 0;
  return EMOJI.test(character) || WIDE.some(([first, last]) => point >= first && point <= last) ? 2 : 1;
}

/**
 * A cluster of code points that are shown as one, such as a letter with its accents or a family of emoji, is as wide as its widest.
 */
const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A line for a terminal, and where each UTF-16 unit of it stands. */
export interface ShownLine {
  /** Without tabs and without what a terminal would obey. */
  text: string;
  /** Column (from 0) of each UTF-16 unit of the given text, and of its end. */
  columns: Uint32Array;
}

/** Lays out one line: tabs to their stops, control characters as blanks. */
export function layOut(line: string): ShownLine {
  const columns = new Uint32Array(line.length + 1);
  let text = '';
  let column = 0;
  for (const { segment, index } of SEGMENTER.segment(line)) {
    columns.fill(column, index, index + segment.length);
    if (segment === '\t') {
      const width = TAB_COLUMNS - (column % TAB_COLUMNS);
      text += ' '.repeat(width);
      column += width;
      continue;
    }
    const safe = printable(segment);
    text += safe;
    // A variation selector asks for the picture, which is wide.
    const widths = [...safe].map(columnsOf);
    column += /\ufe0f/.test(safe) ? 2 : widths.some((width) => width > 0) ? Math.max(...widths) : 0;
  }
  columns[line.length] = column;
  return { text, columns };
}

/**
 * Control characters, and those that change the direction of what follows, as blanks: nothing of a document must steer a terminal.
 */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters of a hostile document must not reach a terminal
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, ' ');
}
