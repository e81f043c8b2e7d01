// The payloads of a JSON array as texts, found by the engine: reading the array in JavaScript would take longer than deciding it.

import { TEXT_SPARE_BYTES } from '../assembly/shared/json.js';
import {
  ENTRY_BYTES,
  ENTRY_PAYLOAD,
  ENTRY_PAYLOAD_BYTES,
  SLOT_COUNT,
  SLOT_ENTRIES,
  SLOT_HEADER_BYTES,
  SLOT_INPUT,
  SLOT_INPUT_BYTES,
} from '../assembly/shared/layout.js';
import { SLOT_COUNT_MAX } from '../assembly/shared/limits.js';
import { Status } from '../assembly/shared/status.js';
import type { Tenant } from './registry/tenant.js';
import { SlotCall } from './runtime/task.js';

/** Bytes of an item of an array and its comma at least. */
const ITEM_BYTES_MIN = 2;

/**
 * The items of a text that is a JSON array, as views of it. What is in them is not looked at. Undefined where it is no array, has
 * more than SLOT_COUNT_MAX items, or does not fit the tenant's ring.
 */
export function splitJson(tenant: Tenant, text: Uint8Array): Uint8Array[] | undefined {
  const { ring, bytes, words } = tenant.memory;
  const most = Math.min(SLOT_COUNT_MAX, Math.ceil(text.length / ITEM_BYTES_MIN));
  const slot = ring.claim(SLOT_HEADER_BYTES + most * ENTRY_BYTES + text.length + TEXT_SPARE_BYTES);
  if (slot === 0) return undefined;
  try {
    const entries = slot + SLOT_HEADER_BYTES;
    const input = entries + most * ENTRY_BYTES;
    bytes.set(text, input);
    words[(slot + SLOT_COUNT) >>> 2] = most;
    words[(slot + SLOT_ENTRIES) >>> 2] = entries;
    words[(slot + SLOT_INPUT) >>> 2] = input;
    words[(slot + SLOT_INPUT_BYTES) >>> 2] = text.length;
    if (tenant.inline.run(slot, SlotCall.SPLIT_JSON) !== Status.OK) return undefined;
    const count = words[(slot + SLOT_COUNT) >>> 2] as number;
    return Array.from({ length: count }, (_, index) => {
      const entry = (entries + index * ENTRY_BYTES) >>> 2;
      const start = (words[entry + (ENTRY_PAYLOAD >>> 2)] as number) - input;
      return text.subarray(start, start + (words[entry + (ENTRY_PAYLOAD_BYTES >>> 2)] as number));
    });
  } finally {
    ring.release(slot);
  }
}
