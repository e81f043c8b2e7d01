// Places in a JSON text, without a tree of objects: for ten thousand rules such a tree, from a reader of YAML, takes a third of the
// time of compiling them.
//
// A node is three words: where it begins, where it ends, and the number of the node behind all that lies in it. Nodes stand in
// the order of the text, keys as nodes of their own before their values.

import { endOfText } from '../schema/json-text.js';
import type { Member, Place, Places, ScalarStyle } from './places.js';

const NODE_WORDS = 3;
const END = 1;
const BEHIND = 2;
/** Levels that are read here. */
const DEPTH_MAX = 64;
/** Members that are looked at one after the other, to find one. */
const SEARCHED_MAX = 12;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const SPACE = 0x20;

interface JsonPlace extends Place {
  readonly node: number;
}

export class JsonPlaces implements Places {
  readonly root: Place;
  readonly #text: string;
  readonly #nodes: Int32Array;
  /** Children of the collections with many that were looked into: items by index, members by key. */
  readonly #items = new Map<number, Int32Array>();
  readonly #members = new Map<number, Map<string, number>>();

  private constructor(text: string, nodes: Int32Array) {
    this.#text = text;
    this.#nodes = nodes;
    this.root = this.#place(0);
  }

  /**
   * Finds the places of a text that JSON.parse has taken; undefined where a key has an escape or stands twice in one object, or
   * where it is very deep.
   */
  static of(text: string): JsonPlaces | undefined {
    const nodes = scan(text);
    return nodes && new JsonPlaces(text, nodes);
  }

  child(parent: Place | null, key: string): Member | undefined {
    if (parent === null) return undefined;
    const { node } = parent as JsonPlace;
    const first = this.#text.charCodeAt(parent.start);
    if (first === OPEN_BRACE) {
      const at = this.#memberOf(node, key);
      return at === undefined ? undefined : { key: this.#place(at), value: this.#place(at + 1) };
    }
    if (first !== OPEN_BRACKET || !/^\d+$/.test(key)) return undefined;
    const at = this.#itemsOf(node)[Number(key)];
    if (at === undefined) return undefined;
    const item = this.#place(at);
    return { key: item, value: item };
  }

  scalarAt(place: Place | null): { text: string; start: number; end: number; style: ScalarStyle } | undefined {
    if (place === null || place.isCollection) return undefined;
    const { start, end } = place;
    const written = this.#text.slice(start, end);
    if (this.#text.charCodeAt(start) !== QUOTE) return { text: written, start, end, style: 'plain' };
    const text = written.includes('\\') ? (JSON.parse(written) as string) : written.slice(1, -1);
    return { text, start, end, style: 'double' };
  }

  isWritten(key: Place, text: string): boolean {
    return this.scalarAt(key)?.text === text;
  }

  #place(node: number): JsonPlace {
    const start = this.#nodes[node * NODE_WORDS]!;
    const first = this.#text.charCodeAt(start);
    const isCollection = first === OPEN_BRACE || first === OPEN_BRACKET;
    return { start, end: this.#nodes[node * NODE_WORDS + END]!, isCollection, node };
  }

  #behind(node: number): number {
    return this.#nodes[node * NODE_WORDS + BEHIND]!;
  }

  /** The node of a key of a map. */
  #memberOf(map: number, key: string): number | undefined {
    const known = this.#members.get(map);
    if (known !== undefined) return known.get(key);
    const last = this.#behind(map);
    let count = 0;
    for (let at = map + 1; at < last; at = this.#behind(at + 1)) {
      if (++count > SEARCHED_MAX) return this.#membersOf(map).get(key);
      if (this.#keyAt(at) === key) return at;
    }
    return undefined;
  }

  #membersOf(map: number): Map<string, number> {
    const members = new Map<string, number>();
    for (let at = map + 1; at < this.#behind(map); at = this.#behind(at + 1)) members.set(this.#keyAt(at), at);
    this.#members.set(map, members);
    return members;
  }

  #keyAt(node: number): string {
    return this.#text.slice(this.#nodes[node * NODE_WORDS]! + 1, this.#nodes[node * NODE_WORDS + END]! - 1);
  }

  #itemsOf(sequence: number): Int32Array {
    let items = this.#items.get(sequence);
    if (items === undefined) {
      const found: number[] = [];
      for (let at = sequence + 1; at < this.#behind(sequence); at = this.#behind(at)) found.push(at);
      items = Int32Array.from(found);
      this.#items.set(sequence, items);
    }
    return items;
  }
}

/** A collection whose end has not been read. */
interface Open {
  node: number;
  /** Its keys, where it is a map. */
  keys: string[] | undefined;
}

/** The nodes of a JSON text; undefined as JsonPlaces.of. */
function scan(text: string): Int32Array | undefined {
  let nodes = new Int32Array(1024 * NODE_WORDS);
  let count = 0;
  const add = (start: number, end: number): void => {
    if ((count + 1) * NODE_WORDS > nodes.length) {
      const larger = new Int32Array(nodes.length * 2);
      larger.set(nodes);
      nodes = larger;
    }
    nodes[count * NODE_WORDS] = start;
    nodes[count * NODE_WORDS + END] = end;
    nodes[count * NODE_WORDS + BEHIND] = ++count;
  };
  const open: Open[] = [];
  let isKey = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      const end = endOfText(text, at) + 1;
      if (isKey) {
        const key = text.slice(at + 1, end - 1);
        if (key.includes('\\')) return undefined;
        open[open.length - 1]!.keys!.push(key);
      }
      add(at, end);
      at = end - 1;
    } else if (unit === COLON) isKey = false;
    else if (unit === COMMA) isKey = open[open.length - 1]!.keys !== undefined;
    else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      if (open.length === DEPTH_MAX) return undefined;
      isKey = unit === OPEN_BRACE;
      open.push({ node: count, keys: isKey ? [] : undefined });
      add(at, 0);
    } else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) {
      const { node, keys } = open.pop()!;
      if (keys !== undefined && hasTwins(keys)) return undefined;
      nodes[node * NODE_WORDS + END] = at + 1;
      nodes[node * NODE_WORDS + BEHIND] = count;
      isKey = false;
    } else if (unit > SPACE) {
      const start = at;
      while (isOfScalar(text.charCodeAt(at + 1))) at++;
      add(start, at + 1);
    }
  }
  return nodes.slice(0, count * NODE_WORDS);
}

/** A character of a number, of true, false or null; NaN behind the end is none. */
function isOfScalar(unit: number): boolean {
  return unit > SPACE && unit !== COMMA && unit !== CLOSE_BRACE && unit !== CLOSE_BRACKET;
}

function hasTwins(keys: readonly string[]): boolean {
  if (keys.length > SEARCHED_MAX) return new Set(keys).size < keys.length;
  for (let i = 1; i < keys.length; i++) if (keys.indexOf(keys[i]!) < i) return true;
  return false;
}
