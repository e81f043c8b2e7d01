// The engine against the reader: over random models with lists, it accepts exactly the bytes that the reader accepts, whole or
// damaged. They share no line.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Status } from '#assembly/shared/status.js';
import { writeImage } from '#src/image/write-image.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import type { Model } from '#src/schema/model.js';
import { readPayload } from '#src/schema/reader.js';
import { Assembler } from '../lib/image-assembler.js';
import { EngineBox, GUARD_BYTE } from '../lib/image-engine.js';
import { modelOf, testSeed } from '../lib/model.js';
import { payloadArbitrary, schemaArbitrary } from '../lib/model-arbitrary.js';
import { model as listModel } from '../lib/model-lists.js';

const INPUT_BYTES = 262_144;
const box = new EngineBox({ inputBytes: INPUT_BYTES });

/** An engine that decides payloads of a model by no rule. */
function load(model: Model): void {
  box.mustLoad(writeImage(new Assembler(model).decision([])));
}

/** Whether both accept the bytes; they must agree. */
function accepts(model: Model, bytes: Uint8Array): boolean {
  box.bytes.fill(GUARD_BYTE, box.input, box.input + bytes.length + 16);
  const read = readPayload(model, bytes);
  const [decision] = box.decide([bytes]).decisions;
  expect(Status[decision!.status], read.ok ? 'the reader accepts' : `${read.pointer}: ${read.message}`).toBe(
    read.ok ? 'OK' : 'INVALID_PAYLOAD',
  );
  return read.ok;
}

/** One change of the bytes: where, how wide, and what is put there. */
type Damage = readonly [number, 1 | 2 | 4 | 8, 'add' | 'set' | 'copy', number];

const damage: fc.Arbitrary<Damage> = fc.tuple(
  fc.nat(),
  fc.constantFrom(1 as const, 2 as const, 4 as const, 4 as const, 8 as const),
  fc.constantFrom('add' as const, 'add' as const, 'set' as const, 'copy' as const),
  fc.oneof(fc.integer({ min: -8, max: 8 }), fc.constantFrom(0, 1, 2, 16, 255, 256, 65_535, 65_536, -1, 2 ** 31 - 1), fc.integer()),
);

function damaged(bytes: Uint8Array, changes: readonly Damage[], length: number | undefined): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  for (const [place, width, how, value] of changes) {
    const at = place % Math.max(1, copy.length - 7);
    if (copy.length < 8) break;
    // Mostly where values lie: at multiples of their width.
    const from = value % 4 === 3 ? at : at - (at % width);
    if (how === 'copy')
      copy.copyWithin(from, Math.abs(value) % (copy.length - width), (Math.abs(value) % (copy.length - width)) + width);
    else if (width === 8) view.setBigInt64(from, BigInt(value) + (how === 'add' ? view.getBigInt64(from, true) : 0n), true);
    else {
      const before =
        how === 'set' ? 0 : width === 4 ? view.getInt32(from, true) : width === 2 ? view.getInt16(from, true) : copy[from]!;
      if (width === 4) view.setInt32(from, before + value, true);
      else if (width === 2) view.setInt16(from, before + value, true);
      else copy[from] = before + value;
    }
  }
  return length === undefined ? copy : copy.subarray(0, length % (copy.length + 1));
}

const changes = fc.tuple(
  fc.array(damage, { minLength: 1, maxLength: 3 }),
  fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat() }),
);

test('random models and payloads, whole and damaged', () => {
  const counts = { models: 0, accepted: 0, refused: 0 };
  const cases = schemaArbitrary.chain((schema) => {
    const model = modelOf(schema);
    return fc.tuple(fc.constant(model), payloadArbitrary(model), fc.array(changes, { minLength: 20, maxLength: 40 }));
  });
  fc.assert(
    fc.property(cases, ([model, { json }, attempts]) => {
      load(model);
      counts.models++;
      const bytes = new PayloadEncoder(model).encode(json).slice();
      fc.pre(bytes.length < INPUT_BYTES / 2);
      expect(accepts(model, bytes)).toBe(true);
      for (const [own, length] of attempts) {
        if (accepts(model, damaged(bytes, own, length))) counts.accepted++;
        else counts.refused++;
      }
    }),
    { seed: testSeed('engine and reader'), numRuns: 1200 },
  );
  console.log(`${counts.models} models; damaged payloads: ${counts.accepted} accepted, ${counts.refused} refused`);
  expect(counts.accepted).toBeGreaterThan(2000);
  expect(counts.refused).toBeGreaterThan(2000);
});

test('a payload with lists of everything: every byte changed, every length', () => {
  load(listModel);
  const bytes = new PayloadEncoder(listModel)
    .encode({
      items: [{ price: 1, codes: ['a', 'bc'], parts: [{ n: 1 }, {}] }, { price: 2 }],
      tags: ['x', '😀'],
      flags: [true, false],
      hours: [1, 23],
      counts: [1, -1],
      ratios: [0.5],
      prices: [1, 2],
      times: ['2026-01-01T00:00:00Z'],
      days: ['2026-01-01', '2026-01-02'],
      kinds: ['credit', 'debit'],
      last: true,
    })
    .slice();
  expect(accepts(listModel, bytes)).toBe(true);
  for (let length = 0; length < bytes.length; length++) expect(accepts(listModel, bytes.subarray(0, length))).toBe(false);
  let accepted = 0;
  for (let at = 0; at < bytes.length; at++) {
    for (const value of [0, 1, 2, 4, 0x7f, 0x80, 0xff, bytes[at]! + 1, bytes[at]! - 1, bytes[at]! ^ 4, bytes[at]! ^ 8]) {
      const changed = bytes.slice();
      changed[at] = value;
      if (accepts(listModel, changed)) accepted++;
    }
  }
  expect(accepted).toBeGreaterThan(bytes.length);
});

test('shared elements: many that lead to one object', () => {
  load(listModel);
  const bytes = new PayloadEncoder(listModel).encode({ items: [{ price: 1 }, { price: 2 }, { price: 3 }] }).slice();
  const view = new DataView(bytes.buffer);
  const table = view.getUint32(0, true);
  const field = table + view.getUint16(table - view.getInt32(table, true) + 4, true);
  const first = field + view.getUint32(field, true) + 4;
  const target = first + view.getUint32(first, true);
  for (const element of [first + 4, first + 8]) view.setUint32(element, target - element, true);
  expect(accepts(listModel, bytes)).toBe(true);
  expect(readPayload(listModel, bytes)).toMatchObject({ value: { items: [{ price: 100n }, { price: 100n }, { price: 100n }] } });
});
