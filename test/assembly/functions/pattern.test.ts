// Regular expressions against V8's with the flag `u`, by DFA and by NFA; that they take time linear in the text; and blobs that
// someone has changed. The blob, or the text, lies at the end of the memory, so that reading behind it traps.

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { SCRATCH_WORK_BYTES } from '#assembly/shared/layout.js';
import * as layout from '#assembly/shared/pattern.js';
import { type CompiledPattern, compileNfa, compilePattern } from '#src/compiler/pattern/compile-pattern.js';
import { assemblyModule } from '../../lib/assembly-module.js';
import { testSeed } from '../../lib/model.js';
import { patternSource, patternText } from '../../lib/pattern-arbitrary.js';
import { toWtf8 } from '../../lib/wtf8.js';

const ENTRY = `
import * as pattern from './assembly/functions/pattern';
import { steps } from './assembly/functions/steps';
export { steps };

export function verify(blob: u32, bytes: u32): i32 { return pattern.verifyPattern(blob, bytes); }
export function matches(a: u32, n: u32, blob: u32, work: u32): i32 {
  return pattern.textMatches((a as u64) | ((n as u64) << 32), blob, work);
}`;

const STEPS = `
let counted: f64 = 0;
export function countStep(many: u32 = 1): void { counted += many as f64; }
export function steps(): f64 { const before = counted; counted = 0; return before; }`;

interface Exports {
  verify(blob: number, bytes: number): number;
  matches(text: number, bytes: number, blob: number, work: number): number;
  steps(): number;
}

const WORK = 4096;
const BLOB = 32768;
const GUARD = 0xa5;

let call: Exports;
let memory: Uint8Array;

beforeAll(async () => {
  const module = await assemblyModule(ENTRY, 64, { 'assembly/functions/steps.ts': STEPS });
  call = module.call as unknown as Exports;
  memory = module.bytes;
  memory.fill(GUARD, WORK + SCRATCH_WORK_BYTES, WORK + SCRATCH_WORK_BYTES + 64);
});

/** Both automata of a source that has to be good; the DFA may be missing. */
function blobsOf(source: string): Uint8Array[] {
  const blobs = [compilePattern(source), compileNfa(source)].map((compiled) => blobOf(source, compiled));
  return blobs;
}

function blobOf(source: string, compiled: CompiledPattern): Uint8Array {
  if ('error' in compiled) throw new Error(`${source}: ${JSON.stringify(compiled.error)}`);
  return compiled.blob;
}

const kindOf = (blob: Uint8Array): layout.PatternKind => blob[layout.PATTERN_KIND]!;

/** Puts a text at the end of the memory, the blob in front of everything. */
function matches(blob: Uint8Array, text: Uint8Array): boolean {
  memory.set(blob, BLOB);
  return run(BLOB, text);
}

function run(blob: number, text: Uint8Array): boolean {
  const at = memory.length - text.length;
  memory.set(text, at);
  return call.matches(at, text.length, blob, WORK) !== 0;
}

function same(source: string, texts: readonly string[]): number {
  const expected = new RegExp(source, 'u');
  for (const blob of blobsOf(source)) {
    memory.set(blob, BLOB);
    expect(call.verify(BLOB, blob.length), source).toBe(1);
    for (const text of texts) {
      const actual = run(BLOB, toWtf8(text));
      if (actual !== expected.test(text))
        expect([source, text, kindOf(blob), actual]).toEqual([source, text, kindOf(blob), !actual]);
    }
  }
  return texts.length;
}

describe('patterns agree with V8', () => {
  const texts = [
    '',
    'a',
    'b',
    'ab',
    'ba',
    'aab',
    'abc',
    ' a',
    'a ',
    'a b',
    '_',
    'é',
    'éa',
    'aé',
    '1',
    '12',
    '123',
    'a\nb',
    '\n',
    '\r',
    '\u2028',
  ];
  texts.push(
    '😀',
    'a😀b',
    '\ud83d',
    '\ude00',
    '\ude00\ud83d',
    '😁',
    'Α',
    'α',
    'ß',
    '\u00a0',
    '\ufeff',
    '中文',
    'A',
    'Z',
    '-',
    'a-b',
    '.',
    '/',
    '\0',
    '\t',
  );
  const sources = [
    '',
    'a',
    'ab',
    'a|b',
    '|a',
    'a||b',
    '(a)',
    '(?:a)',
    '(?<name>a)',
    '()',
    '(?:)*',
    '(a*)*',
    '(a*)+',
    '(a|b)*c',
    '^',
    '$',
    '^$',
    '^a',
    'a$',
  ];
  sources.push(
    '^a|b$',
    'a^',
    '$a',
    '^^a',
    'a$$',
    '(^a|b)+$',
    '\\b',
    '\\B',
    '\\ba',
    'a\\b',
    '\\Ba',
    'a\\B',
    '\\b\\B',
    '^\\b',
    '\\b$',
    '(\\ba)+',
    '(a\\b|b)*c',
  );
  sources.push(
    '.',
    '..',
    '\\d',
    '\\D',
    '\\w',
    '\\W',
    '\\s',
    '\\S',
    '[^]',
    '[]',
    '[]|a',
    '[a]',
    '[^a]',
    '[a-c]',
    '[\\]]',
    '[\\-a]',
    '[\\b]',
    '[^\\W\\d]',
  );
  sources.push(
    'a?',
    'a*',
    'a+',
    'a{0}',
    'a{2}',
    'a{1,}',
    'a{1,2}',
    '^a{2}$',
    '^(ab){1,2}$',
    '^a{0,1}b$',
    'a??b',
    'a*?b',
    '(a{0,2}){0,2}b',
    '(?:){0,999999}',
  );
  sources.push(
    '\\n',
    '\\r',
    '\\t',
    '\\v',
    '\\f',
    '\\0',
    '\\x61',
    '\\u0061',
    '\\u{61}',
    '\\u{1f600}',
    '\\ud83d\\ude00',
    '\\ud83d',
    '\\ude00',
    '\\cJ',
    '\\^',
    '\\/',
  );
  sources.push(
    '[😀-😂]',
    '[\\ud83d]',
    '[^\\ud83d]',
    '^.$',
    '^[^x]$',
    '\\p{L}',
    '\\P{L}',
    '\\p{Lu}',
    '\\p{Script=Greek}',
    '\\p{gc=Lu}',
    '\\p{sc=Han}',
    '\\p{Any}',
  );
  sources.push(
    '\\p{ASCII}',
    '\\P{ASCII}',
    '[\\p{L}\\d]',
    '[^\\p{L}]',
    '^\\p{Lu}\\p{Ll}*$',
    '^[A-Z]{2}\\d{2}[A-Z0-9]{4}\\d{7}([A-Z0-9]?){0,16}$',
  );
  // V8 looks inside of pairs for what matches the empty text.
  sources.push('a*\\B', '(?:x|\\B)', '\\B.', '^\\B', '\\B\\B', '\\B$', '(?:\\B)+', 'x|\\Ba?', '(?:\\B){0}x');
  for (const source of sources) it(`/${source}/`, () => expect(same(source, texts)).toBe(texts.length));

  it('for every character of the BMP and some beyond, by what escapes name', () => {
    for (const source of ['\\s', '\\w', '\\d', '.', '^\\p{L}$', '^\\p{sc=Latin}$', '[^\\P{Nd}]']) {
      const expected = new RegExp(source, 'u');
      const [blob] = blobsOf(source);
      memory.set(blob!, BLOB);
      const wrong: number[] = [];
      for (let point = 0; point < 0x20000; point++) {
        const text = String.fromCodePoint(point);
        if (run(BLOB, toWtf8(text)) !== expected.test(text)) wrong.push(point);
      }
      // Letters and scripts are of one version of Unicode, which this Node's need not be.
      if (!source.includes('p{') || process.versions.unicode === '17.0') expect(wrong, source).toEqual([]);
    }
  });

  it('on generated patterns and texts, 50,000 pairs and more', () => {
    let pairs = 0;
    let matched = 0;
    let machines = 0;
    fc.assert(
      fc.property(patternSource, fc.array(patternText, { minLength: 12, maxLength: 12 }), (source, texts) => {
        pairs += same(source, texts);
        matched += texts.filter((text) => new RegExp(source, 'u').test(text)).length;
        machines += kindOf(blobsOf(source)[0]!) === layout.PatternKind.DFA ? 1 : 0;
      }),
      { numRuns: 5000, seed: testSeed('patterns') },
    );
    expect(pairs).toBeGreaterThan(50_000);
    // Neither all nor none.
    expect(matched).toBeGreaterThan(pairs / 20);
    expect(matched).toBeLessThan((pairs * 19) / 20);
    expect(machines).toBeGreaterThan(4000);
  });

  it('where only an NFA is small enough', () => {
    const source = '(a|b)*a(a|b){20}$';
    expect(blobsOf(source).map(kindOf)).toEqual([layout.PatternKind.NFA, layout.PatternKind.NFA]);
    const text = 'abbabababbabbbabbaabbababababb';
    same(
      source,
      Array.from({ length: 30 }, (_, index) => text.slice(index) + text.slice(0, index)),
    );
    same('^(?:[^x]{0,300}y){2}', [`${'z'.repeat(300)}yy`, `${'z'.repeat(301)}yy`, `${'z'.repeat(100)}y${'z'.repeat(300)}y`]);
  });
});

describe('patterns take time linear in the text', () => {
  // The worst of a search that tries one way after the other: exponential or quadratic there.
  const cases: [source: string, text: string][] = [
    ['^(a+)+$', `${'a'.repeat(28)}!`],
    ['^(a+)+$', `${'a'.repeat(1_000_000)}!`],
    ['^(a+)+$', 'a'.repeat(1_048_576)],
    ['\\s+$', `${' '.repeat(100_000)}x`],
    ['\\s+$', `${'\u3000'.repeat(100_000)}x`],
    ['^(a|a)*$', `${'a'.repeat(100_000)}b`],
    ['(x+x+)+y', 'x'.repeat(100_000)],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(100_000)],
    ['(a?){30}a{30}', 'a'.repeat(29).padEnd(100_000, 'b')],
    ['(a|b)*a(a|b){20}$', 'ab'.repeat(50_000)],
    ['(.*)(.*)(.*)(.*)(.*)(.*)z', 'y'.repeat(100_000)],
    ['\\b(\\w+\\s?)*!', 'word '.repeat(20_000)],
  ];
  for (const [source, text] of cases) {
    it(`/${source}/ on ${text.length.toLocaleString('en')} characters`, () => {
      const bytes = toWtf8(text);
      const results = blobsOf(source).map((blob) => {
        call.steps();
        const result = matches(blob, bytes);
        const size = new DataView(blob.buffer).getUint32(layout.PATTERN_SIZE, true);
        // A DFA takes one step a character; an NFA visits each instruction and tries it once.
        const perCharacter = kindOf(blob) === layout.PatternKind.DFA ? 1 : 2 * size;
        expect(call.steps()).toBeLessThanOrEqual(perCharacter * (text.length + 1));
        return result;
      });
      expect(results[0]).toBe(results[1]);
    });
  }

  it('on 1 MB as on 1 KB, each character the same', () => {
    for (const blob of blobsOf('^(a+)+$')) {
      const stepsOn = (length: number): number => {
        call.steps();
        expect(matches(blob, toWtf8('a'.repeat(length)))).toBe(true);
        return call.steps();
      };
      const [one, two, many] = [stepsOn(1000), stepsOn(2000), stepsOn(1_048_576)];
      expect(many - one).toBe((two - one) * ((1_048_576 - 1000) / 1000));
    }
  });
});

describe('verifyPattern', () => {
  const sources = ['^(a+)+$', '\\b\\w+@[\\w.]+\\b', '(a|b)*a(a|b){10}', '^\\p{L}+$', 'é|中|😀', ''];

  it('accepts what the compiler makes, and no part of it', () => {
    for (const blob of sources.flatMap(blobsOf)) {
      memory.set(blob, BLOB);
      expect(call.verify(BLOB, blob.length)).toBe(1);
      for (let bytes = 0; bytes < blob.length; bytes += 8) expect(call.verify(BLOB, bytes)).toBe(0);
      expect(call.verify(BLOB, blob.length + 8)).toBe(0);
    }
  });

  it('refuses one that states less than it costs', () => {
    for (const blob of sources.flatMap(blobsOf)) {
      const cheap = blob.slice();
      cheap[layout.PATTERN_UNITS]! -= 1;
      memory.set(cheap, BLOB);
      expect(call.verify(BLOB, cheap.length)).toBe(0);
    }
  });

  it('lets through only what reads inside the blob and writes inside the work area', () => {
    const texts = ['', 'aaab', 'x@y.z é中😀', '\ud83d \u2028', 'ab'.repeat(40)].map(toWtf8);
    const blobs = sources.flatMap(blobsOf);
    let accepted = 0;
    let refused = 0;
    const change = fc.tuple(
      fc.oneof(fc.nat(layout.PATTERN_ASCII), fc.nat(0xffff)),
      fc.oneof(fc.nat(0xffff), fc.nat(8), fc.constantFrom(0, 0xffff, 0xffffffff)),
      fc.constantFrom(1, 2, 4),
    );
    fc.assert(
      fc.property(fc.nat(blobs.length - 1), fc.array(change, { minLength: 1, maxLength: 3 }), (number, changes) => {
        const blob = blobs[number]!.slice();
        for (const [place, value, size] of changes)
          for (let byte = 0; byte < size; byte++) blob[(place + byte) % blob.length] = value >>> (8 * byte);
        // The text in front, the blob at the end of the memory.
        const at = memory.length - blob.length;
        memory.set(blob, at);
        if (call.verify(at, blob.length) === 0) {
          refused += 1;
          return;
        }
        accepted += 1;
        for (const text of texts) {
          memory.set(text, BLOB);
          call.steps();
          call.matches(BLOB, text.length, at, WORK);
          const units = new DataView(blob.buffer).getUint32(layout.PATTERN_UNITS, true);
          expect(call.steps()).toBeLessThanOrEqual(units * (text.length + 1));
        }
      }),
      { numRuns: 30_000, seed: testSeed('hostile patterns') },
    );
    expect(Math.min(accepted, refused)).toBeGreaterThan(1000);
    expect(memory.slice(WORK + SCRATCH_WORK_BYTES, WORK + SCRATCH_WORK_BYTES + 64).every((byte) => byte === GUARD)).toBe(true);
  });
});
