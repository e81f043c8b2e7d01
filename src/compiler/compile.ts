// The compiler on one screen: files of a bundle -> image file and diagnostics. No I/O, no clock, no Wasm.

import type { Bundle, ProfileName } from '../bundle/bundle.js';
import type { BundleFiles } from '../bundle/files.js';
import { checkInputMap } from '../bundle/input-map.js';
import { readBundle } from '../bundle/read-bundle.js';
import { type Diagnostic, DiagnosticBag } from '../diagnostic/diagnostic.js';
import { joinImageFile } from '../image/file.js';
import type { Manifest } from '../image/manifest.js';
import { writeImage } from '../image/write-image.js';
import type { ModelLock } from '../schema/model.js';
import { readModel } from '../schema/read-model.js';
import { checkDecide } from './check-decide.js';
import { checkRules } from './check-rules.js';
import { checkDefinitions } from './definitions.js';
import { IMAGE_COST_MAX } from './limits.js';
import { emitProgram, rankRules } from './program.js';
import { proveRules } from './proofs/prove-rules.js';
import { toManifest } from './to-manifest.js';
import { toParts } from './to-parts.js';
import { reportUnused } from './unused.js';

export { compileExpressions, type ExpressionsResult } from './expressions.js';

export interface CompileOptions {
  /** Widest profile a bundle may ask for; strict by default. */
  profileMax?: ProfileName;
  /** Units one payload may cost. */
  costMax?: number;
  /** Ids given before; used where the bundle has no model.lock.json of its own. */
  lock?: ModelLock;
}

export interface CompileResult {
  /** Image file: deciding part and manifest. Absent where there are errors. */
  image?: Uint8Array;
  manifest?: Manifest;
  /** What model.lock.json should hold from now on; absent where the model has errors. */
  lock?: ModelLock;
  /** Errors and warnings of all files, by file and place. */
  diagnostics: Diagnostic[];
}

/** Compiles a bundle. All problems are reported in one run; nothing is thrown for a mistake of the author. */
export function compile(files: BundleFiles, options: CompileOptions = {}): CompileResult {
  const bag = new DiagnosticBag();
  const bundle = readBundle(files, bag);
  if (bundle === undefined) return { diagnostics: sorted(bag) };
  checkProfile(bundle, options.profileMax ?? 'strict', bag);
  const model = bundle.model && readModel(bundle.model.schema, bundle.lock ?? options.lock, bundle.model.spanOf, bag);
  const definitions = model && checkDefinitions(bundle, model, bag);
  const rules = checkRules(bundle, definitions?.scope, bag);
  if (bundle.headFits) checkDecide(bundle, definitions?.hits, bag);
  if (model === undefined || definitions === undefined) return { diagnostics: sorted(bag) };
  if (bundle.input !== undefined) checkInputMap(bundle.input, model, bag);
  proveRules(rules, bundle, model, bag);
  if (bag.hasErrors) return { lock: model.lock, diagnostics: sorted(bag) };
  reportUnused(definitions, rules, bag);

  const hits = definitions.hits.all;
  const ranks = rankRules([...bundle.rules, ...hits.map(({ score, reasonScore }) => ({ score: reasonScore ?? score }))]);
  const program = emitProgram(
    {
      model,
      steps: definitions.steps,
      rules: [
        ...rules.map(({ rule, condition }) => ({ id: rule.id, span: rule.when.span, condition })),
        ...hits.map(({ id, idSpan }) => ({ id, span: idSpan })),
      ],
      ranks,
      first: bundle.combine === 'first',
      reasonsMax: bundle.reasonsMax,
      span: bundle.nameSpan,
      costMax: options.costMax ?? IMAGE_COST_MAX,
    },
    bag,
  );
  if (bag.hasErrors) return { lock: model.lock, diagnostics: sorted(bag) };
  const compiled = { bundle, model, hits, ranks, program };
  const manifest = toManifest(compiled, definitions, files);
  const image = joinImageFile(writeImage(toParts(compiled)), manifest);
  return { image, manifest, lock: model.lock, diagnostics: sorted(bag) };
}

function checkProfile(bundle: Bundle, profileMax: ProfileName, bag: DiagnosticBag): void {
  if (bundle.profile !== 'standard' || profileMax === 'standard') return;
  const advice = 'write `profile: strict`, or let the tenant allow `standard`';
  bag.error('V1008', bundle.profileSpan, 'the tenant allows the profile `strict` only', advice);
}

function sorted(bag: DiagnosticBag): Diagnostic[] {
  const order = (a: Diagnostic, b: Diagnostic): number =>
    a.span.file < b.span.file ? -1 : a.span.file > b.span.file ? 1 : a.span.start - b.span.start;
  return [...bag.items].sort(order);
}
