// Reason codes, and everything that gives each.

import type { ManifestRule } from '../image/manifest.js';
import { commas, ranges, testCount } from './facts.js';
import { renderGrid } from './grid.js';
import { type Content, html } from './html.js';
import { anchorOf, link } from './names.js';
import { reasonAnchors } from './rules-section.js';
import type { PageContext, PageSection } from './source.js';

export function reasonsSection(context: PageContext): PageSection | undefined {
  const anchors = reasonAnchors(context);
  if (anchors.size === 0) return undefined;
  const { manifest, run } = context;
  const sources = new Map<string, [number, ManifestRule][]>([...anchors.keys()].map((code) => [code, []]));
  for (const [at, rule] of manifest.rules.entries()) if (rule.reason !== null) sources.get(rule.reason)?.push([at, rule]);
  const rows = [...sources].map(([code, own]) => {
    const cells = [
      { content: html`<span class="code">${code}</span>`, text: code },
      { content: commas(sourcesOf(own, context)), text: '' },
    ];
    const tests = { content: testCount(run?.counts.reasons.get(code)), text: '' };
    return { anchor: anchors.get(code) as string, cells: run === undefined ? cells : [...cells, tests] };
  });
  const columns = [
    { title: 'Reason code', text: 'Reason code' },
    { title: 'Arises from', text: 'Arises from' },
  ];
  const content = renderGrid({
    caption: 'Reason codes that a decision may carry',
    columns: run === undefined ? columns : [...columns, { title: 'Tests', note: 'that show it', text: 'Tests', kind: 'number' }],
    rows,
  });
  return { id: 'reasons', title: 'Reason codes', content };
}

/** Rules by name; rows of a table, attributes of a scorecard and ranks of an ensemble together. */
function sourcesOf(rules: readonly [number, ManifestRule][], { manifest }: PageContext): Content[] {
  const parts: Content[] = [];
  const rows = new Map<string, number[]>();
  const attributes = new Map<string, Set<string>>();
  const ensembles = new Set<string>();
  for (const [at, { id, table, scorecard, ensemble }] of rules) {
    if (table !== undefined) rows.set(table.name, [...(rows.get(table.name) ?? []), table.row]);
    else if (scorecard !== undefined) {
      const own = attributes.get(scorecard.name) ?? new Set();
      attributes.set(scorecard.name, own.add(scorecard.characteristic));
    } else if (ensemble !== undefined) ensembles.add(ensemble.name);
    else parts.push(html`rule ${link(anchorOf('rule', at), id)}`);
  }
  for (const [name, numbers] of rows) {
    const own = numbers.filter((row) => row > 0);
    const where = [
      own.length > 0 && `, ${own.length === 1 ? 'row' : 'rows'} ${ranges(own)}`,
      numbers.includes(0) && ', where no row matches',
    ];
    parts.push(html`table ${link(anchorOf('table', indexOf(manifest.tables, name)), name)}${where}`);
  }
  for (const [name, characteristics] of attributes)
    parts.push(
      html`scorecard ${link(anchorOf('scorecard', indexOf(manifest.scorecards, name)), name)}: ${[...characteristics].join(', ')}`,
    );
  for (const name of ensembles)
    parts.push(html`ensemble ${link(anchorOf('ensemble', indexOf(manifest.ensembles ?? [], name)), name)}`);
  return parts;
}

function indexOf(all: readonly { name: string }[], name: string): number {
  return all.findIndex((one) => one.name === name);
}
