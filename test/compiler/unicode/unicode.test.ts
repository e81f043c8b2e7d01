// The tables of Unicode: what they hold, and that they are current.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as at from '#assembly/shared/case.js';
import { caseBlob, UNICODE_VERSION } from '#src/compiler/unicode/case-blob.js';
import { complementOf, type PointSet, unionOf } from '#src/compiler/unicode/code-points.js';
import { CATEGORIES, SCRIPTS } from '#src/compiler/unicode/generated/tables.js';
import { categoryPoints, scriptPoints, simplePoints } from '#src/compiler/unicode/properties.js';

const has = (set: PointSet, point: number): boolean => set.findLastIndex((border) => border <= point) % 2 === 0;

it('the tables are what the generator makes of this V8, where its Unicode is the same', () => {
  const generator = fileURLToPath(new URL('../../../src/dev/unicode-tables.mjs', import.meta.url));
  const printed = execFileSync(process.execPath, [generator, '--check'], { encoding: 'utf8' });
  expect(printed.includes('not compared')).toBe(process.versions.unicode !== UNICODE_VERSION);
});

describe('properties', () => {
  it('hold for what they say', () => {
    expect(has(categoryPoints('Lu')!, 0x41)).toBe(true);
    expect(has(categoryPoints('Uppercase_Letter')!, 0x61)).toBe(false);
    expect(has(categoryPoints('L')!, 0x4e2d)).toBe(true);
    expect(has(categoryPoints('Cs')!, 0xd800)).toBe(true);
    expect(has(scriptPoints('Greek')!, 0x3b1)).toBe(true);
    expect(has(scriptPoints('Grek')!, 0x61)).toBe(false);
    expect([categoryPoints('Greek'), scriptPoints('Lu'), categoryPoints('toString'), simplePoints('Alphabetic')]).toEqual(
      Array(4).fill(undefined),
    );
  });

  it('of single categories part all code points, and so do scripts', () => {
    const single = Object.keys(CATEGORIES)
      .map((names) => names.split(' ').find((name) => /^[A-Z][a-z]$/.test(name)))
      .filter((name) => name !== undefined)
      .map((name) => categoryPoints(name)!);
    expect(single.length).toBe(30);
    for (const sets of [single, Object.keys(SCRIPTS).map((names) => scriptPoints(names.split(' ')[0]!)!)]) {
      expect(unionOf(sets)).toEqual([0, 0x110000]);
      const count = (set: PointSet): number => set.reduce((sum, border, index) => sum + (index % 2 === 1 ? border : -border), 0);
      expect(sets.reduce((sum, set) => sum + count(set), 0)).toBe(0x110000);
    }
    expect(complementOf(simplePoints('Assigned')!)).toEqual(categoryPoints('Unassigned'));
    expect([simplePoints('Any'), complementOf(simplePoints('Any')!), simplePoints('ASCII')]).toEqual([
      [0, 0x110000],
      [],
      [0, 0x80],
    ]);
  });
});

describe('sets of code points', () => {
  it('are joined where they meet', () => {
    expect(
      unionOf([
        [1, 3, 5, 7],
        [3, 5],
        [20, 30],
      ]),
    ).toEqual([1, 7, 20, 30]);
    expect(
      unionOf([
        [1, 9],
        [2, 3],
      ]),
    ).toEqual([1, 9]);
    expect(unionOf([])).toEqual([]);
    expect(complementOf([])).toEqual([0, 0x110000]);
    expect(complementOf([0, 5, 9, 0x110000])).toEqual([5, 9]);
  });
});

it('the blob of case mappings names its version, and is small', () => {
  const blob = caseBlob();
  const version = new DataView(blob.buffer).getUint32(at.CASE_UNICODE, true);
  expect(`${version >> 16}.${version & 0xffff}`).toBe(UNICODE_VERSION);
  expect(blob.length).toBeLessThan(12_000);
  expect(blob.length % 8).toBe(0);
});
