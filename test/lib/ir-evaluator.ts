// What typed IR means, in plain TypeScript over JavaScript's own values: the oracle of the compiler and the engine. It shares no
// code with either. A value is what a register holds: decimals, timestamps, dates and members of enums are bigints.

import { Status } from '#assembly/shared/status.js';
import { FieldKind } from '#assembly/shared/value-type.js';
import type { FieldIr, Ir, LocalRef, MemberIr, Relation, WalkIr } from '#src/compiler/ir.js';
import type { FeatureRef, ListRef } from '#src/compiler/scope.js';
import type { Assignment, Fold, Step } from '#src/compiler/steps.js';
import type { Field } from '#src/schema/model.js';
import type { PayloadObject, PayloadValue } from '#src/schema/reader.js';
import { callFunction } from './ir-functions.js';

export type IrValue = null | boolean | number | bigint | string | PayloadObject | readonly IrValue[];

/** The payload cannot be decided. */
export class Undecidable extends Error {
  constructor(readonly status: Status) {
    super(Status[status]);
  }
}

export interface World {
  /** As readPayload gives it. */
  payload: PayloadObject;
  /** Microseconds. */
  now?: bigint;
  features?: ReadonlyMap<FeatureRef, IrValue>;
  isMember?(list: ListRef, value: IrValue): boolean;
}

type Names = ReadonlyMap<LocalRef, IrValue>;

const NO_NAMES: Names = new Map();

/** The value of an expression. Throws Undecidable where the engine would end with another status. */
export function evaluateIr(ir: Ir, world: World, names: Names = NO_NAMES): IrValue {
  const value = (operand: Ir): IrValue => evaluateIr(operand, world, names);
  switch (ir.op) {
    case 'constant':
      return ir.value;
    case 'field':
      return fieldValue(ir, world.payload);
    case 'now':
      return world.now ?? 0n;
    case 'parameter':
      throw new Error('a parameter is read by a step alone');
    case 'feature':
      return world.features?.get(ir.feature) ?? null;
    case 'local':
      return names.get(ir.local)!;
    case 'not':
      return !value(ir.operand);
    case 'and':
      return ir.operands.every((operand) => value(operand) === true);
    case 'or':
      return ir.operands.some((operand) => value(operand) === true);
    case 'is-null':
      return value(ir.operand) === null;
    case 'let': {
      const bound = value(ir.value);
      if (bound === null && ir.optional) return null;
      return evaluateIr(ir.body, world, new Map(names).set(ir.local, bound));
    }
    case 'conditional':
      return value(value(ir.test) === true ? ir.whenTrue : ir.whenFalse);
    case 'coalesce': {
      let result: IrValue = null;
      for (const operand of ir.operands) {
        result = value(operand);
        if (result !== null) break;
      }
      return result;
    }
    case 'member': {
      const object = value(ir.object);
      return object === null ? null : memberValue(ir, object as PayloadObject);
    }
    case 'call':
      return callFunction(ir, ir.args.map(value));
    case 'walk':
      return walkValue(ir, world, names);
    case 'member-of':
      return world.isMember?.(ir.list, value(ir.value)) ?? false;
    case 'compare':
      return compare(ir.relation, value(ir.left), value(ir.right));
    case 'negate': {
      const operand = value(ir.operand);
      return typeof operand === 'bigint' ? -operand : -(operand as number);
    }
    case 'arithmetic':
      return compute(ir.operator, value(ir.left), value(ir.right));
    case 'concat':
      return `${value(ir.left)}${value(ir.right)}`;
    case 'rescale':
      return (value(ir.operand) as bigint) * 10n ** BigInt(ir.digits);
    case 'error':
      throw new Error('an expression with faults');
  }
}

function fieldValue({ field }: FieldIr, payload: PayloadObject): IrValue {
  let object: PayloadObject | null = payload;
  const path = field.path.split('.');
  for (const name of path.slice(0, -1)) object = (object?.[name] ?? null) as PayloadObject | null;
  return object === null ? null : inRegister(field, object[field.name] ?? null);
}

function memberValue({ field }: MemberIr, object: PayloadObject): IrValue {
  return inRegister(field, object[field.name] ?? null);
}

/** A field's value as a register has it. */
function inRegister(field: Field, value: PayloadValue): IrValue {
  if (Array.isArray(value))
    return value.map((element) => (field.element === undefined ? element : inRegister(field.element, element)));
  if (field.kind !== FieldKind.ENUM || value === null) return value;
  return BigInt(field.members!.find(({ name }) => name === value)!.number);
}

function compare(relation: Relation, a: IrValue, b: IrValue): boolean {
  switch (relation) {
    case '<':
      return a! < b!;
    case '<=':
      return a! <= b!;
    case '>':
      return a! > b!;
    case '>=':
      return a! >= b!;
    case '===':
      return a === b;
    case '!==':
      return a !== b;
  }
}

function compute(operator: string, a: IrValue, b: IrValue): IrValue {
  // biome-ignore-start lint/suspicious/noExplicitAny: two numbers or two bigints, which TypeScript cannot say
  const [x, y] = [a as any, b as any];
  // biome-ignore-end lint/suspicious/noExplicitAny: see above
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    case '/':
      return x / y;
    default:
      return x % y;
  }
}

/** The elements that come through the stages, one after the other. */
function* elementsOf(walk: WalkIr, world: World, names: Names): Generator<IrValue> {
  for (const element of sourceOf(walk, world, names)) {
    let value = element;
    let dropped = false;
    for (const { kind, local, body } of walk.stages) {
      const result = evaluateIr(body, world, new Map(names).set(local, value));
      if (kind === 'map') value = result;
      else if (result !== true) {
        dropped = true;
        break;
      }
    }
    if (!dropped) yield value;
  }
}

function* sourceOf({ source }: WalkIr, world: World, names: Names): Generator<IrValue> {
  switch (source.kind) {
    case 'list':
      yield* evaluateIr(source.list, world, names) as readonly IrValue[];
      return;
    case 'pieces': {
      const [text, separator] = [source.text, source.separator].map((ir) => evaluateIr(ir, world, names) as string);
      yield* text!.split(separator!);
      return;
    }
    case 'elements':
      for (const { guard, value } of source.elements) {
        if (guard === undefined || evaluateIr(guard, world, names) === true) yield evaluateIr(value, world, names);
      }
  }
}

function walkValue(walk: WalkIr, world: World, names: Names): IrValue {
  const { result } = walk;
  if (result.kind === 'collect') throw new Error('an output is no expression');
  let accumulator: IrValue = result.kind === 'reduce' ? evaluateIr(result.init, world, names) : 0;
  for (const element of elementsOf(walk, world, names)) {
    if (result.kind === 'count') {
      accumulator = (accumulator as number) + 1;
      continue;
    }
    const bound = new Map(names).set(result.local, element);
    if (result.kind === 'reduce') {
      accumulator = evaluateIr(result.body, world, bound.set(result.accumulator, accumulator));
    } else if (evaluateIr(result.body, world, bound) === (result.kind === 'some')) {
      return result.kind === 'some';
    }
  }
  return result.kind === 'some' ? false : result.kind === 'every' ? true : accumulator;
}

/**
 * Runs steps.
 *
 * @returns every feature's value, and the rules that were hit, by index
 */
export function runSteps(steps: readonly Step[], world: World): { features: Map<FeatureRef, IrValue>; hits: number[] } {
  const features = new Map<FeatureRef, IrValue>(world.features);
  const hits: number[] = [];
  const inside: World = { ...world, features };
  const assign = (sets: readonly Assignment[]): void => {
    for (const { feature, value } of sets) features.set(feature, evaluateIr(value, inside));
  };
  for (const step of steps) {
    if (step.kind === 'let') {
      assign([step]);
      continue;
    }
    if (step.kind === 'ensemble') throw new Error('trees have a judge of their own');
    for (const feature of featuresSet(step)) features.set(feature, emptyValue(step, feature));
    if (step.kind === 'each') {
      for (const row of step.rows) {
        if (evaluateIr(row.when, inside) !== true) continue;
        assign(row.sets);
        for (const fold of row.folds) takeIn(fold, features, inside);
        hits.push(...row.hits);
      }
      continue;
    }
    const holding = step.rows.filter(({ when }) => evaluateIr(when, inside) === true);
    const [first = { ...step.otherwise, group: -1 }] = holding;
    if (step.exclusive && holding.some(({ group }) => group !== first.group)) throw new Undecidable(Status.CONFLICT);
    assign(first.sets);
    hits.push(...first.hits);
  }
  return { features, hits };
}

/** The features that a step is to give a value. */
function featuresSet(step: Exclude<Step, { kind: 'let' | 'ensemble' }>): Set<FeatureRef> {
  const sets = step.rows.flatMap((row) => row.sets);
  const features = new Set([...sets, ...(step.kind === 'choose' ? step.otherwise.sets : [])].map(({ feature }) => feature));
  if (step.kind === 'each') for (const row of step.rows) for (const { feature } of row.folds) features.add(feature);
  return features;
}

function emptyValue(step: Exclude<Step, { kind: 'let' | 'ensemble' }>, feature: FeatureRef): IrValue {
  const folds: readonly Fold[] = step.kind === 'each' ? step.rows.flatMap((row) => row.folds) : [];
  if (folds.some((fold) => fold.feature === feature && (fold.how === 'sum' || fold.how === 'count'))) {
    return feature.type.kind === 'decimal' ? 0n : 0;
  }
  return feature.nullable ? null : false;
}

function takeIn({ feature, how, value }: Fold, features: Map<FeatureRef, IrValue>, world: World): void {
  const held = features.get(feature) ?? null;
  const next = value === undefined ? null : evaluateIr(value, world);
  if (how === 'count') features.set(feature, (held as number) + 1);
  else if (how === 'sum') features.set(feature, compute('+', held, next));
  else if (held === null) features.set(feature, next);
  else if (typeof held === 'number') features.set(feature, Math[how](held, next as number));
  else features.set(feature, (how === 'min') === next! < held ? next : held);
}
