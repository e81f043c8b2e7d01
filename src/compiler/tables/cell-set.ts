// Sets of values that cells take, as the proofs want them: made from comparisons with constants, joined, cut and turned around.

import { floorAtScale } from '../exact.js';
import type { ConstantIr, Relation } from '../ir.js';
import type { CellSet, Interval, IntervalSet, MemberSet } from '../proofs/table-form.js';
import type { Type } from '../types.js';

export const OPAQUE: CellSet = { kind: 'opaque' };

/** The set of null alone. */
export function nullSet(type: Type): CellSet {
  return isContinuous(type)
    ? { kind: 'intervals', intervals: [], null: true, nan: false }
    : { kind: 'members', members: [], except: false, null: true };
}

function isContinuous(type: Type): boolean {
  return type.kind === 'number' || type.kind === 'decimal' || type.kind === 'timestamp' || type.kind === 'date';
}

/**
 * The values that stand in a relation to a constant; null is not among them.
 * @param type of the input
 * @param constant not null, of the input's type, or a number literal beside a decimal
 */
export function setOfComparison(type: Type, relation: Relation, constant: ConstantIr): CellSet {
  const { value } = constant;
  switch (type.kind) {
    case 'number':
      return typeof value === 'number' && !Number.isNaN(value) ? intervalsOf(relation, value, relation === '!==') : OPAQUE;
    case 'timestamp':
    case 'date':
      return typeof value === 'bigint' ? intervalsOf(relation, value, false) : OPAQUE;
    case 'decimal':
      return setOfDecimal(type.scale, relation, constant);
    case 'enum':
    case 'boolean':
    case 'text': {
      if (relation !== '===' && relation !== '!==') return OPAQUE;
      const member = typeof value === 'bigint' ? Number(value) : value;
      return { kind: 'members', members: [member as number | boolean | string], except: relation === '!==', null: false };
    }
    default:
      return OPAQUE;
  }
}

function setOfDecimal(scale: number, relation: Relation, constant: ConstantIr): CellSet {
  const exact = constant.type.kind === 'decimal' ? { value: constant.value as bigint, scale: constant.type.scale } : constant.exact;
  if (exact === undefined) return OPAQUE;
  const { floor, whole } = floorAtScale(exact, scale);
  if (whole) return intervalsOf(relation, floor, false);
  // No value is the constant itself: it lies between floor and the next one.
  if (relation === '===') return { kind: 'intervals', intervals: [], null: false, nan: false };
  if (relation === '!==') return { kind: 'intervals', intervals: [{}], null: false, nan: false };
  return intervalsOf(relation === '<' || relation === '<=' ? '<=' : '>', floor, false);
}

function intervalsOf(relation: Relation, bound: number | bigint, nan: boolean): IntervalSet {
  const intervals = ((): Interval[] => {
    switch (relation) {
      case '<':
        return [{ high: bound, highOpen: true }];
      case '<=':
        return [{ high: bound }];
      case '>':
        return [{ low: bound, lowOpen: true }];
      case '>=':
        return [{ low: bound }];
      case '===':
        return [{ low: bound, high: bound }];
      case '!==':
        return [
          { high: bound, highOpen: true },
          { low: bound, lowOpen: true },
        ];
    }
  })();
  return { kind: 'intervals', intervals, null: false, nan };
}

/** Values of either. */
export function unite(a: CellSet, b: CellSet): CellSet {
  if (a.kind === 'opaque' || b.kind === 'opaque') return OPAQUE;
  if (a.kind === 'intervals' && b.kind === 'intervals') {
    return { kind: 'intervals', intervals: [...a.intervals, ...b.intervals], null: a.null || b.null, nan: a.nan || b.nan };
  }
  if (a.kind !== 'members' || b.kind !== 'members') return OPAQUE;
  const isNull = a.null || b.null;
  if (!a.except && !b.except)
    return { kind: 'members', members: [...new Set([...a.members, ...b.members])], except: false, null: isNull };
  const [left, right] = [new Set(a.members), new Set(b.members)];
  if (a.except && b.except)
    return { kind: 'members', members: a.members.filter((member) => right.has(member)), except: true, null: isNull };
  const excluded = a.except ? a.members.filter((member) => !right.has(member)) : b.members.filter((member) => !left.has(member));
  return { kind: 'members', members: excluded, except: true, null: isNull };
}

/** All values but those of the set, and not null. */
export function complement(set: CellSet): CellSet {
  if (set.kind === 'opaque') return OPAQUE;
  if (set.kind === 'members') return { kind: 'members', members: set.members, except: !set.except, null: false };
  return { kind: 'intervals', intervals: gapsOf(set.intervals), null: false, nan: !set.nan };
}

/** Values of both. */
export function intersect(a: CellSet, b: CellSet): CellSet {
  if (a.kind === 'opaque' || b.kind === 'opaque') return OPAQUE;
  if (a.kind === 'members' && b.kind === 'members') return intersectMembers(a, b);
  if (a.kind !== 'intervals' || b.kind !== 'intervals') return OPAQUE;
  const intervals = a.intervals.flatMap((left) => b.intervals.map((right) => cut(left, right)));
  return { kind: 'intervals', intervals, null: a.null && b.null, nan: a.nan && b.nan };
}

function intersectMembers(a: MemberSet, b: MemberSet): MemberSet {
  const isNull = a.null && b.null;
  if (a.except && b.except)
    return { kind: 'members', members: [...new Set([...a.members, ...b.members])], except: true, null: isNull };
  const [plain, other] = a.except ? [b, a] : [a, b];
  const known = new Set(other.members);
  return {
    kind: 'members',
    members: plain.members.filter((member) => known.has(member) !== other.except),
    except: false,
    null: isNull,
  };
}

/** Where the lower ends differ, the higher one with its openness; absent is lowest. */
function cut(a: Interval, b: Interval): Interval {
  const low = a.low === undefined ? b : b.low === undefined ? a : a.low > b.low || (a.low === b.low && a.lowOpen === true) ? a : b;
  const high =
    a.high === undefined ? b : b.high === undefined ? a : a.high < b.high || (a.high === b.high && a.highOpen === true) ? a : b;
  return {
    ...(low.low === undefined ? {} : { low: low.low, lowOpen: low.lowOpen === true }),
    ...(high.high === undefined ? {} : { high: high.high, highOpen: high.highOpen === true }),
  };
}

/** What lies between intervals. */
function gapsOf(intervals: readonly Interval[]): Interval[] {
  const sorted = intervals.filter((interval) => !isEmpty(interval)).sort(byLow);
  const gaps: Interval[] = [];
  let next: Pick<Interval, 'low' | 'lowOpen'> | undefined = {};
  for (const { low, lowOpen, high, highOpen } of sorted) {
    if (next === undefined) break;
    if (low !== undefined) gaps.push({ ...next, high: low, highOpen: lowOpen !== true });
    if (high === undefined) next = undefined;
    else if (next.low === undefined || high > next.low || (high === next.low && highOpen !== true))
      next = { low: high, lowOpen: highOpen !== true };
  }
  if (next !== undefined) gaps.push(next);
  return gaps.filter((gap) => !isEmpty(gap));
}

function byLow(a: Interval, b: Interval): number {
  if (a.low === undefined || b.low === undefined) return (a.low === undefined ? 0 : 1) - (b.low === undefined ? 0 : 1);
  return a.low < b.low ? -1 : a.low > b.low ? 1 : Number(a.lowOpen === true) - Number(b.lowOpen === true);
}

function isEmpty({ low, high, lowOpen, highOpen }: Interval): boolean {
  if (low === undefined || high === undefined) return false;
  return low > high || (low === high && (lowOpen === true || highOpen === true));
}
