// What can hit and count in a decision: the rules of rules/, rows of tables, attributes of scorecards. All have one order.

import type { OutcomeName } from '../bundle/bundle.js';
import type { Span } from '../diagnostic/diagnostic.js';

export interface HitRule {
  id: string;
  idSpan: Span;
  file: string;
  line: number;
  /** The condition as an expression, for explanations. */
  when: string;
  score: number;
  outcome: OutcomeName | null;
  reason: string | null;
  /** What the reason says as its score and ranks by, where that is not the rule's. */
  reasonScore?: number;
  /** Where it is no rule of rules/. */
  source?: HitSource;
}

export type HitSource =
  /** Row from 1; 0 is the default. */
  | { table: string; row: number }
  /** Attribute from 1; 0 of characteristic '' is the initial score. */
  | { scorecard: string; characteristic: string; attribute: number }
  /** Place in the ranking, from 1. */
  | { ensemble: string; rank: number; code: string };

/** Rows of one table of which one hits at most; for the largest score that can be reached. */
export interface HitGroup {
  rules: HitRule[];
  /** One of them hits at most. */
  single: boolean;
}

/** Collects what hits beside the rules; numbers go on where those of the rules end. */
export class HitRules {
  readonly groups: HitGroup[] = [];
  readonly #first: number;
  #count = 0;

  /** @param first number of rules before them */
  constructor(first: number) {
    this.#first = first;
  }

  get all(): HitRule[] {
    return this.groups.flatMap(({ rules }) => rules);
  }

  /** Adds all of another collection; gives the number of its first. */
  append(other: HitRules): number {
    const number = this.#first + this.#count;
    this.groups.push(...other.groups);
    this.#count += other.#count;
    return number;
  }

  /** Adds rules that belong together; gives the number of the first. */
  add(rules: HitRule[], single: boolean): number {
    const number = this.#first + this.#count;
    this.groups.push({ rules, single });
    this.#count += rules.length;
    return number;
  }
}
