// The syntax tree of CEL. Macros are nodes of their own: what they expand to says less.

import type { CelValue } from '../value/value.js';

/** Offsets in UTF-16 code units into the expression's text, end exclusive. */
export interface CelSpan {
  readonly start: number;
  readonly end: number;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in';

export type MacroName =
  | 'all'
  | 'exists'
  | 'exists_one'
  | 'map'
  | 'filter'
  | 'transformList'
  | 'transformMap'
  | 'transformMapEntry'
  | 'optMap'
  | 'optFlatMap';

/** An item of a list, or the value of an entry. Optional: left out where it is `optional.none()`. */
export interface CelItem {
  readonly value: CelNode;
  readonly optional: boolean;
}

type Shape =
  | { readonly kind: 'literal'; readonly value: CelValue }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'select'; readonly target: CelNode; readonly field: string; readonly optional: boolean }
  /** `has(target.field)`. */
  | { readonly kind: 'has'; readonly target: CelNode; readonly field: string; readonly optional: boolean }
  | { readonly kind: 'index'; readonly target: CelNode; readonly index: CelNode; readonly optional: boolean }
  /** Of a function without a receiver; those of a namespace have their whole name, as in `math.abs`. */
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly CelNode[]; readonly nameSpan: CelSpan }
  | {
      readonly kind: 'method';
      readonly target: CelNode;
      readonly name: string;
      readonly args: readonly CelNode[];
      readonly nameSpan: CelSpan;
    }
  | { readonly kind: 'unary'; readonly operator: '!' | '-'; readonly operand: CelNode }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: CelNode; readonly right: CelNode }
  /** Two terms or more. */
  | { readonly kind: 'logic'; readonly operator: '&&' | '||'; readonly terms: readonly CelNode[] }
  | { readonly kind: 'choice'; readonly test: CelNode; readonly then: CelNode; readonly otherwise: CelNode }
  | { readonly kind: 'list'; readonly items: readonly CelItem[] }
  | { readonly kind: 'map'; readonly entries: readonly (CelItem & { readonly key: CelNode })[] }
  | { readonly kind: 'message'; readonly name: string; readonly fields: readonly (CelItem & { readonly field: string })[] }
  /** One variable, or two: index or key, and value. `filter`: the condition of a `map` or transform that has one. */
  | {
      readonly kind: 'macro';
      readonly macro: MacroName;
      readonly target: CelNode;
      readonly variables: readonly string[];
      readonly filter?: CelNode;
      readonly body: CelNode;
      readonly nameSpan: CelSpan;
    }
  /** `cel.bind(variable, value, body)`. */
  | { readonly kind: 'bind'; readonly variable: string; readonly value: CelNode; readonly body: CelNode };

/** `depth`: levels of nodes, itself included. */
export type CelNode = Shape & CelSpan & { readonly depth: number };
export type CelShape = Shape;

/** The nodes right below a node, in the order written. */
export function childrenOf(node: Shape): readonly CelNode[] {
  switch (node.kind) {
    case 'literal':
    case 'name':
      return [];
    case 'select':
    case 'has':
      return [node.target];
    case 'index':
      return [node.target, node.index];
    case 'call':
      return node.args;
    case 'method':
      return [node.target, ...node.args];
    case 'unary':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'logic':
      return node.terms;
    case 'choice':
      return [node.test, node.then, node.otherwise];
    case 'list':
      return node.items.map(({ value }) => value);
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case 'message':
      return node.fields.map(({ value }) => value);
    case 'macro':
      return node.filter === undefined ? [node.target, node.body] : [node.target, node.filter, node.body];
    case 'bind':
      return [node.value, node.body];
  }
}

/** Names of types, which are values: `type(x) == int`. */
export const TYPE_NAMES: ReadonlySet<string> = new Set([
  ...['bool', 'int', 'uint', 'double', 'string', 'bytes', 'list', 'map', 'null_type', 'type', 'optional_type'],
  ...['google.protobuf.Timestamp', 'google.protobuf.Duration'],
]);

/** `a.b.c` where a node is nothing but names; undefined for others. */
export function qualifiedName(node: CelNode): string | undefined {
  if (node.kind === 'name') return node.name;
  if (node.kind !== 'select' || node.optional) return undefined;
  const target = qualifiedName(node.target);
  return target === undefined ? undefined : `${target}.${node.field}`;
}
