// One dimension cut at all bounds that its cells name: within a class no cell tells two values apart. Number and exact domains are
// discrete (doubles too), so that every cut lies directly before a value and no class is empty.

import { freshText, naturalExact, naturalNumber } from './natural.js';
import { cutAt, firstOf, isWhole, lastOf, type Ordered, valueBefore } from './order.js';
import { joinRuns, type Runs, runsEqual } from './runs.js';
import type {
  CellSet,
  ColumnDomain,
  DomainValue,
  ExactDomain,
  Interval,
  IntervalSet,
  MemberSet,
  NumberDomain,
} from './table-form.js';

/** A set of values that is known. */
export type KnownSet = IntervalSet | MemberSet;

/** Code points of a text. */
function charsOf(text: string): number {
  let chars = 0;
  for (const _ of text) chars++;
  return chars;
}

/** The classes of a dimension: first its values, then (texts) all others, then NaN, then null. */
export class ColumnClasses {
  /** Classes in all. */
  readonly count: number;
  /** All classes. */
  readonly full: Runs;
  /** Class of NaN and of null, or -1. */
  readonly nanClass: number;
  readonly nullClass: number;
  readonly #domain: ColumnDomain;
  /** Ordered domains: class i begins at cuts[i]. */
  readonly #cuts: Ordered[];
  /** Cuts that were written as "before this value", and the value of those that were written as "after" it. */
  readonly #before: ReadonlySet<Ordered>;
  readonly #after: ReadonlyMap<Ordered, Ordered>;
  /** Finite and text domains: the value of each class. */
  readonly #members: (number | boolean | string)[];
  readonly #classOf: ReadonlyMap<number | boolean | string, number>;
  readonly #fresh: string | undefined;

  constructor(domain: ColumnDomain, cells: Iterable<CellSet | undefined>) {
    this.#domain = domain;
    this.#cuts = [];
    this.#members = [];
    const before = new Set<Ordered>();
    const after = new Map<Ordered, Ordered>();
    if (domain.kind === 'number' || domain.kind === 'exact') {
      this.#cuts = cutsOf(domain, cells, before, after);
    } else if (domain.kind === 'finite') {
      this.#members = [...domain.members];
    } else {
      this.#members = namedTexts(cells, domain.charsMin, domain.charsMax);
      this.#fresh = freshText(domain, new Set(this.#members as string[]));
    }
    this.#before = before;
    this.#after = after;
    this.#classOf = new Map(this.#members.map((member, index) => [member, index]));
    let count = this.#cuts.length + this.#members.length + (this.#fresh === undefined ? 0 : 1);
    this.nanClass = domain.kind === 'number' && domain.nan ? count++ : -1;
    this.nullClass = domain.nullable ? count++ : -1;
    this.count = count;
    this.full = joinRuns([[0, count]]);
  }

  /** The classes of a cell; an opaque one and an absent one have all. */
  runsOf(cell: CellSet | undefined): Runs {
    if (cell === undefined || cell.kind === 'opaque') return this.full;
    const pieces: [number, number][] = [];
    const add = (index: number): void => {
      if (index >= 0) pieces.push([index, index + 1]);
    };
    if (cell.kind === 'intervals') {
      for (const interval of cell.intervals) pieces.push(this.#runOf(interval));
      if (cell.nan) add(this.nanClass);
    } else {
      const named = cell.members.map((member) => this.#classOf.get(member) ?? -1);
      if (cell.except) {
        const excluded = new Set(named);
        const last = this.#members.length + (this.#fresh === undefined ? 0 : 1);
        for (let index = 0; index < last; index++) if (!excluded.has(index)) add(index);
      } else named.forEach(add);
    }
    if (cell.null) add(this.nullClass);
    const runs = joinRuns(pieces);
    return runsEqual(runs, this.full) ? this.full : runs;
  }

  #runOf(interval: Interval): [number, number] {
    const domain = this.#domain as NumberDomain | ExactDomain;
    const { low, high } = interval;
    if (Number.isNaN(low) || Number.isNaN(high)) return [0, 0];
    const from = low === undefined ? undefined : cutAt(domain, low, interval.lowOpen === true);
    const to = high === undefined ? undefined : cutAt(domain, high, interval.highOpen !== true);
    return [from === undefined ? (low === undefined ? 0 : this.#cuts.length) : this.#cutIndex(from), this.#cutIndex(to)];
  }

  /** Index of the class that begins at a cut; of the first where it lies below the domain, after the last where above. */
  #cutIndex(cut: Ordered | undefined): number {
    if (cut === undefined) return this.#cuts.length;
    let low = 0;
    let high = this.#cuts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#cuts[middle]! < cut) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** First and last value of ordered classes [from, to). */
  #bounds(from: number, to: number): [Ordered, Ordered] {
    const domain = this.#domain as NumberDomain | ExactDomain;
    if (to < this.#cuts.length) return [this.#cuts[from]!, valueBefore(domain, this.#cuts[to]!)];
    return [this.#cuts[from]!, lastOf(domain)];
  }

  /** Runs as a set, undefined where they are all classes. */
  setOf(runs: Runs): KnownSet | undefined {
    if (runsEqual(runs, this.full)) return undefined;
    const has = (index: number): boolean => index >= 0 && this.#has(runs, index);
    const tail = { null: has(this.nullClass), nan: has(this.nanClass) };
    const { kind } = this.#domain;
    if (kind === 'number' || kind === 'exact') {
      const intervals: Interval[] = [];
      for (let i = 0; i < runs.length; i += 2) {
        const to = Math.min(runs[i + 1]!, this.#cuts.length);
        if (runs[i]! < to) intervals.push(this.#intervalOf(runs[i]!, to));
      }
      return { kind: 'intervals', intervals, ...tail };
    }
    const other = this.#fresh !== undefined && has(this.#members.length);
    const members = this.#members.filter((_, index) => has(index) !== other);
    return { kind: 'members', members, except: other, null: tail.null };
  }

  #intervalOf(from: number, to: number): Interval {
    const domain = this.#domain as NumberDomain | ExactDomain;
    const [low, high] = this.#bounds(from, to);
    const interval: Interval = {};
    const continuous = domain.kind === 'number' && !isWhole(domain);
    if (from > 0) {
      const open = continuous && !this.#before.has(low) ? this.#after.get(low) : undefined;
      Object.assign(interval, open === undefined ? { low } : { low: open, lowOpen: true });
    }
    if (to < this.#cuts.length) {
      const end = this.#cuts[to]!;
      if (!continuous) interval.high = high;
      else if (this.#after.has(end)) interval.high = this.#after.get(end)!;
      else Object.assign(interval, { high: end, highOpen: true });
    }
    return interval;
  }

  #has(runs: Runs, index: number): boolean {
    for (let i = 0; i < runs.length; i += 2) if (runs[i]! <= index && index < runs[i + 1]!) return true;
    return false;
  }

  /** True where a run has a value that is not null. */
  hasValue(runs: Runs): boolean {
    return runs.length > 0 && runs[0] !== this.nullClass;
  }

  hasNull(runs: Runs): boolean {
    return this.nullClass >= 0 && runs.length > 0 && runs[runs.length - 1] === this.nullClass + 1;
  }

  /** A value of runs that are not empty: none that is null or NaN where there is another, and one that is easy to read. */
  valueOf(runs: Runs): DomainValue {
    const first = runs[0]!;
    if (first === this.nullClass) return null;
    if (first === this.nanClass) return Number.NaN;
    if (this.#cuts.length === 0) return this.#members[first] ?? this.#fresh!;
    let best: Ordered | undefined;
    for (let i = 0; i < runs.length && i < 16; i += 2) {
      const to = Math.min(runs[i + 1]!, this.#cuts.length);
      if (runs[i]! >= to) break;
      const value = this.#natural(runs[i]!, to);
      if (best === undefined || weight(value) < weight(best)) best = value;
    }
    return best!;
  }

  #natural(from: number, to: number): Ordered {
    const [low, high] = this.#bounds(from, to);
    const domain = this.#domain as NumberDomain | ExactDomain;
    return domain.kind === 'exact'
      ? (usualIn(low as bigint, high as bigint, domain) ?? naturalExact(low as bigint, high as bigint, domain.unit))
      : naturalNumber(low as number, high as number);
  }
}

/** The value of [low, high] next to the usual one, where that is it or stands above. */
function usualIn(low: bigint, high: bigint, { usual, unit }: ExactDomain): bigint | undefined {
  if (usual === undefined || low > usual) return undefined;
  if (high >= usual) return usual;
  const whole = high - (((high % unit) + unit) % unit);
  return whole >= low ? whole : high;
}

/** How hard a value is to read; one that is not finite is the last choice. */
function weight(value: Ordered): number {
  return typeof value === 'number' && !Number.isFinite(value) ? 100 : String(value).length;
}

function cutsOf(
  domain: NumberDomain | ExactDomain,
  cells: Iterable<CellSet | undefined>,
  before: Set<Ordered>,
  after: Map<Ordered, Ordered>,
): Ordered[] {
  const low = firstOf(domain);
  if (low > lastOf(domain)) return [];
  const cuts = new Set<Ordered>([low]);
  const add = (value: Ordered | undefined, isAfter: boolean): void => {
    if (value === undefined || Number.isNaN(value)) return;
    const cut = cutAt(domain, value, isAfter);
    if (cut === undefined || cut <= low || cut > lastOf(domain)) return;
    cuts.add(cut);
    if (isAfter) after.set(cut, value);
    else before.add(cut);
  };
  for (const cell of cells) {
    if (cell?.kind !== 'intervals') continue;
    for (const interval of cell.intervals) {
      add(interval.low, interval.lowOpen === true);
      add(interval.high, interval.highOpen !== true);
    }
  }
  return [...cuts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The texts that cells name and that can occur, each once. */
function namedTexts(cells: Iterable<CellSet | undefined>, charsMin: number, charsMax: number): string[] {
  const texts = new Set<string>();
  for (const cell of cells) {
    if (cell?.kind !== 'members') continue;
    for (const member of cell.members) {
      const chars = charsOf(member as string);
      if (chars >= charsMin && chars <= charsMax) texts.add(member as string);
    }
  }
  return [...texts];
}
