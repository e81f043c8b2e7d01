// The tables that ranks are read from: for each register that rules compare (a *dimension*), its cuts in order and, for each of its
// ranks, a row of bits: the rules that a value of this rank leaves possible.
//
//   | key u64, 0 | for each dimension: factors | starts | cuts | rows |
//
// Offsets are bytes from the first byte, sections are multiples of 16.

import { RANK_AREA_BYTES } from '../../assembly/shared/layout.js';
import { FIELD_HAS_MAX, FIELD_HAS_MIN, FieldKind } from '../../assembly/shared/value-type.js';
import type { Frame } from './frame.js';
import {
  above,
  below,
  nullOf,
  type RankedRule,
  type RankedSegment,
  type RankKind,
  rankKindOf,
  unorderedRegisters,
  type Value,
} from './ranked-rules.js';

/** Bytes of a vector, and of the key in front of all. */
export const VECTOR_BYTES = 16;
/** Ranks of a dimension: they are bytes. */
const RANKS_MAX = 256;
/** Vectors of cuts that a value is compared with: a word has two bits for each. */
const VECTORS_MAX = 16;
/** Added to a double below it, it leaves the nearest integer in the low bits. */
export const ROUNDING = 2 ** 52;
/** Sizes of grids that are tried. */
const GRIDS = [16, 32, 64, 128, 256] as const;
const HASH_TRIES = 4096;

/** How a value becomes a rank. */
export type Search =
  /** As many as it has cuts below it. */
  | { readonly kind: 'steps'; readonly vectors: number }
  /** The same, beginning at the cut that the cell of a grid starts with. Cell 0 is of NaN alone. */
  | { readonly kind: 'grid'; readonly cells: number; readonly scale: number; readonly shift: number; readonly vectors: number }
  /** The place of the constant that a product leads to, where it is that one. */
  | { readonly kind: 'hash'; readonly factor: bigint; readonly bits: number }
  /** 1 where it is the only constant. */
  | { readonly kind: 'one'; readonly constant: bigint }
  /** It is only asked whether it is null. */
  | { readonly kind: 'none' };

export interface RankDimension {
  readonly register: number;
  readonly value: RankKind;
  readonly search: Search;
  /** Rank of NaN, where there is one that has another row than the search gives it. */
  readonly nanRank: number | undefined;
  readonly nullRank: number | undefined;
  /** Offsets. */
  readonly starts: number;
  readonly cuts: number;
  readonly rows: number;
}

export interface RankTables {
  /** What is told by them. */
  readonly segments: readonly RankedSegment[];
  readonly dimensions: readonly RankDimension[];
  /** Bytes of a row. */
  readonly rowBytes: number;
  /** Offset of the factors of grids, in the order of their dimensions: scales of two, shifts of two, and so on. */
  readonly factors: number;
  readonly bytes: Uint8Array;
}

/**
 * The tables of rules, but for those with a register that has too many ranks; undefined where nothing is left, or it does not fit.
 *
 * @param words of hit bits
 */
export function rankTables(frame: Frame, segments: readonly RankedSegment[], words: number): RankTables | undefined {
  const rules = segments.flatMap((segment) => segment.rules);
  const rowBytes = Math.ceil(words / 2) * VECTOR_BYTES;
  const unordered = unorderedRegisters(frame);
  const registers = [...new Set(rules.flatMap(({ accepts }) => [...accepts.keys()]))];
  const plans: Plan[] = [];
  for (const register of registers) {
    const plan = planOf(frame, register, rules, unordered.has(register));
    if (plan === undefined) {
      const others = segments.filter((segment) => segment.rules.every(({ accepts }) => !accepts.has(register)));
      return rankTables(frame, others, words);
    }
    plans.push(plan);
  }
  // Those with a grid come first, so that two of them share what is done in vectors.
  plans.sort((a, b) => Number(b.search.kind === 'grid') - Number(a.search.kind === 'grid'));
  const grids = plans.flatMap(({ search }) => (search.kind === 'grid' ? [search] : []));
  const factors = VECTOR_BYTES;
  let bytes = factors + Math.ceil(grids.length / 2) * 2 * VECTOR_BYTES;
  const take = (count: number): number => {
    const at = bytes;
    bytes += Math.ceil(count / VECTOR_BYTES) * VECTOR_BYTES;
    return at;
  };
  const dimensions = plans.map((plan): RankDimension => {
    const { register, value, search, nanRank, nullRank } = plan;
    const [starts, cuts] = [take(plan.starts.length), take(plan.cuts.length * 8)];
    return { register, value, search, nanRank, nullRank, starts, cuts, rows: take(plan.ranks.length * rowBytes) };
  });
  if (bytes > RANK_AREA_BYTES || dimensions.length === 0) return undefined;
  const view = new DataView(new ArrayBuffer(bytes));
  for (const [index, { scale, shift }] of grids.entries()) {
    const at = factors + (index >> 1) * 2 * VECTOR_BYTES + (index & 1) * 8;
    view.setFloat64(at, scale, true);
    view.setFloat64(at + VECTOR_BYTES, shift, true);
  }
  for (const [index, { register, starts, cuts, ranks }] of plans.entries()) {
    const at = dimensions[index] as RankDimension;
    for (const [cell, start] of starts.entries()) view.setUint8(at.starts + cell, start);
    for (const [place, cut] of cuts.entries()) {
      if (typeof cut === 'bigint') view.setBigInt64(at.cuts + place * 8, cut, true);
      else view.setFloat64(at.cuts + place * 8, cut, true);
    }
    for (const [rank, value] of ranks.entries()) {
      for (const rule of rules) {
        if (!accepts(rule, register, value)) continue;
        const byte = at.rows + rank * rowBytes + (rule.rank >> 3);
        view.setUint8(byte, view.getUint8(byte) | (1 << (rule.rank & 7)));
      }
    }
  }
  return { segments, dimensions, rowBytes, factors, bytes: new Uint8Array(view.buffer) };
}

/** A dimension before it has its place. */
interface Plan {
  readonly register: number;
  readonly value: RankKind;
  readonly search: Search;
  readonly nanRank: number | undefined;
  readonly nullRank: number | undefined;
  readonly starts: readonly number[];
  readonly cuts: readonly (number | bigint)[];
  /** A value of each rank. */
  readonly ranks: readonly Value[];
}

function accepts({ accepts }: RankedRule, register: number, value: Value): boolean {
  return accepts.get(register)?.(value) ?? true;
}

function planOf(frame: Frame, register: number, rules: readonly RankedRule[], isUnordered: boolean): Plan | undefined {
  const kind = rankKindOf(frame, register);
  const constants = [...new Set(rules.flatMap(({ constants }) => constants.get(register) ?? []))].sort(order);
  const searched =
    constants.length === 0
      ? { search: { kind: 'none' } as const, starts: [], cuts: [], values: [kind === 'double' ? 0 : 0n] }
      : isUnordered
        ? searchEqual(constants as bigint[])
        : searchOrdered(kind === 'double', cutsOf(register, rules));
  if (searched === undefined) return undefined;
  const { starts, values } = searched;
  const ranks: Value[] = values.map((value) => ({ value, isNull: false }));
  let nanRank: number | undefined;
  const cells = [...starts];
  const nan: Value = { value: Number.NaN, isNull: false };
  if (kind === 'double' && constants.length > 0 && mayBeNaN(frame, register)) {
    // Where it has a cell of its own, that says where; else NaN has no cut below it.
    const isFirst = searched.search.kind === 'steps' && isAlike(rules, register, nan, ranks[0] as Value);
    if (!isFirst) nanRank = ranks.push(nan) - 1;
    if (searched.search.kind === 'grid') cells[0] = nanRank as number;
  }
  const nullRank = frame.nullFlag(register) === undefined ? undefined : ranks.push(nullOf(kind)) - 1;
  if (ranks.length > RANKS_MAX) return undefined;
  const { search, cuts } = searched;
  return { register, value: kind, search, nanRank, nullRank, starts: cells, cuts, ranks };
}

/** Whether no rule tells two values of a register apart. */
function isAlike(rules: readonly RankedRule[], register: number, a: Value, b: Value): boolean {
  return rules.every((rule) => accepts(rule, register, a) === accepts(rule, register, b));
}

/** Where some rule changes its mind: between a cut and the next value above it. */
function cutsOf(register: number, rules: readonly RankedRule[]): (number | bigint)[] {
  const cuts = new Set<number | bigint>();
  for (const rule of rules) {
    for (const constant of rule.constants.get(register) ?? []) {
      const isPossible = (value: number | bigint): boolean => accepts(rule, register, { value, isNull: false });
      const [under, over] = [below(constant), above(constant)];
      if (isPossible(under) !== isPossible(constant)) cuts.add(under);
      if (isPossible(constant) !== isPossible(over)) cuts.add(constant);
    }
  }
  return [...cuts].sort(order);
}

function order(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Only a bound keeps NaN out; what is computed may be one. */
function mayBeNaN({ image }: Frame, register: number): boolean {
  for (let table = 0, end = 1; table < end; table++) {
    const { first, count } = image.table(table);
    for (let i = first; i < first + count; i++) {
      const field = image.field(i);
      if (field.kind === FieldKind.OBJECT) end = Math.max(end, field.aux + 1);
      if (field.register === register)
        return field.kind === FieldKind.DOUBLE && (field.flags & (FIELD_HAS_MIN | FIELD_HAS_MAX)) === 0;
    }
  }
  return true;
}

interface Searched {
  readonly search: Search;
  readonly starts: readonly number[];
  readonly cuts: readonly (number | bigint)[];
  /** A value of each rank. */
  readonly values: readonly (number | bigint | undefined)[];
}

function searchOrdered(isDouble: boolean, cuts: readonly (number | bigint)[]): Searched | undefined {
  const last = cuts.at(-1);
  const values = last === undefined ? [isDouble ? 0 : 0n] : [...cuts, isDouble ? Number.POSITIVE_INFINITY : above(last)];
  const padded = (vectors: number): (number | bigint)[] => [
    ...cuts,
    ...new Array<number | bigint>(2 * vectors + 2).fill(isDouble ? Number.POSITIVE_INFINITY : 2n ** 63n - 1n),
  ];
  const vectors = Math.ceil(cuts.length / 2);
  const grid = isDouble && vectors > 2 ? searchGrid(cuts as readonly number[]) : undefined;
  if (grid !== undefined && grid.search.vectors + 2 < vectors && grid.search.vectors <= VECTORS_MAX) {
    return { search: grid.search, starts: grid.starts, cuts: padded(grid.search.vectors), values };
  }
  if (vectors > VECTORS_MAX) return undefined;
  return { search: { kind: 'steps', vectors }, starts: [], cuts: padded(vectors), values };
}

type Grid = Extract<Search, { kind: 'grid' }>;

/** The grid with the fewest cuts a cell, the smallest of those. */
function searchGrid(cuts: readonly number[]): { search: Grid; starts: readonly number[] } | undefined {
  const [low, high] = [cuts[0] as number, cuts.at(-1) as number];
  let best: { search: Grid; starts: readonly number[] } | undefined;
  for (const cells of GRIDS) {
    const scale = (cells - 3) / (high - low);
    const shift = 1 - low * scale;
    if (!Number.isFinite(scale) || !Number.isFinite(shift) || scale === 0) return undefined;
    const cellOf = (cut: number): number => Math.min(Math.max(cut * scale + shift, 1), cells - 1) + ROUNDING - ROUNDING;
    const counts = new Array<number>(cells).fill(0);
    for (const cut of cuts) counts[cellOf(cut)] = (counts[cellOf(cut)] as number) + 1;
    const vectors = Math.ceil(Math.max(...counts) / 2);
    if (best !== undefined && vectors >= best.search.vectors) continue;
    const starts = counts.map((_, cell) => counts.slice(0, cell).reduce((sum, count) => sum + count, 0));
    best = { search: { kind: 'grid', cells, scale, shift, vectors }, starts };
    if (vectors === 1) break;
  }
  return best;
}

/** Constants that are only asked whether a value is one of them. */
function searchEqual(constants: readonly bigint[]): Searched | undefined {
  const values = [undefined, ...constants];
  if (constants.length === 1) return { search: { kind: 'one', constant: constants[0] as bigint }, starts: [], cuts: [], values };
  let random = 0x9e3779b97f4a7c15n;
  for (let bits = Math.ceil(Math.log2(constants.length)), tries = 0; tries < HASH_TRIES; tries++) {
    if (tries % 64 === 63 && bits < 8) bits++;
    random = BigInt.asUintN(64, random * 6364136223846793005n + 1442695040888963407n);
    const factor = random | 1n;
    const places = constants.map((constant) => hashPlace(constant, factor, bits));
    if (new Set(places).size < constants.length) continue;
    const starts = new Array<number>(2 ** bits).fill(1);
    for (const [index, place] of places.entries()) starts[place] = index + 1;
    return { search: { kind: 'hash', factor, bits }, starts, cuts: [0n, ...constants], values };
  }
  return undefined;
}

function hashPlace(constant: bigint, factor: bigint, bits: number): number {
  return Number(BigInt.asUintN(64, constant * factor) >> BigInt(64 - bits));
}
