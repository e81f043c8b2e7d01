// Verifies what an image says of its outputs: that every block is a table in which values and their entries have places, so that
// nothing is written but there. How much is written, write.ts checks itself.

import { stringFits } from '../image/template';
import { ENUM_MEMBERS_MAX, LIST_COUNT_MAX, OUTPUTS_BYTES_MAX, OUTPUTS_MAX } from '../shared/limits';
import {
  OUTPUT_BYTES,
  OUTPUT_COUNT_MAX,
  OUTPUT_ELEMENT,
  OUTPUT_ENTRY,
  OUTPUT_FIELD,
  OUTPUT_KIND,
  OUTPUT_NAMES,
  OUTPUT_NAMES_COUNT,
  OUTPUT_PARENT,
  OUTPUT_PLACE,
  OUTPUT_TABLE,
  OUTPUTS_BYTES,
  OUTPUTS_COUNT,
  OUTPUTS_HEADER_BYTES,
  OUTPUTS_ROOT,
  OUTPUTS_ROOT_BYTES,
  OUTPUTS_TABLE,
  OutputKind,
  outputWidth,
} from '../shared/outputs';

/** Whether the bytes of a blob are what write.ts relies on. */
export function verifyOutputs(outputs: usize, bytes: u32): bool {
  if (bytes < (OUTPUTS_HEADER_BYTES as u32)) return false;
  const count = load<u32>(outputs, OUTPUTS_COUNT);
  const most = load<u32>(outputs, OUTPUTS_BYTES);
  if (count > (OUTPUTS_MAX as u32) || bytes - OUTPUTS_HEADER_BYTES < count * OUTPUT_BYTES) return false;
  const root = load<u32>(outputs, OUTPUTS_ROOT);
  const rootBytes = load<u32>(outputs, OUTPUTS_ROOT_BYTES);
  const table = load<u32>(outputs, OUTPUTS_TABLE);
  if ((most & 7) !== 0 || most > (OUTPUTS_BYTES_MAX as u32) || rootBytes > most) return false;
  if (!partFits(bytes, root, rootBytes) || !blockFits(outputs + root, rootBytes, table, 12, true)) return false;
  const block = outputs + root;
  if (load<u64>(block) !== 0 || load<u32>(block, 8) !== table - 8) return false;
  for (let index: u32 = 0; index < count; index++) {
    if (!outputFits(outputs, bytes, count, outputAt(outputs, index))) return false;
  }
  return true;
}

/** Where output `index` is described. */
export function outputAt(outputs: usize, index: u32): usize {
  return outputs + OUTPUTS_HEADER_BYTES + index * OUTPUT_BYTES;
}

/** Whether a part of the blob is inside it, in whole words. */
function partFits(bytes: u32, offset: u32, length: u32): bool {
  return ((offset | length) & 7) === 0 && offset <= bytes && length <= bytes - offset;
}

/**
 * Whether a block is a table behind its vtable, both behind the first bytes and inside it, of which every field is absent; that of
 * the root has a string as its first.
 */
function blockFits(block: usize, bytes: u32, table: u32, first: u32, isRoot: bool): bool {
  if (bytes < 16 || table < first + 4 || table > bytes - 4) return false;
  const back = load<u32>(block + table);
  if (back > table - first) return false;
  const vtable = table - back;
  if (vtable > table - 4) return false;
  const vtableBytes = load<u16>(block + vtable) as u32;
  const tableBytes = load<u16>(block + vtable, 2) as u32;
  if (vtableBytes < 4 || (vtableBytes & 1) !== 0 || vtableBytes > back || tableBytes < 4 || tableBytes > bytes - table)
    return false;
  for (let entry: u32 = 4; entry < vtableBytes; entry += 2) {
    const field = load<u16>(block + vtable + entry) as u32;
    if (isRoot && entry === 4) {
      if (field < 4 || field + 4 > tableBytes || !stringFits(block, bytes, table + field)) return false;
    } else if (field !== 0) return false;
  }
  return !isRoot || vtableBytes >= 6;
}

function outputFits(outputs: usize, bytes: u32, count: u32, output: usize): bool {
  const kind = load<u8>(output, OUTPUT_KIND) as u32;
  const parent = load<u16>(output, OUTPUT_PARENT) as u32;
  let block = outputs + load<u32>(outputs, OUTPUTS_ROOT);
  let table = load<u32>(outputs, OUTPUTS_TABLE);
  // The first entry of the root is its shape's.
  let first: u32 = 6;
  if (parent !== 0) {
    if (parent > count || kind === OutputKind.LIST) return false;
    const list = outputAt(outputs, parent - 1);
    if (!isObjectList(outputs, bytes, list)) return false;
    block = outputs + load<u32>(list, OUTPUT_NAMES);
    table = load<u32>(list, OUTPUT_TABLE);
    first = 4;
  }
  if (kind === OutputKind.NONE || kind > (OutputKind.LIST as u32)) return false;
  const vtable = table - load<u32>(block + table);
  const entry = load<u32>(output, OUTPUT_ENTRY);
  const place = load<u32>(output, OUTPUT_PLACE);
  if (entry < vtable + first || entry > vtable + (load<u16>(block + vtable) as u32) - 2) return false;
  if (place < table + 4 || load<u32>(output, OUTPUT_FIELD) !== place - table) return false;
  if (place - table + (outputWidth(kind as OutputKind) as u32) > (load<u16>(block + vtable, 2) as u32)) return false;
  const value = kind === OutputKind.LIST ? (load<u8>(output, OUTPUT_ELEMENT) as u32) : kind;
  if (kind === OutputKind.LIST && load<u32>(output, OUTPUT_COUNT_MAX) > (LIST_COUNT_MAX as u32)) return false;
  if (value === OutputKind.OBJECT) return isObjectList(outputs, bytes, output);
  if (value === OutputKind.NONE || value > (OutputKind.MEMBER as u32)) return false;
  return value !== OutputKind.MEMBER || namesFit(outputs, bytes, output);
}

/** Whether an output is a list of objects with a block that fits. */
function isObjectList(outputs: usize, bytes: u32, list: usize): bool {
  if (load<u8>(list, OUTPUT_KIND) !== OutputKind.LIST || load<u8>(list, OUTPUT_ELEMENT) !== OutputKind.OBJECT) return false;
  const offset = load<u32>(list, OUTPUT_NAMES);
  const length = load<u32>(list, OUTPUT_NAMES_COUNT);
  if (load<u16>(list, OUTPUT_PARENT) !== 0 || !partFits(bytes, offset, length)) return false;
  return blockFits(outputs + offset, length, load<u32>(list, OUTPUT_TABLE), 0, false);
}

/** Whether the names of an enum's members are inside the blob. */
function namesFit(outputs: usize, bytes: u32, output: usize): bool {
  const offset = load<u32>(output, OUTPUT_NAMES);
  const count = load<u32>(output, OUTPUT_NAMES_COUNT);
  if (count > (ENUM_MEMBERS_MAX as u32) || !partFits(bytes, offset, count << 3)) return false;
  for (let index: u32 = 0; index < count; index++) {
    const name = outputs + offset + (index << 3);
    const at = load<u32>(name);
    if (at > bytes || load<u32>(name, 4) > bytes - at) return false;
  }
  return true;
}
