// Steps and rules -> one program, with the cost of each part and of the whole.

import { decisionUnits } from '../../assembly/shared/cost.js';
import type { DiagnosticBag, Span } from '../diagnostic/diagnostic.js';
import { payloadUnits } from '../image/cost.js';
import type { ImageOutputs } from '../image/outputs.js';
import type { Model } from '../schema/model.js';
import { type CostEntry, mergeCosts } from './cost-report.js';
import { Emission, type Emitted, reportWhole } from './emission.js';
import { emitRules, planRules } from './emit-rules.js';
import type { IndexPolicy, IndexReport } from './index/plan.js';
import { Sites, testedOf } from './index/sites.js';
import type { Ir } from './ir.js';
import { type CheckedOutput, expressionsOfOutput, mapOutput } from './outputs/checked-output.js';
import { emitOutputs } from './outputs/emit-output.js';
import { inlineFeatures } from './passes/inline-features.js';
import type { Step } from './steps.js';
import { waitingHits } from './waiting-hits.js';

/** A rule of the program. */
export interface ProgramRule {
  id: string;
  /** Its condition's place. */
  span: Span;
  /** Absent where a step gives its hit: a row of a table. */
  condition?: Ir;
}

export interface ProgramSource {
  model: Model;
  steps: readonly Step[];
  /** In the order written. */
  rules: readonly ProgramRule[];
  /** Rank of each rule, see rankRules. */
  ranks: readonly number[];
  /** Outputs of decisions; absent where there are none. */
  outputs?: readonly CheckedOutput[];
  /** The program ends with the first hit. */
  first: boolean;
  reasonsMax: number;
  /** What is named where the whole is too large. */
  span: Span;
  /** Units that a payload may cost. */
  costMax: number;
  /** What is loaded and computed though no rule reads it: for programs that are measured beside others. */
  kept?: readonly Ir[];
  /** Which conditions get an index; `auto` by default. */
  index?: IndexPolicy;
}

export interface Program extends Emitted {
  /** Units of each rule, in the order written; of those that a step hits, only what is done for them afterwards. */
  ruleCosts: number[];
  /** Units of one payload: verifying it, the program, the decision. */
  costMax: number;
  /** Of decisions; absent where they have none. */
  outputs?: ImageOutputs;
  /** What was chosen for rules and for the rows of tables. */
  indexes: IndexReport[];
}

/** Rank of each rule: larger score first, then the order written. ranks[i] is the rank of rules[i]. */
export function rankRules(rules: readonly { score: number }[]): number[] {
  const order = rules.map((_, index) => index).sort((a, b) => rules[b]!.score - rules[a]!.score || a - b);
  const ranks = new Array<number>(rules.length);
  for (const [rank, index] of order.entries()) ranks[index] = rank;
  return ranks;
}

/** Emits steps and rules in the order written; limits that are passed are reported. */
export function emitProgram(source: ProgramSource, bag: DiagnosticBag): Program {
  const { rules, ranks, first, span } = source;
  const inlined = inlineFeatures(source.steps);
  const conditions = rules.map(({ condition }) => condition && inlined.change(condition));
  const written = conditions.filter((condition) => condition !== undefined);
  const outputs = (source.outputs ?? []).map((output) => mapOutput(output, inlined.change));
  const kept = [...outputs.flatMap(expressionsOfOutput), ...(source.kept ?? [])];
  const sites = new Sites(source.index ?? 'auto');
  const runs = planRules(sites, conditions, ranks, first);
  const rankOf = first ? undefined : (index: number): number => ranks[index]!;
  const emission = new Emission(source.model, inlined.steps, [...written, ...kept], true, bag, {
    sites,
    rankOf,
    tested: [...runs.flatMap((run) => testedOf(run, conditions)), ...kept],
  });
  const { emitter } = emission;
  const waiting = first ? waitingHits(emitter, source) : undefined;
  emission.steps({ hit: (index) => (waiting === undefined ? emitter.hit(ranks[index]!, first) : waiting.note(index)) });
  const stored = emitOutputs(emission, outputs, bag);
  const order = emitRules(emission, rules, conditions, runs, {
    hit: (index, conditions) => emitter.rule(conditions, ranks[index]!, first),
    decide: (index) => waiting?.decide(index),
  });
  emitter.end();
  emission.reportSize(span);
  const result = emission.finish();
  emission.reportCosts(result.costs);

  const bound = result.lists.length + result.parameters.length;
  const whole = payloadUnits(source.model) + result.units + decisionUnits(rules.length, source.reasonsMax, bound);
  if (whole > source.costMax) reportWhole(whole, source.costMax, result.costs, span, bag);
  const others = result.costs.filter(({ kind }) => kind !== 'rule');
  const inOrder: CostEntry[] = [];
  for (const [at, entry] of result.costs.filter(({ kind }) => kind === 'rule').entries()) inOrder[order[at]!] = entry;
  const ruleCosts = inOrder.map(({ units }) => units);
  return {
    ...result,
    costs: mergeCosts([...others, ...inOrder]),
    ruleCosts,
    costMax: whole,
    ...(stored === undefined ? {} : { outputs: stored }),
    indexes: sites.reports,
  };
}
