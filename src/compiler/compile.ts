// The compiler on one screen: files of a bundle -> image file and diagnostics. No I/O, no clock, no Wasm.

import { ImageKind } from '../../assembly/shared/image.js';
import { Combine, Outcome } from '../../assembly/shared/outcome.js';
import type { Bundle, OutcomeName, ProfileName } from '../bundle/bundle.js';
import type { BundleFiles } from '../bundle/files.js';
import { checkInputMap } from '../bundle/input-map.js';
import { readBundle } from '../bundle/read-bundle.js';
import { type Diagnostic, DiagnosticBag } from '../diagnostic/diagnostic.js';
import { joinImageFile } from '../image/file.js';
import type { Manifest } from '../image/manifest.js';
import type { ImageParts } from '../image/parts.js';
import { writeImage } from '../image/write-image.js';
import type { Model, ModelLock } from '../schema/model.js';
import { readModel } from '../schema/read-model.js';
import { checkDecide } from './check-decide.js';
import { type CheckedRule, checkRules } from './check-rules.js';
import { IMAGE_COST_MAX } from './limits.js';
import { emitProgram, type Program, rankRules } from './program.js';

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
  const rules = checkRules(bundle, model, bag);
  if (bundle.headFits) checkDecide(bundle, bag);
  if (model === undefined) return { diagnostics: sorted(bag) };
  if (bundle.input !== undefined) checkInputMap(bundle.input, model, bag);
  if (bag.hasErrors) return { lock: model.lock, diagnostics: sorted(bag) };

  const ranks = rankRules(bundle.rules);
  const program = emitProgram(
    {
      model,
      steps: [],
      rules: rules.map(({ rule, condition }) => ({ id: rule.id, span: rule.when.span, condition })),
      ranks,
      first: bundle.combine === 'first',
      reasonsMax: bundle.reasonsMax,
      span: bundle.nameSpan,
      costMax: options.costMax ?? IMAGE_COST_MAX,
    },
    bag,
  );
  if (bag.hasErrors) return { lock: model.lock, diagnostics: sorted(bag) };
  const manifest = toManifest(bundle, model, ranks, program);
  const image = joinImageFile(writeImage(toParts(bundle, model, rules, ranks, program)), manifest);
  return { image, manifest, lock: model.lock, diagnostics: sorted(bag) };
}

function checkProfile(bundle: Bundle, profileMax: ProfileName, bag: DiagnosticBag): void {
  if (bundle.profile !== 'standard' || profileMax === 'standard') return;
  const advice = 'write `profile: strict`, or let the tenant allow `standard`';
  bag.error('V1008', bundle.profileSpan, 'the tenant allows the profile `strict` only', advice);
}

const OUTCOMES: Readonly<Record<OutcomeName | 'fail', Outcome>> = {
  approve: Outcome.APPROVE,
  review: Outcome.REVIEW,
  decline: Outcome.DECLINE,
  fail: Outcome.NONE,
};

const COMBINES: Readonly<Record<Bundle['combine'], Combine>> = {
  score: Combine.SCORE,
  first: Combine.FIRST,
  collect: Combine.COLLECT,
};

function toParts(
  bundle: Bundle,
  model: Model,
  rules: readonly CheckedRule[],
  ranks: readonly number[],
  program: Program,
): ImageParts {
  const ranked: ImageParts['rules'][number][] = [];
  for (const [index, { rule }] of rules.entries()) {
    const outcome = rule.outcome === null ? Outcome.NONE : OUTCOMES[rule.outcome];
    ranked[ranks[index]!] = { id: rule.id, score: rule.score, outcome, reason: rule.reason };
  }
  const thresholds = bundle.outcomes.flatMap(({ atLeast, outcome }) =>
    atLeast === undefined ? [] : [{ atLeast, outcome: OUTCOMES[outcome] }],
  );
  const { registers, code, constants, blobs, lists, costMax } = program;
  return {
    kind: ImageKind.DECISION,
    model,
    registerOfField: registers.ofField,
    nowRegister: registers.now,
    registers: registers.descriptors,
    fieldRegisterCount: registers.fieldCount,
    code,
    constants,
    blobs,
    lists,
    rules: ranked,
    thresholds,
    combine: COMBINES[bundle.combine],
    onError: OUTCOMES[bundle.onError],
    outcomeDefault: OUTCOMES[bundle.outcomes[bundle.outcomes.length - 1]!.outcome],
    reasonsMax: bundle.reasonsMax,
    outCount: 0,
    costMax,
    name: bundle.name,
    version: bundle.version,
  };
}

function toManifest(bundle: Bundle, model: Model, ranks: readonly number[], program: Program): Manifest {
  return {
    format: 1,
    name: bundle.name,
    version: bundle.version,
    profile: bundle.profile,
    combine: bundle.combine,
    onError: bundle.onError,
    model,
    rules: bundle.rules.map(({ id, file, line, when, score, outcome, reason }, index) => ({
      id,
      file,
      line,
      when: when.text.trim(),
      score,
      outcome,
      reason,
      cost: program.ruleCosts[index]!,
    })),
    ranks: [...ranks],
    costMax: program.costMax,
    modelSchema: bundle.model?.schema,
  };
}

function sorted(bag: DiagnosticBag): Diagnostic[] {
  const order = (a: Diagnostic, b: Diagnostic): number =>
    a.span.file < b.span.file ? -1 : a.span.file > b.span.file ? 1 : a.span.start - b.span.start;
  return [...bag.items].sort(order);
}
