// Mutators of FlatBuffers: they look for tables and texts where they seem to be, and change what holds them together: entries of
// vtables, lengths, offsets, the characters of texts. Most of what they make is still nearly a buffer.

import type { Random } from './random.js';

const TEXT_BYTES_MAX = 64;
const VTABLE_BYTES_MAX = 256;
/** What lies so near to an end is just inside or just outside, whatever its width. */
const NEAR = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12];
/** Bytes of a buffer that grows with each text that is made longer. */
const BUFFER_BYTES_MAX = 2048;

interface Table {
  at: number;
  vtable: number;
  entries: number;
  bytes: number;
}

/** What looks like tables. */
function tablesOf(view: DataView): Table[] {
  const tables: Table[] = [];
  for (let at = 4; at + 4 <= view.byteLength; at += 4) {
    const vtable = at - view.getInt32(at, true);
    if (vtable < 0 || vtable + 4 > view.byteLength || vtable === at) continue;
    const vtableBytes = view.getUint16(vtable, true);
    const bytes = view.getUint16(vtable + 2, true);
    if (vtableBytes < 6 || vtableBytes > VTABLE_BYTES_MAX || (vtableBytes & 1) !== 0 || bytes < 4) continue;
    if (vtable + vtableBytes > view.byteLength || at + bytes > view.byteLength) continue;
    tables.push({ at, vtable, entries: (vtableBytes - 4) >> 1, bytes });
  }
  return tables;
}

/** Places of offsets that lead to what looks like a text. */
function textsOf(data: Uint8Array, view: DataView): { from: number; at: number; bytes: number }[] {
  const texts: { from: number; at: number; bytes: number }[] = [];
  for (let from = 4; from + 4 <= data.length; from += 4) {
    const at = from + view.getUint32(from, true);
    if (at <= from || at + 5 > data.length) continue;
    const bytes = view.getUint32(at, true);
    if (bytes > TEXT_BYTES_MAX || at + 4 + bytes >= data.length || data[at + 4 + bytes] !== 0) continue;
    if (data.subarray(at + 4, at + 4 + bytes).every((byte) => byte >= 32)) texts.push({ from, at, bytes });
  }
  return texts;
}

function changeEntry(out: Uint8Array, random: Random): void {
  const view = new DataView(out.buffer);
  const tables = tablesOf(view);
  if (tables.length === 0) return;
  const { vtable, entries, bytes } = random.pick(tables);
  const entryAt = (): number => vtable + 4 + 2 * random.below(entries);
  const entry = entryAt();
  switch (random.below(5)) {
    case 0:
      view.setUint16(entry, bytes - random.pick(NEAR), true);
      break;
    case 1:
      view.setUint16(vtable + 2, view.getUint16(entry, true) + random.pick(NEAR), true);
      break;
    case 2:
      view.setUint16(entry, random.chance(50) ? 0 : view.getUint16(entryAt(), true), true);
      break;
    case 3:
      view.setUint16(vtable, view.getUint16(vtable, true) + random.pick([-2, 2, 1]), true);
      break;
    default:
      view.setUint16(vtable + 2, bytes + random.pick([-8, -4, -1, 1, 4, 8]), true);
  }
}

/** What an offset of a table leads to becomes something near the end, or what another offset leads to; or it has another length. */
function changeOffset(out: Uint8Array, random: Random): void {
  const view = new DataView(out.buffer);
  const tables = tablesOf(view);
  if (tables.length === 0) return;
  const { at, vtable, entries } = random.pick(tables);
  const place = at + view.getUint16(vtable + 4 + 2 * random.below(entries), true);
  if (place + 4 > out.length) return;
  const target = place + view.getUint32(place, true);
  const roll = random.below(3);
  if (roll === 0) view.setUint32(place, out.length - random.pick(NEAR) - place, true);
  else if (roll === 1) view.setUint32(place, random.pick(tables).at - place, true);
  else if (target + 4 <= out.length)
    view.setUint32(target, view.getUint32(target, true) + random.pick([-1, 1, 4, 8, 2 ** 29, 2 ** 30]), true);
}

/** Another text for one there is: in its place, or where it is longer behind the buffer. */
function changeText(data: Uint8Array, random: Random): Uint8Array | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const texts = textsOf(data, view);
  if (texts.length === 0) return undefined;
  const { from, at, bytes } = random.pick(texts);
  const text = data.slice(at + 4, at + 4 + bytes);
  const typed = 32 + random.below(95);
  const place = random.below(bytes + 1);
  if (place < bytes && random.chance(60)) {
    const out = data.slice();
    out[at + 4 + place] = random.chance(80) ? typed : random.word();
    return out;
  }
  const start = (data.length + 3) & ~3;
  if (start > BUFFER_BYTES_MAX) return undefined;
  const longer = Uint8Array.of(...text.subarray(0, place), typed, ...text.subarray(place));
  const out = new Uint8Array(start + ((4 + longer.length + 4) & ~3));
  out.set(data);
  const outView = new DataView(out.buffer);
  outView.setUint32(start, longer.length, true);
  out.set(longer, start + 4);
  outView.setUint32(from, start - from, true);
  return out;
}

/** A changed copy; undefined where there is nothing that looks like what it changes. */
export function mutateTables(data: Uint8Array, random: Random): Uint8Array | undefined {
  if (random.chance(50)) return changeText(data, random);
  const out = data.slice();
  for (let left = 1 + random.below(2); left > 0; left--) {
    if (random.chance(60)) changeEntry(out, random);
    else changeOffset(out, random);
  }
  return out;
}
