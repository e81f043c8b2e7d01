// What loops are over: elements of lists and their fields, pieces of texts; and members of lists. All of it has been checked, by
// the payload verifier and the image verifier; only a cursor may stand outside.

import { readValue, valueWidth } from '../flatbuffers/value';
import { afterPiece, nextPiece } from '../functions/text';
import { listHas } from '../lists/list';
import { FIELD_DEFAULT, FIELD_FLAGS, FIELD_KIND, FIELD_SLOT, IMAGE_LISTS, LIST_BYTES, LIST_TYPE } from '../shared/image';
import { BINDING_ADDRESS, BINDING_BYTES } from '../shared/layout';
import { FIELD_HAS_DEFAULT, FieldKind } from '../shared/value-type';

/** Element number `index` of a list as register bits; zeros where there is none. */
export function elementOf(kind: u32, list: u64, index: u64): u64 {
  if (index >= list >> 32) return 0;
  return readValue(kind, (list as usize) + (index as usize) * valueWidth(kind));
}

/** Address of a field's value in an object, which has been checked; 0 where it is absent. */
function fieldAt(object: usize, field: usize): usize {
  if (object === 0) return 0;
  const vtable = object - load<i32>(object);
  const entry: u32 = 4 + ((load<u16>(field, FIELD_SLOT) as u32) << 1);
  if (entry >= (load<u16>(vtable) as u32)) return 0;
  const offset = load<u16>(vtable + entry) as usize;
  return offset === 0 ? 0 : object + offset;
}

/** A field of an object as register bits: its default where it is absent, else zeros; of no object zeros. */
export function fieldOf(constants: usize, object: usize, field: usize): u64 {
  const kind = load<u8>(field, FIELD_KIND) as u32;
  const at = fieldAt(object, field);
  if (at !== 0) return readValue(kind, at);
  if (object === 0 || (load<u8>(field, FIELD_FLAGS) & FIELD_HAS_DEFAULT) === 0) return 0;
  const bits = load<u64>(field, FIELD_DEFAULT);
  return kind === FieldKind.TEXT ? bits + (constants as u64) : bits;
}

/** Whether a field of an object is null: absent and without a default, or a field of no object. */
export function fieldIsNull(object: usize, field: usize): bool {
  if (object === 0) return true;
  return fieldAt(object, field) === 0 && (load<u8>(field, FIELD_FLAGS) & FIELD_HAS_DEFAULT) === 0;
}

/** Whether the register at `value` is a member of list number `index` of the image. */
export function isMember(image: usize, lists: usize, index: usize, value: usize): bool {
  const type = load<u32>(image + load<u32>(image, IMAGE_LISTS) + index * LIST_BYTES, LIST_TYPE);
  return listHas(load<u32>(lists + index * BINDING_BYTES, BINDING_ADDRESS) as usize, type, load<u64>(value));
}

/**
 * Moves a cursor to the next piece. Pieces begin further and further on, whatever the text, so that they come to an end.
 *
 * @returns whether there is one
 */
export function moveToPiece(cursor: usize, text: u64, separator: u64): bool {
  const next = afterPiece(text, separator, load<u32>(cursor, 4));
  if (next > ((text >> 32) as u32) || next <= load<u32>(cursor)) return false;
  store<u64>(cursor, nextPiece(text, separator, next));
  return true;
}
