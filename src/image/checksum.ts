// The image's guard against damage. The engine computes the same (assembly/image/checksum.ts).

import { CHECKSUM_FACTOR, CHECKSUM_SEED } from '../../assembly/shared/image.js';

/**
 * checksum32 of assembly/shared/image.ts over little-endian words: no single changed word goes unseen.
 *
 * @param bytes length a multiple of 4, else throws RangeError
 * @returns unsigned 32-bit
 */
export function checksum32(bytes: Uint8Array): number {
  if (bytes.length % 4 !== 0) throw new RangeError(`checksum32: ${bytes.length} bytes are not whole 32-bit words`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const endOfFours = bytes.length & ~15;
  let first = CHECKSUM_SEED | 0;
  let second = first;
  let third = first;
  let fourth = first;
  for (let at = 0; at < endOfFours; at += 16) {
    first = step(first, view.getInt32(at, true));
    second = step(second, view.getInt32(at + 4, true));
    third = step(third, view.getInt32(at + 8, true));
    fourth = step(fourth, view.getInt32(at + 12, true));
  }
  const rest = bytes.length - endOfFours;
  if (rest > 0) first = step(first, view.getInt32(endOfFours, true));
  if (rest > 4) second = step(second, view.getInt32(endOfFours + 4, true));
  if (rest > 8) third = step(third, view.getInt32(endOfFours + 8, true));
  return step(step(step(first, second), third), fourth) >>> 0;
}

function step(state: number, word: number): number {
  const mixed = Math.imul(state ^ word, CHECKSUM_FACTOR);
  return mixed ^ (mixed >>> 15);
}
