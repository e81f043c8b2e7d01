// All pairs of boxes that share a point of the grid, without looking at each pair: boxes are dealt out along a dimension, and only
// those that lie in one piece of it are compared.

import type { Budget } from './budget.js';
import { firstCommon } from './runs.js';
import { type Box, boxesMeet } from './space.js';

/** So few boxes are compared one by one. */
const COMPARED_MAX = 16;

/**
 * Calls back for each pair of boxes that meet, `first` < `second`, each pair once, in no order that means anything.
 * @returns false where the budget is used up, or the callback gave false
 */
export function forEachMeeting(
  boxes: readonly Box[],
  members: readonly number[],
  budget: Budget,
  callback: (first: number, second: number) => boolean,
): boolean {
  const dimensions = boxes[0]?.length ?? 0;
  /** Where the boxes in question have been dealt out: dimension and piece. */
  const pieces: { d: number; from: number; to: number }[] = [];
  const isCut = new Array<boolean>(dimensions).fill(false);

  // A pair meets in several pieces; it is reported in the first of each dimension.
  const isFirst = (a: Box, b: Box): boolean =>
    pieces.every(({ d, from, to }) => {
      const common = firstCommon(a[d]!, b[d]!);
      return from <= common && common < to;
    });

  const compare = (rows: readonly number[]): boolean => {
    for (let i = 0; i < rows.length; i++) {
      if (!budget.take(rows.length - i)) return false;
      const a = boxes[rows[i]!]!;
      for (let j = i + 1; j < rows.length; j++) {
        const b = boxes[rows[j]!]!;
        if (boxesMeet(a, b) && isFirst(a, b) && !callback(rows[i]!, rows[j]!)) return false;
      }
    }
    return true;
  };

  const deal = (rows: readonly number[]): boolean => {
    if (rows.length <= COMPARED_MAX) return compare(rows);
    let best: Deal | undefined;
    for (let d = 0; d < dimensions; d++) {
      if (isCut[d]) continue;
      if (!budget.take(2 * rows.length)) return false;
      const dealt = measure(boxes, rows, d);
      if (best === undefined || dealt.pairs < best.pairs) best = dealt;
    }
    if (best === undefined || best.pairs > 0.7 * rows.length ** 2) return compare(rows);
    const { d, borders } = best;
    isCut[d] = true;
    const lists = dealOut(boxes, rows, best);
    if (!budget.take(lists.reduce((sum, list) => sum + list.length, 0))) return false;
    for (const [index, list] of lists.entries()) {
      if (list.length < 2) continue;
      pieces.push({ d, from: borders[index]!, to: borders[index + 1]! });
      const goOn = deal(list);
      pieces.pop();
      if (!goOn) return false;
    }
    isCut[d] = false;
    return true;
  };
  return deal(members);
}

interface Deal {
  d: number;
  borders: Int32Array;
  /** Comparisons that would be left. */
  pairs: number;
}

function measure(boxes: readonly Box[], rows: readonly number[], d: number): Deal {
  const seen = new Set<number>();
  for (const row of rows) for (const border of boxes[row]![d]!) seen.add(border);
  const borders = Int32Array.from(seen).sort();
  const changes = new Int32Array(borders.length + 1);
  const indexOf = new Map<number, number>();
  for (const [index, border] of borders.entries()) indexOf.set(border, index);
  for (const row of rows) {
    const runs = boxes[row]![d]!;
    for (let i = 0; i < runs.length; i += 2) {
      changes[indexOf.get(runs[i]!)!]!++;
      changes[indexOf.get(runs[i + 1]!)!]!--;
    }
  }
  let pairs = 0;
  let count = 0;
  for (let i = 0; i < borders.length; i++) {
    count += changes[i]!;
    pairs += count * count;
  }
  return { d, borders, pairs };
}

function dealOut(boxes: readonly Box[], rows: readonly number[], { d, borders }: Deal): number[][] {
  const indexOf = new Map<number, number>();
  for (const [index, border] of borders.entries()) indexOf.set(border, index);
  const lists: number[][] = Array.from({ length: Math.max(0, borders.length - 1) }, () => []);
  for (const row of rows) {
    const runs = boxes[row]![d]!;
    for (let i = 0; i < runs.length; i += 2) {
      const to = indexOf.get(runs[i + 1]!)!;
      for (let at = indexOf.get(runs[i]!)!; at < to; at++) lists[at]!.push(row);
    }
  }
  return lists;
}
