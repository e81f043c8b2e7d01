// What repeated measurements say: a median, and an interval that holds the true one 95 times in 100, whatever their distribution.

export interface Measured {
  /** Median of the rounds, nanoseconds a decision. */
  ns: number;
  /** The interval of 95 % around it. */
  low: number;
  high: number;
}

/** Half of the width of the interval of ranks, in standard deviations of a binomial distribution. */
const Z_95 = 1.96;

/** Median and interval: the order statistics between which the median lies 95 times in 100. At least one value. */
export function medianOf(values: readonly number[]): Measured {
  const sorted = values.toSorted((a, b) => a - b);
  const { length } = sorted;
  const half = (Z_95 * Math.sqrt(length)) / 2;
  const at = (rank: number): number => sorted[Math.min(length - 1, Math.max(0, rank))] as number;
  const middle = length % 2 === 1 ? at((length - 1) / 2) : (at(length / 2 - 1) + at(length / 2)) / 2;
  return { ns: middle, low: at(Math.floor(length / 2 - half)), high: at(Math.ceil(length / 2 + half)) };
}

/** The same of the differences of two rows of rounds, round by round: what both took of the machine's moods falls out. */
export function differenceOf(values: readonly number[], base: readonly number[]): Measured {
  return medianOf(values.map((value, round) => value - (base[round] as number)));
}
