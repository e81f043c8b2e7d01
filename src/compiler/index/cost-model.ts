// What an index and the plain program take, in nanoseconds on the machine that the constants were measured on: only their
// proportions matter. `npm run bench -- decide` shows what they come to. The same bundle is always planned alike.

import { DimensionKind, levelsOf } from '../../../assembly/shared/match-index.js';
import { type Ir, visit } from '../ir.js';
import type { Dimension } from './dimension.js';

/**
 * MATCH beside its dimensions: in generated code its values and hits go through memory, and the rules that it takes the place of
 * cost next to nothing. With the workload of the bench it pays from some 160 rules on.
 */
export const MATCH_NANOS = 100;
/** An ALIVE that is run, with its jump. */
export const ALIVE_NANOS = 8;
/** The row of one dimension for one block of 512 parts; narrower ones take less. */
const ROW_NANOS = 3;
/** A simple test of the plain program in generated code; the interpreter takes four times as long. */
const TEST_NANOS = 0.5;
/** A rule of the plain program beside its tests. */
const RULE_NANOS = 0.3;
/** A node of any other expression. */
const NODE_NANOS = 4;
/** A walk, a pattern, a list that is asked. */
const DEAR_NANOS = 60;

/** Nanoseconds of finding the code of a dimension. */
export function searchNanos(kind: DimensionKind, points: number): number {
  switch (kind) {
    case DimensionKind.SMALL:
      return 2.5;
    case DimensionKind.TEXT_HASH:
      return 12 + 5 * levelsOf(points);
    case DimensionKind.TEXT_ORDER:
      return 6 + 9 * Math.ceil(Math.log2(points + 1));
    case DimensionKind.TEXT_KEY:
      return 5 + 3.5 * levelsOf(points);
    default:
      return 3 + 3.5 * levelsOf(points);
  }
}

/** Nanoseconds of a dimension's rows in `blocks` blocks. */
export function rowsNanos(blocks: number, rowBytes: number): number {
  return blocks * (ROW_NANOS * (0.3 + (0.7 * rowBytes) / 64));
}

/** Nanoseconds of a dimension in all. */
export function dimensionNanos({ kind, points }: Dimension, blocks: number, rowBytes: number): number {
  return searchNanos(kind, points.length) + rowsNanos(blocks, rowBytes);
}

/** Nanoseconds of evaluating an expression as it is. */
export function expressionNanos(ir: Ir): number {
  let nanos = 0;
  visit(ir, (node) => {
    if (node.op === 'compare' || node.op === 'is-null') nanos += TEST_NANOS;
    else if (node.op === 'walk' || node.op === 'member-of') nanos += DEAR_NANOS;
    else if (node.op === 'call') nanos += node.literal?.kind === 'pattern' ? DEAR_NANOS : 2 * NODE_NANOS;
    else if (node.op === 'arithmetic' || node.op === 'concat' || node.op === 'rescale') nanos += NODE_NANOS;
  });
  return Math.max(TEST_NANOS, nanos);
}

/** Nanoseconds of a rule in the plain program. */
export function plainNanos(condition: Ir): number {
  return RULE_NANOS + expressionNanos(condition);
}
