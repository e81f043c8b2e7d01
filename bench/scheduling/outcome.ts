import { DECISION_OUTCOME } from '../../assembly/shared/image.js';

/** Number of a decision's outcome. */
export function readDecisionOutcome(decision: Uint8Array): number {
  return decision[DECISION_OUTCOME] as number;
}
