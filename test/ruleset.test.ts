import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { createEngine, type Engine } from '#src/engine.js';
import type { Explanation } from '#src/explain.js';
import type { RuleSet } from '#src/ruleset.js';
import { testSeed } from './lib/model.js';
import { SAMPLE_RULES, type SampleOptions, sampleBundle, sampleOrders } from './lib/sample-bundle.js';

const NOW = 1_750_000_000_000_000n;

let engine: Engine;

beforeAll(async () => {
  engine = await createEngine({ poolThreads: 0 });
});

afterAll(async () => {
  await engine.close();
});

async function load(options: SampleOptions = {}): Promise<RuleSet> {
  const { image, diagnostics } = compile(sampleBundle(options));
  if (image === undefined) throw new Error(JSON.stringify(diagnostics));
  return engine.load(image);
}

const order = { amount: 6000, country: 'DE', placedAt: '2026-01-01T00:00:00Z', note: 'y', card: { age: 10, country: 'FR' } };

describe('RuleSet', () => {
  it('decides objects, texts and bytes alike', async () => {
    const rules = await load();
    const decision = rules.decide(order);
    expect(decision).toMatchObject({
      status: 'OK',
      outcome: 'decline',
      score: 75.5,
      bundle: 'orders',
      version: '1.0.0',
      image: rules.image,
    });
    expect(decision.reasons.map(({ code, rule, score }) => `${code} ${rule} ${score}`)).toEqual([
      'LARGE large 30',
      'FAR_CARD far-card 25',
      'YOUNG_CARD young-card 20.5',
      'TEST_NOTE test-note 0',
    ]);
    expect(rules.decide(JSON.stringify(order))).toEqual(decision);
    const live = engine.stats().tenants;
    expect(rules.decideBatch([order, JSON.stringify(order)])).toEqual([decision, decision]);
    expect(engine.stats().tenants).toEqual(live);
    rules.release();
  });

  it('gives decision bytes that no later call touches', async () => {
    const rules = await load();
    const first = rules.decideBytes(order);
    const before = first.slice();
    rules.decideBytes({ ...order, amount: 1, vip: true });
    expect(first).toEqual(before);
    expect(first.buffer).toBeInstanceOf(ArrayBuffer);
    rules.release();
  });

  it('throws for a value that does not fit, and answers bytes that do not', async () => {
    const rules = await load();
    expect(() => rules.decide({ ...order, amount: 'much' })).toThrow(
      expect.objectContaining({ code: 'INVALID_PAYLOAD', errors: [expect.objectContaining({ pointer: '/amount' })] }),
    );
    expect(() => rules.decide('{"amount":')).toThrow(expect.objectContaining({ code: 'INVALID_JSON' }));
    expect(rules.decide(new Uint8Array(3))).toMatchObject({ status: 'INVALID_PAYLOAD', outcome: 'review', score: 0, reasons: [] });
    rules.release();
  });

  it('answers the neighbours of what does not fit', async () => {
    const rules = await load();
    const good = rules.decide(order);
    const statuses = rules.decideBatch([order, { amount: -1 }, '{', order, new Uint8Array(0)]);
    expect(statuses.map(({ status }) => status)).toEqual(['OK', 'INVALID_PAYLOAD', 'INVALID_PAYLOAD', 'OK', 'INVALID_PAYLOAD']);
    expect([statuses[0], statuses[3]]).toEqual([good, good]);
    expect(rules.decideBatch([])).toEqual([]);
    rules.release();
  });

  it('takes `now` from the call, else from the clock', async () => {
    const rules = await load({ rules: '- { id: late, when: now > "2025-06-01T00:00:00Z", then: { score: 60, reason: LATE } }' });
    const early = rules.decide(order, { now: 0n });
    expect([early.outcome, early.inputs.now]).toEqual(['approve', '1970-01-01T00:00:00.000000Z']);
    expect(rules.decide(order, { now: NOW })).toMatchObject({ outcome: 'decline', inputs: { now: '2025-06-15T15:06:40.000000Z' } });
    expect(rules.decide(order).inputs.now).toMatch(/^20\d\d-/);
    rules.release();
  });

  it('refuses images that are none, and gives their memory back', async () => {
    const { image } = compile(sampleBundle());
    const before = engine.stats().tenants;
    for (const bad of [
      new Uint8Array(0),
      new Uint8Array(4096),
      image!.slice(0, -1),
      image!.map((byte, i) => (i === 400 ? byte ^ 1 : byte)),
    ]) {
      await expect(engine.load(bad)).rejects.toMatchObject({ code: 'INVALID_IMAGE' });
    }
    await expect(engine.load(image!, { tenant: 'A' })).rejects.toMatchObject({ code: 'INVALID_NAME' });
    expect(engine.stats().tenants).toEqual(before);
  });

  it('frees its memory once', async () => {
    const used = (): number => engine.stats().tenants[0]!.heapBytesUsed;
    const before = used();
    const rules = await load();
    rules.explain(order);
    expect(used()).toBeGreaterThan(before);
    rules.release();
    rules.release();
    expect(used()).toBe(before);
    expect(() => rules.decide(order)).toThrow(/released/);
    expect(() => rules.decide(new Uint8Array(8))).toThrow(/released/);
    expect(() => rules.explain(order)).toThrow(/released/);
  });
});

/** One line a condition: its text, its truth, the values it read. */
function lines({ rules }: Explanation, id: string): string[] {
  const rule = rules.find((each) => each.id === id)!;
  return [
    `${rule.when} -> ${rule.hit}`,
    ...rule.conditions.map(({ text, truth, values }) => `${text}: ${truth} ${JSON.stringify(values)}`),
  ];
}

describe('RuleSet.explain', () => {
  it('tells the truth of each condition, what it read, and what was not reached', async () => {
    const rules = await load();
    const explanation = rules.explain({ ...order, ratio: 0.5, ledger: '-9223372036854775808', born: '1950-06-01' });
    expect(lines(explanation, 'large')).toEqual([
      'amount > 5000 && !vip -> true',
      'amount > 5000: true {"amount":"6000.00"}',
      '!vip: true {"vip":false}',
    ]);
    expect(lines(explanation, 'young-card')).toEqual([
      'card !== null && card.age < 30 || card === null && amount >= 100.50 -> true',
      'card !== null: true {"card":"{...}"}',
      'card.age < 30: true {"card.age":10}',
      'card === null: null {"card":"{...}"}',
      'amount >= 100.50: null {"amount":"6000.00"}',
    ]);
    expect(lines(explanation, 'odd-ratio')).toEqual([
      'ratio !== null && (ratio !== ratio || ratio > 2 || ratio < -2) -> false',
      'ratio !== null: true {"ratio":0.5}',
      'ratio !== ratio: false {"ratio":0.5}',
      'ratio > 2: false {"ratio":0.5}',
      'ratio < -2: false {"ratio":0.5}',
    ]);
    expect(lines(explanation, 'many')).toEqual([
      'count !== null && count * 2 >= 500 -> false',
      'count !== null: false {"count":null}',
      'count * 2 >= 500: null {"count":null}',
    ]);
    expect(lines(explanation, 'ledger')[2]).toBe('ledger < 0: true {"ledger":"-9223372036854775808"}');
    expect(lines(explanation, 'elder')[2]).toBe('born < "1960-01-01": true {"born":"1950-06-01"}');
    rules.release();
  });

  it('narrows a leaf by what stands before it, however that is written', async () => {
    const conditions = [
      'ratio === null || ratio > 2',
      '!(ratio === null) && (vip || ratio > 2)',
      '(card !== null && vip) && card.age > 3',
      'card !== null && (card.country === null || card.country === "DE") && card.age > 3',
      '(ratio === null || vip) || ratio * 2 > 3 && ratio < 100',
      'note !== null && (count !== null && note + "a" > "b" || vip && note === "t")',
      'true',
      'now > placedAt && ratio !== null && ratio > 0',
    ];
    const text = conditions
      .map((when, i) => `- { id: r-${i}, when: ${JSON.stringify(when)}, then: { score: 1, reason: R_${i} } }`)
      .join('\n');
    const rules = await load({ rules: text });
    for (const value of sampleOrders(300, testSeed('test/ruleset'))) {
      const { decision, rules: explained } = rules.explain(value, { now: NOW });
      const reasons = new Set(decision.reasons.map(({ rule }) => rule));
      for (const { id, hit } of explained) expect(hit, `${id} of ${JSON.stringify(value)}`).toBe(reasons.has(id));
    }
    rules.release();
  });

  for (const combine of ['score', 'first', 'collect'] as const) {
    it(`agrees with the decision: ${combine}`, async () => {
      const text =
        combine === 'score'
          ? SAMPLE_RULES
          : SAMPLE_RULES.replace(/outcome: decline, /g, '').replace(/then: \{ /g, 'then: { outcome: review, ');
      const rules = await load({ combine, rules: text });
      for (const value of sampleOrders(500, testSeed(`test/ruleset ${combine}`))) {
        const { decision, rules: explained } = rules.explain(value, { now: NOW });
        expect(decision).toEqual(rules.decide(value, { now: NOW }));
        const hits = explained.filter(({ hit }) => hit);
        const counted = combine === 'first' ? hits.slice(0, 1) : hits;
        const ranked = counted.filter(({ reason }) => reason !== null).sort((a, b) => b.score - a.score);
        expect(decision.reasons.map(({ rule }) => rule)).toEqual(ranked.slice(0, 8).map(({ id }) => id));
        expect(decision.score).toBe(sumInRankOrder(counted.map(({ score }) => score)));
      }
      rules.release();
    });
  }

  it('explains nothing of a payload that was not decided', async () => {
    const rules = await load();
    expect(rules.explain(new Uint8Array(9))).toMatchObject({ decision: { status: 'INVALID_PAYLOAD' }, rules: [] });
    expect(() => rules.explain({})).toThrow(expect.objectContaining({ code: 'INVALID_PAYLOAD' }));
    rules.release();
  });

  it('explains a condition as long as one may be', async () => {
    const when = 'note !== null&&note !== ""';
    const long = when.replace('""', `"${'x'.repeat(16_384 - when.length)}"`);
    const rules = await load({ rules: `- { id: long, when: '${long}', then: { score: 1 } }` });
    expect(rules.explain({ ...order, note: 'z' }).rules.map(({ hit }) => hit)).toEqual([true]);
    rules.release();
  });

  it('explains a thousand rules, more than one image of conditions holds', async () => {
    const text = Array.from(
      { length: 1000 },
      (_, i) => `- { id: r-${i}, when: "amount > ${i} && note !== null && note + \\"${i}\\" > \\"m\\"", then: { score: 0.5 } }`,
    ).join('\n');
    const rules = await load({ rules: text });
    const { decision, rules: explained } = rules.explain({ ...order, amount: 400, note: 'z' });
    expect(explained.filter(({ hit }) => hit)).toHaveLength(400);
    expect(decision.score).toBe(200);
    rules.release();
  });
});

/** Sums as the engine does: the largest score first. */
function sumInRankOrder(scores: readonly number[]): number {
  return [...scores].sort((a, b) => b - a).reduce((sum, score) => sum + score, 0);
}
