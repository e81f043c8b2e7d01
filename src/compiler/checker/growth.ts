// How far the decimal accumulator of a `reduce` can grow. Where the body adds to it what does not depend on it, or chooses among such
// sums, each element moves the interval by the same step at most, whatever the accumulator is.

import { greatest, least } from '../exact.js';
import { type Ir, type LocalRef, visit, type WalkIr } from '../ir.js';
import { isDecimal } from '../operands.js';

export interface Interval {
  low: bigint;
  high: bigint;
}

/** What a body makes of its accumulator: the accumulator plus something out of `steps`, or something out of `values`. */
export interface Growth {
  steps?: Interval;
  values?: Interval;
}

export const KEPT: Growth = { steps: { low: 0n, high: 0n } };

/**
 * How a decimal depends on an accumulator: by a sum in which it stands once, or by a choice of such sums. Then the interval grows
 * by the same step with each element, whatever the accumulator is. Undefined where it depends on it in another way.
 *
 * @param known growth of the accumulator and of the locals that stand for it
 */
export function growthOf(ir: Ir, known: ReadonlyMap<LocalRef, Growth>): Growth | undefined {
  if (!mentions(ir, known)) return isDecimal(ir) ? { values: ir.type } : undefined;
  switch (ir.op) {
    case 'local':
      return known.get(ir.local);
    case 'rescale':
      return ir.digits === 0 ? growthOf(ir.operand, known) : undefined;
    case 'arithmetic': {
      if (ir.operator !== '+' && ir.operator !== '-') return undefined;
      const [grown, fixed] = mentions(ir.left, known) ? [ir.left, ir.right] : [ir.right, ir.left];
      if (mentions(fixed, known) || !isDecimal(fixed) || (ir.operator === '-' && grown === ir.right)) return undefined;
      const growth = growthOf(grown, known);
      const { low, high } = fixed.type;
      return growth && shifted(growth, ir.operator === '+' ? { low, high } : { low: -high, high: -low });
    }
    case 'conditional': {
      const whenTrue = growthOf(ir.whenTrue, known);
      const whenFalse = growthOf(ir.whenFalse, known);
      return whenTrue && whenFalse && either(whenTrue, whenFalse);
    }
    case 'let': {
      if (ir.optional) return undefined;
      const value = mentions(ir.value, known) ? growthOf(ir.value, known) : undefined;
      if (mentions(ir.value, known) && value === undefined) return undefined;
      return growthOf(ir.body, value === undefined ? known : new Map([...known, [ir.local, value]]));
    }
    case 'walk':
      return growthOfWalk(ir, known);
    default:
      return undefined;
  }
}

/** A `reduce` inside the body that begins with the accumulator: its own growth comes on top. */
function growthOfWalk(ir: WalkIr, known: ReadonlyMap<LocalRef, Growth>): Growth | undefined {
  const { result, source } = ir;
  if (result.kind !== 'reduce' || !isDecimal(result.init)) return undefined;
  // The accumulator may stand in its beginning only.
  if (mentions({ ...ir, result: { ...result, init: result.body } }, known)) return undefined;
  const init = growthOf(result.init, known);
  const inner = growthOf(result.body, new Map([[result.accumulator, KEPT]]));
  if (init === undefined || inner === undefined) return undefined;
  const countMax =
    source.kind === 'elements'
      ? source.elements.length
      : source.kind === 'list' && source.list.type.kind === 'list'
        ? source.list.type.countMax
        : undefined;
  if (countMax === undefined) return undefined;
  const steps = init.steps && growthTimes(inner, init.steps, countMax);
  const values = init.values && growthTimes(inner, init.values, countMax);
  // Where the inner body forgets what it began with, its values are no steps of the outer one.
  if (inner.values === undefined) return { ...(steps && { steps }), ...(values && { values }) };
  const moved = init.steps && growthTimes({ ...(inner.steps && { steps: inner.steps }) }, init.steps, countMax);
  const fresh = growthTimes(inner, inner.values, countMax);
  const all = hull(fresh, values);
  return { ...(moved && { steps: moved }), ...(all && { values: all }) };
}

/** The interval after as many elements as there may be, from an interval at the beginning. */
export function growthTimes({ steps, values }: Growth, init: Interval, countMax: number): Interval {
  const start = hull(init, values)!;
  const count = BigInt(countMax);
  return {
    low: start.low + (steps === undefined ? 0n : least([0n, steps.low * count])),
    high: start.high + (steps === undefined ? 0n : greatest([0n, steps.high * count])),
  };
}

function mentions(ir: Ir, known: ReadonlyMap<LocalRef, Growth>): boolean {
  let found = false;
  visit(ir, (node) => {
    found ||= node.op === 'local' && known.has(node.local);
  });
  return found;
}

function shifted({ steps, values }: Growth, by: Interval): Growth {
  const shift = ({ low, high }: Interval): Interval => ({ low: low + by.low, high: high + by.high });
  return { ...(steps === undefined ? {} : { steps: shift(steps) }), ...(values === undefined ? {} : { values: shift(values) }) };
}

function either(a: Growth, b: Growth): Growth {
  const steps = hull(a.steps, b.steps);
  const values = hull(a.values, b.values);
  return { ...(steps === undefined ? {} : { steps }), ...(values === undefined ? {} : { values }) };
}

function hull(a: Interval | undefined, b: Interval | undefined): Interval | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { low: least([a.low, b.low]), high: greatest([a.high, b.high]) };
}
