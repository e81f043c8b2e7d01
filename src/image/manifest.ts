// The manifest: what an image file says beside its deciding bytes. JSON in two parts that lie apart: the head, which a host reads
// to decide, and the sources, which it leaves unread until somebody asks for them. Neither enters a tenant's memory.

import type { Model } from '../schema/model.js';
import type { OutputShape } from '../schema/output-shape.js';

export interface ManifestRule {
  id: string;
  /** Where it was written. */
  file: string;
  line: number;
  /** Source text of its condition; of a row of a table and an attribute of a scorecard, their cells as one expression. */
  when: string;
  score: number;
  outcome: 'approve' | 'review' | 'decline' | null;
  reason: string | null;
  /** What the reason says as its score and ranks by, where that is not the rule's. */
  reasonScore?: number;
  /** Static worst case in units; 0 for a row or an attribute: its table or scorecard costs. */
  cost: number;
  /** Row of a table, from 1; 0 is the default, which hits where no row does. */
  table?: { name: string; row: number };
  /** Attribute of a scorecard, from 1; 0 of the characteristic '' is the initial score. */
  scorecard?: { name: string; characteristic: string; attribute: number };
  /** Reason of an ensemble: place in the ranking, from 1, and code. */
  ensemble?: { name: string; rank: number; code: string };
}

/** A name for a value. */
export interface ManifestFeature {
  name: string;
  file: string;
  line: number;
  type: string;
  /** Source texts; the first case that holds gives the value. Only the last one may stand without `when`. */
  cases: { when?: string; value: string }[];
}

export interface ManifestTable {
  name: string;
  /** Of its rows. */
  file: string;
  hitPolicy: 'unique' | 'any' | 'priority' | 'first' | 'ruleOrder' | 'outputOrder' | 'collect';
  aggregate?: 'sum' | 'min' | 'max' | 'count';
  /** Expressions whose values the cells test. */
  inputs: { value: string; label?: string }[];
  outputs: { name: string; type: string; default?: string; values?: string[] }[];
  rows: ManifestRow[];
  /** Questions about it that are not settled, in words. */
  notProven: string[];
}

export interface ManifestRow {
  /** As rules are named: its own, or TABLE/NUMBER. */
  id: string;
  line: number;
  /** Source texts of its cells, null where it has none; one for each input. */
  when: (string | null)[];
  /** One for each output. */
  then: (string | null)[];
  /** Its cells as one expression, for explanations. */
  condition: string;
}

export interface ManifestScorecard {
  name: string;
  file: string;
  type: string;
  initialScore: string;
  reasons: 'pointsBelow' | 'pointsAbove';
  contributes: boolean;
  characteristics: {
    name: string;
    line: number;
    input: string;
    attributes: { line: number; when: string | null; points: string; reason: string | null; condition: string }[];
  }[];
  /** Questions about it that are not settled, in words. */
  notProven: string[];
}

export interface ManifestEnsemble {
  name: string;
  file: string;
  line: number;
  /** Path of the trained model, and what it was read as: `XGBoost, JSON`. */
  model: string;
  format: string;
  trees: number;
  nodes: number;
  /** Features that trees test, each with its expression. */
  inputs: { feature: string; value: string }[];
  /** Names of what it gives. */
  outputs: string[];
}

export interface ManifestList {
  name: string;
  /** string, number, date, timestamp or decimal(SCALE). */
  type: string;
  file: string;
  /** Entries at most. */
  maximum?: number;
  /** Given where its entries are those of the bundle, not the tenant's. */
  content?: 'bundle';
  /** Whether the program asks it. Those that it asks are the image's lists, in the order of their names. */
  isRead: boolean;
}

/** A value as JSON has it: decimals as texts with all their digits, dates and timestamps as texts, members by name. */
export type ParameterValue = boolean | number | string;

export interface ManifestParameter {
  name: string;
  /** boolean, number, integer, string, date, timestamp, decimal(SCALE) or enum(PATH) of a field of the model. */
  type: string;
  /** Holds until another value is set. */
  default: ParameterValue;
  /** Inclusive. */
  minimum?: ParameterValue;
  maximum?: ParameterValue;
  /** Of a string: code points at most. */
  maxLength?: number;
  description?: string;
  /** Whether the program reads it. Those that it reads are the image's parameters, in the order of the sets and their own. */
  isRead: boolean;
}

/** A set of parameters that the bundle declares: values that are replaced together. */
export interface ManifestParameters {
  name: string;
  file: string;
  description?: string;
  /** By name. */
  values: ManifestParameter[];
}

/** What the program costs, part by part; see src/compiler/cost-report.ts. */
export interface ManifestCost {
  kind: 'payload' | 'step' | 'rule';
  name: string;
  units: number;
}

/** What a host needs of an image in order to decide with it: small, however many rules there are. */
export interface ManifestHead {
  format: 2;
  name: string;
  version: string;
  profile: 'strict' | 'standard';
  combine: 'score' | 'first' | 'collect';
  onError: 'decline' | 'review' | 'approve' | 'fail';
  /** bigint values inside are written as { "$int": "123" }. */
  model: Model;
  /** That the bundle declares. */
  lists: ManifestList[];
  /** Sets of parameters that it declares, by name. */
  parameters: ManifestParameters[];
  /** Outputs of its decisions, in the order written; absent where they have none. */
  outputs?: OutputShape[];
  /** False where the bundle decides nothing beside its outputs; absent where it does. */
  decides?: false;
  costMax: number;
}

/** What an image was made from, for people and explanations. */
export interface ManifestSources {
  /** In the order written, then rows of tables and attributes of scorecards; rules[i] has rank ranks[i] in the engine. */
  rules: ManifestRule[];
  ranks: number[];
  features: ManifestFeature[];
  tables: ManifestTable[];
  scorecards: ManifestScorecard[];
  /** Absent where there are none. */
  ensembles?: ManifestEnsemble[];
  /** Of the payload and what comes before the rules: those have theirs. */
  costs: ManifestCost[];
  /**
   * Documents that define what rules read beside the model, by path: an explanation reads them again. Absent where there are none;
   * contents of lists and rules are not among them.
   */
  documents?: Record<string, string>;
  /** Files of trained models, by path: deflated, in base64. An explanation reads them again. */
  models?: Record<string, string>;
  /** Versions of the data that the image brings along, where it does. */
  unicode?: string;
  zones?: string;
  /** JSON Schema of the model as the author wrote it, for GET model.schema.json. */
  modelSchema: unknown;
}

/** All that an image file says beside its deciding part. */
export type Manifest = ManifestHead & ManifestSources;
