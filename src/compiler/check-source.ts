// One expression from its text to folded IR.

import type { ProfileName } from '../bundle/bundle.js';
import { DiagnosticBag } from '../diagnostic/diagnostic.js';
import type { Model } from '../schema/model.js';
import { checkInScope } from './checker.js';
import type { EsNode } from './estree.js';
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

/** Parses one expression, of which nothing is known but that it is one of the profile; undefined where it is none (reported). */
export function parseSource(source: Source, profile: ProfileName, faults: FaultSink): EsNode | undefined {
  const roots = parseExpression(source.text, faults);
  if (roots === undefined || !checkWhitelist(roots, profile, faults) || roots.length !== 1) return undefined;
  return roots[0];
}

/** Checks one expression over a model and the names of a bundle; see checkSource. */
export function checkSourceInScope(
  source: Source,
  scope: Scope | undefined,
  profile: ProfileName,
  bag: DiagnosticBag,
): Ir | undefined {
  const given = new FaultSink(source, bag);
  const root = parseSource(source, profile, given);
  if (scope === undefined || root === undefined) return undefined;
  // Whoever is handed the faults counts them.
  const own = new DiagnosticBag(Number.POSITIVE_INFINITY);
  const faults = new FaultSink(source, own);
  const ir = checkInScope(root, scope, new Map(), faults, profile);
  const hasErrors = given.hasErrors || faults.hasErrors;
  for (const fault of own.items) {
    // Beside a part that is not understood, nothing is known to be always so: of a sum to which a fault adds, the bounds are wrong.
    if (fault.code !== 'V3401' || !hasErrors) bag.add(fault);
  }
  return hasErrors ? undefined : fold(ir, given);
}
