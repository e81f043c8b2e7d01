// What `verdict check` and `verdict bench` print of the match index: which conditions it holds, and what is left to code and why.

import type { IndexReport, ResidualReason } from '../compiler/index/plan.js';
import { number, type Output, plural } from './output.js';

/** Values that are listed, those with the most tests first. */
const DIMENSIONS_SHOWN = 10;

const WHY: Readonly<Record<ResidualReason, string>> = {
  expression: 'they are more than one value compared with constants',
  rare: 'too few conditions test that value',
  fails: 'they can fail, or stand behind one that can',
};

/** Prints the choice for each place that has conditions side by side. */
export function printIndexes(indexes: readonly IndexReport[], output: Output): void {
  for (const report of indexes) {
    const place = report.name === 'rules' ? 'the rules' : report.name;
    if (report.indexed) printIndexed(report, place, output);
    else if (report.parts > 0) output.line(`no match index of ${place}: ${whyNot(report)}`);
  }
}

function whyNot({ dimensions, indexNanos, plainNanos }: IndexReport): string {
  if (indexNanos === 0) return 'there are too few conditions';
  if (dimensions.length === 0) return 'no value is tested often enough';
  if (indexNanos < plainNanos) return 'its worst case would cost more units than testing one condition after the other';
  return `about ${nanos(indexNanos)} with one, ${nanos(plainNanos)} one after the other`;
}

function printIndexed(report: IndexReport, place: string, output: Output): void {
  const { parts, whole, tests, held, dimensions, residual, indexNanos, plainNanos } = report;
  output.line(
    `match index of ${place}: ${number(held)} of ${plural(tests, 'test')}, ${number(whole)} of ${plural(parts, 'condition')} as a whole; ` +
      `about ${nanos(indexNanos)}, ${nanos(plainNanos)} one after the other`,
  );
  const most = dimensions.toSorted((a, b) => b.tests - a.tests).slice(0, DIMENSIONS_SHOWN);
  output.table(
    [{ title: 'searched' }, { title: 'as' }, { title: 'constants', align: 'right' }, { title: 'conditions', align: 'right' }],
    most.map(({ name, kind, constants, tests: by }) => [name, kind, number(constants), number(by)]),
    '  ',
  );
  const more = dimensions.length - most.length;
  if (more > 0) output.line(`  and ${plural(more, 'more value')}; --json has all`);
  for (const { why, count } of residual) {
    output.line(`  ${plural(count, 'test')} left to code, for conditions that are still possible: ${WHY[why]}`);
  }
}

function nanos(ns: number): string {
  return `${number(ns)} ns`;
}
