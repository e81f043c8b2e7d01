// Conditions of json-rules-engine as conditions of Verdict. The engine compares as JavaScript does: `===`, `indexOf`, and `<` where
// parseFloat finds a number in the fact; values of other types are not equal, and in no order.

import { allOf, anyOf, atom, binaryCode, type Code, callCode, memberCode, NO, notCode, textCode, YES } from '../expression-code.js';
import type { Fact, FactType } from './facts.js';

/** One side of a comparison. */
export type Operand = { readonly kind: 'fact'; readonly fact: Fact } | { readonly kind: 'constant'; readonly value: unknown };

/** What cannot mean the same. `isMistake`: the engine refuses it as well. */
export class ConditionRefusal extends Error {
  constructor(
    message: string,
    readonly advice?: string,
    readonly isMistake = false,
  ) {
    super(message);
  }
}

const NULL = atom('null');
const ORDERS: Readonly<Record<string, string>> = {
  lessThan: '<',
  lessThanInclusive: '<=',
  greaterThan: '>',
  greaterThanInclusive: '>=',
};
/** Texts that parseFloat finds a number in. */
const NUMBER_AHEAD = '^\\s*[+-]?(?:Infinity|[0-9]|\\.[0-9])';

/** `left operator right`. Throws ConditionRefusal. */
export function conditionOf(operator: string, left: Fact, right: Operand): Code {
  const colon = operator.indexOf(':');
  if (colon !== -1) return decorated(operator.slice(0, colon), operator.slice(colon + 1), left, right);
  switch (operator) {
    case 'equal':
      return equal(left, right);
    case 'notEqual':
      return notCode(equal(left, right));
    case 'in':
      return isIn(left, right);
    case 'notIn':
      return notCode(isIn(left, right));
    case 'contains':
      return whereThere(left, contains(left, right));
    case 'doesNotContain':
      return left.type.kind === 'list' ? whereThere(left, notCode(contains(left, right))) : NO;
    default: {
      const order = ORDERS[operator];
      if (order === undefined)
        throw new ConditionRefusal(
          `the operator \`${operator}\` is none of the engine's own`,
          'write what it does as a condition of its own',
        );
      return whereThere(left, inOrder(order, left, right));
    }
  }
}

/** Decorators of operators: each changes what the operator behind it is asked. */
function decorated(decorator: string, operator: string, left: Fact, right: Operand): Code {
  switch (decorator) {
    case 'not':
      return notCode(conditionOf(operator, left, right));
    case 'someFact':
    case 'everyFact': {
      if (left.type.kind !== 'list') return NO;
      const name = 'element';
      const element: Fact = { code: atom(name), type: left.type.element, nullness: 'never' };
      const test = conditionOf(operator, element, right);
      return whereThere(left, memberCode(left.code, decorator === 'someFact' ? 'some' : 'every', [`${name} => ${test.text}`]));
    }
    case 'someValue':
    case 'everyValue': {
      if (right.kind !== 'constant' || !Array.isArray(right.value))
        throw new ConditionRefusal(`\`${decorator}\` of a value that is no constant list has no counterpart`);
      const tests = (right.value as unknown[]).map((value) => conditionOf(operator, left, { kind: 'constant', value }));
      return decorator === 'someValue' ? anyOf(tests) : allOf(tests);
    }
    default:
      throw new ConditionRefusal(`the decorator \`${decorator}\` has no counterpart`, 'turn the sides of the condition');
  }
}

/** A test of a fact that fails where the fact is null or undefined. */
function whereThere(fact: Fact, test: Code): Code {
  if (fact.nullness === 'never' || test.text === 'false') return test;
  return allOf([binaryCode('!==', fact.code, NULL), test]);
}

function equal(left: Fact, right: Operand): Code {
  if (right.kind === 'fact') return equalFacts(left, right.fact);
  const { value } = right;
  if (value === null) return isNull(left);
  const literal = literalOf(value);
  // Lists and objects are equal to themselves alone.
  return literal === undefined || literal.kind !== left.type.kind ? NO : binaryCode('===', left.code, literal.code);
}

/** `=== null`: what is undefined is not null. */
function isNull({ nullness, code }: Fact): Code {
  if (nullness === 'null') return binaryCode('===', code, NULL);
  if (nullness !== 'either') return NO;
  const advice = 'give samples in which it is always there, or never null';
  throw new ConditionRefusal(`\`${code.text}\` may be undefined and may be null, which Verdict does not tell apart`, advice);
}

function equalFacts(left: Fact, right: Fact): Code {
  if (left.type.kind === 'list' || left.type.kind === 'object' || right.type.kind === 'list' || right.type.kind === 'object')
    throw new ConditionRefusal('comparing lists or objects has no counterpart', 'compare their fields');
  const [a, b] = [left.nullness, right.nullness];
  const areBothNull = a !== 'never' && b !== 'never';
  if (areBothNull && (a !== b || a === 'either'))
    throw new ConditionRefusal('one side may be null and the other undefined, which Verdict does not tell apart');
  if (left.type.kind === right.type.kind) return binaryCode('===', left.code, right.code);
  if (!areBothNull) return NO;
  return allOf([binaryCode('===', left.code, NULL), binaryCode('===', right.code, NULL)]);
}

/** `value.indexOf(fact)` finds it. */
function isIn(left: Fact, right: Operand): Code {
  if (right.kind === 'fact') {
    const { fact } = right;
    if (fact.type.kind !== 'list' || fact.nullness !== 'never')
      throw new ConditionRefusal(`\`in\` asks for a list that is always there, and \`${fact.code.text}\` is not`);
    if (fact.type.element.kind !== left.type.kind) return NO;
    return whereThere(left, memberCode(fact.code, 'includes', [left.code]));
  }
  const { value } = right;
  if (typeof value === 'string') {
    if (left.type.kind !== 'text' || left.nullness !== 'never')
      throw new ConditionRefusal('searching a text for what is no text has no counterpart', 'write a list of texts');
    return memberCode(textCode(value), 'includes', [left.code]);
  }
  if (!Array.isArray(value)) throw new ConditionRefusal('`in` asks for a list: the engine throws here', 'write a list', true);
  const items = value as unknown[];
  const fitting = items.flatMap((item) => {
    const literal = literalOf(item);
    return literal?.kind === left.type.kind ? [literal.code.text] : [];
  });
  const found =
    fitting.length === 0
      ? NO
      : whereThere(left, memberCode(atom(`[${[...new Set(fitting)].join(', ')}]`), 'includes', [left.code]));
  return items.includes(null) ? anyOf([isNull(left), found]) : found;
}

function contains(left: Fact, right: Operand): Code {
  if (left.type.kind !== 'list') return NO;
  const { kind } = left.type.element;
  if (right.kind === 'fact') {
    if (right.fact.type.kind !== kind || kind === 'list' || kind === 'object') return NO;
    return whereThere(right.fact, memberCode(left.code, 'includes', [right.fact.code]));
  }
  const literal = literalOf(right.value);
  return literal?.kind === kind ? memberCode(left.code, 'includes', [literal.code]) : NO;
}

function inOrder(operator: string, left: Fact, right: Operand): Code {
  const kind: FactType['kind'] = left.type.kind;
  // parseFloat of a truth or an object is no number.
  if (kind === 'boolean' || kind === 'object') return NO;
  if (kind === 'list')
    throw new ConditionRefusal('the order of a list has no counterpart', 'compare its elements: `someFact:lessThan`');
  if (kind === 'text') {
    const ahead = callCode('matches', left.code, textCode(NUMBER_AHEAD));
    const other =
      right.kind === 'fact' ? textOperand(right.fact) : typeof right.value === 'string' ? textCode(right.value) : undefined;
    if (other === undefined)
      throw new ConditionRefusal('the order of a text beside a value that is none has no counterpart', 'let the fact be a number');
    return allOf([ahead, binaryCode(operator, left.code, other)]);
  }
  if (right.kind === 'fact') {
    const { fact } = right;
    if (fact.type.kind !== 'number') throw new ConditionRefusal('the order of a number and a fact that is none has no counterpart');
    if (fact.nullness === 'either') isNull(fact);
    // Null counts as 0, what is undefined is in no order.
    if (fact.nullness === 'null') return binaryCode(operator, left.code, atom(`(${fact.code.text} ?? 0)`));
    return whereThere(fact, binaryCode(operator, left.code, fact.code));
  }
  const { value } = right;
  if (typeof value === 'object' && value !== null)
    throw new ConditionRefusal('the order of a number and a list or object has no counterpart');
  const number = Number(value);
  return Number.isNaN(number) ? NO : binaryCode(operator, left.code, numberCode(number));
}

function textOperand({ type, nullness, code }: Fact): Code | undefined {
  return type.kind === 'text' && nullness === 'never' ? code : undefined;
}

function literalOf(value: unknown): { kind: FactType['kind']; code: Code } | undefined {
  if (typeof value === 'string') return { kind: 'text', code: textCode(value) };
  if (typeof value === 'boolean') return { kind: 'boolean', code: value ? YES : NO };
  // Integers that are no safe ones may come as bigints; the engine reads the nearest number.
  return typeof value === 'number' || typeof value === 'bigint' ? { kind: 'number', code: numberCode(Number(value)) } : undefined;
}

/** A number as a literal; those of JSON are finite, but texts may say more. */
export function numberCode(value: number): Code {
  if (!Number.isFinite(value)) return { text: value > 0 ? '1 / 0' : '-1 / 0', rank: 12 };
  return value < 0 || Object.is(value, -0) ? { text: `-${-value}`, rank: 14 } : atom(String(value));
}
