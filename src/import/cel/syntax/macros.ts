// Calls that are macros: their variables are written as arguments, and their bodies are evaluated for each element.

import type { CelNode, CelShape, CelSpan, MacroName } from './ast.js';
import { CelSyntaxFault } from './fault.js';

/** Functions that stand in a namespace: no methods of a variable of that name. */
const NAMESPACES: Readonly<Record<string, readonly string[]>> = {
  math: [
    ...['greatest', 'least', 'ceil', 'floor', 'round', 'trunc', 'abs', 'sign', 'isNaN', 'isInf', 'isFinite', 'sqrt'],
    ...['bitAnd', 'bitOr', 'bitXor', 'bitNot', 'bitShiftLeft', 'bitShiftRight'],
  ],
  strings: ['quote'],
  base64: ['encode', 'decode'],
  optional: ['of', 'none', 'ofNonZeroValue'],
  cel: ['block', 'index', 'iterVar'],
};
const ONE_VARIABLE: ReadonlySet<string> = new Set([
  'all',
  'exists',
  'exists_one',
  'existsOne',
  'map',
  'filter',
  'optMap',
  'optFlatMap',
]);
const TWO_VARIABLES: ReadonlySet<string> = new Set([
  ...['all', 'exists', 'exists_one', 'existsOne', 'transformList', 'transformMap', 'transformMapEntry'],
]);
/** What cel-go calls the result of a macro while it runs. */
const ACCUMULATORS: ReadonlySet<string> = new Set(['__result__', '@result']);

/** `name(args)`. Throws CelSyntaxFault. */
export function callOf(name: string, args: readonly CelNode[], nameSpan: CelSpan): CelShape {
  if (name !== 'has' || args.length !== 1) return { kind: 'call', name, args, nameSpan };
  const [field] = args;
  if (field?.kind !== 'select') throw new CelSyntaxFault(field ?? nameSpan, '`has` asks for a field', 'write `has(x.field)`');
  return { kind: 'has', target: field.target, field: field.field, optional: field.optional };
}

/** `target.name(args)`. Throws CelSyntaxFault. */
export function methodOf(target: CelNode, name: string, args: readonly CelNode[], nameSpan: CelSpan): CelShape {
  if (target.kind === 'name') {
    if (target.name === 'cel' && name === 'bind' && args.length === 3)
      return { kind: 'bind', variable: variableOf(args[0]!), value: args[1]!, body: args[2]! };
    if (NAMESPACES[target.name]?.includes(name) === true)
      return { kind: 'call', name: `${target.name}.${name}`, args, nameSpan: { start: target.start, end: nameSpan.end } };
  }
  const macro = (name === 'existsOne' ? 'exists_one' : name) as MacroName;
  const isMapWithFilter = name === 'map' && args.length === 3;
  if (args.length === 2 || isMapWithFilter) {
    if (ONE_VARIABLE.has(name)) return macroOf(macro, target, args, 1, nameSpan);
  }
  if (TWO_VARIABLES.has(name)) {
    const isTransform = name.startsWith('transform');
    if (args.length === 3 || (args.length === 4 && isTransform)) return macroOf(macro, target, args, 2, nameSpan);
  }
  return { kind: 'method', target, name, args, nameSpan };
}

function macroOf(macro: MacroName, target: CelNode, args: readonly CelNode[], count: number, nameSpan: CelSpan): CelShape {
  const variables = args.slice(0, count).map(variableOf);
  if (variables.length === 2 && variables[0] === variables[1])
    throw new CelSyntaxFault(args[1]!, `both variables are called \`${variables[0]}\``, 'give them different names');
  const rest = args.slice(count);
  const body = rest.at(-1)!;
  return rest.length === 2
    ? { kind: 'macro', macro, target, variables, filter: rest[0]!, body, nameSpan }
    : { kind: 'macro', macro, target, variables, body, nameSpan };
}

function variableOf(node: CelNode): string {
  if (node.kind !== 'name') throw new CelSyntaxFault(node, 'the variable of a macro is a name', 'write as in `list.all(x, x > 0)`');
  if (ACCUMULATORS.has(node.name))
    throw new CelSyntaxFault(node, `\`${node.name}\` is the name of the macro's own result`, 'give it another name');
  return node.name;
}
