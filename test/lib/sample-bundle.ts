// A small bundle that uses every kind of field and every way of combining: what engine tests publish and decide with.

import fc from 'fast-check';
import type { BundleFiles } from '#src/bundle/files.js';

const MODEL = `
title: Order
type: object
required: [amount, country, placedAt]
properties:
  amount: { type: number, multipleOf: 0.01, minimum: 0, maximum: 1000000 }
  count: { type: integer, minimum: 0, maximum: 1000 }
  ratio: { type: number }
  country: { type: string, enum: [DE, FR, US, GB] }
  note: { type: string, maxLength: 40 }
  vip: { type: boolean, default: false }
  placedAt: { type: string, format: date-time }
  born: { type: string, format: date }
  ledger: { type: integer, format: int64 }
  card:
    type: object
    required: [age]
    properties:
      age: { type: integer, minimum: 0, maximum: 10000 }
      country: { type: string, enum: [DE, FR, US, GB] }
`;

const RULES = `
- id: large
  when: amount > 5000 && !vip
  then: { score: 30, reason: LARGE }
- id: far-card
  when: card !== null && card.country !== null && card.country !== country
  then: { score: 25, reason: FAR_CARD }
- id: young-card
  when: card !== null && card.age < 30 || card === null && amount >= 100.50
  then: { score: 20.5, reason: YOUNG_CARD }
- id: odd-ratio
  when: ratio !== null && (ratio !== ratio || ratio > 2 || ratio < -2)
  then: { score: 15, reason: ODD_RATIO }
- id: test-note
  when: note !== null && (note === "test" || note > "x")
  then: { outcome: decline, reason: TEST_NOTE }
- id: many
  when: count !== null && count * 2 >= 500
  then: { score: 10 }
- id: ledger
  when: ledger !== null && ledger < 0
  then: { score: 5, reason: LEDGER }
- id: trusted
  when: vip
  then: { score: -20, reason: TRUSTED }
- id: elder
  when: born !== null && born < "1960-01-01"
  then: { score: 1.25, reason: ELDER }
`;

export interface SampleOptions {
  name?: string;
  version?: string;
  /** Replaces the rules. */
  rules?: string;
  combine?: 'score' | 'first' | 'collect';
  /** Replaces lines of the model. */
  model?: string;
  files?: Record<string, string>;
}

/** The bundle's files. */
export function sampleBundle(options: SampleOptions = {}): BundleFiles {
  const { name = 'orders', version = '1.0.0', rules = RULES, combine = 'score', model = MODEL, files = {} } = options;
  const outcomes =
    combine === 'score'
      ? '[{ atLeast: 50, outcome: decline }, { atLeast: 20, outcome: review }, { outcome: approve }]'
      : '[{ outcome: approve }]';
  const head = `name: ${name}\nversion: ${version}\nmodel: model.yaml\nonError: review\ndecide:\n  combine: ${combine}\n  outcomes: ${outcomes}\n`;
  const texts = { 'bundle.yaml': head, 'model.yaml': model, 'rules/all.yaml': rules, ...files };
  return new Map(Object.entries(texts).map(([path, text]) => [path, new TextEncoder().encode(text)]));
}

export const SAMPLE_MODEL = MODEL;
export const SAMPLE_RULES = RULES;

/** Values that fit the model. */
export function sampleOrder(): fc.Arbitrary<Record<string, unknown>> {
  const country = fc.constantFrom('DE', 'FR', 'US', 'GB');
  const cents = fc.oneof(fc.nat(100_000_000), fc.nat(20_000), fc.constantFrom(0, 10_050, 10_049, 500_000, 500_001));
  const birthday = fc.date({ min: new Date('1900-01-01'), max: new Date('1999-12-31'), noInvalidDate: true });
  const moment = fc.date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
  const orNull = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { freq: 4 });
  return fc.record(
    {
      amount: cents.map((value) => (value / 100).toFixed(2)),
      country,
      placedAt: moment.map((date) => date.toISOString()),
      count: orNull(fc.oneof(fc.nat(1000), fc.constantFrom(249, 250, 251))),
      ratio: orNull(fc.double({ noNaN: true, noDefaultInfinity: true })),
      note: orNull(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.constantFrom('test', 'x', 'xy', ''))),
      vip: fc.boolean(),
      born: orNull(birthday.map((date) => date.toISOString().slice(0, 10))),
      ledger: orNull(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
      card: orNull(fc.record({ age: fc.nat(10_000).map((age) => (age % 3 === 0 ? age % 60 : age)), country: orNull(country) })),
    },
    { requiredKeys: ['amount', 'country', 'placedAt'] },
  );
}

/** The same `count` orders for the same seed. */
export function sampleOrders(count: number, seed: number): Record<string, unknown>[] {
  return fc.sample(sampleOrder(), { numRuns: count, seed });
}
