// The exact value of an expression of CEL: for constants, which are folded while importing, and as the model of the meaning that
// translations are tested against. What has no translation for fields still has its value here.

import type { CelItem, CelNode } from '../syntax/ast.js';
import { qualifiedName, TYPE_NAMES } from '../syntax/ast.js';
import { addEntry, elementAt } from '../value/collections.js';
import { findEntry } from '../value/compare.js';
import { bool, type CelEntry, CelError, type CelValue, list, typeValue } from '../value/value.js';
import { Budget } from './budget.js';
import { callFunction } from './functions.js';
import { evaluateMacro } from './macros.js';
import { binary, negate } from './operators.js';

/** Values by the name of a variable; names may have dots. */
export type CelScope = ReadonlyMap<string, CelValue>;

/** Evaluates an expression. Throws CelError where it has no value. */
export function evaluateCel(node: CelNode, scope: CelScope = new Map()): CelValue {
  return new Evaluation(new Budget()).value(node, scope);
}

export class Evaluation {
  constructor(readonly budget: Budget) {}

  value(node: CelNode, scope: CelScope): CelValue {
    this.budget.spend(1);
    switch (node.kind) {
      case 'literal':
        return node.value;
      case 'name':
        return this.#name(node.name, scope);
      case 'select':
        return this.#select(node, scope);
      case 'has':
        return bool(this.#has(node, scope));
      case 'index':
        return this.#at(this.value(node.target, scope), this.value(node.index, scope), node.optional);
      case 'call':
        return callFunction(
          node.name,
          undefined,
          node.args.map((arg) => this.value(arg, scope)),
          this.budget,
        );
      case 'method':
        return this.#method(node, scope);
      case 'unary':
        return this.#unary(node, scope);
      case 'binary':
        return binary(node.operator, this.value(node.left, scope), this.value(node.right, scope), this.budget);
      case 'logic':
        return this.logic(
          node.operator,
          node.terms.map((term) => () => this.value(term, scope)),
        );
      case 'choice': {
        const test = this.value(node.test, scope);
        if (test.kind !== 'bool') throw new CelError('overload', `\`?:\` asks for a bool, not for ${test.kind}`);
        return this.value(test.value ? node.then : node.otherwise, scope);
      }
      case 'list':
        return list(node.items.flatMap((item) => this.#item(item, scope) ?? []));
      case 'map':
        return this.#map(node, scope);
      case 'message':
        throw new CelError('unknown', `the message \`${node.name}\` is not known`);
      case 'macro':
        return evaluateMacro(this, node, scope);
      case 'bind':
        return this.value(node.body, new Map([...scope, [node.variable, this.value(node.value, scope)]]));
    }
  }

  /**
   * All terms of `&&` or `||`: one that decides is the result, whatever errors the others end in; else the first error is. Throws
   * CelError.
   */
  logic(operator: '&&' | '||', terms: Iterable<() => CelValue>): CelValue {
    const deciding = operator === '||';
    let failure: CelError | undefined;
    for (const term of terms) {
      try {
        const value = term();
        if (value.kind !== 'bool') failure ??= new CelError('overload', `\`${operator}\` asks for bools, not for ${value.kind}`);
        else if (value.value === deciding) return value;
      } catch (error) {
        if (!(error instanceof CelError) || error.errorKind === 'limit') throw error;
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
    return bool(!deciding);
  }

  #name(name: string, scope: CelScope): CelValue {
    const value = scope.get(name);
    if (value !== undefined) return value;
    if (TYPE_NAMES.has(name)) return typeValue(name);
    throw new CelError('unknown', `the variable \`${name}\` is not known`);
  }

  #select(node: CelNode & { kind: 'select' }, scope: CelScope): CelValue {
    // The longest name that is declared is meant.
    const name = qualifiedName(node);
    if (name !== undefined && (scope.has(name) || TYPE_NAMES.has(name))) return this.#name(name, scope);
    return this.#field(this.value(node.target, scope), node.field, node.optional);
  }

  #field(target: CelValue, field: string, optional: boolean): CelValue {
    const inner = target.kind === 'optional' ? target.value : target;
    if (inner !== undefined && inner.kind !== 'map')
      throw new CelError('overload', `${inner.kind} has no fields, so no \`${field}\``);
    const entry = inner && findEntry(inner.entries, { kind: 'string', value: field });
    if (optional || target.kind === 'optional') {
      if (target.kind === 'optional' && !optional && inner !== undefined && entry === undefined)
        return { kind: 'optional', value: undefined };
      return { kind: 'optional', value: entry?.[1] };
    }
    if (entry === undefined) throw new CelError('key', `there is no \`${field}\``);
    return entry[1];
  }

  #has(node: CelNode & { kind: 'has' }, scope: CelScope): boolean {
    const value = this.value(node.target, scope);
    const inner = value.kind === 'optional' ? value.value : value;
    if (inner === undefined) return false;
    if (inner.kind !== 'map') throw new CelError('overload', `${inner.kind} has no fields, so no \`${node.field}\``);
    return findEntry(inner.entries, { kind: 'string', value: node.field }) !== undefined;
  }

  #at(target: CelValue, index: CelValue, optional: boolean): CelValue {
    if (target.kind === 'optional') return target.value === undefined ? target : this.#at(target.value, index, true);
    const found = elementAt(target, index);
    if (optional) return { kind: 'optional', value: found };
    if (found !== undefined) return found;
    throw target.kind === 'map'
      ? new CelError('key', 'there is no such key')
      : new CelError('index', 'the index is outside of the list');
  }

  #method(node: CelNode & { kind: 'method' }, scope: CelScope): CelValue {
    const target = this.value(node.target, scope);
    if (target.kind === 'optional' && (node.name === 'or' || node.name === 'orValue') && node.args.length === 1) {
      if (target.value === undefined) return this.value(node.args[0]!, scope);
      return node.name === 'or' ? target : target.value;
    }
    const args = node.args.map((arg) => this.value(arg, scope));
    return callFunction(node.name, target, args, this.budget);
  }

  #unary(node: CelNode & { kind: 'unary' }, scope: CelScope): CelValue {
    const value = this.value(node.operand, scope);
    if (node.operator === '-') return negate(value);
    if (value.kind !== 'bool') throw new CelError('overload', `\`!\` asks for a bool, not for ${value.kind}`);
    return bool(!value.value);
  }

  /** Undefined where an optional item is none. */
  #item({ value, optional }: CelItem, scope: CelScope): CelValue | undefined {
    const result = this.value(value, scope);
    if (!optional) return result;
    if (result.kind !== 'optional') throw new CelError('overload', `\`?\` asks for an optional value, not for ${result.kind}`);
    return result.value;
  }

  #map(node: CelNode & { kind: 'map' }, scope: CelScope): CelValue {
    const entries: CelEntry[] = [];
    for (const entry of node.entries) {
      const key = this.value(entry.key, scope);
      const value = this.#item(entry, scope);
      if (value !== undefined) addEntry(entries, key, value);
    }
    return { kind: 'map', entries };
  }
}
