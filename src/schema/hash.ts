// The model hash names how bytes are read. Two models with the same hash accept the same payloads and see the same values.

import { createHash } from 'node:crypto';
import type { Field, Table } from './model.js';

/**
 * 16 hex digits of sha256 over ids, names, kinds, scales, enum numbers, required, bounds and defaults.
 * The order of the properties, descriptions and what happens to unknown JSON fields do not matter.
 */
export function modelHash(tables: readonly Table[]): string {
  const canonical = tables.map((table) => ({
    path: table.path,
    fields: [...table.fields].sort((a, b) => a.slot - b.slot).map(canonicalField),
  }));
  canonical.sort((a, b) => (a.path < b.path ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(canonical)).digest('hex').slice(0, 16);
}

function canonicalField(field: Field): unknown[] {
  const members =
    field.members === undefined ? null : [...field.members].sort((a, b) => a.number - b.number).map((m) => [m.number, m.name]);
  return [
    field.slot,
    field.name,
    field.kind,
    field.scale ?? null,
    field.required,
    spell(field.minimum),
    spell(field.maximum),
    spell(field.default),
    members,
  ];
}

/** Numbers and bigints of the same value stay apart, and every double has one spelling. */
function spell(value: boolean | number | bigint | string | undefined): string | null {
  return value === undefined ? null : `${typeof value}:${String(value)}`;
}
