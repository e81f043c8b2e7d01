// How a decision is made: what combines hits, the thresholds as a scale, what happens to a payload that cannot be decided.

import type { BundleOutcome } from '../bundle/bundle.js';
import { facts, number, outcomeBadge } from './facts.js';
import { type Html, html } from './html.js';
import { link } from './names.js';
import type { PageContext, PageSection } from './source.js';

const COMBINE: Readonly<Record<string, string>> = {
  score:
    'The scores of everything that hits are added. The first threshold that the sum reaches gives the outcome; the outcome of a rule, a row or an attribute that hits can only make it more severe.',
  first: 'The first rule that hits, in the order written, decides alone.',
  collect: 'Everything that hits is collected: the most severe of the outcomes holds, and scores are added.',
};

export function decisionSection({ bundle, manifest }: PageContext): PageSection {
  const { combine, outcomes, onError, profile, reasonsMax } = bundle;
  if (!bundle.decides) return outputsOnly(manifest.costMax);
  const content = html`<p>${COMBINE[combine]}</p>
${outcomes.length > 0 && scale(outcomes, combine)}
${facts([
  ['Combined by', combine],
  ['Reasons', html`the ${reasonsMax === 1 ? 'first' : `first ${number(reasonsMax)}`}, by falling score, then in the order written`],
  [
    'A payload that cannot be decided',
    onError === 'fail' ? 'gets no outcome: the caller is told that it has failed' : html`gets the outcome ${outcomeBadge(onError)}`,
  ],
  [
    'Language',
    profile === 'strict'
      ? 'profile strict: comparisons and arithmetic, without functions'
      : 'profile standard: with functions, texts, lists and times',
  ],
  ['Worst case of one decision', `${number(manifest.costMax, 0)} units of about a nanosecond`],
])}`;
  return { id: 'decision', title: 'How a decision is made', content };
}

/** Of a bundle that decides nothing. */
function outputsOnly(costMax: number): PageSection {
  const content = html`<p>Nothing is approved or declined: a decision carries ${link('outputs', 'outputs')}, no outcome and the score 0.</p>
${facts([['Worst case of one decision', `${number(costMax, 0)} units of about a nanosecond`]])}`;
  return { id: 'decision', title: 'How a decision is made', content };
}

/** The outcomes from the mildest to the most severe, with the scores at which each begins. */
function scale(outcomes: readonly BundleOutcome[], combine: string): Html {
  if (combine !== 'score') {
    return html`<p>Where nothing hits, the outcome is ${outcomes.map(({ outcome }) => outcomeBadge(outcome))}.</p>`;
  }
  const rising = [...outcomes].reverse();
  const steps = rising.map(({ outcome, atLeast }, at) => {
    const next = rising[at + 1]?.atLeast;
    const below = next === undefined ? '' : `below ${number(next)}`;
    const range = atLeast === undefined ? below || 'any score' : `${number(atLeast)} or more${below === '' ? '' : `, ${below}`}`;
    return html`<li class="${outcome}"><strong>${outcome}</strong> <span>${range}</span></li>`;
  });
  return html`<ol class="scale" aria-label="Outcomes by score, rising">${steps}</ol>`;
}
