// Features, tables, scorecards and ensembles that nothing reads: they cost nothing, but are most likely not what was meant.

import type { DiagnosticBag } from '../diagnostic/diagnostic.js';
import type { CheckedRule } from './check-rules.js';
import type { Definitions } from './definitions.js';
import { type Ir, visit } from './ir.js';
import { expressionsOfOutput } from './outputs/checked-output.js';
import type { FeatureRef } from './scope.js';
import { expressionsOf, featuresOf } from './step-parts.js';
import type { Step } from './steps.js';

/** Warns of definitions that give neither a value to another one, a rule or an output, nor a hit. */
export function reportUnused({ named, outputs }: Definitions, rules: readonly CheckedRule[], bag: DiagnosticBag): void {
  if (named.length === 0) return;
  const reads = new Set<FeatureRef>();
  const addReads = (ir: Ir): void =>
    visit(ir, (node) => {
      if (node.op === 'feature') reads.add(node.feature);
    });
  for (const { condition } of rules) addReads(condition);
  for (const output of outputs)
    for (const ir of [...expressionsOfOutput(output), ...output.steps.flatMap(expressionsOf)]) addReads(ir);
  // What a definition reads of itself (its own inputs) says nothing of it.
  for (const { steps } of named) {
    const own = new Set(steps.flatMap((step) => [...featuresOf(step)]));
    for (const step of steps) {
      for (const expression of expressionsOf(step)) {
        visit(expression, (node) => {
          if (node.op === 'feature' && !own.has(node.feature)) reads.add(node.feature);
        });
      }
    }
  }
  for (const { what, span, steps } of named) {
    if (steps.some(hitsRules)) continue;
    if (steps.some((step) => [...featuresOf(step)].some((feature) => reads.has(feature)))) continue;
    bag.warning('V3603', span, `nothing reads ${what}`, 'use it in a rule, or remove it');
  }
}

function hitsRules(step: Step): boolean {
  switch (step.kind) {
    case 'let':
      return false;
    case 'ensemble':
      return step.reasons.length > 0;
    case 'choose':
      return [...step.rows, step.otherwise].some(({ hits }) => hits.length > 0);
    case 'each':
      return step.rows.some(({ hits }) => hits.length > 0);
  }
}
