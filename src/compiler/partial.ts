// Images of parts of a bundle: some of its rules, some of its features, tables and outputs, with everything else as in the whole:
// the fields that are loaded, the list of rules, the thresholds. What a part takes is what its image takes over one without it.

import { decisionUnits } from '../../assembly/shared/cost.js';
import { ImageKind } from '../../assembly/shared/image.js';
import { REASONS_MAX } from '../../assembly/shared/limits.js';
import { INSTRUCTION_BYTES, INSTRUCTION_OP, instructionUnits, Opcode } from '../../assembly/shared/opcode.js';
import type { BundleFiles } from '../bundle/files.js';
import { DiagnosticBag } from '../diagnostic/diagnostic.js';
import type { ImageParts } from '../image/parts.js';
import { writeImage } from '../image/write-image.js';
import { type CompileOptions, emitBundle } from './compile.js';
import type { ParameterName } from './expressions.js';
import type { IndexReport } from './index/plan.js';
import { type FeatureIr, type Ir, visit } from './ir.js';
import { liveSteps, withoutHits } from './live-steps.js';
import { expressionsOfOutput, mapOutput, partNameOf } from './outputs/checked-output.js';
import { inlineFeatures } from './passes/inline-features.js';
import { emitProgram } from './program.js';
import type { FeatureRef } from './scope.js';
import { expressionsOf, featuresOf } from './step-parts.js';
import { toParts } from './to-parts.js';

/** What an image has of the bundle. */
export interface Part {
  /** Conditions of these rules, by index. */
  rules: 'all' | readonly number[];
  /** Features, tables, scorecards and outputs of these names: computed, whether read or not, and what they hit hits. */
  steps: 'all' | readonly string[];
  /** Rules and names of steps whose reads are computed beside: then a part of them can be compared with one that has them too. */
  readsOf?: { rules: readonly number[]; steps: readonly string[] };
  /** `written` (the default): reasons as in the bundle. Else these rules give one each, and no others; REASONS_MAX are written. */
  reasons?: 'written' | readonly number[];
  /** Only the payload is verified and loaded and the program runs, without outputs: an EXPRESSIONS image that gives a null. */
  withoutDecision?: boolean;
}

export interface PartImage {
  /** The deciding part of an image. */
  image: Uint8Array;
  /** Names of the lists that it asks, in its order. */
  lists: readonly string[];
  /** Parameters that it reads, likewise. */
  parameters: readonly ParameterName[];
}

/** A bundle that images of parts are made of. */
export interface PartialBundle {
  /** Features, tables, scorecards and outputs that the program computes, in its order. */
  steps: readonly string[];
  /** Rules with a condition, in the order written. */
  rules: readonly { index: number; id: string }[];
  /** Everything that can hit: the rules, then rows and attributes. */
  hits: readonly string[];
  /** The first hit decides. */
  first: boolean;
  /** What a match index holds in the whole, or why there is none. */
  indexes: readonly IndexReport[];
  make(part: Part): PartImage;
}

/** Compiles a bundle for making parts of it; undefined where it has errors. */
export function compilePartial(files: BundleFiles, options: CompileOptions = {}): PartialBundle | undefined {
  const emitted = emitBundle(files, options);
  if (emitted === undefined) return undefined;
  const { compiled, source } = emitted;
  const inlined = inlineFeatures(source.steps);
  const conditions = source.rules.map(({ condition }) => condition && inlined.change(condition));
  const given = conditions.filter((condition) => condition !== undefined);
  const outputs = (source.outputs ?? []).map((output) => mapOutput(output, inlined.change));
  const roots = [...given, ...outputs.flatMap(expressionsOfOutput)];
  const live = liveSteps(inlined.steps, roots, true);
  const fields = fieldsOf([...live.steps.flatMap(expressionsOf), ...roots]);
  const names = [...new Set([...live.steps.map(({ name }) => name), ...outputs.map(partNameOf)])];

  const make = ({ rules, steps, readsOf, reasons = 'written', withoutDecision = false }: Part): PartImage => {
    const keptRules = rules === 'all' ? undefined : new Set(rules);
    const keptSteps = steps === 'all' ? new Set(names) : new Set(steps);
    const forced = live.steps.filter(({ name }) => keptSteps.has(name)).flatMap((step) => [...featuresOf(step)]);
    const readers = [
      ...(readsOf?.rules ?? []).flatMap((index) => conditions[index] ?? []),
      ...live.steps.filter(({ name }) => readsOf?.steps.includes(name)).flatMap(expressionsOf),
      ...outputs.filter((output) => readsOf?.steps.includes(partNameOf(output))).flatMap(expressionsOfOutput),
    ];
    const features = new Set([...forced.filter((feature) => live.reads.has(feature)), ...featuresIn(readers)]);
    const stored = withoutDecision ? [] : (source.outputs ?? []).filter((output) => keptSteps.has(partNameOf(output)));
    const bag = new DiagnosticBag();
    const program = emitProgram(
      {
        ...source,
        outputs: stored,
        steps: source.steps.map((step) => (keptSteps.has(step.name) ? step : withoutHits(step))),
        rules: source.rules.map((rule, index) => {
          const { condition, ...rest } = rule;
          return condition === undefined || keptRules?.has(index) === false ? rest : rule;
        }),
        kept: [...fields, ...[...features].map(featureIr)],
        reasonsMax: reasons === 'written' ? source.reasonsMax : REASONS_MAX,
        costMax: Number.MAX_SAFE_INTEGER,
      },
      bag,
    );
    if (bag.hasErrors) throw new Error(`a part of the bundle does not compile: ${bag.items[0]?.message}`);
    const parts = withReasons(toParts({ ...compiled, program }), reasons, source.ranks);
    const image = writeImage(withoutDecision ? asExpressions(parts) : parts);
    return {
      image,
      lists: program.lists.map(({ name }) => name),
      parameters: program.parameters.map(({ set, name }) => ({ set, name })),
    };
  };
  return {
    steps: names,
    rules: source.rules.flatMap(({ id, condition }, index) => (condition === undefined ? [] : [{ index, id }])),
    hits: source.rules.map(({ id }) => id),
    first: source.first,
    indexes: compiled.program.indexes,
    make,
  };
}

function withReasons(parts: ImageParts, reasons: 'written' | readonly number[], ranks: readonly number[]): ImageParts {
  if (reasons === 'written') return parts;
  const given = new Set(reasons.map((index) => ranks[index]));
  const rules = parts.rules.map((rule, rank) => ({ ...rule, reason: given.has(rank) ? (rule.reason ?? 'HIT') : null }));
  return { ...parts, rules, reasonsMax: REASONS_MAX };
}

/** The same program in an image that decides nothing. It has to give a value: a null, before the END that comes last. */
function asExpressions(parts: ImageParts): ImageParts {
  const { rules, reasonsMax } = parts;
  const bound = parts.lists.length + parts.parameters.length;
  const code = new Uint8Array(parts.code.length + INSTRUCTION_BYTES);
  const end = parts.code.length - INSTRUCTION_BYTES;
  code.set(parts.code.subarray(0, end));
  new DataView(code.buffer).setUint16(end + INSTRUCTION_OP, Opcode.OUT_NULL, true);
  code.set(parts.code.subarray(end), end + INSTRUCTION_BYTES);
  const decision = decisionUnits(rules.length, reasonsMax, bound) - decisionUnits(0, 0, bound);
  const costMax = parts.costMax - decision + instructionUnits(Opcode.OUT_NULL, 0);
  return { ...parts, kind: ImageKind.EXPRESSIONS, code, rules: [], thresholds: [], reasonsMax: 0, outCount: 1, costMax };
}

function fieldsOf(expressions: readonly Ir[]): Ir[] {
  const fields = new Map<number, Ir>();
  for (const expression of expressions) {
    visit(expression, (node) => {
      if (node.op === 'field' || node.op === 'now') fields.set(node.op === 'field' ? node.field.index : -1, node);
    });
  }
  return [...fields.values()];
}

function featuresIn(expressions: readonly Ir[]): FeatureRef[] {
  const features = new Set<FeatureRef>();
  for (const expression of expressions) {
    visit(expression, (node) => {
      if (node.op === 'feature') features.add(node.feature);
    });
  }
  return [...features];
}

function featureIr(feature: FeatureRef): FeatureIr {
  return { op: 'feature', type: feature.type, feature, nullable: feature.nullable, start: 0, end: 0 };
}
