// Inline and pooled, one payload and many, payloads and frames: the same bytes, whatever the way. The seed is printed.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '#src/engine.js';
import { renderDecision } from '#src/schema/decision.js';
import { frameOf } from '../lib/frame.js';
import { testSeed } from '../lib/model.js';
import { sampleBundle, sampleOrders } from '../lib/sample-bundle.js';
import { type Copied, decided } from '../lib/small-tenant.js';

const COUNT = 10_000;
const SEED = testSeed('test/differential/paths');

let engine: Engine;

beforeAll(async () => {
  // A ring that 10,000 payloads do not fit at once: batches are decided in parts.
  engine = await createEngine({ poolThreads: 2, ringBytes: 1 << 21 });
  for (const combine of ['score', 'first', 'collect'] as const)
    await engine.publish('acme', sampleBundle({ name: combine, combine, rules: rulesFor(combine) }));
});

afterAll(async () => {
  await engine.close();
});

/** Every hit of `first` and `collect` names an outcome. */
function rulesFor(combine: 'score' | 'first' | 'collect'): string {
  const rules = `
- { id: large, when: amount > 5000 && !vip, then: { score: 30, reason: LARGE, outcome: review } }
- { id: far-card, when: "card !== null && card.country !== null && card.country !== country", then: { score: 25, reason: FAR_CARD, outcome: decline } }
- { id: odd-ratio, when: "ratio !== null && (ratio > 2 || ratio < -2)", then: { score: 15, reason: ODD_RATIO, outcome: review } }
- { id: noted, when: 'note !== null && note > "m"', then: { score: 7, reason: NOTED, outcome: approve } }
- { id: ledger, when: "ledger !== null && ledger < 0", then: { score: 5, reason: LEDGER, outcome: review } }
- { id: late, when: "placedAt > now", then: { score: 1, reason: LATE, outcome: review } }
`;
  return combine === 'score' ? rules.replace(/, outcome: review/g, '') : rules;
}

const NOW = 1_750_000_000_000_000n;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe.each(['score', 'first', 'collect'])('%s', (name) => {
  it(`decides ${COUNT} payloads to the same bytes on every path`, async () => {
    const live = engine.live('acme', name)!;
    const target = { bundle: name, model: live.model.hash };
    // Some payloads are cut, so that failures are among them.
    const payloads = sampleOrders(COUNT, SEED).map((order, i) => {
      const bytes = live.encoder.encode(order).slice();
      return i % 97 === 0 ? bytes.subarray(0, bytes.length - (i % 40)) : bytes;
    });
    const singles: string[] = [];
    for (const payload of payloads) singles.push(hex((await decided(live, [payload], { now: NOW, path: 'inline' })).decisions[0]!));
    const check = (what: string, results: readonly Copied[], path: 'inline' | 'pooled'): void => {
      const bytes = results.flatMap(({ decisions }) => decisions.map(hex));
      expect(bytes.length, what).toBe(COUNT);
      for (const [i, each] of bytes.entries()) if (each !== singles[i]) expect(each, `${what}, payload ${i}`).toBe(singles[i]);
      for (const result of results) expect([result.status, result.path], what).toEqual([0, path]);
    };

    for (const path of ['inline', 'pooled'] as const) {
      check(`one batch, ${path}`, [await decided(live, payloads, { now: NOW, path })], path);
      const frames: Copied[] = [];
      const batches: Copied[] = [];
      for (let first = 0; first < COUNT; first += 250) {
        const part = payloads.slice(first, first + 250);
        batches.push(await decided(live, part, { now: NOW, path }));
        frames.push(await decided(live, frameOf(part, target), { now: NOW, path }));
      }
      check(`batches, ${path}`, batches, path);
      check(`frames, ${path}`, frames, path);
    }
    const pooled: Copied[] = [];
    for (let first = 0; first < COUNT; first += 100) {
      const part = payloads.slice(first, first + 100);
      pooled.push(...(await Promise.all(part.map((payload) => decided(live, [payload], { now: NOW, path: 'pooled' })))));
    }
    check('one at a time, pooled', pooled, 'pooled');

    const texts = new Set(
      singles.map((each) => (JSON.parse(renderDecision(Buffer.from(each, 'hex'))) as { outcome: string }).outcome),
    );
    expect([...texts].sort(), 'the payloads meet every outcome').toEqual(['approve', 'decline', 'review']);
  });

  it('counts decision ids on through batches, parts and frames', async () => {
    const live = engine.live('acme', name)!;
    const target = { bundle: name, model: live.model.hash };
    const payloads = sampleOrders(5000, SEED).map((order) => live.encoder.encode(order).slice());
    for (const path of ['inline', 'pooled'] as const) {
      for (const input of [payloads, payloads.slice(0, 300), frameOf(payloads.slice(0, 300), target)]) {
        const { decisions } = await decided(live, input, { now: NOW, idHigh: 5n, idLow: 0xfffffff0n, path });
        const ids = decisions.map((bytes) => (JSON.parse(renderDecision(bytes)) as { decisionId: string }).decisionId);
        expect(ids).toEqual(decisions.map((_, i) => `0000000000000005${(0xfffffff0 + i).toString(16).padStart(16, '0')}`));
      }
    }
  });
});
