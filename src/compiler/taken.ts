// Which rows of tables and attributes of scorecards a payload takes, as numbers that a program computes beside its values: one for
// a table of which one row counts, and bits for one of which many do. A number for each row would need a register each.

import type { FeatureRef } from './scope.js';
import type { Assignment, ChooseStep, EachStep, Fold, Step } from './steps.js';
import { NUMBER } from './types.js';

/** What rows or attributes are taken of. */
export type Chooser = { table: string } | { scorecard: string; characteristic: string };

export interface TakenRows {
  of: Chooser;
  /** Rows or attributes that can be taken, the default aside. */
  count: number;
  /** One number holds the row's, from 1, or 0 for the default; else each number holds bits of BITS_PER_NUMBER rows. */
  isOne: boolean;
  features: FeatureRef[];
}

/** Sums of so many powers of two are exact. */
const BITS_PER_NUMBER = 48;

const PLACE = { start: 0, end: 0 };

/** The step without hits, and with features for the rows that it takes; undefined where it takes none. */
export function recordTaken(step: (ChooseStep | EachStep) & Step): { step: Step; taken: TakenRows } | undefined {
  const { of } = step;
  if (of === undefined) return undefined;
  const count = step.rows.reduce((most, { number }) => Math.max(most, number ?? 0), 0);
  if (step.kind === 'choose') {
    const feature = counter(`(row of ${step.name})`);
    const set = (number: number | undefined): Assignment => ({ feature, value: constant(number ?? 0) });
    const rows = step.rows.map((row) => ({ ...row, sets: [...row.sets, set(row.number)], hits: [] }));
    const { otherwise } = step;
    const last = { ...otherwise, sets: [...otherwise.sets, set(otherwise.number)], hits: [] };
    const taken = { of, count: Math.max(count, otherwise.number ?? 0), isOne: true, features: [feature] };
    return { step: { ...step, rows, otherwise: last }, taken };
  }
  const features = Array.from({ length: Math.ceil(count / BITS_PER_NUMBER) }, (_, at) => counter(`(rows ${at} of ${step.name})`));
  const rows = step.rows.map((row) => {
    if (row.number === undefined) return { ...row, hits: [] };
    const index = row.number - 1;
    const feature = features[Math.floor(index / BITS_PER_NUMBER)]!;
    const fold: Fold = { feature, how: 'sum', value: constant(2 ** (index % BITS_PER_NUMBER)) };
    return { ...row, folds: [...row.folds, fold], hits: [] };
  });
  return { step: { ...step, rows }, taken: { of, count, isOne: false, features } };
}

/** Numbers of the rows that were taken, by the values of the features. */
export function takenOf({ isOne, count }: TakenRows, values: readonly number[]): Set<number> {
  if (isOne) return new Set([values[0]!]);
  const taken = new Set<number>();
  for (let index = 0; index < count; index++) {
    const bits = values[Math.floor(index / BITS_PER_NUMBER)]!;
    if (Math.floor(bits / 2 ** (index % BITS_PER_NUMBER)) % 2 === 1) taken.add(index + 1);
  }
  return taken;
}

function counter(name: string): FeatureRef {
  return { name, type: NUMBER, nullable: false };
}

function constant(value: number): Assignment['value'] {
  return { op: 'constant', type: NUMBER, value, ...PLACE };
}
