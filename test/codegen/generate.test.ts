// Generated code beside the VM. EngineBox runs both in every call that it makes and compares slot and output, so that all tests of
// the engine and the differential ones are tests of generated code too; here is what they would not come to.

import { describe, expect, it } from 'vitest';
import { SCRATCH_BYTES, SLOT_OUTPUT_BYTES } from '#assembly/shared/layout.js';
import { Opcode } from '#assembly/shared/opcode.js';
import { Outcome } from '#assembly/shared/outcome.js';
import { Status } from '#assembly/shared/status.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import { generateModule } from '#src/codegen/generate.js';
import { writeImage } from '#src/image/write-image.js';
import { Random } from '../lib/expression-model.js';
import { Assembler } from '../lib/image-assembler.js';
import { EngineBox, WebAssembly } from '../lib/image-engine.js';
import { modelOf } from '../lib/image-model.js';
import { payloadOf, type WireObject } from '../lib/image-payload.js';
import { testSeed } from '../lib/model.js';

const model = modelOf([
  { name: 'amount', kind: FieldKind.DOUBLE, required: true, minimum: -1000, maximum: 1e6 },
  { name: 'count', kind: FieldKind.INT, required: true, minimum: -5, maximum: 500 },
  { name: 'country', kind: FieldKind.TEXT, required: true, maximum: 8 },
  { name: 'note', kind: FieldKind.TEXT, minimum: 1, maximum: 40 },
  { name: 'vip', kind: FieldKind.BOOL, default: true },
  { name: 'card', kind: FieldKind.OBJECT, fields: [{ name: 'age', kind: FieldKind.LONG, required: true, minimum: 0, maximum: 9 }] },
  { name: 'xs', kind: FieldKind.LIST, items: { kind: FieldKind.DOUBLE }, maximum: 4 },
  { name: 'at', kind: FieldKind.TIMESTAMP },
]);

/** Rules over every field; rule 2 gives no reason, rule 3 asks for an outcome. */
function image(): Uint8Array {
  const code = new Assembler(model);
  const sum = code.temporary(RegisterType.F64);
  const rule = (rank: bigint): void => void code.op(Opcode.HIT, { imm: rank }).label(`after ${rank}`);
  code.op(Opcode.F64_MUL_I, { a: sum, b: code.field('amount'), f64: 2 });
  code.op(Opcode.F64_NOT_GT_I, { a: sum, to: 'after 0', f64: 100 });
  code.op(Opcode.TEXT_NE_I, { a: code.field('country'), to: 'after 0', text: 'DE' });
  rule(0n);
  code.op(Opcode.IF_NULL, { a: code.field('note'), to: 'after 1' });
  code.op(Opcode.TEXT_LT_I, { a: code.field('note'), to: 'after 1', text: 'm' });
  rule(1n);
  code.op(Opcode.IF_NULL, { a: code.field('card'), to: 'or 2' });
  code.op(Opcode.F64_GT_I, { a: code.field('card.age'), to: 'hit 2', f64: 4 }).label('or 2');
  code.op(Opcode.IF_FALSE, { a: code.field('vip'), to: 'after 2' }).label('hit 2');
  rule(2n);
  code.op(Opcode.F64_NOT_LT_I, { a: code.field('count'), to: 'after 3', f64: 3 });
  rule(3n);
  const scores = { score: 7.25, outcome: Outcome.NONE };
  return writeImage(
    code.decision([
      { id: 'a', ...scores, reason: 'ONE' },
      { id: 'b', ...scores, reason: 'A_MUCH_LONGER_REASON_THAN_THE_OTHERS' },
      { id: 'c', ...scores, reason: null },
      { id: 'd', ...scores, outcome: Outcome.REVIEW, reason: 'FOUR' },
    ]),
  );
}

const full: WireObject = {
  ...{ amount: 60.5, count: 2, country: 'DE', note: 'ünder', vip: false, card: { age: 5 }, xs: [1, 2.5], at: 12345n },
};
const payloads: WireObject[] = [
  full,
  { amount: 60.5, count: 2, country: 'DE' }, // a short vtable: the writer cuts off what is absent at its end
  { amount: 49, count: -5, country: '', card: { age: 0 } },
  { amount: 1e6, count: 500, country: 'ABCDEFGH', note: 'z'.repeat(40), xs: [] },
];

describe('generated code', () => {
  it('refuses and decides hostile payloads as the VM does: every byte changed, every length', () => {
    const box = new EngineBox().mustLoad(image());
    expect(box.generated()).not.toBeNull();
    const seen = new Set<Status>();
    for (const value of payloads) {
      const payload = payloadOf(model, value);
      expect(box.decide([payload]).decisions[0]!.status).toBe(Status.OK);
      const batch: Uint8Array[] = [];
      for (let at = 0; at < payload.length; at++) {
        for (const byte of [0, 1, 0x7f, 0x80, 0xff, payload[at]! ^ 4, payload[at]! + 1]) {
          const changed = payload.slice();
          changed[at] = byte;
          batch.push(changed);
        }
      }
      for (let length = 0; length < payload.length; length++) batch.push(payload.slice(0, length));
      for (let first = 0; first < batch.length; first += 100) {
        for (const { status } of box.decide(batch.slice(first, first + 100), { shift: first % 8 }).decisions) seen.add(status);
      }
    }
    expect([...seen].sort()).toEqual([Status.OK, Status.INVALID_PAYLOAD]);
  });

  it('goes on in the middle of a batch on another instance, whose scratch is its own', () => {
    const box = new EngineBox({ inputBytes: 65536 + SCRATCH_BYTES }).mustLoad(image());
    const batch = Array.from({ length: 8 }, (_, i) => payloadOf(model, { ...full, amount: 10 * i }));
    const expected = box.decide(batch);
    const scratchBase = box.input + 65536;
    const { module } = generateModule(box.bytes.slice(box.image, box.image + box.imageBytes));
    const imports = { env: { memory: box.memory, scratchBase }, engine: box.instantiate(scratchBase) };
    const other = new WebAssembly.Instance(new WebAssembly.Module(module!), imports).exports as { decide(slot: number): Status };
    const half = box.decide(batch, { outputBytes: expected.outputUsed / 2 + 100 });
    expect(half.status).toBe(Status.OUTPUT_FULL);
    const own = box.bytes.slice(box.scratch, box.scratch + SCRATCH_BYTES);
    box.view.setUint32(box.slot + SLOT_OUTPUT_BYTES, box.outputBytes, true);
    expect(box.decided(other.decide(box.slot), 8)).toEqual(expected);
    expect(Buffer.compare(box.bytes.subarray(box.scratch, box.scratch + SCRATCH_BYTES), own)).toBe(0);
  });

  it('agrees with the VM on random programs of tests, jumps and values', () => {
    const random = new Random(testSeed('generated code'));
    for (let round = 0; round < 150; round++) {
      const box = new EngineBox().mustLoad(randomImage(random));
      expect(box.generated()).not.toBeNull();
      const batch = Array.from({ length: 12 }, () =>
        payloadOf(model, {
          amount: random.below(7) - 3,
          count: random.below(7) - 3,
          country: ['', 'a', 'aa', 'aaaaaaa', 'aaaaaaaa'][random.below(5)]!,
          ...(random.below(2) === 0 ? {} : { note: ['a', 'b', 'ä'][random.below(3)]! }),
          ...(random.below(2) === 0 ? {} : { vip: random.below(2) === 0 }),
          ...(random.below(2) === 0 ? {} : { card: { age: random.below(9) } }),
        }),
      );
      for (const { status } of box.decide(batch).decisions) expect(status).toBe(Status.OK);
    }
  });
});

/** Programs that no compiler writes: jumps from anywhere to anywhere ahead, temporaries written on some ways only. */
function randomImage(random: Random): Uint8Array {
  const code = new Assembler(model);
  const doubles = [code.field('amount'), code.field('count'), code.field('card.age')];
  const temporaries = Array.from({ length: 4 }, () => code.temporary(RegisterType.F64));
  const count = 10 + random.below(60);
  const rules = 1 + random.below(70);
  const from = (registers: readonly number[]): number => registers[random.below(registers.length)]!;
  for (let index = 0; index < count; index++) {
    code.label(`${index}`);
    const to = `${Math.min(count, index + 1 + random.below(random.below(8) === 0 ? 30 : 4))}`;
    const f64 = random.below(5) - 2;
    const any = [...doubles, ...temporaries];
    switch (random.below(9)) {
      case 0:
        code.op(Opcode.HIT, { imm: BigInt(random.below(rules)) });
        break;
      case 1:
        code.op([Opcode.F64_ADD, Opcode.F64_SUB, Opcode.F64_MUL, Opcode.F64_DIV][random.below(4)]!, {
          ...{ a: from(temporaries), b: from(any), c: from(any) },
        });
        break;
      case 2:
        code.op(Opcode.MOVE, { a: from(temporaries), b: from(any) });
        break;
      case 3:
        code.op(Opcode.CONST, { a: from(temporaries), f64 });
        break;
      case 4:
        code.op(Opcode.JUMP, { to });
        break;
      case 5:
        code.op(random.below(2) === 0 ? Opcode.IF_NULL : Opcode.IF_NOT_NULL, {
          ...{ a: code.field(['note', 'card', 'vip', 'card.age', 'amount'][random.below(5)]!), to },
        });
        break;
      case 6:
        code.op(random.below(2) === 0 ? Opcode.TEXT_EQ_I : Opcode.TEXT_NE_I, {
          ...{ a: code.field(['country', 'note'][random.below(2)]!), text: 'a'.repeat(random.below(9)), to },
        });
        break;
      case 7:
        code.op(Opcode.F64_LT + random.below(6), { a: from(any), b: from(any), to });
        break;
      default:
        code.op(Opcode.F64_LT_I + random.below(10), { a: from(any), f64, to });
    }
  }
  code.label(`${count}`);
  return writeImage(
    code.decision(
      Array.from({ length: rules }, (_, rank) => ({
        ...{ id: `r${rank}`, score: random.below(9) - 4, outcome: random.below(4) as Outcome },
        reason: random.below(4) === 0 ? null : 'R'.repeat(1 + random.below(20)),
      })),
    ),
  );
}
