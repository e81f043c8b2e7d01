// What `verdict check` prints beside diagnostics: the page of a code, and what a bundle costs.

import type { CostEntry } from '../compiler/cost-report.js';
import type { OpenQuestions } from '../compiler/open-questions.js';
import { DIAGNOSTIC_CODES } from '../diagnostic/codes.js';
import { didYouMean } from '../diagnostic/suggest.js';
import { EXIT_OK, UsageError } from './errors.js';
import { number, type Output, percent } from './output.js';

/** Prints the page of a code. @throws UsageError for one that there is not */
export async function explainCode(text: string, output: Output): Promise<number> {
  // The pages of all codes are many files, which only this asks for.
  const { isDiagnosticCode, pageJson, pageText } = await import('../diagnostic/page-text.js');
  const code = text.toUpperCase();
  if (!isDiagnosticCode(code)) {
    const advice = didYouMean(code, Object.keys(DIAGNOSTIC_CODES)) ?? 'docs/diagnostics/README.md lists all codes';
    throw new UsageError(`there is no diagnostic ${text}`, advice);
  }
  output.line(pageText(code, (part, style) => output.paint(part, style)));
  output.result({ ok: true, page: pageJson(code) });
  return EXIT_OK;
}

/** Entries that are listed, the dearest first. */
const ENTRIES_MAX = 10;
const PARTS_MAX = 5;

const KINDS: Readonly<Record<CostEntry['kind'], string>> = { payload: 'payload', step: 'definition', rule: 'rule' };

/** Prints the worst case against its limit, what costs most of it, and what would make that cheaper. */
export function printCosts(costs: readonly CostEntry[], costMax: number, limit: number, output: Output): void {
  output.line(`cost of one payload: at most ${number(costMax)} of ${number(limit)} units (${percent(costMax, limit)})`);
  const dearest = [...costs].sort((a, b) => b.units - a.units).slice(0, ENTRIES_MAX);
  output.table(
    [{ title: 'most of it' }, { title: '' }, { title: 'units', align: 'right' }, { title: 'share', align: 'right' }],
    dearest.map(({ kind, name, units }) => [KINDS[kind], name, number(units), percent(units, costMax)]),
    '  ',
  );
  const hinted = costs
    .flatMap(({ name, parts }) => parts.map((part) => ({ ...part, name })))
    .filter(({ hint, units }) => hint !== undefined && units >= costMax / 20)
    .sort((a, b) => b.units - a.units)
    .slice(0, PARTS_MAX);
  for (const { name, what, units, hint } of hinted) output.line(`  ${name}: ${what}, ${number(units)} units: ${hint}`);
}

/** Prints what proofs have not settled. */
export function printOpen(notProven: readonly OpenQuestions[], output: Output): void {
  for (const { of, questions } of notProven) for (const question of questions) output.line(`not proven of ${of}: ${question}`);
}
