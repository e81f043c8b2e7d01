// The names that an expression takes from outside.

import { type CelNode, childrenOf } from './ast.js';

const known = new WeakMap<CelNode, ReadonlySet<string>>();

/** Names that stand in an expression and that no macro in it declares. */
export function freeNames(node: CelNode): ReadonlySet<string> {
  const found = known.get(node);
  if (found !== undefined) return found;
  const names = new Set<string>();
  if (node.kind === 'name') names.add(node.name);
  const declared = node.kind === 'macro' ? node.variables : node.kind === 'bind' ? [node.variable] : [];
  const inside = node.kind === 'macro' ? [node.body, node.filter] : node.kind === 'bind' ? [node.body] : [];
  for (const child of childrenOf(node)) {
    const isInside = inside.includes(child);
    for (const name of freeNames(child)) if (!isInside || !declared.includes(name)) names.add(name);
  }
  known.set(node, names);
  return names;
}
