// Rows of an index: for each code of a dimension, and each block of parts, which parts its value leaves possible.

import type { CodeSet, Dimension } from './dimension.js';
import type { ValueSet } from './domain.js';

/** Codes of a dimension, those of NaN and null included. */
export function codesOf({ valueCodes, hasNan }: Dimension): number {
  return valueCodes + (hasNan ? 2 : 1);
}

export interface Rows {
  /** Rows one behind the other, in 32-bit words. */
  words: Uint32Array;
  count: number;
  /** For each code, of each block: its row. Absent where rows stand by code. */
  ranks?: Uint16Array;
}

/** Tests of a part that lie in one block. */
interface LocalSet {
  bit: number;
  set: ValueSet;
  codes: CodeSet;
}

/** Bits of a row are counted from the first part of its block; parts without a test of this dimension are always possible. */
export function makeRows(dimension: Dimension, blocks: number, rowBytes: number): Rows {
  const blockParts = rowBytes * 8;
  const byBlock: LocalSet[][] = Array.from({ length: blocks }, () => []);
  for (const [index, { part, set }] of dimension.sets.entries()) {
    byBlock[Math.floor(part / blockParts)]!.push({ bit: part % blockParts, set, codes: dimension.codes[index]! });
  }
  const codes = codesOf(dimension);
  const width = rowBytes / 4;
  if (blocks === 1) {
    const words = new Uint32Array(codes * width);
    sweep(dimension, byBlock[0]!, width, (row, from, to) => {
      for (let code = from; code < to; code++) words.set(row, code * width);
    });
    return { words, count: codes };
  }
  const pool = new RowPool(width);
  const ranks = new Uint16Array(codes * blocks);
  for (const [block, sets] of byBlock.entries()) {
    sweep(dimension, sets, width, (row, from, to) => {
      const rank = pool.numberOf(row);
      for (let code = from; code < to; code++) ranks[code * blocks + block] = rank;
    });
  }
  return { words: pool.words, count: pool.count, ranks };
}

/** Calls `emit` with the row of each run of codes. The row is used again. */
function sweep(
  dimension: Dimension,
  sets: readonly LocalSet[],
  width: number,
  emit: (row: Uint32Array, from: number, to: number) => void,
): void {
  const { valueCodes, hasNan } = dimension;
  const row = new Uint32Array(width).fill(0xffffffff);
  const clear = (bit: number): void => {
    row[bit >> 5]! &= ~(1 << (bit & 31));
  };
  const events: number[] = [];
  const bits = width * 32;
  for (const { bit, codes } of sets) {
    if (!codes.low) clear(bit);
    for (const code of codes.toggles) events.push(code * bits + bit);
  }
  const sorted = Float64Array.from(events).sort();
  let from = 0;
  for (let at = 0; at < sorted.length; ) {
    const code = Math.floor(sorted[at]! / bits);
    if (code > from) emit(row, from, code);
    from = code;
    for (; at < sorted.length && Math.floor(sorted[at]! / bits) === code; at++) {
      const bit = sorted[at]! % bits;
      row[bit >> 5]! ^= 1 << (bit & 31);
    }
  }
  if (from < valueCodes) emit(row, from, valueCodes);
  const special = (code: number, isIn: (set: ValueSet) => boolean): void => {
    row.fill(0xffffffff);
    for (const { bit, set } of sets) if (!isIn(set)) clear(bit);
    emit(row, code, code + 1);
  };
  if (hasNan) special(valueCodes, ({ nan }) => nan);
  special(valueCodes + (hasNan ? 1 : 0), ({ isNull }) => isNull);
}

/** Rows, each once. */
class RowPool {
  count = 0;
  #words: Uint32Array;
  readonly #width: number;
  /** Rows of one hash. */
  readonly #byHash = new Map<number, number[]>();

  constructor(width: number) {
    this.#width = width;
    this.#words = new Uint32Array(width * 64);
  }

  get words(): Uint32Array {
    return this.#words.subarray(0, this.count * this.#width);
  }

  /** Number of a row, which is copied where it is new. */
  numberOf(row: Uint32Array): number {
    let hash = 0x811c9dc5;
    for (const word of row) hash = Math.imul(hash ^ word, 0x9e3779b1) ^ (hash >>> 15);
    const alike = this.#byHash.get(hash);
    const known = alike?.find((number) => this.#equals(number, row));
    if (known !== undefined) return known;
    if ((this.count + 1) * this.#width > this.#words.length) {
      const larger = new Uint32Array(this.#words.length * 2);
      larger.set(this.#words);
      this.#words = larger;
    }
    this.#words.set(row, this.count * this.#width);
    if (alike === undefined) this.#byHash.set(hash, [this.count]);
    else alike.push(this.count);
    return this.count++;
  }

  #equals(number: number, row: Uint32Array): boolean {
    const base = number * this.#width;
    for (let at = 0; at < this.#width; at++) if (this.#words[base + at] !== row[at]) return false;
    return true;
  }
}
