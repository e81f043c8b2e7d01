// Where a program has conditions side by side: its rules, the rows of its tables. Each such place gets an index, or several one
// after the other where it has more parts than one takes, or none.

import { INDEX_PARTS_MAX, IndexMode } from '../../../assembly/shared/match-index.js';
import type { Ir } from '../ir.js';
import { visit } from '../ir.js';
import { featuresOf } from '../step-parts.js';
import type { ChooseStep, EachRow, EachStep, Step } from '../steps.js';
import { type IndexPlan, type IndexPolicy, type IndexReport, type PartSource, planIndex } from './plan.js';

/** Some of a place's conditions, side by side. */
export interface Stretch {
  /** Which of the place's conditions, in the order in which they are tested. */
  items: readonly number[];
  /** Absent where the plain program tests them; the sources of its parts are indices into `items`. */
  plan?: IndexPlan;
}

/** Plans the indexes of one program. */
export class Sites {
  readonly reports: IndexReport[] = [];
  readonly #policy: IndexPolicy;

  constructor(policy: IndexPolicy) {
    this.#policy = policy;
  }

  /** Plans a place. Where parts are hits their order is free, and is that of ranks. */
  plan(name: string, mode: IndexMode, sources: readonly PartSource[]): Stretch[] {
    const items = sources.map((_, index) => index);
    if (mode === IndexMode.HITS && sources.every(({ hit }) => hit !== undefined)) {
      items.sort((a, b) => sources[a]!.hit! - sources[b]!.hit!);
    }
    // Rows jump to one place behind all of them, by stepping stones; those must not lie in an index that others come before.
    if (mode !== IndexMode.HITS && items.length > INDEX_PARTS_MAX) return [{ items }];
    const stretches: Stretch[] = [];
    for (let from = 0; from < items.length; from += INDEX_PARTS_MAX) {
      const part = items.slice(from, from + INDEX_PARTS_MAX);
      const { plan, report } = planIndex(
        name,
        mode,
        part.map((item) => sources[item]!),
        this.#policy,
      );
      this.reports.push(report);
      stretches.push({ items: part, ...(plan === undefined ? {} : { plan }) });
    }
    return stretches;
  }

  /**
   * Plans the rows of a step; undefined where it has none to plan.
   *
   * @param rankOf the rank of a hit, where a hit is no more than that
   */
  planStep(step: Step, rankOf: ((hit: number) => number) | undefined): Stretch[] | undefined {
    if (step.kind === 'let' || step.kind === 'ensemble' || this.#policy === 'off' || readsItself(step)) return undefined;
    if (step.kind === 'choose') {
      const sources = step.rows.map(({ when }) => ({ condition: when, ends: true }));
      return this.plan(step.name, step.exclusive ? IndexMode.EACH : IndexMode.FIRST, sources);
    }
    const sources = step.rows.map((row): PartSource => {
      const hit = rankOf && onlyHit(row);
      return { condition: row.when, ends: false, ...(hit === undefined ? {} : { hit: rankOf!(hit) }) };
    });
    return this.plan(step.name, sources.some(({ hit }) => hit !== undefined) ? IndexMode.HITS : IndexMode.EACH, sources);
  }
}

/** What a row hits, where it does nothing else. */
function onlyHit({ sets, folds, hits }: EachRow): number | undefined {
  return sets.length === 0 && folds.length === 0 && hits.length === 1 ? hits[0] : undefined;
}

/** A row's condition reads what another row sets: the conditions must be tested in turn. */
function readsItself(step: ChooseStep | EachStep): boolean {
  const own = featuresOf(step);
  let found = false;
  for (const { when } of step.rows) {
    visit(when, (node) => {
      found ||= node.op === 'feature' && own.has(node.feature);
    });
  }
  return found;
}

/** What code still tests of some conditions. */
export function testedOf(stretches: readonly Stretch[], conditions: readonly (Ir | undefined)[]): Ir[] {
  return stretches.flatMap(({ items, plan }) =>
    plan === undefined ? items.map((item) => conditions[item]!) : plan.parts.flatMap(({ residual }) => residual),
  );
}
