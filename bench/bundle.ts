// The workload as a Verdict bundle.

import type { BundleFiles } from '../src/bundle/files.js';
import type { Thresholds } from './truth.js';
import type { WorkloadRule } from './workload.js';
import { NUMBER_NAMES, reasonCode, TEXT_NAMES } from './workload.js';

const TEXT_CHARS_MAX = 16;

function modelSchema(): object {
  const numbers = NUMBER_NAMES.map((name) => [name, { type: 'number' }] as const);
  const texts = TEXT_NAMES.map((name) => [name, { type: 'string', maxLength: TEXT_CHARS_MAX }] as const);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Payload',
    type: 'object',
    required: [...NUMBER_NAMES, ...TEXT_NAMES],
    properties: Object.fromEntries([...numbers, ...texts]),
  };
}

/** Rules that add scores and give reasons, and thresholds on their sum. */
export function bundleOf(name: string, rules: readonly WorkloadRule[], thresholds: Thresholds): BundleFiles {
  const outcomes = [
    { atLeast: thresholds.decline, outcome: 'decline' },
    { atLeast: thresholds.review, outcome: 'review' },
    { outcome: 'approve' },
  ];
  const bundle = {
    name,
    version: '1.0.0',
    model: 'payload.schema.json',
    profile: 'strict',
    onError: 'fail',
    decide: { combine: 'score', outcomes },
  };
  const ruleFile = rules.map(({ id, comparisons, score }) => ({
    id,
    when: comparisons.map((c) => `${c.field} ${c.operator === '==' ? '===' : c.operator} ${JSON.stringify(c.value)}`).join(' && '),
    then: { score, reason: reasonCode(id) },
  }));
  const encoder = new TextEncoder();
  const documents = { 'bundle.json': bundle, 'payload.schema.json': modelSchema(), 'rules/workload.json': ruleFile };
  return new Map(Object.entries(documents).map(([file, value]) => [file, encoder.encode(JSON.stringify(value))]));
}
