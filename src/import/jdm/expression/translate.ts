// ZEN expressions to what they compute, by evaluating their syntax tree on symbols.

import { choose, coalesce, memberOf } from '../choose.js';
import { and, atom, type Code, compared, dotted, FALSE, isAscii, not, or, quoted, TRUE } from '../code.js';
import { arithmetic, divided, negated, power, remainder } from '../numbers/arithmetic.js';
import { comparison } from '../numbers/comparison.js';
import { describe, type Num } from '../numbers/number.js';
import { numberIn } from '../numbers/operand.js';
import {
  type Constant,
  codeOf,
  constant,
  isDecimalValue,
  NULL,
  needsOf,
  type ObjectSymbol,
  ofTruth,
  plainOf,
  Refusal,
  type Scalar,
  type Sym,
  type Truth,
  totalCode,
  truthOf,
  typeOf,
  ZenFailure,
} from '../symbol.js';
import { compare, numberOf, parseDecimal } from './decimal.js';
import { callFunction } from './functions.js';
import { closure, contains, interval, within } from './lists.js';
import type { BinaryOperator, ZenNode } from './node.js';
import { pieceAt } from './texts.js';

/** What surrounds an expression. */
export interface Scope {
  /** The value of a name; null where there is none of that name. */
  name(name: string): Sym;
  /** What `$` is: the subject of a cell, or what an expression node has computed so far. */
  readonly subject: Sym;
  /** All names as one object: `$root`. */
  readonly root: Sym;
  /** Gives a value a name of its own in the bundle. */
  hoist(value: Scalar): Scalar;
  /** A name for the parameter of an arrow function, which nothing else has. */
  parameter(wanted: string): string;
  /** Says that something is not quite certain. */
  warn(message: string, node: ZenNode): void;
}

/** The same surroundings with another subject. */
export function withSubject(scope: Scope, subject: Sym, warn: Scope['warn'] = (message, node) => scope.warn(message, node)): Scope {
  return {
    name: (name) => scope.name(name),
    subject,
    root: scope.root,
    hoist: (value) => scope.hoist(value),
    parameter: (wanted) => scope.parameter(wanted),
    warn,
  };
}

/** The element that a closure is at, and its name where it has one. */
interface Closure {
  readonly element: Sym;
  readonly alias?: string;
}

const COMPARISONS = { '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const;

/** Evaluates one expression. */
export class Translation {
  readonly #closures: Closure[] = [];

  constructor(readonly scope: Scope) {}

  /** What an expression computes. @throws Refusal */
  run(node: ZenNode): Sym {
    try {
      const sym = this.#run(node);
      if (sym.kind === 'refused') throw new Refusal(sym.reason, node.start, node.end);
      return sym;
    } catch (error) {
      if (error instanceof ZenFailure && error.start === undefined) throw new ZenFailure(error.reason, node.start, node.end);
      if (error instanceof Refusal && error.start === undefined) throw new Refusal(error.reason, node.start, node.end);
      throw error;
    }
  }

  /** Evaluates the body of a closure for an element. */
  within(element: Sym, alias: string | undefined, body: ZenNode): Sym {
    this.#closures.push({ element, ...(alias === undefined ? {} : { alias }) });
    try {
      return this.run(body);
    } finally {
      this.#closures.pop();
    }
  }

  /** When an expression holds and when it fails to; neither where ZEN itself fails. */
  truth(node: ZenNode): Truth {
    try {
      return truthOf(this.run(node));
    } catch (error) {
      if (error instanceof ZenFailure) return { holds: FALSE, fails: FALSE };
      throw error;
    }
  }

  /** The value as a number, given a name where it may be null. */
  number(sym: Sym): Num {
    return numberIn(sym, (value) => this.hoist(value));
  }

  /** Gives a value a name; inside a closure there is no place for one. */
  hoist(value: Scalar): Scalar {
    if (this.#closures.length > 0) throw new Refusal('a value that may be null is computed with for each element of a list');
    return this.scope.hoist(value);
  }

  /** The value as a text that is not null. */
  text(sym: Sym): Scalar | Constant {
    const value = plainOf(sym);
    if (value.kind === 'constant' && typeof value.value === 'string') return value;
    if (value.kind === 'scalar' && isTime(value)) throw new Refusal('a text that is read as a time elsewhere is used as a text');
    if (value.kind !== 'scalar' || value.type.kind !== 'text')
      throw new ZenFailure(`a text is needed, and this is ${describe(value)}: ZEN fails here`);
    if (!value.nullable) return value;
    const path = value.isPath ? value : this.hoist(value);
    return { ...path, nullable: false, needs: [...path.needs, compared('!==', path.code, atom('null'))] };
  }

  #run(node: ZenNode): Sym {
    switch (node.kind) {
      case 'null':
        return NULL;
      case 'bool':
      case 'string':
        return constant(node.value);
      case 'number': {
        const value = parseDecimal(node.text);
        if (value === undefined) throw new Refusal('this number is larger than ZEN has them');
        return constant(value);
      }
      case 'template':
        return this.#template(node.parts);
      case 'array':
        return { kind: 'items', items: node.items.map((item) => ({ when: TRUE, value: this.run(item) })) };
      case 'object':
        return this.#object(node.entries);
      case 'name':
        return this.#name(node.name);
      case 'element':
        return this.#closures[this.#closures.length - 1]!.element;
      case 'member':
        return this.#member(plainOf(this.run(node.object)), node.property);
      case 'slice':
        return this.#slice(node.object, node.from, node.to);
      case 'interval':
        return interval(this, node);
      case 'choice':
        return this.#choice(node.test, node.yes, node.no);
      case 'unary':
        return this.#unary(node.operator, node.operand);
      case 'binary':
        return this.#binary(node);
      case 'call':
        return callFunction(this, node.name, node.args, node);
      case 'method':
        throw new Refusal(`the method \`${node.name}\` of dates has no like`);
      case 'closure':
        return closure(this, node);
      case 'assignments':
        return this.#assignments(node);
      default:
        throw new Refusal('an expression of another kind');
    }
  }

  #name(name: string): Sym {
    for (let i = this.#closures.length - 1; i >= 0; i--) if (this.#closures[i]!.alias === name) return this.#closures[i]!.element;
    if (name === '$') return this.scope.subject;
    if (name === '$root') return this.scope.root;
    return this.scope.name(name);
  }

  #member(object: Sym, property: ZenNode): Sym {
    if (object.kind === 'refused') return object;
    const key = plainOf(this.run(property));
    if (object.kind === 'constant' || (object.kind === 'scalar' && object.type.kind !== 'text')) return NULL;
    if (key.kind === 'scalar' && key.domain !== undefined && object.kind === 'object') return this.#memberByDomain(object, key);
    if (key.kind !== 'constant') throw new Refusal('a member whose name depends on the payload');
    if (object.kind === 'object') return typeof key.value === 'string' ? memberOf(object, key.value) : NULL;
    if (object.kind === 'items' && isDecimalValue(key.value)) {
      if (object.items.some(({ when }) => when.text !== 'true'))
        throw new Refusal('an element by its number in a list of which not all are certain');
      return object.items[numberOf(key.value)]?.value ?? NULL;
    }
    if (object.kind === 'list') {
      if (typeof key.value === 'string') return NULL;
      return pieceAt(this, object, isDecimalValue(key.value) ? numberOf(key.value) : Number.NaN);
    }
    return NULL;
  }

  #memberByDomain(object: ObjectSymbol, key: Scalar): Sym {
    let result: Sym = NULL;
    for (const name of key.domain!) {
      if (typeof name === 'string')
        result = choose(compared('===', key.code, quoted(name)), plainOf(memberOf(object, name)), result);
    }
    return result;
  }

  #object(entries: readonly (readonly [ZenNode, ZenNode])[]): Sym {
    const members = new Map<string, Sym>();
    for (const [key, value] of entries) {
      const name = plainOf(this.run(key));
      if (name.kind !== 'constant' || typeof name.value !== 'string') throw new Refusal('a key that depends on the payload');
      members.set(name.value, this.run(value));
    }
    return { kind: 'object', members };
  }

  #template(parts: readonly ZenNode[]): Sym {
    let result: Sym = constant('');
    for (const part of parts) result = this.#concatenated(result, callFunction(this, 'string', [part], part));
    return result;
  }

  #concatenated(a: Sym, b: Sym): Sym {
    const [x, y] = [this.text(a), this.text(b)];
    if (x.kind === 'constant' && y.kind === 'constant') return constant(`${x.value as string}${y.value as string}`);
    if (x.kind === 'constant' && x.value === '') return y;
    if (y.kind === 'constant' && y.value === '') return x;
    return {
      kind: 'scalar',
      type: { kind: 'text' },
      code: { text: `${at7(codeOf(x))} + ${at8(codeOf(y))}`, level: 7 },
      nullable: false,
      needs: [...needsOf(x), ...needsOf(y)],
      isPath: false,
    };
  }

  #slice(object: ZenNode, from: ZenNode | undefined, to: ZenNode | undefined): Sym {
    const bound = (node: ZenNode | undefined): number | undefined => {
      if (node === undefined) return undefined;
      const value = plainOf(this.run(node));
      const number = value.kind === 'constant' && isDecimalValue(value.value) ? numberOf(value.value) : Number.NaN;
      if (!Number.isInteger(number) || number < 0) throw new Refusal('a slice by numbers that depend on the payload');
      return number;
    };
    const sym = plainOf(this.run(object));
    const start = bound(from) ?? 0;
    const last = bound(to);
    const end = last === undefined ? undefined : last + 1;
    // ZEN takes both ends of a slice
    if (sym.kind === 'constant' && typeof sym.value === 'string' && isAscii(sym.value)) {
      if ((end ?? 0) > sym.value.length || start > sym.value.length)
        throw new ZenFailure('a slice beyond the end of the text: ZEN fails here');
      return constant(sym.value.slice(start, end));
    }
    const text = this.text(sym);
    this.scope.warn('positions count bytes in ZEN and UTF-16 units here: the same where the text is ASCII', object);
    const needed = end ?? start;
    return {
      kind: 'scalar',
      type: { kind: 'text' },
      code: dotted(codeOf(text), end === undefined ? `slice(${start})` : `slice(${start}, ${end})`),
      nullable: false,
      needs: [...needsOf(text), ...(needed === 0 ? [] : [compared('>=', dotted(codeOf(text), 'length'), atom(String(needed)))])],
      isPath: false,
    };
  }

  #choice(test: ZenNode, yes: ZenNode, no: ZenNode): Sym {
    const { holds, fails } = truthOf(this.run(test));
    if (holds.text === 'true') return this.run(yes);
    if (fails.text === 'true') return this.run(no);
    const chosen = choose(holds, this.run(yes), this.run(no));
    if (not(holds).text === fails.text || not(fails).text === holds.text || chosen.kind !== 'scalar') return chosen;
    if (chosen.truth !== undefined) {
      return ofTruth({ holds: and(or(holds, fails), chosen.truth.holds), fails: and(or(holds, fails), chosen.truth.fails) });
    }
    return { ...chosen, needs: [or(holds, fails), ...chosen.needs] };
  }

  #unary(operator: 'not' | '+' | '-', operand: ZenNode): Sym {
    if (operator === 'not') {
      const { holds, fails } = truthOf(this.run(operand));
      return ofTruth({ holds: fails, fails: holds });
    }
    const value = this.number(this.run(operand));
    return operator === '-' ? negated(value) : value;
  }

  #binary(node: ZenNode & { kind: 'binary' }): Sym {
    const { operator } = node;
    if (operator === 'and' || operator === 'or') return this.#logic(operator, node.left, node.right);
    if (operator === '??') return coalesce(this.#named(this.run(node.left)), this.run(node.right));
    const left = this.run(node.left);
    if (operator === 'in' || operator === 'not in') {
      const truth = node.right.kind === 'interval' ? within(this, node.right, left) : contains(this, this.run(node.right), left);
      return ofTruth(operator === 'in' ? truth : { holds: truth.fails, fails: truth.holds });
    }
    const right = this.run(node.right);
    if (operator === '==' || operator === '!=') {
      const truth = this.equal(left, right);
      return ofTruth(operator === '==' ? truth : { holds: truth.fails, fails: truth.holds });
    }
    if (operator in COMPARISONS) return ofTruth(this.compare(operator as '<', left, right, node));
    return this.#arithmetic(operator, left, right);
  }

  /** A value that may be null by the name that a test narrows. */
  #named(sym: Sym): Sym {
    const value = plainOf(sym);
    if (value.kind !== 'scalar' || !value.nullable || value.isPath || value.quotient !== undefined || this.#closures.length > 0)
      return value;
    return this.hoist(value);
  }

  #logic(operator: 'and' | 'or', leftNode: ZenNode, rightNode: ZenNode): Sym {
    const left = this.truth(leftNode);
    if ((operator === 'and' ? left.fails : left.holds).text === 'true') return constant(operator === 'or');
    const right = this.truth(rightNode);
    const isTotal = not(left.holds).text === left.fails.text;
    if (operator === 'and') {
      const fails =
        isTotal && not(right.holds).text === right.fails.text
          ? not(and(left.holds, right.holds))
          : or(left.fails, and(left.holds, right.fails));
      return ofTruth({ holds: and(left.holds, right.holds), fails });
    }
    const holds = isTotal ? or(left.holds, right.holds) : or(left.holds, and(left.fails, right.holds));
    const isWhole = isTotal && not(right.holds).text === right.fails.text;
    return ofTruth({ holds, fails: isWhole ? not(holds) : and(left.fails, right.fails) });
  }

  #arithmetic(operator: BinaryOperator, left: Sym, right: Sym): Sym {
    const isText = (sym: Sym): boolean => {
      const value = plainOf(sym);
      return (
        (value.kind === 'constant' && typeof value.value === 'string') ||
        (value.kind === 'scalar' && (value.type.kind === 'text' || isTime(value)))
      );
    };
    if (operator === '+' && isText(left) && isText(right)) return this.#concatenated(left, right);
    const [a, b] = [this.number(left), this.number(right)];
    switch (operator) {
      case '+':
      case '-':
      case '*':
        return arithmetic(operator, a, b);
      case '/':
        return divided(a, b);
      case '%':
        return remainder(a, b);
      default:
        return power(a, b);
    }
  }

  /** `a < b` and its like: of numbers; ZEN fails on all else. */
  compare(operator: '<' | '<=' | '>' | '>=', left: Sym, right: Sym, node: ZenNode): Truth {
    const isNumber = (sym: Sym): boolean => {
      const value = plainOf(sym);
      if (value.kind === 'refused') throw new Refusal(value.reason);
      return (
        (value.kind === 'constant' && isDecimalValue(value.value)) ||
        (value.kind === 'scalar' && (value.type.kind === 'decimal' || value.type.kind === 'float'))
      );
    };
    if (!isNumber(left) || !isNumber(right)) return { holds: FALSE, fails: FALSE };
    const [a, b] = [this.number(left), this.number(right)];
    if ([a, b].some((value) => value.kind === 'scalar' && value.isRounded === true)) {
      this.scope.warn(
        'a quotient that is computed with is compared: where both sides are equal to the last of 28 digits, ZEN may round to the other side',
        node,
      );
    }
    return comparison(operator, a, b);
  }

  /** `a == b`: values of different kinds differ, lists and objects equal nothing. */
  equal(left: Sym, right: Sym): Truth {
    const [a, b] = [plainOf(left), plainOf(right)];
    for (const value of [a, b]) if (value.kind === 'refused') throw new Refusal(value.reason);
    const never: Truth = { holds: FALSE, fails: TRUE };
    const isNull = (sym: Sym): boolean => sym.kind === 'constant' && sym.value === null;
    if (isNull(a) || isNull(b)) {
      const other = isNull(a) ? b : a;
      return other.kind === 'constant' || other.kind === 'scalar' ? this.#isNull(other) : nullTest(other);
    }
    if ((a.kind !== 'constant' && a.kind !== 'scalar') || (b.kind !== 'constant' && b.kind !== 'scalar')) return never;
    if (a.kind === 'constant' && b.kind === 'constant') {
      const isEqual = isDecimalValue(a.value) && isDecimalValue(b.value) ? compare(a.value, b.value) === 0 : a.value === b.value;
      return isEqual ? { holds: TRUE, fails: FALSE } : never;
    }
    const [x, y] = [kindIn(a), kindIn(b)];
    if ([a, b].some((value) => value.kind === 'scalar' && isTime(value)))
      throw new Refusal('a text that is read as a time elsewhere is compared as a text');
    if (x !== y) {
      const needs = and(...needsOf(a), ...needsOf(b));
      return { holds: FALSE, fails: needs };
    }
    if (x === 'bool') return this.#equalBooleans(a, b);
    if (
      x === 'number' &&
      [a, b].some((value) => value.kind === 'scalar' && (value.type.kind === 'float' || value.quotient !== undefined))
    ) {
      return comparison('===', this.number(a), this.number(b));
    }
    const needs = [...needsOf(a), ...needsOf(b)];
    const test = compared('===', codeOf(a), codeOf(b));
    return { holds: and(...needs, test), fails: and(...needs, not(test)) };
  }

  #equalBooleans(a: Scalar | Constant, b: Scalar | Constant): Truth {
    const [x, y] = a.kind === 'constant' ? [b, a] : [a, b];
    if (y.kind === 'constant') {
      const { holds, fails } = truthOf(x);
      const isNullable = x.kind === 'scalar' && x.nullable;
      // null is not equal to either: that is no failure
      const needs = and(...needsOf(x));
      if (isNullable) {
        const test = y.value === true ? holds : fails;
        return { holds: test, fails: and(needs, not(compared('===', (x as Scalar).code, y.value === true ? TRUE : FALSE))) };
      }
      return y.value === true ? { holds, fails } : { holds: fails, fails: holds };
    }
    const [p, q] = [totalCode(x), totalCode(y)];
    const needs = [...needsOf(x), ...needsOf(y)];
    const test = compared('===', p.code, q.code);
    return { holds: and(...needs, test), fails: and(...needs, not(test)) };
  }

  #isNull(value: Scalar | Constant): Truth {
    if (value.kind === 'constant') return value.value === null ? { holds: TRUE, fails: FALSE } : { holds: FALSE, fails: TRUE };
    if (!value.nullable) return { holds: FALSE, fails: and(...value.needs) };
    const test =
      value.quotient === undefined
        ? compared('===', value.code, atom('null'))
        : compared('===', codeOf(value.quotient.divisor), atom('0'));
    return { holds: and(...value.needs, test), fails: and(...value.needs, not(test)) };
  }

  #assignments({ targets, result }: ZenNode & { kind: 'assignments' }): Sym {
    const assigned = new Map<string, Sym>();
    const { scope } = this;
    const inner = new Translation({
      ...withSubject(scope, scope.subject),
      name: (name) => assigned.get(name) ?? scope.name(name),
      get root(): Sym {
        return { kind: 'object', members: assigned };
      },
    });
    for (const { path, value } of targets) insert(assigned, path, inner.run(value));
    return result === undefined ? { kind: 'object', members: assigned } : inner.run(result);
  }
}

/** Puts a value at a path of members. */
export function insert(members: Map<string, Sym>, path: readonly string[], value: Sym): void {
  const [first, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) {
    members.set(first, value);
    return;
  }
  const known = members.get(first);
  const inner = new Map(known?.kind === 'object' ? known.members : []);
  insert(inner, rest, value);
  members.set(first, { ...(known?.kind === 'object' ? known : {}), kind: 'object', members: inner });
}

function nullTest(sym: Sym): Truth {
  const test = nullCode(sym);
  return test === undefined ? { holds: FALSE, fails: TRUE } : { holds: test, fails: not(test) };
}

function nullCode(sym: Sym): Code | undefined {
  if (sym.kind === 'list' && sym.nullable) return compared('===', sym.each, atom('null'));
  return sym.kind === 'object' ? sym.nullable : undefined;
}

/** A text of the payload that the language has as a time. */
const isTime = ({ type }: Scalar): boolean => type.kind === 'timestamp' || type.kind === 'date';

function kindIn(value: Scalar | Constant): string | undefined {
  const kind = value.kind === 'constant' ? (value.value === null ? undefined : typeOf(value.value).kind) : value.type.kind;
  return kind === 'decimal' || kind === 'float' ? 'number' : kind;
}

const at7 = (code: Code): string => (code.level >= 7 ? code.text : `(${code.text})`);
const at8 = (code: Code): string => (code.level >= 8 ? code.text : `(${code.text})`);
