// A workload of our own: rules and payloads from seeds, as every engine takes them.

import type { BundleFiles } from '../../src/bundle/files.js';
import type { Thresholds } from '../truth.js';
import { type Test, toVerdict } from './expression.js';

export type WorkPayload = Readonly<Record<string, number | string | null>>;

export interface WorkRule {
  readonly id: string;
  readonly test: Test;
  /** Whole number, added to the score where the test holds. */
  readonly score: number;
}

export interface Work {
  readonly name: string;
  readonly rules: readonly WorkRule[];
  readonly payloads: readonly WorkPayload[];
  /** The bundle, once it is known which scores are reviewed and declined. */
  readonly filesOf: (thresholds: Thresholds) => BundleFiles;
}

/** Properties of a model. Fields that may be null are those outside `required`. */
export interface WorkModel {
  readonly properties: Readonly<Record<string, object>>;
  readonly required: readonly string[];
}

/** A bundle that adds scores, with its documents as JSON. */
export function bundleFiles(
  name: string,
  model: WorkModel,
  thresholds: Thresholds,
  documents: Readonly<Record<string, unknown>>,
): BundleFiles {
  const head = {
    name,
    version: '1.0.0',
    model: 'payload.schema.json',
    profile: 'standard',
    onError: 'fail',
    decide: {
      combine: 'score',
      outcomes: [
        { atLeast: thresholds.decline, outcome: 'decline' },
        { atLeast: thresholds.review, outcome: 'review' },
        { outcome: 'approve' },
      ],
    },
  };
  const all = { 'bundle.json': head, 'payload.schema.json': { type: 'object', ...model }, ...documents };
  const encoder = new TextEncoder();
  return new Map(Object.entries(all).map(([file, value]) => [file, encoder.encode(JSON.stringify(value))]));
}

/** The same with a rule for each rule. */
export function ruleFiles(name: string, model: WorkModel, thresholds: Thresholds, rules: readonly WorkRule[]): BundleFiles {
  const written = rules.map(({ id, test, score }) => ({
    id,
    when: toVerdict(test),
    then: { score, reason: `REASON_${id.slice(1)}` },
  }));
  return bundleFiles(name, model, thresholds, { 'rules/workload.json': written });
}
