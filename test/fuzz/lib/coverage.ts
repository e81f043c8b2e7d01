// What an input has reached: edges of the JavaScript (counted by lib/instrument-js.mjs) and of the engine (lib/instrument-wasm.ts),
// each by whether it was passed once, twice, three times to fifteen, or more often.

import { boxes } from './engine.js';

const javascript = (globalThis as unknown as { __fuzzEdges: Uint8Array }).__fuzzEdges;

/** Bit of each count. */
const CLASSES = Uint8Array.from({ length: 256 }, (_, count) =>
  count === 0 ? 0 : count < 4 ? 1 << (count - 1) : count < 16 ? 8 : 16,
);

interface Map {
  /** Number of its first edge among those of all maps. */
  base: number;
  counts: Uint8Array;
  words: BigUint64Array;
  seen: Uint8Array;
  /** Inputs that have passed each edge. */
  hits: Uint32Array;
}

function mapOf(counts: Uint8Array, base: number): Map {
  const words = new BigUint64Array(counts.buffer, counts.byteOffset, counts.length >>> 3);
  return { base, counts, words, seen: new Uint8Array(counts.length), hits: new Uint32Array(counts.length) };
}

export class Coverage {
  readonly #maps: readonly Map[];

  /** Takes in the engines that there are now. */
  constructor() {
    const all = [javascript, ...boxes.map(({ edges }) => edges)];
    let base = 0;
    this.#maps = all.map((counts) => {
      const map = mapOf(counts, base);
      base += counts.length;
      return map;
    });
  }

  /** Before an input. */
  reset(): void {
    for (const { counts } of this.#maps) counts.fill(0);
  }

  /** After it: takes what is new over. @returns the keys of what is new */
  take(): number[] {
    const found: number[] = [];
    this.#each((map, at, bit) => {
      map.hits[at]!++;
      if ((map.seen[at]! & bit) !== 0) return;
      map.seen[at]! |= bit;
      found.push((map.base + at) * 32 + bit);
    });
    return found;
  }

  /** Whether the input has reached all of these. */
  hasAll(keys: readonly number[]): boolean {
    return keys.every((key) => {
      const edge = Math.floor(key / 32);
      const { counts, base } = this.#mapOf(edge);
      return (CLASSES[counts[edge - base]!]! & (key % 32)) !== 0;
    });
  }

  /** Edges that the input has passed, however often. */
  passed(): number[] {
    const edges: number[] = [];
    this.#each(({ base }, at) => edges.push(base + at));
    return edges;
  }

  /** Whether the input has passed all of these. */
  hasPassed(edges: readonly number[]): boolean {
    return edges.every((edge) => {
      const { counts, base } = this.#mapOf(edge);
      return counts[edge - base] !== 0;
    });
  }

  /** How many inputs have passed the edge of a key. */
  hitsOf(key: number): number {
    const edge = Math.floor(key / 32);
    const { hits, base } = this.#mapOf(edge);
    return hits[edge - base]!;
  }

  /** Edges passed since the beginning: of the JavaScript, and of the engine (as one, whichever box). */
  get edges(): { javascript: number; engine: number } {
    const [first, ...rest] = this.#maps;
    const engine = new Set<number>();
    for (const { seen } of rest) for (const [at, bits] of seen.entries()) if (bits !== 0) engine.add(at);
    return { javascript: first!.seen.reduce((count, bits) => count + Number(bits !== 0), 0), engine: engine.size };
  }

  #mapOf(edge: number): Map {
    return this.#maps.findLast(({ base }) => base <= edge)!;
  }

  #each(visit: (map: Map, at: number, bit: number) => void): void {
    for (const map of this.#maps) {
      const { counts, words } = map;
      for (let word = 0; word < words.length; word++) {
        if (words[word] === 0n) continue;
        for (let at = word * 8; at < word * 8 + 8; at++) if (counts[at] !== 0) visit(map, at, CLASSES[counts[at]!]!);
      }
      for (let at = words.length * 8; at < counts.length; at++) if (counts[at] !== 0) visit(map, at, CLASSES[counts[at]!]!);
    }
  }
}
