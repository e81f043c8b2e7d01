// Inputs that have reached something, and which of them is changed next.

import type { Coverage } from './coverage.js';
import type { Random } from './random.js';

export interface Entry {
  data: Uint8Array;
  /** What it was the first to reach. */
  keys: readonly number[];
  /** Places in it that made the difference; those around them are changed most. */
  focus: readonly number[];
  /** It has passed an edge that none had passed before, which is worth more than passing one more often. */
  isFirst: boolean;
  /** How many of the single changes to its focus have been tried. */
  tried: number;
}

/** How often the order by rarity is made anew, in choices. */
const SORT_EACH = 64;
const RARE = 8;
const FRESH = 16;

export class Corpus {
  readonly entries: Entry[] = [];
  #byRarity: Entry[] = [];
  #choices = 0;
  #seeds = 0;

  add(entry: Omit<Entry, 'tried'>): void {
    this.entries.push({ ...entry, tried: 0 });
    this.#choices = 0;
  }

  /** One of those that reach what few inputs reach. */
  rare(coverage: Coverage, random: Random): Entry {
    this.#sort(coverage);
    return this.#byRarity[random.below(Math.min(RARE, this.#byRarity.length))]!;
  }

  /**
   * One whose single changes have not all been tried: half of the time the last, so that each step of a chain follows at once; else
   * any, or one of those that reach what few inputs reach.
   */
  untried(changesOf: (entry: Entry) => number, coverage: Coverage, random: Random): Entry | undefined {
    const hasLeft = (entry: Entry): boolean => entry.isFirst && entry.tried < changesOf(entry);
    const roll = random.below(4);
    if (roll < 2) return this.entries.findLast(hasLeft);
    if (roll === 2) return random.pick(this.entries.filter(hasLeft));
    this.#sort(coverage);
    return random.pick(this.#byRarity.filter(hasLeft).slice(0, RARE));
  }

  /** The inputs so far are the target's own: of each kind there is one, however many others come. */
  markSeeds(): void {
    this.#seeds = this.entries.length;
  }

  /** What came last reached something new, so it is taken more often than the rest; and so are the seeds. */
  any(random: Random): Entry {
    const { entries } = this;
    if (this.#seeds > 0 && random.chance(15)) return entries[random.below(this.#seeds)]!;
    if (random.chance(40)) return entries[entries.length - 1 - random.below(Math.min(entries.length, FRESH))]!;
    return random.pick(entries);
  }

  #sort(coverage: Coverage): void {
    if (this.#choices-- > 0) return;
    this.#choices = SORT_EACH;
    const rarity = new Map(this.entries.map((entry) => [entry, Math.min(...entry.keys.map((key) => coverage.hitsOf(key)))]));
    this.#byRarity = this.entries.toSorted((a, b) => rarity.get(a)! - rarity.get(b)!);
  }
}

const FOCUS_MAX = 6;
/** Bytes that were put behind an input, and so are all new. */
const APPENDED_MAX = 16;
/** Places around a difference that belong to the focus. */
const AROUND = 1;

const isPrintable = (byte: number): boolean => byte >= 32 && byte < 127;

/** Where `data` differs from what it was made of: nothing where that is all over it. */
export function focusOf(data: Uint8Array, parent: Uint8Array): number[] {
  const places = new Set<number>();
  // What comes next is tried first: most of what reads does so from left to right.
  const around = (from: number, to: number): void => {
    for (let at = to + 1; at <= Math.min(data.length, to + AROUND); at++) places.add(at);
    for (let at = Math.max(0, from - AROUND); at <= Math.min(data.length, to); at++) places.add(at);
  };
  if (data.length >= parent.length && data.length <= parent.length + APPENDED_MAX) {
    for (let at = 0; at < parent.length && places.size <= FOCUS_MAX; at++) if (data[at] !== parent[at]) around(at, at);
    if (data.length === parent.length) return [...places].slice(0, FOCUS_MAX);
    const appended = Array.from({ length: data.length - parent.length }, (_, index) => parent.length + index);
    // What can be read is most likely what is meant, and the rest lengths and padding.
    if (places.size <= FOCUS_MAX) return appended.sort((a, b) => Number(isPrintable(data[b]!)) - Number(isPrintable(data[a]!)));
    places.clear();
  }
  let start = 0;
  while (start < data.length && start < parent.length && data[start] === parent[start]) start++;
  let end = 0;
  while (end < data.length - start && end < parent.length - start && data.at(-1 - end) === parent.at(-1 - end)) end++;
  around(start, data.length - end);
  return [...places].slice(0, FOCUS_MAX);
}
