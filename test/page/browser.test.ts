// Pages in Chromium, without a network: nothing goes wrong on them, and on paper no table is cut. What is on paper is read from the
// PDF itself: where each text stands, and the boxes that are drawn.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { exampleFiles } from '../examples/open-example.js';
import { CHROMIUM, dumpPage, printPage } from '../lib/chromium.js';
import { type PdfPage, readPdf } from '../lib/pdf.js';
import { pageOf, sourceOf, WHOLE } from './render.js';

const folder = mkdtempSync(join(tmpdir(), 'verdict-page-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Rows and columns of tables that are printed; `npm run print` has larger ones than CI has time for. */
const TABLES = (process.env.VERDICT_PAGE_TABLES ?? '150x40')
  .split(',')
  .map((table) => table.split('x').map(Number) as [number, number]);

let count = 0;

function fileOf(page: string): string {
  const file = join(folder, `page-${count++}.html`);
  writeFileSync(file, page);
  return pathToFileURL(file).href;
}

/** What goes wrong on the page, and what its own script has done, as attributes of the root element. */
const WATCH = `
const say = (name, text) => { document.documentElement.dataset[name] = text; };
addEventListener('error', (event) => say('wrong', event.message || 'a resource'), true);
addEventListener('securitypolicyviolation', (event) => say('wrong', 'policy ' + event.violatedDirective));
addEventListener('load', () => {
  say('requests', performance.getEntriesByType('resource').map(({ name }) => name).join(' '));
  say('wide', String(document.documentElement.scrollWidth - document.documentElement.clientWidth));
  const input = document.querySelector('.filter input');
  input.value = 'LARGE';
  input.dispatchEvent(new Event('input'));
  say('filter', document.querySelector('.filter output').textContent);
});`;

function watched(page: string): string {
  const hash = createHash('sha256').update(WATCH).digest('base64');
  return page.replace('script-src ', `script-src &#39;sha256-${hash}&#39; `).replace('<style>', `<script>${WATCH}</script><style>`);
}

const print = async (page: string): Promise<PdfPage[]> => readPdf(await printPage(fileOf(page)));

/** Lines and backgrounds of tables lie on the paper, and texts between its edges. */
function checkEdges(pages: readonly PdfPage[]): void {
  const MARGIN = 36; // points: what a printer may leave white is less
  for (const [at, { width, height, texts, boxes }] of pages.entries()) {
    const out = texts.filter(({ x, y }) => x < MARGIN || x > width - MARGIN || y < MARGIN || y > height - 12);
    expect(out, `texts of page ${at + 1}`).toEqual([]);
    // the ground of the whole page is drawn from edge to edge
    const tables = boxes.filter(({ left, right }) => right - left < width - 2 * MARGIN + 2);
    const cut = tables.filter(({ left, right }) => left < MARGIN - 1 || right > width - MARGIN + 1);
    expect(cut, `boxes of page ${at + 1}`).toEqual([]);
  }
}

describe.skipIf(CHROMIUM === undefined)('in Chromium (skipped where there is none)', () => {
  it('a page asks for nothing, and nothing goes wrong on it', { timeout: 120_000 }, async () => {
    const dom = await dumpPage(fileOf(watched(await pageOf(WHOLE, undefined, sourceOf(WHOLE)))));
    const [tag] = /<html[^>]*>/.exec(dom) ?? [''];
    expect(tag).not.toContain('data-wrong');
    expect(tag).toContain('data-requests=""');
    expect(tag).toContain('data-wide="0"');
    expect(tag).toMatch(/data-filter="\d+ of \d+ rows"/);
    expect(dom).toMatch(/<tr id="field-\d+" hidden="">/);
  });

  it.each(['lending', 'card-risk', 'boosted'])(
    'the page of %s prints within its edges, with page numbers',
    { timeout: 120_000 },
    async (name) => {
      const pages = await print(await pageOf(exampleFiles(name)));
      checkEdges(pages);
      for (const [at, { texts, height }] of pages.entries()) {
        const foot = texts.filter(({ y }) => y > height - 40).map(({ text }) => text);
        expect(foot.join('')).toContain(`${at + 1} / ${pages.length}`);
        expect(foot.join('')).toContain(name);
      }
    },
  );

  it.each(TABLES)('a table of %i rows and %i columns is not cut', { timeout: 0 }, async (ROWS, COLUMNS) => {
    const MORE = Array.from({ length: 24 }, (_, at) => -at - 1).join(', ');
    const inputs = Array.from({ length: COLUMNS }, (_, at) => `f${at}`);
    // each cell says where it belongs; some are so long that their rows have several lines
    const cell = (row: number, column: number): string =>
      (row + column) % 7 === 0
        ? '-'
        : `> ${row}.${String(column).padStart(2, '0')}${row > 0 && (row * 7 + column) % 5 === 0 ? `, ${MORE}, < -${row}00.${column}` : ''}`;
    const header = [...inputs, '-> value'].join(';');
    const rows = Array.from({ length: ROWS }, (_, row) => [...inputs.map((_, column) => cell(row, column)), row].join(';'));
    const fields = inputs.map((name) => `  ${name}: { type: number }`).join('\n');
    const page = await pageOf({
      ...WHOLE,
      'features/f.yaml': '- { name: total, value: f0 }\n- { name: size, value: \'"big"\' }\n',
      'rules/r.yaml': '- { id: one, when: wide.value === 1 && total > 1 && size === "big", then: { score: 90, reason: ONE } }\n',
      'm.schema.yaml': `type: object\nrequired: [${inputs.join(', ')}, country]\nproperties:\n  country: { type: string, enum: [DE, FR, amount] }\n  amount: { type: number }\n  card: { type: object, required: [age], properties: { age: { type: integer } } }\n${fields}\n`,
      'outputs.yaml': '- { name: value, value: wide.value }\n',
      'tables/wide.yaml': 'outputs: [{ name: value, default: 0 }]\n',
      'tables/wide.csv': `${header}\n${rows.join('\n')}\n`,
    });
    // each section says the same parts
    const written = new Set([...page.matchAll(/columns (\d+ to \d+) of/g)].map((match) => match[1] as string));
    const parts = [...written].map((part) => part.split(' to ').map(Number) as [number, number]);
    expect(parts.length).toBeGreaterThan(1);
    expect(page).toContain(`to ${ROWS.toLocaleString('en-US')} of ${ROWS.toLocaleString('en-US')}, columns`);
    const pages = await print(page);
    checkEdges(pages);

    // Every cell is on paper, and all cells that a part has of a row on one page, below the names of their columns.
    const cells = new Set<string>();
    const pagesOf = new Map<string, Set<number>>();
    for (const [at, { texts }] of pages.entries()) {
      const titles = new Set(texts.map(({ text }) => text));
      const lines = texts.map(({ text }) => text).join('|');
      for (const [, row, column] of lines.matchAll(/> ?\|?(\d{1,5})\.(\d\d)(?!\d)/g)) {
        const part = parts.findIndex(([first, last]) => Number(column) + 1 >= first && Number(column) + 1 <= last);
        const key = `${row} ${part}`;
        cells.add(`${row}.${column}`);
        pagesOf.set(key, (pagesOf.get(key) ?? new Set()).add(at));
        if (!titles.has(`f${Number(column)}`)) throw new Error(`page ${at + 1} does not name f${Number(column)}`);
      }
      // the last lines of cells that have several
      for (const [, row, column] of lines.matchAll(/-(\d{1,5}?)00\.(\d{1,2})(?!\d)/g)) {
        const part = parts.findIndex(([first, last]) => Number(column) + 1 >= first && Number(column) + 1 <= last);
        pagesOf.set(`${row} ${part}`, (pagesOf.get(`${row} ${part}`) ?? new Set()).add(at));
      }
    }
    const all = Array.from({ length: ROWS }, (_, row) =>
      inputs.flatMap((_, column) => (cell(row, column) === '-' ? [] : [`${row}.${String(column).padStart(2, '0')}`])),
    ).flat();
    expect(all.filter((one) => !cells.has(one))).toEqual([]);
    const rowsOfParts = Array.from({ length: ROWS }, (_, row) => parts.map((_, part) => `${row} ${part}`)).flat();
    expect(rowsOfParts.filter((key) => pagesOf.get(key)?.size !== 1)).toEqual([]);
  });
});
