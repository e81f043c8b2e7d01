// The bench of tree ensembles: a bundle whose rules read the score of a forest, beside the same trees as if-else code of gcc over
// the same payloads; and the trees alone over rows of numbers, beside gcc and V8. Every sum is compared bit for bit with the truth.

import { ResultKind } from '../assembly/shared/ensemble.js';
import type { BundleFiles } from '../src/bundle/files.js';
import { encodeEnsemble, usedFeatures } from '../src/ensembles/encode-ensemble.js';
import { readEnsemble } from '../src/ensembles/read-ensemble.js';
import { EngineInstance, engineModule } from '../src/runtime/instance.js';
import { claimScratch } from '../src/runtime/scratch.js';
import { forestFile } from './forests/files.js';
import { FEATURE_COUNT, type Forest, type ForestShape, growForest, makeRows, NULLABLE_FROM } from './forests/forest.js';
import { blockFolds, fold, marginsOf, scoresOf } from './forests/truth.js';
import { gccVersion } from './peers/c-program.js';
import { GCC_DECISION_ROW, GCC_TREES_ROW, gccTrees, gccTreesDecision, type ScoreRule } from './peers/gcc-trees.js';
import { v8Trees } from './peers/v8-trees.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';
import { type Row, type RowRun, runRow, type TimingOptions } from './row.js';
import { blockSums, checksum, outcomeOf, type Truth } from './truth.js';
import { encodePayloads, setUpVerdict, type VerdictSetup, verdictInPlace } from './verdict-rows.js';
import { BLOCK_COUNT } from './workload.js';
import { bundleFiles } from './workloads/work.js';

/** The first is what the aim is about. */
export const FORESTS: readonly ForestShape[] = [
  { name: 'XGBoost, 100 trees of depth 6', library: 'xgboost', rounds: 100, classes: 1, depth: 6 },
  { name: 'XGBoost, 100 trees of depth 6, lopsided', library: 'xgboost', rounds: 100, classes: 1, depth: 6, isLopsided: true },
  { name: 'XGBoost, 500 trees of depth 8', library: 'xgboost', rounds: 500, classes: 1, depth: 8 },
  { name: 'LightGBM, 100 trees of 31 leaves', library: 'lightgbm', rounds: 100, classes: 1, leaves: 31 },
  { name: 'XGBoost, 5 classes, 20 rounds, depth 6', library: 'xgboost', rounds: 20, classes: 5, depth: 6 },
];

export const TREES_ROW = 'Verdict, trees alone';

export interface TreesOptions {
  /** FORESTS without it. */
  readonly forests?: readonly ForestShape[];
  /** A multiple of BLOCK_COUNT. */
  readonly payloadCount: number;
  /** Runs of each row; the median counts. */
  readonly runs: number;
  readonly timing: TimingOptions;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

export interface TreesRow {
  readonly name: string;
  readonly nanosPerDecision: number;
  /** Time over that of gcc for the same work; null where there is no gcc. */
  readonly overGcc: number | null;
  readonly checked: number;
  readonly wrong: string | null;
}

export interface ForestResult {
  readonly name: string;
  readonly rows: readonly TreesRow[];
}

export interface TreesResult {
  readonly machine: Machine;
  readonly payloads: number;
  readonly forests: readonly ForestResult[];
}

const SEED = 73;
const QUANTILES = [0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];
/** Scores of rules lie between two scores of payloads so far apart: exp is not the same in all engines to its last place. */
const GAP_MIN = 1e-6;

/** Measures the forests, one after the other. */
export async function benchTrees(options: TreesOptions): Promise<TreesResult> {
  const { payloadCount, format, log, forests: shapes = FORESTS } = options;
  const rows = makeRows(payloadCount);
  const forests: ForestResult[] = [];
  for (const shape of shapes) {
    const result = await benchForest(growForest(shape, SEED), rows, options);
    forests.push(result);
    for (const line of ['', ...formatForest(result, format)]) log(line);
  }
  return { machine: describeMachine(gccVersion()), payloads: payloadCount, forests };
}

interface Judged {
  readonly row: Row;
  readonly truth: Truth;
  /** Name of gcc's row for the same work. */
  readonly gcc: string;
}

async function benchForest(forest: Forest, rows: Float64Array, options: TreesOptions): Promise<ForestResult> {
  const margins = marginsOf(forest, rows);
  const { rules, truth } = judgeScores(forest, scoresOf(forest, margins));
  const alone: Truth = { ...truth, blockScores: blockFolds(margins, forest.classes, BLOCK_COUNT) };
  const setup = await setUpVerdict(filesOf(forest, rules, truth));
  const judged: Judged[] = [];
  const runs = new Map<Judged, RowRun[]>();
  try {
    const { model } = setup.live;
    const payloads = encodePayloads(model, payloadsOf(rows));
    judged.push({ row: verdictInPlace(setup, payloads), truth, gcc: GCC_DECISION_ROW });
    const slots = new Map(model.fields.map((field) => [field.name, field.slot]));
    if (gccVersion() !== undefined) {
      const row = await gccTreesDecision(forest, rules, truth.thresholds, payloads, (feature) => slots.get(nameOf(feature))!);
      judged.push({ row, truth, gcc: GCC_DECISION_ROW });
    }
    judged.push({ row: verdictTrees(setup, forest, rows), truth: alone, gcc: GCC_TREES_ROW });
    if (gccVersion() !== undefined)
      judged.push({ row: await gccTrees(forest, bytesOf(forest, rows)), truth: alone, gcc: GCC_TREES_ROW });
    judged.push({ row: v8Trees(forest, rows), truth: alone, gcc: GCC_TREES_ROW });
    for (let run = 0; run < options.runs; run++) {
      for (const each of judged) runs.set(each, [...(runs.get(each) ?? []), await runRow(each.row, each.truth, options.timing)]);
    }
  } finally {
    for (const { row } of judged) await row.close?.();
    setup.ruleSet.release();
    await setup.engine.close();
  }
  return { name: forest.name, rows: judge(runs) };
}

const nameOf = (feature: number): string => `x${feature}`;

function payloadsOf(rows: Float64Array): Record<string, number | null>[] {
  return Array.from({ length: rows.length / FEATURE_COUNT }, (_, row) =>
    Object.fromEntries(
      Array.from(rows.subarray(row * FEATURE_COUNT, (row + 1) * FEATURE_COUNT), (value, feature) => [
        nameOf(feature),
        Number.isNaN(value) ? null : value,
      ]),
    ),
  );
}

/** Each row as the library reads it. */
function bytesOf({ library }: Forest, rows: Float64Array): Uint8Array[] {
  const values = library === 'xgboost' ? Float32Array.from(rows) : rows;
  const stride = FEATURE_COUNT * values.BYTES_PER_ELEMENT;
  return Array.from({ length: rows.length / FEATURE_COUNT }, (_, row) => new Uint8Array(values.buffer, row * stride, stride));
}

/** Rules above quantiles of each output's score, and what they make of every payload. */
function judgeScores({ classes }: Forest, scores: Float64Array): { rules: ScoreRule[]; truth: Truth } {
  const rules: ScoreRule[] = [];
  const totals = new Float64Array(scores.length / classes);
  for (let output = 0; output < classes; output++) {
    const own = scores.filter((_, i) => i % classes === output);
    const sorted = own.toSorted();
    // As many rules in all, however many outputs there are.
    for (const quantile of QUANTILES.filter((_, i) => i % classes === output % QUANTILES.length)) {
      let place = Math.floor(quantile * sorted.length);
      while (place > 0 && sorted[place]! - sorted[place - 1]! < GAP_MIN) place--;
      const above = Number(((sorted[place]! + sorted[Math.max(place - 1, 0)]!) / 2).toPrecision(12));
      const score = 5 + rules.length * 3;
      rules.push({ id: `r${rules.length}`, output, above, score });
      for (const [i, value] of own.entries()) if (value > above) totals[i]! += score;
    }
  }
  const sorted = totals.toSorted();
  const review = sorted[Math.floor(sorted.length * 0.9)]!;
  const thresholds = { review, decline: Math.max(sorted[Math.floor(sorted.length * 0.98)]!, review + 1) };
  const truth: Truth = {
    scores: totals,
    thresholds,
    blockScores: blockSums(totals.length, (i) => totals[i]!),
    blockChecksums: blockSums(totals.length, (i) => checksum(totals[i]!, outcomeOf(totals[i]!, thresholds))),
  };
  return { rules, truth };
}

function filesOf(forest: Forest, rules: readonly ScoreRule[], { thresholds }: Truth): BundleFiles {
  const features = Array.from({ length: FEATURE_COUNT }, (_, feature) => nameOf(feature));
  const model = {
    properties: Object.fromEntries(features.map((name) => [name, { type: 'number' }])),
    required: features.slice(0, NULLABLE_FROM),
  };
  const { path, bytes } = forestFile(forest);
  const scoreOf = (output: number): string => (forest.classes === 1 ? 'forest.score' : `forest.scores.c${output}`);
  const files = bundleFiles('trees', model, thresholds, {
    'ensembles/forest.json': { model: path, inputs: features },
    'rules/scores.json': rules.map(({ id, output, above, score }) => ({
      id,
      when: `${scoreOf(output)} > ${above}`,
      then: { score, reason: `REASON_${id.slice(1)}` },
    })),
  });
  return new Map([...files, [path, bytes]]);
}

/** The engine's walk of the trees alone, a call for each row of doubles in its memory. */
function verdictTrees({ live }: VerdictSetup, forest: Forest, rows: Float64Array): Row {
  const read = readEnsemble(forestFile(forest).bytes);
  if (!('ensemble' in read)) throw new Error(read.message);
  const inputs = usedFeatures(read.ensemble);
  const results = Array.from({ length: forest.classes }, (_, index) => ({ kind: ResultKind.MARGIN, index }));
  const use = { results, inputs, by: 'path', output: 0, codes: inputs.map(() => 0), isLow: false } as const;
  const { memory } = live.tenant;
  const blob = memory.place(encodeEnsemble(read.ensemble, use));
  const used = Float64Array.from({ length: (rows.length / FEATURE_COUNT) * inputs.length }, (_, i) => {
    return rows[Math.floor(i / inputs.length) * FEATURE_COUNT + inputs[i % inputs.length]!]!;
  });
  const values = memory.place(new Uint8Array(used.buffer));
  const margins = memory.place(new Uint8Array(8 * forest.classes));
  const instance = new EngineInstance(engineModule(), memory.memory, memory.words, claimScratch(memory.words, 0, memory.scratches));
  const run = instance.functions.runEnsemble as (blob: number, inputs: number, results: number) => void;
  const found = new Float64Array(memory.memory.buffer, margins, forest.classes);
  const doubles = new Float64Array(1);
  const words = new Uint32Array(doubles.buffer);
  return {
    name: TREES_ROW,
    covers: 'score',
    decide: (first) => {
      let sum = 0;
      for (let row = first; row < first + BLOCK_COUNT; row++) {
        run(blob, values + 8 * row * inputs.length, margins);
        for (let output = 0; output < found.length; output++) sum += fold(doubles, words, found[output]!);
      }
      return sum;
    },
    close: () => {
      instance.dispose();
      for (const address of [blob, values, margins]) memory.free(address);
    },
  };
}

function judge(runs: ReadonlyMap<Judged, readonly RowRun[]>): TreesRow[] {
  const nanosOf = (all: readonly RowRun[]): number => median(all.map((run) => run.nanosPerDecision));
  const named = new Map([...runs].map(([{ row }, all]) => [row.name, nanosOf(all)]));
  return [...runs].map(([{ row, gcc }, all]) => ({
    name: row.name,
    nanosPerDecision: nanosOf(all),
    overGcc: named.has(gcc) ? nanosOf(all) / named.get(gcc)! : null,
    checked: all.reduce((sum, run) => sum + run.checked, 0),
    wrong: all.find((run) => run.wrong !== undefined)?.wrong ?? null,
  }));
}

function formatForest({ name, rows }: ForestResult, format: TableFormat): string[] {
  const cells = rows.map((row) => [
    row.name,
    formatNumber(row.nanosPerDecision),
    row.overGcc === null ? '-' : `${formatNumber(row.overGcc)} x`,
    row.wrong === null ? '' : `WRONG (${row.wrong})`,
  ]);
  return format([name, 'ns a row', 'gcc time', ''], cells, ['left', 'right', 'right', 'left']);
}
