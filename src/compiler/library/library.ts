// The library: every function that an expression of the profile `standard` may call, by what it is called on.

import { DECIMAL_FUNCTIONS } from './decimals.js';
import type { LibraryEntry, ReceiverKind } from './entry.js';
import { LIST_FUNCTIONS } from './lists.js';
import { MATH_FUNCTIONS } from './math.js';
import { TEXT_FUNCTIONS } from './texts.js';
import { TIME_FUNCTIONS } from './times.js';

export type { LibraryEntry, ReceiverKind } from './entry.js';

/** In the order of the reference page. */
export const LIBRARY: readonly LibraryEntry[] = [
  ...TEXT_FUNCTIONS,
  ...LIST_FUNCTIONS,
  ...DECIMAL_FUNCTIONS,
  ...MATH_FUNCTIONS,
  ...TIME_FUNCTIONS,
];

const TABLE: ReadonlyMap<string, ReadonlyMap<string, LibraryEntry>> = tableOf(LIBRARY);

function tableOf(entries: readonly LibraryEntry[]): Map<string, Map<string, LibraryEntry>> {
  const table = new Map<string, Map<string, LibraryEntry>>();
  for (const entry of entries) {
    const on = table.get(entry.on) ?? new Map<string, LibraryEntry>();
    on.set(entry.name, entry);
    table.set(entry.on, on);
  }
  return table;
}

/** The function or method of a name; undefined where there is none. */
export function functionOn(kind: ReceiverKind, name: string): LibraryEntry | undefined {
  const entry = TABLE.get(kind)?.get(name);
  return entry?.property === true ? undefined : entry;
}

/** The property of a name: what is written without parentheses. */
export function propertyOn(kind: ReceiverKind, name: string): LibraryEntry | undefined {
  const entry = TABLE.get(kind)?.get(name);
  return entry?.property === true ? entry : undefined;
}

/** Names of the functions or methods, without properties. */
export function functionsOn(kind: ReceiverKind): string[] {
  return [...(TABLE.get(kind)?.values() ?? [])].filter(({ property }) => property !== true).map(({ name }) => name);
}
