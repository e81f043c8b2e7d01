// Rows that can be removed without a change: another row with the same outputs takes whatever they take (`any`), and under `first`
// stands below them with no row between them that takes some of it for other outputs.

import type { Proof } from './proof.js';
import { boxContains, boxesMeet } from './space.js';

/** Finds rows that can be removed. */
export function findRedundant(proof: Proof): void {
  const { form, space, rows, budget, findings, notProven, findingsMax } = proof;
  const isFound = new Set(findings.flatMap((finding) => (finding.kind === 'shadow' ? [finding.row] : [])));
  const byOutputs = new Map<string, number[]>();
  for (const row of rows) {
    const { outputsKey } = form.rows[row]!;
    const known = byOutputs.get(outputsKey);
    if (known === undefined) byOutputs.set(outputsKey, [row]);
    else known.push(row);
  }
  let count = 0;
  for (const row of rows) {
    if (isFound.has(row)) continue;
    const others = byOutputs.get(form.rows[row]!.outputsKey)!;
    if (!budget.take(2 * others.length)) {
      notProven.push({ what: 'redundant', why: 'steps', rows: rows.filter((other) => other >= row && !isFound.has(other)) });
      return;
    }
    const by = others.find((other) => replaces(other, row));
    if (by === undefined) continue;
    if (count === findingsMax) {
      notProven.push({ what: 'redundant', why: 'limit', rows: rows.filter((other) => other >= row) });
      return;
    }
    count++;
    isFound.add(row);
    findings.push({ kind: 'redundant', row, by });
  }

  function replaces(other: number, row: number): boolean {
    // Of two equal rows one stays; a row that is itself removed replaces none.
    if (other === row || (form.policy === 'first' && other < row) || space.opaque[other] || isFound.has(other)) return false;
    if (!boxContains(space.boxes[other]!, space.boxes[row]!)) return false;
    return form.policy === 'any' || !isInterrupted(row, other);
  }

  function isInterrupted(row: number, other: number): boolean {
    const { outputsKey } = form.rows[row]!;
    budget.take(2 * (other - row));
    for (let at = rows.indexOf(row) + 1; rows[at]! < other; at++) {
      const between = rows[at]!;
      if (form.rows[between]!.outputsKey !== outputsKey && boxesMeet(space.boxes[between]!, space.boxes[row]!)) return true;
    }
    return false;
  }
}
