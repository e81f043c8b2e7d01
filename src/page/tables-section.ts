// Decision tables, whole: how rows are chosen, what proofs say of them, every row with its cells.

import type { BundleTable } from '../bundle/tables.js';
import type { ManifestTable } from '../image/manifest.js';
import { fieldRead } from '../schema/field-name.js';
import { plainCell, typeset, typesetCell } from './expression.js';
import { description, facts, number, plural, ranges, testCount } from './facts.js';
import { type GridColumn, type GridRow, renderGrid } from './grid.js';
import { type Content, type Html, html } from './html.js';
import { anchorOf, type PageNames } from './names.js';
import type { PageContext, PageSection } from './source.js';

const POLICIES: Readonly<Record<BundleTable['hitPolicy'], string>> = {
  unique: 'At most one row matches, and it gives the outputs.',
  any: 'Several rows may match only where their outputs are equal.',
  first: 'The first row that matches, from the top, gives the outputs.',
  priority: 'Of the rows that match, the one whose outputs come first in their list of values gives the outputs.',
  ruleOrder: 'Every row that matches gives its outputs to lists, from the top.',
  outputOrder: 'Every row that matches gives its outputs to lists, ordered by their lists of values.',
  collect: 'Every row that matches gives its outputs to lists, from the top.',
};

const AGGREGATES: Readonly<Record<NonNullable<BundleTable['aggregate']>, string>> = {
  sum: 'The outputs of all rows that match are added.',
  min: 'The smallest output of all rows that match is taken; null where none does.',
  max: 'The largest output of all rows that match is taken; null where none does.',
  count: 'The rows that match are counted.',
};

/** Cells of a table whose words and signs have colors. */
const COLORED_CELLS_MAX = 4000;

export function tablesSection(context: PageContext): PageSection | undefined {
  const { manifest, bundle } = context;
  if (manifest.tables.length === 0) return undefined;
  const content = manifest.tables.map((table, at) => tableArticle(context, table, bundle.tables[at] as BundleTable, at));
  return { id: 'tables', title: 'Decision tables', content };
}

function tableArticle(context: PageContext, table: ManifestTable, written: BundleTable, at: number): Html {
  const { names, run, manifest } = context;
  const counts = run?.counts.tables[at];
  const { name, hitPolicy, aggregate, outputs } = table;
  const otherwise = outputs.filter((output) => output.default !== undefined);
  const decides = outputs.some(({ name: output }) => ['score', 'outcome', 'reason'].includes(output));
  const policy = aggregate === undefined ? POLICIES[hitPolicy] : AGGREGATES[aggregate];
  return html`<article id="${anchorOf('table', at)}">
<h3>Table ${name}</h3>
${description(written.description)}
${facts([
  ['Hit policy', html`<code>${aggregate === undefined ? hitPolicy : `${hitPolicy}, ${aggregate}`}</code> ${policy}`],
  ['Decides', decides && 'each row that is taken is a hit of the decision, with its score, outcome and reason'],
  [
    'Where no row matches',
    otherwise.length > 0
      ? otherwise.map((output, i) => [
          i > 0 ? ', ' : '',
          html`<code>${output.name}</code> is ${typeset(output.default ?? '', names)}`,
        ])
      : written.complete
        ? 'cannot be: some row matches every input'
        : undefined,
  ],
  ...proofFacts(context, table, written),
  ['Rows', `${number(table.rows.length)}, in ${table.file}`],
  ['Tests', counts !== undefined && testText(counts.rows)],
])}
${renderGrid({
  caption: html`Rows of ${name}`,
  columns: [{ title: 'Row', text: 'Row' }, ...inputColumns(table, names), ...outputColumns(table), ...testColumn(counts?.rows)],
  rows: gridRows(table, written, at, counts?.rows, names, manifest),
})}</article>
`;
}

function inputColumns({ inputs }: ManifestTable, names: PageNames): GridColumn[] {
  return inputs.map(({ value, label }) => ({
    title: label ?? typeset(value, names),
    ...(label === undefined || label === value ? {} : { note: typeset(value, names) }),
    text: (label ?? '').length > value.length ? (label ?? '') : value,
    kind: 'cell',
  }));
}

function outputColumns({ outputs }: ManifestTable): GridColumn[] {
  return outputs.map(({ name, type }) => ({
    title: name,
    note: type,
    text: name.length > type.length ? name : type,
    kind: 'then',
  }));
}

function testColumn(counts: readonly number[] | undefined): GridColumn[] {
  return counts === undefined ? [] : [{ title: 'Tests', text: 'Tests', kind: 'number' }];
}

function gridRows(
  { rows, name, inputs, outputs }: ManifestTable,
  written: BundleTable,
  at: number,
  counts: readonly number[] | undefined,
  names: PageNames,
  { model }: PageContext['manifest'],
): GridRow[] {
  // In a column of an enum a word is one of its members, whatever else has its name.
  const hasWords = inputs.map(({ value }) => fieldRead(model, value)?.members !== undefined);
  // A browser lays out a hundred thousand cells, but not ten elements in each of them.
  const isLarge = rows.length * (inputs.length + outputs.length) > COLORED_CELLS_MAX;
  // Cells repeat: each text is set once.
  const set = new Map<string, Content>();
  const cell = (text: string | null, isWord: boolean): GridRow['cells'][number] => {
    if (text === null || text === '' || text === '-') return { content: '\u2013', text: '' };
    const key = `${isWord}${text}`;
    let content = set.get(key);
    if (content === undefined) {
      content = isWord && /^[\w\s,]*$/.test(text) ? text : cellContent(text, names, isLarge);
      set.set(key, content);
    }
    return { content, text };
  };
  return rows.map((row, index) => {
    const text = written.rows[index]?.description;
    const own = row.id === `${name}/${index + 1}` ? undefined : row.id;
    const head: Content = [number(index + 1), own !== undefined && html` <strong>${own}</strong>`, description(text)];
    return {
      anchor: `${anchorOf('table', at)}-${index + 1}`,
      cells: [
        { content: head, text: own === undefined ? String(index + 1) : `${index + 1} ${own}` },
        ...row.when.map((one, column) => cell(one, hasWords[column] === true)),
        ...row.then.map((one, column) => cell(one, outputs[column]?.type.startsWith('enum') === true)),
        ...(counts === undefined ? [] : [{ content: testCount(counts[index]), text: '' }]),
      ],
    };
  });
}

/** What a cell holds; in a large table only what it names is marked. */
function cellContent(text: string, names: PageNames, isLarge: boolean): Content {
  return isLarge ? plainCell(text, names) : typesetCell(text, names);
}

function testText(rows: readonly number[]): string {
  const missed = rows.flatMap((count, at) => (count === 0 ? [at + 1] : []));
  if (missed.length === 0) return 'every row is taken by some test';
  return `${number(rows.length - missed.length)} of ${plural(rows.length, 'row')} taken; never taken: ${ranges(missed)}`;
}

/** What proofs have found: gaps, overlaps, rows of no use. */
function proofFacts({ diagnostics }: PageContext, table: ManifestTable, written: BundleTable): [string, Content][] {
  const { notProven } = table;
  const own = diagnostics.filter(({ code, span }) => /^V42/.test(code) && [written.file, written.span.file].includes(span.file));
  const found = (...codes: string[]): Html | undefined => {
    const messages = own.filter(({ code }) => codes.includes(code)).map(({ message }) => message);
    return messages.length === 0 ? undefined : html`<ul class="warn">${messages.map((text) => html`<li>${text}</li>`)}</ul>`;
  };
  const isOpen = (question: string): boolean => notProven.some((text) => text.startsWith(question));
  const single = written.hitPolicy === 'unique' || written.hitPolicy === 'any';
  const asked =
    written.complete ||
    ((single || written.hitPolicy === 'first' || written.hitPolicy === 'priority') &&
      written.outputs.some(
        ({ name, default: otherwise }) => otherwise === undefined && !['score', 'outcome', 'reason'].includes(name),
      ));
  const gaps =
    found('V4200') ??
    (isOpen('whether every input is taken')
      ? 'not proven either way'
      : asked
        ? 'none: proven that every input is taken by some row'
        : 'not looked for: an input that no row takes is foreseen');
  const overlaps =
    found('V4201') ??
    (!single
      ? 'allowed by the hit policy'
      : notProven.some((text) => text.includes('exclude one another'))
        ? 'not proven either way: two rows that match the same payload end its decision with status CONFLICT'
        : 'none: proven that no two rows contradict one another');
  const useless = found('V4202', 'V4203', 'V4204');
  const facts: [string, Content][] = [
    ['Gaps', gaps],
    ['Overlaps', overlaps],
    [
      'Rows of no use',
      useless ??
        (isOpen('whether') && notProven.some((text) => /be taken|can match/.test(text))
          ? 'none found'
          : 'none: every row counts for some input'),
    ],
    ['Columns of no use', found('V4205')],
  ];
  if (notProven.length > 0) facts.push(['Open questions', html`<ul>${notProven.map((text) => html`<li>${text}</li>`)}</ul>`]);
  return facts;
}
