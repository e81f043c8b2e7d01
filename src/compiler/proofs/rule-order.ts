// Conditions in the order in which they are tested: which one before holds whenever a later one does? Boxes are kept by the
// subjects they test, since a box lies in another only where it tests all that the other does; and with numbers that tell most
// pairs apart.

import type { CanonicalSet } from './canonical.js';
import { boxHolds, type ConditionBox, type Subject } from './condition-form.js';

/** A box of so many subjects looks up all parts of them; one of more goes through all groups. */
const PARTS_MAX = 8;

/** Boxes over the same subjects, with the numbers of each set of each box, one box after the other. */
interface Group {
  subjects: readonly Subject[];
  boxes: ConditionBox[];
  rules: number[];
  lows: Float64Array;
  highs: Float64Array;
  bits: Int32Array;
}

export class RuleOrder {
  readonly #groups = new Map<string, Group>();
  readonly #boxesOf = new Map<number, readonly ConditionBox[]>();
  readonly #rankOf = new Map<number, number>();
  /** The first condition that is always true. */
  #always: number | undefined;
  #left: number;

  /** @param comparisonsMax comparisons of two boxes, over all calls */
  constructor(comparisonsMax: number) {
    this.#left = comparisonsMax;
  }

  /** Comparisons that are left; below 0 where there were not enough. */
  get left(): number {
    return this.#left;
  }

  /** Adds a condition that comes after those that were added. */
  add(rule: number, boxes: readonly ConditionBox[]): void {
    this.#boxesOf.set(rule, boxes);
    this.#rankOf.set(rule, this.#rankOf.size);
    for (const box of boxes) {
      if (box.size === 0) this.#always ??= rule;
      else append(this.#group([...box.keys()]), rule, box);
    }
  }

  #group(subjects: readonly Subject[]): Group {
    const key = keyOf(subjects);
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { subjects, boxes: [], rules: [], lows: new Float64Array(0), highs: new Float64Array(0), bits: new Int32Array(0) };
      this.#groups.set(key, group);
    }
    return group;
  }

  /** The first condition added that holds whenever one of the boxes does; 'spent' where there are no comparisons left. */
  holderOf(boxes: readonly ConditionBox[]): number | 'spent' | undefined {
    const [first, ...others] = boxes;
    let best = this.#always;
    for (const group of this.#groupsWithin(first!)) {
      const own = hullsOf(group.subjects, first!);
      for (let at = this.#nextHolder(group, first!, own, 0); at >= 0; at = this.#nextHolder(group, first!, own, at + 1)) {
        const rule = group.rules[at]!;
        if (best !== undefined && this.#rankOf.get(best)! <= this.#rankOf.get(rule)!) break;
        const whole = this.#boxesOf.get(rule)!;
        if (!others.every((box) => whole.some((outer) => boxHolds(outer, box)))) continue;
        best = rule;
        break;
      }
      if (this.#left < 0) return best ?? 'spent';
    }
    return best;
  }

  /** Groups of which every subject is one of the box. */
  #groupsWithin(box: ConditionBox): Group[] {
    const subjects = [...box.keys()];
    if (subjects.length > PARTS_MAX || 2 ** subjects.length > this.#groups.size) {
      this.#left -= this.#groups.size;
      return [...this.#groups.values()].filter((group) => group.subjects.every((subject) => box.has(subject)));
    }
    const groups: Group[] = [];
    for (let part = 1; part < 2 ** subjects.length; part++) {
      const group = this.#groups.get(keyOf(subjects.filter((_, index) => (part & (1 << index)) !== 0)));
      if (group !== undefined) groups.push(group);
    }
    return groups;
  }

  /** The next box of a group, from a place on, that holds a box; -1 where there is none. */
  #nextHolder(group: Group, box: ConditionBox, own: Hulls, from: number): number {
    const count = group.rules.length;
    for (let at = from; at < count; at++) {
      const candidate = nextCandidate(group, own, at);
      this.#left -= candidate - at + 1;
      if (candidate === count || this.#left < 0) return -1;
      if (boxHolds(group.boxes[candidate]!, box)) return candidate;
      at = candidate;
    }
    return -1;
  }
}

interface Hulls {
  lows: Float64Array;
  highs: Float64Array;
  bits: Int32Array;
}

/** The next box whose numbers allow that it holds another; the number of boxes where there is none. */
function nextCandidate(group: Group, own: Hulls, from: number): number {
  const { lows, highs, bits } = group;
  const { lows: ownLows, highs: ownHighs, bits: ownBits } = own;
  const width = ownLows.length;
  const count = group.rules.length;
  for (let at = from, base = from * width; at < count; at++, base += width) {
    let k = 0;
    while (
      k < width &&
      lows[base + k]! <= ownLows[k]! &&
      highs[base + k]! >= ownHighs[k]! &&
      (ownBits[k]! & ~bits[base + k]!) === 0
    ) {
      k++;
    }
    if (k === width) return at;
  }
  return count;
}

function hullsOf(subjects: readonly Subject[], box: ConditionBox): Hulls {
  const hulls = subjects.map((subject) => hull(box.get(subject)!));
  return {
    lows: Float64Array.from(hulls, ({ low }) => low),
    highs: Float64Array.from(hulls, ({ high }) => high),
    bits: Int32Array.from(hulls, ({ bits }) => bits),
  };
}

function append(group: Group, rule: number, box: ConditionBox): void {
  const width = group.subjects.length;
  const used = group.rules.length * width;
  if (used + width > group.lows.length) {
    const length = Math.max(16 * width, 2 * used);
    const grow = <A extends Float64Array | Int32Array>(into: A, from: A): A => {
      into.set(from);
      return into;
    };
    group.lows = grow(new Float64Array(length), group.lows);
    group.highs = grow(new Float64Array(length), group.highs);
    group.bits = grow(new Int32Array(length), group.bits);
  }
  const { lows, highs, bits } = hullsOf(group.subjects, box);
  group.lows.set(lows, used);
  group.highs.set(highs, used);
  group.bits.set(bits, used);
  group.rules.push(rule);
  group.boxes.push(box);
}

function keyOf(subjects: readonly Subject[]): string {
  return subjects.map(({ index }) => index).join(' ');
}

/** Numbers of a set such that a set that holds another has no greater `low`, no less `high`, and all of its bits. */
function hull({ set }: CanonicalSet): { low: number; high: number; bits: number } {
  if (set.kind === 'intervals') {
    const { intervals } = set;
    const low = intervals.length === 0 ? Number.POSITIVE_INFINITY : Number(intervals[0]!.low);
    const high = intervals.length === 0 ? Number.NEGATIVE_INFINITY : Number(intervals[intervals.length - 1]!.high);
    return { low, high, bits: (set.null ? 1 : 0) | (set.nan ? 2 : 0) };
  }
  if (!set.except) {
    let bits = 0;
    for (const member of set.members) bits |= 1 << (hashOf(member) & 31);
    return { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY, bits };
  }
  // All values but some: whoever holds it leaves out a part of these, so that no sum over them is greater; two sums which for one
  // value alone can only both be no greater where they are the same.
  let low = 0;
  let high = 0;
  for (const member of set.members) {
    const hash = hashOf(member);
    low += hash;
    high -= HASHES - hash;
  }
  return { low, high, bits: -1 };
}

const HASHES = 2 ** 32;

function hashOf(member: number | boolean | string): number {
  const text = String(member);
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash >>> 0;
}
