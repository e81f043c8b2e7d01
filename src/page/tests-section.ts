// The tests of the bundle: what they cover, what they never hit, and each with its result.

import { type CoveredPart, coveredParts, coveredPercent } from '../testing/coverage.js';
import type { RunTest } from '../testing/run-tests.js';
import { commas, facts, number, outcomeBadge, percent, place, plural } from './facts.js';
import { renderGrid } from './grid.js';
import { type Content, html } from './html.js';
import type { PageContext, PageSection } from './source.js';

/** Ids of what no test hits that are listed. */
const MISSED_MAX = 200;

export function testsSection({ run, manifest, bundle }: PageContext): PageSection | undefined {
  if (run === undefined) return undefined;
  const title = 'Tests and what they cover';
  if (run.tests.length === 0) return { id: 'tests', title, content: html`<p class="warn">The bundle has no tests.</p>` };
  const parts = coveredParts(run.counts, manifest);
  const failed = run.tests.filter(({ result }) => !result.passed).length;
  const covered = (kind: CoveredPart['kind'], noun: string): [string, Content] | undefined => {
    const own = parts.filter((part) => part.kind === kind);
    if (own.length === 0) return undefined;
    const missed = own.filter(({ count }) => count === 0);
    const hit = own.length - missed.length;
    const shown = missed.slice(0, MISSED_MAX).map(({ id }) => html`<span class="warn">${id}</span>`);
    const more = missed.length > shown.length && ` and ${plural(missed.length - shown.length, 'other')}`;
    return [
      noun,
      html`${number(hit)} of ${number(own.length)} (${percent(hit, own.length)})${missed.length > 0 && html`; never hit: ${commas(shown)}${more}`}`,
    ];
  };
  const { outcomes } = run.counts;
  const possible = new Set<string>([
    ...bundle.outcomes.map(({ outcome }) => outcome),
    ...bundle.rules.flatMap(({ outcome }) => outcome ?? []),
  ]);
  const reached = [...outcomes].filter(([outcome, count]) => count > 0 || possible.has(outcome));
  const summary = facts(
    [
      [
        'Result',
        failed === 0
          ? html`<strong>${plural(run.tests.length, 'test')} passed</strong>`
          : html`<strong class="warn">${number(failed)} of ${plural(run.tests.length, 'test')} failed</strong>`,
      ] as [string, Content],
      ['Covered', `${coveredPercent(parts).toFixed(1)} % of rules, rows and attributes`] as [string, Content],
      covered('rule', 'Rules'),
      covered('row', 'Rows of tables'),
      covered('attribute', 'Attributes of scorecards'),
      [
        'Outcomes',
        commas(
          reached.map(
            ([outcome, count]) =>
              html`${outcomeBadge(outcome === 'none' ? null : outcome)} ${count === 0 ? html`<span class="warn">never</span>` : number(count)}`,
          ),
        ),
      ] as [string, Content],
    ].filter((fact) => fact !== undefined),
  );
  const content = html`${summary}
${renderGrid({
  caption: 'Tests, each with what is decided',
  columns: ['Test', 'Decided', 'Reasons', 'Result'].map((name) => ({ title: name, text: name })),
  rows: run.tests.map(testRow),
})}`;
  return { id: 'tests', title, content };
}

function testRow({ result, decision }: RunTest): { cells: { content: Content; text: string }[] } {
  const { name, file, line, passed, problem, differences } = result;
  const decided =
    decision === undefined
      ? ''
      : decision.status === 'OK'
        ? html`${outcomeBadge(decision.outcome)} ${number(decision.score)}`
        : html`${outcomeBadge(decision.outcome)} ${decision.status}`;
  const verdict = passed
    ? html`<span class="pass">passed</span>`
    : html`<span class="warn">failed</span>${problem !== undefined && html` ${problem}`}<ul class="compact">${differences.map(
        ({ part, expected, actual }) =>
          html`<li>${part}: ${JSON.stringify(expected)} was expected, ${JSON.stringify(actual)} decided</li>`,
      )}</ul>`;
  const outputs = decision?.outputs !== undefined && html`<br><code>${JSON.stringify(decision.outputs)}</code>`;
  const reasons = commas(
    (decision?.reasons ?? []).map((code) => html`<span class="code">${code}</span>`),
    '',
  );
  return {
    cells: [
      { content: [name, place(file, line)], text: name },
      { content: [decided, outputs], text: 'approve 100' },
      { content: reasons, text: (decision?.reasons ?? []).join(', ') },
      { content: verdict, text: passed ? 'passed' : 'failed: expected' },
    ],
  };
}
