// Hits to decisions: score, outcomes, reasons, ids, batches, statuses.

import { ByteBuffer } from 'flatbuffers';
import { describe, expect, test } from 'vitest';
import { ImageKind } from '#assembly/shared/image.js';
import { Opcode } from '#assembly/shared/opcode.js';
import { Combine, Outcome } from '#assembly/shared/outcome.js';
import { Status } from '#assembly/shared/status.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import { hex64, readHeader } from '#src/image/header.js';
import { readListHeader, writeList } from '#src/image/list.js';
import type { ImageParts, ImageRule } from '#src/image/parts.js';
import { writeImage } from '#src/image/write-image.js';
import { Decision } from '#src/schema/generated/verdict/wire/decision.js';
import { Assembler } from '../../lib/image-assembler.js';
import { EngineBox } from '../../lib/image-engine.js';
import { modelOf } from '../../lib/image-model.js';
import { payloadOf } from '../../lib/image-payload.js';

/** One boolean a rule: rule i hits where field `r<i>` is true. */
const RULES = 130;
const model = modelOf(Array.from({ length: RULES }, (_, index) => ({ name: `r${index}`, kind: FieldKind.BOOL })));
const box = new EngineBox();

function load(rules: readonly ImageRule[], options: Partial<ImageParts> = {}): Uint8Array {
  const assembler = new Assembler(model, { now: options.nowRegister !== undefined });
  for (const [rank] of rules.entries()) {
    assembler
      .op(Opcode.IF_FALSE, { a: rank, to: `next${rank}` })
      .op(Opcode.HIT, { imm: BigInt(rank) })
      .label(`next${rank}`);
  }
  const { nowRegister: _, ...rest } = options;
  const image = writeImage(assembler.decision(rules, rest));
  box.mustLoad(image);
  return image;
}

function decideHits(hits: readonly number[], options: Parameters<EngineBox['decide']>[1] = {}): Uint8Array {
  const payload = payloadOf(
    model,
    Object.fromEntries(Array.from({ length: RULES }, (_, rank) => [`r${rank}`, hits.includes(rank)])),
  );
  const decided = box.decide([payload], options);
  expect(decided.status).toBe(Status.OK);
  return decided.decisions[0]!.bytes;
}

/** Reads a decision with the generated code, which knows nothing of templates. */
function read(bytes: Uint8Array): { status: Status; outcome: Outcome; score: number; reasons: string[]; decision: Decision } {
  const decision = Decision.getRootAsDecision(new ByteBuffer(bytes));
  const reasons = Array.from({ length: decision.reasonsLength() }, (_, index) => {
    const reason = decision.reasons(index)!;
    return `${reason.code()} ${reason.rule()} ${reason.score()}`;
  });
  return { status: decision.status(), outcome: decision.outcome(), score: decision.score(), reasons, decision };
}

const rule = (id: string, score: number, reason: string | null = null, outcome = Outcome.NONE): ImageRule => ({
  id,
  score,
  reason,
  outcome,
});
const SCORE_RULES = [
  rule('a', 50, 'BIG'),
  rule('b', 30, 'MIDDLE'),
  rule('c', 10, null, Outcome.REVIEW),
  rule('d', -20, 'GOOD'),
  rule('e', 0, null, Outcome.DECLINE),
];
const THRESHOLDS = [
  { atLeast: 80, outcome: Outcome.DECLINE },
  { atLeast: 50, outcome: Outcome.REVIEW },
];

describe('combine score', () => {
  const cases: [hits: number[], outcome: Outcome, score: number, reasons: string[]][] = [
    [[], Outcome.APPROVE, 0, []],
    [[0], Outcome.REVIEW, 50, ['BIG a 50']],
    [[1], Outcome.APPROVE, 30, ['MIDDLE b 30']],
    [[1, 0], Outcome.DECLINE, 80, ['BIG a 50', 'MIDDLE b 30']],
    [[0, 1, 3], Outcome.REVIEW, 60, ['BIG a 50', 'MIDDLE b 30', 'GOOD d -20']],
    [[2], Outcome.REVIEW, 10, []],
    [[3], Outcome.APPROVE, -20, ['GOOD d -20']],
    [[4], Outcome.DECLINE, 0, []],
    [[0, 1, 2], Outcome.DECLINE, 90, ['BIG a 50', 'MIDDLE b 30']],
  ];
  for (const [hits, outcome, score, reasons] of cases) {
    test(`hits ${hits}`, () => {
      load(SCORE_RULES, { thresholds: THRESHOLDS });
      expect(read(decideHits(hits))).toMatchObject({ status: Status.OK, outcome, score, reasons });
    });
  }
});

describe('combine first and collect', () => {
  const rules = [rule('a', 5, 'A', Outcome.REVIEW), rule('b', 3, 'B', Outcome.DECLINE), rule('c', 1, null, Outcome.APPROVE)];
  const cases: [combine: Combine, hits: number[], outcome: Outcome, score: number][] = [
    [Combine.COLLECT, [], Outcome.REVIEW, 0],
    [Combine.COLLECT, [2], Outcome.APPROVE, 1],
    [Combine.COLLECT, [0, 2], Outcome.REVIEW, 6],
    [Combine.COLLECT, [0, 1, 2], Outcome.DECLINE, 9],
    [Combine.FIRST, [], Outcome.REVIEW, 0],
    [Combine.FIRST, [2], Outcome.APPROVE, 1],
  ];
  for (const [combine, hits, outcome, score] of cases) {
    test(`${Combine[combine]} ${hits}`, () => {
      load(rules, { combine, outcomeDefault: Outcome.REVIEW });
      expect(read(decideHits(hits))).toMatchObject({ outcome, score });
    });
  }
});

describe('reasons', () => {
  const many = Array.from({ length: RULES }, (_, rank) =>
    rule(`rule-${rank}`, RULES - rank, `CODE_${'X'.repeat(rank % 9)}${rank}`),
  );
  for (const reasonsMax of [0, 1, 2, 7, 8, 64]) {
    test(`at most ${reasonsMax}, in rank order, also behind the 64th rule`, () => {
      const image = load(many, { reasonsMax });
      for (const hits of [[], [129], [0, 63, 64, 127, 128], Array.from({ length: RULES }, (_, rank) => rank)]) {
        const bytes = decideHits(hits);
        expect(bytes.length).toBeLessThanOrEqual(readHeader(image).decisionBytesMax);
        const expected = hits.slice(0, reasonsMax).map((rank) => `${many[rank]!.reason} rule-${rank} ${RULES - rank}`);
        expect(read(bytes).reasons).toEqual(expected);
      }
    });
  }

  test('the worst case is reached exactly by the largest reasons', () => {
    const image = load([rule('x'.repeat(100), 2, 'LONG'), rule('y', 1, 'S'), rule('z'.repeat(120), 0, 'LONGER')], {
      reasonsMax: 3,
    });
    expect(decideHits([0, 1, 2]).length).toBe(readHeader(image).decisionBytesMax);
  });
});

test('the rest of a decision: names, image hash, ids, now', () => {
  const image = load([], { nowRegister: 0 });
  const payload = payloadOf(model, {});
  const options = { now: 1767225600000000n, idHigh: 0x0123456789abcdefn, idLow: 0xfedcba9876543210n };
  const { decisions } = box.decide([payload, payload], options);
  for (const [index, { bytes }] of decisions.entries()) {
    const { decision } = read(bytes);
    expect([decision.bundle(), decision.version()]).toEqual(['test-bundle', '1.2.3']);
    expect(hex64(decision.image())).toBe(readHeader(image).hash);
    expect(decision.inputs()!.now()).toBe(options.now);
    expect(decision.inputs()!.listsLength()).toBe(0);
    expect(decision.decisionId()!.high()).toBe(options.idHigh);
    expect(decision.decisionId()!.low()).toBe(options.idLow + BigInt(index));
  }
});

test('no id stays no id, and now is absent where the image does not read it', () => {
  load([]);
  const payload = payloadOf(model, {});
  for (const { bytes } of box.decide([payload, payload], { now: 5n }).decisions) {
    const { decision } = read(bytes);
    expect([decision.decisionId()!.high(), decision.decisionId()!.low()]).toEqual([0n, 0n]);
    expect(decision.inputs()!.now()).toBeNull();
  }
});

describe('lists', () => {
  const lists: ImageParts['lists'] = [
    { name: 'blocked', type: RegisterType.TEXT },
    { name: 'großzügig', type: RegisterType.F64 },
  ];
  const regions = [writeList(RegisterType.TEXT, ['a', 'b']), writeList(RegisterType.F64, [1, 2, 3])];
  const versions = regions.map((region) => readListHeader(region).version);
  const read = (bytes: Uint8Array): { status: string; lists: string[] } => {
    const decision = Decision.getRootAsDecision(new ByteBuffer(bytes));
    const inputs = decision.inputs()!;
    const entries = Array.from({ length: inputs.listsLength() }, (_, index) => inputs.lists(index)!);
    return { status: Status[decision.status()]!, lists: entries.map((entry) => `${entry.name()} ${entry.version()}`) };
  };
  const AT = 32768;

  test('a decision says which versions it was made with; others of the same image say theirs', () => {
    load(SCORE_RULES, { lists });
    const both = read(decideHits([0], { lists: box.bind(box.input + AT, regions) }));
    expect(both).toEqual({ status: 'OK', lists: [`blocked ${versions[0]}`, `großzügig ${versions[1]}`] });
    const other = writeList(RegisterType.TEXT, ['c']);
    const replaced = read(decideHits([0], { lists: box.bind(box.input + AT, [other, regions[1]]) }));
    expect(replaced.lists[0]).toBe(`blocked ${readListHeader(other).version}`);
  });

  test('a list that is not there: LIST_MISSING and onError, and zeros for its version', () => {
    load(SCORE_RULES, { lists, onError: Outcome.DECLINE });
    const missing = { status: 'LIST_MISSING', lists: [`blocked ${versions[0]}`, 'großzügig 0000000000000000'] };
    const bytes = decideHits([0], { lists: box.bind(box.input + AT, [regions[0], undefined]) });
    expect(read(bytes)).toEqual(missing);
    expect(Decision.getRootAsDecision(new ByteBuffer(bytes)).outcome()).toBe(Outcome.DECLINE);
    expect(read(decideHits([0])).lists).toEqual(['blocked 0000000000000000', 'großzügig 0000000000000000']);
  });
});

test('a reason may have a score of its own', () => {
  load([{ ...rule('a', 5, 'LOST'), reasonScore: 35 }, rule('b', 1, 'OTHER')]);
  const { score, reasons } = read(decideHits([0, 1]));
  expect([score, reasons]).toEqual([6, ['LOST a 35', 'OTHER b 1']]);
});

test('a bad payload gets its status and onError, its neighbours a decision', () => {
  for (const onError of [Outcome.NONE, Outcome.DECLINE]) {
    load(SCORE_RULES, { thresholds: THRESHOLDS, onError });
    const good = payloadOf(model, { r0: true });
    const decided = box.decide([good, new Uint8Array(8), good.subarray(0, 3), good]);
    expect(decided.status).toBe(Status.OK);
    expect(decided.decisions.map(({ status }) => status)).toEqual([0, Status.INVALID_PAYLOAD, Status.INVALID_PAYLOAD, 0]);
    const read4 = decided.decisions.map(({ bytes }) => read(bytes));
    for (const index of [1, 2]) {
      expect(read4[index]).toMatchObject({ status: Status.INVALID_PAYLOAD, outcome: onError, score: 0, reasons: [] });
    }
    for (const index of [0, 3]) expect(read4[index]).toMatchObject({ status: Status.OK, outcome: Outcome.REVIEW, score: 50 });
  }
});

test('a batch stops before an output that is too small, and goes on from its cursor', () => {
  load(SCORE_RULES, { thresholds: THRESHOLDS });
  const payloads = [[0], [1], [], [0, 1]].map((hits) =>
    payloadOf(model, Object.fromEntries(hits.map((rank) => [`r${rank}`, true]))),
  );
  const whole = box.decide(payloads);
  const max = readHeader(box.bytes.slice(box.image, box.image + 192)).decisionBytesMax;
  expect(box.decide(payloads, { outputBytes: max - 1 })).toMatchObject({ status: Status.OUTPUT_FULL, cursor: 0, outputUsed: 0 });
  const part = box.decide(payloads, { outputBytes: max });
  expect(part).toMatchObject({ status: Status.OUTPUT_FULL, cursor: 1 });
  box.view.setUint32(box.slot + 36, box.outputBytes, true);
  expect(box.decided(box.exports.decide(box.slot), 4)).toEqual(whole);
});

test('an image of the other kind is refused', () => {
  load([]);
  expect(box.evaluate(payloadOf(model, {})).status).toBe(Status.WRONG_IMAGE);
  const assembler = new Assembler(model);
  assembler.op(Opcode.OUT_NULL);
  const image = writeImage(assembler.expressions(1));
  expect(readHeader(image).kind).toBe(ImageKind.EXPRESSIONS);
  box.mustLoad(image);
  expect(box.decide([payloadOf(model, {})]).status).toBe(Status.WRONG_IMAGE);
  expect(box.decideFrame(new Uint8Array(64)).status).toBe(Status.WRONG_IMAGE);
});
