// Tables that are never cut on paper: those that are too wide for a page stand across it, smaller, or in several parts, each of
// which repeats the first column. Rows stay whole and headers are repeated by the style sheet.

import { type Content, type Html, html } from './html.js';

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

/** The table, or its parts. The first column names the rows. */
export function renderGrid(grid: Grid): Html {
  const widths = grid.columns.map((column, at) => widthOf(column.text, grid.rows, at));
  const whole = widths.reduce((sum, width) => sum + width, 0);
  if (whole <= CHARS_UPRIGHT) return renderPart(grid, allOf(grid), '', undefined);
  if (whole <= CHARS_ACROSS) return renderPart(grid, allOf(grid), 'across', undefined);
  if (whole <= CHARS_SMALL) return renderPart(grid, allOf(grid), 'across small', undefined);
  const parts = partsOf(widths, CHARS_ACROSS);
  return html`${parts.map((columns) => {
    const [first, last] = [columns[1] as number, columns.at(-1) as number];
    return renderPart(grid, columns, 'across', `columns ${first} to ${last} of ${grid.columns.length - 1}`);
  })}`;
}

function allOf({ columns }: Grid): number[] {
  return columns.map((_, at) => at);
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

function renderPart({ caption, columns, rows }: Grid, shown: readonly number[], kind: string, part: string | undefined): Html {
  const cell = (row: GridRow, at: number): Html => {
    const { content } = row.cells[at] as GridRow['cells'][number];
    if (at === 0) return html`<th scope="row">${content}</th>`;
    const own = columns[at]?.kind;
    return own === undefined ? html`<td>${content}</td>` : html`<td class="${own}">${content}</td>`;
  };
  // An anchor stands in the first part alone.
  const id = (row: GridRow): Html | false =>
    row.anchor !== undefined && (part === undefined || shown[1] === 1) && html` id="${row.anchor}"`;
  return html`<div class="grid ${kind}"><table>
<caption>${caption}${part !== undefined && html` <span class="note">${part}</span>`}</caption>
<thead><tr>${shown.map((at) => {
    const { title, note, kind: own } = columns[at] as GridColumn;
    return html`<th scope="col"${own !== undefined && html` class="${own}"`}>${title}${note !== undefined && html`<br><span class="note">${note}</span>`}</th>`;
  })}</tr></thead>
<tbody>
${rows.map((row) => html`<tr${id(row)}>${shown.map((at) => cell(row, at))}</tr>\n`)}</tbody></table></div>
`;
}
