// The match index: edges of every kind of dimension, beside the language itself; and hostile blobs.

import { expect, test } from 'vitest';
import { BlobKind, IMAGE_BLOB_COUNT, IMAGE_BLOBS, IMAGE_BYTES, IMAGE_DATA } from '#assembly/shared/image.js';
import { SCRATCH_BYTES, SCRATCH_HITS } from '#assembly/shared/layout.js';
import { INDEX_HEADER_BYTES } from '#assembly/shared/match-index.js';
import { ImageError } from '#assembly/shared/status.js';
import { compile } from '#src/compiler/compile.js';
import { sealImage } from '#src/image/write-image.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { filesOf } from '../bundle/files.js';
import { EngineBox } from '../lib/image-engine.js';
import { modelOf } from '../lib/model.js';

const SCHEMA = {
  type: 'object',
  required: ['n', 'id', 's', 'flag', 'country', 'tags'],
  properties: {
    n: { type: 'number' },
    maybe: { type: 'number' },
    id: { type: 'integer', format: 'int64' },
    s: { type: 'string', maxLength: 40 },
    note: { type: 'string', maxLength: 40 },
    flag: { type: 'boolean' },
    country: { type: 'string', enum: ['US', 'GB', 'DE'] },
    tags: { type: 'array', maxItems: 4, items: { type: 'number' } },
  },
};

/** Deciding part of an image whose rules are all in an index. */
function imageOf(whens: readonly string[], combine = 'score'): Uint8Array {
  const then = combine === 'score' ? { score: 1, reason: 'R' } : { score: 1, reason: 'R', outcome: 'review' };
  const head = { name: 'a', version: '1.0.0', model: 'model.yaml', profile: 'standard', onError: 'fail' };
  const files = filesOf({
    'model.yaml': JSON.stringify(SCHEMA),
    'bundle.yaml': JSON.stringify({ ...head, decide: { combine, outcomes: [{ outcome: 'approve' }] } }),
    'rules/a.yaml': JSON.stringify(whens.map((when, index) => ({ id: `r${index}`, when, then }))),
  });
  const { image, diagnostics, indexes } = compile(files, { profileMax: 'standard', index: 'on' });
  if (image === undefined) throw new Error(diagnostics.map(({ message }) => message).join('; '));
  expect(indexes!.filter(({ indexed }) => indexed).length).toBe(1);
  return image.slice(0, new DataView(image.buffer, image.byteOffset).getUint32(IMAGE_BYTES, true));
}

const box = new EngineBox({ imageBytesMax: 1 << 20 });
const encoder = new PayloadEncoder(modelOf(SCHEMA));
const PLAIN = { n: 0, id: 0n, s: '', flag: false, country: 'US', tags: [] };

/** The rules, by index, that hit. All have one score: a rank is the order written. */
function hits(payload: object): number[] {
  box.decide([encoder.encode({ ...PLAIN, ...payload }).slice()]);
  const words = box.bytes.slice(box.scratch + SCRATCH_HITS, box.scratch + SCRATCH_HITS + 512);
  return [...words.keys()].flatMap((byte) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (words[byte]! >> bit) & 1).map((bit) => byte * 8 + bit),
  );
}

const MANY = Array.from({ length: 600 }, (_, index) => `n === ${index * 2}`);

test.each<[string, string[], object, number[]]>([
  ['numbers, below all', ['n < 1', 'n > 5', 'n === 3'], { n: -1e308 }, [0]],
  ['numbers, on one', ['n <= 3', 'n >= 3', 'n === 3', 'n !== 3'], { n: 3 }, [0, 1, 2]],
  ['-0 is 0', ['n === 0', 'n < 0', 'n >= -0'], { n: -0 }, [0, 2]],
  ['infinity', ['n > 1e308', 'n < 5', '!(n < 5)'], { n: Number.POSITIVE_INFINITY }, [0, 2]],
  ['NaN', ['n > 1', 'n <= 1', 'n !== 1', '!(n > 1)'], { n: Number.NaN }, [2, 3]],
  ['a number that is null', ['maybe === null', '(maybe ?? 2) > 1', 'maybe !== null && maybe < 9'], {}, [0, 1]],
  ['two levels, on one', MANY.slice(0, 100), { n: 198 }, [99]],
  ['three levels, between', [...MANY, 'n > 1195'], { n: 1199 }, [600]],
  ['three levels, above all', [...MANY, 'n > 1198'], { n: 1e9 }, [600]],
  ['17 constants', MANY.slice(0, 17), { n: 32 }, [16]],
  ['32 constants, above', [...MANY.slice(0, 31), 'n > 70'], { n: 71 }, [31]],
  ['integers, the largest', ['id > 9223372036854775806', 'id < 0', 'id >= 9007199254740993'], { id: 2n ** 63n - 1n }, [0, 2]],
  ['integers, equality with the largest', ['id === 9223372036854775807', 'id === 5'], { id: 2n ** 63n - 1n }, [0]],
  ['short texts', ['s === ""', 's === "a"', 's !== "a"'], { s: '' }, [0, 2]],
  ['short texts, a longer one', ['s === "abcdefg"', 's !== "abcdefg"'], { s: 'abcdefgh' }, [1]],
  ['long texts', ['s === "abcdefgh"', 's === "abcdefghi"', 's !== "x"'], { s: 'abcdefghi' }, [1, 2]],
  ['prefixes', ['s.startsWith("ab")', 's.startsWith("abc")', 's.startsWith("")', 's < "ac"'], { s: 'ab\uffff' }, [0, 2, 3]],
  ['order of code units', ['s < "\uffff"', 's.startsWith("😀")'], { s: '😀z' }, [0, 1]],
  ['a text that is null', ['note === null', 'note === "a"', '(note?.startsWith("a") ?? true)'], {}, [0, 2]],
  ['members', ['country === "GB"', 'country !== "GB"', '["US", "DE"].includes(country)'], { country: 'DE' }, [1, 2]],
  ['booleans', ['flag', '!flag', 'flag === true'], { flag: true }, [0, 2]],
  ['elements', ['tags.length > 1', 'tags.length === 2', 'tags.length < 2.5', 'tags.length > 9'], { tags: [1, 2] }, [0, 1, 2]],
])('%s', (_, whens, payload, expected) => {
  expect(box.load(imageOf(whens))).toBe(ImageError.NONE);
  expect(hits(payload)).toEqual(expected);
});

const HOSTILE: [string, string[], string][] = [
  [
    'one block',
    ['n > 1 && s === "a"', 'n > 2 && s.startsWith("b")', 'id > 4 && flag', 'n + 1 > 3 && flag', 'country === "GB"'],
    'score',
  ],
  ['ranks', Array.from({ length: 530 }, (_, i) => (i % 90 === 0 ? `n > ${i % 9} && n + 1 > ${i}` : `n > ${i % 40}`)), 'score'],
  ['first', Array.from({ length: 70 }, (_, i) => `s === "abcdefghi${i % 9}"${i % 5 === 0 ? ' && n + 1 > 2' : ''}`), 'first'],
];

test.each(HOSTILE)('a changed byte of %s is refused, or decides inside its bounds', (_, whens, combine) => {
  const image = imageOf(whens, combine);
  const view = new DataView(image.buffer);
  const payload = encoder.encode({ ...PLAIN, n: 7, s: 'abcdefghi1', flag: true }).slice();
  const blobs = view.getUint32(IMAGE_BLOBS, true);
  const index = Array.from({ length: view.getUint32(IMAGE_BLOB_COUNT, true) }, (_, at) => blobs + 16 * at).find(
    (at) => view.getUint32(at, true) === BlobKind.INDEX,
  )!;
  const start = view.getUint32(IMAGE_DATA, true) + view.getUint32(index + 4, true);
  const bytes = view.getUint32(index + 8, true);
  const dimensions = view.getUint32(start + 12, true);
  const head = INDEX_HEADER_BYTES + 32 * dimensions;
  // Every byte of header and dimensions, and so many of the rest that some of each kind are among them.
  const step = Math.max(1, Math.floor((bytes - head) / 400)) | 1;
  const places = [...Array.from({ length: head }, (_, at) => at), ...range(head, bytes, step)];
  const outside = (): string => {
    const copy = box.bytes.slice();
    copy.fill(0, box.scratch, box.scratch + SCRATCH_BYTES);
    copy.fill(0, box.slot, box.slot + 4096);
    copy.fill(0, box.input, box.input + 4096);
    copy.fill(0, box.image, box.image + image.length);
    copy.fill(0, box.output, box.output + box.outputBytes);
    return Buffer.from(copy).toString('latin1');
  };
  const before = outside();
  let refused = 0;
  for (const place of places) {
    for (const flip of place < head ? [1, 0x80, 0xff] : [0xff]) {
      const changed = image.slice();
      changed[start + place]! ^= flip;
      sealImage(changed);
      if (box.load(changed) !== ImageError.NONE) refused++;
      else box.decide([payload]);
    }
  }
  expect(refused).toBeGreaterThan(head / 4);
  expect(outside() === before).toBe(true);
});

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);
}
