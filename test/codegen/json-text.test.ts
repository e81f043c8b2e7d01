// Texts of JSON that are decided without a payload: by the reader that is generated for their model, and by the engine's. The
// decision is that of the payload that the encoder makes of the same text.

import { describe, expect, it } from 'vitest';
import { ENTRY_STATUS_SHIFT, SCRATCH_PATIENCE } from '#assembly/shared/layout.js';
import { Opcode } from '#assembly/shared/opcode.js';
import { Outcome } from '#assembly/shared/outcome.js';
import { RegisterType } from '#assembly/shared/value-type.js';
import { writeImage } from '#src/image/write-image.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { Random } from '../lib/expression-model.js';
import { Assembler } from '../lib/image-assembler.js';
import { EngineBox } from '../lib/image-engine.js';
import { modelOf, objectSchema, testSeed } from '../lib/model.js';

const model = modelOf(
  objectSchema(
    {
      amount: { type: 'number', minimum: -1000, maximum: 100_000 },
      country: { type: 'string', maxLength: 8 },
      note: { type: 'string', maxLength: 40 },
      count: { type: 'integer', minimum: -5, maximum: 500 },
      vip: { type: 'boolean', default: true },
      kind: { type: 'string', enum: ['debit', 'credit', 'für'] },
      card: objectSchema({ age: { type: 'integer', minimum: 0, maximum: 9 }, brand: { type: 'string' } }, { required: ['age'] }),
      money: { type: 'number', multipleOf: 0.01 },
      at: { type: 'string', format: 'date-time' },
      a: { type: 'number' },
      a_name_of_more_than_sixteen: { type: 'string', minLength: 1 },
    },
    { required: ['amount', 'country', 'count'] },
  ),
);
const encoder = new PayloadEncoder(model);

/** Rules over every field, with keys of texts, and null flags. */
function image(): Uint8Array {
  const code = new Assembler(model);
  const sum = code.temporary(RegisterType.F64);
  let rank = 0n;
  const rule = (test: (miss: string) => void): void => {
    test(`after ${rank}`);
    code.op(Opcode.HIT, { imm: rank }).label(`after ${rank}`);
    rank++;
  };
  rule((to) => {
    code.op(Opcode.F64_MUL_I, { a: sum, b: code.field('amount'), f64: 2 });
    code.op(Opcode.F64_NOT_GT_I, { a: sum, to, f64: 100 });
    code.op(Opcode.TEXT_NE_I, { a: code.field('country'), to, text: 'DE' });
  });
  rule((to) => {
    code.op(Opcode.IF_NULL, { a: code.field('note'), to });
    code.op(Opcode.TEXT_LT_I, { a: code.field('note'), to, text: 'm' });
  });
  rule((to) => void code.op(Opcode.F64_NOT_LT_I, { a: code.field('count'), to, f64: 3 }));
  rule((to) => void code.op(Opcode.IF_FALSE, { a: code.field('vip'), to }));
  rule((to) => {
    code.op(Opcode.IF_NULL, { a: code.field('card'), to });
    code.op(Opcode.F64_NOT_GT_I, { a: code.field('card.age'), to, f64: 4 });
  });
  rule((to) => void code.op(Opcode.IF_NULL, { a: code.field('card.brand'), to }));
  rule((to) => void code.op(Opcode.IF_NULL, { a: code.field('money'), to }));
  rule((to) => void code.op(Opcode.IF_NOT_NULL, { a: code.field('a'), to }));
  rule((to) => void code.op(Opcode.TEXT_NE_I, { a: code.field('a_name_of_more_than_sixteen'), to, text: 'x' }));
  rule((to) => void code.op(Opcode.IF_NULL, { a: code.field('kind'), to }));
  const rules = Array.from({ length: Number(rank) }, (_, i) => ({
    id: `r${i}`,
    score: 2 ** i,
    outcome: Outcome.NONE,
    reason: `R${i}`,
  }));
  return writeImage(code.decision(rules.reverse()));
}

const box = new EngineBox().mustLoad(image());
const full =
  '{"amount":60.5,"country":"DE","note":"n","count":2,"vip":false,"kind":"für","card":{"age":5,"brand":"v"},"money":19.99,' +
  '"at":"2026-01-31T08:30:00Z","a":1,"a_name_of_more_than_sixteen":"x"}';

/** The bytes of the decision of a text by one of the two; undefined where it does not take the text. */
function decisionOf(by: 'engine' | 'code', text: string): Uint8Array | undefined {
  const bytes = new TextEncoder().encode(text);
  box.fillSlot([]);
  box.bytes.set(bytes, box.input);
  const { decideText } = by === 'engine' ? box.exports : box.generated()!;
  const packed = decideText!(box.slot, box.image, box.input, bytes.length, box.output);
  return packed === 0 ? undefined : box.bytes.slice(box.output, box.output + (packed & ((1 << ENTRY_STATUS_SHIFT) - 1)));
}

const forget = (): void => box.view.setUint32(box.scratch + SCRATCH_PATIENCE, 0, true);

/** Whether a text is taken, by both alike, and decided as its payload. */
function takes(text: string): boolean {
  forget();
  const engine = decisionOf('engine', text);
  forget();
  const code = decisionOf('code', text);
  expect([text, code]).toEqual([text, engine]);
  if (engine !== undefined) expect([text, engine]).toEqual([text, box.decide([encoder.encodeText(text)]).decisions[0]!.bytes]);
  return engine !== undefined;
}

describe('JSON text without a payload', () => {
  const head = '"amount":60.5,"country":"DE","count":2';
  const cases: [string, boolean][] = [
    [full, true],
    [` ${full}\n`, true],
    [`{${head}}`, true],
    ['{"count":2,"country":"DE","amount":60.5}', true],
    ['{ "amount" : 60.5 , "country" : "DE" , "count" : 2 }', true],
    ['{"amount": 60.5, "country": "DE", "count": 2}', true],
    [`{${head},"note":null,"card":null,"vip":null,"a":null}`, true],
    [`{${head},"note":"a note of more than sixteen characters"}`, true],
    [`{${head},"note":"${'é'.repeat(40)}"}`, true],
    [`{${head},"note":"${'é'.repeat(41)}"}`, false],
    [`{${head},"card":{"brand":"v","age":9}}`, true],
    [`{${head},"card":{"brand":"v"}}`, false],
    [`{${head},"card":{"age":1,"age":1}}`, false],
    [`{${head},"card":{}}`, false],
    [`{${head},"note":"an \\u0065scape"}`, false],
    [`{${head},"kind":"f\\u00fcr"}`, false],
    [`{${head},"kind":"fur"}`, false],
    [`{${head},"unknown":1}`, false],
    [`{${head},"note":"x","note":"x"}`, false],
    [`{${head},}`, false],
    [`{${head}`, false],
    [`{${head}}}`, false],
    [`{${head}} x`, false],
    ['{}', false],
    ['[]', false],
    ['', false],
    [`{${head},"a":1e3}`, true],
    [`{${head},"a":-0}`, true],
    [`{${head},"a":00}`, false],
    [`{${head},"a":1.}`, false],
    [`{${head},"a":.5}`, false],
    [`{${head},"a":1.5.5}`, false],
    [`{${head},"a":12345678}`, true],
    [`{${head},"a":123456789}`, true],
    [`{${head},"a":1234567.5}`, true],
    [`{${head},"a":12345678.5}`, true],
    [`{${head},"a":0.1234567}`, true],
    [`{${head},"a":1234567890123456789012345}`, true],
    [`{${head},"a_name_of_more_than_sixteen":""}`, false],
    [`{${head},"a_name_of_more_than_sixteen":"x"}`, true],
    ['{"amount":6e1,"country":"DE","count":2}', true],
    ['{"amount":100000,"country":"DE","count":2}', true],
    ['{"amount":100000.01,"country":"DE","count":2}', false],
    ['{"amount":60.5,"country":"DE","count":2.0}', true],
    ['{"amount":60.5,"country":"DE","count":2.5}', false],
    ['{"amount":60.5,"country":"DE","count":501}', false],
    ['{"amount":60.5,"country":"DE","count":-5}', true],
    ['{"amount":60.5,"country":"ABCDEFGHI","count":2}', false],
    ['{"amount":60.5,"country":5,"count":2}', false],
    ['{"amount":60.5,"country":"D\u0001","count":2}', false],
    ['{"amount":60.5,"country":"D\u007f","count":2}', true],
    ['{"amount":60.5,"country":null,"count":2}', false],
  ];
  it.each(cases)('%s', (text, want) => {
    expect(takes(text)).toBe(want);
  });

  it('every byte of a text changed, every beginning of it, and its fields in any order', () => {
    const random = new Random(testSeed('json text'));
    let taken = 0;
    for (let at = 0; at < full.length; at++) {
      takes(full.slice(0, at));
      for (const by of ['"', '0', ',', '}', ' ', '.', 'e']) taken += Number(takes(full.slice(0, at) + by + full.slice(at + 1)));
    }
    expect(taken).toBeGreaterThan(100);
    const fields = Object.entries(JSON.parse(full) as object);
    for (let round = 0; round < 500; round++) {
      const some = fields.filter(([name]) => ['amount', 'country', 'count'].includes(name) || random.chance(70));
      if (round % 2 === 0) some.sort(() => random.below(3) - 1);
      expect(takes(JSON.stringify(Object.fromEntries(some)))).toBe(true);
    }
  });

  it('is left alone for a while after a text that it does not take, and then tried again', () => {
    forget();
    const odd = `{${head},"unknown":1}`;
    for (const by of ['code', 'engine'] as const) {
      forget();
      expect(decisionOf(by, odd)).toBeUndefined();
      const tries = Array.from({ length: 40 }, () => decisionOf(by, full) !== undefined);
      const first = tries.indexOf(true);
      expect(first).toBeGreaterThan(0);
      expect(tries.slice(first)).not.toContain(false);
    }
  });
});
