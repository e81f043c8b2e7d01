// Disjunctions over fields that may be null: each rule is two groups of three alternatives, and three fields of ten are absent from
// a payload as often as three times in ten.

import type { Thresholds } from '../truth.js';
import { randomNumbers } from '../workload.js';
import { all, any, fieldOf, number, type Test } from './expression.js';
import { ruleFiles, type Work, type WorkPayload, type WorkRule } from './work.js';

const NULL_SHARE = 0.3;
const NUMBERS: Readonly<Record<string, number>> = {
  amount: 10_000,
  balance: 50_000,
  lastAmount: 10_000,
  income: 20_000,
  age: 90,
  tenure: 40,
  riskA: 1,
  riskB: 1,
  distance: 20_000,
  velocity: 1_000,
};
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  country: ['CN', 'US', 'GB', 'NG', 'RU', 'BR', 'IN', 'DE'],
  issuer: ['ACME', 'BETA', 'CORE', 'DELTA', 'ECHO', 'FOX'],
  device: ['phone', 'tablet', 'laptop', 'kiosk', 'tv'],
  referrer: ['search', 'mail', 'ad', 'friend', 'shop', 'news'],
};
/** Never null. */
const REQUIRED = ['amount', 'velocity', 'country'];
const GROUPS = 2;
const ALTERNATIVES = 3;

function makePayloads(count: number): WorkPayload[] {
  const next = randomNumbers(43);
  return Array.from({ length: count }, () => {
    const payload: Record<string, number | string | null> = {};
    const put = (name: string, value: number | string): void => {
      payload[name] = next() < NULL_SHARE && !REQUIRED.includes(name) ? null : value;
    };
    for (const [name, scale] of Object.entries(NUMBERS)) put(name, Math.round(next() * scale * 100) / 100);
    for (const [name, values] of Object.entries(TEXTS)) put(name, values[Math.floor(next() * values.length)]!);
    return payload;
  });
}

function alternative(next: () => number): Test {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  if (next() < 0.3) {
    const field = pick(Object.keys(TEXTS));
    return { kind: 'equal', field, value: pick(TEXTS[field]!) };
  }
  const field = pick(Object.keys(NUMBERS));
  // Tails, so that a rule of several alternatives does not hold for all.
  const share = 0.05 + 0.2 * next();
  const isAbove = next() < 0.5;
  const value = Math.round((isAbove ? 1 - share : share) * NUMBERS[field]! * 1000) / 1000;
  const compare: Test = { kind: 'compare', operator: isAbove ? '>' : '<', left: fieldOf(field), right: number(value) };
  if (REQUIRED.includes(field)) return compare;
  return next() < 0.1 ? { kind: 'null', field } : all({ kind: 'given', field }, compare);
}

/** So many rules. */
export function nullableWork(ruleCount: number, payloadCount: number): Work {
  const payloads = makePayloads(payloadCount);
  const next = randomNumbers(47);
  const rules = Array.from({ length: ruleCount }, (_, rule): WorkRule => {
    const groups = Array.from({ length: GROUPS }, () => any(...Array.from({ length: ALTERNATIVES }, () => alternative(next))));
    return { id: `r${rule}`, test: all(...groups), score: Math.floor(next() * 100) };
  });
  const model = {
    properties: {
      ...Object.fromEntries(Object.keys(NUMBERS).map((name) => [name, { type: 'number' }])),
      ...Object.fromEntries(Object.keys(TEXTS).map((name) => [name, { type: 'string', maxLength: 16 }])),
    },
    required: REQUIRED,
  };
  const filesOf = (thresholds: Thresholds) => ruleFiles('nullable', model, thresholds, rules);
  return { name: `disjunctions over nullable fields, ${ruleCount} rules`, rules, payloads, filesOf };
}
