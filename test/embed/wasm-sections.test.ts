// The binary format of modules: numbers and sections.

import { describe, expect, test } from 'vitest';
import { readSections, readUnsigned, writeSections } from '#src/embed/wasm-sections.js';
import { ByteWriter } from '#src/wasm/byte-writer.js';

/** What a writer has written. */
function written(write: (bytes: ByteWriter) => void): Uint8Array {
  const bytes = new ByteWriter();
  write(bytes);
  return bytes.finish();
}

describe('unsigned LEB128', () => {
  test.each<[number, string]>([
    [0, '00'],
    [1, '01'],
    [127, '7f'],
    [128, '8001'],
    [16_383, 'ff7f'],
    [16_384, '808001'],
    [624_485, 'e58e26'],
    [2 ** 31, '8080808008'],
    [2 ** 32 - 1, 'ffffffff0f'],
  ])('%d', (value, hex) => {
    const bytes = written((writer) => writer.unsigned(value));
    expect(Buffer.from(bytes).toString('hex')).toBe(hex);
    expect(readUnsigned(bytes, 0)).toEqual({ value, next: bytes.length });
  });
});

describe('signed LEB128', () => {
  test.each<[number, string]>([
    [0, '00'],
    [63, '3f'],
    [64, 'c000'],
    [-1, '7f'],
    [-64, '40'],
    [-65, 'bf7f'],
    [-123_456, 'c0bb78'],
    [2 ** 31 - 1, 'ffffffff07'],
    [-(2 ** 31), '8080808078'],
  ])('%d', (value, hex) => {
    expect(Buffer.from(written((writer) => writer.signed(value))).toString('hex')).toBe(hex);
  });
});

describe('what is no module', () => {
  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['another version', Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0)],
    ['a section that is longer than the module', Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 0)],
    ['a size that does not end', Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 0xff)],
  ])('%s', (_, bytes) => {
    expect(() => readSections(bytes)).toThrow('WebAssembly module');
  });
});

test('sections are written in the order of the format, custom ones last', () => {
  const empty = new Uint8Array(0);
  const ids = [0, 11, 10, 12, 7, 6, 5, 3, 2, 1];
  const sections = readSections(writeSections(ids.map((id) => ({ id, bytes: empty }))));
  expect(sections.map(({ id }) => id)).toEqual([1, 2, 3, 5, 6, 7, 12, 10, 11, 0]);
});
