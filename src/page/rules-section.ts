// The rules of rules/, in the order written: condition, what follows of it, what it costs, how many tests fire it.

import { typeset } from './expression.js';
import { description, number, outcomeBadge, place, testCount } from './facts.js';
import { renderGrid } from './grid.js';
import { type Content, html, join } from './html.js';
import { anchorOf, link } from './names.js';
import type { PageContext, PageSection } from './source.js';

export function rulesSection(context: PageContext): PageSection | undefined {
  const { bundle, manifest, names, run } = context;
  if (bundle.rules.length === 0) return undefined;
  const anchors = reasonAnchors(context);
  const rows = bundle.rules.map(({ id, file, line, description: text, when, score, outcome, reason }, at) => {
    const cost = manifest.rules[at]?.cost ?? 0;
    const then: Content[] = [];
    if (score !== 0) then.push(html`score ${number(score)}`);
    if (outcome !== null) then.push(outcomeBadge(outcome));
    if (reason !== null) then.push(html`<span class="code">${link(anchors.get(reason) ?? '', reason)}</span>`);
    const cells = [
      { content: [html`<strong>${id}</strong>`, description(text), place(file, line)], text: id },
      { content: typeset(when.text.trim(), names), text: when.text },
      { content: join(then, html`<br>`), text: reason ?? 'outcome' },
      { content: number(cost, 0), text: '' },
    ];
    const tests = testCount(run?.counts.rules.get(id));
    return { anchor: anchorOf('rule', at), cells: run === undefined ? cells : [...cells, { content: tests, text: '' }] };
  });
  const columns = [
    { title: 'Rule', text: 'Rule' },
    { title: 'Holds where', text: 'Holds where' },
    { title: 'Then', text: 'Then', kind: 'then' },
    { title: 'Cost', note: 'units', text: 'units', kind: 'number' },
  ];
  const content = renderGrid({
    caption: 'Rules in the order written',
    columns: run === undefined ? columns : [...columns, { title: 'Tests', note: 'that fire it', text: 'Tests', kind: 'number' }],
    rows,
  });
  return { id: 'rules', title: 'Rules', content };
}

/** Anchors of reason codes, in the order in which they first arise. */
export function reasonAnchors({ manifest }: Pick<PageContext, 'manifest'>): Map<string, string> {
  const anchors = new Map<string, string>();
  for (const { reason } of manifest.rules) {
    if (reason !== null && !anchors.has(reason)) anchors.set(reason, anchorOf('reason', anchors.size));
  }
  return anchors;
}
