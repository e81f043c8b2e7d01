// What is different from another version.

import { type Change, changesBetween } from './changes.js';
import { plural } from './facts.js';
import { renderGrid } from './grid.js';
import { type Content, html } from './html.js';
import type { PageContext, PageSection } from './source.js';

export function changesSection(context: PageContext): PageSection | undefined {
  const { against, bundle, image } = context;
  if (against === undefined) return undefined;
  const title = `Changes since ${against.bundle.version}`;
  const from = html`<p>From ${against.bundle.name} ${against.bundle.version} (image <code>${against.image}</code>) to ${bundle.name} ${bundle.version} (image <code>${image}</code>).</p>`;
  const changes = changesBetween(against, context);
  if (changes.length === 0) {
    const same = against.image === image ? 'The images are the same.' : 'What they say is the same.';
    return { id: 'changes', title, content: html`${from}<p>${same}</p>` };
  }
  const groups = [...new Set(changes.map(({ group }) => group))];
  const content = groups.map((group): Content => {
    const own = changes.filter((change) => change.group === group);
    return renderGrid({
      caption: html`${group}: ${counted(own)}`,
      columns: ['Name', 'Change', 'What'].map((name) => ({ title: name, text: name })),
      rows: own.map(({ name, kind, parts }) => ({
        cells: [
          { content: html`<strong>${name}</strong>`, text: name },
          { content: html`<span class="change ${kind}">${kind}</span>`, text: kind },
          { content: html`<ul class="compact">${parts.map(partText)}</ul>`, text: 'what was and what is' },
        ],
      })),
    });
  });
  return { id: 'changes', title, content: [from, ...content] };
}

function counted(changes: readonly Change[]): string {
  const kinds = (['added', 'changed', 'removed'] as const).flatMap((kind) => {
    const count = changes.filter((change) => change.kind === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  return `${plural(changes.length, 'difference')}, ${kinds.join(', ')}`;
}

function partText({ part, was, is }: Change['parts'][number]): Content {
  const old = was !== undefined && was !== '' && html`<del>${was}</del>`;
  const next = is !== undefined && is !== '' && html`<ins>${is}</ins>`;
  return html`<li><span class="note">${part}</span> ${old} ${next}</li>`;
}
