// MurmurHash3 (x86, 32 bits) of the members of lists. src/image/list-hash.ts computes the same.

import { HASH_ADD, HASH_C1, HASH_C2, HASH_MIX1, HASH_MIX2 } from '../shared/list';

function scramble(word: u32): u32 {
  return rotl<u32>(word * (HASH_C1 as u32), 15) * (HASH_C2 as u32);
}

function take(hash: u32, word: u32): u32 {
  return rotl<u32>(hash ^ scramble(word), 13) * 5 + (HASH_ADD as u32);
}

function finish(hash: u32, bytes: u32): u32 {
  let mixed = hash ^ bytes;
  mixed = (mixed ^ (mixed >> 16)) * (HASH_MIX1 as u32);
  mixed = (mixed ^ (mixed >> 13)) * (HASH_MIX2 as u32);
  return mixed ^ (mixed >> 16);
}

/** Hash of `bytes` bytes. Reads nothing outside them. */
export function hashBytes(address: usize, bytes: u32, seed: u32): u32 {
  let hash = seed;
  let at: u32 = 0;
  for (; at + 4 <= bytes; at += 4) hash = take(hash, load<u32>(address + at));
  let tail: u32 = 0;
  for (let shift: u32 = 0; at < bytes; at++) {
    tail |= (load<u8>(address + at) as u32) << shift;
    shift += 8;
  }
  // The tail of no bytes is 0, which scrambles to 0.
  return finish(hash ^ scramble(tail), bytes);
}

/** Hash of the 8 bytes of a number. */
export function hashBits(bits: u64, seed: u32): u32 {
  return finish(take(take(seed, bits as u32), (bits >> 32) as u32), 8);
}
