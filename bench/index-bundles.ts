// Bundles that a match index has one thing to do with, so that the differences of their times are what this thing takes.

import type { BundleFiles } from '../src/bundle/files.js';
import { randomNumbers } from './workload.js';

export type FieldKind = 'number' | 'integer' | 'equal' | 'member' | 'key' | 'hash' | 'order' | 'count';

/** Fields of each kind that there are. */
export const FIELDS = 12;

const MEMBERS = Array.from({ length: 16 }, (_, index) => `M${index}`);
const SCHEMAS: Readonly<Record<FieldKind, object>> = {
  number: { type: 'number' },
  integer: { type: 'integer', format: 'int64' },
  equal: { type: 'integer', format: 'int64' },
  member: { type: 'string', enum: MEMBERS },
  key: { type: 'string', maxLength: 16 },
  hash: { type: 'string', maxLength: 24 },
  order: { type: 'string', maxLength: 24 },
  count: { type: 'array', maxItems: 64, items: { type: 'boolean' } },
};

/** The value with a number; even ones are constants, odd ones lie between. */
function valueAt(kind: FieldKind, index: number): unknown {
  switch (kind) {
    case 'number':
    case 'integer':
    case 'equal':
      return index;
    case 'member':
      return MEMBERS[index % MEMBERS.length];
    case 'key':
      return index.toString(36).padStart(4, '0');
    case 'hash':
    case 'order':
      return `text${index.toString(36).padStart(4, '0')}`;
    case 'count':
      return new Array(index % 64).fill(true);
  }
}

export interface Payloads {
  readonly schema: object;
  readonly payloads: readonly object[];
}

/** Payloads of FIELDS fields `f0` ... of one kind, between constants of which there are `points`. */
export function payloadsOf(kind: FieldKind, points: number, count: number): Payloads {
  const next = randomNumbers(97);
  const names = Array.from({ length: FIELDS }, (_, index) => `f${index}`);
  const value = (): unknown => valueAt(kind, 2 * Math.floor(next() * points) + 1);
  return {
    schema: { type: 'object', required: names, properties: Object.fromEntries(names.map((name) => [name, SCHEMAS[kind]])) },
    payloads: Array.from({ length: count }, () => Object.fromEntries(names.map((name) => [name, value()]))),
  };
}

const literal = (kind: FieldKind, index: number): string =>
  kind === 'count' ? String(2 * (index % 32)) : JSON.stringify(valueAt(kind, index));

/** Rules, one a condition. No score adds up to an outcome. */
export function bundleOfRules(schema: object, whens: readonly string[]): BundleFiles {
  const documents = {
    'bundle.json': {
      name: 'index-bench',
      version: '1.0.0',
      model: 'model.json',
      profile: 'standard',
      onError: 'fail',
      decide: { combine: 'score', outcomes: [{ outcome: 'approve' }] },
    },
    'model.json': schema,
    'rules/all.json': whens.map((when, index) => ({ id: `r${index}`, when, then: { score: 1 + (index % 7) } })),
  };
  const encoder = new TextEncoder();
  return new Map(Object.entries(documents).map(([file, value]) => [file, encoder.encode(JSON.stringify(value))]));
}

/** Parts of an index of one narrow block. */
const PARTS = 60;

/** PARTS conditions that never hold, over `fields` dimensions with `points` constants each: an index's work is to search. */
export function searching(kind: FieldKind, fields: number, points: number): string[] {
  const own = PARTS / fields;
  return Array.from({ length: PARTS }, (_, part) => {
    const name = `f${part % fields}`;
    const place = Math.floor(part / fields);
    if (kind === 'count') return `${name}.length === ${literal(kind, place)}`;
    if (kind === 'member') return `${name} === ${literal(kind, 2 * place)} && f${(part + 1) % fields} === "M1"`;
    const each = Math.ceil(points / own);
    const all = Array.from({ length: each }, (_, index) => literal(kind, 2 * ((place * each + index) % points)));
    // One test of order makes the whole dimension one of order.
    if (place === 0 && (kind === 'integer' || kind === 'order')) return `${name} > ${literal(kind, 1_000_000)}`;
    return `[${all.join(', ')}].includes(${name})`;
  });
}

/** The same fields are read and next to nothing is done with them: some rules each, which never hold. */
export function touching(kind: FieldKind, fields: number, times = 1): string[] {
  return Array.from({ length: fields * times }, (_, index) => {
    const place = Math.floor(index / fields);
    const name = `f${index % fields}`;
    if (kind === 'count') return `${name}.length === ${64 - 2 * place}`;
    return `${name} === ${literal(kind, 2 * place)}`;
  });
}

/** Conditions of `fields` comparisons of numbers each, `points` different ones: each holds for `share` of the payloads by itself. */
export function comparing(rules: number, fields: number, points: number, share: number, tests = fields): string[] {
  const next = randomNumbers(31);
  return Array.from({ length: rules }, () => {
    const first = Math.floor(next() * fields);
    return Array.from({ length: tests }, (_, index) => {
      const own = share ** (1 / tests);
      // Thresholds scatter around the share that is wanted.
      const at = Math.min(0.999, Math.max(0.001, own + (next() - 0.5) * 0.2));
      return `f${(first + index) % fields} < ${2 * Math.floor(points * at)}`;
    }).join(' && ');
  });
}
