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

/** The first two bytes of a slot: SlotKind.VALUE, SlotMissing.NAN. */
const PLAIN: u32 = 1;
const PLAIN_MASK: u32 = 0xffff;

/** Computes the slots that come before the trees. @param inputs an f64 each */
export function computeSlots<T>(blob: usize, inputs: usize): void {
  const sets = setSection(blob);
  let slot = slotSection(blob);
  let at = slotValues();
  const end = at + load<u32>(blob, ENSEMBLE_EAGER) * sizeof<T>();
  for (; at < end; at += sizeof<T>()) {
    const how = load<u32>(slot);
    if ((how & PLAIN_MASK) === PLAIN)
      storePlain<T>(at, load<f64>(inputs + ((load<u32>(slot, ENSEMBLE_SLOT_INPUT) as usize) << 3)) as T, how);
    else store<T>(at, slotValue<T>(slot, sets, inputs));
    slot += ENSEMBLE_SLOT_BYTES;
  }
}

/**
 * The slot that nearly all are: an input where only NaN is missing. Selected as integers, for which there is an instruction; on
 * floats it would be a branch that nobody can guess. 60 slots take 60 ns in place of 350.
 */
function storePlain<T>(at: usize, x: T, how: u32): void {
  const isLeft = how >> 16 !== 0;
  if (sizeof<T>() === 4) {
    store<u32>(at, select<u32>(reinterpret<u32>(x as f32), isLeft ? 0xff800000 : 0x7f800000, x === x));
  } else {
    store<u64>(at, select<u64>(reinterpret<u64>(x as f64), isLeft ? 0xfff0000000000000 : 0x7ff0000000000000, x === x));
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
