import { CHECKSUM_FACTOR, CHECKSUM_SEED } from '../shared/image';

/** checksum32 of shared/image.ts over `bytes` bytes, a multiple of 4. */
export function checksum32(address: usize, bytes: u32): u32 {
  const end = address + bytes;
  let hash: u32 = CHECKSUM_SEED as u32;
  for (; address < end; address += 4) {
    hash = (hash ^ load<u32>(address)) * (CHECKSUM_FACTOR as u32);
    hash ^= hash >> 15;
  }
  return hash;
}
