// Frames: a RequestBatch in, an AnswerBatch out; malformed ones are refused as a whole.

import { Builder, ByteBuffer } from 'flatbuffers';
import { expect, test } from 'vitest';
import { ENTRY_BYTES, SLOT_HEADER_BYTES } from '#assembly/shared/layout.js';
import { Opcode } from '#assembly/shared/opcode.js';
import { Outcome } from '#assembly/shared/outcome.js';
import { Status } from '#assembly/shared/status.js';
import { FieldKind } from '#assembly/shared/value-type.js';
import { writeImage } from '#src/image/write-image.js';
import { AnswerBatch } from '#src/schema/generated/verdict/wire/answer-batch.js';
import { Request } from '#src/schema/generated/verdict/wire/request.js';
import { RequestBatch } from '#src/schema/generated/verdict/wire/request-batch.js';
import { Assembler } from '../../lib/image-assembler.js';
import { EngineBox, GUARD_BYTE } from '../../lib/image-engine.js';
import { modelOf } from '../../lib/image-model.js';
import { payloadOf } from '../../lib/image-payload.js';

const model = modelOf([{ name: 'x', kind: FieldKind.DOUBLE, required: true }]);
const MODEL = BigInt(`0x${model.hash}`);
const assembler = new Assembler(model);
assembler.op(Opcode.F64_NOT_GT_I, { a: 0, f64: 5, to: 'end' }).op(Opcode.HIT).label('end');
const image = writeImage(assembler.decision([{ id: 'large', score: 7, outcome: Outcome.DECLINE, reason: 'LARGE' }]));
const box = new EngineBox({ inputBytes: 524288, outputBytes: 2097152 }).mustLoad(image);

function frameOf(payloads: readonly Uint8Array[], options: { model?: bigint; shared?: boolean } = {}): Uint8Array {
  const builder = new Builder(1024);
  const requests = payloads.map((payload, index) => {
    const vector = Request.createPayloadVector(builder, payload);
    return Request.createRequest(builder, BigInt(index) + 1000n, vector);
  });
  const bundle = builder.createString('test-bundle');
  const vector = RequestBatch.createRequestsVector(builder, requests);
  builder.finish(RequestBatch.createRequestBatch(builder, 77n, options.model ?? MODEL, bundle, vector, 0, 0));
  return builder.asUint8Array().slice();
}

const payloads = [payloadOf(model, { x: 1 }), payloadOf(model, { x: 9 }), new Uint8Array(9), payloadOf(model, { x: 5.5 })];

for (const count of [0, 1, 2, 3, 4]) {
  test(`${count} requests are answered like ${count} payloads in entries`, () => {
    const own = payloads.slice(0, count);
    const options = { idHigh: 3n, idLow: 9n };
    const single = box.decide(own, options);
    const { status, count: counted, answer } = box.decideFrame(frameOf(own), { ...options, entries: 4 });
    expect([status, counted]).toEqual([Status.OK, count]);
    const batch = AnswerBatch.getRootAsAnswerBatch(new ByteBuffer(answer));
    expect(batch.id()).toBe(77n);
    expect([batch.answersLength(), batch.error(), batch.detail()]).toEqual([count, null, null]);
    for (let index = 0; index < count; index++) {
      expect(batch.answers(index)!.id()).toBe(1000n + BigInt(index));
      const decision = batch.answers(index)!.decisionArray()!;
      expect(decision.byteOffset % 8).toBe(0);
      expect(Buffer.compare(decision, single.decisions[index]!.bytes)).toBe(0);
    }
    expect(box.decided(status, count).decisions).toEqual(single.decisions);
  });
}

test('entries are left alone where there is no room for all', () => {
  const entries = box.slot + SLOT_HEADER_BYTES;
  for (const room of [0, 3]) {
    box.bytes.fill(GUARD_BYTE, entries, entries + 4 * ENTRY_BYTES);
    expect(box.decideFrame(frameOf(payloads), { entries: room })).toMatchObject({ status: Status.OK, count: 4 });
    expect(box.bytes.subarray(entries, entries + 4 * ENTRY_BYTES).every((byte) => byte === GUARD_BYTE)).toBe(true);
  }
});

test('another model, too many requests, too little room', () => {
  expect(box.decideFrame(frameOf(payloads, { model: MODEL + 1n }))).toMatchObject({ status: Status.INVALID_FRAME, count: 0 });
  const small = payloadOf(model, { x: 1 });
  expect(box.decideFrame(frameOf(Array.from({ length: 4096 }, () => small)))).toMatchObject({ status: Status.OK, count: 4096 });
  expect(box.decideFrame(frameOf(Array.from({ length: 4097 }, () => small)))).toMatchObject({
    status: Status.INVALID_FRAME,
    count: 0,
  });
  const frame = frameOf(payloads);
  const max = new DataView(image.buffer).getUint32(124, true);
  const needed = 40 + 16 + 4 * (24 + max);
  expect(box.decideFrame(frame, { outputBytes: needed }).status).toBe(Status.OK);
  expect(box.decideFrame(frame, { outputBytes: needed - 1 })).toMatchObject({ status: Status.OUTPUT_FULL, count: 0 });
});

test('hostile frames: any byte changed, any length cut: refused, or an answer that can be read', () => {
  const frame = frameOf(payloads.slice(0, 2));
  const guarded = new EngineBox({ inputBytes: 4096 }).mustLoad(image);
  const check = (bytes: Uint8Array): Status => {
    guarded.bytes.fill(GUARD_BYTE, guarded.input, guarded.input + 4096);
    const { status, count, answer } = guarded.decideFrame(bytes);
    if (status === Status.OK) {
      const batch = AnswerBatch.getRootAsAnswerBatch(new ByteBuffer(answer));
      expect(batch.answersLength()).toBe(count);
      for (let index = 0; index < count; index++) expect(batch.answers(index)!.decisionLength()).toBeGreaterThan(120);
    } else {
      expect([status, count]).toEqual([Status.INVALID_FRAME, 0]);
    }
    return status;
  };
  const seen = new Set<Status>();
  for (let length = 0; length < frame.length; length++) seen.add(check(frame.subarray(0, length)));
  for (let at = 0; at < frame.length; at++) {
    for (const value of [0, 1, 0x7f, 0x80, 0xff, frame[at]! ^ 4]) {
      const bytes = frame.slice();
      bytes[at] = value;
      seen.add(check(bytes));
    }
  }
  expect([...seen].sort()).toEqual([Status.OK, Status.INVALID_FRAME]);
});
