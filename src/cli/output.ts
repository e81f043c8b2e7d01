// What commands print: text for people, or one JSON document for programs. Results go to stdout, all else to stderr.

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
const STYLES: Record<Style, number> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

/** A line too long for a table's column ends in `…`. */
const CELL_CHARS_MAX = 60;

export interface Column {
  title: string;
  align?: 'left' | 'right';
}

export type ColorWhen = 'always' | 'never' | 'auto';

/**
 * Whether a stream takes colours. `auto`: not where NO_COLOR is set; else where FORCE_COLOR is (0 and false are no), or on a terminal
 * that is not dumb.
 */
export function wantsColor(
  stream: Pick<NodeJS.WriteStream, 'isTTY'>,
  env: NodeJS.ProcessEnv = process.env,
  when: ColorWhen = 'auto',
): boolean {
  if (when !== 'auto') return when === 'always';
  if ((env.NO_COLOR ?? '') !== '') return false;
  const forced = env.FORCE_COLOR ?? '';
  if (forced !== '') return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && env.TERM !== 'dumb';
}

/** Thousands separated by commas, at most `digits` after the point. */
export function number(value: number, digits = 0): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** A share as a percentage with one digit; `-` where nothing was counted. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
}

export function plural(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}

export class Output {
  /** True: `result` prints JSON, and the text methods print nothing. */
  readonly json: boolean;
  readonly color: boolean;
  readonly #stream: NodeJS.WriteStream;

  constructor(options: { json: boolean; stream?: NodeJS.WriteStream; color?: ColorWhen }) {
    this.json = options.json;
    this.#stream = options.stream ?? process.stdout;
    this.color = !this.json && wantsColor(this.#stream, process.env, options.color);
  }

  /** The text in a style where the stream takes colours. */
  paint(text: string, style: Style): string {
    return this.color ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text;
  }

  /** One line for people. */
  line(text = ''): void {
    if (!this.json) this.#stream.write(`${text}\n`);
  }

  /** A table for people: titles, then rows; columns as wide as needed. */
  table(columns: readonly Column[], rows: readonly (readonly string[])[], indent = ''): void {
    if (this.json) return;
    const cells = rows.map((row) =>
      row.map((cell) => (cell.length > CELL_CHARS_MAX ? `${cell.slice(0, CELL_CHARS_MAX - 1)}…` : cell)),
    );
    const widths = columns.map(({ title }, i) => Math.max(title.length, ...cells.map((row) => (row[i] ?? '').length)));
    const render = (row: readonly string[]): string =>
      row
        .map((cell, i) => (columns[i]?.align === 'right' ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd();
    this.line(indent + this.paint(render(columns.map(({ title }) => title)), 'dim'));
    for (const row of cells) this.line(indent + render(row));
  }

  /** The JSON result; nothing where text was asked for. bigint becomes a string. */
  result(value: object): void {
    if (!this.json) return;
    const text = JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item), 2);
    this.#stream.write(`${text}\n`);
  }
}
