// Types of `< <= > >= === !==`: both sides are brought to one type, literals take the type of their neighbour, null is asked for.

import { compare } from './bounds.js';
import { canFail } from './can-fail.js';
import { type ConstantIr, type Ir, type LocalRef, mayBeNull, type Relation, visit } from './ir.js';
import { adopt } from './join.js';
import { bothDecimal, failed, isSimple, namePhrase, type Place, presentValue, requireValue } from './operands.js';
import type { FaultSink, Replacement } from './source.js';
import { BOOLEAN, sameEnum, typePhrase } from './types.js';

/** Nodes of an operand that may be emitted twice, where both sides of a comparison may be null and neither is a plain name. */
const TWICE_NODES_MAX = 64;

/**
 * Compares a value with another, as `subject RELATION operand` does: for what is no operator in a text, such as a cell of a table.
 * Faults are placed at the node; either side may be null with `===` and `!==`.
 */
export function compareWith(relation: Relation, subject: Ir, operand: Ir, node: Place, faults: FaultSink): Ir {
  const { start, end } = node;
  return checkComparison(relation, { ...subject, start, end }, operand, node, faults);
}

/** Types any comparison. */
export function checkComparison(relation: Relation, left: Ir, right: Ir, node: Place, faults: FaultSink): Ir {
  return relation === '===' || relation === '!=='
    ? checkEquality(relation, left, right, node, faults)
    : checkOrder(relation, left, right, node, faults);
}

/** Types `< <= > >=`. */
export function checkOrder(relation: Relation, left: Ir, right: Ir, node: Place, faults: FaultSink): Ir {
  if (left.type.kind === 'error' || right.type.kind === 'error') return failed(BOOLEAN, node);
  const nulls = [left, right].filter(({ type }) => type.kind === 'null');
  for (const operand of nulls) faults.error('V3317', operand, `\`${relation}\` does not take null`, 'ask for null with `=== null`');
  if (nulls.length > 0) return failed(BOOLEAN, node);
  const pair = unify(requireValue(left, faults), requireValue(right, faults), node, faults);
  if (pair === undefined) return failed(BOOLEAN, node);
  const { kind } = pair[0].type;
  if (kind === 'boolean' || kind === 'enum') {
    const advice = kind === 'enum' ? 'compare members with `===`' : 'join booleans with `&&`, `||` and `!`';
    faults.error('V3310', node, `${kind === 'enum' ? 'members of an enum' : 'booleans'} have no order`, advice);
    return failed(BOOLEAN, node);
  }
  return compare(relation, pair[0], pair[1], node, faults);
}

/** Types `===` and `!==`; null is a value like others here. */
export function checkEquality(relation: '===' | '!==', left: Ir, right: Ir, node: Place, faults: FaultSink): Ir {
  const { start, end } = node;
  if (left.type.kind === 'error' || right.type.kind === 'error') return failed(BOOLEAN, node);
  if (left.type.kind === 'null' || right.type.kind === 'null') {
    const equal = equalsNull(left.type.kind === 'null' ? right : left, node, faults);
    return relation === '!==' ? { op: 'not', type: BOOLEAN, operand: equal, start, end } : equal;
  }
  const pair = unify(left, right, node, faults);
  if (pair === undefined) return failed(BOOLEAN, node);
  const [a, b] = pair;
  if (!mayBeNull(a) && !mayBeNull(b)) return compare(relation, a, b, node, faults);
  const equal = equality(a, b, node, faults);
  return relation === '!==' ? { op: 'not', type: BOOLEAN, operand: equal, start, end } : equal;
}

/** `a === b`, where either may be null. What is not a plain name is bound, so that it is computed once. */
function equality(a: Ir, b: Ir, node: Place, faults: FaultSink): Ir {
  const { start, end } = node;
  // Both sides are computed, as in JavaScript, even where one is null: what may end with a status comes first.
  const failing = [a, b].find((side) => !mayBeNull(side) && canFail(side));
  if (failing !== undefined) {
    const body = (bound: Ir): Ir => (failing === a ? equality(bound, b, node, faults) : equality(a, bound, node, faults));
    return bindFirst(failing, body, node);
  }
  const boundLeft = mayBeNull(a) && !isSimple(a);
  const boundRight = mayBeNull(b) && !isSimple(b);
  if (boundLeft && boundRight && size(b) > TWICE_NODES_MAX) {
    // The right side stands twice below, once for each answer of the left one.
    if (size(a) <= TWICE_NODES_MAX) return equality(b, a, node, faults);
    faults.error(
      'V3324',
      node,
      'both sides may be null and are too large',
      'give one side a value with `??`, or a name of its own',
    );
    return failed(BOOLEAN, node);
  }
  if (boundLeft || boundRight) {
    const [bound, other] = boundLeft ? [a, b] : [b, a];
    const local: LocalRef = { name: '', type: bound.type };
    const value: Ir = { op: 'local', type: bound.type, local, start: bound.start, end: bound.end };
    const body = boundLeft ? equality(value, other, node, faults) : equality(other, value, node, faults);
    const whereBound: Ir = { op: 'let', type: BOOLEAN, local, value: bound, body, optional: true, start, end };
    const whereNull: Ir = mayBeNull(other) ? isNull(other, node) : constant(false, node);
    return { op: 'coalesce', type: BOOLEAN, operands: [whereBound, whereNull], start, end };
  }
  const nulls = [a, b].filter(mayBeNull).map((operand) => isNull(operand, node));
  const values = compare('===', presentValue(a), presentValue(b), node, faults);
  if (nulls.length === 0) return values;
  const present = nulls.map((operand): Ir => ({ op: 'not', type: BOOLEAN, operand, start, end }));
  const equal: Ir = { op: 'and', type: BOOLEAN, operands: [...present, values], start, end };
  if (nulls.length === 1) return equal;
  const bothNull: Ir = { op: 'and', type: BOOLEAN, operands: nulls, start, end };
  return { op: 'or', type: BOOLEAN, operands: [bothNull, equal], start, end };
}

/** Computes a value that is not null, whether or not the body needs it. */
function bindFirst(value: Ir, body: (bound: Ir) => Ir, { start, end }: Place): Ir {
  const local: LocalRef = { name: '', type: value.type };
  const bound: Ir = { op: 'local', type: value.type, local, start: value.start, end: value.end };
  return { op: 'let', type: BOOLEAN, local, value, body: body(bound), optional: false, start, end };
}

function size(ir: Ir): number {
  let nodes = 0;
  visit(ir, () => nodes++);
  return nodes;
}

function constant(value: boolean, { start, end }: Place): Ir {
  return { op: 'constant', type: BOOLEAN, value, start, end };
}

function isNull(operand: Ir, { start, end }: Place): Ir {
  return { op: 'is-null', type: BOOLEAN, operand, start, end };
}

function equalsNull(operand: Ir, node: Place, faults: FaultSink): Ir {
  if (operand.type.kind === 'null') return constant(true, node);
  if (mayBeNull(operand)) return isNull(operand, node);
  faults.warning('V3402', operand, `${namePhrase(operand)} is never null here`, 'remove the test');
  return canFail(operand) ? bindFirst(operand, () => constant(false, node), node) : constant(false, node);
}

/** Brings two operands, each of which may be null, to one type; undefined where they have none in common (reported). */
function unify(left: Ir, right: Ir, node: Place, faults: FaultSink): [Ir, Ir] | undefined {
  const a = adopt(left, right.type, faults);
  const b = adopt(right, left.type, faults);
  if (a === undefined || b === undefined) return undefined;
  const kinds = [a.type.kind, b.type.kind];
  if (kinds.includes('object') || kinds.includes('list')) {
    const [what, advice] = kinds.includes('object')
      ? ['objects', 'compare their fields']
      : ['lists', 'ask for elements with `includes`, `some` or `every`'];
    faults.error('V3315', node, `${what} can only be compared with null`, advice);
    return undefined;
  }
  if (kinds.includes('decimal') && kinds.every((kind) => kind === 'decimal' || kind === 'number')) return bothDecimal(a, b, faults);
  if (a.type.kind !== b.type.kind) {
    const message = `${typePhrase(left.type)} is compared with ${typePhrase(right.type)}`;
    faults.error('V3302', node, message, ...comparisonAdvice(left, right));
    return undefined;
  }
  if (a.type.kind === 'enum' && b.type.kind === 'enum' && !sameEnum(a.type, b.type)) {
    faults.error(
      'V3311',
      node,
      `\`${a.type.field.path}\` and \`${b.type.field.path}\` have different members`,
      'give both one list of members',
    );
    return undefined;
  }
  return [a, b];
}

/** What to write instead, and the literal without its quotes where that is all there is to it. */
function comparisonAdvice(left: Ir, right: Ir): [advice: string, fix?: Replacement] {
  const literal = [left, right].find((ir): ir is ConstantIr => ir.op === 'constant' && typeof ir.value === 'string');
  const kinds = [left.type.kind, right.type.kind];
  if (literal !== undefined) {
    const text = String(literal.value);
    const isNumber = (kinds.includes('number') || kinds.includes('decimal')) && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text);
    const isBoolean = kinds.includes('boolean') && /^(true|false)$/.test(text);
    if (isNumber || isBoolean) return [`remove the quotes: \`${text}\``, { start: literal.start, end: literal.end, text }];
  }
  if (kinds.includes('timestamp') && kinds.includes('date')) return ['bring the timestamp to a date: `at.toDate("Europe/Paris")`'];
  return ['values are never converted; declare both in the model with one type'];
}
