// Mutators of bytes: what makes a new input of an old one. Targets add their own (structure), and tokens (dictionary).

import type { Random } from './random.js';

const INTERESTING = [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 1023, 1024, 4095, 4096, 32767, 32768];
const WORDS = [...INTERESTING, 65535, 65536, 0x7fffffff, 0x80000000, 0xfffffff8, 0xfffffffc, 0xfffffffe, 0xffffffff];

export interface MutationOptions {
  dictionary: readonly Uint8Array[];
  /** Inputs stay as long as they are: offsets in them keep their meaning. */
  keepsLength?: boolean;
  /** Single bytes are mostly printable characters. */
  isText?: boolean;
  bytesMax: number;
}

type Mutator = (data: Uint8Array, random: Random) => Uint8Array;

function splice(data: Uint8Array, at: number, removed: number, inserted: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length - removed + inserted.length);
  out.set(data.subarray(0, at));
  out.set(inserted, at);
  out.set(data.subarray(at + removed), at + inserted.length);
  return out;
}

/** A part of the data: mostly short. */
function part(data: Uint8Array, random: Random): { at: number; length: number } {
  const at = random.below(data.length + 1);
  const most = Math.min(data.length - at, random.chance(80) ? 8 : random.chance(80) ? 64 : data.length);
  return { at, length: random.below(most + 1) };
}

function changed(data: Uint8Array, change: (out: Uint8Array, view: DataView) => void): Uint8Array {
  const out = data.slice();
  change(out, new DataView(out.buffer));
  return out;
}

const flip: Mutator = (data, random) =>
  changed(data, (out) => {
    out[random.below(out.length)]! ^= 1 << random.below(8);
  });

const setByte: Mutator = (data, random) =>
  changed(data, (out) => {
    out[random.below(out.length)] = random.chance(30) ? random.pick(INTERESTING) : random.word();
  });

const addByte: Mutator = (data, random) =>
  changed(data, (out) => {
    out[random.below(out.length)]! += random.below(35) - 17;
  });

/** A number of 2, 4 or 8 bytes is set, or a little added to it. */
const number: Mutator = (data, random) =>
  changed(data, (out, view) => {
    const width = random.pick([2, 4, 4, 8]);
    if (out.length < width) return;
    const at = random.below(out.length - width + 1) & (random.chance(70) ? -width : -1);
    const add = random.chance(50) ? random.below(33) - 16 : undefined;
    if (width === 2) view.setUint16(at, add === undefined ? random.pick(WORDS) : view.getUint16(at, true) + add, true);
    else if (width === 4) view.setUint32(at, add === undefined ? random.pick(WORDS) : view.getUint32(at, true) + add, true);
    else view.setBigUint64(at, add === undefined ? BigInt(random.pick(WORDS)) : view.getBigUint64(at, true) + BigInt(add), true);
  });

const copyOver: Mutator = (data, random) => {
  const { at, length } = part(data, random);
  return changed(data, (out) => out.copyWithin(random.below(out.length), at, at + length));
};

const remove: Mutator = (data, random) => {
  const { at, length } = part(data, random);
  return splice(data, at, length, new Uint8Array(0));
};

const insertBytes: Mutator = (data, random) => {
  const inserted = Uint8Array.from({ length: 1 + random.below(4) }, () => random.word());
  return splice(data, random.below(data.length + 1), 0, inserted);
};

const duplicate: Mutator = (data, random) => {
  const { at, length } = part(data, random);
  return splice(data, random.chance(50) ? at + length : random.below(data.length + 1), 0, data.slice(at, at + length));
};

/** A part many times over: depth and length are what limits are about. */
const repeat: Mutator = (data, random) => {
  const { at, length } = part(data, random);
  const times = 2 + random.below(random.chance(90) ? 8 : 64);
  const inserted = new Uint8Array(Math.min(length, 64) * times);
  for (let i = 0; i < inserted.length; i++) inserted[i] = data[at + (i % Math.max(1, Math.min(length, 64)))]!;
  return splice(data, at, 0, inserted);
};

/** A few printable characters are put in, or over others. */
const type: Mutator = (data, random) => {
  const typed = Uint8Array.from({ length: random.chance(80) ? 1 : 2 }, () => 32 + random.below(95));
  const at = random.below(data.length + 1);
  return splice(data, at, random.chance(50) ? Math.min(typed.length, data.length - at) : 0, typed);
};

const isPrintable = (byte: number): boolean => byte >= 32 && byte < 127;

/** A printable character, which most likely belongs to a text, becomes another. */
const typeOver: Mutator = (data, random) =>
  changed(data, (out) => {
    const start = random.below(out.length);
    for (let at = start; at < out.length; at++) {
      if (!isPrintable(out[at]!)) continue;
      out[at] = 32 + random.below(95);
      return;
    }
  });

const HEADER_BYTES = 64;

/** A number of the header, or what is just beside it, at another place: counts and sizes are what numbers elsewhere are held to. */
const headerNumber: Mutator = (data, random) =>
  changed(data, (out, view) => {
    if (out.length < HEADER_BYTES) return;
    const value = view.getUint32(4 * random.below(HEADER_BYTES / 4), true) + random.pick([0, 0, -1, 1]);
    if (random.chance(50)) view.setUint16(2 * random.below(out.length >> 1), value, true);
    else view.setUint32(4 * random.below(out.length >> 2), value, true);
  });

const sameLength: readonly Mutator[] = [typeOver, flip, flip, setByte, addByte, number, number, copyOver, headerNumber];
const texts: readonly Mutator[] = [typeOver, type, type, type, flip, addByte, remove, remove, insertBytes, duplicate, repeat];
const anyLength: readonly Mutator[] = [
  typeOver,
  flip,
  setByte,
  addByte,
  number,
  copyOver,
  remove,
  remove,
  insertBytes,
  duplicate,
  repeat,
];

/**
 * A changed copy of `data`.
 *
 * @param other another input, parts of which may be taken over
 */
export function mutate(data: Uint8Array, other: Uint8Array, random: Random, options: MutationOptions): Uint8Array {
  const { dictionary, keepsLength = false, isText = false, bytesMax } = options;
  const mutators = keepsLength ? sameLength : isText ? texts : anyLength;
  let out = data;
  for (let left = 1 + random.below(random.chance(70) ? 2 : 6); left > 0; left--) {
    if (out.length === 0) out = random.chance(50) ? other : Uint8Array.of(random.word());
    const roll = random.below(100);
    if (dictionary.length > 0 && roll < (keepsLength ? 10 : 45)) {
      const token = random.pick(dictionary);
      const at = random.below(out.length + 1);
      const over = keepsLength || random.chance(30);
      if (!over) out = splice(out, at, random.chance(30) ? Math.min(random.below(8), out.length - at) : 0, token);
      else if (at + token.length <= out.length) out = splice(out, at, token.length, token);
    } else if (roll < 55 && other.length > 0) {
      const { at, length } = part(other, random);
      const to = random.below(out.length + 1);
      const room = keepsLength ? Math.min(length, out.length - to) : length;
      const removed = keepsLength ? room : random.chance(50) ? 0 : Math.min(length, out.length - to);
      out = splice(out, to, removed, other.slice(at, at + room));
    } else if (out.length > 0) out = random.pick(mutators)(out, random);
  }
  return out.length > bytesMax ? out.slice(0, bytesMax) : out;
}
