// Lists and maps of CEL.

import { findEntry, isEqual } from './compare.js';
import { type CelEntry, CelError, type CelValue } from './value.js';

/** Adds an entry to a map in the making. Throws CelError for a key that is there already, or of a kind that keys are not of. */
export function addEntry(entries: CelEntry[], key: CelValue, value: CelValue): void {
  if (!['bool', 'int', 'uint', 'string'].includes(key.kind)) throw new CelError('key', `${key.kind} is no type of keys`);
  if (findEntry(entries, key) !== undefined) throw new CelError('key', 'a key stands twice');
  entries.push([key, value]);
}

/** The element at an index or key; undefined where there is none. Throws CelError where the target has no elements. */
export function elementAt(target: CelValue, index: CelValue): CelValue | undefined {
  if (target.kind === 'map') return findEntry(target.entries, index)?.[1];
  if (target.kind !== 'list') throw new CelError('overload', `${target.kind} has no elements`);
  if (index.kind !== 'int' && index.kind !== 'uint' && index.kind !== 'double')
    throw new CelError('argument', `an index is an int, not ${index.kind}`);
  const at = Number(index.value);
  if (!Number.isInteger(at)) throw new CelError('argument', 'an index is an integer');
  return at < 0 ? undefined : target.items[at];
}

/** Whether a value is an element of a list or a key of a map. */
export function isIn(value: CelValue, container: CelValue): boolean {
  if (container.kind === 'list') return container.items.some((item) => isEqual(item, value));
  if (container.kind === 'map') return findEntry(container.entries, value) !== undefined;
  throw new CelError('overload', `\`in\` asks for a list or a map, not for ${container.kind}`);
}

/** The value that stands for none of its kind: what `optional.ofNonZeroValue` takes for none. */
export function isZero(value: CelValue): boolean {
  switch (value.kind) {
    case 'null':
      return true;
    case 'bool':
      return !value.value;
    case 'int':
    case 'uint':
      return value.value === 0n;
    case 'double':
      return value.value === 0;
    case 'string':
    case 'bytes':
      return value.value.length === 0;
    case 'list':
      return value.items.length === 0;
    case 'map':
      return value.entries.length === 0;
    case 'duration':
      return value.nanos === 0n;
    case 'optional':
      return value.value === undefined;
    default:
      return false;
  }
}
