// The image's guard against damage. The engine computes the same (assembly/image/checksum.ts).

import { CHECKSUM_FACTOR, CHECKSUM_SEED } from '../../assembly/shared/image.js';

/**
 * Checksum over whole 32-bit little-endian words. Each step is a bijection of the state for a given word and of the word for
 * a given state, so no single changed word goes unseen.
 *
 * @param bytes length a multiple of 4, else throws RangeError
 * @returns unsigned 32-bit
 */
export function checksum32(bytes: Uint8Array): number {
  if (bytes.length % 4 !== 0) throw new RangeError(`checksum32: ${bytes.length} bytes are not whole 32-bit words`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let hash = CHECKSUM_SEED | 0;
  for (let at = 0; at < bytes.length; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), CHECKSUM_FACTOR);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
