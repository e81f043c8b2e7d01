// Expressions of CEL as expressions of Verdict that mean the same for every payload: the same value, or the status ARITHMETIC where
// CEL has an error. What is constant is evaluated here; what cannot mean the same is refused by name.

import { atom, NO, notCode } from '../../expression-code.js';
import { Budget } from '../evaluate/budget.js';
import { type CelScope, Evaluation } from '../evaluate/evaluate.js';
import type { CelNode, CelSpan } from '../syntax/ast.js';
import { qualifiedName, TYPE_NAMES } from '../syntax/ast.js';
import { freeNames } from '../syntax/free-names.js';
import { CelError, type CelValue } from '../value/value.js';
import { arithmetic, negative } from './arithmetic.js';
import { callTerm, methodTerm } from './calls.js';
import { choiceTerm } from './choices.js';
import { comparison } from './comparisons.js';
import { elementTerm, fieldTerm, hasTerm } from './fields.js';
import { logicTerm } from './logic.js';
import { bindTerm, inTerm, listTerm, macroTerm } from './macros.js';
import { AlwaysFails, CelRefusal, mismatch } from './refusal.js';
import { constantTerm, solid, type Term, term } from './term.js';
import { BOOL, nameOf, type ObjectType } from './types.js';

/** Paths of fields that are not null where an expression stands. */
export type Facts = ReadonlySet<string>;
/** Variables of macros. */
export type Variables = ReadonlyMap<string, Term>;

/** Where an expression stands. */
export interface Place {
  readonly facts: Facts;
  readonly variables: Variables;
}

/** Nodes that are translated for one expression; terms of `&&` and `||` are, several times over. */
const STEPS_MAX = 100_000;
/** Characters of what one expression becomes, with its conditions. */
const CHARS_MAX = 30_000;

export class Translator {
  #steps = 0;
  readonly #budget = new Budget();

  /** @param isTaken names that variables of macros may not have */
  constructor(
    readonly root: ObjectType,
    private readonly isTaken: (name: string) => boolean,
  ) {}

  /** Translates an expression. Throws CelRefusal. */
  whole(node: CelNode): Term {
    return this.term(node, { facts: new Set(), variables: new Map() });
  }

  term(node: CelNode, place: Place): Term {
    const made = this.#made(node, place);
    if (made.code.text.length + made.fails.text.length > CHARS_MAX)
      throw new CelRefusal(node, 'the expression becomes too long where it says what has no value', 'split it into several');
    return made;
  }

  #made(node: CelNode, place: Place): Term {
    if (++this.#steps > STEPS_MAX)
      throw new CelRefusal(node, 'the expression takes too many steps to translate', 'split it into several');
    const constant = this.#constant(node, place);
    if (constant !== undefined) return constant;
    switch (node.kind) {
      case 'name':
      case 'select':
        return this.#reference(node, place);
      case 'has':
        return hasTerm(this, node, place);
      case 'index':
        return elementTerm(this, node, place);
      case 'call':
        return callTerm(this, node, place);
      case 'method':
        return methodTerm(this, node, place);
      case 'unary': {
        const operand = this.value(node.operand, place);
        return node.operator === '-'
          ? negative(operand, node)
          : term(BOOL, notCode(this.asBool(operand, node.operand).code), operand);
      }
      case 'binary':
        return this.#binary(node, place);
      case 'logic':
        return logicTerm(this, node, place);
      case 'choice':
        return choiceTerm(this, node, place);
      case 'list':
        return listTerm(this, node, place);
      case 'macro':
        return macroTerm(this, node, place);
      case 'bind':
        return bindTerm(this, node, place);
      case 'map':
        throw new CelRefusal(node, 'a map that is made of fields has no counterpart', 'give each value an expression of its own');
      case 'message':
        throw new CelRefusal(
          node,
          `the message type \`${node.name}\` is not known`,
          'write its fields as expressions of their own',
          true,
        );
      case 'literal':
        throw new Error('a literal is constant');
    }
  }

  /** A value that is not null. */
  value(node: CelNode, place: Place): Term {
    return solid(this.term(node, place), node);
  }

  bool(node: CelNode, place: Place): Term {
    return this.asBool(this.value(node, place), node);
  }

  asBool(part: Term, span: CelSpan): Term {
    if (part.type.kind !== 'bool') throw mismatch(span, `a bool is expected, and this is ${nameOf(part.type)}`);
    return part;
  }

  /** The value of an expression that reads no field; undefined for others. Throws AlwaysFails where it has none. */
  constantValue(node: CelNode, { variables }: Place): CelValue | undefined {
    const scope = new Map<string, CelValue>();
    for (const name of freeNames(node)) {
      const variable = variables.get(name);
      if (variable?.constant !== undefined) scope.set(name, variable.constant);
      else if (variable !== undefined || !this.#isType(node, name)) return undefined;
    }
    return this.#evaluate(node, scope);
  }

  /** A name for a variable of a macro that nothing else has. */
  variableName(wanted: string, { variables }: Place): string {
    const inUse = new Set([...variables.values()].map(({ code }) => code.text));
    let name = wanted;
    for (let number = 2; this.isTaken(name) || inUse.has(name); number++) name = `${wanted}${number}`;
    return name;
  }

  #isType(node: CelNode, name: string): boolean {
    if (this.root.members.has(name)) return false;
    return TYPE_NAMES.has(name) || (name === 'google' && !hasOtherNames(node));
  }

  #evaluate(node: CelNode, scope: CelScope): CelValue {
    try {
      return new Evaluation(this.#budget).value(node, scope);
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      if (error.errorKind === 'limit') throw new CelRefusal(node, error.message);
      if (error.errorKind === 'unknown') throw new CelRefusal(node, error.message, undefined, true);
      throw new AlwaysFails(node, `this has no value for any payload: ${error.message}`, undefined, true);
    }
  }

  #constant(node: CelNode, place: Place): Term | undefined {
    const value = this.constantValue(node, place);
    if (value === undefined) return undefined;
    const made = constantTerm(value);
    if (made !== undefined) return made;
    // Lists and maps that are constant are of use where something is done with them.
    return { type: { kind: 'null' }, code: atom('null'), fails: NO, constant: value };
  }

  #reference(node: CelNode & { kind: 'name' | 'select' }, place: Place): Term {
    if (node.kind === 'select') {
      if (node.optional) throw new CelRefusal(node, 'the type optional is missing', 'test with `has(...) ? ... : ...`');
      const target = this.term(node.target, place);
      return fieldTerm(target, node.field, node, place);
    }
    const variable = place.variables.get(node.name);
    if (variable !== undefined) return variable;
    if (!this.root.members.has(node.name)) {
      const advice = `say its type: \`// @var ${node.name}: int\`, or give payloads to infer it from`;
      throw new CelRefusal(node, `the variable \`${node.name}\` has no type`, advice, true);
    }
    return fieldTerm({ type: this.root, code: atom(''), fails: NO }, node.name, node, place);
  }

  #binary(node: CelNode & { kind: 'binary' }, place: Place): Term {
    const { operator } = node;
    if (operator === 'in') return inTerm(this, node, place);
    const left = this.term(node.left, place);
    const right = this.term(node.right, place);
    switch (operator) {
      case '==':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return comparison(operator, left, right, node);
      default:
        return arithmetic(operator, solid(left, node.left), solid(right, node.right), node);
    }
  }
}

/** Types of the namespace google are the only use of that name. */
function hasOtherNames(node: CelNode): boolean {
  const name = qualifiedName(node);
  return name !== undefined && !TYPE_NAMES.has(name) && ![...TYPE_NAMES].some((type) => type.startsWith(`${name}.`));
}
