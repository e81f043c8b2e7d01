// A row: one engine on the workload, ready to decide blocks of payloads; and the timing of it with tinybench.

import { Bench } from 'tinybench';
import type { BlockTruth } from './truth.js';
import { BLOCK_COUNT } from './workload.js';

/** Where the truth has what a row adds up. */
const COVERED = {
  score: 'blockScores',
  'score and outcome': 'blockChecksums',
  'score, outcome and reasons': 'blockReasons',
  outputs: 'blockOutputs',
} as const satisfies Record<string, keyof BlockTruth>;

export interface Row {
  readonly name: string;
  /** What `decide` adds up: scores only, `checksum` of truth.ts, that and `reasonChecksum`, or what the workload makes of outputs. */
  readonly covers: keyof typeof COVERED;
  /** Decides the BLOCK_COUNT payloads from index `first` on (a multiple of it) and returns the sum over their decisions. */
  readonly decide?: (first: number) => number | Promise<number>;
  /** For an engine in a process of its own: decides blocks from payload 0 on for at least this long. */
  readonly decideOutside?: (msMin: number) => Promise<OutsideRun>;
  /** Frees what the row holds. */
  readonly close?: () => void | Promise<void>;
}

/** Sums of outside runs are taken modulo this, so that doubles hold them exactly however long the run. */
export const SUM_MODULUS = 2 ** 48;

export interface OutsideRun {
  /** Of the median block. */
  readonly nanosPerDecision: number;
  /** Payloads decided, a multiple of BLOCK_COUNT. */
  readonly count: number;
  /** Sum over all of them, modulo SUM_MODULUS. */
  readonly sum: number;
}

export interface RowRun {
  /** Of the median block. */
  readonly nanosPerDecision: number;
  /** Payloads whose answers were added up and compared. */
  readonly checked: number;
  /** The first sum that was wrong, in words; undefined where all were right. */
  readonly wrong: string | undefined;
}

export interface TimingOptions {
  readonly msMin: number;
  readonly warmupMsMin: number;
}

function expectedBlocks({ name, covers }: Row, truth: BlockTruth): Float64Array {
  const blocks = truth[COVERED[covers]];
  if (blocks === undefined) throw new Error(`nobody knows what ${name} adds up: ${covers}`);
  return blocks;
}

/** Runs a row once. Every sum of every timed block, warm-up included, is compared with the truth. */
export async function runRow(row: Row, truth: BlockTruth, options: TimingOptions): Promise<RowRun> {
  const blocks = expectedBlocks(row, truth);
  if (row.decideOutside) return judgeOutside(await row.decideOutside(options.msMin), blocks);
  const { decide } = row;
  if (!decide) throw new Error(`the row ${row.name} decides nothing`);

  let block = 0;
  let checked = 0;
  let wrong: string | undefined;
  const judge = (sum: number): void => {
    if (sum !== blocks[block]) wrong ??= `block ${block}: ${sum} for ${blocks[block]}`;
    checked += BLOCK_COUNT;
    block = (block + 1) % blocks.length;
  };
  const bench = new Bench({
    time: options.msMin,
    iterations: 1,
    warmupTime: options.warmupMsMin,
    warmupIterations: 1,
    throws: true,
  });
  const first = decide(0);
  if (typeof first === 'number') {
    judge(first);
    bench.add(row.name, () => judge(decide(block * BLOCK_COUNT) as number), { async: false });
  } else {
    judge(await first);
    bench.add(row.name, async () => judge(await decide(block * BLOCK_COUNT)), { async: true });
  }
  const [task] = await bench.run();
  const result = task!.result;
  if (!('latency' in result)) throw new Error(`the row ${row.name} was not measured: ${result.state}`);
  // The median block: a block that a neighbour on the machine interrupted says nothing about the row.
  return { nanosPerDecision: (result.latency.p50 * 1e6) / BLOCK_COUNT, checked, wrong };
}

function judgeOutside(run: OutsideRun, blocks: Float64Array): RowRun {
  let expected = 0;
  for (let i = 0; i < run.count / BLOCK_COUNT; i++) expected = (expected + blocks[i % blocks.length]!) % SUM_MODULUS;
  return {
    nanosPerDecision: run.nanosPerDecision,
    checked: run.count,
    wrong: run.sum === expected ? undefined : `${run.count} payloads: ${run.sum} for ${expected}`,
  };
}
