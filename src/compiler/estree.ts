// The part of ESTree that Verdict reads, so that only parse.ts knows the parser.

export interface EsNode {
  type: string;
  /** UTF-16 offsets in the expression's text, end exclusive. */
  start: number;
  end: number;
}

export interface Identifier extends EsNode {
  type: 'Identifier';
  name: string;
}

export interface Literal extends EsNode {
  type: 'Literal';
  value: string | number | boolean | null | bigint | RegExp;
  /** Source text. */
  raw: string;
  regex?: object;
  bigint?: string;
}

export interface UnaryExpression extends EsNode {
  type: 'UnaryExpression';
  operator: string;
  argument: EsNode;
}

export interface BinaryExpression extends EsNode {
  type: 'BinaryExpression' | 'LogicalExpression';
  operator: string;
  left: EsNode;
  right: EsNode;
}

export interface MemberExpression extends EsNode {
  type: 'MemberExpression';
  object: EsNode;
  property: EsNode;
  computed: boolean;
  /** `a?.b`. */
  optional: boolean;
}

export interface CallExpression extends EsNode {
  type: 'CallExpression';
  callee: EsNode;
  arguments: EsNode[];
  /** `f?.()`. */
  optional: boolean;
}

/** Around a chain of members and calls that holds a `?.`: where one is null, all of the chain is. */
export interface ChainExpression extends EsNode {
  type: 'ChainExpression';
  expression: EsNode;
}

export interface ConditionalExpression extends EsNode {
  type: 'ConditionalExpression';
  test: EsNode;
  consequent: EsNode;
  alternate: EsNode;
}

export interface ArrayExpression extends EsNode {
  type: 'ArrayExpression';
  /** null for a hole: `[1, , 2]`. */
  elements: (EsNode | null)[];
}

export interface ArrowFunctionExpression extends EsNode {
  type: 'ArrowFunctionExpression';
  params: EsNode[];
  body: EsNode;
  /** The body is no block. */
  expression: boolean;
  async: boolean;
}

export interface TemplateElement extends EsNode {
  type: 'TemplateElement';
  /** `cooked`: with its escapes replaced; null only in a tagged template. */
  value: { cooked: string | null; raw: string };
}

export interface TemplateLiteral extends EsNode {
  type: 'TemplateLiteral';
  quasis: TemplateElement[];
  expressions: EsNode[];
}

export interface ParenthesizedExpression extends EsNode {
  type: 'ParenthesizedExpression';
  expression: EsNode;
}

/** The node inside any number of parentheses. */
export function unwrap(node: EsNode): EsNode {
  let inner = node;
  while (inner.type === 'ParenthesizedExpression') inner = (inner as ParenthesizedExpression).expression;
  return inner;
}

function isNode(value: unknown): value is EsNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** The nodes directly below a node of any type, in source order. */
export function childrenOf(node: EsNode): EsNode[] {
  const children: EsNode[] = [];
  let sorted = true;
  const add = (value: unknown): void => {
    if (!isNode(value)) return;
    sorted &&= children.length === 0 || children[children.length - 1]!.start <= value.start;
    children.push(value);
  };
  for (const key of Object.keys(node)) {
    const value = (node as unknown as Record<string, unknown>)[key];
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) value.forEach(add);
    else add(value);
  }
  return sorted ? children : children.sort((a, b) => a.start - b.start);
}
