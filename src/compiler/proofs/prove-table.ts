// What is wrong with a decision table, proven: inputs that no row takes, rows that take the same inputs, rows that are never taken.
// Cells that are ranges, sets and enums are decided exactly. What rests on an opaque cell, on inputs that depend on one another, or
// on more steps than the budget has, is listed as not proven.

import { Budget } from './budget.js';
import { findGaps } from './gaps.js';
import { findOverlaps } from './overlaps.js';
import type { Proof } from './proof.js';
import { findRedundant } from './redundant.js';
import { findShadows } from './shadows.js';
import { TableSpace } from './space.js';
import type { NotProven, ProofOptions, TableFinding, TableForm, TableProof } from './table-form.js';

/** Steps where the caller says nothing else: about a second. */
export const PROOF_STEPS_MAX = 40_000_000;
/** Findings of one kind that are listed where the caller says nothing else. */
export const PROOF_FINDINGS_MAX = 20;
/** Proves what can be proven of a table. Deterministic; never a false claim. */
export function proveTable(form: TableForm, options: ProofOptions = {}): TableProof {
  const space = new TableSpace(form);
  const findings: TableFinding[] = [];
  const notProven: NotProven[] = [];
  const rows = findNever(form, space, findings);
  const unsure = rows.filter((row) => space.opaque[row]);
  if (unsure.length > 0) notProven.push({ what: 'never', why: 'opaque', rows: unsure });

  const budget = new Budget(options.stepsMax ?? PROOF_STEPS_MAX);
  const proof: Proof = {
    form,
    space,
    rows,
    budget,
    findingsMax: options.findingsMax ?? PROOF_FINDINGS_MAX,
    findings,
    notProven,
    realize: options.realize ?? (() => undefined),
  };
  const parts: ((proof: Proof) => void)[] = [];
  if (options.gaps !== false) parts.push(findGaps);
  if (form.policy === 'unique' || form.policy === 'any') parts.push(findOverlaps);
  if (form.policy === 'first' || form.policy === 'priority') parts.push(findShadows);
  if (form.policy === 'first' || form.policy === 'any') parts.push(findRedundant);
  let steps = 0;
  for (const [index, part] of parts.entries()) {
    // Each part has its share, so that one that is hard does not leave the others without an answer.
    const share = new Budget(budget.max - steps).share(parts.length - index);
    part({ ...proof, budget: share });
    steps += Math.min(share.used, share.max);
  }
  findConstantColumns(form, space, findings);
  return { findings, notProven, steps };
}

/** Rows that match nothing are findings; the others are given back. */
function findNever(form: TableForm, space: TableSpace, findings: TableFinding[]): number[] {
  const rows: number[] = [];
  for (const [row, box] of space.boxes.entries()) {
    const dimension = box.findIndex((runs) => runs.length === 0);
    if (dimension >= 0) findings.push({ kind: 'never', row, dimension });
    else if (form.objects.length > 0 && space.pointOf(box) === undefined) findings.push({ kind: 'never', row });
    else rows.push(row);
  }
  return rows;
}

function findConstantColumns({ dimensions }: TableForm, space: TableSpace, findings: TableFinding[]): void {
  if (space.boxes.length === 0) return;
  for (let dimension = 0; dimension < dimensions.length; dimension++) {
    const full = space.full[dimension]!;
    const isConstant = space.boxes.every((box) => box[dimension] === full);
    if (isConstant && !space.opaqueColumns[dimension]) findings.push({ kind: 'constantColumn', dimension });
  }
}
