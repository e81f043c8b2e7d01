// Hostile images: a changed byte is noticed; and where the checksum has been made to fit again, the image is refused, or decides
// without a trap, without end, and without touching a byte outside scratch, slot and output.

import { ByteBuffer } from 'flatbuffers';
import { describe, expect, test } from 'vitest';
import { FunctionId } from '#assembly/shared/function.js';
import {
  BLOB_SIZE,
  BlobKind,
  IMAGE_BLOBS,
  IMAGE_DATA,
  IMAGE_HEADER_BYTES,
  IMAGE_KIND,
  IMAGE_MANIFEST_BYTES,
  IMAGE_OUTPUTS,
  ImageKind,
} from '#assembly/shared/image.js';
import { ENTRY_BYTES, SCRATCH_BYTES, SLOT_HEADER_BYTES } from '#assembly/shared/layout.js';
import { Opcode } from '#assembly/shared/opcode.js';
import { Outcome } from '#assembly/shared/outcome.js';
import { OUT_STORES, OutputAction } from '#assembly/shared/outputs.js';
import { ImageError, Status } from '#assembly/shared/status.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import { compilePattern } from '#src/compiler/pattern/compile-pattern.js';
import { caseBlob } from '#src/compiler/unicode/case-blob.js';
import { zoneBlob } from '#src/compiler/zones/zone-blob.js';
import { readHeader } from '#src/image/header.js';
import { writeList } from '#src/image/list.js';
import { sealImage, writeImage } from '#src/image/write-image.js';
import { Decision } from '#src/schema/generated/verdict/wire/decision.js';
import type { OutputShape, OutputType } from '#src/schema/output-shape.js';
import { readOutputs } from '#src/schema/outputs.js';
import { Assembler } from '../../lib/image-assembler.js';
import { EngineBox, GUARD_BYTE } from '../../lib/image-engine.js';
import { modelOf } from '../../lib/image-model.js';
import { payloadOf } from '../../lib/image-payload.js';

const model = modelOf([
  { name: 'x', kind: FieldKind.DOUBLE, required: true },
  { name: 'd', kind: FieldKind.DECIMAL, scale: 2, default: 7n },
  { name: 's', kind: FieldKind.TEXT, maximum: 64, default: 'none' },
  {
    name: 'e',
    kind: FieldKind.ENUM,
    members: [
      { name: 'A', number: 0 },
      { name: 'B', number: 3 },
    ],
    memberNumberMax: 3,
  },
  { name: 'numbers', kind: FieldKind.LIST, maximum: 3, items: { kind: FieldKind.INT } },
  {
    name: 'items',
    kind: FieldKind.LIST,
    maximum: 2,
    fields: [
      { name: 'text', kind: FieldKind.TEXT, maximum: 5, default: 'd' },
      { name: 'tags', kind: FieldKind.LIST, maximum: 2, items: { kind: FieldKind.TEXT, maximum: 4 } },
    ],
  },
  {
    name: 'o',
    kind: FieldKind.OBJECT,
    fields: [
      { name: 't', kind: FieldKind.TEXT, maximum: 9 },
      { name: 'n', kind: FieldKind.LONG },
    ],
  },
]);
const payloads = [
  payloadOf(model, {
    x: 12.5,
    d: -5n,
    s: 'ab',
    e: 3,
    numbers: [1, 2, 3],
    items: [{ text: 'a😀b', tags: ['x', ''] }, {}],
    o: { t: 'Zoë', n: 4 },
  }),
  payloadOf(model, { x: Number.NaN }),
  payloadOf(model, { x: -1, s: 'a much longer text than eight', o: {} }),
];

/** Arithmetic, joined texts, wide integers and all families of branches. */
function body(assembler: Assembler): { number: number; text: number; wide: number } {
  const number = assembler.temporary(RegisterType.F64);
  const text = assembler.temporary(RegisterType.TEXT);
  const wide = assembler.temporary(RegisterType.WIDE_LOW);
  const field = (path: string): number => assembler.field(path);
  assembler.op(Opcode.F64_REM_I, { a: number, b: field('x'), f64: 5 });
  assembler.op(Opcode.TEXT_CONCAT, { a: text, b: field('s'), c: field('o.t') });
  assembler.op(Opcode.WIDEN, { a: wide, b: field('d') }).op(Opcode.WIDE_MUL, { a: wide, b: wide, c: wide });
  return { number, text, wide };
}

function decisionImage(): Uint8Array {
  const assembler = new Assembler(model, { now: true });
  const { number, text, wide } = body(assembler);
  const field = (path: string): number => assembler.field(path);
  assembler.op(Opcode.F64_NOT_GT_I, { a: number, f64: 1, to: 'b' }).op(Opcode.TEXT_NE_I, { a: field('s'), text: 'ab', to: 'b' });
  assembler.op(Opcode.HIT, { imm: 0n }).label('b').op(Opcode.TEXT_LT_I, { a: text, text: 'a longer constant', to: 'c' });
  assembler
    .op(Opcode.HIT, { imm: 1n })
    .label('c')
    .op(Opcode.IF_NULL, { a: field('o'), to: 'd' });
  assembler.op(Opcode.I64_NE_I, { a: field('e'), imm: 3n, to: 'd' }).op(Opcode.WIDE_LT, { a: wide, b: wide, to: 'd' });
  assembler.op(Opcode.HIT, { imm: 2n }).label('d');
  const rules = ['first-rule', 'second', 'third'].map((id, rank) => ({
    id,
    score: 30 - rank,
    outcome: rank as Outcome,
    reason: `CODE_${rank}`,
  }));
  return writeImage(assembler.decision(rules, { reasonsMax: 2, thresholds: [{ atLeast: 50, outcome: Outcome.DECLINE }] }));
}

function expressionImage(): Uint8Array {
  const assembler = new Assembler(model);
  const { number, text, wide } = body(assembler);
  assembler.op(Opcode.OUT, { a: number, b: RegisterType.F64 }).op(Opcode.OUT, { a: text, b: RegisterType.TEXT });
  assembler.op(Opcode.OUT, { a: wide, b: RegisterType.WIDE_LOW }).op(Opcode.IF_NULL, { a: assembler.field('s'), to: 'null' });
  assembler
    .op(Opcode.OUT, { a: assembler.field('s'), b: RegisterType.TEXT })
    .op(Opcode.END)
    .label('null')
    .op(Opcode.OUT_NULL);
  return writeImage(assembler.expressions(4));
}

const zone = zoneBlob('Asia/Dubai')!;
const pattern = compilePattern('a(b|c)+');
if (!('blob' in pattern)) throw new Error('the pattern does not compile');

/** Loops of both kinds, fields of elements, calls with blobs, lists: what the images above have nothing of. */
function loopImage(): Uint8Array {
  const assembler = new Assembler(model);
  const field = (path: string): number => assembler.field(path);
  const number = (path: string): bigint => BigInt(assembler.descriptor(path));
  const [item, tag] = [2, 2].map((max) => assembler.temporary(RegisterType.CURSOR, { max })) as [number, number];
  const pieces = assembler.temporary(RegisterType.CURSOR, { max: 21 });
  const object = assembler.temporary(RegisterType.OBJECT, { table: model.fields[assembler.descriptor('items')]!.child! });
  const tagTable = model.fields[assembler.descriptor('items[].tags')]!.child!;
  const tags = assembler.temporary(RegisterType.LIST, { element: FieldKind.TEXT, table: tagTable, max: 2 });
  const [text, piece, cut, lower] = [20, 20, 1, 60].map((max) => assembler.temporary(RegisterType.TEXT, { max })) as [
    number,
    number,
    number,
    number,
  ];
  const sum = assembler.temporary(RegisterType.F64);
  const wide = assembler.temporary(RegisterType.WIDE_LOW);
  const narrow = assembler.temporary(RegisterType.I64);
  const call = (id: FunctionId, a: number, b: number, literal: bigint, c = 0, d = 0): unknown =>
    assembler.op(Opcode.CALL, { a, b, c, imm: BigInt(id) | (BigInt(d) << 16n) | (literal << 32n) });
  assembler.op(Opcode.FOR, { a: item, b: field('items'), to: 'items' }).label('item');
  assembler.op(Opcode.ELEMENT, { a: object, b: field('items'), c: item });
  assembler.op(Opcode.IF_FIELD_NULL, { a: object, imm: number('items[].tags'), to: 'no tags' });
  assembler.op(Opcode.FIELD, { a: tags, b: object, imm: number('items[].tags') });
  assembler.op(Opcode.FOR, { a: tag, b: tags, to: 'no tags' }).label('tag');
  assembler.op(Opcode.ELEMENT, { a: text, b: tags, c: tag }).op(Opcode.IF_MEMBER, { a: text, imm: 0n, to: 'member' });
  assembler.op(Opcode.F64_ADD_I, { a: sum, b: sum, f64: 1 }).label('member');
  assembler.op(Opcode.NEXT, { a: tag, b: tags, to: 'tag' }).label('no tags');
  assembler.op(Opcode.FIELD, { a: text, b: object, imm: number('items[].text') });
  assembler.op(Opcode.FOR_PIECE, { a: pieces, b: text, c: cut, to: 'pieces' }).label('piece');
  assembler.op(Opcode.PIECE, { a: piece, b: text, c: pieces });
  call(FunctionId.TEXT_LOWER, lower, piece, 0n);
  call(FunctionId.TEXT_INDEX_OF, sum, lower, 0n, piece, sum);
  call(FunctionId.TEXT_SLICE, piece, text, 0n, sum, sum);
  assembler.op(Opcode.NEXT_PIECE, { a: pieces, b: text, c: cut, to: 'piece' }).label('pieces').op(Opcode.RESET_TEXT);
  assembler.op(Opcode.NEXT, { a: item, b: field('items'), to: 'item' }).label('items');
  call(FunctionId.DECIMAL_FROM_NUMBER, wide, sum, 2n);
  assembler.op(Opcode.NARROW, { a: narrow, b: wide });
  call(FunctionId.TIME_HOUR, sum, narrow, 1n);
  call(FunctionId.TIME_START_OF_DAY, narrow, field('d'), 1n);
  const matched = assembler.temporary(RegisterType.BOOL);
  call(FunctionId.TEXT_MATCHES, matched, field('s'), 2n);
  assembler.op(Opcode.IF_FALSE, { a: matched, to: 'end' }).op(Opcode.HIT, { imm: 0n }).label('end');
  assembler.op(Opcode.COUNT, { a: sum, b: field('numbers') }).op(Opcode.F64_LT_I, { a: sum, f64: 9, to: 'good' });
  assembler.op(Opcode.FAIL, { imm: BigInt(Status.CONFLICT) }).label('good');
  const blobs = [
    { kind: BlobKind.CASE, bytes: caseBlob() },
    { kind: BlobKind.ZONE, bytes: zone },
    { kind: BlobKind.PATTERN, bytes: (pattern as { blob: Uint8Array }).blob },
  ];
  const rules = [{ id: 'loop', score: 1, outcome: Outcome.REVIEW, reason: 'LOOP' }];
  return writeImage(assembler.decision(rules, { blobs, lists: [{ name: 'seen', type: RegisterType.TEXT }] }));
}

/** Outputs of every kind: values, a list of texts, a list of objects. */
function outputsImage(): Uint8Array {
  const assembler = new Assembler(model);
  const { text, wide } = body(assembler);
  const field = (path: string): number => assembler.field(path);
  const flag = assembler.temporary(RegisterType.BOOL);
  const item = assembler.temporary(RegisterType.CURSOR, { max: 2 });
  const pieces = assembler.temporary(RegisterType.CURSOR, { max: 300 });
  const object = assembler.temporary(RegisterType.OBJECT, { table: model.fields[assembler.descriptor('items')]!.child! });
  const [own, piece, cut] = [20, 256, 1].map((max) => assembler.temporary(RegisterType.TEXT, { max })) as [number, number, number];
  const store = (number: number, a: number, type: RegisterType): unknown =>
    assembler.op(Opcode.OUT, { a, b: type, c: OUT_STORES, imm: BigInt(number) });
  const act = (number: number, action: OutputAction): unknown =>
    assembler.op(Opcode.OUT, { c: OUT_STORES, imm: BigInt(number) | (BigInt(action) << 32n) });
  store(0, field('x'), RegisterType.F64);
  store(1, wide, RegisterType.WIDE_LOW);
  store(2, text, RegisterType.TEXT);
  store(3, field('e'), RegisterType.I64);
  store(4, field('d'), RegisterType.I64);
  store(5, flag, RegisterType.BOOL);
  act(6, OutputAction.LIST);
  assembler.op(Opcode.FOR_PIECE, { a: pieces, b: field('s'), c: cut, to: 'pieces' }).label('piece');
  assembler.op(Opcode.PIECE, { a: piece, b: field('s'), c: pieces });
  store(6, piece, RegisterType.TEXT);
  assembler.op(Opcode.NEXT_PIECE, { a: pieces, b: field('s'), c: cut, to: 'piece' }).label('pieces');
  act(6, OutputAction.END);
  act(7, OutputAction.LIST);
  assembler.op(Opcode.FOR, { a: item, b: field('items'), to: 'items' }).label('item');
  assembler.op(Opcode.ELEMENT, { a: object, b: field('items'), c: item });
  act(7, OutputAction.ELEMENT);
  assembler.op(Opcode.FIELD, { a: own, b: object, imm: BigInt(assembler.descriptor('items[].text')) });
  store(8, own, RegisterType.TEXT);
  store(9, field('x'), RegisterType.F64);
  assembler.op(Opcode.NEXT, { a: item, b: field('items'), to: 'item' }).label('items');
  act(7, OutputAction.END);
  const members = [
    { name: 'A', number: 0 },
    { name: 'B', number: 3 },
  ];
  const value = (name: string, type: OutputType): OutputShape => ({ name, nullable: true, is: { kind: 'value', type } });
  const shapes: OutputShape[] = [
    value('number', { kind: 'number' }),
    value('wide', { kind: 'decimal', scale: 4, wide: true }),
    value('text', { kind: 'string' }),
    value('member', { kind: 'enum', members }),
    value('day', { kind: 'date' }),
    value('flag', { kind: 'boolean' }),
    { name: 'pieces', nullable: false, is: { kind: 'list', type: { kind: 'string' }, countMax: 65 } },
    {
      name: 'items',
      nullable: false,
      is: {
        kind: 'objects',
        members: [
          { name: 'text', type: { kind: 'string' }, nullable: false },
          { name: 'x', type: { kind: 'number' }, nullable: false },
        ],
        countMax: 2,
      },
    },
  ];
  const outputs = { shapes, textMax: [0, 0, 300, 1, 0, 0, 8, 0, 20, 0] };
  return writeImage(assembler.decision([], { outputs }));
}

const INPUT_BYTES = 4096;
const box = new EngineBox({ inputBytes: INPUT_BYTES, imageBytesMax: 65536, outputBytes: 8192 });
const guards = new Uint8Array(box.bytes.length).fill(GUARD_BYTE);
const placed = box.place(payloads);
/** Behind the payloads: what the first list of an image is bound to. The others are not there. */
const lists = box.bind(box.input + 2048, [writeList(RegisterType.TEXT, ['x', 'y']), ...Array(7)]);
const input = box.bytes.slice(box.input, box.input + INPUT_BYTES);

/** Fails where a byte that is nobody's has changed. */
function checkUntouched(image: Uint8Array, outputMax: number): void {
  const slotEnd = box.slot + SLOT_HEADER_BYTES + payloads.length * ENTRY_BYTES;
  const free = [
    [0, box.scratch],
    [box.scratch + SCRATCH_BYTES, box.slot],
    [slotEnd, box.input],
    [box.input + INPUT_BYTES, box.image],
    [box.image + image.length, box.output],
    [box.output + outputMax, box.bytes.length],
  ] as const;
  for (const [start, end] of free) {
    if (Buffer.compare(box.bytes.subarray(start, end), guards.subarray(start, end)) !== 0)
      throw new Error(`changed in ${start} to ${end}`);
  }
  if (Buffer.compare(box.bytes.subarray(box.input, box.input + INPUT_BYTES), input) !== 0) throw new Error('payloads changed');
  if (Buffer.compare(box.bytes.subarray(box.image, box.image + image.length), image) !== 0) throw new Error('image changed');
}

/** Whether the image is accepted; runs it then. */
function tryImage(image: Uint8Array): boolean {
  box.bytes.set(guards.subarray(box.image), box.image);
  const accepted = box.load(image) === ImageError.NONE;
  let outputMax = 0;
  if (accepted) {
    const header = readHeader(image);
    outputMax = header.decisionBytesMax * payloads.length;
    box.fillSlot(placed, { lists, outputBytes: Math.min(outputMax, box.outputBytes) });
    if (header.kind === ImageKind.DECISION) {
      const status = box.exports.decide(box.slot);
      for (const { bytes } of box.decided(status, payloads.length).decisions) walk(bytes);
    } else {
      const status = box.exports.evaluate(box.slot);
      expect([Status.OK, Status.INTERNAL, Status.INVALID_PAYLOAD, Status.OUTPUT_FULL]).toContain(status);
    }
  }
  checkUntouched(image, Math.min(outputMax, box.outputBytes));
  return accepted;
}

/** Reads all of a decision, which throws where an offset leads outside. */
function walk(bytes: Uint8Array): void {
  const decision = Decision.getRootAsDecision(new ByteBuffer(bytes));
  const raw = 1; // flatbuffers.Encoding.UTF8_BYTES: texts of a hostile image need not be UTF-8
  decision.bundle(raw);
  decision.version(raw);
  decision.inputs()!.listsLength();
  const outputs = decision.outputsArray();
  try {
    if (outputs !== null) readOutputs(outputs);
  } catch (error) {
    // A shape that is damaged is no JSON, or names types that there are not.
    if (!(error instanceof RangeError || error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  expect(decision.reasonsLength()).toBeLessThanOrEqual(64);
  for (let index = 0; index < decision.reasonsLength(); index++) {
    expect(decision.reasons(index)!.code(raw)!.length + decision.reasons(index)!.rule(raw)!.length).toBeLessThan(bytes.length);
  }
}

const images = [
  ['decision', decisionImage()],
  ['expressions', expressionImage()],
  ['loop', loopImage()],
  ['outputs', outputsImage()],
] as const;

/** Places from `first` on that are changed: all, but few of the blobs that have tests of their own; those of outputs have none. */
function* places(image: Uint8Array, first: number): Generator<number> {
  const view = new DataView(image.buffer);
  const outputs =
    view.getUint32(IMAGE_OUTPUTS, true) === 0 ? 0 : view.getUint32(view.getUint32(IMAGE_BLOBS, true) + BLOB_SIZE, true);
  const data = view.getUint32(IMAGE_DATA, true) + outputs;
  for (let at = first; at < image.length; at += at < data ? 1 : 37) yield at;
}

describe.each(images)('%s image', (_name, good) => {
  test('as written, is accepted', () => expect(tryImage(good)).toBe(true));

  test('each byte changed is refused', () => {
    for (const at of places(good, 0)) {
      // The manifest's length is of no concern to the engine.
      if (at >= IMAGE_MANIFEST_BYTES && at < IMAGE_MANIFEST_BYTES + 4) continue;
      for (const value of [0, 255, good[at]! ^ 1, good[at]! ^ 0x80]) {
        if (value === good[at]) continue;
        const image = good.slice();
        image[at] = value;
        expect(tryImage(image), `byte ${at} to ${value}`).toBe(false);
      }
    }
  });

  test('each byte changed and sealed again is refused, or decides inside its bounds', () => {
    let accepted = 0;
    let refused = 0;
    for (const at of places(good, IMAGE_KIND)) {
      for (const value of [0, 255, ...Array.from({ length: 8 }, (_, bit) => good[at]! ^ (1 << bit))]) {
        if (value === good[at]) continue;
        const image = good.slice();
        image[at] = value;
        sealImage(image);
        if (tryImage(image)) accepted++;
        else refused++;
      }
    }
    expect(accepted).toBeGreaterThan(500);
    expect(refused).toBeGreaterThan(500);
  });

  test('words changed at random places and sealed again', () => {
    let state = 0x2545f491;
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let round = 0; round < 6000; round++) {
      const image = good.slice();
      const view = new DataView(image.buffer);
      for (let change = random(3); change >= 0; change--) {
        const at = IMAGE_HEADER_BYTES + 2 * random((image.length - IMAGE_HEADER_BYTES) / 2);
        view.setUint16(at, random(4) === 0 ? random(65536) : random(100), true);
      }
      sealImage(image);
      tryImage(image);
    }
  });

  test('cut at every length', () => {
    for (const length of places(good, 0)) expect(tryImage(good.slice(0, length))).toBe(false);
  });
});
