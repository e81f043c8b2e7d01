// A decision read where it lies: the same as its copy, for as long as it is there.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { createEngine, type Engine } from '#src/engine.js';
import type { RuleSet } from '#src/ruleset.js';
import { readDecision } from '#src/schema/decision.js';
import { testSeed } from './lib/model.js';
import { SAMPLE_RULES, type SampleOptions, sampleBundle, sampleOrders } from './lib/sample-bundle.js';

let engine: Engine;

beforeAll(async () => {
  engine = await createEngine({ poolThreads: 0 });
});

afterAll(async () => {
  await engine.close();
});

async function load(options: SampleOptions = {}, profile = 'strict'): Promise<RuleSet> {
  const files = new Map(sampleBundle(options));
  const head = new TextDecoder().decode(files.get('bundle.yaml')).replace('onError', `profile: ${profile}\nonError`);
  const { image, diagnostics } = compile(files.set('bundle.yaml', new TextEncoder().encode(head)), { profileMax: 'standard' });
  if (image === undefined) throw new Error(JSON.stringify(diagnostics));
  return engine.load(image);
}

const order = { amount: 6000, country: 'DE', placedAt: '2026-01-01T00:00:00Z', note: 'y', card: { age: 10, country: 'FR' } };

/** Every member says what the bytes of `decideBytes` say. */
function check(rules: RuleSet, payload: object | string | Uint8Array, now = 0n): string {
  const bytes = rules.decideBytes(payload, { now });
  const decision = readDecision(bytes);
  const view = rules.decideView(payload, { now });
  const { status, outcome, score, reasonCount } = view;
  const { status: statusWanted, outcome: outcomeWanted, score: scoreWanted, reasons } = decision;
  expect([status, outcome, score, reasonCount]).toEqual([statusWanted, outcomeWanted, scoreWanted, reasons.length]);
  expect(reasons.map((_, index) => view.reason(index))).toEqual(reasons);
  expect(view.reasons()).toEqual(reasons);
  expect(view.toDecision()).toEqual(decision);
  expect(view.toBytes()).toEqual(bytes);
  expect(view.toBytes().buffer).toBeInstanceOf(ArrayBuffer);
  return status;
}

describe('RuleSet.decideView', () => {
  for (const combine of ['score', 'first', 'collect'] as const) {
    it(`says what the decision's bytes say: ${combine}, by the VM and by generated code`, async () => {
      const written =
        combine === 'score'
          ? SAMPLE_RULES
          : SAMPLE_RULES.replace(/outcome: decline, /g, '').replace(/then: \{ /g, 'then: { outcome: review, ');
      const rules = await load({
        combine,
        rules: `${written}- { id: late, when: now > "2025-06-01T00:00:00Z", then: { score: 3, outcome: review, reason: LATE } }`,
      });
      const orders = sampleOrders(150, testSeed(`test/decision-view ${combine}`));
      for (const value of orders) check(rules, value, 1_750_000_000_000_000n);
      await rules.warmUp();
      for (const value of orders) {
        check(rules, value, 1_750_000_000_000_000n);
        check(rules, JSON.stringify(value));
      }
      rules.release();
    });
  }

  it('reads reasons of many rules, and of an image that has been released since', async () => {
    const codes = Array.from({ length: 200 }, (_, i) => `CODE_${i}`);
    const rules = await load({
      rules: codes
        .map(
          (code, i) =>
            `- { id: r${i}, when: amount >= ${i} && amount < ${i + 3}, then: { score: ${i % 50}${i % 5 === 0 ? '' : `, reason: ${code}`} } }`,
        )
        .join('\n'),
    });
    const seen = new Set<string>();
    const read = (amount: number): string[] =>
      rules
        .decideView({ ...order, amount })
        .reasons()
        .map(({ code }) => code);
    for (const amount of [3, 199, 64, 130]) for (const code of read(amount)) seen.add(code);
    expect([...seen].sort()).toEqual([
      'CODE_1',
      'CODE_128',
      'CODE_129',
      'CODE_197',
      'CODE_198',
      'CODE_199',
      'CODE_2',
      'CODE_3',
      'CODE_62',
      'CODE_63',
      'CODE_64',
    ]);
    const view = rules.decideView({ ...order, amount: 100 });
    const expected = readDecision(view.toBytes()).reasons;
    rules.release();
    expect(view.reasons()).toEqual(expected);
  });

  it('says so of payloads that could not be decided', async () => {
    const table =
      'hitPolicy: any\ninputs: [{ value: amount }]\noutputs: [{ name: o, default: 0.00 }]\n' +
      'rows:\n  - { when: ["> 3"], then: [1.00] }\n  - { when: ["> amount - amount + 9"], then: [2.00] }\n';
    const files = { 'tables/t.yaml': table };
    const when = "divide(1, amount, 2, 'up') > 0.5 || t.o > 1";
    const rules = await load(
      { files, rules: `- { id: shared, when: "${when}", then: { score: 60, reason: SHARED } }` },
      'standard',
    );
    expect(check(rules, { ...order, amount: 0 })).toBe('ARITHMETIC');
    expect(check(rules, { ...order, amount: 10 })).toBe('CONFLICT');
    expect(check(rules, { ...order, amount: 1 })).toBe('OK');
    expect(check(rules, new Uint8Array(3))).toBe('INVALID_PAYLOAD');
    rules.release();
  });

  it('gives reasons to be shared, that nobody can change', async () => {
    const rules = await load();
    const first = rules.decideView(order).reason(0);
    expect(rules.decideView(order).reason(0)).toBe(first);
    expect(() => {
      (first as { code: string }).code = 'OTHER';
    }).toThrow(TypeError);
    const { reasons } = rules.decide(order);
    reasons[0]!.code = 'OTHER';
    expect(rules.decide(order).reasons[0]).toEqual(first);
    rules.release();
  });

  it('has no reason where there is none', async () => {
    const rules = await load();
    const view = rules.decideView(order);
    for (const index of [-1, view.reasonCount, 0.5, Number.NaN, 2 ** 32]) expect(() => view.reason(index)).toThrow(RangeError);
    rules.release();
  });

  it.each<[string, (rules: RuleSet) => unknown]>([
    ['the same rule set decided', (rules) => rules.decide(order)],
    ['another view was asked for', (rules) => rules.decideView(order)],
    ['a text was decided', (rules) => rules.decide(JSON.stringify(order))],
    ['a batch was decided', (rules) => rules.decideBatch([order])],
    ['a payload was no payload', (rules) => rules.decideBytes(new Uint8Array(1))],
  ])('is gone once %s', async (_, next) => {
    const rules = await load();
    const view = rules.decideView(order);
    expect(view.score).toBe(75.5);
    next(rules);
    const reads: (() => unknown)[] = [
      () => view.status,
      () => view.outcome,
      () => view.score,
      () => view.reasonCount,
      () => view.reason(0),
      () => view.reasons(),
      () => view.toDecision(),
      () => view.toBytes(),
    ];
    for (const read of reads) expect(read).toThrow(/no longer there/);
    rules.release();
  });

  it('is gone once another rule set of the tenant decided, and stays where one of another tenant did', async () => {
    const [rules, neighbour] = [await load(), await load({ name: 'neighbour' })];
    const stranger = await engine.load(compile(sampleBundle()).image!, { tenant: 'stranger' });
    const view = rules.decideView(order);
    stranger.decide(order);
    expect(view.score).toBe(75.5);
    neighbour.decide(order);
    expect(() => view.score).toThrow(/no longer there/);
    for (const each of [rules, neighbour, stranger]) each.release();
  });
});
