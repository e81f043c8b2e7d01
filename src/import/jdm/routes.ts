// Which ways through a graph exclude one another, and which of them there always is one of.

import type { Graph, GraphEdge, GraphNode } from './document.js';

/** The statement that takes whatever the ones before it leave; undefined where there is none, or all that hold are taken. */
function lastTaken(node: GraphNode & { readonly type: 'switchNode' }): number | undefined {
  const { hitPolicy, statements } = node.content;
  if (hitPolicy === 'collect') return undefined;
  const at = statements.findIndex(({ condition }) => condition.trim() === '');
  return at < 0 ? undefined : at;
}

export class Routes {
  readonly #into = new Map<string, GraphEdge[]>();
  readonly #outOf = new Map<string, GraphEdge[]>();
  readonly #byId: ReadonlyMap<string, GraphNode>;

  constructor(readonly graph: Graph) {
    this.#byId = new Map(graph.nodes.map((node) => [node.id, node]));
    for (const edge of graph.edges) {
      this.#into.set(edge.target, [...this.into(edge.target), edge]);
      this.#outOf.set(edge.source, [...(this.#outOf.get(edge.source) ?? []), edge]);
    }
  }

  /** The edges that lead to a node, as in the document. */
  into(id: string): readonly GraphEdge[] {
    return this.#into.get(id) ?? [];
  }

  /** Nodes that nothing follows, as in the document. */
  get ends(): GraphNode[] {
    return this.graph.nodes.filter(({ id }) => !this.#outOf.has(id));
  }

  /** True for edges of which one at most is taken: they come from different statements of one switch that takes the first. */
  areExclusive(edges: readonly GraphEdge[]): boolean {
    const chains = edges.map((edge) => this.#switchesAbove(edge));
    return chains.every((chain, i) =>
      chains.slice(0, i).every((other) => [...chain].some(([id, handle]) => other.has(id) && other.get(id) !== handle)),
    );
  }

  /** The switches that take the first statement and lead here in one way only, with that statement. */
  #switchesAbove(edge: GraphEdge): Map<string, string> {
    const found = new Map<string, string>();
    let at: GraphEdge | undefined = edge;
    while (at !== undefined) {
      const { source, handle }: GraphEdge = at;
      const node = this.#byId.get(source);
      if (node?.type === 'switchNode' && node.content.hitPolicy !== 'collect' && handle !== undefined) found.set(source, handle);
      const above: readonly GraphEdge[] = this.into(source);
      at = above.length === 1 ? above[0] : undefined;
    }
    return found;
  }

  /** True for ends of which every payload reaches exactly one. */
  areAlternatives(ends: readonly GraphNode[]): boolean {
    return this.areExclusive(ends.flatMap(({ id }) => this.into(id))) && this.areCovering(ends);
  }

  /** True where every payload reaches one of the ends. */
  areCovering(ends: readonly GraphNode[]): boolean {
    const reaches = new Map(ends.map(({ id }) => [id, true]));
    // a node comes after those that lead to it
    for (const node of [...this.graph.order].reverse()) {
      if (reaches.has(node.id)) continue;
      const edges = (this.#outOf.get(node.id) ?? []).filter(({ target }) => reaches.get(target) === true);
      if (node.type !== 'switchNode') reaches.set(node.id, edges.length > 0);
      else {
        const taken = node.content.statements.slice(0, (lastTaken(node) ?? -1) + 1);
        reaches.set(node.id, taken.length > 0 && taken.every(({ id }) => edges.some(({ handle }) => handle === id)));
      }
    }
    return this.graph.nodes.some(({ id, type }) => type === 'inputNode' && reaches.get(id) === true);
  }
}
