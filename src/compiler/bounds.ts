// Comparisons of values of one type, and what the bounds of fields say about them: decimals are aligned exactly, and a comparison
// that always has one result is reported.

import { formatDecimal } from '../schema/decimal.js';
import { canFail } from './can-fail.js';
import { floorAtScale } from './exact.js';
import { type Ir, type Relation, swapRelation } from './ir.js';
import { decimalConstant, failed, isDecimal, type Place, reportTooWide, rescale } from './operands.js';
import type { FaultSink } from './source.js';
import { BOOLEAN, type DecimalType, fitsWide } from './types.js';

/** Compares two values of one type. */
export function compare(relation: Relation, left: Ir, right: Ir, node: Place, faults: FaultSink): Ir {
  const { start, end } = node;
  if (isDecimal(left) && isDecimal(right)) return compareDecimals(relation, left, right, node, faults);
  warnOutOfBounds(relation, left, right, node, faults);
  return { op: 'compare', type: BOOLEAN, relation, left, right, start, end };
}

function compareDecimals(
  relation: Relation,
  left: Ir & { type: DecimalType },
  right: Ir & { type: DecimalType },
  node: Place,
  faults: FaultSink,
): Ir {
  const { start, end } = node;
  if (left.op === 'constant' && right.op !== 'constant') return compareDecimals(swapRelation(relation), right, left, node, faults);
  let other = right;
  let test = relation;
  if (right.op === 'constant' && right.type.scale > left.type.scale) {
    // The constant lies between two values of the left side: x < 1.5 is x <= 1, x >= 1.5 is x > 1, and nothing is equal to it.
    const { floor, whole } = floorAtScale({ value: right.value as bigint, scale: right.type.scale }, left.type.scale);
    if (!whole) {
      if (relation === '===' || relation === '!==') return always(relation === '!==', left, right, node, faults);
      test = relation === '<' || relation === '<=' ? '<=' : '>';
    }
    other = decimalConstant(floor, left.type.scale, right);
  }
  const scale = Math.max(left.type.scale, other.type.scale);
  const a = rescale(left, scale);
  const b = rescale(other, scale);
  const known = knownResult(test, a.type, b.type);
  if (known !== undefined) return always(known, left, right, node, faults);
  if (!fitsWide(a.type) || !fitsWide(b.type)) {
    reportTooWide(fitsWide(a.type) ? b : a, faults);
    return failed(BOOLEAN, node);
  }
  return { op: 'compare', type: BOOLEAN, relation: test, left: a, right: b, start, end };
}

interface Interval {
  low: bigint | number;
  high: bigint | number;
}

/** The result that every pair of values out of two intervals gives, undefined where pairs differ. */
function knownResult(relation: Relation, a: Interval, b: Interval): boolean | undefined {
  const below = a.high < b.low;
  const above = a.low > b.high;
  switch (relation) {
    case '<':
      return below ? true : a.low >= b.high ? false : undefined;
    case '<=':
      return a.high <= b.low ? true : above ? false : undefined;
    case '>':
      return above ? true : a.high <= b.low ? false : undefined;
    case '>=':
      return a.low >= b.high ? true : below ? false : undefined;
    case '===':
      return below || above ? false : a.low === a.high && b.low === b.high ? true : undefined;
    case '!==':
      return below || above ? true : a.low === a.high && b.low === b.high ? false : undefined;
  }
}

function always(
  value: boolean,
  left: Ir & { type: DecimalType },
  right: Ir & { type: DecimalType },
  node: Place,
  faults: FaultSink,
): Ir {
  faults.warning('V3401', node, `this is always ${value}${boundsPhrase(left)}`, 'correct the value, or remove the comparison');
  const { start, end } = node;
  // What may end the decision must still be computed: it is compared with the smallest value that it can have.
  const kept = [left, right].filter(canFail);
  const tests = kept.map((operand, index): Ir => {
    const holds = value || index < kept.length - 1;
    const least = decimalConstant(operand.type.low, operand.type.scale, operand);
    return { op: 'compare', type: BOOLEAN, relation: holds ? '>=' : '<', left: operand, right: least, start, end };
  });
  if (tests.length === 0) return { op: 'constant', type: BOOLEAN, value, start, end };
  return tests.length === 1 ? tests[0]! : { op: 'and', type: BOOLEAN, operands: tests, start, end };
}

function boundsPhrase(ir: Ir): string {
  if (ir.op !== 'field') return '';
  const { path, minimum, maximum, scale } = ir.field;
  if (minimum === undefined && maximum === undefined)
    return isDecimal(ir) ? `: \`${path}\` has ${scale ?? 0} digits after the point in 64 bits` : '';
  const text = (bound: bigint | number): string => (typeof bound === 'bigint' ? formatDecimal(bound, scale ?? 0) : String(bound));
  if (minimum === undefined) return `: \`${path}\` is at most ${text(maximum!)}`;
  if (maximum === undefined) return `: \`${path}\` is at least ${text(minimum)}`;
  return `: \`${path}\` lies between ${text(minimum)} and ${text(maximum)}`;
}

/** Warns of a number field compared with a literal that its bounds exclude. The comparison itself is kept. */
function warnOutOfBounds(relation: Relation, left: Ir, right: Ir, node: Place, faults: FaultSink): void {
  if (left.op === 'constant' && right.op === 'field') {
    warnOutOfBounds(swapRelation(relation), right, left, node, faults);
    return;
  }
  if (left.op !== 'field' || left.type.kind !== 'number' || right.op !== 'constant' || typeof right.value !== 'number') return;
  const { minimum, maximum } = left.field;
  if ((minimum === undefined && maximum === undefined) || Number.isNaN(right.value)) return;
  const bounds = { low: Number(minimum ?? -Infinity), high: Number(maximum ?? Infinity) };
  const known = knownResult(relation, bounds, { low: right.value, high: right.value });
  if (known === undefined) return;
  faults.warning('V3401', node, `this is always ${known}${boundsPhrase(left)}`, 'correct the value, or remove the comparison');
}
