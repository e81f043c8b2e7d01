// The least that an image may state as its cost, added up by the host's own sums (src/image/cost.ts) from the bytes of an image that
// the engine's verifier has accepted.

import { decisionUnits, PAYLOAD_UNITS } from '#assembly/shared/cost.js';
import * as at from '#assembly/shared/image.js';
import { PAYLOAD_BYTES_MAX } from '#assembly/shared/limits.js';
import { INSTRUCTION_BYTES } from '#assembly/shared/opcode.js';
import { FieldKind, fieldUnits, type RegisterType } from '#assembly/shared/value-type.js';
import { programUnits } from '#src/image/cost.js';

/** Units of verifying a payload, by the tables and fields of the image. */
function payloadUnits(view: DataView): number {
  const u32 = (offset: number): number => view.getUint32(offset, true);
  const times = new Array<number>(u32(at.IMAGE_TABLE_COUNT)).fill(0);
  times[0] = 1;
  let units: number = PAYLOAD_UNITS;
  for (const [index, own] of times.entries()) {
    const table = u32(at.IMAGE_TABLES) + index * at.TABLE_BYTES;
    const first = u32(table + at.TABLE_FIRST_FIELD);
    for (let number = first; number < first + u32(table + at.TABLE_FIELD_COUNT); number++) {
      const field = u32(at.IMAGE_FIELDS) + number * at.FIELD_BYTES;
      const kind = view.getUint8(field + at.FIELD_KIND) as FieldKind;
      const max = Number(view.getBigUint64(field + at.FIELD_MAX, true));
      units += fieldUnits(kind, kind === FieldKind.TEXT ? Math.min(4 * max, PAYLOAD_BYTES_MAX) : 0) * own;
      if (kind === FieldKind.OBJECT) times[u32(field + at.FIELD_AUX)] = own;
      if (kind === FieldKind.LIST) times[u32(field + at.FIELD_AUX)] = own * max;
    }
  }
  return units;
}

/** The units of an accepted image: what it states must not be less. */
export function unitsOf(image: Uint8Array): number {
  const view = new DataView(image.buffer, image.byteOffset, image.length);
  const u32 = (offset: number): number => view.getUint32(offset, true);
  const registers = Array.from({ length: u32(at.IMAGE_REGISTER_COUNT) }, (_, index) => {
    const base = u32(at.IMAGE_REGISTERS) + index * at.REGISTER_BYTES;
    return { type: view.getUint8(base + at.REGISTER_TYPE) as RegisterType, max: u32(base + at.REGISTER_MAX) };
  });
  const blobs = Array.from({ length: u32(at.IMAGE_BLOB_COUNT) }, (_, index) => {
    const base = u32(at.IMAGE_BLOBS) + index * at.BLOB_BYTES;
    const start = u32(at.IMAGE_DATA) + u32(base + at.BLOB_OFFSET);
    return { kind: u32(base + at.BLOB_KIND) as at.BlobKind, bytes: image.subarray(start, start + u32(base + at.BLOB_SIZE)) };
  });
  const code = image.subarray(u32(at.IMAGE_CODE), u32(at.IMAGE_CODE) + u32(at.IMAGE_CODE_COUNT) * INSTRUCTION_BYTES);
  const bound = u32(at.IMAGE_LIST_COUNT) + u32(at.IMAGE_PARAMETER_COUNT);
  const program = programUnits(code, { registers, blobs, lists: [] });
  return payloadUnits(view) + program + decisionUnits(u32(at.IMAGE_RULE_COUNT), u32(at.IMAGE_REASONS_MAX), bound);
}
