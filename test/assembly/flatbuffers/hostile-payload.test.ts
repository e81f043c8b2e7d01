// Hostile payloads: whatever the bytes, the engine says INVALID_PAYLOAD exactly where the TypeScript reader refuses them, and
// otherwise evaluates the values that the reader reads. Nothing is written outside scratch, slot and output, and nothing is read
// outside the payload: the same payload gives the same between other neighbours.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ENTRY_BYTES, SCRATCH_BYTES, SLOT_HEADER_BYTES } from '#assembly/shared/layout.js';
import { Opcode } from '#assembly/shared/opcode.js';
import { Status } from '#assembly/shared/status.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import { fieldRegister } from '#src/image/registers.js';
import { writeImage } from '#src/image/write-image.js';
import type { Field, Model } from '#src/schema/model.js';
import { type PayloadObject, type PayloadValue, readPayload } from '#src/schema/reader.js';
import { Assembler } from '../../lib/image-assembler.js';
import { EngineBox, GUARD_BYTE, type Value } from '../../lib/image-engine.js';
import { modelOf } from '../../lib/image-model.js';
import { payloadOf } from '../../lib/image-payload.js';

const INPUT_BYTES = 16384;

/** A value that an image hands out, and what it is in a payload that was read. */
interface Probe {
  emit(a: Assembler): void;
  expected(value: PayloadObject): Value;
}

/** Every field of a model; of a list, how many elements it has, and the first one, or the first one's fields. */
function probesOf(model: Model): Probe[] {
  return model.fields.flatMap((field): Probe[] => {
    if (field.kind === FieldKind.OBJECT || field.path.includes('[]')) return [];
    const isList = field.kind === FieldKind.LIST;
    const own = orNull(field, (a) => {
      const { type } = fieldRegister(field);
      if (!isList) {
        a.op(Opcode.OUT, { a: a.field(field.path), b: type });
        return;
      }
      const count = a.temporary(RegisterType.F64);
      a.op(Opcode.COUNT, { a: count, b: a.field(field.path) }).op(Opcode.OUT, { a: count, b: RegisterType.F64 });
    });
    const counted: Probe = {
      emit: own,
      expected: (value) => {
        const held = valueAt(value, field.path);
        return isList && held !== null ? (held as PayloadValue[]).length : plain(field, held);
      },
    };
    if (!isList) return [counted];
    const first = (value: PayloadObject): PayloadValue => (valueAt(value, field.path) as PayloadValue[] | null)?.[0] ?? null;
    const fields = field.element === undefined ? model.tables[field.child!]!.fields : [field.element];
    const below = fields
      .filter(({ kind }) => kind !== FieldKind.OBJECT && kind !== FieldKind.LIST)
      .map(
        (element): Probe => ({
          emit: (a) => emitFirst(a, field, element),
          expected: (value) => {
            const held = first(value);
            if (field.element !== undefined || held === null) return plainOr(element, held, ZEROS);
            return plainOr(element, (held as PayloadObject)[element.name]!, ZEROS);
          },
        }),
      );
    return [counted, ...below];
  });
}

/** The first element of a list, or a field of it; zeros where there is none. */
function emitFirst(a: Assembler, list: Field, element: Field): void {
  const cursor = a.temporary(RegisterType.CURSOR);
  const out = a.temporary(fieldRegister(element).type, fieldRegister(element));
  if (list.element !== undefined) {
    a.op(Opcode.ELEMENT, { a: out, b: a.field(list.path), c: cursor });
  } else {
    const object = a.temporary(RegisterType.OBJECT, { table: list.child! });
    a.op(Opcode.ELEMENT, { a: object, b: a.field(list.path), c: cursor });
    a.op(Opcode.FIELD, { a: out, b: object, imm: BigInt(element.index) });
  }
  a.op(Opcode.OUT, { a: out, b: fieldRegister(element).type });
}

/** OUT_NULL where the field is null, else what `emit` gives. */
function orNull(field: Field, emit: (a: Assembler) => void): (a: Assembler) => void {
  return (a) => {
    a.op(Opcode.IF_NULL, { a: a.field(field.path), to: `null-${field.path}` });
    emit(a);
    a.op(Opcode.JUMP, { to: `end-${field.path}` })
      .label(`null-${field.path}`)
      .op(Opcode.OUT_NULL)
      .label(`end-${field.path}`);
  };
}

const ZEROS: Partial<Record<FieldKind, Value>> = {
  [FieldKind.BOOL]: false,
  [FieldKind.INT]: 0,
  [FieldKind.LONG]: 0,
  [FieldKind.DOUBLE]: 0,
  [FieldKind.TEXT]: '',
};

function valueAt(value: PayloadObject, path: string): PayloadValue {
  let own: PayloadValue = value;
  for (const name of path.split('.')) own = own === null ? null : (own as PayloadObject)[name]!;
  return own;
}

function plain(field: Field, value: PayloadValue): Value {
  if (value === null || field.kind !== FieldKind.ENUM) return value as Value;
  return BigInt(field.members!.find(({ name }) => name === value)!.number);
}

function plainOr(field: Field, value: PayloadValue, zeros: typeof ZEROS): Value {
  return value === null ? (zeros[field.kind] ?? 0n) : plain(field, value);
}

/** An engine whose image hands out all of a model. */
function fieldsBox(model: Model): EngineBox {
  const assembler = new Assembler(model);
  const probes = probesOf(model);
  for (const probe of probes) probe.emit(assembler);
  const box = new EngineBox({ inputBytes: INPUT_BYTES });
  return box.mustLoad(writeImage(assembler.expressions(probes.length)));
}

/** What the image of fieldsBox should give for a payload that was read. */
function expectedValues(model: Model, value: PayloadObject): Value[] {
  return probesOf(model).map((probe) => probe.expected(value));
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
  { name: 'doubles', kind: FieldKind.LIST, maximum: 4, items: { kind: FieldKind.DOUBLE, maximum: 9 } },
  { name: 'longs', kind: FieldKind.LIST, minimum: 1, maximum: 2, items: { kind: FieldKind.LONG } },
  { name: 'ints', kind: FieldKind.LIST, maximum: 3, items: { kind: FieldKind.INT, minimum: -1 } },
  { name: 'flags', kind: FieldKind.LIST, maximum: 9, items: { kind: FieldKind.BOOL } },
  {
    name: 'channels',
    kind: FieldKind.LIST,
    maximum: 3,
    items: { kind: FieldKind.ENUM, members: [{ name: 'web', number: 1 }], memberNumberMax: 1 },
  },
  { name: 'tags', kind: FieldKind.LIST, maximum: 3, items: { kind: FieldKind.TEXT, minimum: 1, maximum: 3 } },
  {
    name: 'items',
    kind: FieldKind.LIST,
    maximum: 3,
    fields: [
      { name: 'price', kind: FieldKind.DECIMAL, scale: 2, minimum: 0n, required: true },
      { name: 'text', kind: FieldKind.TEXT, maximum: 4, default: 'none' },
      { name: 'days', kind: FieldKind.LIST, maximum: 2, items: { kind: FieldKind.DATE } },
      { name: 'inner', kind: FieldKind.OBJECT, fields: [{ name: 'at', kind: FieldKind.TIMESTAMP, required: true }] },
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
  doubles: [8.5, -1],
  longs: [-3],
  ints: [7, -1, 0],
  flags: [true, false],
  channels: [1, 1],
  tags: ['Zoë', 'x'],
  items: [{ price: 250n, text: 'ab', days: [20454, 1], inner: { at: 5n } }, { price: 0n }],
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
  const outputUsed = probesOf(everything).length * 24;
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
