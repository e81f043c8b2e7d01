// The syntax tree of ZEN expressions. Offsets are UTF-16 units of the expression's text, end exclusive.

interface Base {
  readonly start: number;
  readonly end: number;
}

export type BinaryOperator =
  | 'or'
  | 'and'
  | '=='
  | '!='
  | '<'
  | '>'
  | '<='
  | '>='
  | 'in'
  | 'not in'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '^'
  | '??';

/** Functions whose last argument is a body that is evaluated for each element. */
export const CLOSURES = ['all', 'none', 'some', 'one', 'filter', 'map', 'flatMap', 'count'] as const;
export type ClosureName = (typeof CLOSURES)[number];

export type ZenNode = Base &
  (
    | { readonly kind: 'null' }
    | { readonly kind: 'bool'; readonly value: boolean }
    | { readonly kind: 'number'; readonly text: string }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'template'; readonly parts: readonly ZenNode[] }
    | { readonly kind: 'array'; readonly items: readonly ZenNode[] }
    | { readonly kind: 'object'; readonly entries: readonly (readonly [key: ZenNode, value: ZenNode])[] }
    /** A name of the environment; `$` is the subject of a cell, or what an expression node has computed so far. */
    | { readonly kind: 'name'; readonly name: string }
    /** The element that a closure is at. */
    | { readonly kind: 'element' }
    | { readonly kind: 'member'; readonly object: ZenNode; readonly property: ZenNode }
    | { readonly kind: 'slice'; readonly object: ZenNode; readonly from: ZenNode | undefined; readonly to: ZenNode | undefined }
    | {
        readonly kind: 'interval';
        readonly low: ZenNode;
        readonly high: ZenNode;
        readonly opening: '[' | '(' | ']';
        readonly closing: ']' | ')' | '[';
      }
    | { readonly kind: 'choice'; readonly test: ZenNode; readonly yes: ZenNode; readonly no: ZenNode }
    | { readonly kind: 'unary'; readonly operator: 'not' | '+' | '-'; readonly operand: ZenNode }
    | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: ZenNode; readonly right: ZenNode }
    | { readonly kind: 'call'; readonly name: string; readonly args: readonly ZenNode[] }
    | { readonly kind: 'method'; readonly object: ZenNode; readonly name: string; readonly args: readonly ZenNode[] }
    | {
        readonly kind: 'closure';
        readonly name: ClosureName;
        readonly list: ZenNode;
        readonly alias?: string;
        readonly body: ZenNode;
      }
    | {
        readonly kind: 'assignments';
        readonly targets: readonly { readonly path: readonly string[]; readonly value: ZenNode }[];
        readonly result: ZenNode | undefined;
      }
  );

/** The expressions that stand in one. */
export function childrenOf(node: ZenNode): ZenNode[] {
  return Object.values(node).flatMap((value: unknown): ZenNode[] => {
    const items = Array.isArray(value) ? (value.flat() as unknown[]) : [value];
    return items.flatMap((item) => {
      if (typeof item !== 'object' || item === null) return [];
      return 'kind' in item ? [item as ZenNode] : 'value' in item ? [item.value as ZenNode] : [];
    });
  });
}

/** True for an expression that reads `$`. */
export function readsSubject(node: ZenNode): boolean {
  return (node.kind === 'name' && node.name === '$') || childrenOf(node).some(readsSubject);
}

/** What is wrong with an expression, and where. */
export class ZenSyntaxError extends Error {
  constructor(
    message: string,
    readonly start: number,
    readonly end: number,
  ) {
    super(message);
  }
}
