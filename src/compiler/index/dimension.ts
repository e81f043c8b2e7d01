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
  /** Parts of the values' codes that each set has, in the order of `sets`: what share of payloads it may let through. */
  shares: readonly number[];
  /** Which of `points` a constant is. */
  readonly places: ReadonlyMap<Point, number>;
  readonly ends: ReadonlyMap<Point, number>;
}

const encoder = new TextEncoder();

/** Makes the dimension of some sets; undefined where it has more constants than an index takes. */
export function makeDimension(subject: Subject, sets: readonly PartSet[]): Dimension | undefined {
  const starts = new Set<Point>();
  const prefixes = new Set<Point>();
  for (const { set } of sets) for (const { point, side } of set.cuts) (side === AFTER_PREFIX ? prefixes : starts).add(point);
  const cuts: Cut[] = [...starts].map((point) => ({ point, side: BEFORE }));
  for (const point of prefixes) cuts.push({ point, side: AFTER_PREFIX });
  cuts.sort(compareCuts);
  if (cuts.length > INDEX_POINTS_MAX) return undefined;
  const ordered = cuts.map(({ point, side }) => ({ point, isEnd: side === AFTER_PREFIX }));
  const kind = kindOf(
    subject,
    sets,
    ordered.map(({ point }) => point),
  );
  const byKey = kind === DimensionKind.TEXT_KEY || kind === DimensionKind.TEXT_HASH;
  const keyed = ordered.map((entry) => ({ ...entry, key: byKey ? textKeyOf(kind, entry.point as string) : entry.point }));
  if (byKey) keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
  const points = kind === DimensionKind.SMALL ? smallPoints(subject) : keyed.map(({ point, isEnd }) => ({ point, isEnd }));
  const searched = kind !== DimensionKind.SMALL && kind !== DimensionKind.TEXT_ORDER;
  const places = new Map<Point, number>();
  const ends = new Map<Point, number>();
  for (const [index, { point, isEnd }] of points.entries()) (isEnd ? ends : places).set(point, index);
  const dimension = {
    subject,
    kind,
    points,
    keys: searched ? keyed.map(({ key }) => key as number | bigint) : [],
    valueCodes: isOrdered(kind) ? 2 * points.length + 1 : points.length + 1,
    hasNan: kind === DimensionKind.NUMBER || kind === DimensionKind.COUNT,
    sets,
    places,
    ends,
  };
  return { ...dimension, shares: sets.map(({ set }) => shareOf({ ...dimension, shares: [] }, set)) };
}

function isOrdered(kind: DimensionKind): boolean {
  return kind <= DimensionKind.INTEGER || kind === DimensionKind.TEXT_ORDER;
}

/** Levels of the dimension's search. */
export function levelsOfKeys({ kind, keys }: Dimension): number {
  return kind === DimensionKind.SMALL || kind === DimensionKind.TEXT_ORDER ? 0 : levelsOf(keys.length);
}

function textKeyOf(kind: DimensionKind, text: string): bigint {
  const bytes = encoder.encode(text);
  return kind === DimensionKind.TEXT_KEY ? keyOf(bytes) : hashOf(bytes);
}

function smallPoints({ name }: Subject): { point: Point; isEnd: boolean }[] {
  const largest = name.type.kind === 'enum' ? Math.max(0, ...name.type.members.map(({ number }) => number)) : 1;
  return Array.from({ length: largest + 1 }, (_, value) => ({ point: BigInt(value), isEnd: false }));
}

function kindOf({ name, count }: Subject, sets: readonly PartSet[], points: readonly Point[]): DimensionKind {
  if (count) return DimensionKind.COUNT;
  const { type } = name;
  if (type.kind === 'number') return DimensionKind.NUMBER;
  if (type.kind === 'boolean') return DimensionKind.SMALL;
  if (type.kind === 'enum' && type.members.every(({ number }) => number < SMALL_MAX)) return DimensionKind.SMALL;
  const byEquality = sets.every(({ set }) => isByEquality(set));
  if (type.kind !== 'text') return byEquality ? DimensionKind.INTEGER_EQUAL : DimensionKind.INTEGER;
  if (!byEquality) return DimensionKind.TEXT_ORDER;
  const texts = points.map((point) => encoder.encode(point as string));
  if (texts.every(({ length }) => length <= TEXT_KEY_BYTES_MAX)) return DimensionKind.TEXT_KEY;
  return new Set(texts.map(hashOf)).size === texts.length ? DimensionKind.TEXT_HASH : DimensionKind.TEXT_ORDER;
}

/** Codes at which a set begins or ends, ascending, from 0 on by turns; `low` is whether it begins with code 0. */
export function togglesOf({ kind, points, places, ends }: Dimension, { cuts, low }: ValueSet): { low: boolean; toggles: number[] } {
  const toggles: number[] = [];
  if (kind === DimensionKind.SMALL) {
    let inside = holdsAt(cuts, low, 0n);
    const first = inside;
    for (let value = 1; value <= points.length; value++) {
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
  const equal = cuts.filter(({ side }) => side === BEFORE).map(({ point }) => places.get(point)! + 1);
  equal.sort((a, b) => a - b);
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
function shareOf(dimension: Dimension, set: ValueSet): number {
  const { low, toggles } = togglesOf(dimension, set);
  let inside = low;
  let from = 0;
  let count = 0;
  for (const code of [...toggles, dimension.valueCodes]) {
    if (inside) count += code - from;
    inside = !inside;
    from = code;
  }
  return Math.min(1, Math.max(0, count / dimension.valueCodes));
}
