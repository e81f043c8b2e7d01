// Writing images and their files: deterministic, and damage anywhere is noticed.

import { expect, test } from 'vitest';
import { CHECKSUM_FACTOR, CHECKSUM_SEED, IMAGE_BYTES, IMAGE_CHECKSUM, IMAGE_HEADER_BYTES } from '#assembly/shared/image.js';
import { Opcode } from '#assembly/shared/opcode.js';
import { Outcome } from '#assembly/shared/outcome.js';
import { ImageError } from '#assembly/shared/status.js';
import { FieldKind } from '#assembly/shared/value-type.js';
import { checksum32 } from '#src/image/checksum.js';
import { joinImageFile, readImageFile, readManifest, readSources } from '#src/image/file.js';
import { readHeader } from '#src/image/header.js';
import type { Manifest } from '#src/image/manifest.js';
import { decisionBytesMax, writeImage } from '#src/image/write-image.js';
import { Assembler } from '../lib/image-assembler.js';
import { EngineBox } from '../lib/image-engine.js';
import { modelOf } from '../lib/image-model.js';

const model = modelOf([{ name: 'amount', kind: FieldKind.DECIMAL, scale: 2, minimum: 0n, maximum: 10n ** 15n, default: 0n }]);

function sample(version = '1.0.0'): Uint8Array {
  const assembler = new Assembler(model, { now: true });
  assembler.op(Opcode.I64_LT_I, { a: 0, imm: 100n, to: 'end' }).op(Opcode.HIT).label('end');
  return writeImage(assembler.decision([{ id: 'large', score: 9, outcome: Outcome.NONE, reason: 'LARGE' }], { version }));
}

const manifest: Manifest = {
  format: 2,
  name: 'test-bundle',
  version: '1.0.0',
  profile: 'strict',
  combine: 'score',
  onError: 'review',
  model,
  rules: [{ id: 'large', file: 'rules/a.yaml', line: 1, when: 'amount > 1', score: 9, outcome: null, reason: 'LARGE', cost: 2 }],
  ranks: [0],
  features: [],
  tables: [],
  scorecards: [],
  lists: [],
  parameters: [],
  costs: [],
  costMax: 2,
  modelSchema: { type: 'object', description: 'naïve, "$int" inside: 😀' },
};

test('equal parts give equal bytes; any other part another hash', () => {
  expect(Buffer.compare(sample(), sample())).toBe(0);
  expect(readHeader(sample('1.0.1')).hash).not.toBe(readHeader(sample()).hash);
  expect(readHeader(sample())).toMatchObject({ modelHash: model.hash, usesNow: true, ruleCount: 1, manifestBytes: 0, outCount: 0 });
});

test('checksum32 by its definition, and every changed byte changes it', () => {
  const step = (state: number, word: number): number => {
    const mixed = Math.imul(state ^ word, CHECKSUM_FACTOR) >>> 0;
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  for (let count = 0; count < 14; count++) {
    const words = Uint32Array.from({ length: count }, (_, index) => Math.imul(index + 1, 0x9f3ac175));
    const states = [CHECKSUM_SEED, CHECKSUM_SEED, CHECKSUM_SEED, CHECKSUM_SEED];
    for (const [index, word] of words.entries()) states[index % 4] = step(states[index % 4]!, word);
    const hash = states.reduce(step);
    const bytes = new Uint8Array(words.buffer);
    expect(checksum32(bytes)).toBe(hash);
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at]! ^= 16;
      expect(checksum32(changed)).not.toBe(hash);
    }
  }
  expect(() => checksum32(new Uint8Array(7))).toThrow(RangeError);
});

test('a file gives back what was joined', () => {
  const deciding = sample();
  const file = joinImageFile(deciding, manifest);
  const read = readImageFile(file);
  expect({ ...read.head, ...readSources(read.sources) }).toEqual(manifest);
  expect(Object.keys(read.head).filter((name) => name in readSources(read.sources))).toEqual([]);
  expect(read.header.bytes).toBe(deciding.length);
  expect(new EngineBox().load(read.deciding)).toBe(ImageError.NONE);
  // From a slice of a larger buffer too, as files are read.
  const larger = Buffer.concat([Buffer.alloc(3), file]).subarray(3);
  expect(readManifest(larger)).toEqual(manifest);
});

test('bigints survive the manifest, and what only looks like one stays', () => {
  const again = (given: object): Manifest => readManifest(joinImageFile(sample(), given as Manifest));
  expect(again(manifest).model.fields[0]!.maximum).toBe(10n ** 15n);
  const odd = { ...manifest, modelSchema: { $int: '5', more: 1 } };
  expect(again(odd)).toEqual(odd);
  expect(() => again({ ...manifest, format: 1 })).toThrow('manifest format');
  expect(() => again({ ...manifest, rules: undefined })).toThrow('the sources of an image');
});

test('damage at every byte of a file, and every cut, is noticed', () => {
  const file = joinImageFile(sample(), manifest);
  const box = new EngineBox();
  for (let at = 0; at < file.length; at++) {
    for (const flip of [1, 0x80, 0xff]) {
      const damaged = file.slice();
      damaged[at]! ^= flip;
      if (at >= IMAGE_CHECKSUM && at < IMAGE_CHECKSUM + 4) {
        expect(box.load(readImageFile(damaged).deciding), `byte ${at}`).toBe(ImageError.BAD_CHECKSUM);
      } else expect(() => readImageFile(damaged), `byte ${at}`).toThrow();
    }
  }
  for (let length = 0; length < file.length; length += 7) expect(() => readImageFile(file.subarray(0, length))).toThrow();
  expect(() => readImageFile(Buffer.concat([file, Buffer.alloc(8)]))).toThrow('instead of');
});

test('the largest decision counts the largest reasons', () => {
  expect(decisionBytesMax(160, [], 8)).toBe(168);
  expect(decisionBytesMax(160, [48, 64, 56], 0)).toBe(168);
  expect(decisionBytesMax(160, [48, 64, 56], 1)).toBe(160 + 8 + 64);
  expect(decisionBytesMax(160, [48, 64, 56], 2)).toBe(160 + 16 + 64 + 56);
  expect(decisionBytesMax(160, [48, 64, 56], 64)).toBe(160 + 16 + 168);
});

test('sections lie as the header says', () => {
  const image = sample();
  expect(readHeader(image).bytes).toBe(image.length);
  expect(image.length % 8).toBe(0);
  expect(new DataView(image.buffer).getUint32(IMAGE_BYTES, true)).toBe(image.length);
  expect(image.length).toBeGreaterThan(IMAGE_HEADER_BYTES);
});
