// The truth of the workloads of this folder: every test on every payload, column by column. No engine has any of this code.

import { blockSums, checksum, outcomeOf, type Truth } from '../truth.js';
import type { Test, Value } from './expression.js';
import type { WorkPayload, WorkRule } from './work.js';

/** Columns of payloads: numbers, NaN where they are null; texts as they are. */
export class Columns {
  private readonly numbers = new Map<string, Float64Array>();

  constructor(readonly payloads: readonly WorkPayload[]) {}

  /** By payload: 1 where the test holds. */
  test(test: Test): Uint8Array {
    const { payloads } = this;
    switch (test.kind) {
      case 'and':
        return this.#fold(test.tests, (a, b) => a & b);
      case 'or':
        return this.#fold(test.tests, (a, b) => a | b);
      case 'null':
        return Uint8Array.from(payloads, (payload) => (payload[test.field] === null ? 1 : 0));
      case 'given':
        return Uint8Array.from(payloads, (payload) => (payload[test.field] === null ? 0 : 1));
      case 'equal':
        return Uint8Array.from(payloads, (payload) => (payload[test.field] === test.value ? 1 : 0));
      case 'among': {
        const members = new Set<unknown>(test.values);
        return Uint8Array.from(payloads, (payload) => (members.has(payload[test.field]) ? 1 : 0));
      }
      case 'compare': {
        const [left, right] = [this.value(test.left), this.value(test.right)];
        const isLess = test.operator.startsWith('<');
        const takesEqual = test.operator.endsWith('=');
        return Uint8Array.from(left, (x, i) => {
          const [low, high] = isLess ? [x, right[i]!] : [right[i]!, x];
          return low < high || (takesEqual && low === high) ? 1 : 0;
        });
      }
    }
  }

  /** By payload: a number. */
  value(value: Value): Float64Array {
    switch (value.kind) {
      case 'number':
        return new Float64Array(this.payloads.length).fill(value.value);
      case 'text':
        throw new Error('a text is no number');
      case 'field':
        return this.#column(value.name);
      case 'abs':
        return this.value(value.of).map((x) => (x < 0 ? -x : x));
      case 'sqrt':
        return this.value(value.of).map((x) => x ** 0.5);
      default: {
        const right = this.value(value.right);
        return this.value(value.left).map((x, i) => ARITHMETIC[value.kind](x, right[i]!));
      }
    }
  }

  #column(name: string): Float64Array {
    let column = this.numbers.get(name);
    if (column === undefined) {
      column = Float64Array.from(this.payloads, (payload) => (payload[name] as number | null) ?? Number.NaN);
      this.numbers.set(name, column);
    }
    return column;
  }

  #fold(tests: readonly Test[], join: (a: number, b: number) => number): Uint8Array {
    const [first, ...others] = tests.map((test) => this.test(test));
    for (const other of others) for (let i = 0; i < first!.length; i++) first![i] = join(first![i]!, other[i]!);
    return first!;
  }
}

const ARITHMETIC: Readonly<Record<'+' | '-' | '*' | '/' | 'min' | 'max', (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  min: Math.min,
  max: Math.max,
};

export interface WorkTruth extends Truth {
  /** Share of the pairs of rule and payload that hit. */
  readonly hitShare: number;
}

/** Decides every payload under every rule; thresholds as in computeTruth. */
export function truthOf(rules: readonly WorkRule[], payloads: readonly WorkPayload[]): WorkTruth {
  const columns = new Columns(payloads);
  const scores = new Float64Array(payloads.length);
  let hits = 0;
  for (const { test, score } of rules) {
    for (const [i, holds] of columns.test(test).entries()) {
      scores[i]! += holds * score;
      hits += holds;
    }
  }
  const sorted = scores.toSorted();
  const review = sorted[Math.floor(sorted.length * 0.9)]! + 1;
  const decline = Math.max(sorted[Math.floor(sorted.length * 0.98)]! + 1, review + 1);
  const thresholds = { decline, review };
  return {
    scores,
    thresholds,
    blockScores: blockSums(scores.length, (i) => scores[i]!),
    blockChecksums: blockSums(scores.length, (i) => checksum(scores[i]!, outcomeOf(scores[i]!, thresholds))),
    hitShare: hits / (rules.length * payloads.length),
  };
}
