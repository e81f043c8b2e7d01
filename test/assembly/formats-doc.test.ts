// docs/FORMATS.md against the constants it describes.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FunctionId } from '#assembly/shared/function.js';
import * as image from '#assembly/shared/image.js';
import * as layout from '#assembly/shared/layout.js';
import { OPCODE_COUNT, Opcode } from '#assembly/shared/opcode.js';
import { FieldKind } from '#assembly/shared/value-type.js';

const page = readFileSync(new URL('../../docs/FORMATS.md', import.meta.url), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split('|').map((cell) => cell.trim()));

test('every opcode has its row, in order, and no row is left over', () => {
  const listed = rows.filter(([, number, name]) => /^\d+$/.test(number ?? '') && /^[A-Z0-9_]+$/.test(name ?? ''));
  const expected = Array.from({ length: OPCODE_COUNT }, (_, number) => `${number} ${Opcode[number]}`);
  expect(listed.map(([, number, name]) => `${number} ${name}`)).toEqual(expected);
});

test('every header field has its row', () => {
  const listed = rows
    .filter(([, , name]) => name?.startsWith('`IMAGE_'))
    .map(([, offset, name]) => `${offset} ${name!.replaceAll('`', '')}`);
  const source = readFileSync(new URL('../../assembly/shared/image.ts', import.meta.url), 'utf8');
  const names = [...source.matchAll(/^export const (IMAGE_[A-Z_]+) = \d+; \/\//gm)].map((match) => match[1]!);
  const expected = names.map((name) => `${(image as unknown as Record<string, number>)[name]} ${name}`);
  expect(names.length).toBeGreaterThan(30);
  expect(listed).toEqual(expected);
});

test('every function has its row', () => {
  const listed = rows.filter(([, id]) => /^`\d+`$/.test(id ?? '')).map(([, id, name]) => `${id!.replaceAll('`', '')} ${name}`);
  const ids = Object.values(FunctionId).filter((id): id is FunctionId => typeof id === 'number' && id !== FunctionId.NONE);
  expect(listed).toEqual(ids.map((id) => `${id} ${FunctionId[id]}`));
});

test('every header field of a list has its row', () => {
  const listed = rows
    .filter(([, , name]) => name?.startsWith('`MEMBERS_'))
    .map(([, at, name]) => `${at} ${name!.replaceAll('`', '')}`);
  const source = readFileSync(new URL('../../assembly/shared/list.ts', import.meta.url), 'utf8');
  const names = [...source.slice(source.indexOf('MEMBERS_HEADER_BYTES')).matchAll(/^export const (MEMBERS_[A-Z_]+) = (\d+);/gm)];
  const expected = names.filter(([, , at]) => Number(at) <= 40 && at !== '16').map(([, name, at]) => `${at} ${name}`);
  expect(listed.filter((row) => !row.startsWith('16 '))).toEqual(expected);
});

test('every field kind has its row', () => {
  const kinds = rows.map(([, kind]) => kind!).filter((kind) => kind in FieldKind && /^[A-Z]+$/.test(kind));
  expect(kinds).toEqual(Object.keys(FieldKind).filter((key) => /^[A-Z]/.test(key) && key !== 'NONE'));
});

describe('places', () => {
  const stated: [string, number][] = [
    ['header of 192 bytes', image.IMAGE_HEADER_BYTES],
    ['**Tables** (8 bytes)', image.TABLE_BYTES],
    ['**Fields** (40 bytes)', image.FIELD_BYTES],
    ['**Registers** (8 bytes)', image.REGISTER_BYTES],
    ['**Blobs** (16 bytes)', image.BLOB_BYTES],
    ['**Lists** (8 bytes)', image.LIST_BYTES],
    ['**Rules** (24 bytes', image.RULE_BYTES],
    ['**Thresholds** (16 bytes', image.THRESHOLD_BYTES],
    ['scratch, 268,288 bytes', layout.SCRATCH_BYTES],
    ['| 131,072 | which key of JSON', layout.SCRATCH_KEYS],
    ['header of 128 bytes', layout.SLOT_HEADER_BYTES],
    ['multiple of 64', layout.SLOT_ALIGN],
    ['values of 24 bytes', layout.VALUE_BYTES],
    ['bound by 24 bytes', layout.BINDING_BYTES],
    ['| 32,768 | null flags', layout.SCRATCH_NULLS],
    ['| 36,864 | hit bits', layout.SCRATCH_HITS],
    ['| 45,056 | joined texts', layout.SCRATCH_TEXT],
    ['| 110,592 | work area', layout.SCRATCH_WORK],
    ['| 4,096 | dirty bitmap', layout.DIRTY_BASE],
    ['| 1,024 | control block', layout.CONTROL_BASE],
  ];
  for (const [text, value] of stated) {
    test(text, () => {
      expect(page.replaceAll(/\s+/g, ' ')).toContain(text);
      expect(Number(/\d[\d,]*/.exec(text)![0].replaceAll(',', ''))).toBe(value);
    });
  }
});
