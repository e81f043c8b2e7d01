// What a program does before its rules: features in an order in which each needs only those before it. Tables and scorecards are
// lowered to these steps; the emitter knows nothing else of them.

import type { Span } from '../diagnostic/diagnostic.js';
import type { EnsembleResult } from '../ensembles/encode-ensemble.js';
import type { Ensemble } from '../ensembles/ensemble.js';
import type { Ir } from './ir.js';
import type { FeatureRef } from './scope.js';
import type { Chooser } from './taken.js';

/** Sets a feature; null where the value is (the feature is nullable then). */
export interface Assignment {
  feature: FeatureRef;
  value: Ir;
}

/** `let`: a feature's value. */
export interface LetStep extends Assignment {
  kind: 'let';
}

export interface ChoiceRow {
  when: Ir;
  sets: readonly Assignment[];
  /** Hits that the row gives: indices into the program's rules (in the order written; the emitter knows their ranks). */
  hits: readonly number[];
  /** Rows of one group have equal outputs: they do not contradict one another. Only used where `exclusive`. */
  group: number;
  /** Number of the row of a table or of the attribute, from 1, as it is written. */
  number?: number;
}

/** The first row that holds, from the top. */
export interface ChooseStep {
  kind: 'choose';
  rows: readonly ChoiceRow[];
  /** Where no row holds. Features that are not set here and nullable become null. */
  otherwise: { sets: readonly Assignment[]; hits: readonly number[]; number?: number };
  /** The other rows are tested too, and one of another group that holds ends the program with Status.CONFLICT. */
  exclusive: boolean;
  /** What its rows are of. */
  of?: Chooser;
}

export interface EachRow {
  when: Ir;
  sets: readonly Assignment[];
  folds: readonly Fold[];
  hits: readonly number[];
  /** As of a ChoiceRow. */
  number?: number;
}

/** Takes a value into a feature, which starts null (`min`, `max`) or 0 (`sum`, `count`: number, decimal). */
export interface Fold {
  feature: FeatureRef;
  how: 'sum' | 'min' | 'max' | 'count';
  /** Of the feature's type; absent for `count`. Not null. */
  value?: Ir;
}

/** Every row that holds. Features that no row sets are null, or false where they are booleans that are not nullable. */
export interface EachStep {
  kind: 'each';
  rows: readonly EachRow[];
  of?: Chooser;
}

export interface EnsembleOutput {
  /** A number that is never null. */
  feature: FeatureRef;
  result: EnsembleResult;
}

/** What a trained model of trees says; see src/ensembles/encode-ensemble.ts. */
export interface EnsembleStep {
  kind: 'ensemble';
  ensemble: Ensemble;
  /** Features of the file that trees test, and the value of each: a number, null where it is missing. */
  features: readonly number[];
  inputs: readonly Ir[];
  outputs: readonly EnsembleOutput[];
  by: 'path' | 'leaf';
  /** The output that contributions explain. */
  explained: number;
  /** Reason code of each input, from 1; 0 for none. */
  codes: readonly number[];
  isLow: boolean;
  /** What the code in each place of the ranking hits, by its number less 1: indices into the program's rules. */
  reasons: readonly (readonly number[])[];
}

export type Step = (LetStep | ChooseStep | EachStep | EnsembleStep) & {
  /** What it is for, in messages about cost and limits: `table limits`. */
  name: string;
  span: Span;
};
