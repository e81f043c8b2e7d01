// Lists: FEEL's loops and filters as stages of one pass.

import { and, at, type Code, code, Level } from './code.js';
import { logicAnd } from './comparison.js';
import type { Lowering } from './lower.js';
import { Refusal } from './refusal.js';
import { type BoolValue, boolConstant, type ListValue, present, type SimpleValue, type Value } from './value.js';

/** A value that must be a list of the payload or of a table. Throws Refusal. */
export function asList(value: Value): ListValue {
  if (value.kind === 'list') return value;
  if (value.kind === 'rows') throw new Refusal('rows of a table with several outputs are passed over', 'give the table one output');
  throw new Refusal('this is no list', 'declare it with `isCollection`');
}

/** `list.stage(item => body)` as code. */
function stage(list: ListValue, name: string, parameter: string, body: Code): Code {
  return code(`${at(Level.PRIMARY, list.code)}.${name}(${parameter} => ${body.text})`);
}

/** Whether a condition holds for some or for every element: three-valued, as FEEL has it; null where the list is. */
export function conditionOn(
  list: ListValue,
  quantifier: 'some' | 'every',
  holds: (item: Value) => BoolValue,
  lowering: Lowering,
): BoolValue {
  const parameter = lowering.surroundings.fresh('item');
  const condition = lowering.inLambda(() => holds(list.element(code(parameter))));
  const contrary = quantifier === 'some' ? 'every' : 'some';
  const found: BoolValue = {
    kind: 'bool',
    whenTrue: stage(list, quantifier, parameter, condition.whenTrue),
    whenFalse: stage(list, contrary, parameter, condition.whenFalse),
    total: condition.total,
  };
  return guarded(list.guards, found);
}

/** The elements for which a condition is true. */
export function filtered(list: ListValue, holds: (item: Value) => BoolValue, lowering: Lowering): ListValue {
  const parameter = lowering.surroundings.fresh('item');
  const condition = holds(list.element(code(parameter)));
  if (!list.plain) throw new Refusal('a filter stands behind a loop', 'filter first');
  return { ...list, code: stage(list, 'filter', parameter, condition.whenTrue) };
}

/** What is made of each element. */
export function mapped(list: ListValue, make: (item: Value) => Value): ListValue {
  return { ...list, element: (name) => make(list.element(name)), plain: false };
}

/** A member of each element. */
export function projected(list: ListValue, member: (item: Value) => Value): ListValue {
  return mapped(list, member);
}

/** `list.length`. */
export function lengthOf(list: ListValue): Code {
  return code(`${at(Level.PRIMARY, list.code)}.length`);
}

export interface Pass {
  readonly parameter: string;
  readonly item: SimpleValue;
  /** Under which no element is null. */
  readonly whole: readonly Code[];
}

/** What a pass over simple elements needs: their parameter, their value, and that none of them is null. */
export function passOver(list: ListValue, lowering: Lowering): Pass {
  const parameter = lowering.surroundings.fresh('item');
  const item = lowering.inLambda(() => {
    const value = list.element(code(parameter));
    if (value.kind === 'scalar' || value.kind === 'bool') return value;
    throw new Refusal('elements of the list are no single values', 'name a member: `items.price`');
  });
  const there = present(item);
  const whole = there.text === 'true' ? [] : [stage(list, 'every', parameter, there)];
  return { parameter, item, whole };
}

/** `list.reduce((sum, item) => step, initial)`. */
export function reduced(list: ListValue, accumulator: string, parameter: string, step: Code, initial: Code): Code {
  return code(`${at(Level.PRIMARY, list.code)}.reduce((${accumulator}, ${parameter}) => ${step.text}, ${initial.text})`);
}

/** A list as an expression of an output; its elements must not be null. */
export function listCode(list: ListValue, lowering: Lowering): Code {
  if (list.plain) return list.code;
  const { parameter, item, whole } = passOver(list, lowering);
  if (whole.length > 0)
    throw new Refusal('elements of the list may be null', 'filter those that are: `items[price != null].price`');
  const body = item.kind === 'scalar' ? item.code : item.kind === 'bool' ? item.whenTrue : undefined;
  return stage(list, 'map', parameter, body!);
}

function guarded(guards: readonly Code[], value: BoolValue): BoolValue {
  if (guards.length === 0) return value;
  const { whenTrue, whenFalse } = logicAnd(boolConstant(true), value);
  return { kind: 'bool', whenTrue: and(...guards, whenTrue), whenFalse: and(...guards, whenFalse), total: false };
}
