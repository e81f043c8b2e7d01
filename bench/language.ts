// The bench of the language: each kind of work of the profile standard in the engine, and in V8 as JavaScript on objects, in turns,
// on the same payloads. Every sum is compared with what the JavaScript gave before anything was timed.

import { Outcome } from '../assembly/shared/outcome.js';
import type { Engine } from '../src/engine.js';
import { type LanguageCase, languageCases } from './language-cases.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';
import { type Row, type RowRun, runRow, type TimingOptions } from './row.js';
import { checksum, type Truth } from './truth.js';
import { benchEngine, encodePayloads, setUpVerdict, verdictInPlace } from './verdict-rows.js';
import { BLOCK_COUNT } from './workload.js';

export interface LanguageOptions {
  /** A multiple of BLOCK_COUNT. */
  readonly payloadCount: number;
  /** Runs of each row; the median counts. */
  readonly runs: number;
  readonly timing: TimingOptions;
  /** Only the work whose name holds this. */
  readonly only?: string;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

export interface LanguageRow {
  readonly name: string;
  /** Of the engine, payloads in place. */
  readonly nanosPerDecision: number;
  /** Of JavaScript on objects that are there already. */
  readonly nanosV8: number;
  /** The engine's time over V8's. */
  readonly overV8: number;
  /** Static worst case of the bundle. */
  readonly costMax: number;
  /** Payloads whose answers were compared. */
  readonly checked: number;
  readonly wrong: string | null;
}

export interface LanguageResult {
  readonly machine: Machine;
  readonly payloads: number;
  readonly rows: readonly LanguageRow[];
}

/** Measures every kind of work, one after the other. */
export async function benchLanguage(options: LanguageOptions): Promise<LanguageResult> {
  const machine = describeMachine(undefined);
  const { payloadCount, runs, timing, format, log } = options;
  log(`${machine.cpu}, ${machine.processors} processors, node ${machine.node}`);
  log(
    `${payloadCount} payloads; median of ${runs} runs of ${timing.msMin} ms, of each the median block of ${BLOCK_COUNT} payloads`,
  );
  const rows: LanguageRow[] = [];
  const engine = await benchEngine();
  try {
    for (const work of languageCases()) {
      if (options.only === undefined || work.name.includes(options.only)) rows.push(await benchCase(work, engine, options));
    }
  } finally {
    await engine.close();
  }
  for (const line of ['', ...formatRows(rows, format)]) log(line);
  return { machine, payloads: payloadCount, rows };
}

async function benchCase(
  work: LanguageCase,
  engine: Engine,
  { payloadCount, runs, timing }: LanguageOptions,
): Promise<LanguageRow> {
  const payloads = Array.from({ length: payloadCount }, (_, index) => work.payload(index));
  const prepared = payloads.map((payload) => work.prepare?.(payload) ?? payload) as never[];
  const truth = truthOf(work, prepared);
  const setup = await setUpVerdict(work.files, engine);
  const rows: Row[] = [verdictInPlace(setup, encodePayloads(setup.live.model, payloads)), v8Row(work, prepared)];
  try {
    const measured: RowRun[][] = rows.map(() => []);
    for (let run = 0; run < runs; run++) {
      for (const [index, row] of rows.entries()) measured[index]!.push(await runRow(row, truth, timing));
    }
    const [nanosPerDecision, nanosV8] = measured.map((all) => median(all.map((one) => one.nanosPerDecision))) as [number, number];
    const all = measured.flat();
    return {
      name: work.name,
      nanosPerDecision,
      nanosV8,
      overV8: nanosPerDecision / nanosV8,
      costMax: setup.live.costMax,
      checked: all.reduce((sum, { checked }) => sum + checked, 0),
      wrong: all.find(({ wrong }) => wrong !== undefined)?.wrong ?? null,
    };
  } finally {
    for (const row of rows) await row.close?.();
    setup.ruleSet.release();
  }
}

function v8Row({ run }: LanguageCase, prepared: readonly never[]): Row {
  return {
    name: 'V8',
    covers: 'score',
    decide: (first) => {
      let sum = 0;
      for (let i = first; i < first + BLOCK_COUNT; i++) sum += run(prepared[i]!);
      return sum;
    },
  };
}

function truthOf({ run }: LanguageCase, prepared: readonly never[]): Truth {
  const scores = Float64Array.from(prepared, (one) => run(one));
  const blockScores = new Float64Array(Math.ceil(scores.length / BLOCK_COUNT));
  const blockChecksums = new Float64Array(blockScores.length);
  scores.forEach((score, index) => {
    const block = Math.floor(index / BLOCK_COUNT);
    blockScores[block]! += score;
    blockChecksums[block]! += checksum(score, Outcome.APPROVE);
  });
  return { scores, thresholds: { decline: 0, review: 0 }, blockScores, blockChecksums };
}

function formatRows(rows: readonly LanguageRow[], format: TableFormat): string[] {
  const cells = rows.map(({ name, nanosPerDecision, nanosV8, overV8, costMax, wrong }) => [
    name,
    formatNumber(nanosPerDecision),
    formatNumber(nanosV8),
    `${formatNumber(overV8)} x`,
    Math.round(costMax).toLocaleString('en-US'),
    wrong === null ? '' : `WRONG (${wrong})`,
  ]);
  return format(['', 'ns', 'V8 ns', "of V8's", 'units at most', ''], cells, ['left', 'right', 'right', 'right', 'right', 'left']);
}
