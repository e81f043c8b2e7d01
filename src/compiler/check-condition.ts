// What a condition must be: a boolean that is never null.

import type { DiagnosticBag, Span } from '../diagnostic/diagnostic.js';
import { type Ir, mayBeNull } from './ir.js';
import { namePhrase, pathOf } from './operands.js';
import { typePhrase } from './types.js';

/**
 * Reports an expression that is no condition.
 * @param whose for messages: "`night-spend`"
 */
export function isCondition(ir: Ir, span: Span, whose: string, bag: DiagnosticBag): boolean {
  // What it reads has faults, which are told already.
  if (ir.type.kind === 'error') return false;
  if (ir.type.kind !== 'boolean') {
    const advice = ir.type.kind === 'number' ? 'compare it, for instance with `> 0`' : 'write a comparison';
    bag.error('V4008', span, `the condition of ${whose} is ${typePhrase(ir.type)}, not a boolean`, advice);
    return false;
  }
  if (!mayBeNull(ir)) return true;
  const path = pathOf(ir);
  const advice = path === undefined ? 'compare it with true: `(...) === true`' : `write \`${path} === true\``;
  bag.error('V3304', span, `${path === undefined ? 'the condition' : namePhrase(ir)} may be null`, advice);
  return false;
}
