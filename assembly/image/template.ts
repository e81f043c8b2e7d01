// Verifies the decision template of an image: it has to be the Decision that shared/image.ts draws, so that what the engine
// patches is where readers look, and every offset in it leads inside it. Its parts lie one behind the other as
// src/image/template.ts lays them out, so that no patch can change another part.

import {
  DECISION_ID_HIGH,
  DECISION_IMAGE,
  DECISION_NOW,
  DECISION_OUTCOME,
  DECISION_REASONS,
  DECISION_SCORE,
  DECISION_STATUS,
  DECISION_TEMPLATE_BYTES_MIN,
  IMAGE_LIST_COUNT,
  IMAGE_LISTS,
  IMAGE_NOW_REGISTER,
  IMAGE_TEMPLATE,
  IMAGE_TEMPLATE_BYTES,
  LIST_BYTES,
  LIST_TYPE,
  LIST_VERSION_AT,
  NO_REGISTER,
} from '../shared/image';
import { ImageError } from '../shared/status';
import { RegisterType } from '../shared/value-type';

const ROOT = 32;
const VTABLE = 8;
const BUNDLE = 76;
const VERSION = 80;
const INPUTS = 84;
const INPUTS_VTABLE = 88;
const INPUTS_TABLE = 100;
const LISTS = 112;
const STRINGS: u32 = 120;
/** vtable of a ListVersion: its bytes 8, the table's 12, then the places of name 4 and version 8 in the table. */
const LIST_VTABLE: u64 = 0x0008_0004_000c_0008;
const LIST_VERSION_BYTES: u32 = 16;

/** Whether the FlatBuffers string that the offset at `field` leads to lies inside `bytes` bytes, terminator included. */
export function stringFits(base: usize, bytes: u32, field: u32): bool {
  const offset = load<u32>(base + field);
  if (offset > bytes || field + offset > bytes - 4) return false;
  const text = field + offset;
  const length = load<u32>(base + text);
  return length < bytes - text - 4 && load<u8>(base + text + 4 + length) === 0;
}

/** Whether entry `index` of a vtable (its two lengths counted) has a value. */
function entryIs(vtable: usize, index: u32, value: u32): bool {
  return load<u16>(vtable + (index << 1)) === value;
}

export function verifyTemplate(image: usize): ImageError {
  const bytes = load<u32>(image, IMAGE_TEMPLATE_BYTES);
  const template = image + load<u32>(image, IMAGE_TEMPLATE);
  if (bytes < (DECISION_TEMPLATE_BYTES_MIN as u32) || (bytes & 7) !== 0) return ImageError.BAD_TEMPLATE;
  const vtable = template + VTABLE;
  const rootFits =
    load<u32>(template) === ROOT &&
    load<u32>(template, ROOT) === ROOT - VTABLE &&
    entryIs(vtable, 0, 22) &&
    entryIs(vtable, 1, INPUTS_VTABLE - ROOT) &&
    entryIs(vtable, 2, DECISION_ID_HIGH - ROOT) &&
    entryIs(vtable, 3, DECISION_STATUS - ROOT) &&
    entryIs(vtable, 4, DECISION_OUTCOME - ROOT) &&
    entryIs(vtable, 5, DECISION_SCORE - ROOT) &&
    entryIs(vtable, 6, DECISION_REASONS - ROOT) &&
    entryIs(vtable, 7, BUNDLE - ROOT) &&
    entryIs(vtable, 8, VERSION - ROOT) &&
    entryIs(vtable, 9, DECISION_IMAGE - ROOT) &&
    entryIs(vtable, 10, INPUTS - ROOT);
  if (!rootFits) return ImageError.BAD_TEMPLATE;
  const inputs = template + INPUTS_VTABLE;
  const inputsFit =
    load<u32>(template, INPUTS) === INPUTS_TABLE - INPUTS &&
    load<u32>(template, INPUTS_TABLE) === INPUTS_TABLE - INPUTS_VTABLE &&
    entryIs(inputs, 0, 8) &&
    entryIs(inputs, 1, LISTS + 4 - INPUTS_TABLE) &&
    entryIs(inputs, 2, load<u32>(image, IMAGE_NOW_REGISTER) === NO_REGISTER ? 0 : DECISION_NOW - INPUTS_TABLE) &&
    entryIs(inputs, 3, LISTS - INPUTS_TABLE);
  if (!inputsFit) return ImageError.BAD_TEMPLATE;
  if (load<u32>(template, DECISION_REASONS) !== bytes - DECISION_REASONS) return ImageError.BAD_TEMPLATE;
  if (load<u8>(template, DECISION_STATUS) !== 0) return ImageError.BAD_TEMPLATE;
  const version = stringEnd(template, bytes, BUNDLE, STRINGS);
  const lists = version === MISPLACED ? MISPLACED : stringEnd(template, bytes, VERSION, version);
  if (lists === MISPLACED || lists > bytes - 4 || load<u32>(template, LISTS) !== lists - LISTS) return ImageError.BAD_TEMPLATE;
  return verifyLists(image, template, bytes, lists);
}

/** Where no part can be: what stringEnd gives for a string that is not where it should be. */
const MISPLACED: u32 = 0xffffffff;

/** Whether the offset at `field` leads to a string at `expected`, inside `bytes` bytes. @returns where the next part has to be */
function stringEnd(base: usize, bytes: u32, field: u32, expected: u32): u32 {
  if (expected > bytes - 4 || load<u32>(base + field) !== expected - field) return MISPLACED;
  if (!stringFits(base, bytes, field)) return MISPLACED;
  // No sum wraps: the string is inside the template.
  return (expected + 4 + load<u32>(base + expected) + 1 + 3) & ~3;
}

/** The vector of ListVersions, which ends the template, and the list section, which says where their versions are. */
function verifyLists(image: usize, template: usize, bytes: u32, vector: u32): ImageError {
  const count = load<u32>(image, IMAGE_LIST_COUNT);
  if (load<u32>(template + vector) !== count) return ImageError.BAD_TEMPLATE;
  const vtable: u32 = vector + 4 + (count << 2);
  let end = vtable;
  if (count !== 0) {
    if (vtable > bytes - 8 || load<u64>(template + vtable) !== LIST_VTABLE) return ImageError.BAD_TEMPLATE;
    end += 8;
  }
  let list = image + load<u32>(image, IMAGE_LISTS);
  for (let index: u32 = 0; index < count; index++) {
    const table = end;
    const entry = vector + 4 + (index << 2);
    if (table > bytes - 12 || load<u32>(template + entry) !== table - entry) return ImageError.BAD_TEMPLATE;
    if (load<u32>(template + table) !== table - vtable) return ImageError.BAD_TEMPLATE;
    const version = table + 12;
    const name = stringEnd(template, bytes, table + 8, version);
    if (name === MISPLACED || load<u32>(template + version) !== LIST_VERSION_BYTES) return ImageError.BAD_TEMPLATE;
    end = stringEnd(template, bytes, table + 4, name);
    if (end === MISPLACED) return ImageError.BAD_TEMPLATE;
    const type = load<u32>(list, LIST_TYPE);
    if (type !== RegisterType.TEXT && type !== RegisterType.F64 && type !== RegisterType.I64) return ImageError.BAD_LIST;
    if (load<u32>(list, LIST_VERSION_AT) !== version + 4) return ImageError.BAD_LIST;
    list += LIST_BYTES;
  }
  return ((end + 7) & ~7) === bytes ? ImageError.NONE : ImageError.BAD_TEMPLATE;
}
