// What steps consist of.

import type { Ir } from './ir.js';
import type { FeatureRef } from './scope.js';
import type { Assignment, ChoiceRow, ChooseStep, EachRow, EachStep, EnsembleStep, LetStep, Step } from './steps.js';

/** A step, whatever it is for. */
export type AnyStep = LetStep | ChooseStep | EachStep | EnsembleStep;

/** Every expression that a step may give a feature. */
export function assignmentsOf(step: AnyStep): Assignment[] {
  switch (step.kind) {
    case 'let':
      return [step];
    case 'ensemble':
      return [];
    case 'choose':
      return [...step.rows.flatMap(({ sets }) => sets), ...step.otherwise.sets];
    case 'each':
      return step.rows.flatMap(({ sets, folds }) => [
        ...sets,
        ...folds.flatMap(({ feature, value }) => (value === undefined ? [] : [{ feature, value }])),
      ]);
  }
}

/** The features that a step computes. */
export function featuresOf(step: AnyStep): Set<FeatureRef> {
  if (step.kind === 'ensemble') return new Set(step.outputs.map(({ feature }) => feature));
  const features = new Set(assignmentsOf(step).map(({ feature }) => feature));
  if (step.kind === 'each') for (const row of step.rows) for (const { feature } of row.folds) features.add(feature);
  return features;
}

/** All expressions of a step. */
export function expressionsOf(step: AnyStep): Ir[] {
  if (step.kind === 'ensemble') return [...step.inputs];
  const values = assignmentsOf(step).map(({ value }) => value);
  return step.kind === 'let' ? values : [...step.rows.map(({ when }) => when), ...values];
}

/** The rules that a step may hit, by index, in the order in which it tests for them. */
export function hitsOf(step: AnyStep): number[] {
  if (step.kind === 'let') return [];
  if (step.kind === 'ensemble') return step.reasons.flat();
  const hits = step.rows.flatMap((row) => row.hits);
  return step.kind === 'choose' ? [...hits, ...step.otherwise.hits] : hits;
}

/** The step with other numbers for what it hits. */
export function mapHits(step: Step, change: (hit: number) => number): Step {
  const changed = <T extends { hits: readonly number[] }>(row: T): T => ({ ...row, hits: row.hits.map(change) });
  switch (step.kind) {
    case 'let':
      return step;
    case 'ensemble':
      return { ...step, reasons: step.reasons.map((rules) => rules.map(change)) };
    case 'choose':
      return { ...step, rows: step.rows.map(changed), otherwise: changed(step.otherwise) };
    case 'each':
      return { ...step, rows: step.rows.map(changed) };
  }
}

/** The step with each of its expressions changed. */
export function mapExpressions(step: Step, change: (ir: Ir) => Ir): Step {
  const changed = (set: Assignment): Assignment => ({ ...set, value: change(set.value) });
  switch (step.kind) {
    case 'let':
      return { ...step, value: change(step.value) };
    case 'ensemble':
      return { ...step, inputs: step.inputs.map(change) };
    case 'choose': {
      const row = (written: ChoiceRow): ChoiceRow => ({ ...written, when: change(written.when), sets: written.sets.map(changed) });
      return { ...step, rows: step.rows.map(row), otherwise: { ...step.otherwise, sets: step.otherwise.sets.map(changed) } };
    }
    case 'each': {
      const row = (written: EachRow): EachRow => ({
        ...written,
        when: change(written.when),
        sets: written.sets.map(changed),
        folds: written.folds.map((fold) => (fold.value === undefined ? fold : { ...fold, value: change(fold.value) })),
      });
      return { ...step, rows: step.rows.map(row) };
    }
  }
}
