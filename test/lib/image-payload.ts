// Payloads by the flatbuffers package's Builder: independent of the project's own encoder.

import { Builder } from 'flatbuffers';
import { FieldKind } from '#assembly/shared/value-type.js';
import type { Field, Model } from '#src/schema/model.js';

/** Values in wire form: boolean, number, bigint for the 64-bit kinds, member number, text; null or absent leaves a field out. */
export interface WireObject {
  [name: string]: WireValue;
}

export type WireValue = boolean | number | bigint | string | null | WireObject | WireValue[];

/** Encodes an object of the model; nothing is checked. */
export function payloadOf(model: Model, value: WireObject): Uint8Array {
  const builder = new Builder(256);
  builder.finish(writeTable(builder, model, 0, value));
  return builder.asUint8Array().slice();
}

function writeTable(builder: Builder, model: Model, table: number, value: WireObject): number {
  const { fields } = model.tables[table]!;
  const offsets = fields.map((field) => {
    const own = value[field.name] ?? null;
    if (own === null) return 0;
    if (field.kind === FieldKind.TEXT) return builder.createString(own as string);
    if (field.kind === FieldKind.OBJECT) return writeTable(builder, model, field.child!, own as WireObject);
    if (field.kind === FieldKind.LIST) return writeVector(builder, model, field, own as WireValue[]);
    return 0;
  });
  // Values equal to a field's default would be left out.
  builder.forceDefaults(true);
  builder.startObject(Math.max(0, ...fields.map((field) => field.slot + 1)));
  for (const [index, field] of fields.entries()) {
    const own = value[field.name] ?? null;
    if (own === null) continue;
    switch (field.kind) {
      case FieldKind.BOOL:
        builder.addFieldInt8(field.slot, own === true ? 1 : own === false ? 0 : Number(own), 0);
        break;
      case FieldKind.INT:
      case FieldKind.DATE:
        builder.addFieldInt32(field.slot, Number(own), 0);
        break;
      case FieldKind.LONG:
      case FieldKind.DECIMAL:
      case FieldKind.TIMESTAMP:
        builder.addFieldInt64(field.slot, BigInt(own as number | bigint), 0n);
        break;
      case FieldKind.DOUBLE:
        builder.addFieldFloat64(field.slot, Number(own), 0);
        break;
      case FieldKind.ENUM:
        builder.addFieldInt16(field.slot, Number(own), 0);
        break;
      default:
        builder.addFieldOffset(field.slot, offsets[index]!, 0);
    }
  }
  return builder.endObject();
}

/** The vector of a list; its elements lie in it as their kind does in a table. */
function writeVector(builder: Builder, model: Model, list: Field, values: readonly WireValue[]): number {
  const { element } = list;
  const offsets = values.map((value) => {
    if (element === undefined) return writeTable(builder, model, list.child!, value as WireObject);
    return element.kind === FieldKind.TEXT ? builder.createString(value as string) : 0;
  });
  const width = element === undefined ? 4 : WIDTHS[element.kind]!;
  builder.startVector(width, values.length, width);
  for (let index = values.length - 1; index >= 0; index--) {
    const value = values[index]!;
    switch (element?.kind) {
      case FieldKind.BOOL:
        builder.addInt8(value === true ? 1 : value === false ? 0 : Number(value));
        break;
      case FieldKind.ENUM:
        builder.addInt16(Number(value));
        break;
      case FieldKind.INT:
      case FieldKind.DATE:
        builder.addInt32(Number(value));
        break;
      case FieldKind.DOUBLE:
        builder.addFloat64(Number(value));
        break;
      case FieldKind.LONG:
      case FieldKind.DECIMAL:
      case FieldKind.TIMESTAMP:
        builder.addInt64(BigInt(value as number | bigint));
        break;
      default:
        builder.addOffset(offsets[index]!);
    }
  }
  return builder.endVector();
}

const WIDTHS: Partial<Record<FieldKind, number>> = {
  [FieldKind.BOOL]: 1,
  [FieldKind.INT]: 4,
  [FieldKind.LONG]: 8,
  [FieldKind.DOUBLE]: 8,
  [FieldKind.DECIMAL]: 8,
  [FieldKind.TIMESTAMP]: 8,
  [FieldKind.DATE]: 4,
  [FieldKind.ENUM]: 2,
  [FieldKind.TEXT]: 4,
};
