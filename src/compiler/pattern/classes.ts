// Classes of characters: what no set of a pattern tells apart. Each code point belongs to one class.

import { PATTERN_CLASSES_MAX } from '../../../assembly/shared/pattern.js';
import { POINTS_END, type PointSet } from '../unicode/code-points.js';

export interface Classes {
  count: number;
  /** The class of each ASCII character. */
  ascii: readonly number[];
  /** From U+0080 on: where a run of one class begins, and its class. */
  ranges: readonly { first: number; class: number }[];
  /** For each set, whether it has a class. */
  members: readonly (readonly boolean[])[];
}

/** The classes of some sets; undefined where there are more than PATTERN_CLASSES_MAX. */
export function makeClasses(sets: readonly PointSet[]): Classes | undefined {
  // Border -> sets that begin or end there.
  const borders = new Map<number, number[]>([
    [0, []],
    [0x80, []],
  ]);
  for (const [number, set] of sets.entries()) {
    for (const border of set) {
      const there = borders.get(border);
      if (there === undefined) borders.set(border, [number]);
      else there.push(number);
    }
  }
  const active = new Set<number>();
  // The sets that a class is in -> the class.
  const classes = new Map<string, number>();
  const members = sets.map((): boolean[] => []);
  const ascii: number[] = [];
  const ranges: { first: number; class: number }[] = [];
  const rising = [...borders].sort(([a], [b]) => a - b);
  for (const [index, [first, toggled]] of rising.entries()) {
    if (first === POINTS_END) break;
    for (const number of toggled) if (!active.delete(number)) active.add(number);
    const key = [...active].sort((a, b) => a - b).join();
    let number = classes.get(key);
    if (number === undefined) {
      number = classes.size;
      classes.set(key, number);
      for (const [set, has] of members.entries()) has.push(active.has(set));
    }
    const end = rising[index + 1]?.[0] ?? POINTS_END;
    for (let point = first; point < Math.min(end, 0x80); point++) ascii.push(number);
    if (first >= 0x80 && ranges.at(-1)?.class !== number) ranges.push({ first, class: number });
  }
  return classes.size > PATTERN_CLASSES_MAX ? undefined : { count: classes.size, ascii, ranges, members };
}
