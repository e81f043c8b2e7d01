// FEEL to values of the expression language, with what FEEL says of null: arithmetic with null is null, equality never is, logic is
// three-valued. What has no expression of the same meaning is refused with its place.

import type { Feel, Place, Test, UnaryTests } from '../feel/ast.js';
import * as decimal from '../feel/decimal.js';
import { arithmetic, constantOf, negated } from './arithmetic.js';
import { callBuiltin } from './builtins.js';
import { and, type Code, code, Level, or } from './code.js';
import { compared, equal, logicAnd, logicNot, logicOr } from './comparison.js';
import { asList, conditionOn, filtered, mapped, projected } from './lists.js';
import { dateMember, momentOf } from './moments.js';
import { Refusal } from './refusal.js';
import { isSimple, needSimple, phrase } from './simple.js';
import {
  type BoolValue,
  boolConstant,
  type CasesValue,
  chosen,
  constantDecimal,
  isTotal,
  NULL,
  numberConstant,
  present,
  rendered,
  type ScalarValue,
  Scope,
  type SimpleValue,
  textConstant,
  totalBool,
  typeOf,
  type Value,
} from './value.js';

/** Expressions that one decision may come to when functions are written out where they are called. */
const STEPS_MAX = 20_000;
/** Functions called inside one another. */
const CALLS_MAX = 32;
/** Longer arguments that stand in a function several times become features. */
const ARGUMENT_CHARS_MAX = 60;

/** What lowering needs of its surroundings. */
export interface Surroundings {
  /** Gives a value a name of the bundle. */
  define(hint: string, value: SimpleValue): SimpleValue;
  /** Makes a decision table of the bundle; the value is what it gives. */
  table(node: Extract<Feel, { kind: 'table' }>, scope: Scope, hint: string): Value;
  /** A name that nothing has, for parameters of arrow functions. */
  fresh(hint: string): string;
  /** Says where a value may differ from what DMN gives. */
  warn(place: Place, message: string, advice: string): void;
  /** An enum as a text. */
  textOf(value: SimpleValue): SimpleValue;
}

export class Lowering {
  /** What features made on the way are named after. */
  hint = 'value';
  #steps = 0;
  #calls: string[] = [];
  #lambdas = 0;

  constructor(readonly surroundings: Surroundings) {}

  /** Begins another decision. */
  begin(hint: string): void {
    this.hint = hint;
    this.#steps = 0;
    this.#calls = [];
    this.#lambdas = 0;
  }

  /** The value of an expression. Throws Refusal. */
  value(node: Feel, scope: Scope): Value {
    if (++this.#steps > STEPS_MAX)
      throw new Refusal('the expression grows too long when it is written out', 'split it into decisions');
    try {
      return this.#value(node, scope);
    } catch (error) {
      if (error instanceof Refusal) error.place ??= node.place;
      throw error;
    }
  }

  /** The same for what must be a scalar, a boolean or null. */
  simple(node: Feel, scope: Scope): SimpleValue {
    const value = this.value(node, scope);
    if (isSimple(value)) return value;
    throw new Refusal(`${phrase(value)} stands where one value is needed`, 'write a number, a text or a boolean', node.place);
  }

  /** When an expression is true, and when it is false. */
  condition(node: Feel, scope: Scope): BoolValue {
    const value = this.simple(node, scope);
    if (value.kind === 'bool') return value;
    if (value.kind === 'null') return NULL_BOOL;
    if (value.kind === 'cases' && typeOf(value) === 'bool') return boolOfCases(value);
    // FEEL: what is no boolean is null where a condition is needed
    throw new Refusal('a condition is no boolean', 'compare it with something', node.place);
  }

  /** A value that is written once and read often: long ones get a name. */
  settled(value: SimpleValue, hint: string): SimpleValue {
    if (value.kind === 'null' || isShort(value)) return value;
    return this.named(value, hint);
  }

  /** A value with a name of its own, so that its guard is a test of that name. */
  named(value: SimpleValue, hint = this.hint): SimpleValue {
    if (value.kind === 'null' || (value.kind !== 'cases' && value.named !== undefined)) return value;
    if (this.#lambdas > 0) {
      throw new Refusal('a choice that may be null stands inside a loop', 'make it a decision of its own, or test for null first');
    }
    return this.surroundings.define(hint, value);
  }

  /** A value without cases: a choice of such that are never null stands as it is, others get a name. */
  plain(value: SimpleValue): Exclude<SimpleValue, CasesValue> {
    if (value.kind !== 'cases') return value;
    const type = typeOf(value);
    if (type === 'bool') return boolOfCases(value);
    if (type === undefined) {
      if (value.cases.every((one) => one.value.kind === 'null')) return NULL;
      throw new Refusal('the branches have different types', 'give all branches one type');
    }
    const text = rendered(value)!;
    if (isTotal(value) && text.text.length <= ARGUMENT_CHARS_MAX) return { kind: 'scalar', type, code: text, guards: [] };
    return this.named(value) as Exclude<SimpleValue, CasesValue>;
  }

  /** Lowers the body of an arrow function. */
  inLambda<T>(lower: () => T): T {
    this.#lambdas++;
    try {
      return lower();
    } finally {
      this.#lambdas--;
    }
  }

  /** Whether a value passes tests, as of a cell or of `in`. */
  passes(value: Value, tests: UnaryTests, scope: Scope): BoolValue {
    if (tests.any) return boolConstant(true);
    const found = tests.tests.map((test) => this.#passesOne(value, test, scope)).reduce((a, b) => logicOr(a, b));
    return tests.not ? logicNot(found) : found;
  }

  #passesOne(value: Value, test: Test, scope: Scope): BoolValue {
    try {
      switch (test.kind) {
        case 'compare': {
          const right = this.simple(test.value, scope);
          const left = needSimple(value);
          if (test.operator === '=') return equal(left, right, this);
          if (test.operator === '!=') return logicNot(equal(left, right, this));
          return compared(test.operator, left, right, this);
        }
        case 'range': {
          const { low, high, lowOpen, highOpen } = test.range;
          const left = needSimple(value);
          const above = compared(lowOpen ? '>' : '>=', left, this.simple(low, scope), this);
          return logicAnd(above, compared(highOpen ? '<' : '<=', left, this.simple(high, scope), this));
        }
        case 'value': {
          const tested = this.value(test.value, scope);
          if (tested.kind === 'array') {
            return tested.items
              .map((item) => equal(needSimple(value), needSimple(item), this))
              .reduce(logicOr, boolConstant(false));
          }
          if (tested.kind === 'list')
            return conditionOn(asList(tested), 'some', (item) => equal(needSimple(value), needSimple(item), this), this);
          const right = needSimple(tested);
          const own = isSimple(value) && typeOf(value) === 'bool';
          // an expression that is true or false is the test, unless booleans are tested
          if (typeOf(right) === 'bool' && (!own || mentionsInput(test.value))) return this.condition(test.value, scope);
          return equal(needSimple(value), right, this);
        }
      }
    } catch (error) {
      if (error instanceof Refusal) error.place ??= test.place;
      throw error;
    }
  }

  #value(node: Feel, scope: Scope): Value {
    switch (node.kind) {
      case 'number':
        return numberConstant(node.value);
      case 'text':
        return textConstant(node.value);
      case 'boolean':
        return boolConstant(node.value);
      case 'null':
        return NULL;
      case 'at':
        return momentOf(node.value);
      case 'name':
        return this.#named(node.name, scope);
      case 'path':
        return this.member(this.value(node.of, scope), node.name);
      case 'negate':
        return negated(this.plain(this.simple(node.of, scope)));
      case 'arithmetic': {
        const left = this.plain(this.simple(node.left, scope));
        const right = this.plain(this.simple(node.right, scope));
        return arithmetic(node.operator, left, right, this, node.place);
      }
      case 'comparison': {
        const left = this.value(node.left, scope);
        const right = this.value(node.right, scope);
        const equality = node.operator === '=' || node.operator === '!=';
        // a list or an object is null or not; nothing else can be asked of it
        for (const [one, other] of [
          [left, right],
          [right, left],
        ] as const) {
          if (!equality || other.kind !== 'null' || (one.kind !== 'list' && one.kind !== 'context')) continue;
          const there = totalBool(present(one));
          return node.operator === '=' ? logicNot(there) : there;
        }
        const [a, b] = [needSimple(left), needSimple(right)];
        if (node.operator === '=') return equal(a, b, this);
        return node.operator === '!=' ? logicNot(equal(a, b, this)) : compared(node.operator, a, b, this);
      }
      case 'logic':
        return node.parts.map((part) => this.condition(part, scope)).reduce(node.operator === 'and' ? logicAnd : logicOr);
      case 'between': {
        const value = this.simple(node.value, scope);
        const above = compared('>=', value, this.simple(node.low, scope), this);
        return logicAnd(above, compared('<=', value, this.simple(node.high, scope), this));
      }
      case 'in':
        return this.passes(this.value(node.value, scope), node.tests, scope);
      case 'if':
        return this.#choice(node, scope);
      case 'for':
        return this.#iterated(node.iterators, scope, (list, make) => mapped(list, make), node.body);
      case 'quantified':
        return this.#quantified(node, scope);
      case 'filter':
        return this.#filter(node, scope);
      case 'list':
        return { kind: 'array', items: node.items.map((item) => this.value(item, scope)) };
      case 'context': {
        const inner = new Scope(scope);
        const members = new Map<string, Value>();
        for (const { name, value } of node.entries) {
          const found = this.value(value, inner);
          const settled = isSimple(found) ? this.settled(found, name) : found;
          members.set(name, settled);
          inner.set(name, settled);
        }
        return node.result === undefined ? { kind: 'context', members, guards: [] } : this.value(node.result, inner);
      }
      case 'function':
        return { kind: 'function', name: 'function', parameters: node.parameters, body: node.body, scope };
      case 'call':
        return this.#call(node, scope);
      case 'table':
        return this.surroundings.table(node, scope, this.hint);
      case 'instance':
        throw new Refusal('`instance of` is not carried over', 'fields have one type, which the model declares');
      case 'range':
        throw new Refusal('a range stands where a value is needed', 'write `x in [1..5]`');
    }
  }

  #named(name: string, scope: Scope): Value {
    const found = scope.get(name);
    if (found !== undefined) return found;
    const near = scope.names().filter((known) => known.toLowerCase() === name.toLowerCase());
    const advice = near.length > 0 ? `did you mean \`${near[0]}\`?` : 'name an input, a decision or an entry of the context';
    throw new Refusal(`nothing is named \`${name}\``, advice);
  }

  /** `of.name`. */
  member(of: Value, name: string): Value {
    if (of.kind === 'context') {
      const member = of.members.get(name);
      if (member !== undefined) return member;
      throw new Refusal(
        `there is no member \`${name}\``,
        `members are ${[...of.members.keys()].map((key) => `\`${key}\``).join(', ')}`,
      );
    }
    if (of.kind === 'null') return NULL;
    if (of.kind === 'list') return projected(of, (item) => this.member(item, name));
    if (of.kind === 'array') return { kind: 'array', items: of.items.map((item) => this.member(item, name)) };
    if (isSimple(of)) {
      const value = this.plain(of);
      const found = value.kind === 'scalar' ? dateMember(value, name) : undefined;
      if (found !== undefined) return found;
    }
    throw new Refusal(`${phrase(of)} has no member \`${name}\``, 'name a member of a context');
  }

  #choice(node: Extract<Feel, { kind: 'if' }>, scope: Scope): Value {
    const when = this.condition(node.when, scope).whenTrue;
    const then = this.value(node.then, scope);
    const otherwise = this.value(node.otherwise, scope);
    return this.choose(when, then, otherwise);
  }

  /** One value or another. */
  choose(when: Code, then: Value, otherwise: Value): Value {
    if (when.text === 'true') return then;
    if (when.text === 'false') return otherwise;
    if (then.kind === 'context' && otherwise.kind === 'context' && then.members.size === otherwise.members.size) {
      const members = new Map<string, Value>();
      for (const [name, member] of then.members) {
        const other = otherwise.members.get(name);
        if (other === undefined) throw new Refusal('the branches have different members', 'give both the same');
        members.set(name, this.choose(when, member, other));
      }
      return { kind: 'context', members, guards: [] };
    }
    const first = needSimple(then);
    const second = needSimple(otherwise);
    const types = [typeOf(first), typeOf(second)];
    if (types[0] === undefined || types[1] === undefined) return chosen(when, first, second);
    const cases = chosen(when, this.#unified(first, second), this.#unified(second, first));
    if (typeOf(cases) === undefined) throw new Refusal('the branches have different types', 'give both one type');
    return types[0] === 'bool' ? boolOfCases(cases) : cases;
  }

  /** A value in the kind of type that stands beside it: numbers beside decimals are numbers, enums beside texts are texts. */
  #unified(value: SimpleValue, beside: SimpleValue): SimpleValue {
    const own = typeOf(value);
    const other = typeOf(beside);
    if (own === undefined || other === undefined || own === 'bool' || other === 'bool' || own.kind === other.kind) return value;
    // a literal beside a decimal is one, taken from its own spelling
    const literal = constantOf(value);
    if (literal !== undefined && other.kind === 'decimal') return { ...(value as ScalarValue), type: constantDecimal(literal) };
    if (own.kind === 'decimal' && constantOf(beside) !== undefined) return value;
    if (own.kind === 'enum' && other.kind === 'text') return this.surroundings.textOf(this.named(value));
    if (own.kind === 'decimal' && other.kind === 'number') {
      const plain = this.plain(value);
      if (plain.kind !== 'scalar') return plain;
      return { kind: 'scalar', type: { kind: 'number' }, code: code(`toNumber(${plain.code.text})`), guards: plain.guards };
    }
    return value;
  }

  #iterated(
    iterators: readonly { name: string; list: Feel }[],
    scope: Scope,
    make: (list: ReturnType<typeof asList>, element: (item: Value) => Value) => Value,
    body: Feel,
  ): Value {
    if (iterators.length !== 1)
      throw new Refusal('a loop over several lists is not carried over', 'write loops inside one another');
    const { name, list } = iterators[0]!;
    const over = this.value(list, scope);
    if (over.kind === 'array') {
      return { kind: 'array', items: over.items.map((item) => this.value(body, withName(scope, name, item))) };
    }
    return make(asList(over), (item) => this.inLambda(() => this.value(body, withName(scope, name, item))));
  }

  #quantified(node: Extract<Feel, { kind: 'quantified' }>, scope: Scope): BoolValue {
    const [first, ...rest] = node.iterators;
    const body: Feel = rest.length === 0 ? node.body : { ...node, iterators: rest };
    const over = this.value(first!.list, scope);
    const holds = (item: Value): BoolValue => this.condition(body, withName(scope, first!.name, item));
    const combine = node.quantifier === 'some' ? logicOr : logicAnd;
    if (over.kind === 'array') return over.items.map(holds).reduce(combine, boolConstant(node.quantifier === 'every'));
    return conditionOn(asList(over), node.quantifier, (item) => this.inLambda(() => holds(item)), this);
  }

  #filter(node: Extract<Feel, { kind: 'filter' }>, scope: Scope): Value {
    const of = this.value(node.of, scope);
    const inner = (item: Value): Scope => {
      const found = withName(scope, 'item', item);
      // members of an element are named without it
      if (item.kind === 'context') for (const [name, member] of item.members) found.set(name, member);
      return found;
    };
    if (of.kind === 'array') {
      if (node.test.kind === 'number') {
        const index = decimal.toInteger(node.test.value);
        const at = index === undefined ? -1 : Number(index) < 0 ? of.items.length + Number(index) : Number(index) - 1;
        return of.items[at] ?? NULL;
      }
      throw new Refusal('a filter of a list that is written down is not carried over', 'write the elements that pass');
    }
    if (node.test.kind === 'number' || (node.test.kind === 'negate' && node.test.of.kind === 'number')) {
      throw new Refusal('an element of a list by its position is not carried over', 'ask for elements by what they are');
    }
    return filtered(asList(of), (item) => this.inLambda(() => this.condition(node.test, inner(item))), this);
  }

  #call(node: Extract<Feel, { kind: 'call' }>, scope: Scope): Value {
    const own = node.of.kind === 'name' ? scope.get(node.of.name) : undefined;
    if (node.of.kind === 'name' && own === undefined) {
      const values = node.values.map(({ name, value }) => ({
        ...(name === undefined ? {} : { name }),
        value: this.value(value, scope),
      }));
      return callBuiltin(node.of.name, values, this, node.place);
    }
    const called = own ?? this.value(node.of, scope);
    if (called.kind !== 'function') throw new Refusal(`${phrase(called)} is called`, 'call a function');
    const { name, parameters, body } = called;
    if (this.#calls.length >= CALLS_MAX || this.#calls.includes(name)) {
      throw new Refusal(`the function \`${name}\` calls itself`, 'write what it does without recursion');
    }
    const inner = new Scope(called.scope);
    const named = node.values.some((given) => given.name !== undefined);
    if (node.values.length !== parameters.length) {
      throw new Refusal(
        `\`${name}\` is called with ${node.values.length} values for ${parameters.length} parameters`,
        'give all of them',
      );
    }
    for (const [index, parameter] of parameters.entries()) {
      const given = named ? node.values.find((one) => one.name === parameter) : node.values[index];
      if (given === undefined) throw new Refusal(`\`${name}\` is called without its parameter \`${parameter}\``, 'give it');
      const value = this.value(given.value, scope);
      inner.set(parameter, isSimple(value) && this.#lambdas === 0 ? this.settled(value, `${this.hint} ${parameter}`) : value);
    }
    this.#calls.push(name);
    try {
      return this.value(body, inner);
    } finally {
      this.#calls.pop();
    }
  }
}

const NULL_BOOL: BoolValue = { kind: 'bool', whenTrue: code('false'), whenFalse: code('false'), total: false };

function isShort(value: SimpleValue): boolean {
  if (value.kind === 'cases') return false;
  const text = rendered(value)?.text ?? '';
  return text.length <= ARGUMENT_CHARS_MAX;
}

/** A choice among booleans as a boolean. */
function boolOfCases(value: CasesValue): BoolValue {
  let whenTrue = code('false');
  let whenFalse = code('false');
  let total = false;
  for (const { when, value: inner } of [...value.cases].reverse()) {
    const bool = inner.kind === 'cases' ? boolOfCases(inner) : inner.kind === 'bool' ? inner : NULL_BOOL;
    total = bool.total && (when.text === 'true' || total);
    whenTrue = either(when, bool.whenTrue, whenTrue);
    whenFalse = either(when, bool.whenFalse, whenFalse);
  }
  return { kind: 'bool', whenTrue, whenFalse, total };
}

function either(when: Code, then: Code, otherwise: Code): Code {
  if (when.text === 'true') return then;
  if (otherwise.text === 'false') return and(when, then);
  if (then.text === 'true') return or(when, otherwise);
  const text = (piece: Code): string => (piece.level < Level.OR ? `(${piece.text})` : piece.text);
  return code(`${text(when)} ? ${text(then)} : ${text(otherwise)}`, Level.CHOICE);
}

function withName(scope: Scope, name: string, value: Value): Scope {
  const inner = new Scope(scope);
  inner.set(name, value);
  return inner;
}

/** True for a test that names its input. */
function mentionsInput(node: Feel): boolean {
  let found = false;
  const visit = (value: unknown): void => {
    if (found || typeof value !== 'object' || value === null) return;
    if ((value as { kind?: string }).kind === 'name' && (value as { name?: string }).name === '?') found = true;
    else for (const [key, inner] of Object.entries(value)) if (key !== 'place' && key !== 'element') visit(inner);
  };
  visit(node);
  return found;
}
