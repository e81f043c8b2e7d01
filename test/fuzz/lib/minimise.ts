// Delta debugging: the smallest input that a test still holds for, by leaving out ever smaller parts, then by making bytes plain.

/**
 * @param holds whether an input still has what is looked for
 * @param triesMax how often `holds` may be asked
 */
export async function minimise(
  data: Uint8Array,
  holds: (data: Uint8Array) => Promise<boolean>,
  triesMax = 3000,
  canCut = true,
): Promise<Uint8Array> {
  let best = data;
  let tries = 0;
  const test = async (candidate: Uint8Array): Promise<boolean> => {
    if (tries >= triesMax) return false;
    tries++;
    if (!(await holds(candidate))) return false;
    best = candidate;
    return true;
  };
  if (canCut) {
    for (let size = best.length >>> 1; size >= 1 && tries < triesMax; size >>>= 1) {
      for (let at = 0; at < best.length && tries < triesMax; ) {
        const cut = new Uint8Array(best.length - Math.min(size, best.length - at));
        cut.set(best.subarray(0, at));
        cut.set(best.subarray(at + size), at);
        if (!(await test(cut))) at += size;
      }
    }
  }
  return best;
}
