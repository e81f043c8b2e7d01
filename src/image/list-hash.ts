// MurmurHash3 (x86, 32 bits) of the members of lists, as assembly/lists/hash.ts computes it.

import { HASH_ADD, HASH_C1, HASH_C2, HASH_MIX1, HASH_MIX2 } from '../../assembly/shared/list.js';

const { imul } = Math;

function scramble(word: number): number {
  const mixed = imul(word, HASH_C1);
  return imul((mixed << 15) | (mixed >>> 17), HASH_C2);
}

function take(hash: number, word: number): number {
  const mixed = hash ^ scramble(word);
  return (imul((mixed << 13) | (mixed >>> 19), 5) + HASH_ADD) | 0;
}

function finish(hash: number, bytes: number): number {
  let mixed = hash ^ bytes;
  mixed = imul(mixed ^ (mixed >>> 16), HASH_MIX1);
  mixed = imul(mixed ^ (mixed >>> 13), HASH_MIX2);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Hash of bytes [start, end) of a buffer, unsigned. */
export function hashBytes(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    hash = take(hash, bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
  }
  let tail = 0;
  for (let shift = 0; at < end; at++) {
    tail |= bytes[at]! << shift;
    shift += 8;
  }
  return finish(hash ^ scramble(tail), end - start);
}

/** Hash of the 8 bytes of a number, given as its two words. */
export function hashWords(low: number, high: number, seed: number): number {
  return finish(take(take(seed, low), high), 8);
}
