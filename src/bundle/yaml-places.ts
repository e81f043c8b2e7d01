// Places in a YAML document: the nodes of the reader's tree.

import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, Scalar, type YAMLMap } from 'yaml';
import type { Member, Place, Places, ScalarStyle } from './places.js';

interface YamlPlace extends Place {
  readonly node: Node;
}

export class YamlPlaces implements Places {
  readonly root: Place | null;
  readonly #document: Document;
  /** Pairs by key of the maps that were looked into: a map may have very many keys, and a fault in each. */
  readonly #pairs = new WeakMap<YAMLMap, Map<string, Pair>>();

  constructor(document: Document) {
    this.#document = document;
    this.root = placeOf(document.contents);
  }

  child(parent: Place | null, key: string): Member | undefined {
    const node = this.#resolve(parent);
    if (isSeq(node)) {
      const item = /^\d+$/.test(key) ? node.items[Number(key)] : undefined;
      if (item === undefined) return undefined;
      const place = placeOf(item as Node | null);
      return { value: place, key: place };
    }
    if (!isMap(node)) return undefined;
    const pair = this.#pairsOf(node).get(key);
    return pair === undefined ? undefined : { value: placeOf(pair.value as Node | null), key: placeOf(pair.key as Node) };
  }

  scalarAt(place: Place | null): { text: string; start: number; end: number; style: ScalarStyle } | undefined {
    const node = this.#resolve(place);
    if (!isScalar(node)) return undefined;
    const [start, end] = node.range ?? [0, 0];
    const text = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
    return { text, start, end, style: styleOf(node) };
  }

  isWritten(key: Place, text: string): boolean {
    const { node } = key as YamlPlace;
    return isScalar(node) && node.value === text;
  }

  #resolve(place: Place | null): Node | null {
    const node = (place as YamlPlace | null)?.node ?? null;
    return isAlias(node) ? (node.resolve(this.#document) ?? null) : node;
  }

  #pairsOf(node: YAMLMap): Map<string, Pair> {
    let pairs = this.#pairs.get(node);
    if (pairs === undefined) {
      pairs = new Map();
      for (const pair of node.items) {
        const name = isScalar(pair.key) ? String(pair.key.value) : undefined;
        if (name !== undefined && !pairs.has(name)) pairs.set(name, pair);
      }
      this.#pairs.set(node, pairs);
    }
    return pairs;
  }
}

function placeOf(node: Node | null): YamlPlace | null {
  if (node === null) return null;
  const [start, end] = node.range ?? [0, 0];
  return { start, end, isCollection: isMap(node) || isSeq(node), node };
}

/** How a scalar is written. */
export function styleOf(node: Scalar): ScalarStyle {
  switch (node.type) {
    case Scalar.PLAIN:
      return 'plain';
    case Scalar.QUOTE_SINGLE:
      return 'single';
    case Scalar.QUOTE_DOUBLE:
      return 'double';
    case Scalar.BLOCK_LITERAL:
    case Scalar.BLOCK_FOLDED:
      return 'block';
    default:
      return 'unknown';
  }
}
