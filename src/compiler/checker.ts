// Names and types: syntax tree -> typed IR. Every fault is reported once, at the place it is about; what depends on a fault has
// the error type and is not reported again. Null is narrowed as TypeScript does. The parts stand in checker/.

import type { ProfileName } from '../bundle/bundle.js';
import type { Model } from '../schema/model.js';
import { checkArithmetic, checkConcat, checkNegation } from './arithmetic.js';
import { checkChain, checkPath } from './checker/chains.js';
import { type Checked, Context, type Facts, NO_FACTS, type Observer, same } from './checker/context.js';
import { equalFacts } from './checker/facts.js';
import { checkCoalesce, checkConditional, checkLogic, checkNot } from './checker/logic.js';
import { checkEquality, checkOrder } from './comparison.js';
import type {
  BinaryExpression,
  ChainExpression,
  ConditionalExpression,
  EsNode,
  Literal,
  TemplateLiteral,
  UnaryExpression,
} from './estree.js';
import { unwrap } from './estree.js';
import { exactOfLiteral } from './exact.js';
import type { ArithmeticOperator, Ir, LocalRef, Relation } from './ir.js';
import { failed, type Place, requireValue } from './operands.js';
import { modelScope, type Scope } from './scope.js';
import type { FaultSink } from './source.js';
import { BOOLEAN, ERROR, NULL, NUMBER, typePhrase, utf8Bytes } from './types.js';
import { refusalOf } from './whitelist.js';

export { NOW_NAME, reservedNames } from './checker/names.js';
export { compareWith } from './comparison.js';

/**
 * Checks one expression over the fields of a model, `now` and the names of a scope. Faults go into the sink; the IR is to be used
 * only where there were none.
 *
 * @param scope a model stands for the scope that has nothing else
 */
export function checkExpression(root: EsNode, scope: Scope | Model, faults: FaultSink, profile: ProfileName = 'strict'): Ir {
  return checkInScope(root, 'model' in scope ? scope : modelScope(scope), new Map(), faults, profile);
}

/**
 * Checks an expression that may name some more values: `value` in a cell of a table. Whoever asks binds the locals with a `let`
 * around the IR.
 *
 * @param locals by name; they are never null, and come before fields of the same name
 * @param observe is told what each node stands for
 */
export function checkInScope(
  root: EsNode,
  scope: Scope,
  locals: ReadonlyMap<string, LocalRef>,
  faults: FaultSink,
  profile: ProfileName,
  observe?: Observer,
): Ir {
  return Context.root(checkNode, scope, profile, faults, locals, observe).check(root, NO_FACTS).ir;
}

/** The context of an expression that is checked in parts: an output that is a list, and what each of its elements gives. */
export function contextIn(scope: Scope, faults: FaultSink, profile: ProfileName): Context {
  return Context.root(checkNode, scope, profile, faults, new Map());
}

function checkNode(context: Context, outer: EsNode, facts: Facts): Checked {
  const node = unwrap(outer);
  if (refusalOf(node, context.profile) !== undefined) return checkRefused(context, node, facts);
  switch (node.type) {
    case 'LogicalExpression':
      return (node as BinaryExpression).operator === '??'
        ? checkCoalesce(context, node as BinaryExpression, facts)
        : checkLogic(context, node as BinaryExpression, facts);
    case 'ConditionalExpression':
      return checkConditional(context, node as ConditionalExpression, facts);
    case 'UnaryExpression':
      if ((node as UnaryExpression).operator === '!') return checkNot(context, node as UnaryExpression, facts);
      return same(checkNegation(context.check((node as UnaryExpression).argument, facts).ir, node, context.faults), facts);
    case 'BinaryExpression':
      return checkBinary(context, node as BinaryExpression, facts);
    case 'Literal':
      return same(checkLiteral(node as Literal, context.faults), facts);
    case 'TemplateLiteral':
      return same(checkTemplate(context, node as TemplateLiteral, facts), facts);
    case 'ChainExpression':
      return same(checkChain(context, node as ChainExpression, facts), facts);
    case 'ArrowFunctionExpression': {
      const advice = 'give it to a method of a list: `items.some(item => item.price > 100)`';
      context.faults.error('V3211', node, 'an arrow function is no value', advice);
      return same(context.fail(node), facts);
    }
    default:
      return same(checkPath(context, node, facts), facts);
  }
}

/** The whitelist has reported the node. Its operands are still checked where their meaning does not depend on it. */
function checkRefused(context: Context, node: EsNode, facts: Facts): Checked {
  if (node.type === 'BinaryExpression' || node.type === 'LogicalExpression') {
    for (const operand of [(node as BinaryExpression).left, (node as BinaryExpression).right]) context.check(operand, facts);
  }
  return same(failed(ERROR, node), facts);
}

function checkBinary(context: Context, node: BinaryExpression, facts: Facts): Checked {
  const { operator } = node;
  const { faults, profile } = context;
  const left = context.check(node.left, facts).ir;
  const right = context.check(node.right, facts).ir;
  switch (operator) {
    case '===':
    case '!==': {
      const ir = checkEquality(operator, left, right, node, faults);
      const whenEqual = equalFacts(context, left, right, facts, true);
      const whenOther = equalFacts(context, left, right, facts, false);
      return operator === '==='
        ? { ir, whenTrue: whenEqual, whenFalse: whenOther }
        : { ir, whenTrue: whenOther, whenFalse: whenEqual };
    }
    case '<':
    case '<=':
    case '>':
    case '>=':
      return same(checkOrder(operator as Relation, left, right, node, faults), facts);
    default:
      return same(checkArithmetic(operator as ArithmeticOperator, left, right, node, faults, profile), facts);
  }
}

function checkLiteral(node: Literal, faults: FaultSink): Ir {
  const { start, end, value, raw } = node;
  if (typeof value === 'string') return textConstant(value, node, faults);
  if (typeof value === 'number') {
    const exact = exactOfLiteral(raw);
    return { op: 'constant', type: NUMBER, value, ...(exact === undefined ? {} : { exact }), start, end };
  }
  if (typeof value === 'boolean') return { op: 'constant', type: BOOLEAN, value, start, end };
  return { op: 'constant', type: NULL, value: null, start, end };
}

function textConstant(value: string, place: Place, faults: FaultSink): Ir {
  const { start, end } = place;
  if (/[\ud800-\udfff]/u.test(value)) {
    faults.error('V3316', place, 'the text has half of a surrogate pair, which no payload can hold');
    return failed(ERROR, place);
  }
  return { op: 'constant', type: { kind: 'text', bytesMax: utf8Bytes(value) }, value, start, end };
}

/** A template: its texts and holes joined from the left. */
function checkTemplate(context: Context, node: TemplateLiteral, facts: Facts): Ir {
  const { faults } = context;
  const parts: Ir[] = [];
  for (const [index, quasi] of node.quasis.entries()) {
    const text = quasi.value.cooked ?? '';
    const hole = node.expressions[index];
    if (text !== '' || (index === 0 && hole === undefined)) {
      const place = node.quasis.length === 1 ? node : quasi;
      parts.push(textConstant(text, { start: place.start, end: place.end }, faults));
    }
    if (hole === undefined) continue;
    const ir = context.check(hole, facts).ir;
    if (ir.type.kind !== 'error' && ir.type.kind !== 'text') {
      const advice =
        ir.type.kind === 'enum'
          ? 'enums are no texts: declare the field without `enum`'
          : 'compare the values themselves: nothing is converted to a text';
      faults.error('V3314', ir, `a hole of a template takes a text, and this is ${typePhrase(ir.type)}`, advice);
      parts.push(failed(ERROR, ir));
    } else {
      parts.push(ir);
    }
  }
  if (parts.some(({ type }) => type.kind === 'error')) return failed(ERROR, node);
  if (parts.length === 1) return requireValue(parts[0]!, faults);
  return parts.reduce((left, right) => checkConcat(left, right, node, faults));
}
