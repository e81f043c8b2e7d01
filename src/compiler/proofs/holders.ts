// Of conditions in the order in which they are tested: the first before each one that holds whenever it does.

import { boxHolds, type ConditionForm } from './condition-form.js';
import { RuleOrder } from './rule-order.js';

/** Comparisons of two boxes; a bundle that needs more is one of 10,000 rules that all test the same values. */
export const COMPARISONS_MAX = 60_000_000;
/** Conditions that may have changed since the last time; where more have, all are looked at afresh. */
const CHANGES_MAX = 16;

/** Place in the order; undefined where there is none, 'spent' where that is not settled. */
export type Holder = number | 'spent' | undefined;

/** Finds the holders of all. @returns and the comparisons that it took */
export function firstHolders(
  conditions: readonly ConditionForm[],
  comparisonsMax = COMPARISONS_MAX,
): { holders: Holder[]; comparisons: number } {
  const order = new RuleOrder(comparisonsMax);
  const holders = conditions.map(({ boxes }, at): Holder => {
    const by = order.holderOf(boxes);
    // Whatever a condition holds that is held itself, its own holder holds too.
    if (by === undefined) order.add(at, boxes);
    return by;
  });
  return { holders, comparisons: comparisonsMax - order.left };
}

/** Finds the holders of conditions of which most are those of the last time, by identity. The result is that of firstHolders. */
export class RememberedHolders {
  #conditions: readonly ConditionForm[] = [];
  #holders: readonly Holder[] = [];
  /** Comparisons that finding all of them afresh takes at most. */
  #comparisons = Number.POSITIVE_INFINITY;
  readonly #comparisonsMax: number;

  constructor(comparisonsMax = COMPARISONS_MAX) {
    this.#comparisonsMax = comparisonsMax;
  }

  holders(conditions: readonly ConditionForm[]): readonly Holder[] {
    let found = this.#edited(conditions);
    if (found === undefined) {
      const { holders, comparisons } = firstHolders(conditions, this.#comparisonsMax);
      found = holders;
      // What was not settled once tells nothing of the next time.
      this.#comparisons = holders.includes('spent') ? Number.POSITIVE_INFINITY : comparisons;
    }
    this.#conditions = conditions;
    this.#holders = found;
    return found;
  }

  /** The holders, from those of the last time; undefined where too much has changed. */
  #edited(conditions: readonly ConditionForm[]): Holder[] | undefined {
    if (this.#comparisons === Number.POSITIVE_INFINITY) return undefined;
    const before = new Map<ConditionForm, number>();
    for (const [at, condition] of this.#conditions.entries()) before.set(condition, at);
    const places = new Array<number | undefined>(this.#conditions.length).fill(undefined);
    const added: number[] = [];
    let last = -1;
    for (const [at, condition] of conditions.entries()) {
      const place = before.get(condition);
      if (place === undefined) {
        if (added.push(at) > CHANGES_MAX) return undefined;
        continue;
      }
      // What stays must stay in its order.
      if (place < last) return undefined;
      last = place;
      places[place] = at;
    }
    const removed = this.#conditions.length - (conditions.length - added.length);
    if (removed > CHANGES_MAX) return undefined;

    let afresh = 0;
    const holders = conditions.map((condition, at): Holder => {
      const place = before.get(condition);
      const by = place === undefined ? undefined : (this.#holders[place] as number | undefined);
      const kept = by === undefined ? undefined : places[by];
      if (place === undefined || (by !== undefined && kept === undefined)) {
        afresh++;
        const found = conditions.findIndex((other, index) => index < at && holds(other, condition));
        return found === -1 ? undefined : found;
      }
      const first = added.find((other) => other < at && holds(conditions[other]!, condition));
      return first === undefined || (kept !== undefined && kept < first) ? kept : first;
    });
    // Each that was looked at afresh may be compared with all boxes and groups of boxes, and all boxes with each of its own.
    const boxes = conditions.reduce((sum, condition) => sum + condition.boxes.length, 0);
    const most = conditions.reduce((max, condition) => Math.max(max, condition.boxes.length), 0);
    this.#comparisons += (afresh + removed) * (2 * boxes + conditions.length * (most + 1));
    return this.#comparisons < this.#comparisonsMax ? holders : undefined;
  }
}

/** Whether a condition holds whenever another one does. */
function holds(outer: ConditionForm, inner: ConditionForm): boolean {
  return inner.boxes.every((box) => outer.boxes.some((own) => boxHolds(own, box)));
}
