// Register descriptors: what each register of a program holds, as the engine's verifier reads it.

import * as at from '../../assembly/shared/image.js';
import { LIST_COUNT_MAX, PAYLOAD_BYTES_MAX } from '../../assembly/shared/limits.js';
import { FieldKind, RegisterType } from '../../assembly/shared/value-type.js';
import type { Field } from '../schema/model.js';
import type { ImageRegister } from './parts.js';

/** Bytes of one code point in UTF-8 at most. */
const UTF8_BYTES_MAX = 4;

/** Bytes of a text field's value at most: what its `maxLength` allows, and never more than a payload. */
export function fieldTextBytes(field: Field): number {
  return Math.min(Number(field.maximum ?? Infinity) * UTF8_BYTES_MAX, PAYLOAD_BYTES_MAX);
}

/** Elements of a list field at most. */
export function fieldListCount(field: Field): number {
  return Math.min(Number(field.maximum ?? Infinity), LIST_COUNT_MAX);
}

/** The register that a field is loaded into, or into which FIELD and ELEMENT put its value. */
export function fieldRegister(field: Field): ImageRegister {
  switch (field.kind) {
    case FieldKind.BOOL:
      return { type: RegisterType.BOOL };
    case FieldKind.INT:
    case FieldKind.LONG:
    case FieldKind.DOUBLE:
      return { type: RegisterType.F64 };
    case FieldKind.TEXT:
      return { type: RegisterType.TEXT, max: fieldTextBytes(field) };
    case FieldKind.OBJECT:
      return { type: RegisterType.OBJECT, table: field.child! };
    case FieldKind.LIST:
      return {
        type: RegisterType.LIST,
        element: field.element?.kind ?? FieldKind.OBJECT,
        table: field.child!,
        max: fieldListCount(field),
      };
    default:
      return { type: RegisterType.I64 };
  }
}

/** Writes the register section, REGISTER_BYTES each. */
export function writeRegisters(registers: readonly ImageRegister[]): Uint8Array {
  const out = new Uint8Array(registers.length * at.REGISTER_BYTES);
  const view = new DataView(out.buffer);
  for (const [index, { type, element, table, max }] of registers.entries()) {
    const base = index * at.REGISTER_BYTES;
    view.setUint8(base + at.REGISTER_TYPE, type);
    view.setUint8(base + at.REGISTER_ELEMENT, element ?? FieldKind.NONE);
    view.setUint16(base + at.REGISTER_TABLE, table ?? 0, true);
    view.setUint32(base + at.REGISTER_MAX, max ?? 0, true);
  }
  return out;
}
