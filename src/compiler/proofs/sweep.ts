// Is a box covered by others? The box is cut along one dimension after the other, where the rows that are still there begin and
// end; pieces with the same rows are one piece. A piece is done where one row takes all of it, and a hole is found where no row is
// left. What is left to ask of a piece depends only on its rows and on the dimensions not cut yet, so that covered pieces are
// remembered.

import type { Budget } from './budget.js';
import { commonRuns, joinRuns, type Runs, runsContain } from './runs.js';
import { type Box, boxesMeet } from './space.js';

/** Characters of the keys of covered pieces that are kept. */
const MEMORY_CHARS_MAX = 16_000_000;

export type SweepResult = 'covered' | 'spent' | { hole: Box };

interface Piece {
  runs: Runs;
  rows: Int32Array;
}

/** One box and the rows that may cover it. */
export class Sweep {
  readonly #box: Box;
  readonly #budget: Budget;
  /** Clipped to the box, by row and dimension. */
  readonly #rows: Box[] = [];
  /** By row: the dimensions in which it does not take all of the box. */
  readonly #openOf: Int32Array[] = [];
  readonly #covered = new Set<string>();
  #coveredChars = 0;
  readonly #isCut: boolean[];
  readonly #piece: Runs[];
  /** By class: in which turn it was seen as a border, and which border it is. */
  readonly #seen: Int32Array;
  readonly #borderOf: Int32Array;
  #turn = 0;

  constructor(box: Box, classesMax: number, budget: Budget) {
    this.#box = box;
    this.#budget = budget;
    this.#isCut = box.map(() => false);
    this.#piece = [...box];
    this.#seen = new Int32Array(classesMax + 1);
    this.#borderOf = new Int32Array(classesMax + 1);
  }

  /** Adds a row; one that does not meet the box has no effect. */
  add(row: Box): void {
    this.#budget.take(this.#box.length);
    if (!boxesMeet(row, this.#box)) return;
    const open: number[] = [];
    const clipped = row.map((runs, d) => {
      if (runs === this.#box[d] || runsContain(runs, this.#box[d]!)) return this.#box[d]!;
      open.push(d);
      return commonRuns(runs, this.#box[d]!);
    });
    this.#rows.push(clipped);
    this.#openOf.push(Int32Array.from(open));
  }

  /** Looks for a hole. It may be called again once rows have been added: what was covered before is known. */
  run(): SweepResult {
    for (const [d, runs] of this.#box.entries()) this.#piece[d] = runs;
    const found = this.#visit(Int32Array.from(this.#rows.keys()));
    this.#isCut.fill(false);
    return found;
  }

  #visit(rows: Int32Array): SweepResult {
    if (rows.length === 0) return { hole: [...this.#piece] };
    if (!this.#budget.take(rows.length)) return 'spent';
    for (const row of rows) if (this.#openOf[row]!.every((d) => this.#isCut[d])) return 'covered';
    const key = this.#keyOf(rows);
    if (this.#covered.has(key)) return 'covered';
    const d = this.#choose(rows);
    if (this.#budget.isSpent) return 'spent';
    const pieces = this.#cut(d, rows);
    if (pieces === undefined) return 'spent';
    this.#isCut[d] = true;
    const whole = this.#piece[d]!;
    for (const { runs, rows: left } of pieces) {
      this.#piece[d] = runs;
      const found = this.#visit(left);
      if (found !== 'covered') return found;
    }
    this.#piece[d] = whole;
    this.#isCut[d] = false;
    if (this.#coveredChars < MEMORY_CHARS_MAX) {
      this.#coveredChars += key.length;
      this.#covered.add(key);
    }
    return 'covered';
  }

  /** What the piece comes to: the dimensions cut and the rows left. */
  #keyOf(rows: Int32Array): string {
    let key = '';
    for (let d = 0; d < this.#isCut.length; d++) key += this.#isCut[d] ? '1' : '0';
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      key += row < 0xffff ? String.fromCharCode(row) : `\uffff${row},`;
    }
    return key;
  }

  /** The borders of rows in a dimension, in order; #borderOf gives the index of each. */
  #borders(d: number, rows: Int32Array): Int32Array {
    const turn = ++this.#turn;
    const borders: number[] = [];
    const add = (index: number): void => {
      if (this.#seen[index] === turn) return;
      this.#seen[index] = turn;
      borders.push(index);
    };
    const whole = this.#box[d]!;
    whole.forEach(add);
    for (const row of rows) {
      const runs = this.#rows[row]![d]!;
      if (runs === whole) continue;
      for (let i = 0; i < runs.length; i++) add(runs[i]!);
    }
    const sorted = Int32Array.from(borders).sort();
    for (let i = 0; i < sorted.length; i++) this.#borderOf[sorted[i]!] = i;
    return sorted;
  }

  /** The dimension that leaves the fewest rows in a piece for the rows that it doubles. */
  #choose(rows: Int32Array): number {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let d = 0; d < this.#isCut.length; d++) {
      if (this.#isCut[d]) continue;
      const whole = this.#box[d]!;
      let full = 0;
      for (const row of rows) if (this.#rows[row]![d] === whole) full++;
      this.#budget.take(rows.length);
      if (full === rows.length) continue;
      const borders = this.#borders(d, rows);
      this.#budget.take(rows.length + borders.length);
      const pieces = borders.length - 1;
      let total = full * pieces;
      for (const row of rows) {
        const runs = this.#rows[row]![d]!;
        if (runs === whole) continue;
        for (let i = 0; i < runs.length; i += 2) total += this.#borderOf[runs[i + 1]!]! - this.#borderOf[runs[i]!]!;
      }
      const shrink = Math.log((rows.length * pieces) / total);
      const score = shrink <= 0 ? 1e9 : Math.log(Math.max(1, total / rows.length)) / shrink;
      // At equal scores the larger step first.
      const weighed = score - 1e-3 * Math.min(10, shrink);
      if (weighed < least) {
        least = weighed;
        best = d;
      }
    }
    return best;
  }

  /** Cuts the piece along a dimension; pieces with the fewest rows first, where holes are. */
  #cut(d: number, rows: Int32Array): Piece[] | undefined {
    const whole = this.#box[d]!;
    const borders = this.#borders(d, rows);
    const lists: number[][] = Array.from({ length: borders.length - 1 }, () => []);
    let steps = 0;
    for (const row of rows) {
      const runs = this.#rows[row]![d]!;
      for (let i = 0; i < runs.length; i += 2) {
        const to = this.#borderOf[runs[i + 1]!]!;
        for (let at = this.#borderOf[runs[i]!]!; at < to; at++) lists[at]!.push(row);
        steps += to - this.#borderOf[runs[i]!]!;
      }
      if (steps > 1_000_000) {
        if (!this.#budget.take(steps)) return undefined;
        steps = 0;
      }
    }
    if (!this.#budget.take(steps + borders.length)) return undefined;
    const pieces = new Map<string, { parts: [number, number][]; rows: Int32Array }>();
    for (const [at, list] of lists.entries()) {
      const part: [number, number] = [borders[at]!, borders[at + 1]!];
      if (list.length === 0 && !within(whole, part[0])) continue;
      const left = Int32Array.from(list);
      const key = this.#keyOf(left);
      const known = pieces.get(key);
      if (known === undefined) pieces.set(key, { parts: [part], rows: left });
      else known.parts.push(part);
    }
    return [...pieces.values()]
      .map(({ parts, rows: left }) => ({ runs: joinRuns(parts), rows: left }))
      .sort((a, b) => a.rows.length - b.rows.length || a.runs[0]! - b.runs[0]!);
  }
}

function within(runs: Runs, index: number): boolean {
  for (let i = 0; i < runs.length; i += 2) if (runs[i]! <= index && index < runs[i + 1]!) return true;
  return false;
}
