// One expression from its text to folded IR.

import type { ProfileName } from '../bundle/bundle.js';
import type { DiagnosticBag } from '../diagnostic/diagnostic.js';
import type { Model } from '../schema/model.js';
import { checkInScope } from './checker.js';
import type { Ir } from './ir.js';
import { parseExpression } from './parse.js';
import { fold } from './passes/fold.js';
import { modelScope, type Scope } from './scope.js';
import { FaultSink, type Source } from './source.js';
import { checkWhitelist } from './whitelist.js';

/**
 * Checks one expression over the fields of a model.
 * @param model undefined where it has faults of its own: then syntax and whitelist are checked alone
 * @returns undefined where there are faults (all of them are in the bag)
 */
export function checkSource(source: Source, model: Model | undefined, profile: ProfileName, bag: DiagnosticBag): Ir | undefined {
  return checkSourceInScope(source, model && modelScope(model), profile, bag);
}

/** Checks one expression over a model and the names of a bundle; see checkSource. */
export function checkSourceInScope(
  source: Source,
  scope: Scope | undefined,
  profile: ProfileName,
  bag: DiagnosticBag,
): Ir | undefined {
  const faults = new FaultSink(source, bag);
  const roots = parseExpression(source.text, faults);
  if (roots === undefined || !checkWhitelist(roots, profile, faults)) return undefined;
  if (scope === undefined || roots.length !== 1) return undefined;
  const ir = checkInScope(roots[0]!, scope, new Map(), faults, profile);
  return faults.hasErrors ? undefined : fold(ir, faults);
}
