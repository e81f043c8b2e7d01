// Rules that compute: each compares two formulas of about eight operations with bounds. There is nothing an index could hold.

import type { Thresholds } from '../truth.js';
import { randomNumbers } from '../workload.js';
import { Columns } from './columns.js';
import { all, fieldOf, number, type Value } from './expression.js';
import { ruleFiles, type Work, type WorkPayload, type WorkRule } from './work.js';

const FIELDS: Readonly<Record<string, number>> = {
  amount: 10_000,
  balance: 50_000,
  income: 20_000,
  spend: 9_000,
  limit: 30_000,
  age: 90,
  tenure: 40,
  velocity: 1_000,
  distance: 20_000,
  risk: 1,
};
const NAMES = Object.keys(FIELDS);
const DEPTH = 3;
/** Payloads that the bounds are taken from. */
const SAMPLE_COUNT = 1_024;

function makePayloads(count: number): WorkPayload[] {
  const next = randomNumbers(37);
  return Array.from({ length: count }, () =>
    Object.fromEntries(NAMES.map((name) => [name, Math.round(next() * FIELDS[name]! * 100) / 100])),
  );
}

/** A formula: a full tree, but that what divides is never near 0, and what a root is taken of never below. */
function formula(next: () => number, depth: number): Value {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  if (depth === 0) return next() < 0.75 ? fieldOf(pick(NAMES)) : number(Math.round(next() * 1000) / 100);
  const part = (): Value => formula(next, depth - 1);
  switch (pick(['+', '-', '*', '/', 'min', 'max', '+', '-', '*'] as const)) {
    case '/':
      return { kind: '/', left: part(), right: { kind: '+', left: { kind: 'abs', of: part() }, right: number(1) } };
    case '*':
      return { kind: '*', left: part(), right: { kind: 'sqrt', of: { kind: 'abs', of: part() } } };
    case '+':
      return { kind: '+', left: part(), right: { kind: '*', left: part(), right: number(Math.round(next() * 100) / 100) } };
    case '-':
      return { kind: '-', left: part(), right: part() };
    case 'min':
      return { kind: 'min', left: part(), right: part() };
    case 'max':
      return { kind: 'max', left: part(), right: part() };
  }
}

/** So many rules, each with one formula above and one below a bound that about half of the payloads pass. */
export function arithmeticWork(ruleCount: number, payloadCount: number): Work {
  const payloads = makePayloads(payloadCount);
  const columns = new Columns(payloads.slice(0, SAMPLE_COUNT));
  const next = randomNumbers(41);
  const bound = (value: Value): Value => {
    const sorted = columns.value(value).sort();
    return number(Number(sorted[Math.floor((0.35 + 0.3 * next()) * sorted.length)]!.toPrecision(6)));
  };
  const rules = Array.from({ length: ruleCount }, (_, rule): WorkRule => {
    const [above, below] = [formula(next, DEPTH), formula(next, DEPTH)];
    const test = all(
      { kind: 'compare', operator: '>', left: above, right: bound(above) },
      { kind: 'compare', operator: '<', left: below, right: bound(below) },
    );
    return { id: `r${rule}`, test, score: Math.floor(next() * 100) };
  });
  const model = { properties: Object.fromEntries(NAMES.map((name) => [name, { type: 'number' }])), required: NAMES };
  const filesOf = (thresholds: Thresholds) => ruleFiles('arithmetic', model, thresholds, rules);
  return { name: `arithmetic, ${ruleCount} rules of two formulas`, rules, payloads, filesOf };
}
