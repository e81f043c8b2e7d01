// Comparisons and three-valued logic.

import type { Comparison } from '../feel/ast.js';
import * as decimal from '../feel/decimal.js';
import { asNumber, asText, constantOf, isNumeric } from './arithmetic.js';
import { and, binary, type Code, code, FALSE, Level, not, or } from './code.js';
import type { Lowering } from './lower.js';
import { Refusal } from './refusal.js';
import {
  type BoolValue,
  boolConstant,
  isNull,
  type NullValue,
  present,
  rendered,
  type ScalarValue,
  type SimpleValue,
  totalBool,
} from './value.js';

type Plain = ScalarValue | BoolValue | NullValue;
type Order = Exclude<Comparison, '=' | '!='>;

/** Never true, never false. */
const UNKNOWN: BoolValue = { kind: 'bool', whenTrue: FALSE, whenFalse: FALSE, total: false };
const CONTRARY = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const;

export function logicNot(value: BoolValue): BoolValue {
  return { kind: 'bool', whenTrue: value.whenFalse, whenFalse: value.whenTrue, total: value.total };
}

export function logicAnd(a: BoolValue, b: BoolValue): BoolValue {
  return {
    kind: 'bool',
    whenTrue: and(a.whenTrue, b.whenTrue),
    whenFalse: or(a.whenFalse, b.whenFalse),
    total: a.total && b.total,
  };
}

export function logicOr(a: BoolValue, b: BoolValue): BoolValue {
  return {
    kind: 'bool',
    whenTrue: or(a.whenTrue, b.whenTrue),
    whenFalse: and(a.whenFalse, b.whenFalse),
    total: a.total && b.total,
  };
}

/** `a = b`: null equals null and nothing else, so it is never null itself. */
export function equal(left: SimpleValue, right: SimpleValue, lowering: Lowering): BoolValue {
  const a = lowering.plain(left);
  const b = lowering.plain(right);
  if (a.kind === 'null' || b.kind === 'null') return nullTest(a.kind === 'null' ? b : a, lowering);
  if (a.kind === 'bool' || b.kind === 'bool') {
    if (a.kind !== 'bool' || b.kind !== 'bool') return differing(a, b);
    return equalBools(a, b);
  }
  const [first, second] = alike(a, b, lowering, '=');
  if (first === undefined || second === undefined) return differing(a, b);
  const [x, y] = [constantOf(first), constantOf(second)];
  if (x !== undefined && y !== undefined) return boolConstant(decimal.compare(x, y) === 0);
  if (typeof first.constant === 'string' && typeof second.constant === 'string')
    return boolConstant(first.constant === second.constant);
  if (first.type.kind === 'enum' && typeof second.constant === 'string' && !first.type.members.includes(second.constant)) {
    return boolConstant(false);
  }
  if (second.type.kind === 'enum' && typeof first.constant === 'string' && !second.type.members.includes(first.constant)) {
    return boolConstant(false);
  }
  // `===` takes what may be null as it is
  const one = second.guards.length === 0 ? first : inOne(first, lowering);
  const two = first.guards.length === 0 ? second : inOne(second, lowering);
  if (canBeAsked(one) && canBeAsked(two)) {
    const sides = [one.named ?? one.code, two.named ?? two.code] as const;
    return totalBool(binary(sides[0], '===', sides[1], Level.EQUALITY), binary(sides[0], '!==', sides[1], Level.EQUALITY));
  }
  // one side is never null
  return totalBool(and(...one.guards, ...two.guards, binary(one.code, '===', two.code, Level.EQUALITY)));
}

/** A comparison by order: null where a side is. */
export function compared(operator: Order, left: SimpleValue, right: SimpleValue, lowering: Lowering): BoolValue {
  const a = lowering.plain(left);
  const b = lowering.plain(right);
  if (a.kind === 'null' || b.kind === 'null') return UNKNOWN;
  if (a.kind === 'bool' || b.kind === 'bool') return differing(a, b);
  const [first, second] = alike(a, b, lowering, operator);
  if (first === undefined || second === undefined) return differing(a, b);
  const [x, y] = [constantOf(first), constantOf(second)];
  if (x !== undefined && y !== undefined) {
    const order = decimal.compare(x, y);
    return boolConstant({ '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[operator]);
  }
  const guards = [...first.guards, ...second.guards];
  const test = (sign: Order): Code => and(...guards, binary(first.code, sign, second.code, Level.RELATION));
  return { kind: 'bool', whenTrue: test(operator), whenFalse: test(CONTRARY[operator]), total: guards.length === 0 };
}

function nullTest(value: Plain, lowering: Lowering): BoolValue {
  if (value.kind === 'null') return boolConstant(true);
  if (value.kind === 'scalar' && value.named !== undefined && value.guards.length > 0)
    return totalBool(isNull(value.named), present(value));
  if (value.kind === 'bool' && value.named !== undefined && !value.total) return totalBool(isNull(value.named), present(value));
  const there = present(lowering.settled(value, lowering.hint));
  return totalBool(not(there), there);
}

function equalBools(a: BoolValue, b: BoolValue): BoolValue {
  if (b.whenTrue.text === 'true' || b.whenFalse.text === 'true') return equalConstant(a, b.whenTrue.text === 'true');
  if (a.whenTrue.text === 'true' || a.whenFalse.text === 'true') return equalConstant(b, a.whenTrue.text === 'true');
  const sides = [a, b].map((value) => rendered(value));
  if (sides[0] === undefined || sides[1] === undefined) return UNKNOWN;
  return totalBool(binary(sides[0], '===', sides[1], Level.EQUALITY), binary(sides[0], '!==', sides[1], Level.EQUALITY));
}

function equalConstant(value: BoolValue, wanted: boolean): BoolValue {
  const holds = wanted ? value.whenTrue : value.whenFalse;
  if (value.total) return totalBool(holds, wanted ? value.whenFalse : value.whenTrue);
  return value.named === undefined ? totalBool(holds) : totalBool(holds, code(`${value.named.text} !== ${wanted}`, Level.EQUALITY));
}

function canBeAsked(value: ScalarValue): boolean {
  return value.guards.length === 0 || value.named !== undefined;
}

/** What may be null on both sides needs a name to be asked. */
function inOne(value: ScalarValue, lowering: Lowering): ScalarValue {
  return canBeAsked(value) ? value : (lowering.named(value) as ScalarValue);
}

/** Both sides in one type; undefined where they have none in common. */
function alike(a: ScalarValue, b: ScalarValue, lowering: Lowering, operator: Comparison): [ScalarValue?, ScalarValue?] {
  if (isNumeric(a) && isNumeric(b)) {
    const known = constantOf(a) !== undefined || constantOf(b) !== undefined;
    if (known || a.type.kind === b.type.kind) return [a, b];
    return [inNumbers(a), inNumbers(b)];
  }
  const kinds = [a.type.kind, b.type.kind];
  if (kinds.every((kind) => kind === 'text' || kind === 'enum')) {
    const same = a.type.kind === 'enum' && b.type.kind === 'enum' && a.type.members.join('\n') === b.type.members.join('\n');
    const literal =
      (kinds[0] === 'enum' && typeof b.constant === 'string') || (kinds[1] === 'enum' && typeof a.constant === 'string');
    if (operator === '=' && (same || literal)) return [a, b];
    return [asText(a, lowering), asText(b, lowering)];
  }
  return kinds[0] === kinds[1] ? [a, b] : [];
}

function inNumbers(value: ScalarValue): ScalarValue {
  if (value.type.kind === 'number') return value;
  return { kind: 'scalar', type: { kind: 'number' }, code: asNumber(value), guards: value.guards };
}

function differing(a: Plain, b: Plain): never {
  const phrase = (value: Plain): string => (value.kind === 'scalar' ? value.type.kind : value.kind === 'bool' ? 'boolean' : 'null');
  throw new Refusal(`a ${phrase(a)} is compared with a ${phrase(b)}, which is always null`, 'compare values of one type');
}
