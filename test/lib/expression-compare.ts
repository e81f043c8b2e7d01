// Comparisons of the plain evaluator, and what literals are beside other values.

import { aligned, Day, Decimal, dayOf, Instant, instantOf, Meaningless, Numeral, type Value } from './expression-values.js';

const ORDERS: Record<string, (order: number) => boolean> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
  '===': (order) => order === 0,
  '!==': (order) => order !== 0,
};

const sign = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** Literals as what stands beside them. */
export function alike(a: Value, b: Value): [Value, Value] {
  const beside = (value: Value, other: Value): Value => {
    if (value instanceof Numeral) {
      return other instanceof Decimal ? value.exact : typeof other === 'number' || other === null ? value.number : value;
    }
    if (typeof value !== 'string') return value;
    return other instanceof Instant ? instantOf(value) : other instanceof Day ? dayOf(value) : value;
  };
  return [beside(a, b), beside(b, a)];
}

/** A comparison of two values of one type, or of null. */
export function compare(operator: string, a: Value, b: Value): boolean {
  const holds = ORDERS[operator]!;
  if (a === null || b === null) {
    if (operator === '===') return a === b;
    if (operator === '!==') return a !== b;
    throw new Meaningless('order of null');
  }
  if (a instanceof Decimal && b instanceof Decimal) {
    const [x, y] = aligned(a, b);
    return holds(sign(x, y));
  }
  if (a instanceof Instant && b instanceof Instant) return holds(sign(a.micros, b.micros));
  if (a instanceof Day && b instanceof Day) return holds(sign(a.days, b.days));
  const [x, y] = [a, b].map((value) => (value instanceof Numeral ? value.number : value)) as [number, number];
  if (typeof x !== typeof y || !['number', 'string', 'boolean'].includes(typeof x))
    throw new Meaningless(`${operator} of two types`);
  switch (operator) {
    case '<':
      return x < y;
    case '<=':
      return x <= y;
    case '>':
      return x > y;
    case '>=':
      return x >= y;
    case '===':
      return x === y;
    default:
      return x !== y;
  }
}
