// Functions of texts against V8's, over texts with characters of every size and with halves of surrogate pairs. Each text lies
// at the end of the memory, so that reading behind it traps.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { assemblyModule } from '../../lib/assembly-module.js';
import { testSeed } from '../../lib/model.js';
import { fromWtf8, toWtf8 } from '../../lib/wtf8.js';

// A text is handed over as address and length; one that is given, by the same two numbers at RESULT.
const ENTRY = `
import { textCompare } from './assembly/ops/text';
import * as text from './assembly/functions/text';
export { steps } from './assembly/functions/steps';

const RESULT: usize = 16;
const ROOM: usize = 1024;
const ROOM_BYTES: u32 = 131072;

function pack(address: u32, bytes: u32): u64 { return (address as u64) | ((bytes as u64) << 32); }
function give(t: u64): void { store<u64>(RESULT, t); }

export function compare(a: u32, n: u32, b: u32, m: u32): i32 { return textCompare(pack(a, n), pack(b, m)); }
export function length(a: u32, n: u32): f64 { return text.textLength(pack(a, n)); }
export function startsWith(a: u32, n: u32, b: u32, m: u32): i32 { return text.textStartsWith(pack(a, n), pack(b, m)); }
export function endsWith(a: u32, n: u32, b: u32, m: u32): i32 { return text.textEndsWith(pack(a, n), pack(b, m)); }
export function includes(a: u32, n: u32, b: u32, m: u32): i32 { return text.textIncludes(pack(a, n), pack(b, m)); }
export function indexOf(a: u32, n: u32, b: u32, m: u32, from: f64): f64 { return text.textIndexOf(pack(a, n), pack(b, m), from); }
export function slice(a: u32, n: u32, from: f64, to: f64, room: u32): void {
  give(text.textSlice(pack(a, n), from, to, ROOM, min(room, ROOM_BYTES)));
}
export function trim(a: u32, n: u32): void { give(text.textTrim(pack(a, n))); }
export function trimStart(a: u32, n: u32): void { give(text.textTrimStart(pack(a, n))); }
export function trimEnd(a: u32, n: u32): void { give(text.textTrimEnd(pack(a, n))); }
export function join(a: u32, n: u32, b: u32, m: u32): void {
  give(pack(ROOM as u32, (text.textJoin(ROOM, pack(a, n), pack(b, m)) - ROOM) as u32));
}
export function after(a: u32, n: u32, b: u32, m: u32, end: u32): u32 { return text.afterPiece(pack(a, n), pack(b, m), end); }
export function next(a: u32, n: u32, b: u32, m: u32, from: u32): void { give(text.nextPiece(pack(a, n), pack(b, m), from)); }
export function piece(a: u32, n: u32, start: u32, end: u32): void {
  give(text.pieceText(pack(a, n), pack(start, end), ROOM, ROOM_BYTES));
}`;

// Counts, where the engine's own counts nothing.
const STEPS = `
let counted: f64 = 0;
export function countStep(many: u32 = 1): void { counted += many as f64; }
export function steps(): f64 { const before = counted; counted = 0; return before; }`;

const RESULT = 16;
const ROOM = 1024;
const PAGES = 64;
const NOWHERE = -1;

interface Exports {
  compare(...texts: number[]): number;
  length(...text: number[]): number;
  startsWith(...texts: number[]): number;
  endsWith(...texts: number[]): number;
  includes(...texts: number[]): number;
  indexOf(...texts: number[]): number;
  slice(address: number, bytes: number, from: number, to: number, room: number): void;
  trim(...text: number[]): void;
  trimStart(...text: number[]): void;
  trimEnd(...text: number[]): void;
  join(...texts: number[]): void;
  after(...texts: number[]): number;
  next(...texts: number[]): void;
  piece(...text: number[]): void;
  steps(): number;
}

let call: Exports;
let memory: Uint8Array;
let view: DataView;

/** Compiles the functions with a count of their steps, and perhaps with a changed search. */
async function useModule(search?: string): Promise<void> {
  const instead = {
    'assembly/functions/steps.ts': STEPS,
    ...(search === undefined ? {} : { 'assembly/functions/search.ts': search }),
  };
  const module = await assemblyModule(ENTRY, PAGES, instead);
  call = module.call as unknown as Exports;
  memory = module.bytes;
  view = module.view;
}

beforeAll(() => useModule());

/** Puts a text at the end of the memory. @returns its address and length */
function put(text: string): [number, number] {
  const bytes = toWtf8(text);
  memory.set(bytes, memory.length - bytes.length);
  return [memory.length - bytes.length, bytes.length];
}

/** Puts two texts, the first one at the end of the memory and the second one in front of it, or the other way round. */
let turn = false;
function putBoth(left: string, right: string): [number, number, number, number] {
  turn = !turn;
  const [last, first] = turn ? [left, right] : [right, left];
  const at = put(last);
  const bytes = toWtf8(first);
  const other: [number, number] = [at[0] - bytes.length, bytes.length];
  memory.set(bytes, other[0]);
  return turn ? [...at, ...other] : [...other, ...at];
}

/** The text that the last call gave. */
function given(): string {
  const address = view.getUint32(RESULT, true);
  return fromWtf8(memory.slice(address, address + view.getUint32(RESULT + 4, true)));
}

/** The pieces of a text, by the loop that the engine makes. */
function split(text: string, separator: string): string[] {
  const both = putBoth(text, separator);
  const pieces: string[] = [];
  if (text === '' && separator === '') return pieces;
  for (let from = 0; ; ) {
    call.next(...both, from);
    const [start, end] = [view.getUint32(RESULT, true), view.getUint32(RESULT + 4, true)];
    call.piece(both[0], both[1], start, end);
    pieces.push(given());
    from = call.after(...both, end);
    if (from === NOWHERE) return pieces;
  }
}

/** Compares all functions with V8's for one choice of texts and numbers. @returns how many comparisons that were */
function compareAll(text: string, other: string, from: number, to: number): number {
  const both = putBoth(text, other);
  const one: [number, number] = [both[0], both[1]];
  let compared = 0;
  const same = (name: string, actual: unknown, expected: unknown): void => {
    compared += 1;
    // Millions of expect() take a minute.
    if (!Object.is(actual, expected))
      expect({ [name]: actual }, JSON.stringify([text, other, from, to])).toEqual({ [name]: expected });
  };
  same('compare', Math.sign(call.compare(...both)), text < other ? -1 : text > other ? 1 : 0);
  same('length', call.length(...one), text.length);
  same('startsWith', call.startsWith(...both) !== 0, text.startsWith(other));
  same('endsWith', call.endsWith(...both) !== 0, text.endsWith(other));
  same('includes', call.includes(...both) !== 0, text.includes(other));
  same('indexOf', call.indexOf(...both, from), text.indexOf(other, from));
  call.slice(...one, from, to, 131072);
  same('slice', given(), text.slice(from, to));
  call.trim(...one);
  same('trim', given(), text.trim());
  call.trimStart(...one);
  same('trimStart', given(), text.trimStart());
  call.trimEnd(...one);
  same('trimEnd', given(), text.trimEnd());
  call.join(...both);
  same('join', given(), text + other);
  const pieces = split(text, other);
  same('split', pieces.length, text.split(other).length);
  for (const [index, piece] of text.split(other).entries()) same(`piece ${index}`, pieces[index], piece);
  return compared;
}

const HIGH = '\ud83d';
const LOW = '\ude00';
const numbers = [0, -0, 1, 2, 3, -1, -2, 5, 1.5, -1.5, 0.5, -0.5, NaN, Infinity, -Infinity, 2 ** 31, -(2 ** 31), 2 ** 53, 1e300];

describe('texts', () => {
  it('of halves and whole characters, every pair of short ones', () => {
    const letters = ['a', 'é', '\ud7ff', HIGH, LOW, '\udc00', '\ue000', '\uffff', '😀', '\u{10ffff}', ' ', '\u3000'];
    const texts = ['', ...letters, ...letters.flatMap((a) => letters.map((b) => a + b))];
    const number = (index: number): number => numbers[index % numbers.length]!;
    for (const [i, text] of texts.entries())
      for (const [j, other] of texts.entries()) compareAll(text, other, number(i + j), number(i * 7 + j));
  });

  it('with white space of every kind, and what only looks like it', () => {
    for (let point = 0; point < 0x10000; point++) {
      const space = String.fromCharCode(point);
      const text = `${space}${space}x${space}`;
      call.trim(...put(text));
      expect(given()).toBe(text.trim());
    }
  });

  it('sliced at every pair of numbers', () => {
    for (const text of ['', 'a', 'héllo', '😀', 'a😀b', '😀😀', `${LOW}😀${HIGH}`])
      for (const from of numbers) for (const to of numbers) compareAll(text, '😀'.slice(0, 1), from, to);
  });

  it('agree with V8 on generated ones, 200,000 comparisons and more', () => {
    const letter = fc.constantFrom(
      'a',
      'a',
      'b',
      'é',
      '中',
      '\ud7ff',
      '\ue000',
      '\uffef',
      '😀',
      '😁',
      HIGH,
      LOW,
      '\ude01',
      ' ',
      '\ufeff',
    );
    const short = fc.array(letter, { maxLength: 6 }).map((parts) => parts.join(''));
    const long = fc.array(fc.oneof(letter, fc.constantFrom('abababab', 'aaaaaaaaaaaaaaaa', '😀😀😀😀')), { maxLength: 24 });
    const index = fc.oneof(fc.integer({ min: -40, max: 80 }), fc.constantFrom(...numbers), fc.double());
    const pair = fc.oneof(
      fc.tuple(short, short),
      fc.tuple(
        long.map((parts) => parts.join('')),
        short,
      ),
      // What is searched is a part of the text.
      fc
        .tuple(
          long.map((parts) => parts.join('')),
          fc.nat(40),
          fc.nat(24),
        )
        .map(([text, at, length]): [string, string] => [text, text.slice(at, at + length)]),
    );
    let compared = 0;
    fc.assert(
      fc.property(pair, index, index, ([text, other], from, to) => {
        compared += compareAll(text, other, from, to);
      }),
      { numRuns: 16_000, seed: testSeed('texts') },
    );
    expect(compared).toBeGreaterThan(200_000);
  });
});

describe('a slice that begins or ends inside a character', () => {
  it('needs room for its copy, and says where there is none', () => {
    const at = put('x😀y');
    call.slice(...at, 1, 2, 2);
    expect(view.getUint32(RESULT + 4, true)).toBe(0xffffffff);
    call.slice(...at, 1, 2, 3);
    expect([view.getUint32(RESULT, true), given()]).toEqual([ROOM, HIGH]);
    call.slice(...at, 0, 3, 0);
    expect(given()).toBe('x😀');
  });
});

describe('a piece that no loop gives', () => {
  it('is a part of the text all the same', () => {
    const text = 'aé中😀b';
    const at = put(text);
    const bytes = toWtf8(text).length;
    for (let start = 0; start < bytes + 9; start++) {
      for (const end of [...Array(bytes + 9).keys(), 0xffffffff]) {
        call.piece(...at, start, end);
        expect(text).toContain(given());
        call.next(...putBoth(text, '中'), start);
        call.after(...putBoth(text, LOW), end);
        put(text);
      }
    }
  });
});

describe('searching takes time linear in the text', () => {
  // The worst for other ways of searching: what is searched almost stands at every place.
  const cases: [name: string, text: string, searched: string][] = [
    ['one letter, last one differs', 'a'.repeat(100_000), `${'a'.repeat(5_000)}b`],
    ['one letter, first one differs', 'a'.repeat(100_000), `b${'a'.repeat(5_000)}`],
    ['one letter, the middle differs', 'a'.repeat(100_000), `${'a'.repeat(2_500)}b${'a'.repeat(2_500)}`],
    ['a period of two', 'ab'.repeat(50_000), `${'ab'.repeat(2_500)}b`],
    ['a period of three, broken often', `${'aab'.repeat(1_250)}a`.repeat(25), 'aab'.repeat(1_500)],
    ['half of a character is missing', 'a'.repeat(100_000), `${'a'.repeat(5_000)}${HIGH}`],
    ['half of a character in front is missing', 'a'.repeat(100_000), `${LOW}${'a'.repeat(5_000)}`],
    ['only half of a character', '😀'.repeat(100_000), '\ude01'],
  ];
  for (const [name, text, searched] of cases) {
    it(name, () => {
      call.steps();
      const both = putBoth(text, searched);
      expect(call.includes(...both) !== 0).toBe(text.includes(searched));
      // Quadratic would be 500,000,000.
      expect(call.steps()).toBeLessThan(2 * both[1] + 5 * both[3] + 1000);
      expect(call.indexOf(...putBoth(`${text}${searched}`, searched), 0)).toBe(`${text}${searched}`.indexOf(searched));
    });
  }

  it('for split as well', () => {
    call.steps();
    expect(split('ab'.repeat(50_000), 'b').length).toBe(50_001);
    expect(split('aaab'.repeat(5_000), 'aab').length).toBe(5_001);
    expect(split('a'.repeat(100_000), 'aaaaaaaaab').length).toBe(1);
    expect(call.steps()).toBeLessThan(1_500_000);
  });
});

describe('searching by the two-way algorithm alone', () => {
  it('finds what V8 finds', async () => {
    // As it is, hardly a short text comes to it: here the first place that is none is enough.
    const source = readFileSync(new URL('../../../assembly/functions/search.ts', import.meta.url), 'utf8');
    const eager = source.replace('let budget = 64;', 'let budget = -1000000;');
    expect(eager).not.toBe(source);
    await useModule(eager);
    const letters = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
    const periodic = fc
      .tuple(letters, fc.integer({ min: 1, max: 12 }), letters)
      .map(([part, times, rest]) => part.repeat(times) + rest);
    const text = fc
      .array(fc.oneof(periodic, fc.constantFrom('a'.repeat(20), '😀', HIGH, LOW)), { maxLength: 6 })
      .map((parts) => parts.join(''));
    const searched = fc.oneof(
      periodic,
      periodic.map((core) => LOW + core),
      periodic.map((core) => core + HIGH),
    );
    let found = 0;
    fc.assert(
      fc.property(text, searched, fc.nat(30), (before, other, from) => {
        const whole = `${before}${other.slice(1)}${before}${from % 3 === 0 ? other : ''}${before}`;
        if (whole.includes(other)) found += 1;
        compareAll(whole, other, from, 9);
      }),
      { numRuns: 10_000, seed: testSeed('two-way') },
    );
    expect(found).toBeGreaterThan(2000);
    await useModule();
  });
});
