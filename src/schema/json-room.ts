// How many bytes a payload may take that is made of a JSON text: what the engine is given to write it into.

import { AREA_SPARE_BYTES, OBJECT_CHARS_MIN, PAYLOAD_PER_TEXT } from '../../assembly/shared/json.js';
import { PAYLOAD_BYTES_MAX } from '../../assembly/shared/limits.js';
import { FieldKind } from '../../assembly/shared/value-type.js';
import { planTable } from './encode-plan.js';
import type { Model } from './model.js';

/** Room that a model's payloads need beside what their texts hold. */
export interface JsonRoom {
  /** Bytes of all tables that are there once at most. */
  readonly once: number;
  /** Bytes of the largest table that may be there often: in a list. */
  readonly often: number;
}

export function jsonRoom(model: Model): JsonRoom {
  const inList = new Set<number>();
  let once = 0;
  let often = 0;
  for (const [index, table] of model.tables.entries()) {
    const bytes = table.element === true ? 0 : planTable(model, index, 4).block.length + 8;
    if (inList.has(index)) often = Math.max(often, bytes);
    else once += bytes;
    // A child's index is above its parent's.
    for (const { kind, child } of table.fields) {
      if (child !== undefined && (kind === FieldKind.LIST || inList.has(index))) inList.add(child);
    }
  }
  return { once, often };
}

/**
 * Bytes of the area for a payload of a text of `textBytes`. Enough but for lists of empty objects: what does not fit goes the way of
 * the encoder.
 */
export function areaBytes({ once, often }: JsonRoom, textBytes: number): number {
  const needed = once + PAYLOAD_PER_TEXT * textBytes + Math.ceil(textBytes / OBJECT_CHARS_MIN) * often;
  return (Math.min(needed, PAYLOAD_BYTES_MAX + 2 * textBytes) + 4 * AREA_SPARE_BYTES) & ~7;
}
