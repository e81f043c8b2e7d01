// Macros: an expression for each element of a list, or entry of a map.

import type { CelNode } from '../syntax/ast.js';
import { addEntry } from '../value/collections.js';
import { bool, type CelEntry, CelError, type CelValue, list } from '../value/value.js';
import type { CelScope, Evaluation } from './evaluate.js';

type Macro = CelNode & { kind: 'macro' };

/** Evaluates a macro. Throws CelError where it has no value. */
export function evaluateMacro(evaluation: Evaluation, node: Macro, scope: CelScope): CelValue {
  const target = evaluation.value(node.target, scope);
  if (node.macro === 'optMap' || node.macro === 'optFlatMap') return ofOptional(evaluation, node, target, scope);
  const scopes = scopesOf(evaluation, node, target, scope);
  const body = (inner: CelScope): CelValue => evaluation.value(node.body, inner);
  switch (node.macro) {
    case 'all':
    case 'exists':
      return evaluation.logic(
        node.macro === 'all' ? '&&' : '||',
        scopes.map((inner) => () => body(inner)),
      );
    case 'exists_one':
      return bool(scopes.filter((inner) => holds(body(inner))).length === 1);
    case 'filter':
      return list(scopes.filter((inner) => holds(body(inner))).map((inner) => inner.get(node.variables.at(-1)!)!));
  }
  const passed = scopes.filter((inner) => node.filter === undefined || holds(evaluation.value(node.filter, inner)));
  if (node.macro === 'map' || node.macro === 'transformList') return list(passed.map(body));
  const entries: CelEntry[] = [];
  for (const inner of passed) {
    const value = body(inner);
    if (node.macro === 'transformMap') addEntry(entries, inner.get(node.variables[0]!)!, value);
    else if (value.kind === 'map') for (const [key, item] of value.entries) addEntry(entries, key, item);
    else throw new CelError('overload', `transformMapEntry asks for maps, not for ${value.kind}`);
  }
  return { kind: 'map', entries };
}

/** A scope for each element: one variable is an element or a key; two are index or key, and value. */
function scopesOf(evaluation: Evaluation, node: Macro, target: CelValue, scope: CelScope): CelScope[] {
  const withVariables = (values: readonly CelValue[]): CelScope => {
    const inner = new Map(scope);
    for (const [index, name] of node.variables.entries()) inner.set(name, values[index]!);
    evaluation.budget.spend(1 + inner.size);
    return inner;
  };
  const hasTwo = node.variables.length === 2;
  if (target.kind === 'list')
    return target.items.map((item, index) => withVariables(hasTwo ? [{ kind: 'int', value: BigInt(index) }, item] : [item]));
  if (target.kind === 'map') return target.entries.map((entry) => withVariables(entry));
  throw new CelError('overload', `\`${node.macro}\` asks for a list or a map, not for ${target.kind}`);
}

function ofOptional(evaluation: Evaluation, node: Macro, target: CelValue, scope: CelScope): CelValue {
  if (target.kind !== 'optional')
    throw new CelError('overload', `\`${node.macro}\` asks for an optional value, not for ${target.kind}`);
  if (target.value === undefined) return target;
  const value = evaluation.value(node.body, new Map([...scope, [node.variables[0]!, target.value]]));
  if (node.macro === 'optMap') return { kind: 'optional', value };
  if (value.kind !== 'optional') throw new CelError('overload', `\`optFlatMap\` asks for an optional value, not for ${value.kind}`);
  return value;
}

function holds(value: CelValue): boolean {
  if (value.kind !== 'bool') throw new CelError('overload', `a condition is a bool, not ${value.kind}`);
  return value.value;
}
