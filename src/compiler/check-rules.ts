// Conditions of rules: text -> checked and folded IR.

import type { Bundle, BundleRule } from '../bundle/bundle.js';
import type { DiagnosticBag } from '../diagnostic/diagnostic.js';
import { isCondition } from './check-condition.js';
import { checkSourceInScope } from './check-source.js';
import type { Ir } from './ir.js';
import type { Scope } from './scope.js';

export { checkSource } from './check-source.js';

export interface CheckedRule {
  rule: BundleRule;
  condition: Ir;
}

/**
 * Checks all conditions; rules with faults are left out of the result.
 * @param scope undefined where the model has faults of its own: then syntax and whitelist are checked alone
 */
export function checkRules(
  bundle: Bundle,
  scope: Scope | undefined,
  bag: DiagnosticBag,
  check: typeof checkSourceInScope = checkSourceInScope,
): CheckedRule[] {
  const checked: CheckedRule[] = [];
  for (const stray of bundle.strayConditions) check(stray, scope, bundle.profile, bag);
  for (const rule of bundle.rules) {
    const condition = check(rule.when, scope, bundle.profile, bag);
    if (condition !== undefined && isCondition(condition, rule.when.span, `\`${rule.id}\``, bag)) checked.push({ rule, condition });
  }
  return checked;
}
