// A condition as a conjunction: tests that an index can hold, and what is left.

import { canFail } from '../can-fail.js';
import type { Ir } from '../ir.js';
import { type Atom, atomOf } from './atom.js';

/** One operand of a conjunction. */
export interface Conjunct {
  ir: Ir;
  /** Present where an index can hold it. */
  atom?: Atom;
}

export interface Split {
  /** Operands that cannot fail: their order is free. */
  free: Conjunct[];
  /** From the first operand that can fail on, as written: what stands behind it must not keep it from failing. */
  rest: Ir[];
  /** Never true. */
  never: boolean;
}

/** Splits a condition. What is always true is left out. */
export function splitCondition(condition: Ir): Split {
  const split: Split = { free: [], rest: [], never: false };
  const operands = conjunctsOf(condition);
  const failing = operands.findIndex(canFail);
  const count = failing < 0 ? operands.length : failing;
  for (const ir of operands.slice(0, count)) {
    const atom = atomOf(ir);
    if (atom === undefined) split.free.push({ ir });
    else if ('subject' in atom) split.free.push({ ir, atom });
    else if (!atom.always) split.never = true;
  }
  split.rest = operands.slice(count);
  return split;
}

/** The operands of a conjunction, those of conjunctions in it too; `!(a || b)` is one. */
function conjunctsOf(ir: Ir): Ir[] {
  if (ir.op === 'and') return ir.operands.flatMap(conjunctsOf);
  if (ir.op === 'not' && ir.operand.op === 'not') return conjunctsOf(ir.operand.operand);
  if (ir.op !== 'not' || ir.operand.op !== 'or') return [ir];
  return ir.operand.operands.flatMap((operand) => conjunctsOf({ ...ir, operand }));
}
