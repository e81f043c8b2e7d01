// Positions of FlatBuffers tables, checked. A position is a byte offset from the first byte of a buffer; every sum of a position
// and an offset is checked before it is used, so that no read leaves the buffer. Buffers need not be aligned.

/** No table starts here: the result of a check that failed. */
export const NO_POSITION: u32 = 0xffffffff;

/**
 * Checks the table at `position` and returns the position of its vtable, or NO_POSITION. After it, these hold: the vtable's
 * length is even, at least 4, and inside the buffer; so is the table's.
 *
 * @param bytes length of the buffer, at least 4
 */
export function vtableOf(buffer: usize, bytes: u32, position: u32): u32 {
  if (position > bytes - 4) return NO_POSITION;
  // A hostile offset wraps around to a large number, and fails the next test.
  const vtable: u32 = position - load<u32>(buffer + position);
  if (vtable > bytes - 4) return NO_POSITION;
  const vtableBytes = load<u16>(buffer + vtable) as u32;
  const tableBytes = load<u16>(buffer + vtable, 2) as u32;
  if (vtableBytes < 4 || (vtableBytes & 1) !== 0 || vtableBytes > bytes - vtable) return NO_POSITION;
  if (tableBytes < 4 || tableBytes > bytes - position) return NO_POSITION;
  return vtable;
}

/**
 * Position of a field's value inside the table, or NO_POSITION where it is absent.
 *
 * @param vtable result of vtableOf
 */
export function fieldOf(buffer: usize, vtable: u32, slot: u32): u32 {
  const entry: u32 = 4 + (slot << 1);
  if (entry >= (load<u16>(buffer + vtable) as u32)) return NO_POSITION;
  const offset = load<u16>(buffer + vtable + entry) as u32;
  return offset === 0 ? NO_POSITION : offset;
}

/** Whether a value of `width` bytes at `offset` lies inside the table. */
export function fitsTable(buffer: usize, vtable: u32, offset: u32, width: u32): bool {
  return offset >= 4 && offset + width <= (load<u16>(buffer + vtable, 2) as u32);
}

/**
 * Follows the offset at `position`, which must lie inside the buffer with its 4 bytes.
 *
 * @returns the position it leads to, at which 4 bytes can be read, or NO_POSITION
 */
export function follow(buffer: usize, bytes: u32, position: u32): u32 {
  const offset = load<u32>(buffer + position);
  if (offset > bytes - 4 - position) return NO_POSITION;
  return position + offset;
}
