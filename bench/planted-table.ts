// A decision table of 2,000 rows as a bank writes one, complete and without overlaps, with faults planted in it: a regular
// partition of segment, country group, product, term and a risk class, in each of which ranges of amount and score differ.

import type { KnownSet } from '../src/compiler/proofs/classes.js';
import type { CellSet, DomainValue, Interval, TableForm, TablePolicy, TableRow } from '../src/compiler/proofs/table-form.js';
import { setHas } from '../src/compiler/proofs/value-set.js';

type Cell = CellSet | undefined;

export const SEGMENTS = ['retail', 'private', 'small-business', 'corporate', 'student'];
const FULL_SEGMENT = 1;
export const COUNTRIES = ['DE', 'FR', 'NL', 'AT', 'CH', 'IT', 'ES', 'PL', 'SE', 'DK'];
export const COLUMNS = ['segment', 'country', 'amount', 'score', 'months', 'limit', 'isNew', 'opened'];

/** Numbers of the multiply-with-carry kind, so that every table is the same. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function members(list: readonly (number | boolean | string)[], except = false, none = false): Cell {
  return { kind: 'members', members: list, except, null: none };
}

function interval(value: Interval, none = false): Cell {
  return { kind: 'intervals', intervals: [value], null: none, nan: false };
}

/** The one interval of a cell, or {}. */
function intervalOf(cell: Cell): Interval {
  return cell?.kind === 'intervals' ? cell.intervals[0]! : {};
}

/** Cuts [low, high) into intervals: the last one has no upper bound, the first takes what lies below too. */
function ranges(bounds: readonly (number | bigint)[]): Interval[] {
  return [undefined, ...bounds].map((low, index) => ({
    ...(low === undefined ? {} : { low }),
    ...(bounds[index] === undefined ? {} : { high: bounds[index]!, highOpen: true }),
  }));
}

export interface Planted {
  form: TableForm;
  /** A point in each gap. */
  gaps: DomainValue[][];
  overlaps: [number, number][];
  shadowed: number;
}

/** Builds the table with three gaps, two overlaps (`unique`) or a shadowed row (`first`). */
export function plantedTable(rowsMax: number, seed: number, policy: TablePolicy): Planted {
  const next = random(seed);
  const leaves: Cell[][] = [];
  const groups = [COUNTRIES.slice(0, 3), COUNTRIES.slice(3, 5), COUNTRIES.slice(5, 8), COUNTRIES.slice(8)];
  // Splits boxes along columns that have not been split in them, until there are as many rows as are wanted.
  const queue: { cells: Cell[]; open: number[] }[] = SEGMENTS.map((_, index) => ({
    cells: [members([index]), ...COLUMNS.slice(1).map(() => undefined)],
    open: [1, 2, 3, 4, 5, 6, 7],
  }));
  while (queue.length > 0) {
    const { cells, open } = queue.shift()!;
    if (open.length === 0 || (queue.length + leaves.length + 8 > rowsMax && leaves.push(cells) > 0)) {
      if (open.length === 0) leaves.push(cells);
      continue;
    }
    const column = open[next(Math.min(3, open.length))]!;
    for (const cell of split(column, next, groups)) {
      const child = [...cells];
      child[column] = cell;
      queue.push({ cells: child, open: open.filter((other) => other !== column) });
    }
  }
  // What is left of the count is made of rows split in two by amount or opening date.
  for (let at = 0; leaves.length < rowsMax - 2; at = (at + 7) % leaves.length) {
    const cells = leaves[at]!;
    const column = cells[2] === undefined ? 2 : cells[7] === undefined ? 7 : -1;
    if (column < 0) continue;
    const halves = split(column, next, groups).slice(0, 1);
    const cut = intervalOf(halves[0]).high!;
    const low = [...cells];
    const high = [...cells];
    low[column] = interval({ high: cut, highOpen: true });
    high[column] = interval({ low: cut });
    leaves[at] = low;
    leaves.push(high);
  }
  return plant(leaves, policy, next);
}

function split(column: number, next: (below: number) => number, groups: readonly string[][]): Cell[] {
  switch (column) {
    case 1:
      return [...groups.map((group) => members(group)), members(COUNTRIES, true)];
    case 2:
      return ranges([BigInt(10_000 + 100 * next(50)), BigInt(100_000 + 1000 * next(50)), BigInt(1_000_000)]).map((value) =>
        interval(value),
      );
    case 3:
      return [...ranges([300 + next(20), 500 + next(20), 700 + next(20)]).map((value) => interval(value))];
    case 4:
      return ranges([6 + next(6), 24 + next(12)]).map((value) => interval(value));
    case 5:
      return [...ranges([0.25 + next(10) / 100, 0.5, 0.75]).map((value) => interval(value)), interval({ low: 1, high: 0 }, true)];
    case 6:
      return [members([true]), members([false])];
    default:
      return ranges([BigInt(10_957 + next(3000)), BigInt(18_262 + next(1000))]).map((value) => interval(value));
  }
}

const FORM: Omit<TableForm, 'rows' | 'policy'> = {
  objects: [],
  dimensions: [
    { name: 'segment', free: true, domain: { kind: 'finite', members: SEGMENTS.map((_, index) => index), nullable: false } },
    { name: 'country', free: true, domain: { kind: 'text', charsMin: 2, charsMax: 2, nullable: false } },
    { name: 'amount', free: true, domain: { kind: 'exact', low: 0n, high: 10_000_000_000n, unit: 100n, nullable: false } },
    { name: 'score', free: true, domain: { kind: 'number', low: 0, high: 1000, integer: true, nan: false, nullable: false } },
    { name: 'months', free: true, domain: { kind: 'number', low: 0, high: 480, integer: true, nan: false, nullable: false } },
    { name: 'limit', free: true, domain: { kind: 'number', low: 0, high: 1, integer: false, nan: false, nullable: true } },
    { name: 'isNew', free: true, domain: { kind: 'finite', members: [false, true], nullable: false } },
    { name: 'opened', free: true, domain: { kind: 'exact', low: 0n, high: 40_000n, unit: 1n, nullable: false } },
  ],
};

/** Rows with a range of amount, or of opening date, that has both bounds or one. */
function plant(leaves: Cell[][], policy: TablePolicy, next: (below: number) => number): Planted {
  const order = leaves.map((cells) => ({ cells, key: next(1_000_000_000) })).sort((a, b) => a.key - b.key);
  const rows: TableRow[] = order.map(({ cells }, index) => ({ cells, outputsKey: String(index % 7) }));
  const candidates = [...rows.keys()].filter((row) => {
    const { cells } = rows[row]!;
    const { low, high } = intervalOf(cells[2]);
    return low !== undefined && high !== undefined && setHas(cells[0] as KnownSet, FULL_SEGMENT) === false;
  });
  // Apart, so that no gap touches another: each with an upper bound of its own.
  const highs = new Set<number | bigint>();
  const taken = candidates.filter((row) => {
    const { high } = intervalOf(rows[row]!.cells[2]);
    return highs.size < 5 && !highs.has(high!) && highs.add(high!).size > 0;
  });
  const gaps: DomainValue[][] = [];
  const change = (row: number, value: (old: Interval) => Interval): void => {
    const cells = [...rows[row]!.cells];
    cells[2] = interval(value(intervalOf(cells[2])));
    rows[row] = { ...rows[row]!, cells };
  };
  for (const row of taken.slice(0, 3)) {
    // One cent at the upper end is left out.
    change(row, (old) => ({ ...old, high: (old.high as bigint) - 1n }));
    gaps.push(pointIn(rows[row]!, intervalOf(rows[row]!.cells[2]).high as bigint));
  }
  const overlaps: [number, number][] = [];
  const form = { ...FORM, rows, policy };
  if (policy === 'unique') {
    for (const row of taken.slice(3, 5)) {
      // A row once more, of which one cent is the same, and nothing else in its amount.
      const { low } = intervalOf(rows[row]!.cells[2]);
      const cells = [...rows[row]!.cells];
      cells[2] = interval({ low: low!, high: low! });
      overlaps.push([row, rows.length]);
      rows.push({ cells, outputsKey: 'twin' });
    }
    return { form, gaps, overlaps, shadowed: -1 };
  }
  // The rows of one segment, which has no gap, together take what a row at the end asks for.
  const shadowed = rows.length;
  const cells: Cell[] = [members([FULL_SEGMENT]), members(['DE', 'PL', 'US']), undefined, interval({ low: 350, high: 650 })];
  rows.push({ cells: [...cells, undefined, undefined, members([true]), undefined], outputsKey: 'late' });
  return { form, gaps, overlaps, shadowed };
}

/** A point of a row, at an amount. */
function pointIn(row: TableRow, amount: bigint): DomainValue[] {
  const pick = (cell: Cell, d: number): DomainValue => {
    if (cell === undefined) return d === 1 ? 'DE' : d === 5 ? 0.1 : d === 6 ? true : d === 7 || d === 2 ? 1n : 1;
    if (cell.kind === 'members') return cell.except ? 'US' : cell.members[0]!;
    if (cell.kind === 'opaque' || cell.null) return null;
    const { low, high } = cell.intervals[0]!;
    return low ?? (typeof high === 'bigint' ? high - 1n : d === 5 ? (high as number) / 2 : (high as number) - 1);
  };
  return row.cells.map((cell, d) => (d === 2 ? amount : pick(cell, d)));
}
