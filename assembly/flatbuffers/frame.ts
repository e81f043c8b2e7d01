// Reads a RequestBatch of schemas/batch.fbs: verified once as a whole, then read without checks.

import { IMAGE_MODEL_HASH } from '../shared/image';
import { SLOT_COUNT_MAX } from '../shared/limits';
import { fieldOf, fitsTable, follow, NO_POSITION, vtableOf } from './table';

/** Result of frameCount for a frame that is refused. */
export const FRAME_INVALID: u32 = 0xffffffff;

// Slots of the tables' fields, in the order of the schema.
const BATCH_MODEL: u32 = 1;
const BATCH_BUNDLE: u32 = 2;
const BATCH_REQUESTS: u32 = 3;
const REQUEST_ID: u32 = 0;
const REQUEST_PAYLOAD: u32 = 1;

/** Whether a scalar field is absent or inside its table. */
function scalarFits(frame: usize, vtable: u32, slot: u32): bool {
  const offset = fieldOf(frame, vtable, slot);
  return offset === NO_POSITION || fitsTable(frame, vtable, offset, 8);
}

/** Follows a required offset field and checks that what it leads to, `count` elements of `width` bytes, is inside the frame. */
function followVector(frame: usize, bytes: u32, table: u32, vtable: u32, slot: u32, width: u32): u32 {
  const offset = fieldOf(frame, vtable, slot);
  if (offset === NO_POSITION || !fitsTable(frame, vtable, offset, 4)) return NO_POSITION;
  return vectorAt(frame, bytes, table + offset, width);
}

/** Where the offset at `position` leads, or NO_POSITION where that is no vector of elements of `width` bytes inside the frame. */
function vectorAt(frame: usize, bytes: u32, position: u32, width: u32): u32 {
  const vector = follow(frame, bytes, position);
  if (vector === NO_POSITION) return NO_POSITION;
  const size = (load<u32>(frame + vector) as u64) * (width as u64);
  return size > ((bytes - 4 - vector) as u64) ? NO_POSITION : vector;
}

/**
 * Checks a frame and that it was written with the image's model.
 *
 * @returns its number of requests, or FRAME_INVALID
 */
export function frameCount(image: usize, frame: usize, bytes: u32): u32 {
  if (bytes < 8) return FRAME_INVALID;
  const root = load<u32>(frame);
  const vtable = vtableOf(frame, bytes, root);
  if (vtable === NO_POSITION) return FRAME_INVALID;
  if (!scalarFits(frame, vtable, 0) || !scalarFits(frame, vtable, BATCH_MODEL)) return FRAME_INVALID;
  const model = fieldOf(frame, vtable, BATCH_MODEL);
  if ((model === NO_POSITION ? 0 : load<u64>(frame + root + model)) !== load<u64>(image, IMAGE_MODEL_HASH)) return FRAME_INVALID;
  const bundle = followVector(frame, bytes, root, vtable, BATCH_BUNDLE, 1);
  if (bundle === NO_POSITION) return FRAME_INVALID;
  const bundleEnd = bundle + 4 + load<u32>(frame + bundle);
  if (bundleEnd >= bytes || load<u8>(frame + bundleEnd) !== 0) return FRAME_INVALID;
  const requests = followVector(frame, bytes, root, vtable, BATCH_REQUESTS, 4);
  if (requests === NO_POSITION) return FRAME_INVALID;
  const count = load<u32>(frame + requests);
  if (count > (SLOT_COUNT_MAX as u32)) return FRAME_INVALID;
  // Writers give all requests of a frame one vtable: its fields are looked up once.
  let known = NO_POSITION;
  let payload: u32 = 0;
  for (let index: u32 = 1; index <= count; index++) {
    const request = follow(frame, bytes, requests + (index << 2));
    if (request === NO_POSITION) return FRAME_INVALID;
    const requestVtable = vtableOf(frame, bytes, request);
    if (requestVtable === NO_POSITION) return FRAME_INVALID;
    if (requestVtable !== known) {
      payload = fieldOf(frame, requestVtable, REQUEST_PAYLOAD);
      if (payload === NO_POSITION || !fitsTable(frame, requestVtable, payload, 4)) return FRAME_INVALID;
      if (!scalarFits(frame, requestVtable, REQUEST_ID)) return FRAME_INVALID;
      known = requestVtable;
    }
    if (vectorAt(frame, bytes, request + payload, 1) === NO_POSITION) return FRAME_INVALID;
  }
  return count;
}

/** The caller's id of a verified frame, 0 where it is absent. */
export function frameId(frame: usize): u64 {
  const root = frame + load<u32>(frame);
  return scalarOf(root, 0);
}

/** Address of the offsets that lead to the requests of a verified frame. */
export function frameRequests(frame: usize): usize {
  return vectorOf(frame + load<u32>(frame), BATCH_REQUESTS) + 4;
}

/** Address of request `index` of a verified frame. */
export function frameRequest(requests: usize, index: u32): usize {
  const element = requests + (index << 2);
  return element + load<u32>(element);
}

/** The caller's id of a request, 0 where it is absent. */
export function requestId(request: usize): u64 {
  return scalarOf(request, REQUEST_ID);
}

/** Address of a request's payload vector: its length, then the payload. */
export function requestPayload(request: usize): usize {
  return vectorOf(request, REQUEST_PAYLOAD);
}

/** A 64-bit field of a verified table. */
function scalarOf(table: usize, slot: u32): u64 {
  const offset = fieldOf(table - load<i32>(table), 0, slot);
  return offset === NO_POSITION ? 0 : load<u64>(table + offset);
}

/** Where a required offset field of a verified table leads. */
function vectorOf(table: usize, slot: u32): usize {
  const field = table + fieldOf(table - load<i32>(table), 0, slot);
  return field + load<u32>(field);
}
