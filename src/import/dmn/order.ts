// Decisions in an order in which each comes after what it reads, by the names in its expressions.

import type { DmnDecision, DmnFunction } from './document.js';
import type { Feel } from './feel/ast.js';

export interface Order {
  readonly order: readonly DmnDecision[];
  /** Decisions that need themselves. */
  readonly circles: readonly DmnDecision[];
  /** Names that expressions read. */
  readonly read: ReadonlySet<string>;
}

/** Orders decisions; what is in a circle is in none. Functions count as what their bodies read. */
export function inOrder(decisions: readonly DmnDecision[], functions: readonly DmnFunction[]): Order {
  const names = new Map<string, ReadonlySet<string>>();
  for (const { name, logic } of decisions) names.set(name, logic === undefined ? new Set() : namesIn(logic));
  for (const { name, body } of functions) if (!names.has(name)) names.set(name, body === undefined ? new Set() : namesIn(body));
  const byName = new Map(decisions.map((decision) => [decision.name, decision]));
  const order: DmnDecision[] = [];
  const circles = new Set<DmnDecision>();
  const state = new Map<string, 'open' | 'done'>();
  // with a stack of its own: a chain of decisions may be longer than calls can be deep
  for (const root of names.keys()) {
    const open: { name: string; rest: Iterator<string> }[] = [];
    const enter = (name: string): void => {
      state.set(name, 'open');
      open.push({ name, rest: names.get(name)![Symbol.iterator]() });
    };
    if (!state.has(root)) enter(root);
    while (open.length > 0) {
      const top = open[open.length - 1]!;
      const next = top.rest.next();
      if (next.done) {
        open.pop();
        state.set(top.name, 'done');
        const decision = byName.get(top.name);
        if (decision !== undefined && !circles.has(decision)) order.push(decision);
        continue;
      }
      const name = next.value;
      if (!names.has(name)) continue;
      const found = state.get(name);
      if (found === undefined) enter(name);
      else if (found === 'open') {
        const from = open.findIndex((entry) => entry.name === name);
        for (const entry of open.slice(from)) {
          const decision = byName.get(entry.name);
          if (decision !== undefined) circles.add(decision);
        }
      }
    }
  }
  const read = new Set<string>();
  for (const found of names.values()) for (const name of found) read.add(name);
  return { order, circles: [...circles], read };
}

/** All names that an expression reads. */
export function namesIn(root: Feel): ReadonlySet<string> {
  const names = new Set<string>();
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null) continue;
    const node = value as { kind?: unknown; name?: unknown };
    if (node.kind === 'name' && typeof node.name === 'string') names.add(node.name);
    for (const [key, inner] of Object.entries(value)) if (key !== 'place' && key !== 'element') waiting.push(inner);
  }
  return names;
}
