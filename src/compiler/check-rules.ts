// Conditions of rules: text -> checked and folded IR.

import type { Bundle, BundleRule, ProfileName } from '../bundle/bundle.js';
import type { DiagnosticBag } from '../diagnostic/diagnostic.js';
import type { Model } from '../schema/model.js';
import { checkExpression } from './checker.js';
import type { Ir } from './ir.js';
import { parseExpression } from './parse.js';
import { fold } from './passes/fold.js';
import { FaultSink, type Source } from './source.js';
import { typePhrase } from './types.js';
import { checkWhitelist } from './whitelist.js';

export interface CheckedRule {
  rule: BundleRule;
  condition: Ir;
}

/**
 * Checks one expression from its text to folded IR.
 * @param model undefined where it has faults of its own: then syntax and whitelist are checked alone
 * @returns undefined where there are faults (all of them are in the bag)
 */
export function checkSource(source: Source, model: Model | undefined, profile: ProfileName, bag: DiagnosticBag): Ir | undefined {
  const faults = new FaultSink(source, bag);
  const roots = parseExpression(source.text, faults);
  if (roots === undefined || !checkWhitelist(roots, profile, faults)) return undefined;
  if (model === undefined || roots.length !== 1) return undefined;
  const ir = checkExpression(roots[0]!, model, faults);
  return faults.hasErrors ? undefined : fold(ir, faults);
}

/** Checks all conditions; rules with faults are left out of the result. */
export function checkRules(bundle: Bundle, model: Model | undefined, bag: DiagnosticBag): CheckedRule[] {
  const checked: CheckedRule[] = [];
  for (const stray of bundle.strayConditions) checkSource(stray, model, bundle.profile, bag);
  for (const rule of bundle.rules) {
    const condition = checkSource(rule.when, model, bundle.profile, bag);
    if (condition === undefined) continue;
    if (condition.type.kind !== 'boolean') {
      const advice = condition.type.kind === 'number' ? 'compare it, for instance with `> 0`' : 'write a comparison';
      bag.error('V4008', rule.when.span, `the condition of \`${rule.id}\` is ${typePhrase(condition.type)}, not a boolean`, advice);
    } else if (condition.op === 'field' && condition.nullable) {
      const { path } = condition.field;
      bag.error('V3304', rule.when.span, `\`${path}\` may be null`, `write \`${path} === true\``);
    } else {
      checked.push({ rule, condition });
    }
  }
  return checked;
}
