// The life of one payload inside the engine: verify and load -> run -> write the decision. Everything is in the slot (drawn in
// shared/layout.ts); nothing is kept between calls.

import { answerBatchBytes, beginAnswerBatch, writeAnswer } from './flatbuffers/answer';
import { FRAME_INVALID, frameCount, frameId, frameRequest, requestId, requestPayload } from './flatbuffers/frame';
import { loadPayload } from './flatbuffers/payload';
import { listsAreBound } from './lists/binding';
import { scratchNulls, scratchRegisters } from './memory/scratch';
import { writeDecision, writeFailure } from './rules/decision';
import { IMAGE_DECISION_BYTES_MAX, IMAGE_KIND, IMAGE_NOW_REGISTER, IMAGE_OUT_COUNT, ImageKind, NO_REGISTER } from './shared/image';
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
  SLOT_STATUS,
  VALUE_BYTES,
} from './shared/layout';
import { Status } from './shared/status';
import { runProgram } from './vm/interpreter';

/** Ends a call: the status goes into the slot and to the caller. */
function finish(slot: usize, status: Status): Status {
  store<u32>(slot, status, SLOT_STATUS);
  return status;
}

/** Checks one payload and runs the image's program over it. */
function evaluatePayload(slot: usize, image: usize, payload: usize, bytes: u32, output: usize): Status {
  if (!loadPayload(image, payload, bytes)) return Status.INVALID_PAYLOAD;
  const nowRegister = load<u32>(image, IMAGE_NOW_REGISTER);
  if (nowRegister !== NO_REGISTER) {
    store<u64>(scratchRegisters() + (nowRegister << 3), load<u64>(slot, SLOT_NOW));
    store<u8>(scratchNulls() + nowRegister, 0);
  }
  const lists = load<u32>(slot, SLOT_LISTS) as usize;
  if (!listsAreBound(image, lists)) return Status.LIST_MISSING;
  return runProgram(image, lists, output);
}

/** Decides the slot's payload number `index` into `output`. @returns bytes | status << ENTRY_STATUS_SHIFT, as entries have it */
function decidePayload(slot: usize, image: usize, index: u32, payload: usize, bytes: u32, output: usize): u32 {
  const idHigh = load<u64>(slot, SLOT_ID_HIGH);
  let idLow = load<u64>(slot, SLOT_ID_LOW);
  if ((idHigh | idLow) !== 0) idLow += index as u64;
  const now = load<i64>(slot, SLOT_NOW);
  const lists = load<u32>(slot, SLOT_LISTS) as usize;
  const status = evaluatePayload(slot, image, payload, bytes, 0);
  if (status === Status.OK) return writeDecision(image, output, idHigh, idLow, now, lists);
  return writeFailure(image, output, idHigh, idLow, now, lists, status) | (status << ENTRY_STATUS_SHIFT);
}

/**
 * Decides the payloads listed in the slot's entries, from SLOT_CURSOR to SLOT_COUNT, and writes the decisions back to back.
 * A payload that cannot be decided gets a decision with its status; the others do not suffer.
 *
 * @returns OK; OUTPUT_FULL where the next decision might not fit (the cursor stands at its payload); WRONG_IMAGE
 */
export function decide(slot: usize): Status {
  const image = load<u32>(slot, SLOT_IMAGE) as usize;
  if (load<u32>(image, IMAGE_KIND) !== ImageKind.DECISION) return finish(slot, Status.WRONG_IMAGE);
  const count = load<u32>(slot, SLOT_COUNT);
  const capacity = load<u32>(slot, SLOT_OUTPUT_BYTES);
  const output = load<u32>(slot, SLOT_OUTPUT) as usize;
  const decisionBytesMax = load<u32>(image, IMAGE_DECISION_BYTES_MAX);
  let cursor = load<u32>(slot, SLOT_CURSOR);
  let used: u32 = cursor === 0 ? 0 : load<u32>(slot, SLOT_OUTPUT_USED);
  let status = Status.OK;
  for (; cursor < count; cursor++) {
    if (used > capacity || capacity - used < decisionBytesMax) {
      status = Status.OUTPUT_FULL;
      break;
    }
    const entry = (load<u32>(slot, SLOT_ENTRIES) as usize) + cursor * ENTRY_BYTES;
    const payload = load<u32>(entry, ENTRY_PAYLOAD) as usize;
    const packed = decidePayload(slot, image, cursor, payload, load<u32>(entry, ENTRY_PAYLOAD_BYTES), output + used);
    store<u32>(entry, (output + used) as u32, ENTRY_DECISION);
    store<u32>(entry, packed, ENTRY_DECISION_BYTES);
    used += packed & ((1 << ENTRY_STATUS_SHIFT) - 1);
  }
  store<u32>(slot, cursor, SLOT_CURSOR);
  store<u32>(slot, used, SLOT_OUTPUT_USED);
  return finish(slot, status);
}

/**
 * Decides a RequestBatch (schemas/batch.fbs) at SLOT_INPUT and writes the AnswerBatch to the output. SLOT_COUNT tells how many
 * entries there is room for at SLOT_ENTRIES (0: none are written), and then how many payloads the frame had.
 *
 * @returns OK; INVALID_FRAME where it is malformed or names another model, OUTPUT_FULL where the worst case does not fit (see
 * answerBatchBytes), WRONG_IMAGE: SLOT_COUNT and SLOT_OUTPUT_USED are then 0
 */
export function decideFrame(slot: usize): Status {
  const image = load<u32>(slot, SLOT_IMAGE) as usize;
  const entriesMax = load<u32>(slot, SLOT_COUNT);
  store<u32>(slot, 0, SLOT_COUNT);
  store<u32>(slot, 0, SLOT_OUTPUT_USED);
  if (load<u32>(image, IMAGE_KIND) !== ImageKind.DECISION) return finish(slot, Status.WRONG_IMAGE);
  const frame = load<u32>(slot, SLOT_INPUT) as usize;
  const count = frameCount(image, frame, load<u32>(slot, SLOT_INPUT_BYTES));
  if (count === FRAME_INVALID) return finish(slot, Status.INVALID_FRAME);
  if (answerBatchBytes(image, count) > (load<u32>(slot, SLOT_OUTPUT_BYTES) as u64)) return finish(slot, Status.OUTPUT_FULL);
  const output = load<u32>(slot, SLOT_OUTPUT) as usize;
  const entries: usize = entriesMax < count ? 0 : (load<u32>(slot, SLOT_ENTRIES) as usize);
  let answer = beginAnswerBatch(output, frameId(frame), count);
  for (let index: u32 = 0; index < count; index++) {
    const request = frameRequest(frame, index);
    const decision = writeAnswer(output, answer, index, requestId(request));
    const payload = requestPayload(request) + 4;
    const payloadBytes = load<u32>(payload - 4);
    const packed = decidePayload(slot, image, index, payload, payloadBytes, decision);
    const bytes = packed & ((1 << ENTRY_STATUS_SHIFT) - 1);
    store<u32>(decision - 4, bytes);
    answer = decision + bytes;
    if (entries === 0) continue;
    const entry = entries + index * ENTRY_BYTES;
    store<u32>(entry, payload as u32, ENTRY_PAYLOAD);
    store<u32>(entry, payloadBytes, ENTRY_PAYLOAD_BYTES);
    store<u32>(entry, decision as u32, ENTRY_DECISION);
    store<u32>(entry, packed, ENTRY_DECISION_BYTES);
  }
  store<u32>(slot, count, SLOT_COUNT);
  store<u32>(slot, count, SLOT_CURSOR);
  store<u32>(slot, (answer - output) as u32, SLOT_OUTPUT_USED);
  return finish(slot, Status.OK);
}

/**
 * Evaluates an expression image over the payload of entry 0 and writes its values, VALUE_BYTES each, to the output. Texts among
 * them lie in the payload, the image or this instance's scratch: read them before its next call.
 */
export function evaluate(slot: usize): Status {
  const image = load<u32>(slot, SLOT_IMAGE) as usize;
  store<u32>(slot, 0, SLOT_OUTPUT_USED);
  if (load<u32>(image, IMAGE_KIND) !== ImageKind.EXPRESSIONS) return finish(slot, Status.WRONG_IMAGE);
  const bytes = load<u32>(image, IMAGE_OUT_COUNT) * VALUE_BYTES;
  if (load<u32>(slot, SLOT_OUTPUT_BYTES) < bytes) return finish(slot, Status.OUTPUT_FULL);
  const entry = load<u32>(slot, SLOT_ENTRIES) as usize;
  const payload = load<u32>(entry, ENTRY_PAYLOAD) as usize;
  const status = evaluatePayload(slot, image, payload, load<u32>(entry, ENTRY_PAYLOAD_BYTES), load<u32>(slot, SLOT_OUTPUT));
  if (status === Status.OK) store<u32>(slot, bytes, SLOT_OUTPUT_USED);
  return finish(slot, status);
}
