// What is known of null: keys of values that are not null in some branch. A key names a field, a feature, a local, or a path of
// fields from one of these.

import { FieldKind } from '../../../assembly/shared/value-type.js';
import type { Field, Model } from '../../schema/model.js';
import { type Ir, mayBeNull } from '../ir.js';
import type { Context, Facts } from './context.js';

/** The key of a value that has a name. */
export function keyOfValue(context: Context, ir: Ir): string | undefined {
  switch (ir.op) {
    case 'field':
      return fieldKey(ir.field);
    case 'feature':
      return context.keyOf(ir.feature);
    case 'local':
      return context.keyOf(ir.local);
    case 'member': {
      const object = keyOfValue(context, ir.object);
      return object === undefined ? undefined : memberKey(object, ir.field);
    }
    default:
      return undefined;
  }
}

export function fieldKey(field: Field): string {
  return `f${field.index}`;
}

export function memberKey(object: string, field: Field): string {
  return `${object}.${field.index}`;
}

/** Keys of what is not null where a value is not: itself and the objects it lies in, and what an optional chain starts with. */
function presentKeys(context: Context, ir: Ir): string[] {
  switch (ir.op) {
    case 'field': {
      const keys: string[] = [];
      let field: Field | undefined = ir.field;
      for (; field !== undefined; field = parentsOf(context.scope.model)[field.table]) keys.push(fieldKey(field));
      return keys;
    }
    case 'member': {
      const key = keyOfValue(context, ir);
      return key === undefined ? [] : [key, ...presentKeys(context, ir.object)];
    }
    case 'let':
      return ir.optional ? [...presentKeys(context, ir.value), ...presentKeys(context, ir.body)] : presentKeys(context, ir.body);
    default: {
      const key = keyOfValue(context, ir);
      return key === undefined ? [] : [key];
    }
  }
}

/** Facts, and that a value is not null. */
export function withPresent(context: Context, facts: Facts, ir: Ir): Facts {
  return mayBeNull(ir) ? withKeys(facts, presentKeys(context, ir)) : facts;
}

/**
 * What `left === right` says about null: compared with null, a value is not null where they differ; with a value, where they
 * are equal.
 */
export function equalFacts(context: Context, left: Ir, right: Ir, facts: Facts, equal: boolean): Facts {
  return withKeys(facts, [...provenPresent(context, left, right, equal), ...provenPresent(context, right, left, equal)]);
}

function provenPresent(context: Context, ir: Ir, other: Ir, equal: boolean): string[] {
  if (!mayBeNull(ir) || ir.type.kind === 'null' || other.type.kind === 'error') return [];
  if (other.type.kind === 'null') return equal ? [] : presentKeys(context, ir);
  return equal && !mayBeNull(other) ? presentKeys(context, ir) : [];
}

function withKeys(facts: Facts, keys: readonly string[]): Facts {
  return keys.length === 0 ? facts : new Set([...facts, ...keys]);
}

export function intersect(a: Facts, b: Facts): Facts {
  return a === b ? a : new Set([...a].filter((key) => b.has(key)));
}

export function union(a: Facts, b: Facts): Facts {
  return a === b ? a : new Set([...a, ...b]);
}

const parents = new WeakMap<Model, readonly (Field | undefined)[]>();

/** The object that each table is; undefined for the root and what lies in lists. */
function parentsOf(model: Model): readonly (Field | undefined)[] {
  let found = parents.get(model);
  if (found === undefined) {
    const byTable = new Array<Field | undefined>(model.tables.length).fill(undefined);
    for (const field of model.fields)
      if (field.kind === FieldKind.OBJECT && field.child !== undefined) byTable[field.child] = field;
    found = byTable;
    parents.set(model, found);
  }
  return found;
}
