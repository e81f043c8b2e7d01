// Sets of values in one form: two sets of a domain are equal exactly where their canonical forms have one key.

import type { KnownSet } from './classes.js';
import { cutAt, firstOf, lastOf, type Ordered, valueBefore } from './order.js';
import type { ColumnDomain, ExactDomain, Interval, MemberSet, NumberDomain } from './table-form.js';

/** A canonical set: intervals closed, bounded, in order and apart; members listed where the domain is finite. */
export interface CanonicalSet {
  set: KnownSet;
  key: string;
  isEmpty: boolean;
  /** Everything in the domain. */
  isFull: boolean;
}

/** The part of a set that lies in a domain. */
export function canonicalSet(set: KnownSet, domain: ColumnDomain): CanonicalSet {
  const isNull = set.null && domain.nullable;
  if (domain.kind === 'number' || domain.kind === 'exact') {
    if (set.kind !== 'intervals') throw new Error('a set of members over a domain of numbers');
    const intervals = closedIntervals(set.intervals, domain);
    const nan = set.nan && domain.kind === 'number' && domain.nan;
    const only = intervals.length === 1 ? intervals[0]! : undefined;
    const hasAll = only !== undefined && only.low === firstOf(domain) && only.high === lastOf(domain);
    const isFull = hasAll && isNull === domain.nullable && nan === (domain.kind === 'number' && domain.nan);
    const key = `${intervals.map(({ low, high }) => `${low}..${high}`).join(',')}${nan ? ' NaN' : ''}${isNull ? ' null' : ''}`;
    return { set: { kind: 'intervals', intervals, null: isNull, nan }, key, isEmpty: key === '', isFull };
  }
  if (set.kind !== 'members') throw new Error('intervals over a domain of members');
  const listed = domain.kind === 'finite' ? membersOf(set, domain.members) : set;
  const members = [...listed.members].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const isFull =
    isNull === domain.nullable &&
    (domain.kind === 'finite' ? members.length === domain.members.length : listed.except && members.length === 0);
  const key = `${listed.except ? 'not ' : ''}${JSON.stringify(members)}${isNull ? ' null' : ''}`;
  const isEmpty = !isNull && !listed.except && members.length === 0;
  return { set: { ...listed, members, null: isNull }, key, isEmpty, isFull };
}

function membersOf(set: MemberSet, all: readonly (number | boolean)[]): MemberSet {
  const named = new Set(set.members);
  return { kind: 'members', members: all.filter((member) => named.has(member) !== set.except), except: false, null: set.null };
}

function closedIntervals(intervals: readonly Interval[], domain: NumberDomain | ExactDomain): Interval[] {
  const first = firstOf(domain);
  const last = lastOf(domain);
  const closed: { low: Ordered; high: Ordered }[] = [];
  for (const { low, high, lowOpen, highOpen } of intervals) {
    if (Number.isNaN(low) || Number.isNaN(high)) continue;
    const from = low === undefined ? first : cutAt(domain, low, lowOpen === true);
    if (from === undefined) continue;
    const end = high === undefined ? undefined : cutAt(domain, high, highOpen !== true);
    const to = end === undefined ? last : valueBefore(domain, end);
    const begin = orElse(first, from, from, first);
    const stop = orElse(to, last, to, last);
    // Below the first value of all there is none, and `valueBefore` gives a value that is not below it.
    if (begin <= stop && !(end !== undefined && end <= begin)) closed.push({ low: begin, high: stop });
  }
  closed.sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  const joined: { low: Ordered; high: Ordered }[] = [];
  for (const interval of closed) {
    const before = joined[joined.length - 1];
    const next = before === undefined ? undefined : cutAt(domain, before.high, true);
    if (before === undefined || (next !== undefined && interval.low > next)) joined.push({ ...interval });
    else if (interval.high > before.high) before.high = interval.high;
  }
  return joined;
}

/** `value` where low <= high, else `otherwise`. */
function orElse(low: Ordered, high: Ordered, value: Ordered, otherwise: Ordered): Ordered {
  return low <= high ? value : otherwise;
}

/** True where a canonical set has all values of another one. */
export function canonicalContains(outer: KnownSet, inner: KnownSet): boolean {
  if (inner.null && !outer.null) return false;
  if (inner.kind === 'intervals' && outer.kind === 'intervals') {
    if (inner.nan && !outer.nan) return false;
    let at = 0;
    for (const { low, high } of inner.intervals) {
      while (at < outer.intervals.length && outer.intervals[at]!.high! < high!) at++;
      if (at === outer.intervals.length || outer.intervals[at]!.low! > low!) return false;
    }
    return true;
  }
  const [a, b] = [outer as MemberSet, inner as MemberSet];
  if (b.except) return a.except && a.members.every((member) => b.members.includes(member));
  return b.members.every((member) => a.members.includes(member) !== a.except);
}
