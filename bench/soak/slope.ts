// Whether a figure grows: a straight line through it by least squares, and the error of its slope.

export interface Slope {
  /** Per minute. */
  perMinute: number;
  /** Standard error of it. */
  error: number;
  mean: number;
}

/** Neighbours are alike, which would make the error too small: what stands within so many seconds is one point, their mean. */
const BLOCK_SECONDS = 10;

/** @param points value by second, in order; at least three blocks of them */
export function slopeOf(points: readonly { second: number; value: number }[]): Slope {
  const blocks = new Map<number, { seconds: number; sum: number; count: number }>();
  for (const { second, value } of points) {
    const key = Math.floor(second / BLOCK_SECONDS);
    const block = blocks.get(key) ?? { seconds: 0, sum: 0, count: 0 };
    blocks.set(key, { seconds: block.seconds + second, sum: block.sum + value, count: block.count + 1 });
  }
  const means = [...blocks.values()].map(({ seconds, sum, count }) => ({ x: seconds / count / 60, y: sum / count }));
  const n = means.length;
  if (n < 3) throw new RangeError(`${n} blocks of ${BLOCK_SECONDS} seconds are too few for a slope`);
  const [x, y] = [means.reduce((sum, each) => sum + each.x, 0) / n, means.reduce((sum, each) => sum + each.y, 0) / n];
  const spread = means.reduce((sum, each) => sum + (each.x - x) ** 2, 0);
  const perMinute = means.reduce((sum, each) => sum + (each.x - x) * (each.y - y), 0) / spread;
  const rest = means.reduce((sum, each) => sum + (each.y - y - perMinute * (each.x - x)) ** 2, 0);
  return { perMinute, error: Math.sqrt(rest / (n - 2) / spread), mean: y };
}
