// One program while it is emitted, part by part: what the parts cost, and which limits they pass.

import {
  BLOBS_MAX,
  CODE_COUNT_MAX,
  LISTS_MAX,
  PARAMETERS_MAX,
  REGISTERS_MAX,
  TEXT_SCRATCH_BYTES,
} from '../../assembly/shared/limits.js';
import type { DiagnosticCode } from '../diagnostic/codes.js';
import type { DiagnosticBag, Span } from '../diagnostic/diagnostic.js';
import type { ImageBlob, ImageList, ImageParameter } from '../image/parts.js';
import type { Model } from '../schema/model.js';
import { blobMaker } from './blob-maker.js';
import { type CostEntry, partsOf, payloadEntry, type Stretch, sumUnits, unitsOf } from './cost-report.js';
import { Emitter, type Mark } from './emit-bytecode.js';
import { emitStep, type StepContext, setNull } from './emit-steps.js';
import { type Stretch as Site, type Sites, testedOf } from './index/sites.js';
import { type Ir, visit } from './ir.js';
import { joinsTexts } from './joins-texts.js';
import { RULE_COST_MAX, STEP_COST_MAX } from './limits.js';
import { liveSteps } from './live-steps.js';
import { imageParameters, parametersOf } from './parameters.js';
import { Registers, registerTypeOf } from './registers.js';
import type { ListRef, ParameterRef } from './scope.js';
import { assignmentsOf, expressionsOf, featuresOf } from './step-parts.js';
import type { Step } from './steps.js';
import { grouped } from './wording.js';

/** What a program gives an image. */
export interface Emitted {
  code: Uint8Array;
  constants: Uint8Array;
  registers: Registers;
  blobs: readonly ImageBlob[];
  lists: readonly ImageList[];
  parameters: readonly ImageParameter[];
  /** The payload, then steps that are needed, then rules, with what is dear in each. */
  costs: CostEntry[];
}

/** Reports a payload that costs too much, and what makes it so. */
export function reportWhole(whole: number, costMax: number, costs: readonly CostEntry[], span: Span, bag: DiagnosticBag): void {
  const part = costs.flatMap(({ parts }) => parts).sort((a, b) => b.units - a.units)[0];
  const most = part === undefined ? '' : `; most of it, ${grouped(part.units)}, is ${part.what}`;
  const advice = part?.hint ?? 'give texts a smaller `maxLength` in the model, or ask for a larger limit';
  bag.error('V5005', span, `a payload costs up to ${grouped(whole)} units, more than ${grouped(costMax)}${most}`, advice);
}

interface Part extends Stretch {
  /** `index`: a match index of the rules. It has no limit of its own: it takes no more than the rules would without it. */
  kind: 'step' | 'rule' | 'index';
  name: string;
  span: Span;
  marks: readonly Mark[];
}

/** One program while it is emitted. */
export class Emission {
  readonly emitter: Emitter;
  readonly #model: Model;
  readonly #steps: readonly Step[];
  readonly #lists: readonly ListRef[];
  readonly #parameters: readonly ParameterRef[];
  readonly #bag: DiagnosticBag;
  readonly #parts: Part[] = [];
  /** No text has been joined since the last RESET_TEXT. */
  #clean = true;

  readonly #stretches = new Map<Step, readonly Site[]>();

  /**
   * @param roots what is evaluated after the steps
   * @param hits the program has rules that steps may hit
   * @param indexing absent where no conditions get an index
   */
  constructor(
    model: Model,
    steps: readonly Step[],
    roots: readonly Ir[],
    hits: boolean,
    bag: DiagnosticBag,
    indexing?: { sites: Sites; rankOf: ((hit: number) => number) | undefined; tested: readonly Ir[] },
  ) {
    const live = liveSteps(steps, roots, hits);
    const all = [...live.steps.flatMap(expressionsOf), ...roots];
    for (const step of live.steps) {
      const stretches = indexing?.sites.planStep(step, indexing.rankOf);
      if (stretches !== undefined) this.#stretches.set(step, stretches);
    }
    this.#model = model;
    this.#steps = live.steps;
    this.#lists = listsOf(all);
    this.#parameters = parametersOf(all);
    this.#bag = bag;
    this.emitter = new Emitter(new Registers(model, all), blobMaker, this.#lists, this.#parameters);
    this.emitter.textKeys([...live.steps.flatMap((step) => this.#tested(step)), ...(indexing?.tested ?? roots)]);
    // What no row sets is null for every payload.
    const given = new Set(live.steps.flatMap((step) => [...featuresOf(step)]));
    for (const feature of live.reads) {
      if (given.has(feature)) continue;
      this.emitter.declare(feature, 0);
      setNull(this.emitter, feature);
    }
  }

  /** Emits the steps. Texts that they keep stay to the end. */
  steps(context: StepContext): void {
    for (const step of this.#steps) {
      const expressions = expressionsOf(step);
      this.part('step', step.name, step.span, expressions, () => emitStep(this.emitter, step, context, this.#stretches.get(step)));
      if (expressions.some(joinsTexts) && [...featuresOf(step)].some(({ type }) => type.kind === 'text')) {
        this.emitter.keepText();
        this.#clean = true;
      }
    }
  }

  /** The expressions of a step that code evaluates. */
  #tested(step: Step): Ir[] {
    const stretches = this.#stretches.get(step);
    if (stretches === undefined || step.kind === 'let' || step.kind === 'ensemble') return expressionsOf(step);
    const values = assignmentsOf(step).map(({ value }) => value);
    return [
      ...testedOf(
        stretches,
        step.rows.map(({ when }) => when),
      ),
      ...values,
    ];
  }

  /** Emits one part of the program, and reports what is too much in it. @param lead what comes before all else in it */
  part(kind: Part['kind'], name: string, span: Span, expressions: readonly Ir[], emit: () => void, lead?: () => void): void {
    const { emitter } = this;
    const { code } = emitter;
    const first = code.count;
    const firstMark = emitter.marks.length;
    const joins = expressions.some(joinsTexts);
    lead?.();
    if (joins && !this.#clean) emitter.resetText();
    emit();
    if (joins) this.#clean = false;
    if (code.branchOverflow) {
      this.#bag.error('V5008', span, `a jump inside the ${kind} is too long`, 'split the condition over several rules');
      code.branchOverflow = false;
    }
    this.reportJoined(span);
    this.#parts.push({ kind, name, span, first, end: code.count, marks: emitter.marks.slice(firstMark) });
  }

  /** Reports texts joined beyond what the engine has room for. */
  reportJoined(span: Span): void {
    const { emitter } = this;
    const bytes = emitter.joinedBytes + emitter.keptBytes;
    if (bytes <= TEXT_SCRATCH_BYTES) return;
    const kept = emitter.keptBytes > 0 ? `, ${grouped(emitter.keptBytes)} of them in features` : '';
    const message = `texts of up to ${grouped(bytes)} bytes are joined${kept}, more than ${grouped(TEXT_SCRATCH_BYTES)}`;
    this.#bag.error('V5009', span, message, 'give the texts a smaller `maxLength` in the model');
    emitter.joinedBytes = 0;
    emitter.keptBytes = 0;
  }

  /** Reports a program that is larger than the engine takes. */
  reportSize(span: Span): void {
    const { registers, code, blobs } = this.emitter;
    const report = (codeOf: DiagnosticCode, count: number, max: number, what: string): void => {
      if (count > max)
        this.#bag.error(codeOf, span, `the program needs ${grouped(count)} ${what}, more than ${grouped(max)}`, 'split the bundle');
    };
    report('V5006', registers.descriptors.length, REGISTERS_MAX, 'registers');
    report('V5007', code.count, CODE_COUNT_MAX, 'instructions');
    report('V5013', blobs.items.length, BLOBS_MAX, 'time zones and patterns');
    report('V5014', this.#lists.length, LISTS_MAX, 'lists');
    report('V5015', this.#parameters.length, PARAMETERS_MAX, 'parameters');
  }

  /** The program's parts of an image, and what they cost. */
  finish(): Emitted & { units: number } {
    const { registers, blobs, constants } = this.emitter;
    const code = this.emitter.code.toBytes();
    const lists = this.#lists.map(({ name, type }) => ({ name, type: registerTypeOf(type) }));
    const units = unitsOf(code, { registers: registers.descriptors, blobs: blobs.items, lists });
    const costs: CostEntry[] = [payloadEntry(this.#model)];
    for (const part of this.#parts) {
      const kind = part.kind === 'rule' ? 'rule' : 'step';
      costs.push({ kind, name: part.name, units: sumUnits(units, part), parts: partsOf(units, part, part.marks) });
    }
    return {
      code,
      constants: constants.toBytes(),
      registers,
      blobs: blobs.items,
      lists,
      parameters: imageParameters(this.#parameters),
      costs,
      units: sumUnits(units, { first: 0, end: units.length }),
    };
  }

  /** Reports parts that cost too much. @param costs what finish gave */
  reportCosts(costs: readonly CostEntry[]): void {
    // The payload stands first.
    for (const [index, { kind, span }] of this.#parts.entries()) if (kind !== 'index') this.#reportPart(costs[index + 1]!, span);
  }

  #reportPart({ kind, name, units, parts }: CostEntry, span: Span): void {
    const max = kind === 'rule' ? RULE_COST_MAX : STEP_COST_MAX;
    if (units <= max) return;
    const [part] = parts;
    const most = part === undefined ? '' : `; most of it, ${grouped(part.units)}, is ${part.what}`;
    const advice = part?.hint ?? 'shorten it, or give the texts it reads a smaller `maxLength` in the model';
    const message = `\`${name}\` costs up to ${grouped(units)} units, more than ${grouped(max)}${most}`;
    this.#bag.error(kind === 'rule' ? 'V5004' : 'V5012', span, message, advice);
  }
}

/** The lists that expressions ask, by name. */
function listsOf(expressions: readonly Ir[]): ListRef[] {
  const lists = new Set<ListRef>();
  for (const expression of expressions) {
    visit(expression, (node) => {
      if (node.op === 'member-of') lists.add(node.list);
    });
  }
  return [...lists].sort((a, b) => (a.name < b.name ? -1 : 1));
}
