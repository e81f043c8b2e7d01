// Verifies the plan of a model for JSON. It has to be about this image's tables and fields, and everything in it has to stay inside
// it: then the transcoder reads nothing else and writes only into its area. What it writes the payload verifier judges, as all
// payloads, so a plan that is wrong in what it says of names or places does no harm.

import { valueWidth } from '../flatbuffers/value';
import {
  FIELD_AUX,
  FIELD_AUX2,
  FIELD_BYTES,
  FIELD_FLAGS,
  FIELD_KIND,
  IMAGE_FIELD_COUNT,
  IMAGE_FIELDS,
  IMAGE_TABLE_COUNT,
  IMAGE_TABLES,
  TABLE_BYTES,
  TABLE_FIELD_COUNT,
  TABLE_FIRST_FIELD,
} from '../shared/image';
import {
  NAME_BYTES,
  NAME_NEXT,
  NAME_TEXT,
  NAME_TEXT_BYTES,
  NAME_VALUE,
  NAMES_BYTES,
  NAMES_COUNT,
  NAMES_ENTRIES,
  NAMES_SHIFT,
  NAMES_SHIFT_MIN,
  NAMES_SLOTS,
  PLAN_FIELD_AUX,
  PLAN_FIELD_BYTES,
  PLAN_FIELD_COUNT,
  PLAN_FIELD_DESCRIPTOR,
  PLAN_FIELD_ELEMENT,
  PLAN_FIELD_ENTRY,
  PLAN_FIELD_KEY,
  PLAN_FIELD_KEY_BYTES,
  PLAN_FIELD_KIND,
  PLAN_FIELD_REQUIRED,
  PLAN_FIELD_SCALE,
  PLAN_FIELD_VALUE,
  PLAN_FIELDS,
  PLAN_FORMAT,
  PLAN_FORMAT_VALUE,
  PLAN_HEADER_BYTES,
  PLAN_POWERS,
  PLAN_TABLE_AT,
  PLAN_TABLE_BLOCK,
  PLAN_TABLE_BLOCK_BYTES,
  PLAN_TABLE_BYTES,
  PLAN_TABLE_COUNT,
  PLAN_TABLE_FIELDS,
  PLAN_TABLE_FIRST,
  PLAN_TABLE_NAMES,
  PLAN_TABLES,
  PLAN_WIDE_POWERS,
  POWER_MAX,
  WIDE_POWER_BYTES,
  WIDE_POWER_MAX,
  WIDE_POWER_MIN,
} from '../shared/json';
import { FIELD_REQUIRED, FieldKind } from '../shared/value-type';

const SCALE_MAX: u32 = 18;
/** What is read in steps of 16 bytes may be read 16 bytes further. */
const SPARE_BYTES: u64 = 16;

/** Whether `count` elements of `width` bytes at `offset` lie inside the plan, with the spare bytes behind them. */
function isInside(bytes: u32, offset: u32, count: u32, width: u32): bool {
  return (offset as u64) + (count as u64) * (width as u64) + SPARE_BYTES <= (bytes as u64);
}

/** Whether the blob is a plan of the image, whose tables and fields have been verified. */
export function verifyPlan(image: usize, plan: usize, bytes: u32): bool {
  if (bytes < (PLAN_HEADER_BYTES as u32) || load<u32>(plan, PLAN_FORMAT) !== PLAN_FORMAT_VALUE) return false;
  const tableCount = load<u32>(image, IMAGE_TABLE_COUNT);
  const fieldCount = load<u32>(image, IMAGE_FIELD_COUNT);
  if (load<u32>(plan, PLAN_TABLE_COUNT) !== tableCount || load<u32>(plan, PLAN_FIELD_COUNT) !== fieldCount) return false;
  if (!isInside(bytes, load<u32>(plan, PLAN_TABLES), tableCount, PLAN_TABLE_BYTES)) return false;
  if (!isInside(bytes, load<u32>(plan, PLAN_FIELDS), fieldCount, PLAN_FIELD_BYTES)) return false;
  if (!isInside(bytes, load<u32>(plan, PLAN_POWERS), POWER_MAX + 1, 8)) return false;
  if (!isInside(bytes, load<u32>(plan, PLAN_WIDE_POWERS), WIDE_POWER_MAX - WIDE_POWER_MIN + 1, WIDE_POWER_BYTES)) return false;
  for (let index: u32 = 0; index < tableCount; index++) if (!tableFits(image, plan, bytes, index)) return false;
  // The root is written always; which tables else are, the fields say.
  return load<u32>(plan + load<u32>(plan, PLAN_TABLES), PLAN_TABLE_BLOCK_BYTES) >= 8;
}

function tableFits(image: usize, plan: usize, bytes: u32, index: u32): bool {
  const own = image + load<u32>(image, IMAGE_TABLES) + index * TABLE_BYTES;
  const table = plan + load<u32>(plan, PLAN_TABLES) + index * PLAN_TABLE_BYTES;
  const first = load<u32>(own, TABLE_FIRST_FIELD);
  const count = load<u32>(own, TABLE_FIELD_COUNT);
  const blockBytes = load<u32>(table, PLAN_TABLE_BLOCK_BYTES);
  if (load<u32>(table, PLAN_TABLE_FIRST) !== first || load<u32>(table, PLAN_TABLE_FIELDS) !== count) return false;
  if (blockBytes > 65532 || (blockBytes & 3) !== 0 || !isInside(bytes, load<u32>(table, PLAN_TABLE_BLOCK), blockBytes, 1))
    return false;
  // Offsets of values in a table are 16 bits wide, and its first ones are never 0 or 1.
  if (blockBytes !== 0 && load<u32>(table, PLAN_TABLE_AT) > blockBytes - 4) return false;
  if (!namesFit(plan, bytes, load<u32>(table, PLAN_TABLE_NAMES), count)) return false;
  for (let field = first; field < first + count; field++) if (!fieldFits(image, plan, bytes, table, field)) return false;
  return true;
}

function fieldFits(image: usize, plan: usize, bytes: u32, table: usize, index: u32): bool {
  const descriptor = load<u32>(image, IMAGE_FIELDS) + index * FIELD_BYTES;
  const own = image + descriptor;
  const field = plan + load<u32>(plan, PLAN_FIELDS) + index * PLAN_FIELD_BYTES;
  const kind = load<u8>(own, FIELD_KIND) as u32;
  if ((load<u8>(field, PLAN_FIELD_KIND) as u32) !== kind || load<u32>(field, PLAN_FIELD_DESCRIPTOR) !== descriptor) return false;
  if ((load<u8>(field, PLAN_FIELD_REQUIRED) as u32) !== ((load<u8>(own, FIELD_FLAGS) as u32) & FIELD_REQUIRED)) return false;
  if ((load<u16>(field, PLAN_FIELD_SCALE) as u32) > SCALE_MAX) return false;
  if (kind === FieldKind.ENUM && !namesFit(plan, bytes, load<u32>(field, PLAN_FIELD_AUX), 65536)) return false;
  if (kind === FieldKind.OBJECT || kind === FieldKind.LIST) {
    const child = load<u32>(own, FIELD_AUX);
    if (load<u32>(field, PLAN_FIELD_AUX) !== child) return false;
    const element = load<u32>(own, FIELD_AUX2);
    if (kind === FieldKind.LIST && load<u32>(field, PLAN_FIELD_ELEMENT) !== element) return false;
    const isWritten = kind === FieldKind.OBJECT || element === FieldKind.OBJECT;
    const childTable = plan + load<u32>(plan, PLAN_TABLES) + child * PLAN_TABLE_BYTES;
    if (isWritten && load<u32>(childTable, PLAN_TABLE_BLOCK_BYTES) < 8) return false;
  }
  const blockBytes = load<u32>(table, PLAN_TABLE_BLOCK_BYTES);
  // The element of a list: it is found by no name.
  if (blockBytes === 0) return true;
  const entry = load<u16>(field, PLAN_FIELD_ENTRY) as u32;
  const value = load<u16>(field, PLAN_FIELD_VALUE) as u32;
  if (entry + 2 > blockBytes || value + valueWidth(kind) > blockBytes) return false;
  if (value < load<u32>(table, PLAN_TABLE_AT) + 4) return false;
  return keyFits(plan, bytes, load<u32>(field, PLAN_FIELD_KEY), load<u32>(field, PLAN_FIELD_KEY_BYTES));
}

/** A key is `"name":`, and no zero is in it, so that where it is found the text has not ended. */
function keyFits(plan: usize, bytes: u32, offset: u32, length: u32): bool {
  if (length < 3 || !isInside(bytes, offset, length, 1)) return false;
  const key = plan + offset;
  for (let at: u32 = 0; at < length; at++) if (load<u8>(key + at) === 0) return false;
  return true;
}

/** Names, their slots and their texts; each stands for a number below `values`, and every chain of names ends. */
function namesFit(plan: usize, bytes: u32, offset: u32, values: u32): bool {
  if (!isInside(bytes, offset, 1, NAMES_BYTES)) return false;
  const names = plan + offset;
  const count = load<u32>(names, NAMES_COUNT);
  const shift = load<u32>(names, NAMES_SHIFT);
  if (shift < (NAMES_SHIFT_MIN as u32) || shift > 63 || count > 65535) return false;
  const slots: u32 = (1 as u32) << (64 - shift);
  if (!isInside(bytes, load<u32>(names, NAMES_SLOTS), slots, 2)) return false;
  if (!isInside(bytes, load<u32>(names, NAMES_ENTRIES), count, NAME_BYTES)) return false;
  const slot = plan + load<u32>(names, NAMES_SLOTS);
  for (let index: u32 = 0; index < slots; index++) if ((load<u16>(slot + (index << 1)) as u32) > count) return false;
  const entries = plan + load<u32>(names, NAMES_ENTRIES);
  for (let index: u32 = 0; index < count; index++) {
    const entry = entries + index * NAME_BYTES;
    const next = load<u16>(entry, NAME_NEXT) as u32;
    if (next !== 0 && (next <= index + 1 || next > count)) return false;
    if ((load<u16>(entry, NAME_VALUE) as u32) >= values) return false;
    if (!isInside(bytes, load<u32>(entry, NAME_TEXT), load<u32>(entry, NAME_TEXT_BYTES), 1)) return false;
  }
  return true;
}
