// Names that the engine finds by a hash (assembly/json/names.ts): keys of an object, members of an enum.

import * as at from '../../assembly/shared/json.js';
import type { ByteWriter } from './json-writer.js';

export interface PlanName {
  name: string;
  /** Offset of its UTF-8. */
  text: number;
  value: number;
}

const MASK = (1n << 64n) - 1n;
const WORD_FACTOR = (BigInt(at.NAME_FACTOR_HIGH) << 32n) | BigInt(at.NAME_FACTOR_LOW);
/** Where the factors that are tried begin, and how one leads to the next (splitmix64). */
const FACTOR_SEED = 0x9e3779b97f4a7c15n;
/** Factors that are tried for each number of slots. */
const TRIES = 64;
const SLOT_BITS_MAX = 64 - at.NAMES_SHIFT_MIN;

/** Appends a table of names. @returns its offset */
export function writeNames(out: ByteWriter, names: readonly PlanName[]): number {
  const keys = names.map(({ name }) => keyOf(new TextEncoder().encode(name)));
  const { factor, bits } = chooseFactor(keys);
  const base = out.reserve(at.NAMES_BYTES);
  const slots = out.reserve(2 << bits);
  const entries = out.reserve(names.length * at.NAME_BYTES);
  out.u64(base + at.NAMES_FACTOR, factor);
  out.u32(base + at.NAMES_SLOTS, slots);
  out.u32(base + at.NAMES_SHIFT, 64 - bits);
  out.u32(base + at.NAMES_ENTRIES, entries);
  out.u32(base + at.NAMES_COUNT, names.length);
  const first = new Map<number, number>();
  // From the last to the first: a chain then leads to rising numbers.
  for (let number = names.length - 1; number >= 0; number--) {
    const { text, name, value } = names[number]!;
    const entry = entries + number * at.NAME_BYTES;
    const slot = slotOf(keys[number]!, factor, bits);
    out.u32(entry + at.NAME_TEXT, text);
    out.u32(entry + at.NAME_TEXT_BYTES, Buffer.byteLength(name));
    out.u16(entry + at.NAME_VALUE, value);
    out.u16(entry + at.NAME_NEXT, first.get(slot) ?? 0);
    first.set(slot, number + 1);
  }
  for (const [slot, number] of first) out.u16(slots + 2 * slot, number);
  return base;
}

/** What is multiplied with the factor: all of a name and its length, as assembly/json/names.ts folds them. */
function keyOf(text: Uint8Array): bigint {
  const padded = new DataView(new ArrayBuffer(Math.max(8, text.length)));
  new Uint8Array(padded.buffer).set(text);
  let key = padded.getBigUint64(0, true);
  if (text.length > 8) {
    for (let next = 8; next + 8 < text.length; next += 8) key = ((key * WORD_FACTOR) & MASK) ^ padded.getBigUint64(next, true);
    key = ((key * WORD_FACTOR) & MASK) ^ padded.getBigUint64(text.length - 8, true);
  }
  return key ^ BigInt(text.length);
}

function slotOf(key: bigint, factor: bigint, bits: number): number {
  return Number(((key * factor) & MASK) >> BigInt(64 - bits));
}

/**
 * A factor that gives every name a slot of its own, in as few slots as it can be found for; of many names the one with the fewest
 * that share. Names share a slot by chance alone, so about n^2 / 4 slots are enough for one in a dozen factors.
 */
function chooseFactor(keys: readonly bigint[]): { factor: bigint; bits: number } {
  let best = { factor: 1n, bits: 1, shared: Number.POSITIVE_INFINITY };
  let state = FACTOR_SEED;
  const bitsMin = Math.max(1, Math.ceil(Math.log2(Math.max(1, keys.length))));
  for (let bits = Math.min(bitsMin, SLOT_BITS_MAX); bits <= SLOT_BITS_MAX; bits++) {
    // Hopeless, and many keys take long: straight to more slots.
    if (keys.length ** 2 / 2 ** (bits + 1) > 8 && bits < SLOT_BITS_MAX) continue;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      state = (state + FACTOR_SEED) & MASK;
      const factor = mix(state) | 1n;
      const shared = keys.length - new Set(keys.map((key) => slotOf(key, factor, bits))).size;
      if (shared === 0) return { factor, bits };
      if (shared < best.shared) best = { factor, bits, shared };
      if (bits === SLOT_BITS_MAX && keys.length > 128) break;
    }
  }
  return best;
}

function mix(state: bigint): bigint {
  let z = state;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}
