// Deciding payloads that are JSON text: transcode -> verify and load -> run -> write the decision, one after the other. Each
// payload is made in the same area of the slot and is gone with the next.

import { decidePayload, endsAt, finish } from '../evaluate';
import { blobAddress } from '../image/blobs';
import { zero16 } from '../memory/block';
import { writeParameterVersions } from '../parameters/binding';
import { writeFailure } from '../rules/decision';
import { IMAGE_DECISION_BYTES_MAX, IMAGE_JSON, IMAGE_KIND, ImageKind } from '../shared/image';
import { JsonFault } from '../shared/json';
import {
  ENTRY_BYTES,
  ENTRY_DECISION,
  ENTRY_DECISION_BYTES,
  ENTRY_PAYLOAD,
  ENTRY_PAYLOAD_BYTES,
  ENTRY_STATUS_SHIFT,
  SLOT_COUNT,
  SLOT_CURSOR,
  SLOT_ENTRIES,
  SLOT_ID_HIGH,
  SLOT_ID_LOW,
  SLOT_IMAGE,
  SLOT_INPUT,
  SLOT_INPUT_BYTES,
  SLOT_LISTS,
  SLOT_NOW,
  SLOT_OUTPUT,
  SLOT_OUTPUT_BYTES,
  SLOT_OUTPUT_USED,
  SLOT_PARAMETERS,
} from '../shared/layout';
import { PAYLOAD_BYTES_MAX } from '../shared/limits';
import { Status } from '../shared/status';
import { takeRoot } from './object';
import { readText } from './registers';
import { beginState, fault, STATE_FAULT, STATE_FAULT_AT, stateOf } from './state';

/**
 * Makes the payload of a text at `area`, a multiple of 8. The text is overwritten where it has escapes, and so are the
 * TEXT_SPARE_BYTES behind it.
 *
 * @returns bytes of the payload; 0 where the text is not taken: the state then has the fault
 */
export function transcode(image: usize, text: usize, textBytes: u32, area: usize, areaBytes: u32): u32 {
  const end = text + textBytes;
  zero16(end);
  const state = beginState(image, blobAddress(image, load<u32>(image, IMAGE_JSON) - 1), text, textBytes, area, areaBytes);
  const bytes = takeRoot(state, end);
  if (bytes > (PAYLOAD_BYTES_MAX as u32)) return fault(state, JsonFault.ROOM, text) as u32;
  return bytes;
}

/** As transcode, of an image that decides. @returns bytes of the payload, or -JsonFault */
export function transcodeText(image: usize, text: usize, textBytes: u32, area: usize, areaBytes: u32): i32 {
  const bytes = transcode(image, text, textBytes, area, areaBytes);
  return bytes !== 0 ? bytes : -(load<u32>(stateOf(), STATE_FAULT) as i32);
}

/**
 * As `decide`, for entries that are JSON text. SLOT_INPUT and SLOT_INPUT_BYTES are the area for the payload. Afterwards
 * ENTRY_PAYLOAD_BYTES of an entry is its JsonFault (the decision's status is then INVALID_PAYLOAD), and ENTRY_PAYLOAD how many bytes
 * into the text it was found.
 *
 * @returns OK, OUTPUT_FULL, WRONG_IMAGE as `decide`
 */
export function decideJson(slot: usize): Status {
  const image = load<u32>(slot, SLOT_IMAGE) as usize;
  if (load<u32>(image, IMAGE_KIND) !== ImageKind.DECISION) return finish(slot, Status.WRONG_IMAGE);
  const count = load<u32>(slot, SLOT_COUNT);
  const capacity = load<u32>(slot, SLOT_OUTPUT_BYTES);
  const output = load<u32>(slot, SLOT_OUTPUT) as usize;
  const area = load<u32>(slot, SLOT_INPUT) as usize;
  const decisionBytesMax = load<u32>(image, IMAGE_DECISION_BYTES_MAX);
  let cursor = load<u32>(slot, SLOT_CURSOR);
  let used: u32 = cursor === 0 ? 0 : load<u32>(slot, SLOT_OUTPUT_USED);
  let status = Status.OK;
  while (cursor < count) {
    if (used > capacity || capacity - used < decisionBytesMax) {
      status = Status.OUTPUT_FULL;
      break;
    }
    const bytes = openText(slot, cursor);
    const packed =
      bytes === 0 ? refuseText(slot, cursor, output + used) : decidePayload(slot, image, cursor, area, bytes, output + used);
    const entry = (load<u32>(slot, SLOT_ENTRIES) as usize) + cursor * ENTRY_BYTES;
    store<u32>(entry, (output + used) as u32, ENTRY_DECISION);
    store<u32>(entry, packed, ENTRY_DECISION_BYTES);
    used += packed & ((1 << ENTRY_STATUS_SHIFT) - 1);
    if (endsAt(slot, ++cursor)) break;
  }
  store<u32>(slot, used, SLOT_OUTPUT_USED);
  return finish(slot, status);
}

/**
 * Decides a text into `output` without making its payload, where it is one that `readText` takes.
 *
 * @returns as decidePayload; 0 where it is not: nothing has been written, and the text is as it was
 */
export function decideText(slot: usize, image: usize, text: usize, textBytes: u32, output: usize): u32 {
  return readText(image, text, textBytes) ? decidePayload(slot, image, 0, 0, 0, output) : 0;
}

// The parts of decideJson: generated code calls them, and decides the payloads itself.

/** Makes the payload of text `index` at SLOT_INPUT, and fills the entry. @returns its bytes, 0 where the text is not taken */
export function openText(slot: usize, index: u32): u32 {
  const image = load<u32>(slot, SLOT_IMAGE) as usize;
  const entry = (load<u32>(slot, SLOT_ENTRIES) as usize) + index * ENTRY_BYTES;
  const text = load<u32>(entry, ENTRY_PAYLOAD) as usize;
  const area = load<u32>(slot, SLOT_INPUT) as usize;
  const bytes = transcode(image, text, load<u32>(entry, ENTRY_PAYLOAD_BYTES), area, load<u32>(slot, SLOT_INPUT_BYTES));
  const state = stateOf();
  store<u32>(entry, bytes === 0 ? load<u32>(state, STATE_FAULT_AT) - (text as u32) : 0, ENTRY_PAYLOAD);
  store<u32>(entry, load<u32>(state, STATE_FAULT), ENTRY_PAYLOAD_BYTES);
  return bytes;
}

/** The decision in the place of one whose text was not taken. @returns as decidePayload */
export function refuseText(slot: usize, index: u32, output: usize): u32 {
  const image = load<u32>(slot, SLOT_IMAGE) as usize;
  const idHigh = load<u64>(slot, SLOT_ID_HIGH);
  let idLow = load<u64>(slot, SLOT_ID_LOW);
  if ((idHigh | idLow) !== 0) idLow += index as u64;
  const lists = load<u32>(slot, SLOT_LISTS) as usize;
  const bytes = writeFailure(image, output, idHigh, idLow, load<i64>(slot, SLOT_NOW), lists, Status.INVALID_PAYLOAD);
  const parameters = load<u32>(slot, SLOT_PARAMETERS) as usize;
  if (parameters !== 0) writeParameterVersions(image, parameters, output);
  return bytes | ((Status.INVALID_PAYLOAD as u32) << ENTRY_STATUS_SHIFT);
}
