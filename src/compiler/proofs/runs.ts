// Sets of classes of one dimension, as sorted runs [low, high, low, high, ...): half-open, disjoint, not adjacent.

export type Runs = Int32Array;

export const NO_RUNS: Runs = new Int32Array(0);

/** True where the two share a class. */
export function runsMeet(a: Runs, b: Runs): boolean {
  return firstCommon(a, b) >= 0;
}

/** The first class that both have, or -1. */
export function firstCommon(a: Runs, b: Runs): number {
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const low = Math.max(a[i]!, b[j]!);
    if (low < a[i + 1]! && low < b[j + 1]!) return low;
    if (a[i + 1]! < b[j + 1]!) i += 2;
    else j += 2;
  }
  return -1;
}

/** True where `outer` has every class of `inner`. */
export function runsContain(outer: Runs, inner: Runs): boolean {
  let i = 0;
  for (let j = 0; j < inner.length; j += 2) {
    while (i < outer.length && outer[i + 1]! < inner[j + 1]!) i += 2;
    if (i >= outer.length || outer[i]! > inner[j]!) return false;
  }
  return true;
}

/** The classes of both. */
export function commonRuns(a: Runs, b: Runs): Runs {
  const out: number[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const low = Math.max(a[i]!, b[j]!);
    const high = Math.min(a[i + 1]!, b[j + 1]!);
    if (low < high) out.push(low, high);
    if (a[i + 1]! < b[j + 1]!) i += 2;
    else j += 2;
  }
  return Int32Array.from(out);
}

/** Joins runs in any order, which may touch and overlap, into a set. */
export function joinRuns(pieces: readonly (readonly [number, number])[]): Runs {
  const sorted = pieces.filter(([low, high]) => low < high).sort((a, b) => a[0] - b[0]);
  const out: number[] = [];
  for (const [low, high] of sorted) {
    const last = out.length - 1;
    if (last > 0 && out[last]! >= low) out[last] = Math.max(out[last]!, high);
    else out.push(low, high);
  }
  return Int32Array.from(out);
}

/** The classes of `a` that `b` does not have. */
export function runsWithout(a: Runs, b: Runs): Runs {
  const out: number[] = [];
  let j = 0;
  for (let i = 0; i < a.length; i += 2) {
    let low = a[i]!;
    const high = a[i + 1]!;
    while (j < b.length && b[j + 1]! <= low) j += 2;
    for (let k = j; low < high; k += 2) {
      const from = k < b.length ? b[k]! : high;
      if (from >= high) {
        out.push(low, high);
        break;
      }
      if (from > low) out.push(low, from);
      low = b[k + 1]!;
    }
  }
  return Int32Array.from(out);
}

/** True where the two are one set. */
export function runsEqual(a: Runs, b: Runs): boolean {
  return a.length === b.length && a.every((bound, index) => bound === b[index]);
}
