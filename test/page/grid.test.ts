import { describe, expect, it } from 'vitest';
import { partsOf, renderGrid } from '#src/page/grid.js';
import { html } from '#src/page/html.js';

/** Kinds of the parts of a table with so many columns of so many characters behind the first. */
function kinds(columns: number, chars: number): string[] {
  const texts = Array.from({ length: columns }, () => 'x'.repeat(chars));
  const { text } = renderGrid({
    caption: 'c',
    columns: [{ title: 'Row', text: 'Row' }, ...texts.map((one) => ({ title: one, text: one }))],
    rows: [{ anchor: 'r', cells: ['1', ...texts].map((one) => ({ content: one, text: one })) }],
  });
  return [...text.matchAll(/<div class="grid([^"]*)"/g)].map((match) => match[1]!.trim());
}

describe('a table', () => {
  it('stands upright, across, small, or in parts, as its columns need', () => {
    expect(kinds(5, 10)).toEqual(['']);
    expect(kinds(9, 10)).toEqual(['across']);
    expect(kinds(13, 10)).toEqual(['across small']);
    expect(kinds(24, 10)).toEqual(['across', 'across', 'across']);
    // a long text is broken into lines
    expect(kinds(3, 1000)).toEqual(['']);
  });

  it('in parts has every column once, and the first in each', () => {
    expect(partsOf([5, 40, 40, 40, 200, 10, 10], 100)).toEqual([
      [0, 1, 2],
      [0, 3],
      [0, 4],
      [0, 5, 6],
    ]);
    expect(partsOf([5], 100)).toEqual([]);
  });

  it('says which columns a part has, and has its anchors once', () => {
    const columns = Array.from({ length: 31 }, (_, at) => ({ title: `c${at}`, text: 'x'.repeat(10) }));
    const cells = columns.map(({ text }) => ({ content: text, text }));
    const { text } = renderGrid({ caption: 'All', columns, rows: [{ anchor: 'r-1', cells }, { cells }] });
    expect(text.match(/columns \d+ to \d+ of 30/g)).toEqual([
      'columns 1 to 10 of 30',
      'columns 11 to 20 of 30',
      'columns 21 to 30 of 30',
    ]);
    expect(text.match(/id="r-1"/g)).toHaveLength(1);
    expect(text.match(/<th scope="row">/g)).toHaveLength(6);
  });

  it.each([
    ['rows', 250, 10, ['rows 1 to 100 of 250', 'rows 101 to 200 of 250', 'rows 201 to 250 of 250']],
    ['lines of text', 20, 900, ['rows 1 to 7 of 20', 'rows 8 to 14 of 20', 'rows 15 to 20 of 20']],
    ['nothing', 100, 10, []],
    ['a row that is longer than a section', 2, 9000, ['rows 1 to 1 of 2', 'rows 2 to 2 of 2']],
  ])('is cut by %s into sections that repeat the head, with links in the first one', (_, count, chars, sections) => {
    const cells = [
      { content: '1', text: '1' },
      { content: 'x'.repeat(chars), text: 'x'.repeat(chars) },
    ];
    const title = html`<a href="#field-1">${'<a>'}</a>`;
    const rows = Array.from({ length: count }, (_, at) => ({ anchor: `r-${at}`, cells }));
    const { text } = renderGrid({
      caption: 'All',
      columns: [
        { title: 'Row', text: 'Row' },
        { title, text: '<a>' },
      ],
      rows,
    });
    expect(text.match(/rows \d+ to \d+ of \d+/g) ?? []).toEqual(sections);
    expect([...text.matchAll(/id="r-(\d+)"/g)].map((match) => Number(match[1]))).toEqual(rows.map((_, at) => at));
    const heads = [...text.matchAll(/<th scope="col">([^R].*?)<\/th>/g)].map((match) => match[1]);
    expect(heads).toEqual([title.text, ...sections.slice(1).map(() => '&lt;a&gt;')]);
  });

  it('has all parts of its columns beside one another in each section', () => {
    const columns = Array.from({ length: 31 }, (_, at) => ({ title: `c${at}`, text: 'x'.repeat(10) }));
    const cells = columns.map(({ text }) => ({ content: text, text }));
    const { text } = renderGrid({ caption: 'All', columns, rows: Array.from({ length: 150 }, () => ({ cells })) });
    const parts = (rows: string): string[] =>
      ['1 to 10', '11 to 20', '21 to 30'].map((part) => `${rows} of 150, columns ${part} of 30`);
    expect(text.match(/rows [^<]*/g)).toEqual([...parts('rows 1 to 100'), ...parts('rows 101 to 150')]);
  });
});
