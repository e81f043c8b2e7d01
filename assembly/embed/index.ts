// The ABI of an exported module (schemas/verdict.h has it for C callers): plain numbers in and out, no import, no callback. One
// call decides one payload; what it says is read from the module's memory, until the next call.
//
//   p = verdict_input(bytes)      room for a payload, or 0
//   ... the caller writes it ...
//   verdict_decide(bytes, now)    a status
//   verdict_output()              where the decision lies, a FlatBuffers table

import { decide } from '../evaluate';
import { decideJson } from '../json/decide-json';
import { verifyList } from '../lists/verify';
import { zero16 } from '../memory/block';
import {
  EMBED_ABI,
  EMBED_ALIGN,
  EMBED_BASE,
  EMBED_IMAGE,
  EMBED_INPUT,
  EMBED_INPUT_BYTES,
  EMBED_INPUT_PADDING,
  EMBED_POINTER,
  EMBED_POINTER_BYTES,
  EMBED_ROOM_OFTEN,
  EMBED_ROOM_ONCE,
  EMBED_SLOT,
} from '../shared/embed';
import {
  DECISION_OUTCOME,
  DECISION_REASONS,
  DECISION_SCORE,
  DECISION_STATUS,
  IMAGE_LIST_COUNT,
  IMAGE_LISTS,
  IMAGE_PARAMETER_COUNT,
  LIST_BYTES,
  LIST_TYPE,
} from '../shared/image';
import { AREA_SPARE_BYTES, JsonFault, OBJECT_CHARS_MIN, PAYLOAD_PER_TEXT } from '../shared/json';
import {
  BINDING_ADDRESS,
  BINDING_BYTES,
  BINDING_VERSION,
  ENTRY_DECISION_BYTES,
  ENTRY_PAYLOAD,
  ENTRY_PAYLOAD_BYTES,
  ENTRY_STATUS_SHIFT,
  SLOT_COUNT,
  SLOT_CURSOR,
  SLOT_ENTRIES,
  SLOT_ID_HIGH,
  SLOT_ID_LOW,
  SLOT_INPUT,
  SLOT_INPUT_BYTES,
  SLOT_LISTS,
  SLOT_NOW,
  SLOT_OUTPUT,
  SLOT_OUTPUT_USED,
  SLOT_PARAMETERS,
} from '../shared/layout';
import { PAYLOAD_BYTES_MAX } from '../shared/limits';
import { MEMBERS_TYPE, MEMBERS_VERSION } from '../shared/list';
import { ListError, Status } from '../shared/status';
import { SAID_AT, SAID_BYTES, SAID_FAULT, SAID_POINTER, sayFault } from './fault';
import { bindParameters } from './parameters';

/** Bytes of a list that may be bound at run time. */
const LIST_REGION_BYTES_MAX: u32 = 1 << 30;

function slot(): usize {
  return load<u32>(EMBED_BASE, EMBED_SLOT) as usize;
}

function image(): usize {
  return load<u32>(EMBED_BASE, EMBED_IMAGE) as usize;
}

function decision(): usize {
  return load<u32>(slot(), SLOT_OUTPUT) as usize;
}

/** Makes sure that `bytes` more lie in the memory from the first free address on. @returns that address, or 0 */
function room(bytes: u32): u32 {
  const at = load<u32>(EMBED_BASE, EMBED_INPUT);
  const end = (at as u64) + (bytes as u64) + (EMBED_INPUT_PADDING as u64);
  const have = (memory.size() as u64) << 16;
  if (end > have && memory.grow(((end - have + 0xffff) >> 16) as i32) < 0) return 0;
  return at;
}

/** Number of this ABI. */
export function verdict_abi(): u32 {
  return EMBED_ABI;
}

/** Room for a payload of `bytes`. @returns its address until the next call of this function or of verdict_list; 0: too large */
export function verdict_input(bytes: u32): u32 {
  if (bytes > (PAYLOAD_BYTES_MAX as u32)) return 0;
  const at = room(bytes);
  if (at === 0) return 0;
  store<u64>(at + bytes, 0);
  store<u64>(at + bytes, 0, 8);
  store<u32>(EMBED_BASE, bytes, EMBED_INPUT_BYTES);
  return at;
}

/** Decides the FlatBuffers payload of `bytes` at the input. @param now microseconds UTC. @returns a Status */
export function verdict_decide(bytes: u32, now: i64): u32 {
  forgetFault();
  if (bytes > load<u32>(EMBED_BASE, EMBED_INPUT_BYTES)) return Status.INVALID_PAYLOAD;
  const status = decideEntry(slot(), load<u32>(EMBED_BASE, EMBED_INPUT), bytes, now, false);
  forgetFault();
  return status;
}

/** Nothing is wrong with a text now. The entry that says what is has the payload while it is decided. */
function forgetFault(): void {
  const entry = load<u32>(slot(), SLOT_ENTRIES) as usize;
  store<u32>(entry, 0, ENTRY_PAYLOAD);
  store<u32>(entry, JsonFault.NONE, ENTRY_PAYLOAD_BYTES);
  store<u32>(EMBED_BASE, 0, EMBED_POINTER);
}

/** Decides the slot's one entry. @returns the status of its decision */
function decideEntry(at: usize, payload: u32, bytes: u32, now: i64, isJson: bool): u32 {
  const entry = load<u32>(at, SLOT_ENTRIES) as usize;
  store<u32>(at, 1, SLOT_COUNT);
  store<u32>(at, 0, SLOT_CURSOR);
  store<i64>(at, now, SLOT_NOW);
  store<u32>(entry, payload, ENTRY_PAYLOAD);
  store<u32>(entry, bytes, ENTRY_PAYLOAD_BYTES);
  const status = isJson ? decideJson(at) : decide(at);
  return status !== Status.OK ? (status as u32) : load<u32>(entry, ENTRY_DECISION_BYTES) >> ENTRY_STATUS_SHIFT;
}

/**
 * Decides the payload that is the JSON text of `bytes` at the input, UTF-8. Where the answer is INVALID_PAYLOAD, verdict_fault,
 * verdict_fault_at and verdict_fault_pointer tell why and where.
 *
 * @param now microseconds UTC
 * @returns a Status; OUTPUT_FULL where the memory has no room for the payload
 */
export function verdict_decide_json(bytes: u32, now: i64): u32 {
  forgetFault();
  if (bytes > load<u32>(EMBED_BASE, EMBED_INPUT_BYTES)) return Status.INVALID_PAYLOAD;
  const text = load<u32>(EMBED_BASE, EMBED_INPUT);
  // The engine overwrites what it reads, and the text may have to be read again.
  const copy = (text + bytes + EMBED_INPUT_PADDING + 7) & ~7;
  const area = (copy + bytes + EMBED_INPUT_PADDING + 7) & ~7;
  const areaBytes = areaBytesOf(bytes);
  if (room(area - text + areaBytes) === 0) return Status.OUTPUT_FULL;
  const at = slot();
  memory.copy(copy, text, bytes);
  store<u32>(at, area, SLOT_INPUT);
  store<u32>(at, areaBytes, SLOT_INPUT_BYTES);
  const status = decideEntry(at, copy, bytes, now, true);
  const entry = load<u32>(at, SLOT_ENTRIES) as usize;
  const fault = load<u32>(entry, ENTRY_PAYLOAD_BYTES);
  if (status !== (Status.INVALID_PAYLOAD as u32) || fault === JsonFault.NONE) return status;
  zero16(text + bytes);
  sayFault(image(), text, bytes, fault, load<u32>(entry, ENTRY_PAYLOAD), area);
  store<u32>(entry, load<u32>(area, SAID_FAULT), ENTRY_PAYLOAD_BYTES);
  store<u32>(entry, load<u32>(area, SAID_AT), ENTRY_PAYLOAD);
  store<u32>(EMBED_BASE, area + (SAID_POINTER as u32), EMBED_POINTER);
  store<u32>(EMBED_BASE, load<u32>(area, SAID_BYTES), EMBED_POINTER_BYTES);
  return status;
}

/** Bytes of the area for the payload of a text, a multiple of 8: enough but for lists of empty objects. */
function areaBytesOf(textBytes: u32): u32 {
  const objects = ((textBytes + OBJECT_CHARS_MIN - 1) / OBJECT_CHARS_MIN) as u64;
  const inLists = objects * (load<u32>(EMBED_BASE, EMBED_ROOM_OFTEN) as u64);
  const needed = (load<u32>(EMBED_BASE, EMBED_ROOM_ONCE) as u64) + ((PAYLOAD_PER_TEXT * textBytes) as u64) + inLists;
  return ((min(needed, (PAYLOAD_BYTES_MAX + 2 * textBytes) as u64) as u32) + 4 * AREA_SPARE_BYTES) & ~7;
}

/** Why the last text was not taken: a JsonFault, 0 where it was. */
export function verdict_fault(): u32 {
  return load<u32>(load<u32>(slot(), SLOT_ENTRIES) as usize, ENTRY_PAYLOAD_BYTES);
}

/** How many bytes into the last text the value begins that verdict_fault_pointer names, or what is no JSON. */
export function verdict_fault_at(): u32 {
  return load<u32>(load<u32>(slot(), SLOT_ENTRIES) as usize, ENTRY_PAYLOAD);
}

/**
 * Address of the JSON Pointer of what is wrong with the last text: UTF-8, ends with a byte 0; 0 where nothing is. It stays until
 * the next call of verdict_input.
 */
export function verdict_fault_pointer(): u32 {
  return load<u32>(EMBED_BASE, EMBED_POINTER);
}

/** Its bytes: a key may hold a byte 0. */
export function verdict_fault_pointer_bytes(): u32 {
  return verdict_fault_pointer() === 0 ? 0 : load<u32>(EMBED_BASE, EMBED_POINTER_BYTES);
}

/** Gives the decisions that follow an id, as the two numbers of a DecisionId; 0 and 0: none. */
export function verdict_decision_id(high: u64, low: u64): void {
  store<u64>(slot(), high, SLOT_ID_HIGH);
  store<u64>(slot(), low, SLOT_ID_LOW);
}

/** Where the last decision lies: a FlatBuffers buffer of schemas/decision.fbs. */
export function verdict_output(): u32 {
  return decision() as u32;
}

/** Bytes of the last decision. */
export function verdict_output_bytes(): u32 {
  return load<u32>(slot(), SLOT_OUTPUT_USED);
}

/** Status of the last decision; OK = 0. */
export function verdict_status(): u32 {
  return load<u8>(decision(), DECISION_STATUS);
}

/** Outcome of the last decision: 0 none, 1 approve, 2 review, 3 decline. */
export function verdict_outcome(): u32 {
  return load<u8>(decision(), DECISION_OUTCOME);
}

/** Score of the last decision. */
export function verdict_score(): f64 {
  return load<f64>(decision(), DECISION_SCORE);
}

function reasons(): usize {
  const at = decision() + DECISION_REASONS;
  return at + load<u32>(at);
}

/** Reasons of the last decision. */
export function verdict_reason_count(): u32 {
  return load<u32>(reasons());
}

/** Address of the FlatBuffers field `slot` of reason `index`; 0 where either is not there. */
function reasonField(index: u32, slot: u32): usize {
  const list = reasons();
  if (index >= load<u32>(list)) return 0;
  const entry = list + 4 + (index << 2);
  const table = entry + load<u32>(entry);
  const vtable = table - load<i32>(table);
  const offset = load<u16>(vtable + 4 + (slot << 1)) as usize;
  return offset === 0 ? 0 : table + offset;
}

function reasonText(index: u32, slot: u32): u32 {
  const at = reasonField(index, slot);
  return at === 0 ? 0 : ((at + load<u32>(at) + 4) as u32);
}

/** Code of reason `index`: UTF-8, ends with a byte 0; 0 where there is no such reason. */
export function verdict_reason_code(index: u32): u32 {
  return reasonText(index, 0);
}

/** Rule of reason `index`, as its code. */
export function verdict_reason_rule(index: u32): u32 {
  return reasonText(index, 1);
}

/** Score of reason `index`; 0 where there is no such reason. */
export function verdict_reason_score(index: u32): f64 {
  const at = reasonField(index, 2);
  return at === 0 ? 0 : load<f64>(at);
}

/** Parameters that the rules read. */
export function verdict_parameter_count(): u32 {
  return load<u32>(image(), IMAGE_PARAMETER_COUNT);
}

/**
 * Binds the parameters to the values of the block of `bytes` at the input (`verdict parameter build`), in place of those that it
 * had. Where it returns anything but 0, those it had stay. The block is overwritten.
 *
 * @returns 0; 1 where no rule reads a parameter, 2 where the block is damaged, 3 where it is of another image, 4 where a value is
 * outside its bounds
 */
export function verdict_parameters(bytes: u32): u32 {
  if (bytes > load<u32>(EMBED_BASE, EMBED_INPUT_BYTES)) return 2;
  return bindParameters(image(), load<u32>(slot(), SLOT_PARAMETERS) as usize, load<u32>(EMBED_BASE, EMBED_INPUT) as usize, bytes);
}

/** Lists that the image asks. */
export function verdict_list_count(): u32 {
  return load<u32>(image(), IMAGE_LIST_COUNT);
}

/** Room for a list region of `bytes`, a multiple of 8, which stays. Ends the input's. @returns its address; 0: no room */
export function verdict_list(bytes: u32): u32 {
  if (bytes > LIST_REGION_BYTES_MAX || (bytes & 7) !== 0) return 0;
  const at = room(bytes);
  if (at === 0) return 0;
  store<u32>(EMBED_BASE, (at + bytes + EMBED_ALIGN - 1) & ~(EMBED_ALIGN - 1), EMBED_INPUT);
  store<u32>(EMBED_BASE, 0, EMBED_INPUT_BYTES);
  return at;
}

/**
 * Binds list `index` of the image, in the order of their names, to the region of `bytes` at an address of verdict_list.
 *
 * @returns 0; 1 where the image has no such list, 2 where the region is damaged, 3 where its members have another type
 */
export function verdict_list_bind(index: u32, address: u32, bytes: u32): u32 {
  if (index >= verdict_list_count()) return 1;
  const end = (address as u64) + (bytes as u64);
  if (end > (load<u32>(EMBED_BASE, EMBED_INPUT) as u64) || address < (image() as u32)) return 2;
  if (verifyList(address as usize, bytes) !== ListError.NONE) return 2;
  const descriptor = image() + load<u32>(image(), IMAGE_LISTS) + index * LIST_BYTES;
  if (load<u32>(address, MEMBERS_TYPE) !== load<u32>(descriptor, LIST_TYPE)) return 3;
  const binding = (load<u32>(slot(), SLOT_LISTS) as usize) + index * BINDING_BYTES;
  store<u32>(binding, address, BINDING_ADDRESS);
  store<u64>(binding, load<u64>(address, MEMBERS_VERSION), BINDING_VERSION);
  store<u64>(binding, load<u64>(address, MEMBERS_VERSION + 8), BINDING_VERSION + 8);
  return 0;
}
