// Leads a rule that is nothing but a conjunction of simple tests with ALL (see opcode.ts), so that the engine makes its tests
// without dispatching each. Tests have no effects and cannot fail: their order is free.

import { ALL_TESTS_MAX } from '../../assembly/shared/limits.js';
import { Opcode } from '../../assembly/shared/opcode.js';
import type { CodeBuffer, Label } from './code-buffer.js';

/** First and last opcode of each kind of test, in the order in which ALL counts them. */
const KINDS: readonly (readonly [Opcode, Opcode])[] = [
  [Opcode.F64_LT_I, Opcode.F64_NOT_EQ_I],
  [Opcode.I64_LT_I, Opcode.I64_NE_I],
  [Opcode.IF_NULL, Opcode.IF_NOT_NULL],
  [Opcode.IF_TRUE, Opcode.IF_FALSE],
];

function kindOf(op: number): number {
  return KINDS.findIndex(([first, last]) => op >= first && op <= last);
}

/**
 * Puts an ALL before the instructions from `first` on, which begin a rule and are all there is yet of it, and sorts them by
 * kind. Does nothing where one of them is no simple test, or does not jump to `target`.
 *
 * @param target the label behind the HIT that is emitted next
 */
export function leadConjunction(code: CodeBuffer, first: number, target: Label): void {
  const tests = code.count - first;
  if (tests === 0 || target.uses.length !== tests || target.uses[0] !== first) return;
  const counts = KINDS.map(() => 0);
  const kinds: number[] = [];
  for (let index = first; index < code.count; index++) {
    const kind = kindOf(code.opAt(index));
    if (kind < 0) return;
    kinds.push(kind);
    counts[kind]!++;
  }
  if (counts.some((count) => count > ALL_TESTS_MAX)) return;
  const order = kinds.map((_, index) => index).sort((a, b) => kinds[a]! - kinds[b]! || a - b);
  code.reorder(
    first,
    order.map((index) => first + index),
  );
  const imm = counts.reduce((sum, count, kind) => sum + count * 256 ** kind, 0);
  code.insert(first, Opcode.ALL, BigInt(imm));
  target.uses.push(code.count - 1);
}
