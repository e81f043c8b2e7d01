// The parts of an instance's scratch; drawn in shared/layout.ts. Nothing in it outlives one payload but guesses.

import {
  SCRATCH_ALIVE,
  SCRATCH_HITS,
  SCRATCH_KEYS,
  SCRATCH_NULLS,
  SCRATCH_PATIENCE,
  SCRATCH_REGISTERS,
  SCRATCH_TEXT,
  SCRATCH_WORK,
} from '../shared/layout';
import { scratchBase } from './env';

/** Registers, 8 bytes each. */
export function scratchRegisters(): usize {
  return scratchBase + SCRATCH_REGISTERS;
}

/** Null flags of the field registers, a byte each: 1 = null. */
export function scratchNulls(): usize {
  return scratchBase + SCRATCH_NULLS;
}

/** Hit bits, one a rule, by rank. */
export function scratchHits(): usize {
  return scratchBase + SCRATCH_HITS;
}

/** Texts joined while a program runs, TEXT_SCRATCH_BYTES. */
export function scratchText(): usize {
  return scratchBase + SCRATCH_TEXT;
}

/** Work area of one function call, SCRATCH_WORK_BYTES. */
export function scratchWork(): usize {
  return scratchBase + SCRATCH_WORK;
}

/** Guesses which key of JSON comes next. */
export function scratchKeys(): usize {
  return scratchBase + SCRATCH_KEYS;
}

/** How many texts are left alone now. */
export function scratchPatience(): usize {
  return scratchBase + SCRATCH_PATIENCE;
}

/** Which parts of the match index that runs are alive, a bit each. */
export function scratchAlive(): usize {
  return scratchBase + SCRATCH_ALIVE;
}

/** Writes zeros in steps of 8 bytes; `bytes` is a multiple of 8. Short runs only: a call of memory.fill costs more than they do. */
export function zero8(address: usize, bytes: usize): void {
  const end = address + bytes;
  while (address < end) {
    store<u64>(address, 0);
    address += 8;
  }
}

/** Copies in steps of 8 bytes, and of 16 while it can; `bytes` is a multiple of 8 and the areas do not overlap. */
export function copy8(to: usize, from: usize, bytes: usize): void {
  const end = from + bytes;
  if (ASC_FEATURE_SIMD) {
    while (from + 16 <= end) {
      v128.store(to, v128.load(from));
      from += 16;
      to += 16;
    }
  }
  while (from < end) {
    store<u64>(to, load<u64>(from));
    from += 8;
    to += 8;
  }
}
