// model.lock.json: field ids and enum numbers are given once, in the order fields and members appear, and never given again.
// What leaves the model stays in the lock, so that its number is not reused. Keys are names that authors choose: every read
// goes through `own`, so that a field called `constructor` is not found on a prototype.

import { ENUM_MEMBERS_MAX } from '../../assembly/shared/limits.js';
import { FieldKind } from '../../assembly/shared/value-type.js';
import type { DiagnosticBag, Span } from '../diagnostic/diagnostic.js';
import type { ModelLock } from './model.js';

/** Largest field id: the vtable's length is 16 bits, 4 + 2 * (id + 1). */
export const FIELD_ID_MAX = 32_000;

/** The kind of a field as the lock spells it: `TEXT`, `DECIMAL(2)`. */
export function lockKind(kind: FieldKind, scale: number | undefined): string {
  return kind === FieldKind.DECIMAL ? `DECIMAL(${scale ?? 0})` : FieldKind[kind]!;
}

/** The kind of a list by that of its elements: `LIST(TEXT)`, `LIST(DECIMAL(2))`. */
export function listLockKind(element: FieldKind, scale: number | undefined): string {
  return `LIST(${lockKind(element, scale)})`;
}

/** A kind as the lock spells it. */
export interface LockKind {
  kind: FieldKind;
  scale?: number;
  /** LIST: kind of the elements. */
  element?: FieldKind;
}

/** The kind that a lock's spelling names, or undefined. */
export function parseLockKind(text: string): LockKind | undefined {
  const list = /^LIST\((.+)\)$/.exec(text);
  if (list === null) return parseSingleKind(text);
  const element = parseSingleKind(list[1]!);
  if (element === undefined) return undefined;
  return { ...element, kind: FieldKind.LIST, element: element.kind };
}

function parseSingleKind(text: string): LockKind | undefined {
  const decimal = /^DECIMAL\((\d|1[0-8])\)$/.exec(text);
  if (decimal !== null) return { kind: FieldKind.DECIMAL, scale: Number(decimal[1]) };
  const kind = (FieldKind as unknown as Record<string, unknown>)[text];
  if (typeof kind !== 'number' || kind === FieldKind.NONE || kind === FieldKind.DECIMAL || kind === FieldKind.LIST)
    return undefined;
  return { kind };
}

/** A record's own entry. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** A lock of a model that was never published. */
export function emptyLock(): ModelLock {
  return { format: 1, tables: {}, enums: {} };
}

/** A copy that shares nothing with the original. */
export function cloneLock(lock: ModelLock): ModelLock {
  return structuredClone(lock);
}

/**
 * The id of a field in a growing lock: the one it has, else the next one of its table.
 * A LONG, or a list of them, stays one where the schema has since narrowed to INT: the wider form reads all that was ever written.
 */
export function lockField(
  lock: ModelLock,
  table: string,
  name: string,
  kind: string,
): { id: number; kind: string; conflict?: string } {
  if (!Object.hasOwn(lock.tables, table)) lock.tables[table] = {};
  const entries = lock.tables[table]!;
  const given = own(entries, name);
  if (given === undefined) {
    let id = 0;
    for (const entry of Object.values(entries)) id = Math.max(id, entry.id + 1);
    entries[name] = { id, kind };
    return { id, kind };
  }
  if (given.kind !== kind && given.kind === kind.replace(/^(INT|LIST\(INT\))$/, (text) => text.replace('INT', 'LONG'))) {
    return { id: given.id, kind: given.kind };
  }
  return given.kind === kind ? { id: given.id, kind } : { id: given.id, kind, conflict: given.kind };
}

/** The numbers of an enum's members in a growing lock. */
export function lockMembers(lock: ModelLock, path: string, names: readonly string[]): { name: string; number: number }[] {
  if (!Object.hasOwn(lock.enums, path)) lock.enums[path] = {};
  const numbers = lock.enums[path]!;
  let next = 0;
  for (const number of Object.values(numbers)) next = Math.max(next, number + 1);
  return names.map((name) => {
    const given = own(numbers, name);
    if (given !== undefined) return { name, number: given };
    numbers[name] = next;
    return { name, number: next++ };
  });
}

/** Largest number an enum ever gave, or -1. */
export function memberNumberMax(lock: ModelLock, path: string): number {
  return Math.max(-1, ...Object.values(own(lock.enums, path) ?? {}));
}

/**
 * What `next` takes back of what `previous` promised; empty where `next` only adds. One sentence each.
 * A publish compares the lock of the bundle with the lock of the live image by it.
 */
export function checkLock(previous: ModelLock, next: ModelLock): string[] {
  const faults: string[] = [];
  for (const [table, entries] of Object.entries(previous.tables)) {
    const nextEntries = own(next.tables, table) ?? {};
    for (const [name, { id, kind }] of Object.entries(entries)) {
      const path = table === '' ? name : `${table}.${name}`;
      const entry = own(nextEntries, name);
      if (entry === undefined) faults.push(`the lock has lost field ${path} (id ${id}); removed fields stay in it`);
      else if (entry.id !== id) faults.push(`field ${path} had id ${id} and now has ${entry.id}`);
      else if (entry.kind !== kind)
        faults.push(`field ${path} was ${kind} and is now ${entry.kind}; give the new field another name`);
    }
  }
  for (const [path, members] of Object.entries(previous.enums)) {
    const nextMembers = own(next.enums, path) ?? {};
    for (const [name, number] of Object.entries(members)) {
      const given = own(nextMembers, name);
      if (given === undefined) faults.push(`the lock has lost member "${name}" of ${path}; removed members stay in it`);
      else if (given !== number) faults.push(`member "${name}" of ${path} had number ${number} and now has ${given}`);
    }
  }
  return faults;
}

/** Reads the parsed content of model.lock.json; diagnostics and undefined where it is not a lock. */
export function readLock(value: unknown, span: Span, bag: DiagnosticBag): ModelLock | undefined {
  const fault = lockFault(value);
  if (fault === undefined) return cloneLock(value as ModelLock);
  bag.error('V2010', span, fault, 'the file is written by Verdict: take it back from version control');
  return undefined;
}

function lockFault(value: unknown): string | undefined {
  if (!isRecord(value)) return 'the lock is not an object';
  if (value.format !== 1) return 'the lock has a format other than 1';
  if (!isRecord(value.tables) || !isRecord(value.enums)) return 'the lock lacks tables or enums';
  for (const [table, entries] of Object.entries(value.tables)) {
    if (!isRecord(entries)) return `the lock's table "${table}" is not an object`;
    const ids = new Set<number>();
    for (const [name, entry] of Object.entries(entries)) {
      if (!isRecord(entry) || typeof entry.kind !== 'string' || parseLockKind(entry.kind) === undefined) {
        return `the lock's field "${name}" of table "${table}" has no kind`;
      }
      if (!isNumber(entry.id, FIELD_ID_MAX)) return `the lock's field "${name}" of table "${table}" has no id`;
      if (ids.has(entry.id)) return `the lock gives id ${entry.id} of table "${table}" twice`;
      ids.add(entry.id);
    }
  }
  for (const [path, members] of Object.entries(value.enums)) {
    if (!isRecord(members)) return `the lock's enum "${path}" is not an object`;
    const numbers = new Set<number>();
    for (const [name, number] of Object.entries(members)) {
      if (!isNumber(number, ENUM_MEMBERS_MAX - 1)) return `the lock's member "${name}" of "${path}" has no number`;
      if (numbers.has(number)) return `the lock gives number ${number} of "${path}" twice`;
      numbers.add(number);
    }
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;
}
