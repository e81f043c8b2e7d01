// Static cost: the worst case of one payload, and what it consists of.

import type { CostEntry } from '../compiler/cost-report.js';
import { number, percent, plural } from './facts.js';
import { renderGrid } from './grid.js';
import { type Content, html } from './html.js';
import type { PageContext, PageSection } from './source.js';

/** Rules that are listed: the dearest. The others are told as one. */
const RULES_MAX = 20;

const KINDS: Readonly<Record<CostEntry['kind'], string>> = { payload: 'payload', step: 'before the rules', rule: 'rule' };

export function costSection({ manifest, costs }: PageContext): PageSection {
  const rules = costs.filter(({ kind, units }) => kind === 'rule' && units > 0).sort((a, b) => b.units - a.units);
  const rest = rules.slice(RULES_MAX);
  const shown = [...costs.filter(({ kind }) => kind !== 'rule'), ...rules.slice(0, RULES_MAX)];
  const row = (
    name: string,
    kind: string,
    units: number,
    parts: CostEntry['parts'],
  ): { cells: { content: Content; text: string }[] } => ({
    cells: [
      { content: name, text: name },
      { content: kind, text: kind },
      { content: number(units, 0), text: '' },
      { content: percent(units, manifest.costMax), text: '' },
      { content: parts.map(({ what, units: own }) => html`<div>${what}: ${number(own, 0)}</div>`), text: parts[0]?.what ?? '' },
    ],
  });
  const content = html`<p>At most ${number(manifest.costMax, 0)} units of about a nanosecond for one payload, known before anything runs.</p>
${renderGrid({
  caption: 'What one payload costs at most',
  columns: [
    { title: 'Part', text: 'Part' },
    { title: 'Kind', text: 'Kind' },
    { title: 'Units', text: 'Units', kind: 'number' },
    { title: 'Share', text: 'Share', kind: 'number' },
    { title: 'Dear in it', text: 'Dear in it' },
  ],
  rows: [
    ...shown.map(({ name, kind, units, parts }) => row(name, KINDS[kind], units, parts)),
    ...(rest.length === 0
      ? []
      : [
          row(
            plural(rest.length, 'other rule'),
            'rules',
            rest.reduce((sum, { units }) => sum + units, 0),
            [],
          ),
        ]),
  ],
})}`;
  return { id: 'cost', title: 'Cost', content };
}
