// The engine's JSON of a decision beside the host's: the same text, or left to it. Decisions are put together here of the parts
// that images are made of, so that numbers and texts can be any.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as place from '#assembly/shared/image.js';
import { SCRATCH_TEXT } from '#assembly/shared/layout.js';
import { TEXT_SCRATCH_BYTES } from '#assembly/shared/limits.js';
import { Outcome } from '#assembly/shared/outcome.js';
import { Status } from '#assembly/shared/status.js';
import { buildReason, buildTemplate, type TemplateContent } from '#src/image/template.js';
import { renderDecision } from '#src/schema/decision.js';
import { EngineBox, GUARD_BYTE } from '../../lib/image-engine.js';
import { testSeed } from '../../lib/model.js';

const box = new EngineBox();

interface Content extends Partial<TemplateContent> {
  score?: number;
  outcome?: Outcome;
  status?: Status;
  id?: readonly [high: bigint, low: bigint];
  image?: bigint;
  now?: bigint;
  reasons?: readonly (readonly [code: string, rule: string, score: number])[];
}

/** As assembly/rules/decision.ts writes one. */
function decisionOf(content: Content): Uint8Array {
  const { now, reasons = [], id = [0n, 0n], name = 'card-risk', version = '1.4.0' } = content;
  const { bytes: template } = buildTemplate({ ...content, name, version, usesNow: now !== undefined });
  const parts = reasons.map(([code, rule, score], rank) => buildReason(code, rule, score, rank));
  const vectorBytes = (4 + 4 * parts.length + 7) & ~7;
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, template.length + vectorBytes));
  const view = new DataView(bytes.buffer);
  bytes.set(template);
  view.setUint8(place.DECISION_STATUS, content.status ?? Status.OK);
  view.setUint8(place.DECISION_OUTCOME, content.outcome ?? Outcome.APPROVE);
  view.setBigUint64(place.DECISION_ID_HIGH, id[0], true);
  view.setBigUint64(place.DECISION_ID_LOW, id[1], true);
  view.setFloat64(place.DECISION_SCORE, content.score ?? 0, true);
  view.setBigUint64(place.DECISION_IMAGE, content.image ?? 0x0123456789abcdefn, true);
  if (now !== undefined) view.setBigInt64(place.DECISION_NOW, now, true);
  view.setUint32(template.length, parts.length, true);
  let at = template.length + vectorBytes;
  for (const [index, part] of parts.entries()) {
    const entry = template.length + 4 + 4 * index;
    view.setUint32(entry, at + place.REASON_TABLE - entry, true);
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The engine's text of a decision that lies in its memory; undefined where it leaves it to the host. */
function rendered(decision: Uint8Array): string | undefined {
  box.bytes.set(decision, box.output);
  const text = box.scratch + SCRATCH_TEXT;
  box.bytes.fill(GUARD_BYTE, text, text + TEXT_SCRATCH_BYTES + 64);
  const length = box.exports.renderDecision(box.output);
  const behind = box.bytes.slice(text + TEXT_SCRATCH_BYTES, text + TEXT_SCRATCH_BYTES + 64);
  expect(behind.every((byte) => byte === GUARD_BYTE)).toBe(true);
  return length === 0 ? undefined : Buffer.from(box.bytes.slice(text, text + length)).toString();
}

const score = (value: number): Content => ({ score: value, reasons: [['A', 'a', value]] });
const at = (time: string, micros = 0): Content => ({ now: BigInt(Date.parse(time)) * 1000n + BigInt(micros) });

describe('the text is that of the host', () => {
  test.each<[string, Content]>([
    ['the least', {}],
    ['review', { outcome: Outcome.REVIEW }],
    ['decline', { outcome: Outcome.DECLINE }],
    ['no outcome', { outcome: Outcome.NONE }],
    ['an id', { id: [0x0123456789abcdefn, 0xfedcba9876543210n] }],
    ['an id of which half is 0', { id: [0n, 1n] }],
    ['image 0', { image: 0n }],
    ['image f', { image: 0xffff_ffff_ffff_ffffn }],
    ['a reason', { reasons: [['LARGE', 'large', 30]] }],
    ['reasons', { reasons: Array.from({ length: 40 }, (_, i) => [`CODE_${i}`, `r${'x'.repeat(i)}`, i] as const) }],
    ['texts around a block', { name: 'x'.repeat(15), version: 'y'.repeat(16), reasons: [['z'.repeat(17), '', 1]] }],
    ['quotes and backslashes', { name: 'a"b', version: '\\', reasons: [['"'.repeat(20), `${'x'.repeat(18)}\\`, 1]] }],
    ['controls', { reasons: [[Array.from({ length: 33 }, (_, i) => String.fromCharCode(i)).join(''), '\u007f', 1]] }],
    ['beyond ASCII', { name: 'é😀', version: '\u2028', reasons: [[`"${'é'.repeat(30)}`, '漢字', 1]] }],
    ['a list', { lists: ['bad-cards'] }],
    ['lists', { lists: ['a', 'b"c', 'd'.repeat(40)] }],
    ['a set of parameters', { sets: ['limits'] }],
    ['lists and sets', { ...at('2026-01-01T00:00:00Z'), lists: ['a', 'b'], sets: ['c', 'd'] }],
    ['now', at('2026-11-24T23:59:59Z', 999_999)],
    ['a time before 1970', at('1969-12-31T23:59:59Z', 1)],
    ['a leap day', at('2024-02-29T12:00:00Z')],
    ['the first year', at('0000-01-01T00:00:00Z')],
    ['the last year', at('9999-12-31T23:59:59Z', 999_999)],
    ...[0, -0, 9, 10, 99, 100, 999, 1000, 2 ** 31, 2 ** 32, 1e15, -1, -75.5, 0.1, 1.25, 1e-6, 999_999_999.999_999].map(
      (value): [string, Content] => [`a score of ${Object.is(value, -0) ? '-0' : value}`, score(value)],
    ),
    ['a score that is none', score(Number.NaN)],
    ['an infinite score', score(Number.NEGATIVE_INFINITY)],
  ])('%s', (_, content) => {
    const decision = decisionOf(content);
    expect(rendered(decision)).toBe(renderDecision(decision));
  });

  test('any number, or it is left', () => {
    const few = fc.tuple(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), fc.integer({ min: 0, max: 6 }));
    const number = fc.oneof(
      fc.double(),
      few.map(([digits, decimals]) => digits / 10 ** decimals),
    );
    let taken = 0;
    fc.assert(
      fc.property(number, (value) => {
        const decision = decisionOf(score(value));
        const text = rendered(decision);
        if (text !== undefined) taken++;
        expect(text ?? renderDecision(decision)).toBe(renderDecision(decision));
      }),
      { numRuns: 2000, seed: testSeed('test/assembly/rules/decision-json numbers') },
    );
    expect(taken).toBeGreaterThan(500);
  });

  test('any text and any time of the years', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    const time = fc.integer({ min: Date.parse('0000-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59Z') });
    fc.assert(
      fc.property(text, text, time, fc.integer({ min: 0, max: 999 }), (code, rule, millis, micros) => {
        const decision = decisionOf({ now: BigInt(millis) * 1000n + BigInt(micros), reasons: [[code, rule, 7]] });
        expect(rendered(decision)).toBe(renderDecision(decision));
      }),
      { numRuns: 2000, seed: testSeed('test/assembly/rules/decision-json texts') },
    );
  });
});

describe('it is left to the host', () => {
  const long = 'x'.repeat(10_000);
  test.each<[string, Content]>([
    ['another status', { status: Status.ARITHMETIC }],
    ['seven decimals', score(0.1234567)],
    ['more digits', score(1e15 + 2)],
    ['a sum that is no decimal', score(0.1 + 0.2)],
    ['a year before 0', { now: BigInt(Date.parse('0000-01-01T00:00:00Z')) * 1000n - 1n }],
    ['a year of five digits', { now: BigInt(Date.parse('+010000-01-01T00:00:00Z')) * 1000n }],
    ['a bundle that may not fit', { name: `${long}${long}` }],
    ['reasons that may not fit', { reasons: Array.from({ length: 8 }, () => [long, 'a', 1] as const) }],
    ['many short reasons', { reasons: Array.from({ length: 2000 }, () => ['A', 'a', 1] as const) }],
    ['versions that may not fit', { lists: [long, long] }],
  ])('%s', (_, content) => {
    expect(rendered(decisionOf(content))).toBeUndefined();
  });
});
