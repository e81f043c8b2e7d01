// Texts and plans that nobody means well with: nothing outside the scratch, the slot and the area is written, and nothing traps.

import { describe, expect, test } from 'vitest';
import * as image from '#assembly/shared/image.js';
import { JsonFault } from '#assembly/shared/json.js';
import { ImageError } from '#assembly/shared/status.js';
import { sealImage, writeImage } from '#src/image/write-image.js';
import { Assembler } from '../../lib/image-assembler.js';
import { GUARD_BYTE } from '../../lib/image-engine.js';
import { JsonBox } from '../../lib/json-box.js';
import { modelOf, objectSchema } from '../../lib/model.js';

const model = modelOf(
  objectSchema(
    {
      n: { type: 'number', minimum: -10 },
      money: { type: 'number', multipleOf: 0.01 },
      kind: { type: 'string', enum: ['a', 'für', 'a much longer member'] },
      text: { type: 'string', maxLength: 40 },
      at: { type: 'string', format: 'date-time' },
      tags: { type: 'array', items: { type: 'string' }, maxItems: 4 },
      items: { type: 'array', items: objectSchema({ price: { type: 'integer' } }), maxItems: 4 },
    },
    { required: ['n'] },
  ),
);
const TEXT =
  '{"n":-1.25e0,"money":12345678901234567.25,"kind":"f\\u00fcr","text":"é\\n","at":"2026-01-31T08:30:00.5Z","tags":["x",""],' +
  '"items":[{"price":1},{"x":[{"k":1,"l":2}]}],"stray":{"deep":[[1]]}}';
const AREA_BYTES = 4096;

/** Bytes behind the area that are no longer what the box filled them with. */
function spill({ box, area }: JsonBox): number {
  return box.bytes.subarray(area + AREA_BYTES, area + AREA_BYTES + 4096).findIndex((byte) => byte !== GUARD_BYTE);
}

test('every byte of a text changed, and every beginning of it', () => {
  const box = new JsonBox(model, AREA_BYTES);
  const bytes = new TextEncoder().encode(TEXT);
  expect(box.transcode(bytes).value).toEqual(box.encode(bytes));
  for (let at = 0; at < bytes.length; at++) {
    expect(box.transcode(bytes.slice(0, at)).value).toBeUndefined();
    for (const by of [0x01, 0x20, 0x80]) {
      const changed = bytes.slice();
      changed[at]! ^= by;
      const { value } = box.transcode(changed);
      expect(value).toEqual(box.encode(changed));
    }
  }
  expect(spill(box)).toBe(-1);
});

test('whatever is in the area and behind the text from before', () => {
  const box = new JsonBox(model, AREA_BYTES);
  const want = box.transcode(TEXT).value;
  for (const fill of [0x00, 0x22, 0x7d, 0xff]) {
    box.box.bytes.fill(fill, box.box.input, box.box.input + 1024);
    box.box.bytes.fill(fill, box.area, box.area + AREA_BYTES);
    expect(box.transcode(TEXT).value).toEqual(want);
  }
});

describe('plans', () => {
  const good = writeImage(new Assembler(model).decision([]));
  const view = new DataView(good.buffer, good.byteOffset);
  const blob = view.getUint32(image.IMAGE_BLOBS, true) + (view.getUint32(image.IMAGE_JSON, true) - 1) * image.BLOB_BYTES;
  const start = view.getUint32(image.IMAGE_DATA, true) + view.getUint32(blob + image.BLOB_OFFSET, true);
  const size = view.getUint32(blob + image.BLOB_SIZE, true);

  test.each([0x01, 0x80, 0xff])('every byte of a plan changed by %i is refused or harms nobody', (by) => {
    const box = new JsonBox(model, AREA_BYTES);
    box.planLies = true;
    let taken = 0;
    let refused = 0;
    for (let at = start; at < start + size; at++) {
      // Powers of ten are numbers, of which a few are enough.
      if (at > start + 1200 && at < start + size - 2600 && at % 97 !== 0) continue;
      const changed = good.slice();
      changed[at]! ^= by;
      sealImage(changed);
      if (box.box.load(changed) !== ImageError.NONE) {
        refused++;
        continue;
      }
      taken++;
      for (const text of [TEXT, '{"n":1}', '{"n":1.23456789012345678901234567890,"tags":["x"]}']) {
        try {
          expect(box.transcode(text).fault).toBeLessThanOrEqual(JsonFault.DEPTH);
        } catch (error) {
          // The verifier of payloads has the last word about what a plan makes.
          if (!/^the loader refuses|^the reader refuses/.test((error as Error).message)) throw error;
        }
      }
      if (spill(box) >= 0) throw new Error(`byte ${at - start} of the plan: written behind the area`);
    }
    expect(taken).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });
});
