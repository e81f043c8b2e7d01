// The life of one payload inside the engine: verify and load -> run -> write the decision. Everything is in the slot (drawn in
// shared/layout.ts); nothing is kept between calls.

import { answerBatchBytes, beginAnswerBatch, firstAnswer, writeAnswer } from './flatbuffers/answer';
import { FRAME_INVALID, frameCount, frameId, frameRequest, frameRequests, requestId, requestPayload } from './flatbuffers/frame';
import { loadPayload } from './flatbuffers/payload';
import { listsAreBound } from './lists/binding';
import { scratchNulls, scratchRegisters } from './memory/scratch';
import { parametersAreBound, writeParameterVersions } from './parameters/binding';
import { writeDecision, writeFailure } from './rules/decision';
import {
  DECISION_OUTCOME,
  IMAGE_DECISION_BYTES_MAX,
  IMAGE_KIND,
  IMAGE_NOW_REGISTER,
  IMAGE_OUT_COUNT,
  IMAGE_TEMPLATE_BYTES,
  ImageKind,
  NO_REGISTER,
} from './shared/image';
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
  SLOT_FAILURES,
  SLOT_ID_HIGH,
  SLOT_ID_LOW,
  SLOT_IMAGE,
  SLOT_INPUT,
  SLOT_INPUT_BYTES,
  SLOT_LISTS,
  SLOT_NOW,
  SLOT_OUTCOMES,
  SLOT_OUTPUT,
  SLOT_OUTPUT_BYTES,
  SLOT_OUTPUT_USED,
  SLOT_PARAMETERS,
  SLOT_REQUESTS,
  SLOT_STATUS,
  SLOT_UNTIL,
  VALUE_BYTES,
} from './shared/layout';
import { Status } from './shared/status';
import { runProgram } from './vm/interpreter';

/** Ends a call: the status goes into the slot and to the caller. */
export function finish(slot: usize, status: Status): Status {
  store<u32>(slot, status, SLOT_STATUS);
  return status;
}

/**
 * Ends a payload of a call that decides many: `cursor` is the next. @returns whether the call ends before it. Nothing is kept of
 * the slot from one payload to the next that another thread may write meanwhile.
 */
export function endsAt(slot: usize, cursor: u32): bool {
  store<u32>(slot, cursor, SLOT_CURSOR);
  return cursor > load<u32>(slot, SLOT_UNTIL) - 1; // 0 - 1 is beyond every cursor
}

/** Checks one payload and runs the image's program over it. @param payload 0: its values are in the registers already */
function evaluatePayload(slot: usize, image: usize, payload: usize, bytes: u32, output: usize): Status {
  if (payload !== 0 && !loadPayload(image, payload, bytes)) return Status.INVALID_PAYLOAD;
  const nowRegister = load<u32>(image, IMAGE_NOW_REGISTER);
  if (nowRegister !== NO_REGISTER) {
    store<u64>(scratchRegisters() + (nowRegister << 3), load<u64>(slot, SLOT_NOW));
    store<u8>(scratchNulls() + nowRegister, 0);
  }
  const lists = load<u32>(slot, SLOT_LISTS) as usize;
  const parameters = load<u32>(slot, SLOT_PARAMETERS) as usize;
  if (!listsAreBound(image, lists) || !parametersAreBound(image, parameters)) return Status.LIST_MISSING;
  return runProgram(image, lists, parameters, output);
}

/** Decides the slot's payload number `index` into `output`. @returns bytes | status << ENTRY_STATUS_SHIFT, as entries have it */
export function decidePayload(slot: usize, image: usize, index: u32, payload: usize, bytes: u32, output: usize): u32 {
  const idHigh = load<u64>(slot, SLOT_ID_HIGH);
  let idLow = load<u64>(slot, SLOT_ID_LOW);
  if ((idHigh | idLow) !== 0) idLow += index as u64;
  const now = load<i64>(slot, SLOT_NOW);
  const lists = load<u32>(slot, SLOT_LISTS) as usize;
  const parameters = load<u32>(slot, SLOT_PARAMETERS) as usize;
  const status = evaluatePayload(slot, image, payload, bytes, output + load<u32>(image, IMAGE_TEMPLATE_BYTES));
  const written =
    status === Status.OK
      ? writeDecision(image, output, idHigh, idLow, now, lists)
      : writeFailure(image, output, idHigh, idLow, now, lists, status) | (status << ENTRY_STATUS_SHIFT);
  if (parameters !== 0) writeParameterVersions(image, parameters, output);
  return written;
}

/**
 * Decides the payloads listed in the slot's entries, from SLOT_CURSOR to SLOT_COUNT, and writes the decisions back to back.
 * A payload that cannot be decided gets a decision with its status; the others do not suffer.
 *
 * @returns OK, with the cursor before the count where SLOT_UNTIL has ended it: the next call goes on there; OUTPUT_FULL where the
 * next decision might not fit (the cursor stands at its payload); WRONG_IMAGE
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
  while (cursor < count) {
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
    if (endsAt(slot, ++cursor)) break;
  }
  store<u32>(slot, used, SLOT_OUTPUT_USED);
  return finish(slot, status);
}

/**
 * Decides a RequestBatch (schemas/batch.fbs) at SLOT_INPUT and writes the AnswerBatch to the output. SLOT_COUNT tells how many
 * entries there is room for at SLOT_ENTRIES (0: none are written), and then how many payloads the frame has. A cursor that is not 0
 * goes on with a frame that SLOT_UNTIL has ended.
 *
 * @returns OK, as `decide`; INVALID_FRAME where it is malformed or names another model, OUTPUT_FULL where the worst case does not
 * fit (see answerBatchBytes), WRONG_IMAGE: SLOT_COUNT and SLOT_OUTPUT_USED are then 0
 */
export function decideFrame(slot: usize): Status {
  const image = load<u32>(slot, SLOT_IMAGE) as usize;
  for (let index = load<u32>(slot, SLOT_CURSOR), open = beginAnswers(slot); open !== 0; index++) {
    const payload = (open >> 32) as usize;
    const decision = open as u32 as usize;
    const packed = decidePayload(slot, image, index, payload, load<u32>(payload - 4), decision);
    open = nextAnswer(slot, index, decision, packed);
  }
  return load<u32>(slot, SLOT_STATUS) as Status;
}

// The parts of decideFrame: generated code calls them, and decides the payloads itself.

/**
 * Checks the frame of a slot and writes the head of its answer, unless that has been done: its cursor is then not 0. Where there is
 * no room for all of its entries, SLOT_ENTRIES becomes 0.
 *
 * @returns the first payload to decide as nextAnswer does; 0 where there is none: SLOT_STATUS says why
 */
export function beginAnswers(slot: usize): u64 {
  if (load<u32>(slot, SLOT_CURSOR) === 0 && !openFrame(slot)) return 0;
  return openAnswer(
    slot,
    load<u32>(slot, SLOT_CURSOR),
    (load<u32>(slot, SLOT_OUTPUT) + load<u32>(slot, SLOT_OUTPUT_USED)) as usize,
  );
}

/**
 * Ends the answer to payload `index` with its decision, counts it, fills its entry, and begins the next one, unless the call ends
 * before that: then SLOT_STATUS is OK, and SLOT_OUTPUT_USED is where the next answer begins.
 *
 * @returns where the next decision has to be written | address of its payload << 32, whose length is in the 4 bytes before it; 0
 * where the call ends
 */
export function nextAnswer(slot: usize, index: u32, decision: usize, packed: u32): u64 {
  const bytes = packed & ((1 << ENTRY_STATUS_SHIFT) - 1);
  store<u32>(decision - 4, bytes);
  const outcome = slot + ((load<u8>(decision, DECISION_OUTCOME) as usize) << 2);
  store<u32>(outcome, load<u32>(outcome, SLOT_OUTCOMES) + 1, SLOT_OUTCOMES);
  if (packed >> ENTRY_STATUS_SHIFT !== Status.OK) store<u32>(slot, load<u32>(slot, SLOT_FAILURES) + 1, SLOT_FAILURES);
  const entries = load<u32>(slot, SLOT_ENTRIES) as usize;
  if (entries !== 0) {
    const entry = entries + index * ENTRY_BYTES;
    const payload = framePayload(slot, index);
    store<u32>(entry, payload as u32, ENTRY_PAYLOAD);
    store<u32>(entry, load<u32>(payload - 4), ENTRY_PAYLOAD_BYTES);
    store<u32>(entry, decision as u32, ENTRY_DECISION);
    store<u32>(entry, packed, ENTRY_DECISION_BYTES);
  }
  const answer = decision + bytes;
  if (!endsAt(slot, index + 1)) return openAnswer(slot, index + 1, answer);
  closeFrame(slot, answer);
  return 0;
}

/** Begins the answer to payload `index` at `answer`. @returns as nextAnswer; 0, and the call ends, where there is no such payload */
function openAnswer(slot: usize, index: u32, answer: usize): u64 {
  if (index >= load<u32>(slot, SLOT_COUNT)) {
    closeFrame(slot, answer);
    return 0;
  }
  const request = frameRequest(load<u32>(slot, SLOT_REQUESTS) as usize, index);
  const decision = writeAnswer(load<u32>(slot, SLOT_OUTPUT) as usize, answer, index, requestId(request));
  return (decision as u64) | (((requestPayload(request) + 4) as u64) << 32);
}

/** False where the frame is refused: SLOT_STATUS says why. Otherwise SLOT_OUTPUT_USED is where the first answer begins. */
function openFrame(slot: usize): bool {
  const image = load<u32>(slot, SLOT_IMAGE) as usize;
  const entriesMax = load<u32>(slot, SLOT_COUNT);
  store<u32>(slot, 0, SLOT_COUNT);
  store<u32>(slot, 0, SLOT_OUTPUT_USED);
  store<u64>(slot, 0, SLOT_OUTCOMES);
  store<u64>(slot, 0, SLOT_OUTCOMES + 8);
  store<u32>(slot, 0, SLOT_FAILURES);
  const frame = load<u32>(slot, SLOT_INPUT) as usize;
  let status = Status.OK;
  let count: u32 = 0;
  if (load<u32>(image, IMAGE_KIND) !== ImageKind.DECISION) {
    status = Status.WRONG_IMAGE;
  } else {
    count = frameCount(image, frame, load<u32>(slot, SLOT_INPUT_BYTES));
    if (count === FRAME_INVALID) status = Status.INVALID_FRAME;
    else if (answerBatchBytes(image, count) > (load<u32>(slot, SLOT_OUTPUT_BYTES) as u64)) status = Status.OUTPUT_FULL;
  }
  if (status !== Status.OK) {
    finish(slot, status);
    return false;
  }
  const output = load<u32>(slot, SLOT_OUTPUT) as usize;
  beginAnswerBatch(output, frameId(frame), count);
  if (entriesMax < count) store<u32>(slot, 0, SLOT_ENTRIES);
  store<u32>(slot, count, SLOT_COUNT);
  store<u32>(slot, frameRequests(frame) as u32, SLOT_REQUESTS);
  store<u32>(slot, (firstAnswer(output, count) - output) as u32, SLOT_OUTPUT_USED);
  return true;
}

/** Address of payload `index` of a slot's open frame. Its length is in the 4 bytes before it. */
function framePayload(slot: usize, index: u32): usize {
  return requestPayload(frameRequest(load<u32>(slot, SLOT_REQUESTS) as usize, index)) + 4;
}

/** Ends a call on a frame: the next answer would begin at `answer`. */
function closeFrame(slot: usize, answer: usize): void {
  store<u32>(slot, (answer - (load<u32>(slot, SLOT_OUTPUT) as usize)) as u32, SLOT_OUTPUT_USED);
  finish(slot, Status.OK);
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
