// Lists: where their elements come from, and what arrow functions do with each. No list is built: filters and maps are stages of
// the one pass that ends in a value.

import { LOOP_DEPTH_MAX } from '../../../assembly/shared/limits.js';
import { canFail } from '../can-fail.js';
import { checkEquality } from '../comparison.js';
import { type ArrayExpression, type ArrowFunctionExpression, type EsNode, type Identifier, unwrap } from '../estree.js';
import type { Ir, LocalRef, WalkEnd, WalkIr } from '../ir.js';
import { failedJoin, join, joinedType } from '../join.js';
import type { Call } from '../library/entry.js';
import { bound } from '../library/math.js';
import { COPIES_MAX } from '../limits.js';
import { failed, type Place, requireValue } from '../operands.js';
import { fold, SILENT } from '../passes/fold.js';
import { BOOLEAN, ERROR, NUMBER, type Type } from '../types.js';
import type { Checked, Context, Facts } from './context.js';
import { requireBoolean } from './logic.js';
import { isTaken } from './names.js';
import { type ListValue, type Receiver, valueReceiver } from './receiver.js';

/** An array literal. */
export function literalList(context: Context, outer: EsNode, facts: Facts): Receiver {
  const node = outer as ArrayExpression;
  const { faults } = context;
  if (node.elements.length === 0 || node.elements.includes(null)) {
    const what = node.elements.length === 0 ? 'an array literal needs an element' : 'an array literal has a hole';
    faults.error('V3323', node, what, 'write each element');
    return valueReceiver(context.fail(node));
  }
  const checked = (node.elements as EsNode[]).map((element) => context.check(element, facts).ir);
  if (checked.some(({ type }) => type.kind === 'error')) return valueReceiver(failed(ERROR, node));
  const values = checked.map((ir) => requireValue(ir, faults));
  if (values.some(({ type }) => type.kind === 'error')) return valueReceiver(failed(ERROR, node));
  const joined = join(values, { start: node.start, end: node.end, what: 'the elements of an array literal' }, faults);
  if (joined === undefined) return valueReceiver(failed(failedJoin([], node).type, node));
  const source = { kind: 'elements', elements: joined.map((value) => ({ value })) } as const;
  const list: ListValue = { source, stages: [], element: joinedType(joined), countMax: joined.length, elementKey: {}, facts };
  return { kind: 'list', list };
}

/** `length`. */
export function countOf(call: Call): Ir {
  const list = call.list!;
  const { start, end } = call.place;
  if (
    list.source.kind === 'elements' &&
    list.stages.length === 0 &&
    list.source.elements.every(({ guard, value }) => guard === undefined && !canFail(value))
  ) {
    return { op: 'constant', type: NUMBER, value: list.countMax, start, end };
  }
  return walk(list, { kind: 'count' }, NUMBER, call.place);
}

/** `includes`: whether an element is the value; one that is not a number is equal to itself, as in JavaScript. */
export function includesOf(call: Call): Ir {
  const list = call.list!;
  const { place, context } = call;
  const { start, end } = place;
  return bound(call.args[0]!.ir!, place, (value) => {
    if (list.source.kind !== 'elements' || list.stages.length > 0) {
      const local: LocalRef = { name: '', type: list.element };
      const element: Ir = { op: 'local', type: list.element, local, start, end };
      const body = sameValue(element, value, place, context);
      return walk(list, { kind: 'some', local, body }, BOOLEAN, place);
    }
    const operands = list.source.elements.flatMap(({ guard, value: element }): Ir[] => {
      if (guard === undefined) return [sameValue(element, value, { start: element.start, end: element.end }, context)];
      // Outputs of a table stand elsewhere, and that one of them is or is not the value is nothing to be told.
      const equal = fold(sameValue({ ...element, start, end }, value, place, context), SILENT);
      if (equal.op !== 'constant') return [{ op: 'and', type: BOOLEAN, operands: [guard, equal], start, end }];
      return equal.value === true ? [guard] : [];
    });
    if (operands.length === 0) return { op: 'constant', type: BOOLEAN, value: false, start, end };
    return operands.length === 1 ? operands[0]! : { op: 'or', type: BOOLEAN, operands, start, end };
  });
}

function sameValue(element: Ir, value: Ir, place: Place, context: Context): Ir {
  const equal = checkEquality('===', value, element, place, context.faults);
  if (element.type.kind !== 'number' || value.type.kind !== 'number') return equal;
  if (element.op === 'constant' || value.op === 'constant') return equal;
  const { start, end } = place;
  const differs = (ir: Ir): Ir => ({ op: 'compare', type: BOOLEAN, relation: '!==', left: ir, right: ir, start, end });
  return bound(element, place, (one) => {
    const same: Ir = { op: 'compare', type: BOOLEAN, relation: '===', left: one, right: value, start, end };
    const neither: Ir = { op: 'and', type: BOOLEAN, operands: [differs(one), differs(value)], start, end };
    return { op: 'or', type: BOOLEAN, operands: [same, neither], start, end };
  });
}

/** `some` and `every`. */
export function testOf(call: Call, kind: 'some' | 'every'): Ir | undefined {
  const applied = applyTest(call, kind);
  return applied && walk(call.list!, { kind, local: applied.local, body: applied.checked.ir }, BOOLEAN, call.place);
}

/** `filter`: what the test tells of an element is known of those that pass. */
export function filterOf(call: Call): ListValue | undefined {
  const applied = applyTest(call, 'filter');
  if (applied === undefined) return undefined;
  const { plain: _, ...list } = call.list!;
  const stage = { kind: 'filter', local: applied.local, body: applied.checked.ir } as const;
  return { ...list, stages: [...list.stages, stage], facts: applied.checked.whenTrue };
}

/** `map`. */
export function mapOf(call: Call): ListValue | undefined {
  const { context } = call;
  const applied = apply(call, 'map');
  if (applied === undefined) return undefined;
  const body = requireValue(applied.checked.ir, context.faults);
  if (body.type.kind === 'error') return undefined;
  if (body.type.kind === 'list') {
    context.faults.error('V3322', body, 'a list cannot be the element of a list', 'map to a field or a value of it');
    return undefined;
  }
  const { plain: _, ...list } = call.list!;
  const stages = [...list.stages, { kind: 'map', local: applied.local, body } as const];
  return { ...list, stages, element: body.type, elementKey: {}, facts: call.facts };
}

interface Applied {
  local: LocalRef;
  checked: Checked;
}

function applyTest(call: Call, method: string): Applied | undefined {
  const applied = apply(call, method);
  if (applied === undefined) return undefined;
  const ir = requireBoolean(applied.checked.ir, method, call.context.faults);
  return ir.type.kind === 'error' || ir.op === 'error' ? undefined : { ...applied, checked: { ...applied.checked, ir } };
}

/** Checks the body of an arrow function of one parameter for each element. */
function apply(call: Call, method: string): Applied | undefined {
  const list = call.list!;
  const arrow = arrowOf(call, 0, [list.element], method);
  if (arrow === undefined) return undefined;
  const local = arrow.locals[0]!;
  arrow.context.alias(local, list.elementKey);
  return { local, checked: arrow.context.check(arrow.body, list.facts) };
}

export interface Arrow {
  locals: LocalRef[];
  /** The context of the body. */
  context: Context;
  body: EsNode;
}

/** The arrow function that an argument is, with its parameters bound to types; undefined where it cannot be one (reported). */
export function arrowOf(call: Call, index: number, types: readonly Type[], method: string): Arrow | undefined {
  const { context } = call;
  const { faults } = context;
  const list = call.list!;
  const node = unwrap(call.args[index]!.node) as ArrowFunctionExpression;
  const example = types.length === 1 ? '`item => ...`' : '`(sum, item) => ...`';
  if (node.async) {
    faults.error('V3213', node, 'an arrow function cannot be async', `write ${example}`);
    return undefined;
  }
  if (!node.expression) return undefined; // the whitelist has refused its block
  if (node.params.length !== types.length) {
    const places = node.params.length > types.length ? node.params[types.length]! : node;
    const what = types.length === 1 ? 'one parameter, the element' : 'two parameters, the accumulator and the element';
    faults.error('V3213', places, `\`${method}\` takes a function of ${what}`, `write ${example}`);
    return undefined;
  }
  const parameters = new Map<string, LocalRef>();
  for (const [position, parameter] of node.params.entries()) {
    if (parameter.type !== 'Identifier') return undefined; // refused by the whitelist
    const { name } = parameter as Identifier;
    if (isTaken(context, name) || parameters.has(name)) {
      faults.error('V3212', parameter, `\`${name}\` stands for something else already`, 'give the parameter another name');
      return undefined;
    }
    parameters.set(name, { name, type: types[position]! });
  }
  if (context.loops >= LOOP_DEPTH_MAX) {
    const advice = 'give the inner list a value of its own, or test it in a rule of its own';
    faults.error('V5040', call.place, `loops are nested more than ${LOOP_DEPTH_MAX} deep`, advice);
    return undefined;
  }
  const copies = list.source.kind === 'elements' ? list.countMax : 1;
  if (context.copies * copies > COPIES_MAX) {
    const advice = 'write fewer elements, or declare a list in `lists/`';
    faults.error('V5041', call.place, `this is repeated for more than ${COPIES_MAX} elements that are written down`, advice);
    return undefined;
  }
  return { locals: [...parameters.values()], context: context.inLoop(parameters, copies), body: node.body };
}

export function walk({ source, stages }: ListValue, result: WalkEnd, type: Type, { start, end }: Place): WalkIr {
  return { op: 'walk', type, source, stages, result, start, end };
}
