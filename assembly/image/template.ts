// Verifies the decision template of an image: it has to be the Decision that shared/image.ts draws, so that what the engine
// patches is where readers look, and every offset in it leads inside it. Its parts lie one behind the other as
// src/image/template.ts lays them out, so that no patch can change another part.

import {
  DECISION_ID_HIGH,
  DECISION_IMAGE,
  DECISION_NOW,
  DECISION_OUTCOME,
  DECISION_OUTPUTS,
  DECISION_REASONS,
  DECISION_SCORE,
  DECISION_STATUS,
  DECISION_TEMPLATE_BYTES_MIN,
  IMAGE_LIST_COUNT,
  IMAGE_LISTS,
  IMAGE_NOW_REGISTER,
  IMAGE_OUTPUTS,
  IMAGE_PARAMETER_COUNT,
  IMAGE_PARAMETERS,
  IMAGE_TEMPLATE,
  IMAGE_TEMPLATE_BYTES,
  LIST_BYTES,
  LIST_TYPE,
  LIST_VERSION_AT,
  NO_REGISTER,
  PARAMETER_BYTES,
  PARAMETER_VERSION_AT,
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
const PARAMETERS = 116;
const STRINGS: u32 = 120;
const STRINGS_WITH_OUTPUTS: u32 = 124;
/** vtable of a ListVersion or ParameterVersion: its bytes 8, the table's 12, then in the table name at 4 and version at 8. */
const VERSION_VTABLE: u64 = 0x0008_0004_000c_0008;
const VERSION_BYTES: u32 = 16;

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
  const hasOutputs = load<u32>(image, IMAGE_OUTPUTS) !== 0;
  if (hasOutputs && bytes < STRINGS_WITH_OUTPUTS) return ImageError.BAD_TEMPLATE;
  const rootFits =
    load<u32>(template) === ROOT &&
    load<u32>(template, ROOT) === ROOT - VTABLE &&
    entryIs(vtable, 0, hasOutputs ? 24 : 22) &&
    entryIs(vtable, 1, (hasOutputs ? STRINGS_WITH_OUTPUTS : INPUTS_VTABLE) - ROOT) &&
    entryIs(vtable, 2, DECISION_ID_HIGH - ROOT) &&
    entryIs(vtable, 3, DECISION_STATUS - ROOT) &&
    entryIs(vtable, 4, DECISION_OUTCOME - ROOT) &&
    entryIs(vtable, 5, DECISION_SCORE - ROOT) &&
    entryIs(vtable, 6, DECISION_REASONS - ROOT) &&
    entryIs(vtable, 7, BUNDLE - ROOT) &&
    entryIs(vtable, 8, VERSION - ROOT) &&
    entryIs(vtable, 9, DECISION_IMAGE - ROOT) &&
    entryIs(vtable, 10, INPUTS - ROOT) &&
    (!hasOutputs || (entryIs(vtable, 11, 0) && load<u32>(template, DECISION_OUTPUTS) === 0));
  if (!rootFits) return ImageError.BAD_TEMPLATE;
  const inputs = template + INPUTS_VTABLE;
  const hasParameters = load<u32>(image, IMAGE_PARAMETER_COUNT) !== 0;
  const inputsFit =
    load<u32>(template, INPUTS) === INPUTS_TABLE - INPUTS &&
    load<u32>(template, INPUTS_TABLE) === INPUTS_TABLE - INPUTS_VTABLE &&
    entryIs(inputs, 0, hasParameters ? 10 : 8) &&
    entryIs(inputs, 1, (hasParameters ? PARAMETERS : LISTS) + 4 - INPUTS_TABLE) &&
    entryIs(inputs, 2, load<u32>(image, IMAGE_NOW_REGISTER) === NO_REGISTER ? 0 : DECISION_NOW - INPUTS_TABLE) &&
    entryIs(inputs, 3, LISTS - INPUTS_TABLE) &&
    (!hasParameters || entryIs(inputs, 4, PARAMETERS - INPUTS_TABLE));
  if (!inputsFit) return ImageError.BAD_TEMPLATE;
  if (load<u32>(template, DECISION_REASONS) !== bytes - DECISION_REASONS) return ImageError.BAD_TEMPLATE;
  if (load<u8>(template, DECISION_STATUS) !== 0) return ImageError.BAD_TEMPLATE;
  const version = stringEnd(template, bytes, BUNDLE, hasOutputs ? STRINGS_WITH_OUTPUTS : STRINGS);
  const lists = version === MISPLACED ? MISPLACED : stringEnd(template, bytes, VERSION, version);
  if (lists === MISPLACED || lists > bytes - 4 || load<u32>(template, LISTS) !== lists - LISTS) return ImageError.BAD_TEMPLATE;
  const count = load<u32>(image, IMAGE_LIST_COUNT);
  let end = versionsEnd(template, bytes, lists, count);
  if (end === MISPLACED) return ImageError.BAD_TEMPLATE;
  if (!listsFit(image, template, lists, count)) return ImageError.BAD_LIST;
  if (hasParameters) {
    const sets = end;
    if (sets > bytes - 4 || load<u32>(template, PARAMETERS) !== sets - PARAMETERS) return ImageError.BAD_TEMPLATE;
    const setCount = load<u32>(template + sets);
    if (setCount > load<u32>(image, IMAGE_PARAMETER_COUNT)) return ImageError.BAD_TEMPLATE;
    end = versionsEnd(template, bytes, sets, setCount);
    if (end === MISPLACED) return ImageError.BAD_TEMPLATE;
    if (!setsFit(image, template, sets, setCount)) return ImageError.BAD_PARAMETER;
  }
  return ((end + 7) & ~7) === bytes ? ImageError.NONE : ImageError.BAD_TEMPLATE;
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

/** Checks a vector of ListVersions or ParameterVersions. @returns where the next part has to be, or MISPLACED */
function versionsEnd(template: usize, bytes: u32, vector: u32, count: u32): u32 {
  if (load<u32>(template + vector) !== count) return MISPLACED;
  const vtable: u32 = vector + 4 + (count << 2);
  let end = vtable;
  if (count !== 0) {
    if (vtable > bytes - 8 || load<u64>(template + vtable) !== VERSION_VTABLE) return MISPLACED;
    end += 8;
  }
  for (let index: u32 = 0; index < count; index++) {
    const table = end;
    const entry = vector + 4 + (index << 2);
    if (table > bytes - 12 || load<u32>(template + entry) !== table - entry) return MISPLACED;
    if (load<u32>(template + table) !== table - vtable) return MISPLACED;
    const version = table + 12;
    const name = stringEnd(template, bytes, table + 8, version);
    if (name === MISPLACED || load<u32>(template + version) !== VERSION_BYTES) return MISPLACED;
    end = stringEnd(template, bytes, table + 4, name);
    if (end === MISPLACED) return MISPLACED;
  }
  return end;
}

/** Where the characters of version `index` of a checked vector are. */
function versionAt(template: usize, vector: u32, index: u32): u32 {
  const entry = vector + 4 + (index << 2);
  return entry + load<u32>(template + entry) + 16;
}

/** Whether the list section has a list for each ListVersion, and says where it is. */
function listsFit(image: usize, template: usize, vector: u32, count: u32): bool {
  let list = image + load<u32>(image, IMAGE_LISTS);
  for (let index: u32 = 0; index < count; index++) {
    const type = load<u32>(list, LIST_TYPE);
    if (type !== RegisterType.TEXT && type !== RegisterType.F64 && type !== RegisterType.I64) return false;
    if (load<u32>(list, LIST_VERSION_AT) !== versionAt(template, vector, index)) return false;
    list += LIST_BYTES;
  }
  return true;
}

/** Whether the parameters are those of the ParameterVersions, set by set, each set with at least one. */
function setsFit(image: usize, template: usize, vector: u32, count: u32): bool {
  let parameter = image + load<u32>(image, IMAGE_PARAMETERS);
  const end = parameter + load<u32>(image, IMAGE_PARAMETER_COUNT) * PARAMETER_BYTES;
  for (let index: u32 = 0; index < count; index++) {
    const version = versionAt(template, vector, index);
    const first = parameter;
    while (parameter < end && load<u32>(parameter, PARAMETER_VERSION_AT) === version) parameter += PARAMETER_BYTES;
    if (parameter === first) return false;
  }
  return parameter === end;
}
