// Case mapping against V8's, over all code points, alone and around a sigma; and blobs that someone has changed. The blob lies
// at the end of the memory, so that reading behind it traps.

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import * as layout from '#assembly/shared/case.js';
import { caseBlob, UNICODE_VERSION } from '#src/compiler/unicode/case-blob.js';
import { assemblyModule } from '../../lib/assembly-module.js';
import { testSeed } from '../../lib/model.js';
import { fromWtf8, toWtf8 } from '../../lib/wtf8.js';

const ENTRY = `
import * as cases from './assembly/functions/case';
import { steps } from './assembly/functions/steps';
export { steps };

const RESULT: usize = 16;
function pack(address: u32, bytes: u32): u64 { return (address as u64) | ((bytes as u64) << 32); }

export function verify(blob: u32, bytes: u32): i32 { return cases.verifyCase(blob, bytes); }
export function lower(a: u32, n: u32, blob: u32, room: u32, roomBytes: u32): void {
  store<u64>(RESULT, cases.textLower(pack(a, n), blob, room, roomBytes));
}
export function upper(a: u32, n: u32, blob: u32, room: u32, roomBytes: u32): void {
  store<u64>(RESULT, cases.textUpper(pack(a, n), blob, room, roomBytes));
}`;

const STEPS = `
let counted: f64 = 0;
export function countStep(many: u32 = 1): void { counted += many as f64; }
export function steps(): f64 { const before = counted; counted = 0; return before; }`;

interface Exports {
  verify(blob: number, bytes: number): number;
  lower(...places: number[]): void;
  upper(...places: number[]): void;
  steps(): number;
}

const RESULT = 16;
const TEXT = 1024;
const ROOM = 16 * 65536;
const GUARD = 0xa5;
const blob = caseBlob();

let call: Exports;
let memory: Uint8Array;
let view: DataView;
let at: number;

beforeAll(async () => {
  const module = await assemblyModule(ENTRY, 64, { 'assembly/functions/steps.ts': STEPS });
  call = module.call as unknown as Exports;
  memory = module.bytes;
  view = module.view;
  at = memory.length - blob.length;
  memory.set(blob, at);
});

/** Maps a text; undefined where it does not fit the room. */
function map(name: 'lower' | 'upper', text: string, roomBytes?: number): string | undefined {
  const bytes = toWtf8(text);
  memory.set(bytes, TEXT);
  const room = roomBytes ?? 3 * bytes.length;
  memory[ROOM + room] = GUARD;
  call[name](TEXT, bytes.length, at, ROOM, room);
  expect(memory[ROOM + room]).toBe(GUARD);
  const length = view.getUint32(RESULT + 4, true);
  if (length === 0xffffffff) return undefined;
  const address = view.getUint32(RESULT, true);
  return fromWtf8(memory.slice(address, address + length));
}

function same(text: string): void {
  const lower = map('lower', text);
  const upper = map('upper', text);
  // Millions of expect() take a minute.
  if (lower === text.toLowerCase() && upper === text.toUpperCase()) return;
  expect([text, lower, upper]).toEqual([text, text.toLowerCase(), text.toUpperCase()]);
}

// What V8 maps depends on its Unicode; ours is fixed, so that an image maps alike everywhere.
const isSame = process.versions.unicode === UNICODE_VERSION;
const reason = isSame ? '' : ` (left out: the table is of Unicode ${UNICODE_VERSION}, this Node of ${process.versions.unicode})`;

describe.skipIf(!isSame)(`cases agree with V8${reason}`, () => {
  // Spaces part the code points, so that none is seen by the next.
  const alone = (point: string): string => `${point} `;
  const aroundSigma = (point: string): string =>
    `Σ${point} a${point}Σ ${point}Σ ${point}aΣ aΣ${point} aΣ${point}a aΣ.${point} a${point}.Σ `;
  for (const [name, context] of [
    ['alone', alone],
    ['around a sigma', aroundSigma],
  ] as const) {
    it(`for every code point, ${name}, halves of pairs included`, () => {
      for (let start = 0; start < 0x110000; start += 256)
        same(Array.from({ length: 256 }, (_, index) => context(String.fromCodePoint(start + index))).join(''));
    });
  }

  it('for sigmas in words', () => {
    const letters = ['Σ', 'a', ' ', '.', '\u0301', '\u0345', 'ʰ', '😀', '\ud83d', '\ude00', '𐐀', '1'];
    const words = (length: number): string[] =>
      length === 0 ? [''] : words(length - 1).flatMap((word) => letters.map((letter) => word + letter));
    for (const length of [1, 2, 3, 4]) for (const word of words(length)) same(word);
  });

  it('for generated texts', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'abcdefgh',
        'ABCDEFGH',
        'Grüße',
        'ΟΔΥΣΣΕΥΣ',
        'İstanbul',
        'ŉ',
        'ﬃ',
        '😀',
        '\ud83d',
        '\udc00',
        '\u1f80',
        'ⅷ',
        'ǅ',
      ),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => same(pieces.join(''))),
      { numRuns: 20_000, seed: testSeed('cases') },
    );
  });
});

describe('cases', () => {
  it('leave the text where it is if nothing changes and it is ASCII', () => {
    for (const [name, text] of [
      ['lower', 'all lower already, 1234567890'],
      ['upper', 'A'],
      ['lower', ''],
    ] as const) {
      expect(map(name, text)).toBe(text);
      expect(view.getUint32(RESULT, true)).toBe(TEXT);
    }
  });

  it('say where the room is too small, and write nothing behind it', () => {
    const texts = ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'ΑΒΓ', 'aŉaŉﬃ', 'abcdefghijklmnopqrstuvwxyzé', '𐐀𐐀', '中中A'];
    for (const text of texts) {
      for (const name of ['lower', 'upper'] as const) {
        const whole = map(name, text)!;
        const bytes = toWtf8(whole).length;
        const isCopy = view.getUint32(RESULT, true) === ROOM;
        for (let room = 0; isCopy && room < bytes; room++) expect(map(name, text, room), `${text} in ${room}`).toBeUndefined();
        expect(map(name, text, bytes)).toBe(whole);
      }
    }
  });

  it('take time linear in the text, whatever is around a sigma', () => {
    for (const text of [
      `${'Σ\u0301'.repeat(20_000)}`,
      `Σ${'.'.repeat(60_000)}Σ`,
      `${'.'.repeat(60_000)}Σ`,
      `${"Σ'''".repeat(10_000)}`,
    ]) {
      call.steps();
      if (isSame) same(text);
      else map('lower', text);
      expect(call.steps()).toBeLessThan(2.1 * toWtf8(text).length);
    }
  });
});

describe('verifyCase', () => {
  it('accepts the table, and no part of it', () => {
    expect(call.verify(at, blob.length)).toBe(1);
    for (let bytes = 0; bytes < blob.length; bytes += 4) expect(call.verify(at, bytes)).toBe(0);
  });

  it('refuses an expansion that reaches over the end of the expansions, or is longer than a text may grow', () => {
    const words = new DataView(blob.buffer);
    const ranges = words.getUint32(layout.CASE_LOWER_COUNT, true) + words.getUint32(layout.CASE_UPPER_COUNT, true);
    const expanded = words.getUint32(layout.CASE_EXPANSION_BYTES, true);
    const isAccepted = (range: number, place: number, size: number): boolean => {
      memory.set(blob, at);
      view.setUint32(at + range + layout.CASE_DELTA, place | (size << 16), true);
      return call.verify(at, blob.length) === 1;
    };
    let seen = 0;
    for (let index = 0; index < ranges; index++) {
      const range = layout.CASE_RANGES + index * layout.CASE_RANGE_BYTES;
      if (words.getUint32(range + layout.CASE_LAST, true) >>> 24 !== 0) continue;
      seen += 1;
      const size = words.getUint32(range + layout.CASE_DELTA, true) >>> 16;
      expect(isAccepted(range, words.getUint16(range + layout.CASE_DELTA, true), size)).toBe(true);
      for (let over = 1; over <= size; over++) expect(isAccepted(range, expanded - size + over, size)).toBe(false);
      expect([isAccepted(range, 0, 0), isAccepted(range, 0, 200)]).toEqual([false, false]);
    }
    memory.set(blob, at);
    expect(seen).toBeGreaterThan(100);
  });

  it('lets through only what reads inside the blob and gives well-formed texts', () => {
    const texts = ['ÀÉÎ ΣΑΣ. ŉ ﬃ 𐐀', 'straße ǅ ᾀ ԱՒ', '\u0301Σ\u1e9e', 'ⅷⅷ\udc00İ'];
    let accepted = 0;
    let refused = 0;
    const change = fc.tuple(
      fc.oneof(
        fc.nat(7).map((word) => word * 4),
        fc.nat(blob.length - 4),
      ),
      fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0, 1, 0xffffffff, 0x110000, 0xd800)),
      fc.constantFrom(1, 2, 4),
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        memory.set(blob, at);
        for (const [place, value, size] of changes)
          for (let byte = 0; byte < size; byte++) memory[at + place + byte] = value >>> (8 * byte);
        if (call.verify(at, blob.length) === 0) {
          refused += 1;
          return;
        }
        accepted += 1;
        for (const text of texts) for (const name of ['lower', 'upper'] as const) expect(map(name, text)).toBeDefined();
      }),
      { numRuns: 20_000, seed: testSeed('hostile case blobs') },
    );
    memory.set(blob, at);
    expect(Math.min(accepted, refused)).toBeGreaterThan(1000);
  });
});
