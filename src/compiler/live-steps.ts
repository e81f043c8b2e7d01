// What a program has to compute of its steps: only what something reads, and what hits rules.

import { type Ir, visit } from './ir.js';
import type { FeatureRef } from './scope.js';
import { expressionsOf } from './step-parts.js';
import type { Assignment, Step } from './steps.js';

/** Adds the features that an expression reads. */
function addReads(ir: Ir, reads: Set<FeatureRef>): void {
  visit(ir, (node) => {
    if (node.op === 'feature') reads.add(node.feature);
  });
}

/**
 * The steps that are needed, in their order, each without what nothing reads.
 *
 * @param roots the expressions that are evaluated after the steps
 * @param hits what a step hits counts too
 * @returns and every feature that is read by what is left
 */
export function liveSteps(steps: readonly Step[], roots: Iterable<Ir>, hits: boolean): { steps: Step[]; reads: Set<FeatureRef> } {
  const reads = new Set<FeatureRef>();
  for (const root of roots) addReads(root, reads);
  const live: Step[] = [];
  for (const step of [...steps].reverse()) {
    const needed = pruned(hits ? step : withoutHits(step), reads);
    if (needed === undefined) continue;
    for (const expression of expressionsOf(needed)) addReads(expression, reads);
    live.push(needed);
  }
  return { steps: live.reverse(), reads };
}

/** The step as it is where nothing counts that it hits. */
export function withoutHits(step: Step): Step {
  switch (step.kind) {
    case 'let':
      return step;
    case 'ensemble':
      return { ...step, reasons: [] };
    case 'choose':
      return { ...step, rows: step.rows.map((row) => ({ ...row, hits: [] })), otherwise: { ...step.otherwise, hits: [] } };
    case 'each':
      return { ...step, rows: step.rows.map((row) => ({ ...row, hits: [] })) };
  }
}

function pruned(step: Step, reads: ReadonlySet<FeatureRef>): Step | undefined {
  const isRead = ({ feature }: Assignment): boolean => reads.has(feature);
  switch (step.kind) {
    case 'let':
      return isRead(step) ? step : undefined;
    case 'ensemble': {
      const outputs = step.outputs.filter(({ feature }) => reads.has(feature));
      return outputs.length + step.reasons.length > 0 ? { ...step, outputs } : undefined;
    }
    case 'choose': {
      const rows = step.rows.map((row) => ({ ...row, sets: row.sets.filter(isRead) }));
      const otherwise = { ...step.otherwise, sets: step.otherwise.sets.filter(isRead) };
      const acts = [...rows, otherwise].some(({ sets, hits }) => sets.length + hits.length > 0);
      return acts ? { ...step, rows, otherwise } : undefined;
    }
    case 'each': {
      const rows = step.rows
        .map((row) => ({ ...row, sets: row.sets.filter(isRead), folds: row.folds.filter(({ feature }) => reads.has(feature)) }))
        .filter(({ sets, folds, hits }) => sets.length + folds.length + hits.length > 0);
      return rows.length > 0 ? { ...step, rows } : undefined;
    }
  }
}
