// json-rules-engine: one rule object a rule, an event for each hit.

import { Engine } from 'json-rules-engine';
import type { Row } from '../row.js';
import type { WorkloadPayload, WorkloadRule } from '../workload.js';
import { sumPipelined } from './pipeline.js';

const OPERATORS = {
  '>': 'greaterThan',
  '<': 'lessThan',
  '>=': 'greaterThanInclusive',
  '<=': 'lessThanInclusive',
  '==': 'equal',
} as const;

/** Scores are added up from the events of the hits. */
export function jsonRulesEngine(rules: readonly WorkloadRule[], payloads: readonly WorkloadPayload[]): Row {
  const engine = new Engine();
  for (const { comparisons, score } of rules) {
    engine.addRule({
      conditions: { all: comparisons.map(({ field, operator, value }) => ({ fact: field, operator: OPERATORS[operator], value })) },
      event: { type: 'hit', params: { score } },
    });
  }
  const score = async (index: number): Promise<number> => {
    const { events } = await engine.run(payloads[index]);
    let sum = 0;
    for (const { params } of events) sum += (params as { score: number }).score;
    return sum;
  };
  return { name: 'json-rules-engine 7.3', covers: 'score', decide: (first) => sumPipelined(first, score) };
}
