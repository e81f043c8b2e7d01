// The bench of the index's cost model: each of its constants measured in one run, beside what src/compiler/index/cost-model.ts says;
// then over a grid of bundles, whether what the model chose was the faster way.

import { DimensionKind } from '../assembly/shared/match-index.js';
import {
  ALIVE_NANOS,
  DEAR_NANOS,
  dimensionNanos,
  MATCH_NANOS,
  NODE_NANOS,
  ROW_NANOS,
  RULE_NANOS,
  TEST_NANOS,
} from '../src/compiler/index/cost-model.js';
import {
  bundleOfRules,
  comparing,
  FIELDS,
  type FieldKind,
  type Payloads,
  payloadsOf,
  searching,
  touching,
} from './index-bundles.js';
import { type IndexTiming, type Timed, timeBundles } from './index-timing.js';
import { describeMachine, formatNumber, type Machine, type TableFormat } from './report.js';
import { BLOCK_COUNT } from './workload.js';

export interface IndexBenchOptions {
  readonly timing: IndexTiming;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

export interface MeasuredConstant {
  readonly name: string;
  /** What the model says, and what was measured, in nanoseconds. */
  readonly model: number;
  readonly measured: number;
}

export interface Choice {
  readonly rules: number;
  readonly fields: number;
  /** Share of the payloads for which a rule holds. */
  readonly share: number;
  /** Of each rule one test is left to code. */
  readonly residual: boolean;
  /** The model chose an index. */
  readonly indexed: boolean;
  readonly chosenNanos: number;
  readonly indexNanos: number;
  readonly plainNanos: number;
  /** Time of what was chosen over that of the fastest, less 1. */
  readonly regret: number;
}

export interface IndexBench {
  readonly machine: Machine;
  readonly constants: readonly MeasuredConstant[];
  readonly choices: readonly Choice[];
}

const PAYLOADS = 8 * BLOCK_COUNT;
/** Dimensions of the smaller and of the larger index whose times are compared. */
const FEW = 4;
const MANY = 12;

const KINDS: readonly { kind: FieldKind; dimension: DimensionKind; points: readonly number[] }[] = [
  { kind: 'number', dimension: DimensionKind.NUMBER, points: [16, 256, 4096] },
  { kind: 'count', dimension: DimensionKind.COUNT, points: [16] },
  { kind: 'integer', dimension: DimensionKind.INTEGER, points: [256] },
  { kind: 'equal', dimension: DimensionKind.INTEGER_EQUAL, points: [256] },
  { kind: 'key', dimension: DimensionKind.TEXT_KEY, points: [16, 1024] },
  { kind: 'member', dimension: DimensionKind.SMALL, points: [16] },
  { kind: 'hash', dimension: DimensionKind.TEXT_HASH, points: [16, 1024] },
  { kind: 'order', dimension: DimensionKind.TEXT_ORDER, points: [16, 1024] },
];

const SHARES = [0.01, 0.1, 0.5];
const GRID: readonly Pick<Choice, 'rules' | 'fields' | 'share' | 'residual'>[] = SHARES.flatMap((share) => [
  ...[3, 12].flatMap((fields) => [20, 60, 120, 200, 400, 1_000].map((rules) => ({ rules, fields, share, residual: false }))),
  ...[20, 60, 200, 1_000].map((rules) => ({ rules, fields: 3, share, residual: true })),
]);

/** Measures everything, and prints it. */
export async function benchIndex({ timing, format, log }: IndexBenchOptions): Promise<IndexBench> {
  const constants = [...(await measureDimensions(timing)), ...(await measureBlocks(timing)), ...(await measurePlain(timing))];
  const rows = constants.map(({ name, model, measured }) => [
    name,
    formatNumber(model),
    formatNumber(measured),
    formatNumber(measured / model),
  ]);
  for (const line of format(['ns', 'model', 'measured', 'ratio'], rows, ['left', 'right', 'right', 'right'])) log(line);
  log('');
  const choices: Choice[] = [];
  for (const point of GRID) choices.push(await choose(point, timing));
  const shown = choices.map(({ rules, fields, share, residual, indexed, chosenNanos, indexNanos, plainNanos, regret }) => [
    formatNumber(rules),
    formatNumber(fields),
    `${formatNumber(100 * share)} %`,
    residual ? '2 + 1' : '3',
    formatNumber(indexNanos),
    formatNumber(plainNanos),
    indexed ? `index, ${formatNumber(chosenNanos)}` : 'plain',
    `${formatNumber(Math.round(100 * regret))} %`,
  ]);
  const head = ['rules', 'fields', 'hold', 'tests', 'index, ns', 'plain, ns', 'chosen', 'regret'];
  for (const line of format(head, shown, ['right', 'right', 'right', 'left', 'right', 'right', 'left', 'right'])) log(line);
  const all = choices.map(({ regret }) => regret);
  const mean = all.reduce((sum, regret) => sum + regret, 0) / all.length;
  log('');
  log(`regret: ${formatNumber(100 * mean)} % in the mean, ${formatNumber(100 * Math.max(...all))} % at most`);
  return { machine: describeMachine(undefined), constants, choices };
}

async function timesOf(
  { schema, payloads }: Payloads,
  cases: readonly { whens: readonly string[]; policy: 'on' | 'off' }[],
  timing: IndexTiming,
): Promise<number[]> {
  const subjects = cases.map(({ whens, policy }) => ({ files: bundleOfRules(schema, whens), policy }));
  return (await timeBundles(subjects, payloads, timing, false)).map(({ nanos }) => nanos);
}

/** Searches of each kind, with their row of a narrow block; and what MATCH takes beside them. */
async function measureDimensions(timing: IndexTiming): Promise<MeasuredConstant[]> {
  const found: MeasuredConstant[] = [];
  for (const { kind, dimension, points } of KINDS) {
    for (const count of points) {
      const [few, many, fewPlain, manyPlain, manyTwice] = (await timesOf(
        payloadsOf(kind, count, PAYLOADS),
        [
          { whens: searching(kind, FEW, count), policy: 'on' },
          { whens: searching(kind, MANY, count), policy: 'on' },
          { whens: touching(kind, FEW), policy: 'off' },
          { whens: touching(kind, MANY), policy: 'off' },
          { whens: touching(kind, MANY, 2), policy: 'off' },
        ],
        timing,
      )) as [number, number, number, number, number];
      // What a test of the plain program takes once its register is there.
      const touch = (manyTwice - manyPlain) / MANY;
      const each = (many - manyPlain - (few - fewPlain)) / (MANY - FEW) + touch;
      const model = dimensionNanos({ kind: dimension, points: { length: count } }, 1, 8);
      found.push({ name: `dimension: ${DimensionKind[dimension]!.toLowerCase()}, ${count} constants`, model, measured: each });
      if (kind === 'number' && count === 16) {
        found.unshift({ name: 'MATCH_NANOS', model: MATCH_NANOS, measured: few - fewPlain - FEW * (each - touch) });
      }
    }
  }
  return found;
}

/** Rows of blocks, and parts that are alive. */
async function measureBlocks(timing: IndexTiming): Promise<MeasuredConstant[]> {
  const blocks = [2, 8] as const;
  const sample = payloadsOf('number', 4096, PAYLOADS);
  const [small, large, smallWide, largeWide] = (await timesOf(
    sample,
    [FEW, MANY].flatMap((fields) =>
      blocks.map((count) => ({ whens: comparing(512 * count, fields, 4096, 1e-6), policy: 'on' as const })),
    ),
    timing,
  )) as [number, number, number, number];
  const span = blocks[1] - blocks[0];
  const row = (largeWide - smallWide - (large - small)) / span / (MANY - FEW);
  // Each its own: what rules share is computed once.
  const residual = (index: number): string => `f1 * ${index + 1.5} > 1e15`;
  // By a test that the index holds, half of the parts are alive, now these, now those.
  const counts = [16, 60] as const;
  const some = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => `f${index % FEW} > ${4096 + index} && ${residual(index)}`);
  const all = (count: number): string[] => Array.from({ length: count }, (_, index) => residual(index));
  const [few, many, fewPlain, manyPlain] = (await timesOf(
    sample,
    [
      ...counts.map((count) => ({ whens: some(count), policy: 'on' as const })),
      ...counts.map((count) => ({ whens: all(count), policy: 'off' as const })),
    ],
    timing,
  )) as [number, number, number, number];
  const code = (manyPlain - fewPlain) / (counts[1] - counts[0]) - RULE_NANOS;
  return [
    { name: 'ROW_NANOS', model: ROW_NANOS, measured: row },
    { name: 'ALIVE_NANOS', model: ALIVE_NANOS, measured: (2 * (many - few)) / (counts[1] - counts[0]) - code },
    { name: 'NODE_NANOS + TEST_NANOS', model: NODE_NANOS + TEST_NANOS, measured: code },
  ];
}

/** Rules of the plain program, by the slope of their number. */
async function measurePlain(timing: IndexTiming): Promise<MeasuredConstant[]> {
  const sample = payloadsOf('number', 4096, PAYLOADS);
  const sizes = [100, 400] as const;
  const slopeOf = async (given: Payloads, make: (count: number) => string[]): Promise<number> => {
    const cases = sizes.map((count) => ({ whens: make(count), policy: 'off' as const }));
    const [small, large] = (await timesOf(given, cases, timing)) as [number, number];
    return (large - small) / (sizes[1] - sizes[0]);
  };
  const one = await slopeOf(sample, (count) => comparing(count, FIELDS, 4096, 0.3, 1));
  const three = await slopeOf(sample, (count) => comparing(count, FIELDS, 4096, 0.1, 3));
  const texts = payloadsOf('hash', 4096, PAYLOADS);
  const pattern = await slopeOf(texts, (count) =>
    Array.from({ length: count }, (_, index) => `matches(f${index % FIELDS}, "^text[a-f]${index}")`),
  );
  return [
    { name: 'a rule of one test', model: RULE_NANOS + TEST_NANOS, measured: one },
    { name: 'a rule of three tests', model: RULE_NANOS + 3 * TEST_NANOS, measured: three },
    { name: 'DEAR_NANOS: a pattern', model: DEAR_NANOS, measured: pattern },
  ];
}

/** A bundle in both ways, and in the way that the model chose. */
async function choose(point: Pick<Choice, 'rules' | 'fields' | 'share' | 'residual'>, timing: IndexTiming): Promise<Choice> {
  const { rules, fields, share, residual } = point;
  const { schema, payloads } = payloadsOf('number', 4096, PAYLOADS);
  const held = comparing(rules, fields, 4096, share, residual ? 2 : 3);
  const whens = residual ? held.map((when, index) => `${when} && f5 * ${index + 1.5} + f6 > ${4096 * index}`) : held;
  const files = bundleOfRules(schema, whens);
  const subjects = (['auto', 'on', 'off'] as const).map((policy) => ({ files, policy }));
  const [auto, index, plain] = (await timeBundles(subjects, payloads, timing, true)) as [Timed, Timed, Timed];
  const indexed = auto.reports.some((report) => report.indexed);
  const chosenNanos = indexed ? auto.nanos : plain.nanos;
  const best = Math.min(auto.nanos, index.nanos, plain.nanos);
  const regret = Math.max(0, chosenNanos / best - 1);
  return { ...point, indexed, chosenNanos, indexNanos: index.nanos, plainNanos: plain.nanos, regret };
}
