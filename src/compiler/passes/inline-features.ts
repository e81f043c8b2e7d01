// Features that are only another word for a constant or for a field of the payload are that where they are read: rules over them
// are as fast as over the thing itself.

import type { Ir } from '../ir.js';
import type { FeatureRef } from '../scope.js';
import { mapExpressions } from '../step-parts.js';
import type { Step } from '../steps.js';
import { fold, SILENT } from './fold.js';
import { replaceNodes } from './rewrite.js';

export interface Inlined {
  steps: Step[];
  /** Changes an expression that is evaluated after the steps. */
  change(ir: Ir): Ir;
}

/** Inlines what can be; steps that are no longer needed stay, since nothing reads them. */
export function inlineFeatures(steps: readonly Step[]): Inlined {
  const known = new Map<FeatureRef, Ir>();
  const change = (ir: Ir): Ir => {
    if (known.size === 0) return ir;
    const replaced = replaceNodes(ir, (node) => {
      const value = node.op === 'feature' ? known.get(node.feature) : undefined;
      return value === undefined ? undefined : standingFor(value, node);
    });
    return replaced === ir ? ir : fold(replaced, SILENT);
  };
  const changed = steps.map((step) => {
    const next = mapExpressions(step, change);
    if (next.kind === 'let' && (next.value.op === 'constant' || next.value.op === 'field' || next.value.op === 'now')) {
      known.set(next.feature, next.value);
    }
    return next;
  });
  return { steps: changed, change };
}

/** The value in the place of a feature; where the feature is known not to be null, so is the field. */
function standingFor(value: Ir, place: Ir): Ir {
  const { start, end } = place;
  if (value.op === 'constant' && value.value === null) return { ...value, type: place.type, start, end };
  if (value.op === 'field' && place.op === 'feature') return { ...value, nullable: value.nullable && place.nullable, start, end };
  return { ...value, start, end };
}
