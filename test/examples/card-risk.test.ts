import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GeneratedTransaction, generateTransactions } from '../../examples/card-risk/generator.js';
import { type OpenExample, openExample } from './open-example.js';

const SEED = 20260105;
const OPTIONS = { seed: SEED, customers: 1500, terminals: 600, count: 30_000 };
const rows: GeneratedTransaction[] = [...generateTransactions(OPTIONS)];

describe(`generated payments, seed ${SEED}`, () => {
  it('are the same for the same options', () => {
    const again = [...generateTransactions(OPTIONS)];
    expect(again).toEqual(rows);
    expect([...generateTransactions({ ...OPTIONS, seed: SEED + 1, count: 100 })]).not.toEqual(rows.slice(0, 100));
  });

  it('are the same on every machine', () => {
    const digest = createHash('sha256')
      .update(JSON.stringify(rows.slice(0, 5000)))
      .digest('hex');
    expect(digest.slice(0, 16)).toMatchInlineSnapshot(`"d0c0357d88249812"`);
  });

  it('come in order of time, with ids of their own', () => {
    const times = rows.map(({ payload }) => payload.time);
    expect(times).toEqual([...times].sort());
    expect(new Set(rows.map(({ payload }) => payload.transactionId)).size).toBe(rows.length);
  });

  it('hold all kinds of fraud, each between 1 in 1,000 and 1 in 50', () => {
    for (const kind of [1, 2, 3] as const) {
      const share = rows.filter(({ fraud }) => fraud === kind).length / rows.length;
      expect(share, `fraud ${kind}`).toBeGreaterThan(0.001);
      expect(share, `fraud ${kind}`).toBeLessThan(0.02);
    }
  });

  it('hold all kinds of fraud in a short run too', () => {
    const short = [...generateTransactions({ seed: SEED, customers: 200, terminals: 60, count: 2000 })];
    expect([...new Set(short.map(({ fraud }) => fraud))].sort()).toEqual([0, 1, 2, 3]);
  });

  it('count the payments of the last hour and day of each customer, the present one included', () => {
    const seen = new Map<string, { time: number; cents: number; country: string }[]>();
    for (const { payload } of rows.slice(0, 10_000)) {
      const time = Date.parse(payload.time);
      const list = seen.get(payload.customer.id) ?? [];
      list.push({ time, cents: Math.round(payload.amount * 100), country: payload.merchantCountry });
      seen.set(payload.customer.id, list);
      // times are cut to the second in the payload, so a payment at the edge may be on either side
      const within = (ms: number, slack: number): typeof list => list.filter((other) => other.time > time - ms + slack);
      const { count1h, count24h, amount24h, countries24h } = payload.velocity;
      expect(count1h).toBeGreaterThanOrEqual(within(3_600_000, 1000).length);
      expect(count1h).toBeLessThanOrEqual(within(3_600_000, -1000).length);
      const day = within(86_400_000, 0);
      if (within(86_400_000, 1000).length !== within(86_400_000, -1000).length) continue;
      expect(count24h).toBe(day.length);
      expect(Math.round(amount24h * 100)).toBe(day.reduce((sum, { cents }) => sum + cents, 0));
      expect(countries24h).toBe(new Set(day.map(({ country }) => country)).size);
    }
  });

  it('never let an honest card travel faster than it can', () => {
    // a stolen or copied card moves the place that the next honest payment is measured from
    const touched = new Set(rows.filter(({ fraud }) => fraud !== 0).map(({ payload }) => payload.customer.id));
    const tooFast = rows.filter(({ payload: { customer, card, velocity } }) => {
      const { minutesSincePresent, kmFromPresent } = velocity;
      if (touched.has(customer.id) || !card.present || minutesSincePresent === undefined || kmFromPresent === undefined)
        return false;
      return kmFromPresent > minutesSincePresent * 15 + 50;
    });
    expect(tooFast).toEqual([]);
  });

  for (const [options, text] of [
    [{ ...OPTIONS, customers: 0 }, /customers/],
    [{ ...OPTIONS, terminals: 7 }, /terminals/],
    [{ ...OPTIONS, count: -1 }, /count/],
  ] as const) {
    it(`refuse ${text.source} out of range`, () => {
      expect(() => [...generateTransactions(options)]).toThrow(text);
    });
  }
});

describe('the card-risk bundle', () => {
  let open: OpenExample;
  beforeAll(async () => {
    open = await openExample('card-risk');
  });
  afterAll(() => open.close());

  it(`catches each kind of fraud, and little else, with seed ${SEED}`, () => {
    const flagged: Record<number, number> = { 0: 0, 1: 0, 2: 0, 3: 0 };
    const declined: Record<number, number> = { 0: 0, 1: 0, 2: 0, 3: 0 };
    const total: Record<number, number> = { 0: 0, 1: 0, 2: 0, 3: 0 };
    for (const { payload, fraud } of rows) {
      const { status, outcome } = open.ruleSet.decide(payload);
      expect(status).toBe('OK');
      total[fraud]!++;
      if (outcome !== 'approve') flagged[fraud]!++;
      if (outcome === 'decline') declined[fraud]!++;
    }
    const recall = (kind: number): number => flagged[kind]! / total[kind]!;
    expect(recall(1), 'stolen card').toBeGreaterThan(0.8);
    expect(recall(2), 'compromised terminal').toBeGreaterThan(0.6);
    expect(recall(3), 'card not present').toBeGreaterThan(0.95);
    const fraudDeclined = declined[1]! + declined[2]! + declined[3]!;
    expect(fraudDeclined / (fraudDeclined + declined[0]!), 'precision of declines').toBeGreaterThan(0.8);
    expect(flagged[0]! / total[0]!, 'honest payments stopped').toBeLessThan(0.03);
  });

  it('has no rule that never fires', () => {
    const fired = new Set<string>();
    const ids = open.ruleSet.manifest.rules.map(({ id }) => id);
    // explaining is slow, so the frauds and a share of the rest must do
    for (const [i, { payload, fraud }] of rows.entries()) {
      if (fraud === 0 && i % 20 !== 0 && payload.localDate <= payload.card.validUntil && payload.terminal.ageDays >= 14) continue;
      for (const { id, hit } of open.ruleSet.explain(payload).rules) if (hit) fired.add(id);
    }
    expect(ids.filter((id) => !fired.has(id))).toEqual([]);
    expect(ids.length).toBeGreaterThanOrEqual(20);
  });

  it('has an up-to-date lock', () => {
    const lock = JSON.parse(readFileSync(new URL('../../examples/card-risk/model.lock.json', import.meta.url), 'utf8')) as object;
    expect(open.lock).toEqual(lock);
  });
});
