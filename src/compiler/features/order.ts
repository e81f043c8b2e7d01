// The order in which what the bundle gives a name is computed: each after what it reads. Circles are refused, and named whole.

import type { DiagnosticBag, Span } from '../../diagnostic/diagnostic.js';
import { type ArrowFunctionExpression, childrenOf, type EsNode, type Identifier, type MemberExpression } from '../estree.js';

/** A feature, a table or a scorecard. */
export interface Definition {
  name: string;
  /** "the feature `total`" */
  what: string;
  span: Span;
  /** Names that it reads, each with the first place. */
  reads: ReadonlyMap<string, Span>;
}

/** Collects the free names of an expression: what stands before a dot, but no parameters. */
export function namesIn(root: EsNode, found: (node: Identifier) => void, bound: ReadonlySet<string> = new Set()): void {
  switch (root.type) {
    case 'Identifier':
      if (!bound.has((root as Identifier).name)) found(root as Identifier);
      return;
    case 'MemberExpression':
      namesIn((root as MemberExpression).object, found, bound);
      return;
    case 'ArrowFunctionExpression': {
      const { params, body } = root as ArrowFunctionExpression;
      const names = params.filter(({ type }) => type === 'Identifier').map((param) => (param as Identifier).name);
      namesIn(body, found, new Set([...bound, ...names]));
      return;
    }
    default:
      for (const child of childrenOf(root)) namesIn(child, found, bound);
  }
}

/**
 * Puts definitions into an order in which each comes after those that it reads; otherwise they keep theirs.
 * @returns the order without what lies on a circle (reported), and the names of that
 */
export function orderDefinitions<T extends Definition>(
  definitions: readonly T[],
  bag: DiagnosticBag,
): { ordered: T[]; circular: Set<string> } {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const state = new Map<T, 'open' | 'done'>();
  const ordered: T[] = [];
  const circular = new Set<string>();
  for (const start of definitions) {
    if (state.has(start)) continue;
    // A path of definitions, each with what it still has to look at. No recursion: a chain may be long.
    const path: { definition: T; next: Iterator<string> }[] = [];
    const enter = (definition: T): void => {
      state.set(definition, 'open');
      path.push({ definition, next: definition.reads.keys() });
    };
    enter(start);
    while (path.length > 0) {
      const { definition, next } = path[path.length - 1]!;
      const { value: name, done } = next.next();
      if (done === true) {
        path.pop();
        state.set(definition, 'done');
        if (!circular.has(definition.name)) ordered.push(definition);
        continue;
      }
      const read = byName.get(name);
      if (read === undefined || state.get(read) === 'done') continue;
      if (state.get(read) === undefined) enter(read);
      else
        reportCircle(
          path.map((step) => step.definition),
          read,
          circular,
          bag,
        );
    }
  }
  return { ordered, circular };
}

/** Reports the circle that ends a path, once for each of its members that lies on no circle yet. */
function reportCircle<T extends Definition>(path: readonly T[], first: T, circular: Set<string>, bag: DiagnosticBag): void {
  const circle = path.slice(path.indexOf(first));
  const isKnown = circle.every(({ name }) => circular.has(name));
  for (const { name } of circle) circular.add(name);
  if (isKnown) return;
  const names = [...circle.map(({ name }) => `\`${name}\``), `\`${first.name}\``];
  const related = circle.map((definition, index) => {
    const read = circle[(index + 1) % circle.length]!;
    return { message: `\`${definition.name}\` reads \`${read.name}\` here`, span: definition.reads.get(read.name)! };
  });
  const message =
    circle.length === 1 ? `${first.what} reads itself` : `these need one another in a circle: ${names.join(' reads ')}`;
  bag.add({
    code: 'V3602',
    severity: 'error',
    span: first.span,
    message,
    advice: 'compute one of them from fields alone',
    related,
  });
}
