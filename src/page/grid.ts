// Tables that are never cut on paper: those that are too wide for a page stand across it, smaller, or in several parts, each of
// which repeats the first column; those that are too long are several sections. Rows stay whole and headers are repeated by the
// style sheet.

import { number } from './facts.js';
import { type Content, type Html, html, withoutLinks } from './html.js';

export interface GridColumn {
  title: Content;
  /** Second line of the title. */
  note?: Content;
  /** The text of the title and its note, whichever is wider. */
  text: string;
  /** Classes of its cells: `number`, `then`. */
  kind?: string;
}

export interface GridRow {
  anchor?: string;
  cells: readonly { content: Content; text: string }[];
}

export interface Grid {
  caption: Content;
  columns: readonly GridColumn[];
  rows: readonly GridRow[];
}

/** Characters that a line of a table holds: upright, across, and across in small letters. */
const CHARS_UPRIGHT = 92;
const CHARS_ACROSS = 140;
const CHARS_SMALL = 176;
/** A cell that is longer is broken into lines of so many characters at least. */
const CELL_CHARS_MAX = 22;
const CELL_CHARS_MIN = 4;
/** Blanks around a cell, in characters. */
const CELL_PADDING = 2;

/**
 * Rows of a section, and lines of text, about five sheets. Chromium lays a table out again for each sheet that it is on: one table
 * of 10,000 rows on 3,279 sheets took more than 16 GB and gave no PDF; in sections it is some 2 MB a sheet.
 */
const SECTION_ROWS_MAX = 100;
const SECTION_LINES_MAX = 300;

/** The table, or its sections and their parts. The first column names the rows. */
export function renderGrid(grid: Grid): Html {
  const widths = grid.columns.map((column, at) => widthOf(column.text, grid.rows, at));
  const whole = widths.reduce((sum, width) => sum + width, 0);
  const all = widths.map((_, at) => at);
  const [kind, parts] =
    whole <= CHARS_UPRIGHT
      ? ['', [all]]
      : whole <= CHARS_ACROSS
        ? ['across', [all]]
        : whole <= CHARS_SMALL
          ? ['across small', [all]]
          : ['across', partsOf(widths, CHARS_ACROSS)];
  // All that is said of a row stays together: the parts of a section before the next section.
  return html`${sectionsOf(grid.rows, widths).map((section) =>
    parts.map((columns) => renderTable(grid, section, columns, kind, parts.length > 1)),
  )}`;
}

interface Section {
  /** Number of its first row, from zero. */
  first: number;
  rows: GridRow[];
}

/** The rows, cut where there are so many of them, or so many lines. */
function sectionsOf(rows: readonly GridRow[], widths: readonly number[]): Section[] {
  const chars = widths.map((width) => width - CELL_PADDING);
  let section: Section = { first: 0, rows: [] };
  const sections = [section];
  let lines = 0;
  for (const [at, row] of rows.entries()) {
    const own = row.cells.reduce((most, { text }, column) => Math.max(most, Math.ceil(text.length / (chars[column] as number))), 1);
    lines += own;
    if (section.rows.length > 0 && (section.rows.length === SECTION_ROWS_MAX || lines > SECTION_LINES_MAX)) {
      section = { first: at, rows: [] };
      sections.push(section);
      lines = own;
    }
    section.rows.push(row);
  }
  return sections;
}

/** Characters that a column needs in order to be read: those of its longest cell, or as many as a line of a long one has. */
function widthOf(title: string, rows: readonly GridRow[], at: number): number {
  let width = Math.max(CELL_CHARS_MIN, Math.min(title.length, CELL_CHARS_MAX));
  for (const { cells } of rows) width = Math.max(width, Math.min(cells[at]?.text.length ?? 0, CELL_CHARS_MAX));
  return width + CELL_PADDING;
}

/** Numbers of the columns of each part: the first, and as many others as fit. */
export function partsOf(widths: readonly number[], charsMax: number): number[][] {
  const parts: number[][] = [];
  const first = widths[0] ?? 0;
  let used = Number.POSITIVE_INFINITY;
  for (let at = 1; at < widths.length; at++) {
    const width = widths[at] as number;
    if (used + width > charsMax) {
      parts.push([0]);
      used = first;
    }
    (parts.at(-1) as number[]).push(at);
    used += width;
  }
  return parts;
}

function renderTable(grid: Grid, { first, rows }: Section, shown: readonly number[], kind: string, isPart: boolean): Html {
  const { caption, columns } = grid;
  const cell = (row: GridRow, at: number): Html => {
    const { content } = row.cells[at] as GridRow['cells'][number];
    if (at === 0) return html`<th scope="row">${content}</th>`;
    const own = columns[at]?.kind;
    return own === undefined ? html`<td>${content}</td>` : html`<td class="${own}">${content}</td>`;
  };
  // An anchor stands in the first part alone.
  const id = (row: GridRow): Html | false => row.anchor !== undefined && (!isPart || shown[1] === 1) && html` id="${row.anchor}"`;
  // A link in a head that is repeated is written into the PDF for each pair of sheets of its table: 206,000 links, two thirds of
  // the file, for 500 rows of 40 columns. Long tables have them in their first section.
  const title = (content: Content): Content => (first === 0 ? content : withoutLinks(content));
  const isSection = rows.length < grid.rows.length;
  const which = [
    isSection && `rows ${number(first + 1)} to ${number(first + rows.length)} of ${number(grid.rows.length)}`,
    isPart && `columns ${shown[1]} to ${shown.at(-1)} of ${columns.length - 1}`,
  ].filter((one) => one !== false);
  return html`<div class="grid${kind !== '' && ` ${kind}`}${isSection && ' section'}"><table>
<caption>${caption}${which.length > 0 && html` <span class="note">${which.join(', ')}</span>`}</caption>
<thead><tr>${shown.map((at) => {
    const { title: name, note, kind: own } = columns[at] as GridColumn;
    return html`<th scope="col"${own !== undefined && html` class="${own}"`}>${title(name)}${note !== undefined && html`<br><span class="note">${title(note)}</span>`}</th>`;
  })}</tr></thead>
<tbody>
${rows.map((row) => html`<tr${id(row)}>${shown.map((at) => cell(row, at))}</tr>\n`)}</tbody></table></div>
`;
}
