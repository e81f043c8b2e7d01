// Payloads by the flatbuffers package's Builder: independent of the project's own encoder.

import { Builder } from 'flatbuffers';
import { FieldKind } from '#assembly/shared/value-type.js';
import type { Model } from '#src/schema/model.js';

/** Values in wire form: boolean, number, bigint for the 64-bit kinds, member number, text; null or absent leaves a field out. */
export interface WireObject {
  [name: string]: boolean | number | bigint | string | null | WireObject;
}

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
