// Where errors of payloads stand in their JSON text: by pointer and by offset in bytes.

import { describe, expect, it } from 'vitest';
import type { PayloadError, Problem } from '#src/errors.js';
import { utf8Bytes } from '#src/schema/json-error.js';
import { addOffsets } from '#src/schema/json-offsets.js';
import { parseJson } from '#src/schema/json-text.js';

/** The text from the offset of each pointer on, cut to a few bytes. */
function check(text: string, ...pointers: string[]): string[] {
  const errors: PayloadError[] = pointers.map((pointer) => ({ pointer, code: 'TYPE', message: '' }));
  addOffsets(text, errors);
  const bytes = Buffer.from(text);
  return errors.map(({ offset }) => bytes.toString('utf8', offset!, offset! + 8));
}

describe('offsets of values', () => {
  it.each<[string, string[], string[]]>([
    ['{"a":1}', [''], ['{"a":1}']],
    [' \n{"a": 1, "b" : [true, {"c":2}]}', ['/a', '/b', '/b/1', '/b/1/c'], ['1, "b" :', '[true, {', '{"c":2}]', '2}]}']],
    ['{"é😀":"ü","b":"x"}', ['/b', '/é😀'], ['"x"}', '"ü","b"']],
    ['{"a":{"b":1}}', ['/a/c', '/c', '/a/b/d'], ['{"b":1}}', '{"a":{"b', '1}}']],
    ['{"a":1,"a":2}', ['/a'], ['2}']],
    ['{"~/":1,"":2}', ['/~0~1', '/'], ['1,"":2}', '2}']],
    ['{"\\u0061":"\\"}","b":3}', ['/a', '/b'], ['"\\"}","b"', '3}']],
    ['[[1,2],[3]]', ['/1/0', '/0/1', '/7'], ['3]]', '2],[3]]', '[[1,2],[']],
  ])('%s', (text, pointers, expected) => expect(check(text, ...pointers)).toEqual(expected.map((each) => check8(each))));

  const check8 = (text: string): string => Buffer.from(text).toString('utf8', 0, 8);

  it('of a text that is as deep as it is long', () => {
    const depth = 30_000;
    const text = `${'[1,'.repeat(depth)}7${']'.repeat(depth)}`;
    expect(check(text, '/1'.repeat(depth))).toEqual(['7]]]]]]]']);
  });
});

describe('what is not JSON', () => {
  it.each<[string, string, number]>([
    ['{"a":1', '/a', 6],
    ['{"a":}', '/a', 5],
    ['{"a":1,}', '', 7],
    ['[{', '/0', 2],
    ['{"a":[1,2,x]}', '/a/2', 10],
    ['{"é":{"b":[],"c/d":[{},tru]}}', '/é/c~1d/1', 24],
    ['{} x', '', 3],
    ['', '', 0],
    ['['.repeat(9_000), '/0'.repeat(512), 9_000],
  ])('%.40s', (text, pointer, offset) => {
    let problem: Problem | undefined;
    try {
      parseJson(text);
    } catch (error) {
      problem = error as Problem;
    }
    expect(problem).toMatchObject({ code: 'INVALID_JSON', errors: [{ pointer, offset, code: 'SYNTAX' }] });
    expect(problem!.message).toContain(`(offset ${offset})`);
  });

  it('nor UTF-8', () => {
    const clean = Buffer.from('{"a":"é😀"}');
    expect(utf8Bytes(clean)).toBe(clean.length);
    for (let at = 0; at < clean.length; at++) {
      const damaged = Uint8Array.from(clean);
      damaged[at] = 0xff;
      const lead = [at, at - 1, at - 2, at - 3].find((each) => (clean[each]! & 0xc0) !== 0x80)!;
      expect([at, utf8Bytes(damaged)]).toEqual([at, lead]);
    }
  });
});
