import fc from 'fast-check';
import { Builder } from 'flatbuffers';
import { describe, expect, test } from 'vitest';
import { Outcome } from '#assembly/shared/outcome.js';
import { Status } from '#assembly/shared/status.js';
import { type Decision, readDecision, renderDecision, renderDecisionBytes, stripDecisionId } from '#src/schema/decision.js';
import * as wire from '#src/schema/generated/verdict/wire.js';
import { testSeed } from '../lib/model.js';

const BASE: Decision = {
  status: 'OK',
  outcome: 'approve',
  score: 0,
  reasons: [],
  bundle: 'card-risk',
  version: '1.4.0',
  image: '0123456789abcdef',
  inputs: { now: null, lists: [] },
};

/** The bytes of a decision, by the stock builder. */
function write(decision: Decision, id?: [bigint, bigint], now?: bigint): Uint8Array {
  const builder = new Builder(256);
  const reasons = decision.reasons.map((reason) =>
    wire.Reason.createReason(builder, builder.createString(reason.code), builder.createString(reason.rule), reason.score),
  );
  const reasonsAt = wire.Decision.createReasonsVector(builder, reasons);
  const lists = decision.inputs.lists.map((list) =>
    wire.ListVersion.createListVersion(builder, builder.createString(list.name), builder.createString(list.version)),
  );
  const listsAt = lists.length === 0 ? 0 : wire.Inputs.createListsVector(builder, lists);
  const bundle = builder.createString(decision.bundle);
  const version = builder.createString(decision.version);
  wire.Inputs.startInputs(builder);
  if (now !== undefined) wire.Inputs.addNow(builder, now);
  if (listsAt !== 0) wire.Inputs.addLists(builder, listsAt);
  const inputs = wire.Inputs.endInputs(builder);
  wire.Decision.startDecision(builder);
  if (id !== undefined) wire.Decision.addDecisionId(builder, wire.DecisionId.createDecisionId(builder, id[0], id[1]));
  wire.Decision.addStatus(builder, Status[decision.status] as number);
  wire.Decision.addOutcome(builder, [null, 'approve', 'review', 'decline'].indexOf(decision.outcome));
  wire.Decision.addScore(builder, decision.score);
  wire.Decision.addReasons(builder, reasonsAt);
  wire.Decision.addBundle(builder, bundle);
  wire.Decision.addVersion(builder, version);
  wire.Decision.addImage(builder, BigInt(`0x${decision.image}`));
  wire.Decision.addInputs(builder, inputs);
  builder.finish(wire.Decision.endDecision(builder));
  return builder.asUint8Array();
}

describe('what is written is read', () => {
  const reasons = [
    { code: 'NIGHT_SPEND', rule: 'night-spend', score: 35 },
    { code: 'A', rule: 'a', score: -0.1 },
    { code: 'LONG', rule: 'x'.repeat(300), score: 1e21 },
  ];
  test.each<[string, Decision]>([
    ['the least', BASE],
    ['no outcome', { ...BASE, status: 'INVALID_PAYLOAD', outcome: null }],
    ['review', { ...BASE, outcome: 'review', score: 0.1 + 0.2 }],
    ['decline', { ...BASE, outcome: 'decline', score: -5e-324 }],
    ['reasons', { ...BASE, reasons, score: 1e300 }],
    [
      'lists',
      {
        ...BASE,
        inputs: {
          now: null,
          lists: [
            { name: 'bad-cards', version: '7' },
            { name: 'b', version: '' },
          ],
        },
      },
    ],
    ['texts that JSON escapes', { ...BASE, bundle: 'a"b\\c\n\u0001é😀', version: '\u2028' }],
    ['image 0', { ...BASE, image: '0000000000000000' }],
    ['image f', { ...BASE, image: 'ffffffffffffffff' }],
    ['INTERNAL', { ...BASE, status: 'INTERNAL' }],
  ])('%s', (_, decision) => {
    for (let i = 0; i < 2; i++) {
      expect(renderDecision(write(decision))).toBe(JSON.stringify(decision));
      expect(readDecision(write(decision))).toEqual(decision);
    }
  });

  test.each<[bigint, string]>([
    [0n, '1970-01-01T00:00:00.000000Z'],
    [1_767_225_600_000_001n, '2026-01-01T00:00:00.000001Z'],
    [1_767_225_600_999_999n, '2026-01-01T00:00:00.999999Z'],
    [1_767_225_599_999_999n, '2025-12-31T23:59:59.999999Z'],
    [-1n, '1969-12-31T23:59:59.999999Z'],
    [253_402_300_799_999_999n, '9999-12-31T23:59:59.999999Z'],
    [-62_167_219_200_000_000n, '0000-01-01T00:00:00.000000Z'],
    [2n ** 63n - 1n, '+294247-01-10T04:00:54.775807Z'],
  ])('now %d', (now, text) => {
    const expected = { ...BASE, inputs: { now: text, lists: [] } };
    expect(renderDecision(write(BASE, undefined, now))).toBe(JSON.stringify(expected));
  });

  test('the id comes first, and 0 is none', () => {
    const id: [bigint, bigint] = [0x0123456789abcdefn, 0xfedcba98765432n];
    expect(renderDecision(write(BASE, id))).toBe(JSON.stringify({ decisionId: '0123456789abcdef00fedcba98765432', ...BASE }));
    expect(renderDecision(write(BASE, [0n, 0n]))).toBe(JSON.stringify(BASE));
    expect(renderDecision(write(BASE, [0n, 1n]))).toContain('"decisionId":"00000000000000000000000000000001"');
  });

  test('a score that JSON cannot write is null', () => {
    expect(renderDecision(write({ ...BASE, score: Number.POSITIVE_INFINITY }))).toContain('"score":null');
    expect(renderDecision(write({ ...BASE, score: Number.NaN }))).toContain('"score":null');
    expect(renderDecision(write({ ...BASE, score: -0 }))).toContain('"score":0,');
  });

  test('at any place of shared memory', () => {
    const bytes = write({ ...BASE, reasons }, [1n, 2n], 5n);
    for (let shift = 0; shift < 16; shift++) {
      const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + shift), shift, bytes.length);
      shared.set(bytes);
      expect(renderDecision(shared)).toBe(renderDecision(bytes));
    }
  });

  test('texts of one cache place do not take each other for themselves', () => {
    for (let i = 0; i < 20_000; i++) {
      const name = `rule-${i}`;
      if (!renderDecision(write({ ...BASE, bundle: name })).includes(`"bundle":"${name}"`))
        throw new Error(`${name} was read as another text`);
    }
  });
});

test('random decisions, of few rules that change their codes and scores', () => {
  const name = fc.constantFrom('a', 'b', 'rule-1', 'rule-2', 'x'.repeat(191), 'y'.repeat(193), 'é"\n😀');
  const score = fc.oneof(fc.integer({ min: -1, max: 1200 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
  const decisions = fc.record({
    status: fc.constantFrom<Decision['status']>('OK', 'INVALID_PAYLOAD', 'INTERNAL'),
    outcome: fc.constantFrom<Decision['outcome']>('approve', 'review', 'decline', null),
    score,
    reasons: fc.array(fc.record({ code: name, rule: name, score }), { maxLength: 40 }),
    bundle: name,
    version: name,
    image: fc.constantFrom('0123456789abcdef', '0123456789abcde0', '1123456789abcdef'),
  });
  fc.assert(
    fc.property(decisions, (random) => {
      const decision: Decision = { ...random, inputs: BASE.inputs };
      const bytes = write(decision);
      expect(renderDecision(bytes)).toBe(JSON.stringify(decision));
      expect(Buffer.from(renderDecisionBytes(bytes)).toString()).toBe(JSON.stringify(decision));
    }),
    { seed: testSeed('decision'), numRuns: 1000 },
  );
});

test('without its id a decision has the same bytes as one that never had one', () => {
  const bytes = write(BASE, [5n, 6n]);
  const before = bytes.slice();
  expect(stripDecisionId(bytes)).toEqual(write(BASE, [0n, 0n]));
  expect(bytes).toEqual(before);
  expect(stripDecisionId(write(BASE))).toEqual(write(BASE));
});

test('the wire has the numbers of the engine', () => {
  const names = (numbers: object): string[] => Object.keys(numbers).filter((name) => Number.isNaN(Number(name)));
  for (const name of names(Status)) expect(wire.Status[name as keyof typeof wire.Status]).toBe(Status[name as keyof typeof Status]);
  for (const name of names(Outcome))
    expect(wire.Outcome[name as keyof typeof wire.Outcome]).toBe(Outcome[name as keyof typeof Outcome]);
  expect(names(wire.Status)).toEqual(names(Status));
  expect(names(wire.Outcome)).toEqual(names(Outcome));
});
