// The bytes of a decision read in place: fields by vtable, texts through a cache.
//
// A decision is a view on the tenant's memory, so one DataView over the whole buffer serves all decisions that follow each other
// there; it costs more to make than a decision costs to read. Positions below are absolute in that buffer.

import type { Piece } from './json-pieces.js';

const HEX = Array.from({ length: 65_536 }, (_, i) => i.toString(16).padStart(4, '0'));

let view: DataView = new DataView(new ArrayBuffer(8));
// Kept beside it: asking the view for them is a call each time.
let viewed: ArrayBufferLike = view.buffer;
let viewedBytes = view.byteLength;

/** Makes `view` show the buffer of these bytes; returns where they start in it. */
export function open(bytes: Uint8Array): number {
  openBuffer(bytes.buffer);
  return bytes.byteOffset;
}

/** Makes `view` show this buffer. */
export function openBuffer(buffer: ArrayBufferLike): void {
  if (buffer === viewed) return;
  view = new DataView(buffer);
  viewed = buffer;
  viewedBytes = buffer.byteLength;
}

/** Shows the buffer that is open: for values that are read one by one. */
export function currentView(): DataView {
  return view;
}

export function u32(at: number): number {
  return view.getUint32(at, true);
}

export function u16(at: number): number {
  return view.getUint16(at, true);
}

export function vtableOf(table: number): number {
  return table - view.getInt32(table, true);
}

/** Place of a field in its table, 0 where it is absent. */
export function field(vtable: number, entry: number): number {
  return entry < view.getUint16(vtable, true) ? view.getUint16(vtable + entry, true) : 0;
}

export function follow(at: number): number {
  return at + view.getUint32(at, true);
}

export function byteAt(table: number, at: number): number {
  return at === 0 ? 0 : view.getUint8(table + at);
}

/** The double of a field, 0 where it is absent. */
export function doubleAt(table: number, at: number): number {
  return at === 0 ? 0 : view.getFloat64(table + at, true);
}

/** The ulong at `at` as a number; exact below 2^53. */
export function longAt(at: number): number {
  return view.getInt32(at + 4, true) * 4_294_967_296 + u32(at);
}

/** The long at `at`. */
export function bigLongAt(at: number): bigint {
  return view.getBigInt64(at, true);
}

/** 16 hex digits of the ulong at base + at. */
export function hexAt(base: number, at: number): string {
  const high = u32(base + at + 4);
  const low = u32(base + at);
  return HEX[high >>> 16]! + HEX[high & 0xffff]! + HEX[low >>> 16]! + HEX[low & 0xffff]!;
}

// Names of bundles, rules and reasons repeat without end. A cache of two places for each hash holds them beside their bytes; the
// bytes are compared in full, so a collision costs time and nothing else.

const TEXT_CACHE_BITS = 12;
const TEXT_CACHE_BYTES_MAX = 192;

/** The bytes of a text, for comparison. */
export interface TextWords {
  readonly length: number;
  readonly words: Int32Array;
}

export interface CachedText extends TextWords {
  text: string;
  /** Its JSON spelling, quotes included. */
  json: string;
  /** The last reason whose rule it was, and the last decision whose bundle it was, as far as they repeat. */
  reason: { code: TextWords; score: number; piece: Piece } | undefined;
  tail: { version: TextWords; low: number; high: number; piece: Piece } | undefined;
}

const textCache: (CachedText | undefined)[] = new Array<CachedText | undefined>(1 << TEXT_CACHE_BITS).fill(undefined);
const NO_WORDS = new Int32Array(0);
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The string at `at`. Its last word is taken with the terminator masked out. */
export function textAt(at: number): CachedText {
  const length = u32(at);
  const start = at + 4;
  const words = length >>> 2;
  if (length > TEXT_CACHE_BYTES_MAX || start + length + 4 > viewedBytes) return spell(start, length, NO_WORDS);
  let hash = length;
  for (let i = 0; i < words; i++) hash = mix(hash, view.getInt32(start + 4 * i, true));
  const last = tailWord(start + 4 * words, length & 3);
  const slot = Math.imul(mix(hash, last), 0x85ebca6b) >>> (32 - TEXT_CACHE_BITS);
  const first = textCache[slot];
  if (first !== undefined && isTextAt(first, start, length, last)) return first;
  const second = textCache[slot ^ 1];
  if (second !== undefined && isTextAt(second, start, length, last)) return second;
  const copy = new Int32Array(words + 1);
  for (let i = 0; i < words; i++) copy[i] = view.getInt32(start + 4 * i, true);
  copy[words] = last;
  const fresh = spell(start, length, copy);
  textCache[slot ^ 1] = first;
  textCache[slot] = fresh;
  return fresh;
}

/** Whether the string at `at` is this one, which has been read before; false too where nobody can say without reading it again. */
export function holdsText(at: number, text: TextWords): boolean {
  const length = u32(at);
  if (length !== text.length || at + length + 8 > viewedBytes) return false;
  return isTextAt(text, at + 4, length, tailWord(at + 4 + (length & -4), length & 3));
}

function isTextAt(cached: TextWords, start: number, length: number, last: number): boolean {
  const words = length >>> 2;
  if (cached.length !== length || cached.words[words] !== last) return false;
  for (let i = 0; i < words; i++) if (cached.words[i] !== view.getInt32(start + 4 * i, true)) return false;
  return true;
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/** The last 0 to 3 bytes of a text as a word; what lies behind them is masked out. */
function tailWord(at: number, count: number): number {
  return count === 0 ? 0 : view.getInt32(at, true) & (0xffffff >>> (24 - 8 * count));
}

function spell(start: number, length: number, words: Int32Array): CachedText {
  // A copy: TextDecoder refuses views of shared memory.
  const text = decoder.decode(new Uint8Array(viewed, start, length).slice());
  return { length, words, text, json: JSON.stringify(text), reason: undefined, tail: undefined };
}
