// How decisions compare with what is known of each row: the confusion table of a label, and what follows from it.

import type { OutcomeName } from '../schema/decision.js';

/** Distinct label values that are counted one by one; the rest share one line. */
const VALUES_MAX = 20;
const OTHER = '(other)';

/** Label values taken as positive where nothing else is said, in lower case. */
const POSITIVE_DEFAULT: readonly string[] = ['1', 'true', 'yes', 'y', 't'];

export type OutcomeKey = OutcomeName | 'none';

export interface LabelMetrics {
  column: string;
  /** Label values that count as positive; empty: the default ones. */
  positive: string[];
  /** Outcomes that count as flagged. */
  flag: OutcomeName[];
  confusion: { truePositive: number; falsePositive: number; falseNegative: number; trueNegative: number };
  /** null where its denominator is 0. */
  precision: number | null;
  recall: number | null;
  specificity: number | null;
  /** Mean of recall and specificity. */
  balancedAccuracy: number | null;
  accuracy: number | null;
  /** Label value -> outcome -> rows. */
  byValue: Record<string, Record<OutcomeKey, number>>;
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

export class LabelCounter {
  readonly #positive: ReadonlySet<string>;
  readonly #flag: ReadonlySet<OutcomeKey>;
  readonly #byValue = new Map<string, Record<OutcomeKey, number>>();
  readonly #confusion = { truePositive: 0, falsePositive: 0, falseNegative: 0, trueNegative: 0 };

  constructor(
    readonly column: string,
    readonly positive: readonly string[],
    readonly flag: readonly OutcomeName[],
  ) {
    this.#positive = new Set(positive);
    this.#flag = new Set(flag);
  }

  /** Counts one decided row. */
  add(label: string, outcome: OutcomeKey): void {
    const value = label.trim();
    const isPositive = this.positive.length > 0 ? this.#positive.has(value) : POSITIVE_DEFAULT.includes(value.toLowerCase());
    if (this.#flag.has(outcome)) this.#confusion[isPositive ? 'truePositive' : 'falsePositive']++;
    else this.#confusion[isPositive ? 'falseNegative' : 'trueNegative']++;
    const key = this.#byValue.has(value) || this.#byValue.size < VALUES_MAX ? value : OTHER;
    let row = this.#byValue.get(key);
    if (row === undefined) {
      row = { approve: 0, review: 0, decline: 0, none: 0 };
      this.#byValue.set(key, row);
    }
    row[outcome]++;
  }

  result(): LabelMetrics {
    const { truePositive, falsePositive, falseNegative, trueNegative } = this.#confusion;
    const recall = ratio(truePositive, truePositive + falseNegative);
    const specificity = ratio(trueNegative, trueNegative + falsePositive);
    return {
      column: this.column,
      positive: [...this.positive],
      flag: [...this.flag],
      confusion: { ...this.#confusion },
      precision: ratio(truePositive, truePositive + falsePositive),
      recall,
      specificity,
      balancedAccuracy: recall === null || specificity === null ? null : (recall + specificity) / 2,
      accuracy: ratio(truePositive + trueNegative, truePositive + falsePositive + falseNegative + trueNegative),
      byValue: Object.fromEntries([...this.#byValue].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
  }
}
