// The compiler on one screen: files of a bundle -> image file and diagnostics. No I/O, no clock, no Wasm.

import type { Bundle, ProfileName } from '../bundle/bundle.js';
import type { BundleFiles } from '../bundle/files.js';
import { checkInputMap } from '../bundle/input-map.js';
import { readBundle } from '../bundle/read-bundle.js';
import { type Diagnostic, DiagnosticBag } from '../diagnostic/diagnostic.js';
import { joinImageFile } from '../image/file.js';
import type { Manifest } from '../image/manifest.js';
import { writeImage } from '../image/write-image.js';
import type { Model, ModelLock } from '../schema/model.js';
import { readModel } from '../schema/read-model.js';
import type { CompileMemo } from './cache.js';
import { checkDecide } from './check-decide.js';
import { checkRules } from './check-rules.js';
import type { CostEntry } from './cost-report.js';
import { checkDefinitions, type Definitions, numberedSteps } from './definitions.js';
import type { IndexPolicy, IndexReport } from './index/plan.js';
import { IMAGE_COST_MAX } from './limits.js';
import { type OpenQuestions, openQuestions } from './open-questions.js';
import { emitProgram, type ProgramSource, rankRules } from './program.js';
import { proveRules } from './proofs/prove-rules.js';
import { toManifest } from './to-manifest.js';
import { type CompiledBundle, toParts } from './to-parts.js';
import { reportUnused } from './unused.js';

export { compileExpressions, type ExpressionsResult } from './expressions.js';

export interface CompileOptions {
  /** Widest profile a bundle may ask for; strict by default. */
  profileMax?: ProfileName;
  /** Units one payload may cost. */
  costMax?: number;
  /** Which conditions get a match index: where the cost model finds that it pays (`auto`, the default), all that can, none. */
  index?: IndexPolicy;
  /** Ids given before; used where the bundle has no model.lock.json of its own. */
  lock?: ModelLock;
}

export interface CompileResult {
  /** Image file: deciding part and manifest. Absent where there are errors. */
  image?: Uint8Array;
  manifest?: Manifest;
  /** What the parts of the program cost, and what would make the dearest of them cheaper; absent with the image. */
  costs?: CostEntry[];
  /** What the match index holds of rules and of rows of tables, and why; absent with the image. */
  indexes?: IndexReport[];
  /** What model.lock.json should hold from now on; absent where the model has errors. */
  lock?: ModelLock;
  /** What proofs have not settled; nothing of a bundle that was not proven, since it has errors. */
  notProven: OpenQuestions[];
  /** Errors and warnings of all files, by file and place. */
  diagnostics: Diagnostic[];
}

/** Compiles a bundle. All problems are reported in one run; nothing is thrown for a mistake of the author. */
export function compile(files: BundleFiles, options: CompileOptions = {}): CompileResult {
  const bag = new DiagnosticBag();
  const { emitted, lock, notProven = [] } = emit(files, options, bag);
  const result = { ...(lock === undefined ? {} : { lock }), notProven, diagnostics: sorted(bag) };
  if (emitted === undefined) return result;
  const { compiled, definitions } = emitted;
  const manifest = toManifest(compiled, definitions, files);
  const image = joinImageFile(writeImage(toParts(compiled)), manifest);
  return { image, manifest, costs: compiled.program.costs, indexes: compiled.program.indexes, ...result };
}

/** Finds what compiling would report, without the image. @param memo of the checks before; its begin and end are the caller's */
export function check(
  files: BundleFiles,
  options: CompileOptions,
  memo?: CompileMemo,
): Pick<CompileResult, 'diagnostics' | 'notProven'> & Understood {
  const bag = new DiagnosticBag();
  const { notProven = [], understood = {} } = emit(files, options, bag, memo);
  return { diagnostics: sorted(bag), notProven, ...understood };
}

/** What was understood of a bundle, faults or not: what an editor knows its names by. */
export interface Understood {
  bundle?: Bundle;
  model?: Model;
  definitions?: Definitions;
}

export interface Emitted {
  compiled: CompiledBundle;
  definitions: Definitions;
  /** What the program was emitted from. */
  source: ProgramSource;
}

/** Compiles a bundle and gives what its image is made of, for images of parts of it; undefined where there are errors. */
export function emitBundle(files: BundleFiles, options: CompileOptions = {}): Emitted | undefined {
  return emit(files, options, new DiagnosticBag()).emitted;
}

/** Everything up to the program; it is absent where there are errors. */
function emit(
  files: BundleFiles,
  options: CompileOptions,
  bag: DiagnosticBag,
  memo?: CompileMemo,
): { emitted?: Emitted; lock?: ModelLock; notProven?: OpenQuestions[]; understood?: Understood } {
  const bundle = readBundle(files, bag, memo);
  if (bundle === undefined) return {};
  checkProfile(bundle, options.profileMax ?? 'strict', bag);
  const model = readModelOf(bundle, bundle.lock ?? options.lock, bag, memo);
  const definitions = model && definitionsOf(bundle, model, bag, memo);
  const rules = checkRules(bundle, definitions?.scope, bag, memo?.checkSource);
  if (bundle.headFits) checkDecide(bundle, definitions?.hits, bag);
  if (model === undefined || definitions === undefined) return { understood: { bundle, ...(model && { model }) } };
  if (bundle.input !== undefined) checkInputMap(bundle.input, model, bag);
  const conditions = rules.map(({ condition }) => condition);
  const proof = proveRules(rules, bundle, model, bag, memo?.forms(model, conditions));
  const understood = { bundle, model, definitions };
  const found = { lock: model.lock, notProven: openQuestions(bundle, definitions, proof), understood };
  if (bag.hasErrors) return found;
  reportUnused(definitions, rules, bag);

  const hits = definitions.hits.all;
  const first = bundle.combine === 'first';
  const costMax = options.costMax ?? IMAGE_COST_MAX;
  // Who remembers checks, and has no use for the program where emitting it reports nothing.
  if (
    options.index !== 'on' &&
    // Outputs are not measured: their program is emitted.
    definitions.outputs.length === 0 &&
    memo
      ?.gauge(model, definitions, first)
      .fits(conditions, { rules: rules.length + hits.length, reasonsMax: bundle.reasonsMax, costMax })
  )
    return found;
  const ranks = rankRules([...bundle.rules, ...hits.map(({ score, reasonScore }) => ({ score: reasonScore ?? score }))]);
  const source: ProgramSource = {
    model,
    steps: numberedSteps(definitions, rules.length),
    rules: [
      ...rules.map(({ rule, condition }) => ({ id: rule.id, span: rule.when.span, condition })),
      ...hits.map(({ id, idSpan }) => ({ id, span: idSpan })),
    ],
    ranks,
    ...(definitions.outputs.length === 0 ? {} : { outputs: definitions.outputs }),
    first,
    reasonsMax: bundle.reasonsMax,
    span: bundle.nameSpan,
    costMax,
    index: options.index ?? 'auto',
  };
  const program = emitProgram(source, bag);
  if (bag.hasErrors) return found;
  return { emitted: { compiled: { bundle, model, hits, ranks, program }, definitions, source }, ...found };
}

function readModelOf(
  { model }: Bundle,
  lock: ModelLock | undefined,
  bag: DiagnosticBag,
  memo: CompileMemo | undefined,
): Model | undefined {
  if (model === undefined) return undefined;
  const read = (own: DiagnosticBag): Model | undefined => readModel(model.schema, lock, model.spanOf, own);
  return memo === undefined ? read(bag) : memo.model(model.schema, lock, bag, read);
}

function definitionsOf(bundle: Bundle, model: Model, bag: DiagnosticBag, memo: CompileMemo | undefined): Definitions {
  const check = (own: DiagnosticBag): Definitions => checkDefinitions(bundle, model, own);
  return memo === undefined ? check(bag) : memo.definitions(bundle, model, bag, check);
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
