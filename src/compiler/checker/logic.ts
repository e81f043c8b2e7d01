// Operators that decide what is evaluated: `&&`, `||`, `!`, `?:`, `??`. What one part tells of null is known in the next.

import type { BinaryExpression, ConditionalExpression, EsNode, UnaryExpression } from '../estree.js';
import { type Ir, mayBeNull } from '../ir.js';
import { failedJoin, join, joinedType } from '../join.js';
import { failed, isSimple, namePhrase, pathOf, presentValue } from '../operands.js';
import type { FaultSink } from '../source.js';
import { BOOLEAN, ERROR, typePhrase } from '../types.js';
import { type Checked, type Context, type Facts, same } from './context.js';
import { intersect, union, withPresent } from './facts.js';

/** The operands of a chain of one logical operator, from the left. */
function chainOf(node: BinaryExpression): EsNode[] {
  const parts: EsNode[] = [];
  let left: EsNode = node;
  while (left.type === 'LogicalExpression' && (left as BinaryExpression).operator === node.operator) {
    parts.push((left as BinaryExpression).right);
    left = (left as BinaryExpression).left;
  }
  parts.push(left);
  return parts.reverse();
}

/** Checks `&&` and `||`. */
export function checkLogic(context: Context, node: BinaryExpression, facts: Facts): Checked {
  const { operator, start, end } = node;
  const isAnd = operator === '&&';
  const operands: Ir[] = [];
  let known = facts;
  let common: Facts | undefined;
  for (const part of chainOf(node)) {
    const checked = context.check(part, known);
    operands.push(requireBoolean(checked.ir, operator, context.faults));
    known = isAnd ? checked.whenTrue : checked.whenFalse;
    const other = isAnd ? checked.whenFalse : checked.whenTrue;
    common = common === undefined ? other : intersect(common, other);
  }
  const ir: Ir = { op: isAnd ? 'and' : 'or', type: BOOLEAN, operands, start, end };
  return isAnd ? { ir, whenTrue: known, whenFalse: common! } : { ir, whenTrue: common!, whenFalse: known };
}

/** Checks `!`. */
export function checkNot(context: Context, node: UnaryExpression, facts: Facts): Checked {
  const checked = context.check(node.argument, facts);
  const operand = requireBoolean(checked.ir, '!', context.faults);
  const ir: Ir = { op: 'not', type: BOOLEAN, operand, start: node.start, end: node.end };
  return { ir, whenTrue: checked.whenFalse, whenFalse: checked.whenTrue };
}

/** A condition that is not null; anything else is reported. @param operator what takes it: an operator, or the name of a method */
export function requireBoolean(ir: Ir, operator: string, faults: FaultSink): Ir {
  if (ir.type.kind === 'error') return ir;
  const path = pathOf(ir);
  if (ir.type.kind !== 'boolean') {
    const example = path !== undefined && mayBeNull(ir) ? `write \`${path} !== null\` to ask whether it is there` : undefined;
    const advice = example ?? (ir.type.kind === 'number' ? 'compare it, for instance with `!== 0`' : 'write a comparison');
    faults.error('V3303', ir, `\`${operator}\` takes booleans, and this is ${typePhrase(ir.type)}`, advice);
    return failed(BOOLEAN, ir);
  }
  if (!mayBeNull(ir)) return ir;
  const advice = path === undefined ? 'say what it is then: `... ?? false`' : `write \`${path} === true\``;
  const fix = path === undefined || operator === '!' ? undefined : { start: ir.start, end: ir.end, text: `${path} === true` };
  faults.error('V3304', ir, `${namePhrase(ir)} may be null`, advice, fix);
  return isSimple(ir) ? presentValue(ir) : failed(BOOLEAN, ir);
}

/** Checks `test ? a : b`. */
export function checkConditional(context: Context, node: ConditionalExpression, facts: Facts): Checked {
  const { start, end } = node;
  const tested = context.check(node.test, facts);
  const test = requireBoolean(tested.ir, '?:', context.faults);
  const yes = context.check(node.consequent, tested.whenTrue);
  const no = context.check(node.alternate, tested.whenFalse);
  const whenTrue = intersect(yes.whenTrue, no.whenTrue);
  const whenFalse = intersect(yes.whenFalse, no.whenFalse);
  const branches = [yes.ir, no.ir];
  if (test.type.kind === 'error' || branches.some(({ type }) => type.kind === 'error')) {
    return { ir: failedJoin(branches, node), whenTrue, whenFalse };
  }
  const joined = join(branches, { start, end, what: 'the branches of `?:`' }, context.faults);
  if (joined === undefined) return { ir: failed(ERROR, node), whenTrue, whenFalse };
  if (joined.every(({ type }) => type.kind === 'null')) {
    context.faults.error('V3317', node, 'both branches are null', 'write a value in one of them');
    return same(failed(ERROR, node), facts);
  }
  const ir: Ir = { op: 'conditional', type: joinedType(joined), test, whenTrue: joined[0]!, whenFalse: joined[1]!, start, end };
  return { ir, whenTrue, whenFalse };
}

/** Checks a chain of `??`. */
export function checkCoalesce(context: Context, node: BinaryExpression, facts: Facts): Checked {
  const { start, end } = node;
  const { faults } = context;
  const parts = chainOf(node);
  const checked = parts.map((part) => context.check(part, facts));
  const operands = checked.map(({ ir }) => ir);
  if (operands.some(({ type }) => type.kind === 'error')) return same(failedJoin(operands, node), facts);
  const needed = operands.findIndex((ir) => !mayBeNull(ir));
  const useless = operands.findIndex(({ type }) => type.kind === 'null');
  if (needed >= 0 && needed < operands.length - 1) {
    const what = `${namePhrase(operands[needed]!)} is never null here: what follows it is not needed`;
    faults.warning('V3403', operands[needed]!, what, 'remove the `??` behind it');
  } else if (useless >= 0) {
    faults.warning('V3403', operands[useless]!, 'null is what the value is already: this is not needed', 'remove it and its `??`');
  }
  const joined = join(operands, { start, end, what: 'the sides of `??`' }, faults);
  if (joined === undefined) return same(failed(ERROR, node), facts);
  if (joined.every(({ type }) => type.kind === 'null')) return same({ ...joined[0]!, start, end }, facts);
  const reached = needed < 0 ? joined : joined.slice(0, needed + 1);
  const used = reached.filter((ir) => ir.op !== 'constant' || ir.value !== null);
  const type = joinedType(joined);
  const ir: Ir = used.length === 1 ? { ...used[0]!, start, end } : { op: 'coalesce', type, operands: used, start, end };
  return { ir, ...coalescedFacts(context, checked, facts) };
}

/** `x ?? false` is true only where x is: then x is not null, and what else x says holds. */
function coalescedFacts(context: Context, checked: readonly Checked[], facts: Facts): { whenTrue: Facts; whenFalse: Facts } {
  const [first, second] = checked;
  const last = second?.ir;
  if (checked.length !== 2 || last?.op !== 'constant' || typeof last.value !== 'boolean')
    return { whenTrue: facts, whenFalse: facts };
  const known = union(withPresent(context, facts, first!.ir), last.value ? first!.whenFalse : first!.whenTrue);
  return last.value ? { whenTrue: facts, whenFalse: known } : { whenTrue: known, whenFalse: facts };
}
