// What an explanation evaluates: the definitions of an image, read again from its manifest, and which rows and attributes a payload
// takes.

import { ResultKind } from '../../assembly/shared/ensemble.js';
import type { ProfileName } from '../bundle/bundle.js';
import { readBundle } from '../bundle/read-bundle.js';
import { DiagnosticBag } from '../diagnostic/diagnostic.js';
import type { Manifest } from '../image/manifest.js';
import { checkDefinitions } from './definitions.js';
import { equals } from './ensembles/check-ensemble.js';
import { unpackModels } from './ensembles/packed-models.js';
import { type ExpressionsResult, emitValues } from './expressions.js';
import type { FeatureIr } from './ir.js';
import { PARAMETERS_NAME } from './parameters.js';
import { type FeatureRef, modelScope, type Scope, type ScopeEntry } from './scope.js';
import type { EnsembleOutput, Step } from './steps.js';
import { recordTaken, type TakenRows } from './taken.js';
import { BOOLEAN, NUMBER } from './types.js';

export interface Explained {
  scope: Scope;
  /** They hit nothing: what is taken is a feature. */
  steps: Step[];
  /** Rows and attributes that a payload takes. */
  taken: TakenRows[];
  /** Of the reasons of ensembles among the rules of the manifest, in its order: whether they hit. */
  reasons: FeatureRef[];
}

/** Reads the definitions of an image again. Throws Error where the manifest does not hold what it was made from. */
export function explainedOf(manifest: Manifest): Explained {
  const { model, documents } = manifest;
  if (documents === undefined) return { scope: modelScope(model), steps: [], taken: [], reasons: [] };
  const encoder = new TextEncoder();
  const texts = Object.entries(documents).map(([path, text]): [string, Uint8Array] => [path, encoder.encode(text)]);
  const files = new Map([...texts, ...unpackModels(manifest.models ?? {})]);
  const bundle = readBundle(files, new DiagnosticBag());
  if (bundle === undefined) throw new Error('the manifest lacks the head of its bundle');
  const bag = new DiagnosticBag();
  const { scope, steps, hits } = checkDefinitions(bundle, model, bag);
  if (bag.hasErrors) throw new Error(`the definitions of the manifest do not compile: ${bag.items[0]?.message}`);
  const features = new Map<number, FeatureRef>();
  for (const [index, { id, source }] of hits.all.entries()) {
    if (source !== undefined && 'ensemble' in source)
      features.set(index, { name: `(hit of ${id})`, type: BOOLEAN, nullable: false });
  }
  const taken: TakenRows[] = [];
  const recorded = steps.flatMap((step): Step[] => {
    if (step.kind === 'let') return [step];
    if (step.kind === 'ensemble') return recordReasons(step, features);
    const record = recordTaken(step);
    // cases of a feature, or what always hits: what it hits is ignored
    if (record === undefined) return [step];
    taken.push(record.taken);
    return [record.step];
  });
  return { scope, steps: recorded, taken, reasons: [...features.values()] };
}

/** The step with the codes in its ranking as features, and behind it whether each hits. */
function recordReasons(step: Step & { kind: 'ensemble' }, features: ReadonlyMap<number, FeatureRef>): Step[] {
  const { name, span } = step;
  const ranks = step.reasons.map((_, index): EnsembleOutput => {
    const feature: FeatureRef = { name: `(${name}, reason ${index + 1})`, type: NUMBER, nullable: false };
    return { feature, result: { kind: ResultKind.CODE, index } };
  });
  const lets = step.reasons.flatMap((rules, rank) =>
    rules.map((rule, index): Step => {
      const value = equals(ranks[rank]!.feature, index + 1);
      return { kind: 'let', feature: features.get(rule)!, value, name, span };
    }),
  );
  return [{ ...step, outputs: [...step.outputs, ...ranks], reasons: [] }, ...lets];
}

/** Compiles what is taken, and behind it which reasons of ensembles hit: one value for each of their features, in order. */
export function compileTaken(manifest: Manifest, { steps, taken, reasons }: Explained): ExpressionsResult {
  const bag = new DiagnosticBag();
  const span = { file: manifest.name, start: 0, end: 0 };
  const features = [...taken.flatMap((one) => one.features), ...reasons];
  const values = features.map(
    (feature): FeatureIr => ({ op: 'feature', type: feature.type, feature, nullable: false, start: 0, end: 0 }) as FeatureIr,
  );
  const spans = values.map(() => span);
  const written = emitValues(manifest.model, values, { steps, spans, costMax: Number.MAX_SAFE_INTEGER }, bag);
  return { ...written, diagnostics: bag.items, types: features.map(({ type }) => type.kind) };
}

/** Names of the values that the definitions give, as expressions write them: `total`, `limits.rate`. Lists are none of them. */
export function definedNames(scope: Scope, profile: ProfileName): string[] {
  // Rules of the profile `strict` read no parameters.
  const declared = profile === 'standard' ? scope.parameters : [];
  const sets = [...declared].map(([name, entry]): [string, ScopeEntry] => [`${PARAMETERS_NAME}.${name}`, entry]);
  return [...scope.names, ...sets].flatMap(([name, entry]) => namesOf(name, entry));
}

function namesOf(name: string, entry: ScopeEntry): string[] {
  switch (entry.kind) {
    case 'feature':
      return [name];
    case 'group':
      return [...entry.members].flatMap(([member, inner]) => namesOf(`${name}.${member}`, inner));
    default:
      return [];
  }
}
