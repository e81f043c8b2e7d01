// Equality and order of CEL's values. Numbers of different types may be equal.

import { type CelEntry, CelError, type CelValue } from './value.js';

/** Whether two values are equal: of different kinds they are not, but for numbers. One that is not a number differs from itself. */
export function isEqual(a: CelValue, b: CelValue): boolean {
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b) === 0;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'null':
      return true;
    case 'bool':
    case 'string':
      return a.value === (b as typeof a).value;
    case 'bytes':
      return compareBytes(a.value, (b as typeof a).value) === 0;
    case 'list': {
      const { items } = b as typeof a;
      return a.items.length === items.length && a.items.every((item, index) => isEqual(item, items[index]!));
    }
    case 'map': {
      const { entries } = b as typeof a;
      if (entries.length !== a.entries.length) return false;
      return a.entries.every(([key, value]) => {
        const other = findEntry(entries, key);
        return other !== undefined && isEqual(value, other[1]);
      });
    }
    case 'timestamp':
    case 'duration':
      return a.nanos === (b as typeof a).nanos;
    case 'type':
      return a.name === (b as typeof a).name;
    case 'optional': {
      const { value } = b as typeof a;
      if (a.value === undefined || value === undefined) return a.value === value;
      return isEqual(a.value, value);
    }
    default:
      return false;
  }
}

/** The entry of a map whose key equals a value. */
export function findEntry(entries: readonly CelEntry[], key: CelValue): CelEntry | undefined {
  return entries.find(([other]) => isEqual(other, key));
}

/**
 * Below 0, 0 or above 0 as a is smaller, equal or larger; not a number where one is not a number. Throws CelError where the kinds
 * have no order.
 */
export function compare(a: CelValue, b: CelValue): number {
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b);
  if (a.kind === b.kind) {
    switch (a.kind) {
      case 'bool':
        return Number(a.value) - Number((b as typeof a).value);
      case 'string':
        return compareCodePoints(a.value, (b as typeof a).value);
      case 'bytes':
        return compareBytes(a.value, (b as typeof a).value);
      case 'timestamp':
      case 'duration': {
        const { nanos } = b as typeof a;
        return a.nanos < nanos ? -1 : a.nanos > nanos ? 1 : 0;
      }
    }
  }
  throw new CelError('overload', `${a.kind} and ${b.kind} have no order`);
}

export type NumericValue = Extract<CelValue, { kind: 'int' | 'uint' | 'double' }>;

export function isNumeric(value: CelValue): value is NumericValue {
  return value.kind === 'int' || value.kind === 'uint' || value.kind === 'double';
}

/** Two integers by their exact values; beside a double, an integer is the double nearest to it, as in cel-go. */
export function compareNumbers(a: NumericValue, b: NumericValue): number {
  if (a.kind !== 'double' && b.kind !== 'double') return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
  const x = Number(a.value);
  const y = Number(b.value);
  return x < y ? -1 : x > y ? 1 : x === y ? 0 : Number.NaN;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a[i] !== b[i]) return a[i]! - b[i]!;
  }
  return a.length - b.length;
}

/** By code points: JavaScript's order by code units puts U+E000 to U+FFFF behind what lies beyond U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  if (at === a.length || at === b.length) return a.length - b.length;
  const order = (unit: number): number => (unit >= 0xe000 ? unit - 0x2000 : unit >= 0xd800 ? unit + 0x2000 : unit);
  return order(a.charCodeAt(at)) - order(b.charCodeAt(at));
}
