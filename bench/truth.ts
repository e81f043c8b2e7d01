// What every engine must answer: scores and outcomes of the workload, computed column by column, with no code in common with any
// of the engines that are measured.

import { Outcome } from '../assembly/shared/outcome.js';
import type { Comparison, WorkloadPayload, WorkloadRule } from './workload.js';
import { BLOCK_COUNT, NUMBER_NAMES, REASONS_MAX, reasonCode, TEXT_FIELDS, TEXT_NAMES } from './workload.js';

/** Added once per unit of an outcome's number to a checksum that covers outcomes. Above any sum of scores of one block. */
export const OUTCOME_WEIGHT = 2 ** 32;

export interface Thresholds {
  /** Scores from here on are declined. */
  readonly decline: number;
  /** Scores from here on are reviewed, unless declined. */
  readonly review: number;
}

/** What the answers of each block of BLOCK_COUNT payloads add up to, for what somebody asks. */
export interface BlockTruth {
  /** Sum of scores. */
  readonly blockScores?: Float64Array;
  /** What `checksum` adds up to. */
  readonly blockChecksums?: Float64Array;
  /** The same, and what `reasonChecksum` adds up to over the reasons. */
  readonly blockReasons?: Float64Array;
  /** Of outputs: what that is, is up to the workload. */
  readonly blockOutputs?: Float64Array;
}

export interface Truth extends BlockTruth {
  /** By payload. */
  readonly scores: Float64Array;
  readonly thresholds: Thresholds;
  readonly blockScores: Float64Array;
  readonly blockChecksums: Float64Array;
}

/** Contribution of one decision to a checksum over scores and outcomes. */
export function checksum(score: number, outcome: Outcome): number {
  return score + outcome * OUTCOME_WEIGHT;
}

/** Contribution of one reason to a checksum over reasons: it tells a text from its neighbours, and takes no time to speak of. */
export function reasonChecksum(code: string, score: number): number {
  return score + code.charCodeAt(code.length - 1);
}

function columnsOf(payloads: readonly WorkloadPayload[]): Map<string, Float64Array> {
  const columns = new Map<string, Float64Array>();
  for (const name of NUMBER_NAMES)
    columns.set(
      name,
      Float64Array.from(payloads, (payload) => payload[name] as number),
    );
  for (const name of TEXT_NAMES) {
    const values = TEXT_FIELDS[name]!;
    columns.set(
      name,
      Float64Array.from(payloads, (payload) => values.indexOf(payload[name] as string)),
    );
  }
  return columns;
}

/** Whether an operator holds where the field is less than, equal to, or more than the value: 1 or 0 each. */
const HOLDS: Readonly<Record<Comparison['operator'], readonly [less: number, equal: number, more: number]>> = {
  '<': [1, 0, 0],
  '<=': [1, 1, 0],
  '==': [0, 1, 0],
  '>=': [0, 1, 1],
  '>': [0, 0, 1],
};

/** Keeps of the first `count` of `rows`, in place, those for which the comparison holds; returns how many. */
function keep(rows: Uint32Array, count: number, column: Float64Array, comparison: Comparison): number {
  const value = comparison.operator === '==' ? TEXT_FIELDS[comparison.field]!.indexOf(comparison.value) : comparison.value;
  const [less, equal, more] = HOLDS[comparison.operator];
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    const x = column[row]!;
    rows[kept] = row;
    kept += x < value ? less : x === value ? equal : more;
  }
  return kept;
}

/** Sums over the payloads of each block. */
export function blockSums(count: number, of: (i: number) => number): Float64Array {
  const sums = new Float64Array(Math.ceil(count / BLOCK_COUNT));
  for (let i = 0; i < count; i++) sums[Math.floor(i / BLOCK_COUNT)]! += of(i);
  return sums;
}

/** Outcome of a score. */
export function outcomeOf(score: number, thresholds: Thresholds): Outcome {
  return score >= thresholds.decline ? Outcome.DECLINE : score >= thresholds.review ? Outcome.REVIEW : Outcome.APPROVE;
}

/** Decides every payload under every rule. Thresholds are set so that about 2 % are declined and another 8 % reviewed. */
export function computeTruth(rules: readonly WorkloadRule[], payloads: readonly WorkloadPayload[]): Truth {
  const columns = columnsOf(payloads);
  const scores = new Float64Array(payloads.length);
  const all = Uint32Array.from(payloads, (_, i) => i);
  const rows = new Uint32Array(payloads.length);
  const reasonSums = new Float64Array(payloads.length);
  const reasonCounts = new Uint8Array(payloads.length);
  // By rank, so that the first hits are those that give reasons. Scores are whole: their sums do not depend on the order.
  for (const rule of rules.toSorted((left, right) => right.score - left.score)) {
    rows.set(all);
    let count = rows.length;
    for (const comparison of rule.comparisons) count = keep(rows, count, columns.get(comparison.field)!, comparison);
    const reason = reasonChecksum(reasonCode(rule.id), rule.score);
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      scores[row]! += rule.score;
      if (reasonCounts[row]! === REASONS_MAX) continue;
      reasonCounts[row]!++;
      reasonSums[row]! += reason;
    }
  }
  const sorted = scores.toSorted();
  const review = sorted[Math.floor(sorted.length * 0.9)]! + 1;
  const decline = Math.max(sorted[Math.floor(sorted.length * 0.98)]! + 1, review + 1);
  const thresholds = { decline, review };
  return {
    scores,
    thresholds,
    blockScores: blockSums(scores.length, (i) => scores[i]!),
    blockChecksums: blockSums(scores.length, (i) => checksum(scores[i]!, outcomeOf(scores[i]!, thresholds))),
    blockReasons: blockSums(scores.length, (i) => checksum(scores[i]!, outcomeOf(scores[i]!, thresholds)) + reasonSums[i]!),
  };
}
