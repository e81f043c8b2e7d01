// Sets of values without a domain: what single comparisons take, joined by and, or, not.

import type { KnownSet } from './classes.js';
import type { DomainValue, Interval, IntervalSet, MemberSet } from './table-form.js';

/** True where a value is in a set. */
export function setHas(set: KnownSet, value: DomainValue): boolean {
  if (value === null) return set.null;
  if (set.kind === 'members') return set.members.includes(value as string) !== set.except;
  if (Number.isNaN(value)) return set.nan;
  return set.intervals.some((interval) => intervalHas(interval, value as number | bigint));
}

function intervalHas({ low, high, lowOpen, highOpen }: Interval, value: number | bigint): boolean {
  if (low !== undefined && !(lowOpen === true ? value > low : value >= low)) return false;
  return high === undefined || (highOpen === true ? value < high : value <= high);
}

/** The values of both; of one kind. */
export function commonSet(a: KnownSet, b: KnownSet): KnownSet {
  if (a.kind === 'intervals' && b.kind === 'intervals') return commonIntervals(a, b);
  return commonMembers(a as MemberSet, b as MemberSet);
}

function commonIntervals(a: IntervalSet, b: IntervalSet): IntervalSet {
  const intervals: Interval[] = [];
  for (const x of a.intervals) {
    for (const y of b.intervals) {
      const common = meet(x, y);
      if (common !== undefined) intervals.push(common);
    }
  }
  return { kind: 'intervals', intervals, null: a.null && b.null, nan: a.nan && b.nan };
}

function meet(a: Interval, b: Interval): Interval | undefined {
  const low = later(a.low, a.lowOpen === true, b.low, b.lowOpen === true, 1);
  const high = later(a.high, a.highOpen === true, b.high, b.highOpen === true, -1);
  if (low.at !== undefined && high.at !== undefined) {
    if (low.at > high.at || (low.at === high.at && (low.open || high.open))) return undefined;
  }
  return {
    ...(low.at === undefined ? {} : { low: low.at }),
    ...(low.open ? { lowOpen: true } : {}),
    ...(high.at === undefined ? {} : { high: high.at }),
    ...(high.open ? { highOpen: true } : {}),
  };
}

/** The tighter of two bounds; `way` is 1 for lower bounds, -1 for upper ones. */
function later(
  a: number | bigint | undefined,
  aOpen: boolean,
  b: number | bigint | undefined,
  bOpen: boolean,
  way: 1 | -1,
): { at: number | bigint | undefined; open: boolean } {
  if (a === undefined) return { at: b, open: bOpen };
  if (b === undefined) return { at: a, open: aOpen };
  if (a === b) return { at: a, open: aOpen || bOpen };
  return (way === 1 ? a > b : a < b) ? { at: a, open: aOpen } : { at: b, open: bOpen };
}

function commonMembers(a: MemberSet, b: MemberSet): MemberSet {
  const isNull = a.null && b.null;
  if (a.except && b.except)
    return { kind: 'members', members: [...new Set([...a.members, ...b.members])], except: true, null: isNull };
  const [listed, other] = a.except ? [b, a] : [a, b];
  const kept = new Set(other.members);
  const members = listed.members.filter((member) => kept.has(member) !== other.except);
  return { kind: 'members', members, except: false, null: isNull };
}

/** The values of either; of one kind. Intervals may overlap then. */
export function joinSets(a: KnownSet, b: KnownSet): KnownSet {
  if (a.kind === 'intervals' && b.kind === 'intervals') {
    return { kind: 'intervals', intervals: [...a.intervals, ...b.intervals], null: a.null || b.null, nan: a.nan || b.nan };
  }
  const [one, other] = [a as MemberSet, b as MemberSet];
  if (one.except || other.except) return complement(commonMembers(complement(one) as MemberSet, complement(other) as MemberSet));
  return { kind: 'members', members: [...new Set([...one.members, ...other.members])], except: false, null: a.null || b.null };
}

/** The values that are not in a set; null and NaN too where they are not. */
export function complement(set: KnownSet): KnownSet {
  if (set.kind === 'members') return { ...set, except: !set.except, null: !set.null };
  let rest: IntervalSet = { kind: 'intervals', intervals: [{}], null: !set.null, nan: !set.nan };
  for (const { low, high, lowOpen, highOpen } of set.intervals) {
    const outside: Interval[] = [];
    if (low !== undefined) outside.push({ high: low, highOpen: lowOpen !== true });
    if (high !== undefined) outside.push({ low: high, lowOpen: highOpen !== true });
    rest = { ...rest, intervals: commonIntervals(rest, { ...rest, intervals: outside }).intervals };
  }
  return rest;
}

/** True where a set has no value at all. */
export function isEmptySet(set: KnownSet): boolean {
  if (set.null) return false;
  return set.kind === 'members' ? !set.except && set.members.length === 0 : !set.nan && set.intervals.length === 0;
}

/** The set without null. */
export function withoutNull(set: KnownSet): KnownSet {
  return set.null ? { ...set, null: false } : set;
}
