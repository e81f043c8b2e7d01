// What an explanation evaluates: the definitions of an image, read again from its manifest, and whether each row and attribute hit.

import { ResultKind } from '../../assembly/shared/ensemble.js';
import type { ProfileName } from '../bundle/bundle.js';
import { readBundle } from '../bundle/read-bundle.js';
import { DiagnosticBag } from '../diagnostic/diagnostic.js';
import type { Manifest } from '../image/manifest.js';
import { checkDefinitions } from './definitions.js';
import { equals } from './ensembles/check-ensemble.js';
import { unpackModels } from './ensembles/packed-models.js';
import { type ExpressionsResult, emitValues } from './expressions.js';
import type { FeatureIr, Ir } from './ir.js';
import { PARAMETERS_NAME } from './parameters.js';
import { type FeatureRef, modelScope, type Scope, type ScopeEntry } from './scope.js';
import type { Assignment, EnsembleOutput, Step } from './steps.js';
import { BOOLEAN, NUMBER } from './types.js';

export interface Explained {
  scope: Scope;
  /** They hit nothing: whether a row hits is a feature. */
  steps: Step[];
  /** Of the rules of the manifest that are rows or attributes, in its order: whether they hit. */
  hits: FeatureRef[];
}

/** Reads the definitions of an image again. Throws Error where the manifest does not hold what it was made from. */
export function explainedOf(manifest: Manifest): Explained {
  const { model, documents } = manifest;
  if (documents === undefined) return { scope: modelScope(model), steps: [], hits: [] };
  const encoder = new TextEncoder();
  const texts = Object.entries(documents).map(([path, text]): [string, Uint8Array] => [path, encoder.encode(text)]);
  const files = new Map([...texts, ...unpackModels(manifest.models ?? {})]);
  const bundle = readBundle(files, new DiagnosticBag());
  if (bundle === undefined) throw new Error('the manifest lacks the head of its bundle');
  const bag = new DiagnosticBag();
  const { scope, steps, hits } = checkDefinitions(bundle, model, bag);
  if (bag.hasErrors) throw new Error(`the definitions of the manifest do not compile: ${bag.items[0]?.message}`);
  const features = hits.all.map(({ id }): FeatureRef => ({ name: `(hit of ${id})`, type: BOOLEAN, nullable: false }));
  return { scope, steps: steps.flatMap((step) => recordHits(step, features)), hits: features };
}

interface Row {
  sets: readonly Assignment[];
  hits: readonly number[];
}

/** The step with its hits turned into features. */
function recordHits(step: Step, features: readonly FeatureRef[]): Step[] {
  const truth: Ir = { op: 'constant', type: BOOLEAN, value: true, start: 0, end: 0 };
  const record = <R extends Row>(row: R): R => ({
    ...row,
    sets: [...row.sets, ...row.hits.map((index) => ({ feature: features[index]!, value: truth }))],
    hits: [],
  });
  switch (step.kind) {
    case 'let':
      return [step];
    case 'each':
      return [{ ...step, rows: step.rows.map(record) }];
    case 'choose':
      return [{ ...step, rows: step.rows.map(record), otherwise: record(step.otherwise) }];
    case 'ensemble':
      return recordReasons(step, features);
  }
}

/** The step with the codes in its ranking as features, and behind it whether each hits. */
function recordReasons(step: Step & { kind: 'ensemble' }, features: readonly FeatureRef[]): Step[] {
  const { name, span } = step;
  const ranks = step.reasons.map((_, index): EnsembleOutput => {
    const feature: FeatureRef = { name: `(${name}, reason ${index + 1})`, type: NUMBER, nullable: false };
    return { feature, result: { kind: ResultKind.CODE, index } };
  });
  const lets = step.reasons.flatMap((rules, rank) =>
    rules.map((rule, index): Step => {
      const value = equals(ranks[rank]!.feature, index + 1);
      return { kind: 'let', feature: features[rule]!, value, name, span };
    }),
  );
  return [{ ...step, outputs: [...step.outputs, ...ranks], reasons: [] }, ...lets];
}

/** Compiles whether each row and attribute hits: one boolean for each of `hits`, in order. */
export function compileHits(manifest: Manifest, { steps, hits }: Explained): ExpressionsResult {
  const bag = new DiagnosticBag();
  const span = { file: manifest.name, start: 0, end: 0 };
  const values = hits.map((feature): FeatureIr => ({ op: 'feature', type: BOOLEAN, feature, nullable: false, start: 0, end: 0 }));
  const spans = values.map(() => span);
  const written = emitValues(manifest.model, values, { steps, spans, costMax: Number.MAX_SAFE_INTEGER }, bag);
  return { ...written, diagnostics: bag.items, types: values.map(() => 'boolean') };
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
