// Conditions in the order in which they are tested: which one before holds whenever a later one does? Boxes are kept by the subjects
// they test, since a box lies in another only where it tests all that the other does; and with numbers that tell most pairs apart.

import type { CanonicalSet } from './canonical.js';
import { boxHolds, type ConditionBox, type Subject } from './condition-form.js';

/** A box of so many subjects looks up all parts of them; one of more goes through all groups. */
const PARTS_MAX = 8;

/** Boxes over the same subjects. */
interface Group {
  subjects: readonly Subject[];
  boxes: ConditionBox[];
  rules: number[];
  /** By subject: least and greatest value of each box, and a bit for each member. */
  lows: number[][];
  highs: number[][];
  bits: number[][];
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

  /** Adds a condition that comes after those that were added. */
  add(rule: number, boxes: readonly ConditionBox[]): void {
    this.#boxesOf.set(rule, boxes);
    this.#rankOf.set(rule, this.#rankOf.size);
    for (const box of boxes) {
      if (box.size === 0) this.#always ??= rule;
      else this.#group([...box.keys()]).push(rule, box);
    }
  }

  #group(subjects: readonly Subject[]): { push(rule: number, box: ConditionBox): void } {
    const key = keyOf(subjects);
    let group = this.#groups.get(key);
    if (group === undefined) {
      const empty = (): number[][] => subjects.map(() => []);
      group = { subjects, boxes: [], rules: [], lows: empty(), highs: empty(), bits: empty() };
      this.#groups.set(key, group);
    }
    const into = group;
    return {
      push(rule, box) {
        into.rules.push(rule);
        into.boxes.push(box);
        for (const [at, subject] of subjects.entries()) {
          const { low, high, bits } = hull(box.get(subject)!);
          into.lows[at]!.push(low);
          into.highs[at]!.push(high);
          into.bits[at]!.push(bits);
        }
      },
    };
  }

  /** The first condition added that holds whenever one of the boxes does; 'spent' where there are no comparisons left. */
  holderOf(boxes: readonly ConditionBox[]): number | 'spent' | undefined {
    const [first, ...others] = boxes;
    let best = this.#always;
    for (const group of this.#groupsWithin(first!)) {
      for (const at of this.#holders(group, first!)) {
        const rule = group.rules[at]!;
        if (best !== undefined && this.#rankOf.get(best)! <= this.#rankOf.get(rule)!) break;
        const whole = this.#boxesOf.get(rule)!;
        if (others.every((box) => whole.some((outer) => boxHolds(outer, box)))) {
          best = rule;
          break;
        }
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

  /** Boxes of a group that hold a box, in order. */
  *#holders(group: Group, box: ConditionBox): Generator<number> {
    const hulls = group.subjects.map((subject) => hull(box.get(subject)!));
    const { lows, highs, bits } = group;
    const count = group.rules.length;
    next: for (let at = 0; at < count; at++) {
      this.#left--;
      for (let k = 0; k < hulls.length; k++) {
        const { low, high, bits: own } = hulls[k]!;
        if (lows[k]![at]! > low || highs[k]![at]! < high || (own & ~bits[k]![at]!) !== 0) continue next;
      }
      if (this.#left < 0) return;
      if (boxHolds(group.boxes[at]!, box)) yield at;
    }
  }
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
  const unbounded = { low: 0, high: 0 };
  if (set.except) return { ...unbounded, bits: -1 };
  let bits = 0;
  for (const member of set.members) bits |= 1 << bitOf(member);
  return { ...unbounded, bits };
}

function bitOf(member: number | boolean | string): number {
  const text = String(member);
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash & 31;
}
