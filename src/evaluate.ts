// Runs an EXPRESSIONS image over one payload: the way of explain, not of a decision.

import {
  ENTRY_BYTES,
  ENTRY_PAYLOAD,
  ENTRY_PAYLOAD_BYTES,
  SLOT_COUNT,
  SLOT_CURSOR,
  SLOT_ENTRIES,
  SLOT_HEADER_BYTES,
  SLOT_IMAGE,
  SLOT_LISTS,
  SLOT_NOW,
  SLOT_OUTPUT,
  SLOT_OUTPUT_BYTES,
  VALUE_BYTES,
} from '../assembly/shared/layout.js';
import { Status } from '../assembly/shared/status.js';
import { Problem } from './errors.js';
import type { Tenant } from './registry/tenant.js';
import { SlotCall } from './runtime/task.js';

/** What an EXPRESSIONS image wrote: VALUE_BYTES a value, see assembly/shared/layout.ts. */
export interface Evaluated {
  status: Status;
  /** Empty unless status is OK. A copy: texts in it are addresses, and no longer good. */
  values: Uint8Array;
}

/**
 * Evaluates an image at `address` in the tenant's memory that writes `count` values. `lists`: address of what its lists are bound
 * to, 0 where it reads none.
 * Throws Problem BUSY where the ring has no room.
 */
export function evaluateExpressions(
  tenant: Tenant,
  address: number,
  count: number,
  payload: Uint8Array,
  now: bigint,
  lists = 0,
): Evaluated {
  const { ring, bytes, words, longs } = tenant.memory;
  const payloadBytes = (payload.length + 7) & ~7;
  const slot = ring.claim(SLOT_HEADER_BYTES + ENTRY_BYTES + payloadBytes + count * VALUE_BYTES);
  if (slot === 0) throw new Problem('BUSY', 'the ring of requests is full');
  try {
    const entry = slot + SLOT_HEADER_BYTES;
    const output = entry + ENTRY_BYTES + payloadBytes;
    const put = (at: number, value: number): void => {
      words[at >>> 2] = value;
    };
    bytes.set(payload, entry + ENTRY_BYTES);
    put(entry + ENTRY_PAYLOAD, entry + ENTRY_BYTES);
    put(entry + ENTRY_PAYLOAD_BYTES, payload.length);
    put(slot + SLOT_IMAGE, address);
    put(slot + SLOT_LISTS, lists);
    put(slot + SLOT_COUNT, 1);
    put(slot + SLOT_CURSOR, 0);
    put(slot + SLOT_ENTRIES, entry);
    put(slot + SLOT_OUTPUT, output);
    put(slot + SLOT_OUTPUT_BYTES, count * VALUE_BYTES);
    longs[(slot + SLOT_NOW) >>> 3] = now;
    const status = tenant.inline.run(slot, SlotCall.EVALUATE);
    return { status, values: bytes.slice(output, status === Status.OK ? output + count * VALUE_BYTES : output) };
  } finally {
    ring.release(slot);
  }
}
