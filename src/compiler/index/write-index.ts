// Lays out a match index, byte for byte as assembly/shared/match-index.ts and docs/FORMATS.md say. Deterministic.

import { BlobKind } from '../../../assembly/shared/image.js';
import * as at from '../../../assembly/shared/match-index.js';
import type { ImageBlob } from '../../image/parts.js';
import { type Dimension, levelsOfKeys } from './dimension.js';
import type { Point } from './domain.js';
import { makeRows, type Rows } from './rows.js';

/** A dimension with its place in the program. */
export interface PlacedDimension extends Dimension {
  register: number;
  /** Where in the scratch its null flag lies; NEVER_NULL where it has none. */
  nullAt: number;
  /** Bytes of the register's text that are looked at, at most; 0 where it is none. */
  textBytes: number;
}

export interface IndexSpec {
  mode: at.IndexMode;
  parts: number;
  /** Part by part; a part that is not there is never alive. */
  live: readonly boolean[];
  sure: readonly boolean[];
  /** HITS: the rank of what each part hits, or the first hit word where parts are ranks. */
  hits: readonly number[] | { firstWord: number };
  /** Sorted by kind. */
  dimensions: readonly PlacedDimension[];
  /** Instructions from MATCH to each part's ALIVE, 0 where it has none; filled while code is emitted. */
  entries: number[];
  end: number;
}

/** Bytes of a cache line, and of the largest row. */
const LINE_BYTES = 64;

const align8 = (bytes: number): number => Math.ceil(bytes / 8) * 8;

export function rowBytesOf(parts: number): number {
  return parts <= 64 ? 8 : parts <= 128 ? 16 : parts <= 256 ? 32 : LINE_BYTES;
}

/** A match index among the blobs of an image: made when its bytes are asked for, not before. */
export class IndexBlob implements ImageBlob {
  readonly kind = BlobKind.INDEX;
  /** Units of its MATCH. */
  readonly matchUnits: number;
  readonly spec: IndexSpec;

  constructor(spec: IndexSpec) {
    this.spec = spec;
    const { parts, dimensions } = spec;
    let units = at.blocksUnits(Math.ceil(parts / at.INDEX_BLOCK_PARTS), rowBytesOf(parts), dimensions.length);
    for (const { kind, points, textBytes } of dimensions) units += at.dimensionUnits(kind, points.length, textBytes);
    this.matchUnits = units;
  }

  get bytes(): Uint8Array {
    return this.bytesAt(0);
  }

  /** The blob where it begins at `address` of an image that lies at a multiple of LINE_BYTES: rows then fill whole lines. */
  bytesAt(address: number): Uint8Array {
    return writeIndex(this.spec, address % LINE_BYTES);
  }
}

function writeIndex({ mode, parts, live, sure, hits, dimensions, entries, end }: IndexSpec, shift: number): Uint8Array {
  const blocks = Math.ceil(parts / at.INDEX_BLOCK_PARTS);
  const rowBytes = rowBytesOf(parts);
  const out = new Output(at.INDEX_HEADER_BYTES + dimensions.length * at.DIMENSION_BYTES, shift);
  out.u32(at.INDEX_PARTS, parts);
  out.u32(at.INDEX_BLOCKS, blocks);
  out.u32(at.INDEX_ROW_BYTES, rowBytes);
  out.u32(at.INDEX_DIMENSIONS, dimensions.length);
  out.u32(at.INDEX_MODE, mode);
  out.u32(at.INDEX_LIVE, out.append(bitsOf(live, blocks * rowBytes), rowBytes));
  out.u32(at.INDEX_SURE, out.append(bitsOf(sure, blocks * rowBytes), rowBytes));
  if ('firstWord' in hits) out.u32(at.INDEX_HIT_WORD, hits.firstWord);
  else if (mode === at.IndexMode.HITS) out.u32(at.INDEX_HITS, out.append(new Uint32Array(hits)));
  if (entries.some((entry) => entry !== 0)) out.u32(at.INDEX_ENTRIES, out.append(Uint32Array.from(entries)));
  out.u32(at.INDEX_END, end);
  if (blocks > 1) out.u32(at.INDEX_LISTS, out.append(listsOf(dimensions, blocks)));
  for (const [index, dimension] of dimensions.entries()) {
    writeDimension(
      out,
      at.INDEX_HEADER_BYTES + index * at.DIMENSION_BYTES,
      dimension,
      makeRows(dimension, blocks, rowBytes),
      rowBytes,
    );
  }
  out.append(new Uint8Array(at.TEXT_MARGIN_BYTES));
  return out.toBytes();
}

function writeDimension(out: Output, base: number, dimension: PlacedDimension, rows: Rows, rowBytes: number): void {
  const { kind, register, nullAt, points, keys } = dimension;
  const levels = levelsOfKeys(dimension);
  out.u32(base, kind | (levels << 8) | (register << 16));
  out.u32(base + at.DIMENSION_NULL, nullAt);
  out.u32(base + at.DIMENSION_POINTS, points.length);
  if (levels > 0) out.u32(base + at.DIMENSION_SEARCH, out.append(searchOf(keys, levels, dimension.hasNan)));
  if (rows.ranks !== undefined) out.u32(base + at.DIMENSION_RANKS, out.append(rows.ranks, LINE_BYTES));
  out.u32(base + at.DIMENSION_ROWS, out.append(rows.words, rowBytes));
  out.u32(base + at.DIMENSION_ROW_COUNT, rows.count);
  if (kind >= at.DimensionKind.TEXT_HASH) out.u32(base + at.DIMENSION_TEXTS, appendTexts(out, points as readonly TextPoint[]));
}

interface TextPoint {
  point: string;
  isEnd: boolean;
}

/** Bytes of the longest text. */
export function longestText(points: readonly { point: Point }[]): number {
  return points.reduce((longest, { point }) => Math.max(longest, Buffer.byteLength(point as string)), 0);
}

/** Appends texts, then where they lie. */
function appendTexts(out: Output, points: readonly TextPoint[]): number {
  const encoder = new TextEncoder();
  const places = points.map(({ point, isEnd }) => {
    const bytes = encoder.encode(point);
    return [out.append(bytes), bytes.length + (isEnd ? at.PREFIX_END : 0)];
  });
  return out.append(Uint32Array.from([longestText(points), 0, ...places.flat()]));
}

/** The levels of a search, from the shortest to the constants themselves. */
function searchOf(keys: readonly (number | bigint)[], levels: number, numbers: boolean): Uint8Array {
  const sizes = [at.LEVEL_FIRST_WORDS, at.LEVEL_SECOND_WORDS, at.LEVEL_THIRD_WORDS].slice(0, levels - 1);
  sizes.push(Math.ceil(keys.length / at.GROUP) * at.GROUP + at.GROUP);
  const padding = numbers ? Number.NaN : 2n ** 63n - 1n;
  const level: (number | bigint)[][] = [];
  level[levels - 1] = [...keys];
  for (let index = levels - 2; index >= 0; index--) {
    const below = level[index + 1]!;
    const groups = Math.ceil(below.length / at.GROUP);
    level[index] = Array.from({ length: groups }, (_, group) => below[group * at.GROUP + at.GROUP - 1] ?? padding);
  }
  const view = new DataView(new ArrayBuffer(8 * sizes.reduce((sum, size) => sum + size, 0)));
  let word = 0;
  for (const [index, size] of sizes.entries()) {
    for (let i = 0; i < size; i++, word++) {
      const key = level[index]![i] ?? padding;
      if (typeof key === 'number') view.setFloat64(word * 8, key, true);
      else view.setBigInt64(word * 8, key, true);
    }
  }
  return new Uint8Array(view.buffer);
}

/** For each block the dimensions that it tests, the one that leaves the fewest parts first; before them, where each list begins. */
function listsOf(dimensions: readonly PlacedDimension[], blocks: number): Uint8Array {
  const strength = Array.from({ length: blocks }, () => new Float64Array(dimensions.length));
  for (const [index, { sets, shares }] of dimensions.entries()) {
    for (const [i, { part }] of sets.entries()) {
      // What is always true in a test still has to be tested.
      strength[Math.floor(part / at.INDEX_BLOCK_PARTS)]![index]! += 1 - shares[i]! + Number.EPSILON;
    }
  }
  const lists = strength.map((ofBlock) =>
    [...ofBlock.keys()].filter((index) => ofBlock[index]! > 0).sort((a, b) => ofBlock[b]! - ofBlock[a]! || a - b),
  );
  const head = (blocks + 1) * 4;
  const bytes = new Uint8Array(head + 2 * lists.reduce((sum, { length }) => sum + length, 0));
  const view = new DataView(bytes.buffer);
  let offset = head;
  for (const [block, list] of lists.entries()) {
    view.setUint32(block * 4, offset, true);
    for (const index of list) {
      view.setUint16(offset, index, true);
      offset += 2;
    }
  }
  view.setUint32(blocks * 4, offset, true);
  return bytes;
}

function bitsOf(flags: readonly boolean[], bytes: number): Uint8Array {
  const bits = new Uint8Array(bytes);
  for (const [index, flag] of flags.entries()) if (flag) bits[index >> 3]! |= 1 << (index & 7);
  return bits;
}

/** Bytes that grow, and words in their beginning. */
class Output {
  readonly #head: Uint8Array;
  readonly #view: DataView;
  readonly #chunks: { at: number; bytes: Uint8Array }[] = [];
  readonly #shift: number;
  #size: number;

  /** @param shift where the first byte lies in a cache line */
  constructor(headBytes: number, shift: number) {
    this.#head = new Uint8Array(headBytes);
    this.#view = new DataView(this.#head.buffer);
    this.#size = headBytes;
    this.#shift = shift;
  }

  u32(offset: number, value: number): void {
    this.#view.setUint32(offset, value, true);
  }

  /** Appends bytes at a multiple of 8, and so that they begin at a multiple of `align` in memory. @returns their offset */
  append(content: Uint8Array | Uint16Array | Uint32Array, align = 8): number {
    const bytes = new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
    const start = Math.ceil((align8(this.#size) + this.#shift) / align) * align - this.#shift;
    this.#chunks.push({ at: start, bytes });
    this.#size = start + bytes.length;
    return start;
  }

  toBytes(): Uint8Array {
    const all = new Uint8Array(this.#size);
    all.set(this.#head);
    for (const { at: start, bytes } of this.#chunks) all.set(bytes, start);
    return all;
  }
}
