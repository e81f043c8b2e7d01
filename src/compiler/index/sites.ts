// Where a program has conditions side by side: its rules, the rows of its tables. Each such place gets an index, or several one
// after the other where it has more parts than one takes, or none.

import { BLOBS_MAX } from '../../../assembly/shared/limits.js';
import { INDEX_PARTS_MAX, IndexMode } from '../../../assembly/shared/match-index.js';
import type { Ir } from '../ir.js';
import { visit } from '../ir.js';
import { BRANCH_DISTANCE_MAX } from '../limits.js';
import { featuresOf } from '../step-parts.js';
import type { ChooseStep, EachRow, EachStep, Step } from '../steps.js';
import { type IndexPlan, type IndexPolicy, type IndexReport, type PartSource, planIndex } from './plan.js';

/** Indexes of one program: each is a blob, and there must be room for others. */
const INDEXES_MAX = BLOBS_MAX / 2;

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

  /**
   * Plans a place. Where parts are hits their order is free, and is that of ranks.
   *
   * @param codeMax of parts that jump behind all of their place: instructions that a part has at most, with those that are left of
   *   its condition. A jump from an index before must reach over each of the place's indexes
   */
  plan(
    name: string,
    mode: IndexMode,
    sources: readonly PartSource[],
    codeMax?: (item: number, residual: readonly Ir[]) => number,
  ): Stretch[] {
    const items = sources.map((_, index) => index);
    if (mode === IndexMode.HITS && sources.every(({ hit }) => hit !== undefined)) {
      items.sort((a, b) => sources[a]!.hit! - sources[b]!.hit!);
    }
    const planPart = (part: readonly number[]): ReturnType<typeof planIndex> => {
      const partSources = part.map((item) => sources[item]!);
      return planIndex(name, mode, partSources, this.#policy);
    };
    const stretches: Stretch[] = [];
    const bound = items.length <= INDEX_PARTS_MAX ? undefined : codeMax;
    // What the parts of one index have left to test, those of the next will most likely have too.
    let partsMax = INDEX_PARTS_MAX;
    for (let from = 0; from < items.length; ) {
      if (this.reports.length >= INDEXES_MAX) {
        stretches.push({ items: items.slice(from) });
        break;
      }
      let part = items.slice(from, from + partsMax);
      if (bound !== undefined) {
        const within = countWithin(part, (item) => bound(item, []));
        part = part.slice(0, Math.max(1, within));
      }
      let planned = planPart(part);
      while (bound !== undefined && planned.plan !== undefined) {
        const residuals = new Map(planned.plan.parts.map(({ source, residual }) => [part[source!], residual]));
        const within = countWithin(part, (item) => bound(item, residuals.get(item) ?? []));
        if (within === part.length) break;
        part = part.slice(0, Math.max(1, within));
        partsMax = part.length;
        // No index is made of what none could be reached over.
        planned = within === 0 ? { report: planned.report } : planPart(part);
      }
      this.reports.push(planned.report);
      stretches.push({ items: part, ...(planned.plan === undefined ? {} : { plan: planned.plan }) });
      from += part.length;
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
      if (step.exclusive) return this.plan(step.name, IndexMode.EACH, sources);
      const features = featuresOf(step).size;
      return this.plan(step.name, IndexMode.FIRST, sources, (item, residual) => codeMaxOf(step.rows[item]!, residual, features));
    }
    const sources = step.rows.map((row): PartSource => {
      const hit = rankOf && onlyHit(row);
      return { condition: row.when, ends: false, ...(hit === undefined ? {} : { hit: rankOf!(hit) }) };
    });
    return this.plan(step.name, sources.some(({ hit }) => hit !== undefined) ? IndexMode.HITS : IndexMode.EACH, sources);
  }
}

/** Instructions from the last jump before an index to its MATCH. */
export const BETWEEN_INDEXES_MAX = 128;
/** Instructions of one index that others of its place come before: a jump reaches over them, and over what is put between. */
const REACHED_MAX = BRANCH_DISTANCE_MAX - 2 * BETWEEN_INDEXES_MAX;
/** Instructions of one node of an expression at most, those of what is written down for each element of a list left out. */
const NODE_CODE_MAX = 12;
/** Instructions of a comparison of a register with another, or with a constant. */
const LEAVES_CODE_MAX = 4;
/** Of ALIVE and a jump, and of a hit that may have to wait. */
const ROW_CODE_MAX = 2;
const HIT_CODE_MAX = 4;

/** Instructions of a row of a table of which the first counts, at most. @param residual what is left of its condition */
function codeMaxOf({ sets, hits }: ChooseStep['rows'][number], residual: readonly Ir[], features: number): number {
  let count = ROW_CODE_MAX + 2 * features + HIT_CODE_MAX * hits.length;
  for (const { value } of sets) if (value.op !== 'constant') count += codeMaxOfIr(value);
  for (const ir of residual) count += codeMaxOfIr(ir);
  return count;
}

function codeMaxOfIr(ir: Ir): number {
  let count = 0;
  let copies = 1;
  visit(ir, (node) => {
    if (node.op === 'compare' && isLeaf(node.left) && isLeaf(node.right)) count += LEAVES_CODE_MAX - 2 * NODE_CODE_MAX;
    else count += NODE_CODE_MAX;
    if (node.op === 'walk' && node.source.kind === 'elements') copies *= node.source.elements.length + 1;
  });
  return count * copies;
}

function isLeaf({ op }: Ir): boolean {
  return op === 'field' || op === 'constant' || op === 'feature' || op === 'now';
}

/** How many of the first items have no more than REACHED_MAX instructions together. */
function countWithin(items: readonly number[], codeMax: (item: number) => number): number {
  let sum = 0;
  for (let count = 0; count < items.length; count++) {
    sum += codeMax(items[count]!);
    if (sum > REACHED_MAX) return count;
  }
  return items.length;
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
    plan === undefined
      ? items.map((item) => conditions[item]!)
      : [...plan.shared.map(({ ir }) => ir), ...plan.parts.flatMap(({ residual }) => residual)],
  );
}
