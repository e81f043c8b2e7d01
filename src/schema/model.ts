// The field table: what a model is after its JSON Schema has been read. Everything else (.fbs, TypeScript types, encoder,
// reader, checker, image) is made from it.

import type { FieldKind } from '../../assembly/shared/value-type.js';

/** A value of one field outside a payload: JSON's own for booleans, numbers and text; bigint for the 64-bit kinds. */
export type FieldValue = boolean | number | bigint | string;

export interface EnumMember {
  name: string;
  /** Number on the wire; given once in model.lock.json, never reused. */
  number: number;
}

export interface Field {
  /** Name in its object, as in the JSON Schema. */
  name: string;
  /** Dotted path from the root: `card.country`; below a list `items[].price`, an element itself `tags[]`. */
  path: string;
  /** Index in Model.fields. */
  index: number;
  /** Index of the table it belongs to. */
  table: number;
  /** FlatBuffers field id: the vtable entry is at 4 + 2 * slot. */
  slot: number;
  kind: FieldKind;
  /** Absent makes the payload invalid. */
  required: boolean;
  /** For the language: neither required nor with a default. A field whose type names null is never required. */
  nullable: boolean;
  /**
   * Taken where the field is absent, in register form: boolean; number for INT, LONG, DOUBLE; bigint for DECIMAL (scaled),
   * TIMESTAMP, DATE; member number for ENUM; string for TEXT.
   */
  default?: FieldValue;
  /**
   * Inclusive bounds in the same form; for TEXT the length in code points (`minLength`, `maxLength`; maxLength is always set), for
   * LIST the number of elements (`minItems`, `maxItems`; maxItems must be written).
   */
  minimum?: number | bigint;
  maximum?: number | bigint;
  /** DECIMAL: digits after the point. */
  scale?: number;
  /** ENUM: members in use. */
  members?: EnumMember[];
  /** ENUM: largest number ever given. */
  memberNumberMax?: number;
  /** OBJECT, and LIST of objects: index of the table. LIST of anything else: index of the table whose one field is `element`. */
  child?: number;
  /** LIST of scalars and texts: what each element is. It is the one field (slot 0, required) of a table of its own. */
  element?: Field;
  description?: string;
}

export interface Table {
  index: number;
  /** PascalCase, unique: the name in .fbs and TypeScript. */
  name: string;
  /** '' for the root, else the dotted path. */
  path: string;
  /** In the order of the JSON Schema. */
  fields: Field[];
  /** The table exists in the image alone: it has one field, the element of a list of scalars or texts. */
  element?: boolean;
  /** `additionalProperties: false`: the JSON face refuses fields that the model does not name. */
  closed?: boolean;
}

/** Field ids and enum numbers, append-only: the content of model.lock.json. */
export interface ModelLock {
  format: 1;
  /** By table path ('' = root): field name -> { id, kind }. Removed fields stay. */
  tables: Record<string, Record<string, { id: number; kind: string }>>;
  /** By field path: member name -> number. Removed members stay. */
  enums: Record<string, Record<string, number>>;
}

export interface Model {
  /** PascalCase name of the root table. */
  name: string;
  /** Root first; a child's index is above its parent's. */
  tables: Table[];
  /** All fields of all tables, by table. */
  fields: Field[];
  lock: ModelLock;
  /**
   * 16 hex digits: what a binary request names. Over everything that changes how bytes are read: ids, kinds, scales, enum
   * numbers, required, bounds, defaults.
   */
  hash: string;
}
