import { CHECKSUM_FACTOR, CHECKSUM_SEED } from '../shared/image';

/** checksum32 of shared/image.ts over `bytes` bytes, a multiple of 4. */
export function checksum32(address: usize, bytes: u32): u32 {
  const end = address + bytes;
  const endOfFours = address + (bytes & ~15);
  let first: u32 = CHECKSUM_SEED as u32;
  let second = first;
  let third = first;
  let fourth = first;
  for (; address < endOfFours; address += 16) {
    first = step(first, load<u32>(address));
    second = step(second, load<u32>(address, 4));
    third = step(third, load<u32>(address, 8));
    fourth = step(fourth, load<u32>(address, 12));
  }
  if (address < end) first = step(first, load<u32>(address));
  if (address + 4 < end) second = step(second, load<u32>(address, 4));
  if (address + 8 < end) third = step(third, load<u32>(address, 8));
  return step(step(step(first, second), third), fourth);
}

function step(state: u32, word: u32): u32 {
  const mixed = (state ^ word) * (CHECKSUM_FACTOR as u32);
  return mixed ^ (mixed >> 15);
}
