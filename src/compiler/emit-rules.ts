// The rules of a program: with an index where they have one, else one after the other.

import { IndexMode } from '../../assembly/shared/match-index.js';
import type { Emission } from './emission.js';
import { IndexEmission } from './index/emit-index.js';
import type { Sites, Stretch } from './index/sites.js';
import type { Ir } from './ir.js';
import type { ProgramRule } from './program.js';

/**
 * Plans the indexes of the rules. The items of the stretches are rules' indices in the order written. Where the first hit decides,
 * rules stay on their side of those that have no condition: a hit that waits is decided in between.
 */
export function planRules(
  sites: Sites,
  conditions: readonly (Ir | undefined)[],
  ranks: readonly number[],
  first: boolean,
): Stretch[][] {
  const runs: number[][] = [[]];
  for (const [index, condition] of conditions.entries()) {
    if (condition !== undefined) runs[runs.length - 1]!.push(index);
    else if (first) runs.push([]);
  }
  const planned = runs.filter((run) => run.length > 0);
  return planned.map((run) => {
    const sources = run.map((index) => ({ condition: conditions[index]!, ends: true, ...(first ? {} : { hit: ranks[index]! }) }));
    const stretches = sites.plan('rules', first ? IndexMode.FIRST : IndexMode.HITS, sources);
    return stretches.map((stretch) => ({ ...stretch, items: stretch.items.map((item) => run[item]!) }));
  });
}

/** What is emitted for one rule, by its index in the order written. */
export interface RuleCode {
  /** Its hit, where all conditions hold. */
  hit(index: number, conditions: readonly Ir[]): void;
  /** Its hit, where a step has given it. */
  decide(index: number): void;
}

/** Emits all rules. @returns their indices in the order in which they came: each is one part of the emission */
export function emitRules(
  emission: Emission,
  rules: readonly ProgramRule[],
  conditions: readonly (Ir | undefined)[],
  runs: readonly (readonly Stretch[])[],
  code: RuleCode,
): number[] {
  const order: number[] = [];
  const emit = (index: number, expressions: readonly Ir[], body: () => void, lead?: () => void): void => {
    order.push(index);
    emission.part('rule', rules[index]!.id, rules[index]!.span, expressions, body, lead);
  };
  const emitStretch = ({ items, plan }: Stretch): void => {
    if (plan === undefined) {
      for (const index of items) emit(index, [conditions[index]!], () => code.hit(index, [conditions[index]!]));
      return;
    }
    const left = new Set(items);
    const { span } = rules[items[0]!]!;
    let match: IndexEmission | undefined;
    const shared = plan.shared.map(({ ir }) => ir);
    emission.part('index', 'match index of the rules', span, shared, () => {
      match = new IndexEmission(emission.emitter, plan);
    });
    for (const [part, { source, residual }] of plan.parts.entries()) {
      if (source === undefined) continue;
      const index = items[source]!;
      left.delete(index);
      if (match!.isDone(part)) emit(index, [], () => {});
      else
        emit(
          index,
          residual,
          () => code.hit(index, residual),
          () => match!.lead(part),
        );
    }
    match!.end();
    // What never holds is no part.
    for (const index of left) emit(index, [], () => {});
  };
  // A run's first rule in the order written, where the run is emitted.
  const starts = new Map(runs.map((run) => [run.flatMap(({ items }) => items).reduce((a, b) => Math.min(a, b)), run]));
  for (const [index, condition] of conditions.entries()) {
    if (condition === undefined) emit(index, [], () => code.decide(index));
    else for (const stretch of starts.get(index) ?? []) emitStretch(stretch);
  }
  return order;
}
