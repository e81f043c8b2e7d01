// V8 on the rules as generated JavaScript: the fastest that a rule engine in plain Node can be.

import type { Row } from '../row.js';
import type { WorkloadPayload, WorkloadRule } from '../workload.js';
import { BLOCK_COUNT } from '../workload.js';

export interface JsRule {
  readonly score: number;
  /** JavaScript over the object `o`. */
  readonly condition: string;
}

function rulesOf(rules: readonly WorkloadRule[]): JsRule[] {
  return rules.map(({ comparisons, score }) => {
    const conditions = comparisons.map(({ field, operator, value }) => {
      return `o.${field} ${operator === '==' ? '===' : operator} ${JSON.stringify(value)}`;
    });
    return { score, condition: conditions.join(' && ') };
  });
}

function generate(rules: readonly JsRule[]): (payload: object) => number {
  const lines = rules.map(({ condition, score }) => `if (${condition}) s += ${score};`);
  return new Function('o', `let s = 0;\n${lines.join('\n')}\nreturn s;`) as (payload: object) => number;
}

/** Scores of payloads that are JavaScript objects already. */
export function v8Objects(rules: readonly WorkloadRule[], payloads: readonly WorkloadPayload[]): Row {
  return v8ObjectsOf(rulesOf(rules), payloads);
}

/** The same for rules that are JavaScript already. */
export function v8ObjectsOf(rules: readonly JsRule[], payloads: readonly object[]): Row {
  const score = generate(rules);
  return {
    name: 'V8, generated JS on objects',
    covers: 'score',
    decide: (first) => {
      let sum = 0;
      for (let i = first; i < first + BLOCK_COUNT; i++) sum += score(payloads[i]!);
      return sum;
    },
  };
}

/** Scores of payloads that arrive as JSON text. */
export function v8Json(rules: readonly WorkloadRule[], texts: readonly string[]): Row {
  const score = generate(rulesOf(rules));
  return {
    name: 'V8, generated JS + JSON.parse',
    covers: 'score',
    decide: (first) => {
      let sum = 0;
      for (let i = first; i < first + BLOCK_COUNT; i++) sum += score(JSON.parse(texts[i]!));
      return sum;
    },
  };
}
