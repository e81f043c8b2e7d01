// Single expressions of any type -> an EXPRESSIONS image, which writes their values: for explanations and tests.

import { decisionUnits } from '../../assembly/shared/cost.js';
import { ImageKind } from '../../assembly/shared/image.js';
import { Combine, Outcome } from '../../assembly/shared/outcome.js';
import type { ProfileName } from '../bundle/bundle.js';
import { type Diagnostic, DiagnosticBag } from '../diagnostic/diagnostic.js';
import { payloadUnits } from '../image/cost.js';
import { writeImage } from '../image/write-image.js';
import type { Model } from '../schema/model.js';
import { checkSourceInScope } from './check-source.js';
import { Emission, reportWhole } from './emission.js';
import type { Ir } from './ir.js';
import { IMAGE_COST_MAX } from './limits.js';
import { inlineFeatures } from './passes/inline-features.js';
import { modelScope, type Scope } from './scope.js';
import { looseSource } from './source.js';
import type { Step } from './steps.js';
import { typeName } from './types.js';

export interface ExpressionsOptions {
  /** Default: strict. */
  profile?: ProfileName;
  /** What the expressions may name beside the fields of the model. */
  scope?: Scope;
  /** What computes the features of the scope; those that are read are computed. */
  steps?: readonly Step[];
  /** Units that a payload may cost. */
  costMax?: number;
}

/** A parameter, by the names of its set and its own. */
export interface ParameterName {
  set: string;
  name: string;
}

export interface ExpressionsResult {
  /**
   * The deciding part of an EXPRESSIONS image (no manifest): one value for each source, in order. Absent where there are
   * errors.
   */
  image?: Uint8Array;
  /** Names of the lists that the image asks, in its order: each is to be bound when it is evaluated. */
  lists?: string[];
  /** Parameters that it reads, in its order, likewise. */
  parameters?: ParameterName[];
  /** Spans name `expression N` (from 1) as their file. */
  diagnostics: Diagnostic[];
  /**
   * Type of each value, without null: boolean, number, decimal(SCALE), string, enum(PATH), timestamp, date, null; `error` where
   * the source has faults.
   */
  types: string[];
}

/** Compiles expressions over a model. A result may be null; objects and lists are no results. */
export function compileExpressions(model: Model, sources: readonly string[], options: ExpressionsOptions = {}): ExpressionsResult {
  const bag = new DiagnosticBag();
  const scope = options.scope ?? modelScope(model);
  const texts = sources.map((text, index) => looseSource(`expression ${index + 1}`, text));
  const checked = texts.map((source) => {
    const ir = checkSourceInScope(source, scope, options.profile ?? 'strict', bag);
    if (ir?.type.kind !== 'object' && ir?.type.kind !== 'list') return ir;
    const [what, advice] = ir.type.kind === 'object' ? ['an object', 'name one of its fields'] : ['a list', 'ask for its `length`'];
    bag.error('V3315', source.span, `${what} cannot be the value of an expression`, advice);
    return undefined;
  });
  const types = checked.map((ir) => (ir === undefined ? 'error' : typeName(ir.type)));
  if (bag.hasErrors) return { diagnostics: bag.items, types };

  const spans = texts.map(({ span }) => span);
  const written = emitValues(model, checked as Ir[], { ...options, spans }, bag);
  return { ...written, diagnostics: bag.items, types };
}

/** Emits values, as compileExpressions does with what it has checked. */
export function emitValues(
  model: Model,
  values: readonly Ir[],
  options: Pick<ExpressionsOptions, 'steps' | 'costMax'> & { spans: readonly Diagnostic['span'][] },
  bag: DiagnosticBag,
): Pick<ExpressionsResult, 'image' | 'lists' | 'parameters'> {
  const inlined = inlineFeatures(options.steps ?? []);
  const changed = values.map(inlined.change);
  const emission = new Emission(model, inlined.steps, changed, false, bag);
  const { emitter } = emission;
  const whole = options.spans[0] ?? { file: 'expression 1', start: 0, end: 0 };
  // There are no rules here that a step could hit.
  emission.steps({ hit: () => {} });
  for (const [index, ir] of changed.entries()) {
    // Joined texts that are values stay: OUT keeps them, so that they are counted together.
    const span = options.spans[index] ?? whole;
    emission.part('rule', span.file, span, [], () => emitter.output(ir));
  }
  emitter.end();
  emission.reportSize(whole);
  const { units, costs, registers, code, constants, blobs, lists, parameters } = emission.finish();
  const cost = payloadUnits(model) + units + decisionUnits(0, 0, lists.length + parameters.length);
  const costMax = options.costMax ?? IMAGE_COST_MAX;
  if (cost > costMax) reportWhole(cost, costMax, costs, whole, bag);
  if (bag.hasErrors) return {};
  const image = writeImage({
    kind: ImageKind.EXPRESSIONS,
    model,
    registerOfField: registers.ofField,
    nowRegister: registers.now,
    registers: registers.descriptors,
    fieldRegisterCount: registers.fieldCount,
    code,
    constants,
    blobs,
    lists,
    parameters,
    rules: [],
    thresholds: [],
    combine: Combine.SCORE,
    onError: Outcome.NONE,
    outcomeDefault: Outcome.NONE,
    reasonsMax: 0,
    outCount: values.length,
    costMax: cost,
    name: 'expressions',
    version: '0.0.0',
  });
  return { image, lists: lists.map(({ name }) => name), parameters: parameters.map(({ set, name }) => ({ set, name })) };
}
