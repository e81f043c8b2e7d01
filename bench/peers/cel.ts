// cel-js: one parsed CEL program a rule, evaluated one after the other.

import { Environment } from '@marcbachmann/cel-js';
import type { Row } from '../row.js';
import type { Comparison, WorkloadPayload, WorkloadRule } from '../workload.js';
import { BLOCK_COUNT } from '../workload.js';

/** CEL tells int from double: a whole number needs its point. */
function literal({ value }: Comparison): string {
  return typeof value === 'string' ? JSON.stringify(value) : Number.isInteger(value) ? `${value}.0` : String(value);
}

export function cel(rules: readonly WorkloadRule[], payloads: readonly WorkloadPayload[]): Row {
  const environment = new Environment({ unlistedVariablesAreDyn: true });
  const programs = rules.map(({ comparisons }) => {
    return environment.parse(comparisons.map((c) => `${c.field} ${c.operator} ${literal(c)}`).join(' && '));
  });
  return {
    name: 'cel-js 8.0',
    covers: 'score',
    decide: (first) => {
      let sum = 0;
      for (let i = first; i < first + BLOCK_COUNT; i++) {
        for (let k = 0; k < programs.length; k++) if (programs[k]!(payloads[i]!)) sum += rules[k]!.score;
      }
      return sum;
    },
  };
}
