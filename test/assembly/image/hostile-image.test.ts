// Hostile images: a changed byte is noticed; and where the checksum has been made to fit again, the image is refused, or decides
// without a trap, without end, and without touching a byte outside scratch, slot and output.

import { ByteBuffer } from 'flatbuffers';
import { describe, expect, test } from 'vitest';
import { IMAGE_HEADER_BYTES, IMAGE_KIND, IMAGE_MANIFEST_BYTES, ImageKind } from '#assembly/shared/image.js';
import { ENTRY_BYTES, SCRATCH_BYTES, SLOT_HEADER_BYTES } from '#assembly/shared/layout.js';
import { Opcode } from '#assembly/shared/opcode.js';
import { Outcome } from '#assembly/shared/outcome.js';
import { ImageError, Status } from '#assembly/shared/status.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import { readHeader } from '#src/image/header.js';
import { sealImage, writeImage } from '#src/image/write-image.js';
import { Decision } from '#src/schema/generated/verdict/wire/decision.js';
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
  payloadOf(model, { x: 12.5, d: -5n, s: 'ab', e: 3, o: { t: 'Zoë', n: 4 } }),
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

const INPUT_BYTES = 4096;
const box = new EngineBox({ inputBytes: INPUT_BYTES, imageBytesMax: 8192, outputBytes: 8192 });
const guards = new Uint8Array(box.bytes.length).fill(GUARD_BYTE);
const placed = box.place(payloads);
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
  box.bytes.fill(GUARD_BYTE, box.image);
  const accepted = box.load(image) === ImageError.NONE;
  let outputMax = 0;
  if (accepted) {
    const header = readHeader(image);
    outputMax = header.decisionBytesMax * payloads.length;
    box.fillSlot(placed, { outputBytes: Math.min(outputMax, box.outputBytes) });
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
  expect(decision.reasonsLength()).toBeLessThanOrEqual(64);
  for (let index = 0; index < decision.reasonsLength(); index++) {
    expect(decision.reasons(index)!.code(raw)!.length + decision.reasons(index)!.rule(raw)!.length).toBeLessThan(bytes.length);
  }
}

const images = [
  ['decision', decisionImage()],
  ['expressions', expressionImage()],
] as const;

describe.each(images)('%s image', (_name, good) => {
  test('as written, is accepted', () => expect(tryImage(good)).toBe(true));

  test('each byte changed is refused', () => {
    for (let at = 0; at < good.length; at++) {
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
    for (let at = IMAGE_KIND; at < good.length; at++) {
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
    for (let round = 0; round < 10000; round++) {
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
    for (let length = 0; length < good.length; length++) expect(tryImage(good.slice(0, length))).toBe(false);
  });
});
