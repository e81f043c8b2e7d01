// Why a decision came out as it did: the truth of each single condition, recomputed off the deciding call.

import type { Decision } from './schema/decision.js';

/** A value of a field as the rules see it: bigint for timestamps and dates; decimals as text, e.g. `19.99`; enum members by name. */
export type ExplainedValue = boolean | number | string | bigint | null;

/** A leaf of a rule's `when`, split at its `&&` and `||`. */
export interface ExplainedCondition {
  /** Source text. */
  text: string;
  /** null: not reached, because an earlier condition had settled the matter. */
  truth: boolean | null;
  /** Fields it names, by path, with their values. */
  values: Record<string, ExplainedValue>;
}

export interface ExplainedRule {
  id: string;
  when: string;
  /** Whether its condition holds. */
  hit: boolean;
  score: number;
  outcome: 'approve' | 'review' | 'decline' | null;
  reason: string | null;
  conditions: ExplainedCondition[];
}

export interface Explanation {
  decision: Decision;
  /** In the order written. */
  rules: ExplainedRule[];
}
