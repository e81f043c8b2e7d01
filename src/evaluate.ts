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
  SLOT_PARAMETERS,
  VALUE_BYTES,
  VALUE_HIGH,
  VALUE_LOW,
  VALUE_TAG,
} from '../assembly/shared/layout.js';
import { Status } from '../assembly/shared/status.js';
import { RegisterType } from '../assembly/shared/value-type.js';
import { Problem } from './errors.js';
import type { Tenant } from './registry/tenant.js';
import { SlotCall } from './runtime/task.js';

/** A value in register form: decimals scaled, timestamps in microseconds, dates in days, enum members by number. */
export type EvaluatedValue = boolean | number | bigint | string | null;

export interface Evaluated {
  status: Status;
  /** Empty unless status is OK. Half of a surrogate pair in a text is shown as U+FFFD. */
  values: EvaluatedValue[];
}

/**
 * Evaluates an image at `address` in the tenant's memory that writes `count` values. `bound`: addresses of what its lists and
 * parameters are bound to, 0 where it reads none.
 * Throws Problem BUSY where the ring has no room.
 */
export function evaluateExpressions(
  tenant: Tenant,
  address: number,
  count: number,
  payload: Uint8Array,
  now: bigint,
  bound: { lists: number; parameters: number } = { lists: 0, parameters: 0 },
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
    put(slot + SLOT_LISTS, bound.lists);
    put(slot + SLOT_PARAMETERS, bound.parameters);
    put(slot + SLOT_COUNT, 1);
    put(slot + SLOT_CURSOR, 0);
    put(slot + SLOT_ENTRIES, entry);
    put(slot + SLOT_OUTPUT, output);
    put(slot + SLOT_OUTPUT_BYTES, count * VALUE_BYTES);
    longs[(slot + SLOT_NOW) >>> 3] = now;
    const status = tenant.inline.run(slot, SlotCall.EVALUATE);
    const written = status === Status.OK ? count : 0;
    return { status, values: Array.from({ length: written }, (_, index) => readValue(tenant, output + index * VALUE_BYTES)) };
  } finally {
    ring.release(slot);
  }
}

/** One value at an address in the tenant's memory. Texts lie in the slot, an image or scratch: they are good until the next call. */
function readValue({ memory }: Tenant, at: number): EvaluatedValue {
  const low = memory.longs[(at + VALUE_LOW) >>> 3] as bigint;
  switch (memory.words[(at + VALUE_TAG) >>> 2]) {
    case RegisterType.F64:
      return new Float64Array(BigInt64Array.of(low).buffer)[0] as number;
    case RegisterType.I64:
      return low;
    case RegisterType.BOOL:
      return low === 1n;
    case RegisterType.WIDE_LOW:
      return ((memory.longs[(at + VALUE_HIGH) >>> 3] as bigint) << 64n) | BigInt.asUintN(64, low);
    case RegisterType.TEXT: {
      const from = Number(BigInt.asUintN(32, low));
      // A copy, since a decoder takes no view of shared memory.
      return new TextDecoder().decode(memory.viewHeap(from, Number(BigInt.asUintN(32, low >> 32n))).slice());
    }
    default:
      return null;
  }
}
