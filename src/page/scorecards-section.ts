// Scorecards: what points each attribute gives, what the whole can reach, which reasons arise.

import type { BundleScorecard, Characteristic } from '../bundle/scorecards.js';
import type { ManifestScorecard } from '../image/manifest.js';
import { typeset } from './expression.js';
import { description, facts, number, testCount } from './facts.js';
import { renderGrid } from './grid.js';
import { type Content, type Html, html } from './html.js';
import { anchorOf, link } from './names.js';
import { reasonAnchors } from './rules-section.js';
import type { PageContext, PageSection } from './source.js';

export function scorecardsSection(context: PageContext): PageSection | undefined {
  const { scorecards } = context.manifest;
  if (scorecards.length === 0) return undefined;
  const content = scorecards.map((card, at) => cardArticle(context, card, context.bundle.scorecards[at] as BundleScorecard, at));
  return { id: 'scorecards', title: 'Scorecards', content };
}

/** Digits after the point that the points of a scorecard are written with at most. */
function digitsOf(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.split('.')[1]?.length ?? 0));
}

function cardArticle(context: PageContext, card: ManifestScorecard, written: BundleScorecard, at: number): Html {
  const { names, run } = context;
  const { name, characteristics, initialScore, contributes } = card;
  const anchors = reasonAnchors(context);
  const counts = run?.counts.scorecards[at]?.characteristics;
  const points = characteristics.map(({ attributes }) => attributes.map((one) => Number(one.points)));
  const digits = digitsOf([initialScore, ...characteristics.flatMap(({ attributes }) => attributes.map((one) => one.points))]);
  const sum = (pick: (own: readonly number[]) => number): string =>
    number(
      points.reduce((total, own) => total + pick(own), Number(initialScore)),
      digits,
    );
  const rows = characteristics.flatMap((characteristic, index) =>
    characteristic.attributes.map((attribute, i) => {
      const loss = lossOf(written, written.characteristics[index] as Characteristic, points[index] as number[], i);
      const input = characteristic.input === characteristic.name ? undefined : html`<br>${typeset(characteristic.input, names)}`;
      const { reason } = attribute;
      const cells = [
        { content: [html`<strong>${characteristic.name}</strong>`, i === 0 && input], text: characteristic.name },
        {
          content: attribute.when === null ? 'anything else' : typeset(attribute.when, names),
          text: attribute.when ?? 'anything else',
        },
        { content: attribute.points, text: '' },
        { content: loss > 0 ? number(loss, digits) : '', text: '' },
        {
          content:
            reason !== null &&
            loss > 0 &&
            html`<span class="code">${anchors.has(reason) ? link(anchors.get(reason) as string, reason) : reason}</span>`,
          text: reason ?? '',
        },
      ];
      return { cells: counts === undefined ? cells : [...cells, { content: testCount(counts[index]?.attributes[i]), text: '' }] };
    }),
  );
  const columns = [
    { title: 'Characteristic', text: 'Characteristic' },
    { title: 'Attribute', text: 'Attribute' },
    { title: 'Points', text: 'Points', kind: 'number' },
    { title: 'Lost', text: 'Lost', kind: 'number' },
    { title: 'Reason', text: 'Reason', kind: 'then' },
  ];
  return html`<article id="${anchorOf('scorecard', at)}">
<h3>Scorecard ${name}</h3>
${description(written.description)}
${facts([
  [
    'Score',
    html`<code>${name}.score</code>: ${sum((own) => Math.min(...own))} to ${sum((own) => Math.max(...own))}, beginning with ${initialScore}`,
  ],
  [
    'Many points are',
    card.reasons === 'pointsBelow' ? 'good: reasons name what lost points' : 'bad: reasons name what gave points',
  ],
  [
    'Enters the decision',
    contributes
      ? 'its points are part of the score, each attribute as a hit of its own'
      : 'only where something reads its score; its reasons are not told',
  ],
  ['Every input', 'is taken by one attribute of each characteristic: proven'],
  ['Open questions', card.notProven.length > 0 && openList(card.notProven)],
])}
${renderGrid({
  caption: html`Attributes of ${name}`,
  columns: counts === undefined ? columns : [...columns, { title: 'Tests', text: 'Tests', kind: 'number' }],
  rows,
})}
<ul class="compact">${characteristics.map((one, index) => {
    const own = points[index] as number[];
    return html`<li>${one.name}: ${number(Math.min(...own), digits)} to ${number(Math.max(...own), digits)}</li>`;
  })}</ul></article>
`;
}

function openList(questions: readonly string[]): Content {
  return html`<ul>${questions.map((text) => html`<li>${text}</li>`)}</ul>`;
}

/** Points that an attribute loses against the baseline. */
function lossOf(card: BundleScorecard, { baseline }: Characteristic, points: readonly number[], at: number): number {
  const own = points[at] as number;
  if (card.reasons === 'pointsBelow') return (baseline === undefined ? Math.max(...points) : Number(baseline.text)) - own;
  return own - (baseline === undefined ? Math.min(...points) : Number(baseline.text));
}
