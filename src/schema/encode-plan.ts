// What the encoder knows of a model before the first payload: where each field lies, and what fits it.

import { FieldKind } from '../../assembly/shared/value-type.js';
import type { Field, Model } from './model.js';

/** What the encoder knows of a field before the first payload. */
export interface FieldPlan {
  name: string;
  /** The name in quotes, as UTF-8: names need no escapes. */
  key: Uint8Array;
  kind: FieldKind;
  required: boolean;
  /** Stands on Object.prototype too, so that only an own property counts. */
  inherited: boolean;
  /** Byte offset of the vtable entry in the table's block, and of the value. */
  entryAt: number;
  valueAt: number;
  /** Bounds as numbers; exact against every safe integer. Without a bound: infinite, or NaN-proof by `bounded`. */
  minimum: number;
  maximum: number;
  bounded: boolean;
  minimumBig: bigint | undefined;
  maximumBig: bigint | undefined;
  scale: number;
  members: ReadonlyMap<string, number> | undefined;
  child: TablePlan | undefined;
  /** LIST: what each element is, as if it were a field; `minimum` and `maximum` of the list count them. */
  element: FieldPlan | undefined;
  /** Bytes of a value in its table or vector. */
  width: number;
}

export interface TablePlan {
  fields: FieldPlan[];
  closed: boolean;
  names: ReadonlySet<string>;
  /** The block with every field present and 0. */
  block: Uint8Array;
  /** The same with every field absent. */
  blankBlock: Uint8Array;
  requiredCount: number;
  /** Byte offset of the table in its block. */
  tableAt: number;
}

/** A payload begins with the offset of its root table. */
export const ROOT_OFFSET_BYTES = 4;

/** Bytes of a field in its table, by FieldKind. */
const WIDTHS: readonly number[] = [0, 1, 4, 8, 8, 8, 8, 4, 2, 4, 4, 4];

/** The plan of a table and of those below it; the block of the root begins with `lead` bytes for its offset. */
export function planTable(model: Model, index: number, lead: number): TablePlan {
  const table = model.tables[index]!;
  const slots = table.fields.reduce((max, field) => Math.max(max, field.slot + 1), 0);
  const vtableBytes = 4 + 2 * slots;
  // The table lies 4 bytes before a multiple of 8: behind its offset, fields of 8 bytes follow without a gap.
  const tableAt = ((lead + vtableBytes + 3) & -8) + 4;
  const vtableAt = tableAt - vtableBytes;
  const places = new Map<Field, number>();
  let end = tableAt + 4;
  for (const width of [8, 4, 2, 1]) {
    for (const field of table.fields) {
      if (WIDTHS[field.kind] !== width) continue;
      places.set(field, end);
      end += width;
    }
  }
  const block = new Uint8Array((end + 3) & -4);
  const view = new DataView(block.buffer);
  view.setUint16(vtableAt, vtableBytes, true);
  view.setUint16(vtableAt + 2, end - tableAt, true);
  view.setInt32(tableAt, tableAt - vtableAt, true);
  const blankBlock = block.slice();
  const fields = table.fields.map((field): FieldPlan => {
    const valueAt = places.get(field)!;
    const entryAt = vtableAt + 4 + 2 * field.slot;
    view.setUint16(entryAt, valueAt - tableAt, true);
    return planField(model, field, entryAt, valueAt);
  });
  return {
    fields,
    closed: table.closed === true,
    names: new Set(table.fields.map(({ name }) => name)),
    block,
    blankBlock,
    requiredCount: table.fields.filter(({ required }) => required).length,
    tableAt,
  };
}

function planField(model: Model, field: Field, entryAt: number, valueAt: number): FieldPlan {
  const { minimum, maximum } = field;
  return {
    name: field.name,
    key: new TextEncoder().encode(JSON.stringify(field.name)),
    kind: field.kind,
    required: field.required,
    inherited: field.name in Object.prototype,
    entryAt,
    valueAt,
    minimum: minimum === undefined ? Number.NEGATIVE_INFINITY : Number(minimum),
    maximum: maximum === undefined ? Number.POSITIVE_INFINITY : Number(maximum),
    bounded: minimum !== undefined || maximum !== undefined,
    minimumBig: minimum === undefined || !Number.isInteger(Number(minimum)) ? undefined : BigInt(minimum),
    maximumBig: maximum === undefined || !Number.isInteger(Number(maximum)) ? undefined : BigInt(maximum),
    scale: field.scale ?? 0,
    members: field.members === undefined ? undefined : new Map(field.members.map(({ name, number }) => [name, number])),
    child: field.kind === FieldKind.OBJECT ? planTable(model, field.child!, 0) : undefined,
    element: field.kind === FieldKind.LIST ? planElement(model, field) : undefined,
    width: WIDTHS[field.kind]!,
  };
}

function planElement(model: Model, list: Field): FieldPlan {
  const element: Field = list.element ?? { ...list, kind: FieldKind.OBJECT };
  return planField(model, element, 0, 0);
}
