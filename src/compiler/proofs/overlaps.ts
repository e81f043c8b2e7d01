// Rows that take the same inputs, where the hit policy allows that to one row (`unique`) or to rows with one output (`any`).

import { forEachMeeting } from './pairs.js';
import type { Proof } from './proof.js';
import { commonBox } from './space.js';
import type { OverlapFinding } from './table-form.js';

/** Finds rows that contradict one another. */
export function findOverlaps(proof: Proof): void {
  const { form, space, rows, budget, findings, notProven, findingsMax } = proof;
  const pairs: [number, number][] = [];
  // Far more than are listed, so that the ones listed are the topmost whatever order they are found in.
  const pairsMax = Math.max(100_000, 10 * findingsMax);
  const complete = forEachMeeting(space.boxes, rows, budget, (first, second) => {
    if (form.policy !== 'any' || form.rows[first]!.outputsKey !== form.rows[second]!.outputsKey) pairs.push([first, second]);
    return pairs.length < pairsMax;
  });
  pairs.sort((a, b) => a[0] - b[0] || a[1] - b[1]);

  const overlaps: OverlapFinding[] = [];
  const opaque = new Map<number, number[]>();
  const unrealized: [number, number][] = [];
  let isLimited = false;
  for (const [first, second] of pairs) {
    if (space.opaque[first] || space.opaque[second]) {
      const box = commonBox(space.boxes[first]!, space.boxes[second]!);
      if (space.pointOf(box) === undefined) continue;
      const known = opaque.get(first);
      if (known === undefined) opaque.set(first, [second]);
      else known.push(second);
      continue;
    }
    if (isLimited) continue;
    const box = commonBox(space.boxes[first]!, space.boxes[second]!);
    const witness = space.pointOf(box);
    if (witness === undefined) continue;
    if (overlaps.length === findingsMax || unrealized.length === findingsMax) {
      isLimited = true;
      continue;
    }
    const region = space.regionOf(box);
    const realized = proof.realize(witness, region);
    if (realized !== undefined) overlaps.push({ kind: 'overlap', first, second, region, ...realized });
    else if (space.isCertain(box)) overlaps.push({ kind: 'overlap', first, second, region, witness });
    else {
      unrealized.push([first, second]);
      notProven.push({ what: 'overlap', why: 'unrealized', rows: [first, second], region, witness });
    }
  }
  findings.push(...overlaps);
  for (const [first, others] of opaque) notProven.push({ what: 'overlap', why: 'opaque', rows: [first, ...others] });
  if (isLimited) notProven.push({ what: 'overlap', why: 'limit', rows: [] });
  if (!complete) notProven.push({ what: 'overlap', why: budget.isSpent ? 'steps' : 'limit', rows: [] });
}
