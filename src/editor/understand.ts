// One expression as an editor sees it: its tree, and what each name in it stands for. Faults are not asked for: where a part is
// not understood, the rest is.

import type { ProfileName } from '../bundle/bundle.js';
import type { Receiver } from '../compiler/checker/receiver.js';
import { checkInScope } from '../compiler/checker.js';
import {
  type ArrowFunctionExpression,
  childrenOf,
  type EsNode,
  type Identifier,
  type MemberExpression,
} from '../compiler/estree.js';
import type { LocalRef } from '../compiler/ir.js';
import { parseExpression } from '../compiler/parse.js';
import type { Scope } from '../compiler/scope.js';
import { FaultSink, looseSource } from '../compiler/source.js';
import type { Type } from '../compiler/types.js';

/** The names that expressions of a bundle may use. */
export interface Names {
  scope: Scope;
  profile: ProfileName;
}

export interface Understood {
  text: string;
  root: EsNode;
  /** What a node stands for, where that was found. Types are looked for when it is first asked. */
  receiver(node: EsNode): Receiver | undefined;
}

/**
 * Understands an expression.
 * @param locals types of names bound around it
 * @returns undefined where it cannot be parsed
 */
export function understand(
  text: string,
  names: Names | undefined,
  locals: ReadonlyMap<string, Type> = new Map(),
): Understood | undefined {
  const root = parsed(text);
  if (root === undefined) return undefined;
  let receivers: ReadonlyMap<EsNode, Receiver> | undefined;
  return {
    text,
    root,
    receiver: (node) => {
      receivers ??= names === undefined ? new Map() : receiversIn(root, text, names, locals);
      return receivers.get(node);
    },
  };
}

function receiversIn(root: EsNode, text: string, names: Names, locals: ReadonlyMap<string, Type>): Map<EsNode, Receiver> {
  const receivers = new Map<EsNode, Receiver>();
  const bound = new Map([...locals].map(([name, type]): [string, LocalRef] => [name, { name, type }]));
  const faults = new FaultSink(looseSource('', text), undefined);
  checkInScope(root, names.scope, bound, faults, names.profile, (node, receiver) => {
    // A value that was made of a list says less than the list.
    if (receiver.kind === 'value' && receiver.ir.type.kind === 'error' && receivers.has(node)) return;
    if (receiver.kind === 'value' && receivers.get(node)?.kind === 'list') return;
    receivers.set(node, receiver);
  });
  return receivers;
}

/** The tree of a text that is one expression. */
export function parsed(text: string): EsNode | undefined {
  const roots = parseExpression(text, new FaultSink(looseSource('', text), undefined));
  return roots?.length === 1 && !roots[0]!.type.endsWith('Statement') ? roots[0] : undefined;
}

/** Nodes from the root down to the innermost that holds an offset, its ends included. */
export function nodesAt(root: EsNode, offset: number): EsNode[] {
  const path: EsNode[] = [];
  let node: EsNode | undefined = root.start <= offset && offset <= root.end ? root : undefined;
  while (node !== undefined) {
    path.push(node);
    // Of two neighbours that meet at the offset, the one that is a name.
    const holding: EsNode[] = childrenOf(node).filter(({ start, end }) => start <= offset && offset <= end);
    node = holding.find(({ type }) => type === 'Identifier') ?? holding.at(-1);
  }
  return path;
}

/** Calls back for each name: those that stand for something, and properties behind a point with their member. */
export function eachName(
  root: EsNode,
  visit: (name: Identifier, member: MemberExpression | undefined, around: readonly EsNode[]) => void,
): void {
  const around: EsNode[] = [];
  const walk = (node: EsNode): void => {
    if (node.type === 'Identifier') {
      const parent = around.at(-1);
      const member = parent?.type === 'MemberExpression' && (parent as MemberExpression).property === node ? parent : undefined;
      visit(node as Identifier, member as MemberExpression | undefined, around);
      return;
    }
    if (node.type === 'Literal') return;
    around.push(node);
    for (const child of childrenOf(node)) walk(child);
    around.pop();
  };
  walk(root);
}

/** The parameter of an arrow function around that has a name, where there is one. */
export function parameterAround(around: readonly EsNode[], name: string): Identifier | undefined {
  for (let index = around.length - 1; index >= 0; index--) {
    const node = around[index]!;
    if (node.type !== 'ArrowFunctionExpression') continue;
    const found = (node as ArrowFunctionExpression).params.find(
      (parameter) => parameter.type === 'Identifier' && (parameter as Identifier).name === name,
    );
    if (found !== undefined) return found as Identifier;
  }
  return undefined;
}
