/** Edits (insert, delete, replace, swap of neighbours) between two names; stops counting above `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(replaced, previous[j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1);
      row.push(best);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}

/** The candidate that `name` most likely stands for, or undefined: at most one edit in three characters, letter case for free. */
export function suggest(name: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(Math.min(name.length, 64) / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (candidate === name) continue;
    const d = distance(name.toLowerCase(), candidate.toLowerCase(), limit);
    if (d < bestDistance) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best;
}

/** "Did you mean `x`?" or undefined. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const best = suggest(name, candidates);
  return best === undefined ? undefined : `did you mean \`${best}\`?`;
}

/**
 * The candidate that is certainly meant: the only one that differs in letter case alone, or else the only one at a distance of one
 * edit, of names of at least three letters.
 */
export function certainlyMeant(name: string, candidates: Iterable<string>): string | undefined {
  const all = [...new Set(candidates)].filter((candidate) => candidate !== name);
  const lower = name.toLowerCase();
  const sameLetters = all.filter((candidate) => candidate.toLowerCase() === lower);
  if (sameLetters.length > 0) return sameLetters.length === 1 ? sameLetters[0] : undefined;
  if (name.length < 3) return undefined;
  const near = all.filter((candidate) => candidate.length >= 3 && distance(name, candidate, 1) === 1);
  return near.length === 1 ? near[0] : undefined;
}
