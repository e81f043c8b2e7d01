// Conditions of rules as trees: what `&&` and `||` join, down to the leaves whose truth an explanation tells.

import { assert } from './assert.js';
import {
  type ArrowFunctionExpression,
  type BinaryExpression,
  childrenOf,
  type EsNode,
  type Identifier,
  type MemberExpression,
  unwrap,
} from './compiler/estree.js';
import { parseExpression } from './compiler/parse.js';
import { FaultSink, looseSource } from './compiler/source.js';
import { DiagnosticBag } from './diagnostic/diagnostic.js';

/** Part of a condition that is true or false by itself. */
export interface Leaf {
  text: string;
  /** Fields and other values that it names, by path. */
  paths: string[];
  /** What is compiled for it: behind those conditions before it that say what is not null. */
  source: string;
}

export type Condition = Leaf | { operator: '&&' | '||'; left: Condition; right: Condition };

/** What expressions may name. */
export interface Names {
  /** The path that a chain of names reads, in the one way in which it is written; undefined where it reads nothing. */
  find(written: string): string | undefined;
  /** Whether the value, or an object that it lies in, may be null. */
  mayBeNull(path: string): boolean;
}

/** Splits a rule's condition into a tree of leaves. */
export function splitCondition(id: string, text: string, names: Names): Condition {
  const roots = parseExpression(text, new FaultSink(looseSource(id, text), new DiagnosticBag()));
  const root = roots?.[0];
  assert(root !== undefined, `the condition of rule ${id} cannot be parsed again`);
  return split(root, text, names, []);
}

/** The leaves of a condition, from the left. */
export function leavesOf(condition: Condition): Leaf[] {
  return 'operator' in condition ? [...leavesOf(condition.left), ...leavesOf(condition.right)] : [condition];
}

/**
 * Truth of a condition from that of its leaves; reports each leaf with its truth, null where the program does not reach it, since
 * an earlier one had settled the matter.
 */
export function walkCondition(
  condition: Condition,
  truthOf: (leaf: Leaf) => boolean,
  report: (leaf: Leaf, truth: boolean | null) => void,
  reached = true,
): boolean {
  if (!('operator' in condition)) {
    const truth = truthOf(condition);
    report(condition, reached ? truth : null);
    return truth;
  }
  const left = walkCondition(condition.left, truthOf, report, reached);
  const goesOn = condition.operator === '&&' ? left : !left;
  const right = walkCondition(condition.right, truthOf, report, reached && goesOn);
  return goesOn ? right : left;
}

/** A condition that must hold for a leaf to be reached. */
interface Guard {
  source: string;
  roots: Set<string>;
}

function split(node: EsNode, text: string, names: Names, guards: readonly Guard[]): Condition {
  const inner = unwrap(node);
  const { operator, left, right } = inner as BinaryExpression;
  if (inner.type === 'LogicalExpression' && (operator === '&&' || operator === '||')) {
    const source = text.slice(left.start, left.end);
    // As short as can be: with the leaf it must stay within the limits that the rule itself fits. What stands left of && binds so,
    // but for `??` and `?:`, which are parenthesized.
    const bare = operator === '&&' && unwrap(left) === left && left.type !== 'ConditionalExpression' ? source : `(${source})`;
    const guard = { source: operator === '&&' ? bare : `!(${source})`, roots: new Set(pathsOf(left, names).map(rootOf)) };
    return { operator, left: split(left, text, names, guards), right: split(right, text, names, [...guards, guard]) };
  }
  const paths = [...new Set(pathsOf(inner, names))];
  const own = text.slice(inner.start, inner.end);
  const needed = guards.filter(({ roots }) => paths.some((path) => names.mayBeNull(path) && roots.has(rootOf(path))));
  const last =
    needed.length > 0 && (inner.type === 'ConditionalExpression' || inner.type === 'LogicalExpression') ? `(${own})` : own;
  return { text: own, paths, source: [...needed.map((guard) => guard.source), last].join('&&') };
}

/** Paths of what an expression names, parameters of arrow functions left out. */
function pathsOf(node: EsNode, names: Names, locals: ReadonlySet<string> = new Set()): string[] {
  if (node.type === 'ArrowFunctionExpression') {
    const { params, body } = node as ArrowFunctionExpression;
    const inside = new Set([...locals, ...params.map((param) => (param as Identifier).name)]);
    return pathsOf(body, names, inside);
  }
  const chain = chainOf(node);
  if (chain === undefined || locals.has(chain[0] as string)) {
    // A name of a method is no value; what it is called on may be anything.
    const children = node.type === 'MemberExpression' ? [(node as MemberExpression).object] : childrenOf(node);
    return children.flatMap((child) => pathsOf(child, names, locals));
  }
  for (let length = chain.length; length > 0; length--) {
    const path = names.find(chain.slice(0, length).join('.'));
    if (path !== undefined) return [path];
  }
  return [];
}

/** The names of `a.b?.c`, or undefined for what is no chain of names. */
function chainOf(node: EsNode): string[] | undefined {
  const inner = unwrap(node);
  if (inner.type === 'Identifier') return [(inner as Identifier).name];
  if (inner.type === 'ChainExpression') return chainOf((inner as EsNode & { expression: EsNode }).expression);
  if (inner.type !== 'MemberExpression') return undefined;
  const { object, property } = inner as MemberExpression;
  const before = chainOf(object);
  return before === undefined ? undefined : [...before, (property as Identifier).name];
}

function rootOf(path: string): string {
  return path.split('.', 1)[0] as string;
}
