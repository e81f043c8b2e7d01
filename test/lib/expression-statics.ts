// Types of expressions, as far as the plain evaluator needs them: what literals are taken for where a value may be one of several.

import type { ArrowFunctionExpression, Expression, Node } from 'acorn';
import type { Shape } from './expression-world.js';

export type Static =
  | 'number'
  | 'decimal'
  | 'numeral'
  | 'text'
  | 'boolean'
  | 'timestamp'
  | 'date'
  | 'null'
  | { element: Static }
  | { fields: Readonly<Record<string, Static>> };

/** Types of the names that are known in a place. */
export class Statics {
  readonly #kept = new WeakMap<Node, Static>();
  readonly #inner = new WeakMap<Node, Statics>();

  constructor(readonly names: ReadonlyMap<string, Static>) {}

  /** Inside an arrow function, whose parameters have these types. */
  inside(arrow: ArrowFunctionExpression, types: readonly Static[]): Statics {
    let inner = this.#inner.get(arrow);
    if (inner === undefined) {
      inner = new Statics(new Map([...this.names, ...parametersOf(arrow).map((name, index) => [name, types[index]!] as const)]));
      this.#inner.set(arrow, inner);
    }
    return inner;
  }

  /** The type of a node, found once. */
  of(node: Node, find: () => Static): Static {
    let type = this.#kept.get(node);
    if (type === undefined) {
      type = find();
      this.#kept.set(node, type);
    }
    return type;
  }
}

/** Names of the parameters of an arrow function. */
export const parametersOf = (arrow: ArrowFunctionExpression): string[] =>
  arrow.params.map((param) => (param as { name: string }).name);

/** The type of a field. */
export function staticOfShape(shape: Shape): Static {
  switch (shape.kind) {
    case 'enum':
      return 'text';
    case 'list':
      return { element: staticOfShape(shape.element) };
    case 'object': {
      const fields = Object.entries(shape.fields).map(([name, field]) => [name, staticOfShape(field.shape)] as const);
      return { fields: Object.fromEntries(fields) };
    }
    default:
      return shape.kind;
  }
}

/** The type that stands for both: a literal is what the other is. */
export function joined(a: Static, b: Static): Static {
  if (a === 'null') return b;
  if (b === 'null') return a;
  if (a === 'numeral') return b;
  if (b === 'numeral') return a;
  return a === 'text' ? b : a;
}

const TEXTS = new Set(['slice', 'trim', 'trimStart', 'trimEnd', 'toLowerCase', 'toUpperCase']);
const TRUTHS = new Set(['startsWith', 'endsWith', 'includes', 'some', 'every', 'matches']);
export const RELATIONS: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '===', '!==']);

/** The type of an expression that compiles. */
export function staticOf(node: Node, statics: Statics): Static {
  return statics.of(node, () => find(node as Expression, statics));
}

function find(node: Expression, statics: Statics): Static {
  const of = (inner: Node): Static => staticOf(inner, statics);
  switch (node.type) {
    case 'Literal':
      return node.value === null
        ? 'null'
        : typeof node.value === 'number'
          ? 'numeral'
          : typeof node.value === 'string'
            ? 'text'
            : 'boolean';
    case 'TemplateLiteral':
      return 'text';
    case 'Identifier':
      return statics.names.get(node.name)!;
    case 'ParenthesizedExpression':
    case 'ChainExpression':
      return of(node.expression);
    case 'ConditionalExpression':
      return joined(of(node.consequent), of(node.alternate));
    case 'LogicalExpression':
      return node.operator === '??' ? joined(of(node.left), of(node.right)) : 'boolean';
    case 'UnaryExpression':
      return node.operator === '!' ? 'boolean' : of(node.argument);
    case 'BinaryExpression': {
      if (RELATIONS.has(node.operator)) return 'boolean';
      const type = joined(of(node.left), of(node.right));
      return type === 'numeral' && (node.operator === '/' || node.operator === '%') ? 'number' : type;
    }
    case 'ArrayExpression':
      return { element: node.elements.map((element) => of(element!)).reduce(joined) };
    case 'MemberExpression': {
      const object = of(node.object);
      const { name } = node.property as { name: string };
      return typeof object === 'object' && 'fields' in object ? object.fields[name]! : 'number';
    }
    case 'CallExpression':
      return called(node, statics);
    default:
      throw new Error(`${node.type} has no type`);
  }
}

function called(node: Expression & { type: 'CallExpression' }, statics: Statics): Static {
  const { callee } = node;
  const args = node.arguments as Expression[];
  if (callee.type === 'Identifier') {
    return callee.name === 'toNumber' ? 'number' : callee.name === 'matches' ? 'boolean' : 'decimal';
  }
  if (callee.type !== 'MemberExpression') throw new Error('call of a value');
  const { name } = callee.property as { name: string };
  if (callee.object.type === 'Identifier' && callee.object.name === 'Math') {
    const type = args.map((arg) => staticOf(arg, statics)).reduce(joined);
    return type === 'numeral' ? 'number' : type;
  }
  if (TEXTS.has(name)) return 'text';
  if (TRUTHS.has(name)) return 'boolean';
  if (name === 'split') return { element: 'text' };
  if (name === 'startOfDay' || name === 'endOfDay') return 'timestamp';
  if (name === 'toDate') return 'date';
  if (name === 'toDecimal') return 'decimal';
  const list = staticOf(callee.object, statics);
  if (typeof list !== 'object' || !('element' in list)) return 'number';
  if (name === 'filter') return list;
  const arrow = args[0] as ArrowFunctionExpression;
  if (name === 'reduce') return reduced(arrow, staticOf(args[1]!, statics), list.element, statics);
  const body = staticOf(arrow.body, statics.inside(arrow, [list.element]));
  return { element: body === 'numeral' ? 'number' : body };
}

/** A sum over a list: a decimal where what it begins with or what it becomes is one. */
function reduced(arrow: ArrowFunctionExpression, init: Static, element: Static, statics: Statics): Static {
  if (init !== 'numeral') return init;
  // The accumulator is a literal yet: what the body makes of it says what it is.
  const [accumulator, each] = parametersOf(arrow) as [string, string];
  const inner = new Statics(new Map([...statics.names, [accumulator, init], [each, element]]));
  const body = staticOf(arrow.body, inner);
  return body === 'numeral' ? 'number' : body;
}
