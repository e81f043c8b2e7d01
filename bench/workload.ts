// The workload of every bench: rules that are conjunctions of three comparisons, and payloads of 12 numbers and 4 texts. Both come
// from fixed seeds, so that every run, engine and machine decides the same things.

/** Payloads each bench draws from: so many that no branch predictor learns them. */
export const PAYLOAD_COUNT = 65_536;
/** Payloads of one timed iteration: so many that the timer's own cost vanishes. Divides PAYLOAD_COUNT. */
export const BLOCK_COUNT = 1_024;

const RULE_SEED = 7;
const PAYLOAD_SEED = 11;
const COMPARISONS_PER_RULE = 3;
const TEXT_SHARE = 0.3;

/** Upper end of each number field; values are uniform from 0, with two decimals. */
export const NUMBER_FIELDS: Readonly<Record<string, number>> = {
  amount: 10_000,
  balance: 50_000,
  hour: 24,
  age: 90,
  cnt1h: 20,
  cnt24h: 100,
  sum24h: 90_000,
  mcc: 9_999,
  trust: 1,
  isNew: 2,
  distance: 20_000,
  velocity: 1_000,
};

/** Values of each text field. */
export const TEXT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  country: ['CN', 'US', 'GB', 'NG', 'RU', 'BR', 'IN', 'DE'],
  role: ['vip', 'basic', 'staff', 'guest'],
  channel: ['web', 'app', 'atm', 'pos'],
  currency: ['CNY', 'USD', 'EUR', 'GBP'],
};

export const NUMBER_NAMES = Object.keys(NUMBER_FIELDS);
export const TEXT_NAMES = Object.keys(TEXT_FIELDS);
const ORDER_OPERATORS = ['>', '<', '>=', '<='] as const;

export type Comparison =
  | { readonly field: string; readonly operator: (typeof ORDER_OPERATORS)[number]; readonly value: number }
  | { readonly field: string; readonly operator: '=='; readonly value: string };

export interface WorkloadRule {
  readonly id: string;
  /** All of them must hold. */
  readonly comparisons: readonly Comparison[];
  /** Whole number from 0 to 99, added to the score when the rule hits. */
  readonly score: number;
}

/** Reasons of a decision: a bundle has as many unless it says otherwise. */
export const REASONS_MAX = 8;

/** Code of the reason that a rule gives. */
export function reasonCode(id: string): string {
  return `REASON_${id.slice(1)}`;
}

export type WorkloadPayload = Readonly<Record<string, number | string>>;

/** xorshift32: numbers in [0, 1) from a seed other than 0. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}

const toCents = (x: number): number => Math.round(x * 100) / 100;

/** The first `count` rules of the workload. A longer list begins with every shorter one. */
export function makeRules(count: number): WorkloadRule[] {
  const next = randomNumbers(RULE_SEED);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  return Array.from({ length: count }, (_, i) => {
    const comparisons = Array.from({ length: COMPARISONS_PER_RULE }, (): Comparison => {
      if (next() < TEXT_SHARE) {
        const field = pick(TEXT_NAMES);
        return { field, operator: '==', value: pick(TEXT_FIELDS[field]!) };
      }
      const field = pick(NUMBER_NAMES);
      return { field, operator: pick(ORDER_OPERATORS), value: toCents(next() * NUMBER_FIELDS[field]!) };
    });
    return { id: `r${i}`, comparisons, score: Math.floor(next() * 100) };
  });
}

/** The first `count` payloads of the workload. */
export function makePayloads(count: number): WorkloadPayload[] {
  const next = randomNumbers(PAYLOAD_SEED);
  return Array.from({ length: count }, () => {
    const payload: Record<string, number | string> = {};
    for (const name of NUMBER_NAMES) payload[name] = toCents(next() * NUMBER_FIELDS[name]!);
    for (const name of TEXT_NAMES) payload[name] = TEXT_FIELDS[name]![Math.floor(next() * TEXT_FIELDS[name]!.length)]!;
    return payload;
  });
}
