// What an index and the plain program take, in nanoseconds on the machine that the constants were measured on: only their
// proportions matter. `npm run bench -- index` measures each of them beside what stands here, and over a grid of bundles whether
// what is chosen by them is the faster way. The same bundle is always planned alike.

import { DimensionKind, levelsOf } from '../../../assembly/shared/match-index.js';
import { type Ir, visit } from '../ir.js';
import type { Dimension } from './dimension.js';

/**
 * MATCH beside its dimensions: in generated code its values and hits go through memory. Some 12 where no part is alive; in the grid
 * of the bench, where some are, 60 chooses best.
 */
export const MATCH_NANOS = 60;
/** An ALIVE that is run, with its jump: 8 in the interpreter, 1 in generated code that guesses right. */
export const ALIVE_NANOS = 4;
/**
 * The same among more than FAR_PARTS parts: the VM decides (src/codegen/choice.ts), and what is run of their
 * program is in no cache.
 * Measured on a table of 7,990 rows: without a dimension that left 1.4 parts of 12.6 alive, 500 ns more, which is 45 a part.
 */
export const ALIVE_FAR_NANOS = 40;
export const FAR_PARTS = 2048;
/** The row of one dimension for one block of 512 parts; narrower ones take less. */
export const ROW_NANOS = 4;
/** A simple test of the plain program in generated code; the interpreter takes four times as long. */
export const TEST_NANOS = 0.5;
/** A rule of the plain program beside its tests. */
export const RULE_NANOS = 0.3;
/** Making a boolean of a test: two constants and a jump. */
export const SHARE_NANOS = 4;
/** A node of any other expression: 4 in the interpreter, a tenth of one in generated code. */
export const NODE_NANOS = 0.5;
/** A function that is called. */
const CALL_NANOS = 8;
/** A walk, a pattern, a list that is asked. */
export const DEAR_NANOS = 60;

/** Nanoseconds of an ALIVE that is run, one of so many parts. */
export function aliveNanos(parts: number): number {
  return parts > FAR_PARTS ? ALIVE_FAR_NANOS : ALIVE_NANOS;
}

/** Nanoseconds of finding the code of a dimension. */
export function searchNanos(kind: DimensionKind, points: number): number {
  switch (kind) {
    case DimensionKind.SMALL:
      return 2.5;
    case DimensionKind.TEXT_HASH:
      return 3 + 6 * levelsOf(points);
    case DimensionKind.TEXT_ORDER:
      return 4 + 12 * Math.ceil(Math.log2(points + 1));
    default:
      return 4 + 4.5 * levelsOf(points);
  }
}

/** Nanoseconds of a dimension's rows in `blocks` blocks. */
export function rowsNanos(blocks: number, rowBytes: number): number {
  return blocks * (ROW_NANOS * (0.3 + (0.7 * rowBytes) / 64));
}

/** Nanoseconds of a dimension in all. */
export function dimensionNanos(
  { kind, points }: Pick<Dimension, 'kind'> & { points: { length: number } },
  blocks: number,
  rowBytes: number,
): number {
  return searchNanos(kind, points.length) + rowsNanos(blocks, rowBytes);
}

/** Nanoseconds of evaluating an expression as it is. */
export function expressionNanos(ir: Ir): number {
  let nanos = 0;
  visit(ir, (node) => {
    if (node.op === 'compare' || node.op === 'is-null') nanos += TEST_NANOS;
    else if (node.op === 'walk' || node.op === 'member-of') nanos += DEAR_NANOS;
    else if (node.op === 'call') nanos += node.literal?.kind === 'pattern' ? DEAR_NANOS : CALL_NANOS;
    else if (node.op === 'arithmetic' || node.op === 'concat' || node.op === 'rescale') nanos += NODE_NANOS;
  });
  return Math.max(TEST_NANOS, nanos);
}

/** Nanoseconds of a rule in the plain program. */
export function plainNanos(condition: Ir): number {
  return RULE_NANOS + expressionNanos(condition);
}
