// What may end a program with a status: such code is kept even where nothing needs its value, so that folding changes no decision.

import { FunctionId } from '../../assembly/shared/function.js';
import { type Ir, visit } from './ir.js';

const FAILING: ReadonlySet<FunctionId> = new Set([
  FunctionId.DECIMAL_DIVIDE,
  FunctionId.DECIMAL_REMAINDER,
  FunctionId.DECIMAL_FROM_NUMBER,
  FunctionId.DECIMAL_FROM_TEXT,
]);

/** True where evaluating the expression may end with Status.ARITHMETIC. */
export function canFail(ir: Ir): boolean {
  let found = false;
  visit(ir, (node) => {
    found ||= node.op === 'call' && FAILING.has(node.function);
  });
  return found;
}
