// The little that a page does in the browser: a field that hides the rows of tables that do not have a text. The function is taken
// from here as text, so it refers to nothing outside itself; without it the page is whole.

/** The little of a browser's document that is needed; the project is built without its types. */
export interface PageDocument {
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
}

interface PageElement {
  querySelectorAll(selector: string): Iterable<PageElement>;
  hidden: boolean;
  value: string;
  textContent: string | null;
  addEventListener(event: string, listener: () => void): void;
}

/** Shows the field, and hides rows, and tables of which no row is left, as somebody types. */
export function filterRows(document: PageDocument): void {
  const form = document.querySelector('.filter');
  const input = document.querySelector('.filter input');
  const said = document.querySelector('.filter output');
  if (form === null || input === null || said === null) return;
  form.hidden = false;
  const tables = [...document.querySelectorAll('.grid')].map((table) => ({
    table,
    rows: [...table.querySelectorAll('tbody tr')].map((row) => ({ row, text: (row.textContent ?? '').toLowerCase() })),
  }));
  const all = tables.reduce((sum, { rows }) => sum + rows.length, 0);
  input.addEventListener('input', () => {
    const wanted = input.value.trim().toLowerCase();
    let shown = 0;
    for (const { table, rows } of tables) {
      let own = 0;
      for (const { row, text } of rows) {
        row.hidden = !text.includes(wanted);
        if (!row.hidden) own++;
      }
      table.hidden = own === 0 && wanted !== '';
      shown += own;
    }
    said.textContent = wanted === '' ? '' : `${shown} of ${all} rows`;
  });
}
