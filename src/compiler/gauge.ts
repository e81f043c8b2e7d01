// What a program takes at most, without the program: each condition is emitted once by itself and measured, and the measures are
// added up. Where no sum comes near a limit, emitting the whole reports nothing, and a check can do without; where one does, the
// whole is emitted and says exactly.
//
// Nothing here may be less than what emitProgram comes to. What the whole does beyond its parts (keys of texts, hits that wait, the
// lead of a conjunction) is added for every part, needed or not.

import { decisionUnits } from '../../assembly/shared/cost.js';
import {
  BLOBS_MAX,
  CODE_COUNT_MAX,
  LISTS_MAX,
  PARAMETERS_MAX,
  REGISTERS_MAX,
  RULES_MAX,
  TEXT_SCRATCH_BYTES,
} from '../../assembly/shared/limits.js';
import { ALIVE_UNITS, INDEX_PARTS_MAX } from '../../assembly/shared/match-index.js';
import { instructionUnits, Opcode } from '../../assembly/shared/opcode.js';
import { RegisterType } from '../../assembly/shared/value-type.js';
import { payloadUnits } from '../image/cost.js';
import type { Model } from '../schema/model.js';
import { blobMaker } from './blob-maker.js';
import { unitsOf } from './cost-report.js';
import { Emitter } from './emit-bytecode.js';
import { emitStep } from './emit-steps.js';
import { SHARE_INSTRUCTIONS, SHARED_TESTS_MAX } from './index/share.js';
import { type Ir, visit } from './ir.js';
import { BRANCH_DISTANCE_MAX, RULE_COST_MAX, STEP_COST_MAX } from './limits.js';
import { parametersOf } from './parameters.js';
import { type Inlined, inlineFeatures } from './passes/inline-features.js';
import { Registers } from './registers.js';
import type { FeatureRef, ListRef } from './scope.js';
import { expressionsOf, featuresOf, hitsOf } from './step-parts.js';
import type { Step } from './steps.js';
import { ERROR } from './types.js';

/** What a program takes at most. */
export interface ProgramSize {
  /** Of the whole program, without verifying the payload and making the decision. */
  units: number;
  /** Of the dearest rule and of the dearest step. */
  ruleUnits: number;
  stepUnits: number;
  instructions: number;
  /** Of the longest part. */
  partInstructions: number;
  /** Of texts joined, those that are kept included. */
  joinedBytes: number;
  registers: number;
  blobs: number;
  lists: number;
  parameters: number;
}

interface Part {
  units: number;
  instructions: number;
  joinedBytes: number;
}

/** What is counted for each part: RESET_TEXT and keepText, ALL, END. */
const PART_INSTRUCTIONS = 4;
const PART_UNITS = PART_INSTRUCTIONS * instructionUnits(Opcode.END, 0);
/** What is counted for each hit of a step: it is noted where the step gives it, and decided among the rules. */
const HIT_INSTRUCTIONS = 8;
const HIT_UNITS = HIT_INSTRUCTIONS * instructionUnits(Opcode.HIT, 0);

/** What is counted for each row of a step: its ALIVE. The MATCH before them takes no more than the tests that it saves. */
const ROW_UNITS = ALIVE_UNITS;
/** Indexes of the rules, or of one step, at most. */
const INDEXES_OF_ONE = RULES_MAX / INDEX_PARTS_MAX;

/** Instructions of what the indexes of the rules, or of one step, make before them. */
const INDEX_INSTRUCTIONS = INDEXES_OF_ONE * SHARED_TESTS_MAX * SHARE_INSTRUCTIONS;

/** Share of a limit up to which a sum is not near it: sums of the same numbers in another order differ in their last bits. */
const NEAR = 0.99;
/** Conditions that were measured and are gone, beyond as many as there are, before everything is measured afresh. */
const GONE_MAX = 1000;

export interface GaugedProgram {
  model: Model;
  steps: readonly Step[];
  lists: readonly ListRef[];
  /** The program ends with the first hit. */
  first: boolean;
}

/** Measures the conditions of one bundle. What has been measured is remembered by the condition's identity. */
export class ProgramGauge {
  readonly #model: Model;
  readonly #first: boolean;
  readonly #lists: number;
  readonly #parameters: number;
  readonly #emitter: Emitter;
  readonly #inlined: Inlined;
  readonly #declared = new Set<FeatureRef>();
  readonly #steps: Part[];
  readonly #hits: number;
  #rules = new Map<Ir, Part>();
  #gone = 0;

  constructor({ model, steps, lists, first }: GaugedProgram) {
    this.#model = model;
    this.#first = first;
    this.#lists = lists.length;
    const parameters = parametersOf(steps.flatMap(expressionsOf));
    this.#parameters = parameters.length;
    this.#inlined = inlineFeatures(steps);
    // A register for every field, whatever reads it.
    const fields = model.fields.map((field): Ir => ({ op: 'field', type: ERROR, field, nullable: false, start: 0, end: 0 }));
    const registers = new Registers(model, [...fields, { op: 'now', type: ERROR, start: 0, end: 0 }]);
    this.#emitter = new Emitter(registers, blobMaker, lists, parameters);
    this.#steps = this.#inlined.steps.map((step) => this.#step(step));
    this.#hits = steps.reduce((sum, step) => sum + hitsOf(step).length, 0);
  }

  /** False where so much that is gone has been measured that a new gauge is better. */
  get isFresh(): boolean {
    return this.#gone <= this.#rules.size + GONE_MAX;
  }

  /** Whether emitting a program of these rules reports nothing. Conditions that are not among them are forgotten. */
  fits(conditions: readonly Ir[], costs: { rules: number; reasonsMax: number; costMax: number }): boolean {
    const size = this.sizeOf(conditions);
    const bound = size.lists + size.parameters;
    const whole = payloadUnits(this.#model) + size.units + decisionUnits(costs.rules, costs.reasonsMax, bound);
    return (
      whole < NEAR * costs.costMax &&
      size.ruleUnits < NEAR * RULE_COST_MAX &&
      size.stepUnits < NEAR * STEP_COST_MAX &&
      size.instructions < NEAR * CODE_COUNT_MAX &&
      // What goes round a long part in steps of its own depends on where each begins.
      size.partInstructions < BRANCH_DISTANCE_MAX / 2 &&
      size.joinedBytes <= TEXT_SCRATCH_BYTES &&
      size.registers <= REGISTERS_MAX &&
      size.blobs <= BLOBS_MAX &&
      size.lists <= LISTS_MAX &&
      size.parameters <= PARAMETERS_MAX
    );
  }

  /** What a program of these rules takes at most. */
  sizeOf(conditions: readonly Ir[]): ProgramSize {
    const { registers, blobs } = this.#emitter;
    const size = { units: 0, ruleUnits: 0, stepUnits: 0, instructions: 0, partInstructions: 0, joinedBytes: 0 };
    let joinedBytes = 0;
    const rules = new Map<Ir, Part>();
    for (const condition of conditions) {
      let part = this.#rules.get(condition);
      if (part === undefined) part = this.#rule(condition);
      rules.set(condition, part);
      size.units += part.units;
      size.instructions += part.instructions;
      if (part.units > size.ruleUnits) size.ruleUnits = part.units;
      if (part.instructions > size.partInstructions) size.partInstructions = part.instructions;
      if (part.joinedBytes > joinedBytes) joinedBytes = part.joinedBytes;
    }
    for (const part of this.#steps) {
      size.units += part.units;
      size.instructions += part.instructions;
      size.stepUnits = Math.max(size.stepUnits, part.units);
      size.partInstructions = Math.max(size.partInstructions, part.instructions);
      joinedBytes += part.joinedBytes;
    }
    for (const condition of this.#rules.keys()) if (!rules.has(condition)) this.#gone++;
    this.#rules = rules;
    // Every text may have a key, and every feature be null for want of a row that sets it.
    const texts = registers.descriptors.slice(0, registers.fieldCount).filter(({ type }) => type === RegisterType.TEXT).length;
    const names = texts + this.#declared.size;
    return {
      ...size,
      joinedBytes,
      units:
        size.units + HIT_UNITS * this.#hits + names * (instructionUnits(Opcode.TEXT_KEY, 0) + instructionUnits(Opcode.CONST, 0)),
      ruleUnits: Math.max(size.ruleUnits, HIT_UNITS),
      instructions:
        size.instructions + HIT_INSTRUCTIONS * this.#hits + 2 * names + 1 + INDEX_INSTRUCTIONS * (this.#steps.length + 1),
      registers: registers.descriptors.length + names + 1 + SHARED_TESTS_MAX,
      blobs: blobs.items.length + INDEXES_OF_ONE * (this.#steps.length + 1),
      lists: this.#lists,
      parameters: this.#parameters,
    };
  }

  #rule(condition: Ir): Part {
    const changed = this.#inlined.change(condition);
    this.#declareReads([changed]);
    return this.#part(() => this.#emitter.rule([changed], 0, this.#first));
  }

  #step(step: Step): Part {
    this.#declareReads(expressionsOf(step));
    const emitter = this.#emitter;
    const part = this.#part(() => emitStep(emitter, step, { hit: () => emitter.hit(0, this.#first) }));
    for (const feature of featuresOf(step)) this.#declared.add(feature);
    const key = instructionUnits(Opcode.TEXT_KEY, 0);
    const features = featuresOf(step).size;
    const hits = hitsOf(step).length;
    const rows = 'rows' in step ? step.rows.length + 1 : 0;
    return {
      ...part,
      units: part.units + key * features + HIT_UNITS * hits + ROW_UNITS * rows,
      instructions: part.instructions + features + HIT_INSTRUCTIONS * hits + rows,
    };
  }

  /** Features that no step sets are null, and have registers too. */
  #declareReads(expressions: readonly Ir[]): void {
    for (const expression of expressions) {
      visit(expression, (node) => {
        if (node.op !== 'feature' || this.#declared.has(node.feature)) return;
        this.#declared.add(node.feature);
        this.#emitter.declare(node.feature, 0);
      });
    }
  }

  /** Measures what is emitted, and forgets it. */
  #part(emit: () => void): Part {
    const { code, registers, blobs, marks } = this.#emitter;
    emit();
    const units = unitsOf(code.toBytes(), { registers: registers.descriptors, blobs: blobs.items, lists: [] });
    const part = {
      units: units.reduce((sum, own) => sum + own, PART_UNITS),
      instructions: code.count + PART_INSTRUCTIONS,
      joinedBytes: this.#emitter.joinedBytes,
    };
    code.clear();
    marks.length = 0;
    this.#emitter.joinedBytes = 0;
    return part;
  }
}
