// Hostile payloads: whatever the bytes, the engine says INVALID_PAYLOAD exactly where the TypeScript reader refuses them, and
// otherwise evaluates the values that the reader reads. Nothing is written outside scratch, slot and output, and nothing is read
// outside the payload: the same payload gives the same between other neighbours.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ENTRY_BYTES, SCRATCH_BYTES, SLOT_HEADER_BYTES } from '#assembly/shared/layout.js';
import { Opcode } from '#assembly/shared/opcode.js';
import { Status } from '#assembly/shared/status.js';
import { FieldKind } from '#assembly/shared/value-type.js';
import { fieldRegister } from '#src/image/registers.js';
import { writeImage } from '#src/image/write-image.js';
import type { Field, Model } from '#src/schema/model.js';
import { type PayloadObject, type PayloadValue, readPayload } from '#src/schema/reader.js';
import { Assembler } from '../../lib/image-assembler.js';
import { EngineBox, GUARD_BYTE, type Value } from '../../lib/image-engine.js';
import { modelOf } from '../../lib/image-model.js';
import { payloadOf } from '../../lib/image-payload.js';

const INPUT_BYTES = 16384;

/** An engine whose image hands out every field of a model. */
function fieldsBox(model: Model): EngineBox {
  const assembler = new Assembler(model);
  const fields = outFields(model);
  for (const field of fields) {
    const a = assembler.field(field.path);
    assembler.op(Opcode.IF_NULL, { a, to: `null-${field.path}` });
    assembler.op(Opcode.OUT, { a, b: fieldRegister(field).type }).op(Opcode.JUMP, { to: `end-${field.path}` });
    assembler.label(`null-${field.path}`).op(Opcode.OUT_NULL).label(`end-${field.path}`);
  }
  const box = new EngineBox({ inputBytes: INPUT_BYTES });
  return box.mustLoad(writeImage(assembler.expressions(fields.length)));
}

function outFields(model: Model): Field[] {
  return model.fields.filter((field) => field.kind !== FieldKind.OBJECT);
}

/** What the image of fieldsBox should give for a payload that was read. */
function expectedValues(model: Model, value: PayloadObject): Value[] {
  return outFields(model).map((field) => {
    let own: PayloadValue = value;
    for (const name of field.path.split('.')) own = own === null ? null : (own as PayloadObject)[name]!;
    if (own === null) return null;
    if (field.kind === FieldKind.ENUM) return BigInt(field.members!.find(({ name }) => name === own)!.number);
    return own as Value;
  });
}

/** Evaluates bytes between guards and compares with the reader. @returns whether they were accepted */
function check(model: Model, box: EngineBox, bytes: Uint8Array, shift = 0): boolean {
  const before = box.input - 64;
  box.bytes.fill(GUARD_BYTE, before, box.input + bytes.length + 72);
  const read = readPayload(model, bytes);
  const { status, values } = box.evaluate(bytes, { shift });
  if (read.ok) {
    expect(status).toBe(Status.OK);
    expect(values).toEqual(expectedValues(model, read.value));
  } else {
    expect(Status[status], `${read.path}: ${read.message}`).toBe('INVALID_PAYLOAD');
  }
  return read.ok;
}

const everything = modelOf([
  { name: 'flag', kind: FieldKind.BOOL },
  { name: 'count', kind: FieldKind.INT, minimum: -5, maximum: 100000, required: true },
  { name: 'big', kind: FieldKind.LONG },
  { name: 'ratio', kind: FieldKind.DOUBLE, minimum: -1 },
  { name: 'free', kind: FieldKind.DOUBLE },
  { name: 'amount', kind: FieldKind.DECIMAL, scale: 2, minimum: 0n, maximum: 10n ** 12n, default: 5n },
  { name: 'at', kind: FieldKind.TIMESTAMP },
  { name: 'born', kind: FieldKind.DATE },
  {
    name: 'channel',
    kind: FieldKind.ENUM,
    members: [
      { name: 'web', number: 0 },
      { name: 'app', number: 2 },
      { name: 'atm', number: 9 },
    ],
    memberNumberMax: 9,
  },
  { name: 'name', kind: FieldKind.TEXT, minimum: 1, maximum: 12, required: true },
  { name: 'note', kind: FieldKind.TEXT, maximum: 1024, default: 'nothing' },
  {
    name: 'card',
    kind: FieldKind.OBJECT,
    fields: [
      { name: 'country', kind: FieldKind.TEXT, maximum: 2, required: true },
      { name: 'limit', kind: FieldKind.DECIMAL, scale: 0 },
      { name: 'holder', kind: FieldKind.OBJECT, fields: [{ name: 'vip', kind: FieldKind.BOOL, default: false }] },
    ],
  },
]);
const full = payloadOf(everything, {
  flag: true,
  count: 12,
  big: 2n ** 53n - 1n,
  ratio: 0.25,
  free: Number.NaN,
  amount: 1999n,
  at: 1767225600000000n,
  born: 20454,
  channel: 2,
  name: 'Zoë 😀',
  note: 'a text of more than sixteen bytes, é',
  card: { country: 'NL', limit: -7n, holder: { vip: true } },
});
const sparse = payloadOf(everything, { count: 0, name: 'x' });
const box = fieldsBox(everything);

describe('every field kind', () => {
  test('good payloads, at every alignment', () => {
    for (const payload of [full, sparse])
      for (let shift = 0; shift < 8; shift++) expect(check(everything, box, payload, shift)).toBe(true);
  });

  test('each byte changed: each of its bits, and to 0 and 255', () => {
    let accepted = 0;
    let refused = 0;
    for (const payload of [full, sparse]) {
      for (let at = 0; at < payload.length; at++) {
        const values = [0, 255, ...Array.from({ length: 8 }, (_, bit) => payload[at]! ^ (1 << bit))];
        for (const value of values) {
          const bytes = payload.slice();
          bytes[at] = value;
          if (check(everything, box, bytes)) accepted++;
          else refused++;
        }
      }
    }
    // Both happen often, or the test would show nothing.
    expect(accepted).toBeGreaterThan(500);
    expect(refused).toBeGreaterThan(500);
  });

  test('cut at every length, and extended', () => {
    for (const payload of [full, sparse]) {
      for (let length = 0; length <= payload.length; length++) check(everything, box, payload.subarray(0, length));
      const longer = new Uint8Array(payload.length + 9);
      longer.set(payload);
      expect(check(everything, box, longer)).toBe(true);
    }
  });

  test('two random changes at once', () => {
    let state = 0x9e3779b9;
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let round = 0; round < 20000; round++) {
      const bytes = (round % 2 === 0 ? full : sparse).slice();
      for (let change = 0; change < 2; change++) bytes[random(bytes.length)] = random(256);
      check(everything, box, bytes);
    }
  });

  test('words as an attacker would choose them, at every place', () => {
    const words = [
      0,
      1,
      3,
      4,
      0x7ffffffc,
      0x7fffffff,
      0x80000000,
      0xfffffffc,
      0xfffffffe,
      0xffffffff,
      full.length,
      full.length - 4,
    ];
    for (let at = 0; at + 4 <= full.length; at++) {
      for (const word of words) {
        const bytes = full.slice();
        new DataView(bytes.buffer).setUint32(at, word, true);
        check(everything, box, bytes);
      }
    }
  });
});

test('text: every kind of broken UTF-8, at every place of a block', () => {
  const model = modelOf([{ name: 's', kind: FieldKind.TEXT, maximum: 65536, required: true }]);
  const own = fieldsBox(model);
  const bad = ['80', 'bf', 'c0 80', 'c1 bf', 'c2', 'c2 41', 'e0 9f 80', 'e0 a0', 'e2 28 a1', 'ed a0 80', 'ed bf bf', 'ef bf'];
  bad.push('f0 8f 80 80', 'f0 90 80', 'f4 90 80 80', 'f5 80 80 80', 'ff', 'fe', 'f8 88 80 80 80');
  const good = ['c2 80', 'df bf', 'e0 a0 80', 'ed 9f bf', 'ee 80 80', 'ef bf bf', 'f0 90 80 80', 'f4 8f bf bf', '00', '7f'];
  for (const [texts, accepted] of [
    [bad, false],
    [good, true],
  ] as const) {
    for (const hex of texts) {
      const piece = Uint8Array.from(hex.split(' '), (byte) => Number.parseInt(byte, 16));
      for (let before = 0; before < 18; before++) {
        for (const after of [0, 1, 7, 8, 9]) {
          const bytes = payloadOf(model, { s: 'x'.repeat(before + piece.length + after) });
          const start = bytes.indexOf(0x78);
          bytes.set(piece, start + before);
          expect(check(model, own, bytes), `${hex} after ${before}`).toBe(accepted);
        }
      }
    }
  }
});

test('the length of a text is counted in code points', () => {
  const model = modelOf([{ name: 's', kind: FieldKind.TEXT, minimum: 2, maximum: 3 }]);
  const own = fieldsBox(model);
  const cases: [string, boolean][] = [
    ['', false],
    ['a', false],
    ['ab', true],
    ['abc', true],
    ['abcd', false],
    ['😀', false],
    ['😀😀', true],
    ['😀é€', true],
    ['😀é€x', false],
    ['😀😀😀', true],
    ['😀😀😀x', false],
    ['abcdefghij', false],
  ];
  for (const [s, accepted] of cases) expect(check(model, own, payloadOf(model, { s })), s).toBe(accepted);
});

test('payload sizes: below 8 bytes and beyond PAYLOAD_BYTES_MAX are refused', () => {
  const model = modelOf([{ name: 'x', kind: FieldKind.BOOL }]);
  const large = new EngineBox({ inputBytes: 1048576 + 65536 });
  const assembler = new Assembler(model);
  assembler.op(Opcode.OUT_NULL);
  large.mustLoad(writeImage(assembler.expressions(1)));
  const payload = payloadOf(model, { x: true });
  for (const [bytes, status] of [
    [1048576, Status.OK],
    [1048577, Status.INVALID_PAYLOAD],
  ] as const) {
    const padded = new Uint8Array(bytes);
    padded.set(payload);
    expect(large.evaluate(padded).status).toBe(status);
    expect(readPayload(model, padded).ok).toBe(status === Status.OK);
  }
  for (let length = 0; length < 8; length++)
    expect(large.evaluate(payload.subarray(0, length)).status).toBe(Status.INVALID_PAYLOAD);
});

test('nothing outside scratch, slot, entries and output is written', () => {
  const own = fieldsBox(everything);
  const outputUsed = outFields(everything).length * 24;
  const blank = (bytes: Uint8Array): Uint8Array => {
    bytes.fill(0, own.scratch, own.scratch + SCRATCH_BYTES);
    bytes.fill(0, own.slot, own.slot + SLOT_HEADER_BYTES + ENTRY_BYTES);
    bytes.fill(0, own.output, own.output + outputUsed);
    return bytes;
  };
  const changed = full.slice();
  for (let at = 0; at < full.length; at += 3) {
    changed[at]! ^= 0xff;
    own.fillSlot(own.place([changed]));
    const before = blank(own.bytes.slice());
    own.exports.evaluate(own.slot);
    expect(Buffer.compare(blank(own.bytes.slice()), before)).toBe(0);
    changed[at]! ^= 0xff;
  }
});

const DATA = '../shared/data/flatbuffers/tests';
const files = existsSync(DATA)
  ? readdirSync(DATA, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(bin|mon|golden|bfbs)$/.test(name))
  : [];

test.skipIf(files.length === 0)(
  `corrupt and golden buffers of other schemas (${DATA} ${existsSync(DATA) ? 'found' : 'is absent'})`,
  () => {
    const loose = modelOf([
      { name: 'a', kind: FieldKind.INT },
      { name: 'b', kind: FieldKind.TEXT, maximum: 65536 },
      { name: 'c', kind: FieldKind.OBJECT, fields: [{ name: 'd', kind: FieldKind.TEXT, maximum: 65536 }] },
      { name: 'e', kind: FieldKind.DOUBLE },
      { name: 'f', kind: FieldKind.OBJECT, fields: [{ name: 'g', kind: FieldKind.LONG }] },
    ]);
    const objects = modelOf(
      Array.from({ length: 24 }, (_, slot) => ({
        name: `o${slot}`,
        kind: slot % 3 === 0 ? FieldKind.TEXT : slot % 3 === 1 ? FieldKind.OBJECT : FieldKind.BOOL,
        maximum: 65536,
        ...(slot % 3 === 1 ? { fields: [{ name: 'x', kind: FieldKind.DOUBLE }] } : {}),
      })),
    );
    let tried = 0;
    for (const model of [loose, objects, everything]) {
      const own = fieldsBox(model);
      for (const name of files) {
        const bytes = new Uint8Array(readFileSync(path.join(DATA, name)));
        if (bytes.length > INPUT_BYTES - 128) continue;
        check(model, own, bytes);
        tried++;
      }
    }
    console.log(`flatbuffers: ${tried} runs over ${files.length} files`);
    expect(tried).toBeGreaterThan(60);
  },
);
