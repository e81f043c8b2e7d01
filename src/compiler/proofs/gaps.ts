// Inputs that no row takes.

import type { Proof } from './proof.js';
import { joinRuns, type Runs, runsMeet, runsWithout } from './runs.js';
import { type Box, boxesMeet } from './space.js';
import { Sweep } from './sweep.js';

/** Inputs that only rows with opaque cells may take, listed for one table. */
const OPAQUE_REGIONS_MAX = 8;
/** Gaps for which no payload is found, before the search for others ends. */
const UNREALIZED_MAX = 32;

/** Finds the inputs that no row takes; each gap is as large as it can be. */
export function findGaps(proof: Proof): void {
  const { space, rows, budget, findings, notProven } = proof;
  const all = rows.map((row) => space.boxes[row]!);
  const taken: Box[] = [...space.impossible];
  const sweep = sweepOf(proof, [...taken, ...all]);
  let gaps = 0;
  let unrealized = 0;
  for (;;) {
    const result = sweep.run();
    if (result === 'covered') break;
    if (result === 'spent' || !budget.take(all.length * space.full.length ** 2)) {
      notProven.push({ what: 'gap', why: 'steps', rows: [] });
      return;
    }
    if (gaps === proof.findingsMax || unrealized === UNREALIZED_MAX) {
      notProven.push({ what: 'gap', why: 'limit', rows: [] });
      return;
    }
    const hole = grow(proof, result.hole, [...taken, ...all]);
    if (report(proof, hole)) gaps++;
    else unrealized++;
    taken.push(hole);
    sweep.add(hole);
  }
  if (rows.every((row) => !space.opaque[row])) return;

  const certain = rows.filter((row) => !space.opaque[row]).map((row) => space.boxes[row]!);
  const rest = sweepOf(proof, [...taken, ...certain]);
  for (let count = 0; ; count++) {
    const result = rest.run();
    if (result === 'covered') return;
    if (result === 'spent' || count === OPAQUE_REGIONS_MAX) {
      notProven.push({ what: 'gap', why: result === 'spent' ? 'steps' : 'limit', rows: [] });
      return;
    }
    const hole = grow(proof, result.hole, [...taken, ...certain]);
    const deciding = rows.filter((row) => space.opaque[row] && boxesMeet(space.boxes[row]!, hole));
    const witness = space.pointOf(hole);
    const region = space.regionOf(hole);
    notProven.push({ what: 'gap', why: 'opaque', rows: deciding, region, ...(witness && { witness }) });
    taken.push(hole);
    rest.add(hole);
  }

  /** True where the gap is certain. */
  function report(of: Proof, hole: Box): boolean {
    const region = space.regionOf(hole);
    const point = space.pointOf(hole)!;
    const realized = of.realize(point, region);
    if (realized !== undefined) findings.push({ kind: 'gap', region, ...realized });
    else if (space.isCertain(hole)) findings.push({ kind: 'gap', region, witness: point });
    else {
      notProven.push({ what: 'gap', why: 'unrealized', rows: [], region, witness: point });
      return false;
    }
    return true;
  }
}

function sweepOf({ space, budget }: Proof, boxes: readonly Box[]): Sweep {
  const sweep = new Sweep(space.full, space.classesMax, budget);
  for (const box of boxes) sweep.add(box);
  return sweep;
}

/** Makes a box that meets no other as large as it can be, first along the dimensions that depend on others: then it is certain. */
function grow({ form, space }: Proof, hole: Box, others: readonly Box[]): Box {
  const grown = [...hole];
  const order = [...form.dimensions.keys()].sort((a, b) => Number(form.dimensions[a]!.free) - Number(form.dimensions[b]!.free));
  for (const d of order) {
    const blocked: [number, number][] = [];
    for (const other of others) {
      if (!meetsElsewhere(grown, other, d)) continue;
      const runs = other[d]!;
      for (let i = 0; i < runs.length; i += 2) blocked.push([runs[i]!, runs[i + 1]!]);
    }
    grown[d] = blocked.length === 0 ? space.full[d]! : runsWithout(space.full[d]!, joinRuns(blocked));
  }
  return grown;
}

function meetsElsewhere(a: readonly Runs[], b: Box, except: number): boolean {
  for (let d = 0; d < a.length; d++) if (d !== except && a[d] !== b[d] && !runsMeet(a[d]!, b[d]!)) return false;
  return true;
}
