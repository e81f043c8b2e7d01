// Sets of values of one register: what the tests that an index holds come to. Ordered values are cut into intervals; null and NaN
// lie beside them.

/** A constant that a register is compared with, as the register holds it. Numbers are never NaN, and never -0. */
export type Point = number | bigint | string;

/** A place between values: before a constant, after it, or (texts) after everything that begins with it. */
export interface Cut {
  point: Point;
  side: 0 | 1 | 2;
}

export const BEFORE = 0;
export const AFTER = 1;
export const AFTER_PREFIX = 2;

/** Values: those between the cuts by turns, from the lowest on. */
export interface ValueSet {
  /** Ascending, each once. */
  cuts: readonly Cut[];
  /** The values below the first cut are in it. */
  low: boolean;
  nan: boolean;
  isNull: boolean;
}

export const NOTHING: ValueSet = { cuts: [], low: false, nan: false, isNull: false };
export const EVERYTHING: ValueSet = { cuts: [], low: true, nan: true, isNull: true };
export const ONLY_NULL: ValueSet = { cuts: [], low: false, nan: false, isNull: true };

/** Order of two cuts of one register. */
export function compareCuts(a: Cut, b: Cut): number {
  if (a.point === b.point) return a.side - b.side;
  if (a.side === AFTER_PREFIX && (b.point as string).startsWith(a.point as string)) return 1;
  if (b.side === AFTER_PREFIX && (a.point as string).startsWith(b.point as string)) return -1;
  return a.point < b.point ? -1 : 1;
}

/** The values from one cut to another. */
export function between(from: Cut | undefined, to: Cut | undefined): ValueSet {
  if (from === undefined) return { cuts: to === undefined ? [] : [to], low: true, nan: false, isNull: false };
  return { cuts: to === undefined ? [from] : [from, to], low: false, nan: false, isNull: false };
}

export function complement({ cuts, low, nan, isNull }: ValueSet): ValueSet {
  return { cuts, low: !low, nan: !nan, isNull: !isNull };
}

export function intersection(a: ValueSet, b: ValueSet): ValueSet {
  return merge(a, b, (x, y) => x && y);
}

export function union(a: ValueSet, b: ValueSet): ValueSet {
  return merge(a, b, (x, y) => x || y);
}

export function difference(a: ValueSet, b: ValueSet): ValueSet {
  return merge(a, b, (x, y) => x && !y);
}

function merge(a: ValueSet, b: ValueSet, join: (x: boolean, y: boolean) => boolean): ValueSet {
  const cuts: Cut[] = [];
  let inA = a.low;
  let inB = b.low;
  let inside = join(inA, inB);
  const low = inside;
  for (let i = 0, j = 0; i < a.cuts.length || j < b.cuts.length; ) {
    const [left, right] = [a.cuts[i], b.cuts[j]];
    const order = left === undefined ? 1 : right === undefined ? -1 : compareCuts(left, right);
    const cut = order <= 0 ? left! : right!;
    if (order <= 0) {
      inA = !inA;
      i++;
    }
    if (order >= 0) {
      inB = !inB;
      j++;
    }
    const now = join(inA, inB);
    if (now !== inside) cuts.push(cut);
    inside = now;
  }
  return { cuts, low, nan: join(a.nan, b.nan), isNull: join(a.isNull, b.isNull) };
}

export function isEverything(set: ValueSet): boolean {
  return set.low && set.cuts.length === 0 && set.nan && set.isNull;
}

export function isNothing(set: ValueSet): boolean {
  return !set.low && set.cuts.length === 0 && !set.nan && !set.isNull;
}

/** True where the set is given by which of some constants the value is equal to. */
export function isByEquality({ cuts }: ValueSet): boolean {
  if (cuts.length % 2 === 1) return false;
  for (let i = 0; i < cuts.length; i += 2) {
    const [before, after] = [cuts[i]!, cuts[i + 1]!];
    if (before.point !== after.point || before.side !== BEFORE || after.side !== AFTER) return false;
  }
  return true;
}
