// Offsets of a text to lines and columns.

export interface Position {
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 code units. */
  column: number;
}

/** Finds lines in one text; lines end in `\n`, and a `\r` before it belongs to the line's end. */
export class LineIndex {
  readonly #starts: number[] = [0];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) this.#starts.push(i + 1);
  }

  /** Position of an offset; an offset past the end is taken as the end. */
  position(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.#text.length));
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - this.#starts[low]! + 1 };
  }

  /** Where a line (from 1) begins. */
  start(number: number): number {
    return this.#starts[number - 1] ?? this.#text.length;
  }

  /** The text of a line (from 1) without its end. */
  line(number: number): string {
    const start = this.#starts[number - 1];
    if (start === undefined) return '';
    const next = this.#starts[number];
    const end = next === undefined ? this.#text.length : next - 1;
    // Looked at from its end: a line may be as long as its file, and asked for as often as it has faults.
    return this.#text.slice(start, end > start && this.#text[end - 1] === '\r' ? end - 1 : end);
  }
}

const indexes = new WeakMap<Uint8Array, LineIndex>();

/** The line index of a file's bytes (UTF-8, a byte order mark does not count), made once for each array. */
export function lineIndexOf(bytes: Uint8Array): LineIndex {
  let index = indexes.get(bytes);
  if (index === undefined) {
    index = new LineIndex(new TextDecoder().decode(bytes));
    indexes.set(bytes, index);
  }
  return index;
}
