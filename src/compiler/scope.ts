// The names that an expression may use beside the fields of the model: what the bundle computes before its rules are evaluated,
// and the tenant's lists.

import type { ImageParameter } from '../image/parts.js';
import type { Model } from '../schema/model.js';
import type { Ir } from './ir.js';
import type { Type } from './types.js';

/** A value that is computed once for a payload and held in a register of its own. Each is one object, compared by identity. */
export interface FeatureRef {
  /** As an author writes it: `total`, `limits.rate`; for what the compiler made itself, something that is no name. */
  name: string;
  type: Type;
  /** May be null for some payload. */
  nullable: boolean;
}

/** A list of the tenant that the bundle declares: immutable versions, bound when a decision is made. */
export interface ListRef {
  name: string;
  /** Type of its members: text, number, decimal (of one scale), timestamp, date. */
  type: Type;
}

/** A parameter that the bundle declares: its value is bound when a decision is made, between its bounds. */
export interface ParameterRef {
  /** Name of the set that it is in. */
  set: string;
  name: string;
  bounds: Omit<ImageParameter, 'set' | 'name'>;
}

/** A row of a table as an element of the list that it gives. */
export interface TableRow {
  /** It is an element. */
  guard: Ir;
  /** What it gives for each output, where it is one; any may be null. */
  values: ReadonlyMap<string, Ir>;
}

export type ScopeEntry =
  | { kind: 'feature'; feature: FeatureRef }
  /** A table, a scorecard or an ensemble: `limits.rate`; of the latter, groups may hold groups. A set of parameters:
   *  `parameters.limits`. */
  | {
      kind: 'group';
      what: 'table' | 'scorecard' | 'ensemble' | 'parameters';
      members: ReadonlyMap<string, ScopeEntry>;
      /** Of a table that gives lists: its rows, in the order of these. */
      rows?: readonly TableRow[];
    }
  /** What a table with several matches gives: the outputs of the rows that matched, in order. */
  | { kind: 'elements'; type: Type; elements: readonly { guard?: Ir; value: Ir }[] }
  | { kind: 'list'; list: ListRef };

export interface Scope {
  model: Model;
  /** By name. `lists` is no name here: `lists.blocked` is found in `lists`. */
  names: ReadonlyMap<string, ScopeEntry>;
  lists: ReadonlyMap<string, ListRef>;
  /** Sets of parameters, each a group. `parameters` is no name either. */
  parameters: ReadonlyMap<string, ScopeEntry>;
}

/** The scope of a model alone. */
export function modelScope(model: Model): Scope {
  return { model, names: new Map(), lists: new Map(), parameters: new Map() };
}
