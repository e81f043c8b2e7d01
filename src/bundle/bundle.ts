// A bundle as it was written, checked against the schemas of its documents: what the compiler starts from.

import type { Span } from '../diagnostic/diagnostic.js';
import type { ModelLock } from '../schema/model.js';
import type { BundleEnsemble } from './ensembles.js';
import type { BundleFeature } from './features.js';
import type { InputMap } from './input-map.js';
import type { BundleList } from './lists.js';
import type { BundleOutput } from './outputs.js';
import type { BundleParameters } from './parameters.js';
import type { ScalarText } from './scalar-text.js';
import type { BundleScorecard } from './scorecards.js';
import type { BundleTable } from './tables.js';
import type { BundleTest } from './tests.js';

export type OutcomeName = 'approve' | 'review' | 'decline';
export type ProfileName = 'strict' | 'standard';
export type CombineName = 'score' | 'first' | 'collect';

export interface BundleOutcome {
  /** Absent in the entry that holds where no threshold is reached. */
  atLeast?: number;
  outcome: OutcomeName;
  span: Span;
}

export interface BundleRule {
  id: string;
  idSpan: Span;
  file: string;
  /** Line (from 1) of the id. */
  line: number;
  description?: string;
  /** The condition's text and where each character of it stands. */
  when: ScalarText;
  /** 0 where the rule gives none. */
  score: number;
  outcome: OutcomeName | null;
  reason: string | null;
  thenSpan: Span;
}

export interface Bundle {
  /** False where bundle.yaml does not match its schema: then what stands in it, from name to reasonsMax, is a placeholder. */
  headFits: boolean;
  name: string;
  nameSpan: Span;
  version: string;
  profile: ProfileName;
  profileSpan: Span;
  onError: OutcomeName | 'fail';
  /** False where it has no `decide`: its decisions have outputs, no outcome, and the score 0. */
  decides: boolean;
  combine: CombineName;
  combineSpan: Span;
  /** Empty where nothing is decided. */
  outcomes: BundleOutcome[];
  outcomesSpan: Span;
  reasonsMax: number;
  /** Undefined where it is missing or no document. */
  model:
    | {
        file: string;
        /** JSON Schema as the author wrote it. */
        schema: unknown;
        spanOf(jsonPointer: string): Span;
      }
    | undefined;
  /** Content of model.lock.json, where the bundle brings one. */
  lock: ModelLock | undefined;
  /** Rules of all files in path order, each file's in the order written. */
  rules: BundleRule[];
  /** Conditions of rules that do not match their schema elsewhere: to be checked, never compiled. */
  strayConditions: ScalarText[];
  /** Of all files in path order, each file's in the order written; likewise outputs; tables, scorecards, lists and ensembles, one a file. */
  features: BundleFeature[];
  outputs: BundleOutput[];
  tables: BundleTable[];
  scorecards: BundleScorecard[];
  lists: BundleList[];
  ensembles: BundleEnsemble[];
  /** By name, whatever the path. */
  parameters: BundleParameters[];
  tests: BundleTest[];
  input: InputMap | undefined;
}

/** What a bundle defines beside its rules: the checker's definitions follow from these, the model and the profile alone. */
export function partsThatDefine(bundle: Bundle): readonly (readonly unknown[])[] {
  return [bundle.features, bundle.outputs, bundle.tables, bundle.scorecards, bundle.lists, bundle.ensembles, bundle.parameters];
}
