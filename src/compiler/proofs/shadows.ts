// Rows that are never taken, since rows before them take all of their inputs: `first` from the top, `priority` by priority.

import { type Proof, REALIZED_MAX } from './proof.js';
import { type Box, boxContains, boxesMeet } from './space.js';
import { Sweep, type SweepResult } from './sweep.js';

/** So many rows that shadow one are searched for some that can be left out. */
const REDUCED_MAX = 48;

/** Finds the rows that are never taken. */
export function findShadows(proof: Proof): void {
  const { form, space, rows, budget, findings, notProven } = proof;
  const priorityOf = (row: number): number => (form.policy === 'priority' ? (form.rows[row]!.priority ?? 0) : 0);
  const ranked = [...rows].sort((a, b) => priorityOf(a) - priorityOf(b) || a - b);
  const open = { steps: [] as number[], opaque: [] as number[], unrealized: [] as number[] };
  let shadows = 0;
  let realized = 0;
  const dimensions = space.full.length;
  for (const [rank, row] of ranked.entries()) {
    const box = space.boxes[row]!;
    const certain: number[] = [];
    const opaque: number[] = [];
    for (let i = 0; i < rank; i++) {
      const before = ranked[i]!;
      if (boxesMeet(space.boxes[before]!, box)) (space.opaque[before] ? opaque : certain).push(before);
    }
    // Two dimensions are looked at, as a rule, before two rows are found not to meet.
    if (!budget.take(2 * rank + certain.length * dimensions)) {
      open.steps.push(...ranked.slice(rank));
      break;
    }
    const result = certain.length === 0 ? undefined : cover(proof, box, certain);
    if (result === 'spent') open.steps.push(row);
    else if (result === 'covered') {
      if (shadows === proof.findingsMax) {
        notProven.push({ what: 'shadow', why: 'limit', rows: ranked.slice(rank) });
        break;
      }
      shadows++;
      report(row, box, certain);
    } else if (opaque.length > 0) {
      const withOpaque = cover(proof, box, [...certain, ...opaque]);
      if (withOpaque === 'spent') open.steps.push(row);
      else if (withOpaque === 'covered') open.opaque.push(row);
      else if (!isReached(withOpaque.hole)) open.unrealized.push(row);
    } else if (!isReached(result === undefined ? box : result.hole)) open.unrealized.push(row);
  }
  for (const why of ['steps', 'opaque', 'unrealized'] as const) {
    if (open[why].length > 0) notProven.push({ what: 'shadow', why, rows: open[why].sort((a, b) => a - b) });
  }

  /** True where some input lies in what is left of a row. */
  function isReached(hole: Box): boolean {
    if (space.isCertain(hole)) return true;
    if (realized === REALIZED_MAX) return false;
    realized++;
    return proof.realize(space.pointOf(hole)!, space.regionOf(hole)) !== undefined;
  }

  function report(row: number, box: Box, certain: readonly number[]): void {
    const by = reduce(proof, box, certain).sort((a, b) => a - b);
    const witness = space.pointOf(box)!;
    const inputs = proof.realize(witness, space.regionOf(box)) ?? (space.isCertain(box) ? { witness } : undefined);
    findings.push({ kind: 'shadow', row, by, ...inputs });
  }
}

function cover({ space, budget }: Proof, box: Box, rows: readonly number[]): SweepResult {
  for (const row of rows) if (boxContains(space.boxes[row]!, box)) return 'covered';
  const sweep = new Sweep(box, space.classesMax, budget);
  for (const impossible of space.impossible) sweep.add(impossible);
  for (const row of rows) sweep.add(space.boxes[row]!);
  return sweep.run();
}

/** As few rows as are needed to cover a box; where they are many, those found. */
function reduce(proof: Proof, box: Box, rows: readonly number[]): number[] {
  const alone = rows.find((row) => boxContains(proof.space.boxes[row]!, box));
  if (alone !== undefined) return [alone];
  let needed = [...rows];
  if (needed.length > REDUCED_MAX) return needed;
  for (const row of [...rows].reverse()) {
    const without = needed.filter((other) => other !== row);
    if (without.length > 0 && cover(proof, box, without) === 'covered') needed = without;
  }
  return needed;
}
