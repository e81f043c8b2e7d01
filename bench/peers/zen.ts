// GoRules ZEN: one decision table with hit policy `collect`, a column for each field, a row for each rule.

import { ZenEngine } from '@gorules/zen-engine';
import type { Row } from '../row.js';
import type { WorkloadPayload, WorkloadRule } from '../workload.js';
import { NUMBER_NAMES, TEXT_NAMES } from '../workload.js';
import { sumPipelined } from './pipeline.js';

const FIELDS = [...NUMBER_NAMES, ...TEXT_NAMES];

function tableOf(rules: readonly WorkloadRule[]): object {
  const rows = rules.map(({ id, comparisons, score }) => {
    const row: Record<string, string> = { _id: id, score: String(score) };
    for (const field of FIELDS) row[field] = '';
    for (const { field, operator, value } of comparisons) {
      const cell = operator === '==' ? JSON.stringify(value) : `${operator} ${value}`;
      row[field] = row[field] ? `${row[field]} and ${cell}` : cell;
    }
    return row;
  });
  return {
    hitPolicy: 'collect',
    inputs: FIELDS.map((field) => ({ id: field, name: field, field, type: 'expression' })),
    outputs: [{ id: 'score', name: 'score', field: 'score', type: 'expression' }],
    rules: rows,
  };
}

function graphOf(rules: readonly WorkloadRule[]): object {
  const node = (id: string, type: string, content?: object): object => ({ id, type, name: id, position: { x: 0, y: 0 }, content });
  return {
    contentType: 'application/vnd.gorules.decision',
    nodes: [node('in', 'inputNode'), node('table', 'decisionTableNode', tableOf(rules)), node('out', 'outputNode')],
    edges: [
      { id: 'a', sourceId: 'in', targetId: 'table', type: 'edge' },
      { id: 'b', sourceId: 'table', targetId: 'out', type: 'edge' },
    ],
  };
}

/** Scores are added up from the rows ZEN returns. */
export function zen(rules: readonly WorkloadRule[], payloads: readonly WorkloadPayload[]): Row {
  const engine = new ZenEngine();
  const decision = engine.createDecision(Buffer.from(JSON.stringify(graphOf(rules))));
  const score = async (index: number): Promise<number> => {
    const { result } = (await decision.evaluate(payloads[index]!)) as { result: { score: number }[] };
    let sum = 0;
    for (const hit of result) sum += hit.score;
    return sum;
  };
  return {
    name: 'GoRules ZEN 0.54',
    covers: 'score',
    decide: (first) => sumPipelined(first, score),
    close: () => engine.dispose(),
  };
}
