// One value of JSON that is no object and no list, into a field of a table or an element of a list.

import { integerFits } from '../flatbuffers/value';
import { FIELD_MAX, FIELD_MIN } from '../shared/image';
import { JsonFault, NAME_VALUE, PLAN_FIELD_AUX, PLAN_FIELD_DESCRIPTOR, PLAN_FIELD_KIND, PLAN_FIELD_SCALE } from '../shared/json';
import { FieldKind } from '../shared/value-type';
import { decimalOfText } from './decimal';
import { findName } from './names';
import { takeNumber } from './number-field';
import {
  fault,
  hasRoom,
  STATE_END,
  STATE_IMAGE,
  STATE_LENGTH,
  STATE_OUT,
  STATE_PLAN,
  STATE_VALUE,
  typeFault,
  WORD_ALSE,
  WORD_TRUE,
} from './state';
import { copyText, takeText } from './text';
import { dateOfText, timestampOfText } from './time';

/** What is written behind a text may take so many bytes beside those the text has in JSON. */
const TEXT_EXTRA_BYTES: usize = 48;

/**
 * Reads the value whose first byte is at `at` (null apart), for a field of any kind but OBJECT and LIST, and writes it to `target`.
 *
 * @param field entry of the plan
 */
export function takeScalar(state: usize, field: usize, at: usize, target: usize): usize {
  const kind = load<u8>(field, PLAN_FIELD_KIND) as u32;
  const descriptor = (load<u32>(state, STATE_IMAGE) as usize) + load<u32>(field, PLAN_FIELD_DESCRIPTOR);
  switch (kind) {
    case FieldKind.DOUBLE:
    case FieldKind.INT:
    case FieldKind.LONG:
      return takeNumber(state, field, kind, descriptor, at, target);
    case FieldKind.TEXT: {
      if ((load<u8>(at) as u32) !== 34) return typeFault(state, at);
      return takeTextField(state, descriptor, at + 1, target);
    }
    case FieldKind.BOOL:
      if (load<u32>(at) === WORD_TRUE) {
        store<u8>(target, 1);
        return at + 4;
      }
      if (load<u32>(at, 1) !== WORD_ALSE || (load<u8>(at) as u32) !== 102) return typeFault(state, at);
      store<u8>(target, 0);
      return at + 5;
    case FieldKind.DECIMAL:
      if ((load<u8>(at) as u32) !== 34) return takeNumber(state, field, kind, descriptor, at, target);
      break;
    default:
  }
  if ((load<u8>(at) as u32) !== 34) return typeFault(state, at);
  const text = at + 1;
  at = takeText(state, text);
  return at !== 0 && takeWord(state, field, kind, descriptor, text, target) ? at : 0;
}

/** A text of STATE_LENGTH bytes at `text` that stands for a number: of a decimal, a date, a timestamp, a member. */
function takeWord(state: usize, field: usize, kind: u32, descriptor: usize, text: usize, target: usize): bool {
  const length = load<u32>(state, STATE_LENGTH);
  if (kind === FieldKind.ENUM) {
    const plan = load<u32>(state, STATE_PLAN) as usize;
    const name = findName(plan, plan + load<u32>(field, PLAN_FIELD_AUX), text, length);
    if (name === 0) {
      fault(state, JsonFault.ENUM, text - 1);
      return false;
    }
    store<u16>(target, load<u16>(name, NAME_VALUE));
    return true;
  }
  let isRead = false;
  if (kind === FieldKind.DECIMAL) isRead = decimalOfText(state, load<u16>(field, PLAN_FIELD_SCALE) as u32, text, length);
  else if (kind === FieldKind.TIMESTAMP) isRead = timestampOfText(state, text, length);
  else isRead = dateOfText(state, text, length);
  if (!isRead) return false;
  const value = load<i64>(state, STATE_VALUE);
  if (!integerFits(descriptor, value)) {
    fault(state, JsonFault.RANGE, text - 1);
    return false;
  }
  if (kind === FieldKind.DATE) store<i32>(target, value as i32);
  else store<i64>(target, value);
  return true;
}

/** A text whose first character is at `at`, behind the payload; its place goes to `target`. */
function takeTextField(state: usize, descriptor: usize, at: usize, target: usize): usize {
  const out = load<u32>(state, STATE_OUT) as usize;
  const left = (load<u32>(state, STATE_END) as usize) - at;
  if (!hasRoom(state, out, left + TEXT_EXTRA_BYTES)) return fault(state, JsonFault.ROOM, at);
  const place = (out + 3) & ~3;
  store<u32>(out, 0);
  store<u32>(target, (place - target) as u32);
  return copyText(state, at, place, load<u32>(descriptor, FIELD_MIN), load<u32>(descriptor, FIELD_MAX));
}
