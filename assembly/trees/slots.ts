// What nodes test: inputs, with what is missing turned into an infinity, and membership in sets.

import {
  ENSEMBLE_EAGER,
  ENSEMBLE_SLOT_BYTES,
  ENSEMBLE_SLOT_COUNT,
  ENSEMBLE_SLOT_INPUT,
  ENSEMBLE_SLOT_KIND,
  ENSEMBLE_SLOT_LEFT,
  ENSEMBLE_SLOT_MISSING,
  ENSEMBLE_SLOT_SET,
  SLOT_NEGATIVE_FRACTION,
  SlotKind,
  SlotMissing,
} from '../shared/ensemble';
import { setSection, slotSection, slotValues } from './layout';

/** What LightGBM takes for zero where zero is missing: up to 1e-35 as an f32. */
const ZERO_MAX: f64 = 1e-35 as f32 as f64;

/** Computes the slots that come before the trees. @param inputs an f64 each */
export function computeSlots<T>(blob: usize, inputs: usize): void {
  const sets = setSection(blob);
  let slot = slotSection(blob);
  let at = slotValues();
  const end = at + load<u32>(blob, ENSEMBLE_EAGER) * sizeof<T>();
  for (; at < end; at += sizeof<T>()) {
    store<T>(at, slotValue<T>(slot, sets, inputs));
    slot += ENSEMBLE_SLOT_BYTES;
  }
}

/** The value of one slot, never NaN. @param slot its descriptor */
export function slotValue<T>(slot: usize, sets: usize, inputs: usize): T {
  const kind = load<u8>(slot, ENSEMBLE_SLOT_KIND) as u32;
  if (kind === SlotKind.LEAF) return -Infinity as T;
  // A tree reads f32 where it was trained on them.
  let x = load<f64>(inputs + ((load<u32>(slot, ENSEMBLE_SLOT_INPUT) as usize) << 3)) as T as f64;
  const how = load<u8>(slot, ENSEMBLE_SLOT_MISSING) as u32;
  const missing = how & 15;
  if (missing === SlotMissing.NONE && x !== x) x = 0;
  if (x !== x || (missing === SlotMissing.ZERO && abs(x) <= ZERO_MAX)) {
    return (load<u8>(slot, ENSEMBLE_SLOT_LEFT) !== 0 ? -Infinity : Infinity) as T;
  }
  switch (kind) {
    case SlotKind.VALUE:
      return x as T;
    case SlotKind.LEFT:
      return -Infinity as T;
    case SlotKind.RIGHT:
      return Infinity as T;
    case SlotKind.POINTS:
      return (isPoint(slot, sets, x) ? -Infinity : Infinity) as T;
    default:
      return (isMember(slot, sets, kind, x, (how & SLOT_NEGATIVE_FRACTION) !== 0) ? -Infinity : Infinity) as T;
  }
}

/** @param isFractionZero what lies between -1 and 0 is the category 0 */
function isMember(slot: usize, sets: usize, kind: u32, x: f64, isFractionZero: bool): bool {
  if (!(isFractionZero ? x > -1 : x >= 0) || x >= 4294967296) return false;
  const category: u32 = x <= 0 ? 0 : (x as u32);
  const count = load<u32>(slot, ENSEMBLE_SLOT_COUNT);
  const set = sets + load<u32>(slot, ENSEMBLE_SLOT_SET);
  if (kind === SlotKind.BITS) {
    if (category >> 5 >= count) return false;
    return ((load<u32>(set + ((category >> 5) << 2)) >> (category & 31)) & 1) !== 0;
  }
  let first: u32 = 0;
  let end = count;
  while (first < end) {
    const middle = (first + end) >> 1;
    const member = load<u32>(set + (middle << 2));
    if (member === category) return true;
    if (member < category) first = middle + 1;
    else end = middle;
  }
  return false;
}

function isPoint(slot: usize, sets: usize, x: f64): bool {
  const set = sets + load<u32>(slot, ENSEMBLE_SLOT_SET);
  let first: u32 = 0;
  let end = load<u32>(slot, ENSEMBLE_SLOT_COUNT);
  while (first < end) {
    const middle = (first + end) >> 1;
    const point = load<f64>(set + (middle << 3));
    if (point === x) return true;
    if (point < x) first = middle + 1;
    else end = middle;
  }
  return false;
}
