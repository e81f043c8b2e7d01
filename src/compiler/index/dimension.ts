// A dimension of an index: one register, and all constants it is compared with.

import { TEXT_KEY_BYTES_MAX } from '../../../assembly/shared/limits.js';
import { DimensionKind, INDEX_POINTS_MAX, levelsOf } from '../../../assembly/shared/match-index.js';
import type { Subject } from './atom.js';
import { AFTER_PREFIX, BEFORE, type Cut, compareCuts, isByEquality, type Point, type ValueSet } from './domain.js';
import { hashOf, keyOf } from './text-hash.js';

/** Members of an enum up to which its number is the code. */
const SMALL_MAX = 4096;

/** A test of one part. */
export interface PartSet {
  part: number;
  set: ValueSet;
}

export interface Dimension {
  subject: Subject;
  kind: DimensionKind;
  /** Constants in the order of the search; a text's end of all that begin with it is a constant of its own. */
  points: readonly { point: Point; isEnd: boolean }[];
  /** What is searched, in that order: numbers, integers, keys or hashes; empty for TEXT_ORDER and SMALL. */
  keys: readonly (number | bigint)[];
  /** Codes of values; those of NaN and null come behind. */
  valueCodes: number;
  hasNan: boolean;
  /** One set a part. */
  sets: readonly PartSet[];
  /** The codes of each set, in the order of `sets`. */
  codes: readonly CodeSet[];
  /** Parts of the values' codes that each set has, in the order of `sets`: what share of payloads it may let through. */
  shares: readonly number[];
}

/** Codes of a dimension, those of NaN and null left out. */
export interface CodeSet {
  /** Whether it begins with code 0. */
  low: boolean;
  /** Codes at which it begins or ends, ascending, by turns. */
  toggles: readonly number[];
}

/** Which of the constants of a dimension a point is. */
interface Numbered {
  kind: DimensionKind;
  /** Of constants that are values. */
  places: ReadonlyMap<Point, number>;
  /** Of ends of what begins with a text. */
  ends: ReadonlyMap<Point, number>;
  /** Values of a SMALL dimension. */
  small: number;
}

const encoder = new TextEncoder();

/** Makes the dimension of some sets; undefined where it has more constants than an index takes. */
export function makeDimension(subject: Subject, sets: readonly PartSet[]): Dimension | undefined {
  const starts = new Set<Point>();
  const prefixes = new Set<Point>();
  for (const { set } of sets) for (const { point, side } of set.cuts) (side === AFTER_PREFIX ? prefixes : starts).add(point);
  if (starts.size + prefixes.size > INDEX_POINTS_MAX) return undefined;
  const ordered = inOrder(starts, prefixes);
  const texts = typeof ordered[0]?.point === 'string' ? ordered.map(({ point }) => encoder.encode(point as string)) : [];
  const kind = kindOf(subject, sets, texts);
  let points = ordered;
  let keys: (number | bigint)[] = [];
  if (kind === DimensionKind.SMALL) points = smallPoints(subject);
  else if (kind === DimensionKind.TEXT_KEY || kind === DimensionKind.TEXT_HASH) {
    const keyed = ordered.map((entry, index) => ({
      entry,
      key: (kind === DimensionKind.TEXT_KEY ? keyOf : hashOf)(texts[index]!),
    }));
    keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
    points = keyed.map(({ entry }) => entry);
    keys = keyed.map(({ key }) => key);
  } else if (kind !== DimensionKind.TEXT_ORDER) keys = ordered.map(({ point }) => point as number | bigint);
  const places = new Map<Point, number>();
  const ends = new Map<Point, number>();
  for (let index = 0; index < points.length; index++) {
    const { point, isEnd } = points[index]!;
    (isEnd ? ends : places).set(point, index);
  }
  const numbered = { kind, places, ends, small: points.length };
  const valueCodes = isOrdered(kind) ? 2 * points.length + 1 : points.length + 1;
  const codes = sets.map(({ set }) => codesOfSet(numbered, set));
  return {
    subject,
    kind,
    points,
    keys,
    valueCodes,
    hasNan: kind === DimensionKind.NUMBER || kind === DimensionKind.COUNT,
    sets,
    codes,
    shares: codes.map((code) => shareOf(code, valueCodes)),
  };
}

/** Constants, ascending, each with the end of what begins with it behind all of that. */
function inOrder(starts: ReadonlySet<Point>, prefixes: ReadonlySet<Point>): { point: Point; isEnd: boolean }[] {
  if (prefixes.size === 0) {
    const points = [...starts];
    if (typeof points[0] === 'number')
      return Array.from(Float64Array.from(points as number[]).sort(), (point) => ({ point, isEnd: false }));
    return points.sort((a, b) => (a < b ? -1 : 1)).map((point) => ({ point, isEnd: false }));
  }
  const cuts: Cut[] = [...starts].map((point) => ({ point, side: BEFORE }));
  for (const point of prefixes) cuts.push({ point, side: AFTER_PREFIX });
  return cuts.sort(compareCuts).map(({ point, side }) => ({ point, isEnd: side === AFTER_PREFIX }));
}

function isOrdered(kind: DimensionKind): boolean {
  return kind <= DimensionKind.INTEGER || kind === DimensionKind.TEXT_ORDER;
}

/** Levels of the dimension's search. */
export function levelsOfKeys({ kind, keys }: Dimension): number {
  return kind === DimensionKind.SMALL || kind === DimensionKind.TEXT_ORDER ? 0 : levelsOf(keys.length);
}

function smallPoints({ name }: Subject): { point: Point; isEnd: boolean }[] {
  const largest = name.type.kind === 'enum' ? Math.max(0, ...name.type.members.map(({ number }) => number)) : 1;
  return Array.from({ length: largest + 1 }, (_, value) => ({ point: BigInt(value), isEnd: false }));
}

function kindOf({ name, count }: Subject, sets: readonly PartSet[], texts: readonly Uint8Array[]): DimensionKind {
  if (count) return DimensionKind.COUNT;
  const { type } = name;
  if (type.kind === 'number') return DimensionKind.NUMBER;
  if (type.kind === 'boolean') return DimensionKind.SMALL;
  if (type.kind === 'enum' && type.members.every(({ number }) => number < SMALL_MAX)) return DimensionKind.SMALL;
  const byEquality = sets.every(({ set }) => isByEquality(set));
  if (type.kind !== 'text') return byEquality ? DimensionKind.INTEGER_EQUAL : DimensionKind.INTEGER;
  if (!byEquality) return DimensionKind.TEXT_ORDER;
  if (texts.every(({ length }) => length <= TEXT_KEY_BYTES_MAX)) return DimensionKind.TEXT_KEY;
  return new Set(texts.map(hashOf)).size === texts.length ? DimensionKind.TEXT_HASH : DimensionKind.TEXT_ORDER;
}

function codesOfSet({ kind, places, ends, small }: Numbered, { cuts, low }: ValueSet): CodeSet {
  const toggles: number[] = [];
  if (kind === DimensionKind.SMALL) {
    let inside = holdsAt(cuts, low, 0n);
    const first = inside;
    for (let value = 1; value <= small; value++) {
      const now = holdsAt(cuts, low, BigInt(value));
      if (now !== inside) toggles.push(value);
      inside = now;
    }
    return { low: first, toggles };
  }
  if (isOrdered(kind)) {
    for (const { point, side } of cuts) {
      toggles.push(side === AFTER_PREFIX ? 2 * ends.get(point)! + 2 : 2 * places.get(point)! + 1 + side);
    }
    return { low, toggles };
  }
  const equal: number[] = [];
  for (const { point, side } of cuts) if (side === BEFORE) equal.push(places.get(point)! + 1);
  if (equal.length > 1) equal.sort((a, b) => a - b);
  for (const code of equal) {
    if (toggles[toggles.length - 1] === code) toggles.pop();
    else toggles.push(code);
    toggles.push(code + 1);
  }
  return { low, toggles };
}

/** Whether an integer is in a set. */
function holdsAt(cuts: readonly Cut[], low: boolean, value: bigint): boolean {
  let inside = low;
  for (const { point, side } of cuts) if ((point as bigint) < value || (point === value && side === BEFORE)) inside = !inside;
  return inside;
}

/** The share of a dimension's codes that a set has. */
function shareOf({ low, toggles }: CodeSet, valueCodes: number): number {
  let inside = low;
  let from = 0;
  let count = 0;
  for (const code of toggles) {
    if (inside) count += code - from;
    inside = !inside;
    from = code;
  }
  if (inside) count += valueCodes - from;
  return Math.min(1, Math.max(0, count / valueCodes));
}
