// What is computed once for a payload before its rules: features, the rows of tables, the attributes of scorecards.

import { FunctionId } from '../../assembly/shared/function.js';
import { Opcode } from '../../assembly/shared/opcode.js';
import { Status } from '../../assembly/shared/status.js';
import { RegisterType } from '../../assembly/shared/value-type.js';
import type { Label } from './code-buffer.js';
import type { Emitter } from './emit-bytecode.js';
import { emitEnsemble } from './emit-ensemble.js';
import { IndexEmission } from './index/emit-index.js';
import { BETWEEN_INDEXES_MAX, type Stretch } from './index/sites.js';
import type { Ir } from './ir.js';
import { registerTypeOf } from './registers.js';
import type { FeatureRef } from './scope.js';
import { assignmentsOf, featuresOf } from './step-parts.js';
import type { Assignment, ChooseStep, EachStep, Fold, LetStep, Step } from './steps.js';
import { I64_TESTS, TEXT_TESTS, WIDE_TESTS } from './test-opcodes.js';

/** What steps know of the program around them. */
export interface StepContext {
  /** Emits the hit of a rule, by its index in the order written. */
  hit(index: number): void;
}

/** Emits one step. Features that it sets have registers from now on. @param sites of its rows, where they are planned */
export function emitStep(emitter: Emitter, step: Step, context: StepContext, sites?: readonly Stretch[]): void {
  if (step.kind === 'ensemble') {
    emitEnsemble(emitter, step, (index) => context.hit(index));
    return;
  }
  declareFeatures(emitter, step);
  switch (step.kind) {
    case 'let':
      emitLet(emitter, step);
      break;
    case 'choose':
      emitChoose(emitter, step, context, sites);
      break;
    case 'each':
      emitEach(emitter, step, context, sites);
      break;
  }
  for (const feature of featuresOf(step)) emitter.keyFeature(feature);
}

function declareFeatures(emitter: Emitter, step: Step): void {
  const sizes = new Map<FeatureRef, number>();
  for (const { feature, value } of assignmentsOf(step)) {
    sizes.set(feature, Math.max(sizes.get(feature) ?? 0, emitter.textMax(value)));
  }
  for (const feature of featuresOf(step)) emitter.declare(feature, sizes.get(feature) ?? 0);
}

function emitLet(emitter: Emitter, step: LetStep): void {
  assign(emitter, step, false);
}

/** @param wasNull the feature may have been set to null before: the flag is cleared where it gets a value */
function assign(emitter: Emitter, { feature, value }: Assignment, wasNull: boolean): void {
  const { register, nullRegister } = emitter.place(feature);
  const isNull = emitter.code.label();
  emitter.nullableValue(value, isNull, register);
  const done = emitter.code.label();
  // Registers begin as zeros: not null.
  if (nullRegister !== undefined && wasNull) emitter.emit(Opcode.CONST, nullRegister, 0, 0, 0n);
  if (isNull.uses.length === 0) return;
  if (nullRegister === undefined) throw new Error(`feature ${feature.name} may be null`);
  emitter.test(Opcode.JUMP, done);
  emitter.code.bind(isNull);
  emitter.emit(Opcode.CONST, nullRegister, 0, 0, 1n);
  emitter.code.bind(done);
}

/** Sets a feature to null. */
export function setNull(emitter: Emitter, feature: FeatureRef): void {
  const { nullRegister } = emitter.place(feature);
  if (nullRegister !== undefined) emitter.emit(Opcode.CONST, nullRegister, 0, 0, 1n);
}

/**
 * The first row that holds. Where it must be the only one, the number of its group is kept, and the rows behind it are tested
 * against that.
 */
function emitChoose(emitter: Emitter, step: ChooseStep, context: StepContext, sites: readonly Stretch[] | undefined): void {
  const { code } = emitter;
  const features = featuresOf(step);
  const end = code.label();
  const group = step.exclusive ? emitter.registers.take({ type: RegisterType.I64 }) : undefined;
  if (group !== undefined) emitter.emit(Opcode.CONST, group, 0, 0, 0n);
  const body = (sets: readonly Assignment[], indices: readonly number[]): void => {
    for (const set of sets) assign(emitter, set, false);
    const given = new Set(sets.map(({ feature }) => feature));
    for (const feature of features) if (!given.has(feature)) setNull(emitter, feature);
    for (const index of indices) context.hit(index);
  };
  eachRow(emitter, step, sites, end, (index, next, out) => {
    const row = step.rows[index]!;
    if (group === undefined) {
      body(row.sets, row.hits);
      emitter.test(Opcode.JUMP, out);
    } else {
      // Group 0 stands for none.
      const number = BigInt(row.group + 1);
      const again = code.label();
      if (index > 0) emitter.test(Opcode.I64_NE_I, again, group, 0, 0n);
      emitter.emit(Opcode.CONST, group, 0, 0, number);
      body(row.sets, row.hits);
      if (index > 0) {
        emitter.test(Opcode.JUMP, next);
        code.bind(again);
        emitter.test(Opcode.I64_EQ_I, next, group, 0, number);
        emitter.emit(Opcode.FAIL, 0, 0, 0, BigInt(Status.CONFLICT));
      }
    }
  });
  if (group !== undefined) {
    emitter.test(Opcode.I64_NE_I, end, group, 0, 0n);
    emitter.registers.release(group);
  }
  body(step.otherwise.sets, step.otherwise.hits);
  code.bind(end);
}

/**
 * Emits the rows of a step: what each does, `body`, is skipped where its condition does not hold.
 *
 * @param end behind all rows; what `body` is to jump to instead is its `out`. Of several indexes each has one of its own: nothing
 *   jumps into an index from outside, so that what leads on to the end lies between them
 */
function eachRow(
  emitter: Emitter,
  { rows }: ChooseStep | EachStep,
  sites: readonly Stretch[] | undefined,
  end: Label,
  body: (row: number, next: Label, out: Label) => void,
): void {
  const { code } = emitter;
  const emit = (row: number, conditions: readonly Ir[], out: Label): void => {
    const next = code.label();
    for (const condition of conditions) emitter.branch(condition, next, false);
    body(row, next, out);
    code.bind(next);
  };
  const all: readonly Stretch[] = sites ?? [{ items: rows.map((_, index) => index) }];
  for (const { items, plan } of all) {
    if (plan === undefined) {
      for (const item of items) {
        code.relay(end);
        emit(item, [rows[item]!.when], end);
      }
      continue;
    }
    if (all.length > 1) code.relay(end, BETWEEN_INDEXES_MAX);
    const out = all.length > 1 ? code.label() : end;
    code.relay(out);
    const index = new IndexEmission(emitter, plan);
    for (const [part, { source, residual }] of plan.parts.entries()) {
      if (source === undefined || index.isDone(part)) continue;
      code.relay(out);
      index.lead(part);
      emit(items[source]!, residual, out);
    }
    index.end();
    if (out !== end) code.merge(out, end);
  }
}

function emitEach(emitter: Emitter, step: EachStep, context: StepContext, sites: readonly Stretch[] | undefined): void {
  const counted = new Set(step.rows.flatMap(({ folds }) => folds.filter(isAdding).map(({ feature }) => feature)));
  for (const feature of featuresOf(step)) if (!counted.has(feature)) setNull(emitter, feature);
  eachRow(emitter, step, sites, emitter.code.label(), (index) => {
    const row = step.rows[index]!;
    for (const set of row.sets) assign(emitter, set, true);
    for (const fold of row.folds) emitFold(emitter, fold);
    for (const hit of row.hits) context.hit(hit);
  });
}

/** True for what starts from 0, the value that registers begin with. */
function isAdding({ how }: Fold): boolean {
  return how === 'sum' || how === 'count';
}

function emitFold(emitter: Emitter, { feature, how, value }: Fold): void {
  const { register } = emitter.place(feature);
  const type = registerTypeOf(feature.type);
  if (how === 'count' || value === undefined) {
    // A count is a number.
    emitter.emit(Opcode.F64_ADD_I, register, register, 0, 1);
  } else if (how === 'sum') {
    addInto(emitter, register, type, value);
  } else {
    takeExtreme(emitter, feature, how, value);
  }
}

function addInto(emitter: Emitter, register: number, type: RegisterType, value: Ir): void {
  const added = type === RegisterType.WIDE_LOW ? emitter.wideValue(value) : emitter.value(value);
  if (type === RegisterType.WIDE_LOW) {
    const sum = emitter.registers.take({ type });
    emitter.emit(Opcode.WIDE_ADD, sum, register, added);
    emitter.settle(sum, register);
  } else {
    emitter.emit(type === RegisterType.F64 ? Opcode.F64_ADD : Opcode.I64_ADD, register, register, added);
  }
  emitter.registers.release(added);
}

/** min and max: the first value as it is, then whichever is further. Of numbers as Math.min and Math.max have it. */
function takeExtreme(emitter: Emitter, feature: FeatureRef, how: 'min' | 'max', value: Ir): void {
  const { code, registers } = emitter;
  const { register, nullRegister } = emitter.place(feature);
  const type = registers.typeOf(register);
  const candidate = type === RegisterType.WIDE_LOW ? emitter.wideValue(value) : emitter.value(value);
  const take = code.label();
  const done = code.label();
  if (nullRegister !== undefined) emitter.test(Opcode.IF_TRUE, take, nullRegister);
  if (type === RegisterType.F64) {
    const result = registers.take({ type });
    const id = how === 'min' ? FunctionId.F64_MIN : FunctionId.F64_MAX;
    emitter.emit(Opcode.CALL, result, register, candidate, BigInt(id));
    emitter.settle(result, register);
  } else {
    const tests = type === RegisterType.WIDE_LOW ? WIDE_TESTS : type === RegisterType.TEXT ? TEXT_TESTS : I64_TESTS;
    const { op } = tests['<'];
    if (how === 'min') emitter.test(op, take, candidate, register);
    else emitter.test(op, take, register, candidate);
  }
  emitter.test(Opcode.JUMP, done);
  code.bind(take);
  emitter.copy(candidate, register);
  if (nullRegister !== undefined) emitter.emit(Opcode.CONST, nullRegister, 0, 0, 0n);
  code.bind(done);
  registers.release(candidate);
}
