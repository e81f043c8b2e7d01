// Sets of code points.

/** One past the largest code point. */
export const POINTS_END = 0x110000;

/** The borders of a set's runs, rising: it has the points from the first border to before the second one, and so on. */
export type PointSet = readonly number[];

export const NO_POINTS: PointSet = [];

/** The points from `first` to `last`. */
export function pointsBetween(first: number, last: number): PointSet {
  return [first, last + 1];
}

/** All points that the set does not have. */
export function complementOf(set: PointSet): PointSet {
  const borders = set[0] === 0 ? set.slice(1) : [0, ...set];
  return borders.at(-1) === POINTS_END ? borders.slice(0, -1) : [...borders, POINTS_END];
}

/** The points of any of the sets. */
export function unionOf(sets: readonly PointSet[]): PointSet {
  if (sets.length === 1) return sets[0]!;
  const runs = sets.flatMap((set) =>
    Array.from({ length: set.length / 2 }, (_, index) => [set[2 * index]!, set[2 * index + 1]!] as const),
  );
  const borders: number[] = [];
  for (const [start, end] of runs.sort((a, b) => a[0] - b[0])) {
    const last = borders.length - 1;
    if (last > 0 && start <= borders[last]!) borders[last] = Math.max(borders[last]!, end);
    else borders.push(start, end);
  }
  return borders;
}
